import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseArguments } from '../../functions/mcp/arguments.ts';
import { prompts } from '../../functions/mcp/prompts.ts';
import { registryOf } from '../../functions/mcp/registry.ts';
import { resourceTemplates } from '../../functions/mcp/resources.ts';
import { openBooks } from '../../functions/mcp/tool.ts';
import { wireBytes } from '../../functions/mcp/tools/fields.ts';
import { tools } from '../../functions/mcp/tools/index.ts';
import { loadDemo } from '../../local/demo.ts';
import { type LocalDynamoDB, startDynamoDB } from '../../local/dynamodb.ts';
import { scopeNames, scopeNames as scopes } from '../../shared/edge.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { parseMoney } from '../../shared/ledger/money.ts';
import { openReader } from '../../shared/store/reader.ts';
import { openTable } from '../../shared/store/table.ts';
import { fieldsOf, isDefined } from '../support/definitions.ts';
import { coreToolNames, toolNames } from '../support/tool-names.ts';

type Row = Record<string, unknown>;

const today = '2026-11-18';
const noon = new Date(`${today}T20:00:00Z`);
const tableName = 'tools';
const region = 'eu-west-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const organizations = ['northwind', 'chinook', 'nobodys-books'];

let dynamoDB: LocalDynamoDB;

before(async () => {
  dynamoDB = await startDynamoDB({ port: 0, tableName, region });
  await loadDemo({ endpoint: dynamoDB.endpoint, tableName, today, log: () => {} });
});
after(() => dynamoDB.close());

/** Asks as the server does: a reader of its own for every question. */
function context(organization: string) {
  const openTables = async (name: string) =>
    openReader(openTable({ tableName, endpoint: dynamoDB.endpoint, region, credentials }), name);
  return openBooks({ openReader: openTables, now: () => noon }, organization, scopeNames);
}

async function ask(organization: string, name: string, args: Row = {}): Promise<Row> {
  const tool = tools.find((candidate) => candidate.name === name);
  assert.ok(tool, name);
  const answer = await tool.run(parseArguments(tool.input(), args, []), await context(organization));
  return { organization, ...answer.content };
}

const rowsOf = (answer: Row): Row[] =>
  (answer.invoices ?? answer.creditNotes ?? answer.expenses ?? answer.payments ?? answer.customers) as Row[];

const year = { startDate: '2026-01-01', endDate: '2026-12-31' };

/** Questions of every kind, on which what all answers have in common is tested. */
const questions: [tool: string, args: Row][] = [
  ['list_invoices', {}],
  ['list_invoices', { status: 'overdue', limit: 100 }],
  ['list_invoices', { status: 'partial', sort: 'balance_desc' }],
  ['list_invoices', { status: 'draft' }],
  ['list_invoices', { status: 'paid', startDate: '2026-05-01', endDate: '2026-06-30', limit: 100 }],
  ['list_invoices', { asOf: '2026-06-30', minDaysOverdue: 31 }],
  ['list_invoices', { currency: 'JPY' }],
  ['list_invoices', { groupBy: 'customer', limit: 100 }],
  ['list_invoices', { groupBy: 'month', status: 'paid', limit: 0 }],
  ['list_invoices', { groupBy: 'status', limit: 0 }],
  ['list_invoices', { groupBy: 'age' }],
  ['list_invoices', { groupBy: 'product', limit: 0 }],
  ['list_invoices', { groupBy: 'product', status: 'paid' }],
  ['get_financial_summary', {}],
  ['get_financial_summary', { period: 'this_year', basis: 'cash', compareTo: 'previous_year' }],
  ['get_financial_summary', { period: 'last_quarter', compareTo: 'previous_period', asOf: '2026-08-31' }],
  ['list_expenses', { limit: 100 }],
  ['list_expenses', { ...year, minAmount: '500' }],
  ['list_expenses', { groupBy: 'vendor', limit: 100 }],
  ['list_expenses', { groupBy: 'category', ...year, limit: 0 }],
  ['list_expenses', { groupBy: 'month' }],
  ['list_expenses', { groupBy: 'vendor', ...year, compareTo: 'previous_year', limit: 100 }],
  ['list_invoices', { groupBy: 'customer', ...year, compareTo: 'previous_year', limit: 100 }],
  ['list_invoices', { groupBy: 'product', ...year, compareTo: 'previous_period', limit: 0 }],
  ['payments_report', { ...year, limit: 100 }],
  ['payments_report', { ...year, groupBy: 'method' }],
  ['payments_report', { ...year, groupBy: 'month' }],
  ['payments_report', { ...year, groupBy: 'customer', limit: 100 }],
  ['list_invoices', { documents: 'credit_notes', limit: 100 }],
  ['list_invoices', { documents: 'credit_notes', status: 'open' }],
  ['list_invoices', { dueFrom: '2026-11-16', dueTo: '2026-11-22' }],
  ['list_invoices', { asOf: '2030-01-01' }],
  ['payments_report', { ...year, only: 'unapplied' }],
  ['payments_report', { ...year, only: 'failed', groupBy: 'method' }],
  ['receivables_report', { limit: 100 }],
  ['receivables_report', { include: ['ageing', 'expected', 'to_look_at'], asOf: '2026-06-30', months: 24 }],
  ['receivables_report', { asOf: '2030-01-01' }],
  ['search_customers', {}],
  ['search_customers', { query: 'a', limit: 100 }],
  ['search_customers', { query: 'nothing like this' }],
  ['get_business', {}],
];

