import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { environmentOf, runImport } from '../support/import-files.ts';
import { memoryTable } from '../support/memory-table.ts';
import { readerOf } from '../support/questions.ts';

/* Published data through the command into the store; the figures are counted once more from the files alone. */

const data = join(import.meta.dirname, '../data');
const asOf = '2026-11-21';

const memory = await memoryTable();
const reader = (organization: string) => readerOf(memory.open(), organization);

type CsvRow = Record<string, string>;
const rowsOf = (file: string): CsvRow[] => parse(readFileSync(join(data, file)), { columns: true });

/** Hundredths, from a decimal with at most two decimals. */
function cents(text = ''): number {
  const [whole = '', fraction = ''] = text.split('.');
  return Number(`${whole}${fraction.padEnd(2, '0')}`);
}

function sumByCurrency(rows: CsvRow[], field: string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const row of rows) {
    const currency = row.currency_code ?? '';
    sums[currency] = (sums[currency] ?? 0) + cents(row[field]);
  }
  return sums;
}

async function load(organization: string, ...args: string[]) {
  const result = await runImport(['--org', organization, '--json', ...args], environmentOf(memory));
  assert.equal(result.code, 0, result.stderr);
  return JSON.parse(result.stdout);
}

describe('Xero: sales invoices and bills in three currencies', () => {
  const map = join(data, 'xero/mapping.json');
  const file = join(data, 'xero/xero_invoice_data.csv');
  const documents = rowsOf('xero/xero_invoice_data.csv');
  const sales = documents.filter(({ type }) => type === 'ACCREC');
  const bills = documents.filter(({ type }) => type === 'ACCPAY');
  const isVoid = ({ status = '' }: CsvRow) => status === 'VOIDED' || status === 'DELETED';
  let report: Awaited<ReturnType<typeof load>>;
  before(async () => {
    report = await load('xero', '--map', map, file);
  });

  test('every row is loaded, and a second time nothing changes', async () => {
    const paid = sales.filter(({ status }) => status === 'PAID').length;
    const customers = new Set(sales.map(({ contact_id }) => contact_id)).size;
    const all = documents.length + paid + customers;
    assert.deepEqual(report.written, { added: all, changed: 0, unchanged: 0 });
    assert.deepEqual(report.repeated, [{ sort: 'customer', count: sales.length - customers, totals: {} }]);
    assert.deepEqual((await load('xero', '--map', map, file)).written, {
      added: 0,
      changed: 0,
      unchanged: all,
    });
  });

  test('invoices, void ones apart, add up to the file per currency', async () => {
    const { totals, totalCount, notInTotals } = await reader('xero').listInvoices({
      limit: 1,
      asOf,
      hideLater: false,
    });
    const counted = sales.filter((row) => !isVoid(row));
    assert.equal(totalCount, sales.length);
    assert.equal(notInTotals, sales.length - counted.length);
    assert.deepEqual(
      Object.fromEntries((totals ?? []).map(({ currency, total }) => [currency, total])),
      sumByCurrency(counted, 'total'),
    );
  });

  test('what is owed is what Xero says is due', async () => {
    const receivables = await reader('xero').receivables(asOf);
    const due = sumByCurrency(sales, 'amount_due');
    assert.deepEqual(
      Object.fromEntries(receivables.map(({ currency, outstanding }) => [currency, outstanding.total])),
      due,
    );
  });

  test('payments are what Xero says was paid', async () => {
    const { totals } = await reader('xero').listPayments({ limit: 1, start: '2019-01-01', end: asOf });
    assert.deepEqual(
      Object.fromEntries((totals ?? []).map(({ currency, net }) => [currency, net])),
      sumByCurrency(
        sales.filter(({ status }) => status === 'PAID'),
        'amount_paid',
      ),
    );
  });

  test('bills are expenses of their contact; void ones count for nothing', async () => {
    const { totals } = await reader('xero').listExpenses({ limit: 1 });
    const counted = bills.filter((row) => !isVoid(row));
    assert.deepEqual(
      Object.fromEntries((totals ?? []).map(({ currency, total }) => [currency, total])),
      sumByCurrency(counted, 'total'),
    );
  });

  test('a total that its parts do not add up to stays as it is: 63.20 and 8.22 are 71.43', async () => {
    const odd = bills.find(({ total }) => total === '71.43');
    assert.equal(cents(odd?.sub_total) + cents(odd?.total_tax), 7142);
    const { rows } = await reader('xero').listExpenses({
      limit: 25,
      start: odd?.date ?? '',
      end: odd?.date ?? '',
    });
    const expense = rows.find(({ id }) => id === odd?.invoice_id);
    const contact = rowsOf('xero/xero_contact_data.csv').find(
      ({ contact_id }) => contact_id === odd?.contact_id,
    );
    assert.equal(expense?.amount, 7143);
    assert.equal(expense?.tax, 822);
    assert.equal(expense?.vendor, contact?.name);
    assert.equal(expense?.paid, odd?.fully_paid_on_date);
  });

  test('an invoice has the lines of the other file', async () => {
    const lines = rowsOf('xero/xero_invoice_line_item_data.csv');
    for (const row of sales) {
      const [found] = await reader('xero').findInvoices({ id: row.invoice_id ?? '' }, asOf);
      const expected = lines.filter(({ invoice_id }) => invoice_id === row.invoice_id);
      assert.deepEqual(
        found?.invoice.lines.map(({ name, total }) => [name, total]),
        expected.map(({ description, line_amount }) => [description, cents(line_amount)]),
      );
      assert.equal(found?.invoice.sourceStatus, row.status);
    }
  });
});

test('public spending: repeats are kept, credits are negative', async () => {
  const rows = rowsOf('gla/expenses.csv');
  const file = join(data, 'gla/expenses.csv');
  const report = await load('gla', '--map', join(data, 'gla/mapping.json'), file);
  assert.equal(report.written.added, rows.length);
  assert.deepEqual(report.repeated, []);
  const { totals } = await reader('gla').listExpenses({ limit: 1 });
  const amounts = rows.map(({ Amount }) => cents(Amount));
  const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);
  assert.deepEqual(totals, [
    {
      currency: 'GBP',
      count: rows.length,
      total: sum(amounts),
      credits: sum(amounts.filter((amount) => amount < 0)),
    },
  ]);
});

test('payments in cents take their day and customer from the orders, and empty ones are left out', async () => {
  const rows = rowsOf('jaffle/raw_payments.csv');
  await load(
    'jaffle',
    '--map',
    join(data, 'jaffle/customers.mapping.json'),
    join(data, 'jaffle/raw_customers.csv'),
  );
  const report = await load(
    'jaffle',
    '--currency',
    'USD',
    '--map',
    join(data, 'jaffle/payments.mapping.json'),
    join(data, 'jaffle/raw_payments.csv'),
  );
  const paid = rows.filter(({ amount }) => amount !== '0');
  assert.equal(report.written.added, paid.length);
  assert.deepEqual(report.leftOut, { 'paid with nothing': rows.length - paid.length });
  const { totals, groups } = await reader('jaffle').listPayments({
    limit: 1,
    start: '2018-01-01',
    end: '2018-12-31',
    groupBy: 'method',
  });
  const sum = (list: CsvRow[]) => list.reduce((all, { amount }) => all + Number(amount), 0);
  assert.deepEqual(
    totals?.map(({ currency, net }) => [currency, net]),
    [['USD', sum(paid)]],
  );
  const byCard = paid.filter(({ payment_method }) => payment_method === 'credit_card');
  assert.equal(groups?.find(({ key }) => key === 'card')?.net, sum(byCard));
});