describe('every answer', () => {
  const cases = questions.flatMap(([tool, args]) =>
    organizations.map((organization) => [organization, tool, args] as const),
  );
  for (const [organization, tool, args] of cases) {
    test(`of ${tool} ${JSON.stringify(args)} about ${organization} fits its schema and 60 KB`, async () => {
      assertFits(tool, await ask(organization, tool, args));
    });
  }

  for (const [tool, args, field] of [
    ['list_expenses', { vendor: 'a' }, 'vendors'],
    ['list_expenses', { category: 'c', ...year }, 'categories'],
    ['list_invoices', { customerId: 'Alfreds Futterkiste' }, 'customerId'],
    ['payments_report', { ...year, customerId: 'alfki' }, 'customerId'],
  ] as const) {
    test(`of ${tool} ${JSON.stringify(args)} says what was meant, and fits its schema and 60 KB`, async () => {
      const answer = await ask('northwind', tool, args);
      assertFits(tool, answer);
      assert.ok(field in answer && rowsOf(answer).length > 0);
    });
  }

  for (const organization of ['northwind', 'chinook']) {
    test(`of get_invoice about invoices of every status of ${organization} fits its schema and 60 KB`, async () => {
      const all = await everyPage(organization, 'list_invoices', { limit: 100 });
      const oneOfEach = new Map(all.map((row) => [row.status, row]));
      assert.ok(oneOfEach.size >= 2);
      for (const { id } of oneOfEach.values()) {
        assertFits('get_invoice', await ask(organization, 'get_invoice', { invoiceId: id }));
      }
    });
  }
});

/** Every field of an answer is named in the definitions; schemas leave out what only some answers have. */
function assertFits(name: string, answer: Row): void {
  const listed = registry.list(caller).find((tool) => tool.name === name);
  assert.ok(listed);
  const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(
    listed.outputSchema as object,
  );
  assert.ok(validate(answer), JSON.stringify(validate.errors));
  assert.ok(wireBytes(answer) < 59_500, `${wireBytes(answer)} bytes`);
  for (const field of fieldsOf(answer)) assert.ok(isDefined(field), field);
  assert.ok(!JSON.stringify(answer).includes('null'), 'absent fields are left out');
}

const registry = registryOf(tools);
const caller = { organizations: ['northwind'], scopes: [...scopes] } as unknown as Parameters<
  typeof registry.list
>[0];

describe('the list of tools', () => {
  const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

  test('has all in order, in at most 24 KB, of which the core takes 11.3 KB', () => {
    const list = registry.list(caller);
    assert.deepEqual(
      list.map(({ name }) => name),
      toolNames,
    );
    assert.ok(bytesOf({ tools: list }) <= 24_000, `${bytesOf({ tools: list })} bytes`);
    const core = { tools: list.slice(0, coreToolNames.length) };
    assert.ok(bytesOf(core) <= 11_300, `${bytesOf(core)} bytes`);
  });

  test('has at most 1,300 bytes for each tool beside the core', () => {
    for (const tool of registry.list(caller).slice(coreToolNames.length)) {
      assert.ok(bytesOf(tool) <= 1_300, `${tool.name} has ${bytesOf(tool)} bytes`);
    }
  });

  test('takes no argument that it does not name', () => {
    for (const { name, inputSchema } of registry.list(caller)) {
      assert.equal(inputSchema.additionalProperties, false, name);
    }
  });
});

async function everyPage(organization: string, tool: string, args: Row): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: unknown;
  do {
    const answer = await ask(organization, tool, { ...args, ...(cursor !== undefined && { cursor }) });
    rows.push(...rowsOf(answer));
    assert.equal(answer.returned, rowsOf(answer).length);
    assert.equal(answer.complete, answer.nextCursor === undefined);
    if (answer.totalCount !== undefined && answer.nextCursor === undefined) {
      assert.equal(rows.length, answer.totalCount);
    }
    cursor = answer.nextCursor;
  } while (cursor !== undefined);
  return rows;
}

const sum = (rows: readonly Row[], field: string, currency: string): number =>
  rows.reduce((total, row) => total + parseMoney(String(row[field]), currency), 0);

describe('lists', () => {
  for (const args of [
    {},
    { status: 'open' },
    { status: 'overdue', sort: 'total_desc' },
    { currency: 'USD', asOf: '2025-12-31' },
    { dueFrom: '2026-11-02', dueTo: '2026-12-31' },
    { dueTo: '2026-10-31', status: 'open' },
  ]) {
    test(`of invoices ${JSON.stringify(args)}: pages are the whole, once each, and totals are their sum`, async () => {
      const rows = await everyPage('northwind', 'list_invoices', { ...args, limit: 7 });
      assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
      const counted = rows.filter(({ status }) => status !== 'draft' && status !== 'void');
      const { totals, totalCount } = await ask('northwind', 'list_invoices', { ...args, limit: 1 });
      const [total] = totals as Row[];
      assert.ok(total && rows.length > 7);
      assert.equal(totalCount, rows.length);
      assert.equal(total.count, counted.length);
      for (const field of ['total', 'balance']) {
        assert.equal(parseMoney(String(total[field]), 'USD'), sum(counted, field, 'USD'), field);
      }
    });
  }

  test('of expenses and payments: pages are the whole, once each, and totals are their sum', async () => {
    const expenses = await everyPage('northwind', 'list_expenses', { ...year, limit: 100 });
    const spent = ((await ask('northwind', 'list_expenses', year)).totals as Row[])[0];
    assert.equal(parseMoney(String(spent?.total), 'USD'), sum(expenses, 'amount', 'USD'));

    const payments = await everyPage('northwind', 'payments_report', { ...year, limit: 100 });
    const paid = ((await ask('northwind', 'payments_report', year)).totals as Row[])[0];
    assert.equal(parseMoney(String(paid?.net), 'USD'), sum(payments, 'amount', 'USD'));
    for (const [rows] of [[expenses], [payments]] as const) {
      assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
    }
  });

  test('of 25 invoices are small, and of 100 rows have all 100', async () => {
    const { organization: _organization, ...few } = await ask('northwind', 'list_invoices');
    assert.equal(few.returned, 25);
    assert.ok(Buffer.byteLength(JSON.stringify(few)) < 8 * 1024);
    const many: [string, Row][] = [
      ['list_invoices', { limit: 100 }],
      ['list_expenses', { limit: 100 }],
      ['payments_report', { ...year, limit: 100 }],
    ];
    for (const [tool, args] of many) {
      const answer = await ask('northwind', tool, args);
      assert.equal(answer.returned, 100, tool);
      assert.ok(wireBytes(answer) < 60_000, tool);
    }
  });

  test('refuse a cursor of another organization', async () => {
    const args = { limit: 10 };
    const { nextCursor } = await ask('northwind', 'list_invoices', args);
    assert.ok(nextCursor);
    assert.equal((await ask('northwind', 'list_invoices', { ...args, cursor: nextCursor })).returned, 10);
    await assert.rejects(
      ask('chinook', 'list_invoices', { ...args, cursor: nextCursor }),
      (error: Error) => error instanceof Refusal && /for another organization/.test(error.message),
    );
  });

  test('refuse a cursor of other arguments', async () => {
    const { nextCursor } = await ask('northwind', 'list_invoices', { limit: 1 });
    await assert.rejects(
      ask('northwind', 'list_invoices', { limit: 1, status: 'open', cursor: nextCursor }),
      (error: Error) => error instanceof Refusal && /other arguments/.test(error.message),
    );
  });
});

describe('answers agree with each other', () => {
  for (const organization of ['northwind', 'chinook']) {
    for (const asOf of [today, '2026-06-30', '2025-12-31']) {
      test(`${organization} on ${asOf}: the summary owes what the lists owe`, async () => {
        const summary = await ask(organization, 'get_financial_summary', { asOf });
        const currencies = summary.currencies as { currency: string; outstanding: Row; overdue: Row }[];
        for (const [status, figure] of [
          ['open', 'outstanding'],
          ['overdue', 'overdue'],
        ] as const) {
          const { totals } = await ask(organization, 'list_invoices', { status, asOf });
          const listed = (totals as Row[]).map(({ currency, count, balance }) => [currency, balance, count]);
          const stated = currencies
            .map((entry) => [entry.currency, entry[figure].amount, entry[figure].count])
            .filter(([, , count]) => count !== 0);
          assert.deepEqual(stated, listed, status);
        }
      });
    }
  }

  test('unapplied money of the summary is what its payments and credit notes come to, and customers hold', async () => {
    const { currencies } = await ask('northwind', 'get_financial_summary', {});
    const [usd] = currencies as { unapplied: Row }[];
    assert.deepEqual(usd?.unapplied, { amount: '1000.00', count: 2 });
    const always = { startDate: '1990-01-01', endDate: today };
    const payments = await ask('northwind', 'payments_report', { ...always, only: 'unapplied' });
    const credits = await ask('northwind', 'list_invoices', { documents: 'credit_notes', status: 'open' });
    assert.equal((payments.totals as Row[])[0]?.net, '1000.00');
    assert.deepEqual([credits.totalCount, credits.totals], [0, []]);
    assert.ok(rowsOf(payments).every(({ invoiceId }) => invoiceId === undefined));
    const customers = await everyPage('northwind', 'search_customers', { limit: 40 });
    assert.equal(new Set(customers.map(({ id }) => id)).size, 91);
    const open = customers.flatMap((customer) => (customer.open ?? []) as Row[]);
    assert.equal(
      sum(
        open.filter(({ unapplied }) => unapplied !== undefined),
        'unapplied',
        'USD',
      ),
      1_000_00,
    );
    const outstanding = (currencies as { outstanding: Row }[])[0]?.outstanding.amount;
    assert.equal(sum(open, 'balance', 'USD'), parseMoney(String(outstanding), 'USD'));
  });

  test('what was given up is in rows, totals and the invoice itself', async () => {
    const rows = await everyPage('northwind', 'list_invoices', { status: 'written_off', limit: 7 });
    const { totals } = await ask('northwind', 'list_invoices', { status: 'written_off', limit: 1 });
    const [total] = totals as Row[];
    assert.equal(parseMoney(String(total?.writtenOffAmount), 'USD'), sum(rows, 'writtenOffAmount', 'USD'));
    assert.ok(sum(rows, 'writtenOffAmount', 'USD') > 0);
    for (const row of rows) {
      const { invoice } = await ask('northwind', 'get_invoice', { invoiceId: row.id });
      const { total, paidTotal, creditedTotal = '0.00', writtenOffAmount } = invoice as Row;
      const [all = 0, ...parts] = [total, paidTotal, creditedTotal, writtenOffAmount].map((amount) =>
        parseMoney(String(amount), 'USD'),
      );
      assert.equal(
        all,
        parts.reduce((rest, part) => rest + part, 0),
        String(row.id),
      );
    }
  });

  test('failed charges are listed on their own, and are in no other report', async () => {
    const failed = await everyPage('northwind', 'payments_report', { ...year, only: 'failed', limit: 10 });
    const { totals, totalCount } = await ask('northwind', 'payments_report', { ...year, only: 'failed' });
    assert.ok(failed.length > 0 && failed.every((row) => row.failed === true));
    assert.equal(totalCount, failed.length);
    assert.deepEqual(
      (totals as Row[]).map(({ currency, count, failed: amount }) => [
        currency,
        count,
        parseMoney(String(amount), 'USD'),
      ]),
      [['USD', failed.length, sum(failed, 'amount', 'USD')]],
    );
    const payments = await everyPage('northwind', 'payments_report', { ...year, limit: 100 });
    assert.ok(payments.every(({ id }) => failed.every((row) => row.id !== id)));
  });

  test('the parts of a payments report add up to its totals, by any grouping', async () => {
    const { totals } = await ask('northwind', 'payments_report', year);
    const [total] = totals as Row[];
    for (const groupBy of ['method', 'month', 'customer']) {
      const answer = await ask('northwind', 'payments_report', { ...year, groupBy });
      const groups = answer.groups as Row[];
      assert.equal(answer.groupCount, groups.length);
      assert.equal(sum(groups, 'net', 'USD'), parseMoney(String(total?.net), 'USD'), groupBy);
    }
  });

  test('cash income of the summary is what the payments report says stayed', async () => {
    const { currencies } = await ask('northwind', 'get_financial_summary', { ...year, basis: 'cash' });
    const { totals } = await ask('northwind', 'payments_report', year);
    assert.equal((currencies as Row[])[0]?.income, (totals as Row[])[0]?.net);
  });

  test('an invoice says of itself what the list says, by its id, its number and its address', async () => {
    const { invoices } = await ask('northwind', 'list_invoices', { status: 'partial' });
    const [row] = invoices as Row[];
    assert.ok(row);
    const byId = await ask('northwind', 'get_invoice', { invoiceId: row.id });
    const byNumber = await ask('northwind', 'get_invoice', { invoiceNumber: `#${row.number}` });
    assert.deepEqual(byId, byNumber);
    for (const [field, value] of Object.entries(row)) {
      assert.deepEqual((byId.invoice as Row)[field], value, field);
    }
    const [template] = resourceTemplates;
    const params = template?.match(`finance://invoices/${encodeURIComponent(String(row.id))}`);
    assert.ok(template && params);
    const contents = await template.read(params, await context('northwind'));
    assert.ok('text' in contents);
    assert.deepEqual(JSON.parse(contents.text), byId);
  });

  test('the largest expenses of a month are those that the prompt for it leads to', async () => {
    const prompt = prompts.find(({ name }) => name === 'month_in_review');
    const [, name = '', value] = /list_expenses with (\w+) (\S+?),/.exec(prompt?.render({}) ?? '') ?? [];
    const all = await everyPage('northwind', 'list_expenses', { ...year, limit: 100 });
    const amounts = all.map(({ amount }) => Number(amount)).sort((a, b) => b - a);
    assert.ok(all.length > 25);
    const led = rowsOf(await ask('northwind', 'list_expenses', { ...year, [name]: value }));
    assert.deepEqual(
      led.map(({ amount }) => Number(amount)),
      amounts.slice(0, 25),
    );
  });

  test('a customer that the search finds owes what the open invoices say', async () => {
    const { invoices } = await ask('northwind', 'list_invoices', { status: 'open', limit: 1 });
    const { customer, customerId } = (invoices as Row[])[0] ?? {};
    const found = await ask('northwind', 'search_customers', { query: customer });
    const match = rowsOf(found).find(({ id }) => id === customerId);
    const { totals } = await ask('northwind', 'list_invoices', {
      customerId,
      status: 'open',
      asOf: found.asOf,
    });
    const owed = (totals as Row[]).map(({ currency, count, balance }) => ({ currency, count, balance }));
    assert.deepEqual(match?.open, owed);
  });
});
