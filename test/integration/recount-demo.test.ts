import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { northwindBooks } from '../../local/demo/northwind.ts';
import { loadDemo } from '../../local/demo.ts';
import { type LocalDynamoDB, startDynamoDB } from '../../local/dynamodb.ts';
import { addDays, addMonths, endOfMonth } from '../../shared/ledger/dates.ts';
import type { InvoiceGrouping, InvoiceSummary, StatusFilter } from '../../shared/ledger/kinds/invoice.ts';
import { statusFilters } from '../../shared/ledger/kinds/invoice.ts';
import type { PaymentGrouping } from '../../shared/ledger/kinds/payment.ts';
import { paymentGroupings } from '../../shared/ledger/kinds/payment.ts';
import { openTable } from '../../shared/store/table.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { allPages } from '../support/all-pages.ts';
import type { Questions } from '../support/questions.ts';
import { readerOf } from '../support/questions.ts';
import { RecountDatabase, type Row, standings } from './recount-demo-database.ts';

/** A Monday: some invoices of the week are dated in the future. */
const today = '2026-11-16';
const tableName = 'recount-demo';
const region = 'eu-west-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Today, days around it, ends of months and years, a leap year's February, and days before all books. */
const asOfDays = [
  today,
  addDays(today, -1),
  addDays(today, -6),
  addDays(today, -45),
  ...[1, 2, 3, 6, 9, 12, 18].map((count) => endOfMonth(addMonths(today, -count))),
  '2025-12-31',
  '2024-02-29',
  '2020-12-31',
];

interface Recounted {
  organization: string;
  currency: string;
  reader: Questions;
  sql: RecountDatabase;
}

let dynamoDB: LocalDynamoDB;
const books: Recounted[] = [];
const log: string[] = [];

before(async () => {
  dynamoDB = await startDynamoDB({ port: 0, tableName, region });
  const { endpoint } = dynamoDB;
  const table = openTable({ tableName, endpoint, region, credentials });

  // What a load leaves behind that was stopped early, a week before.
  const stopped = northwindBooks(addDays(today, -7)).records.slice(0, 300);
  await writeRecords({ table, organization: 'northwind', records: stopped });

  const options = { endpoint, tableName, log: (line: string) => log.push(line) };
  await loadDemo({ ...options, today });
  await loadDemo({ ...options, today: addDays(today, 30) });

  books.push(
    {
      organization: 'northwind',
      currency: 'USD',
      reader: readerOf(table, 'northwind'),
      sql: new RecountDatabase(today).addNorthwind().addDerived(northwindBooks(today).records),
    },
    {
      organization: 'chinook',
      currency: 'EUR',
      reader: readerOf(table, 'chinook'),
      sql: new RecountDatabase(today).addChinook(),
    },
  );
});

after(async () => {
  for (const { sql } of books) sql.close();
  await dynamoDB.close();
});

describe('loading the demo', () => {
  it('finishes what was stopped, and leaves complete books of an earlier day as they are', async () => {
    assert.equal(log.filter((line) => line.includes('northwind')).length, 1, log.join('\n'));
    for (const { reader, sql } of books) {
      const newest = await reader.listInvoices({ limit: 1, asOf: today, hideLater: false });
      assert.equal(newest.rows[0]?.issued, sql.one('SELECT max(issued) AS day FROM invoices').day);
    }
  });
});

/** The filter's condition on a row of `standings`. */
const conditions: Record<StatusFilter, string> = {
  draft: "status = 'draft'",
  void: "status = 'void'",
  written_off: "status = 'written_off'",
  paid: "status = 'paid'",
  sent: "status = 'sent'",
  viewed: "status = 'viewed'",
  overdue: 'late > 0',
  partial: 'partly',
  open: 'balance > 0',
};

const inTotals = "status NOT IN ('draft', 'void')";

describe('the demo, recounted in SQL', () => {
  it('has every invoice as it stood on each day', async () => {
    for (const { reader, sql } of books) {
      for (const asOf of asOfDays) {
        const { rows } = await allPages(100, (page) =>
          reader.listInvoices({ asOf, hideLater: true, ...page }),
        );
        assert.deepEqual(
          rows.map(standingOf).toSorted((a, b) => Number(a.id) - Number(b.id)),
          sql.all(`${standings} WHERE issued <= :asOf ORDER BY CAST(id AS INTEGER)`, { asOf }),
          `${reader.organization} on ${asOf}`,
        );
      }
    }
  });

  it('counts and sums invoices of every status on each day, future-dated ones included', async () => {
    for (const { reader, sql, currency } of books) {
      for (const asOf of asOfDays) {
        for (const status of statusFilters) {
          const page = await reader.listInvoices({ status, asOf, hideLater: false, limit: 1 });
          const expected = sql.one(
            `SELECT count(*) AS totalCount, count(*) FILTER (WHERE ${inTotals}) AS count,
              coalesce(sum(total) FILTER (WHERE ${inTotals}), 0) AS total, coalesce(sum(balance), 0) AS balance,
              coalesce(sum(given_up), 0) AS writtenOffAmount,
              coalesce(sum(total) FILTER (WHERE status = 'draft'), 0) AS drafts
            FROM (${standings}) WHERE ${conditions[status]}`,
            { asOf },
          );
          const { count, total, balance, writtenOffAmount } = page.totals?.find(
            (sum) => sum.currency === currency,
          ) ?? { count: 0, total: 0, balance: 0, writtenOffAmount: 0 };
          const drafts = page.draftTotals?.find((sum) => sum.currency === currency)?.total ?? 0;
          assert.deepEqual(
            { totalCount: page.totalCount, count, total, balance, writtenOffAmount, drafts },
            expected,
            `${reader.organization}, ${status} on ${asOf}`,
          );
        }
      }
    }
  });

  it('counts, sums and lists invoices by due day, whatever their status', async () => {
    const monday = addDays(today, -7);
    for (const { reader, sql, currency } of books) {
      for (const asOf of [today, addDays(today, -45), '2025-12-31']) {
        for (const [dueFrom, dueTo] of [
          [monday, today],
          ['2025-03-10', '2026-02-07'],
          [addDays(asOf, 1), undefined],
          [undefined, asOf],
        ] as const) {
          for (const status of [undefined, 'open', 'overdue', 'paid', 'written_off'] as const) {
            const query = { ...(dueFrom && { dueFrom }), ...(dueTo && { dueTo }), ...(status && { status }) };
            const days = { from: dueFrom ?? '0', to: dueTo ?? '9' };
            const where = `${status ? conditions[status] : 'true'} AND due BETWEEN :from AND :to`;
            const expected = sql.one(
              `SELECT count(*) FILTER (WHERE ${inTotals}) AS count,
                coalesce(sum(total) FILTER (WHERE ${inTotals}), 0) AS total, coalesce(sum(balance), 0) AS balance,
                coalesce(sum(given_up), 0) AS writtenOffAmount
              FROM (${standings}) WHERE ${where}`,
              { asOf, ...days },
            );
            const asked = `${reader.organization}, ${JSON.stringify(query)} on ${asOf}`;
            const page = await reader.listInvoices({ ...query, asOf, hideLater: false, limit: 100 });
            assert.deepEqual(page.totals, expected.count === 0 ? [] : [{ ...expected, currency }], asked);
            const rows = sql.all(`SELECT id FROM (${standings}) WHERE ${where} ORDER BY due, id LIMIT 100`, {
              asOf,
              ...days,
            });
            assert.deepEqual(
              page.rows.map(({ id }) => ({ id })),
              rows,
              asked,
            );
          }
        }
      }
    }
  });

  it('tells what customers owed on each day', async () => {
    for (const { reader, sql, currency } of books) {
      for (const asOf of asOfDays) {
        const figures = (await reader.receivables(asOf)).find((entry) => entry.currency === currency);
        for (const [name, condition] of [
          ['outstanding', 'issued <= :asOf AND balance > 0'],
          ['overdue', 'issued <= :asOf AND late > 0'],
          ['noDueDate', 'issued <= :asOf AND balance > 0 AND due IS NULL'],
        ] as const) {
          assert.deepEqual(
            figures?.[name] ?? nothing,
            sql.one(
              `SELECT count(*) AS count, coalesce(sum(balance), 0) AS total FROM (${standings}) WHERE ${condition}`,
              { asOf },
            ),
            `${reader.organization}, ${name} on ${asOf}`,
          );
        }
        assert.deepEqual(
          figures?.unapplied ?? nothing,
          sql.one(
            `SELECT count(*) AS count, coalesce(sum(amount), 0) AS total
            FROM payments WHERE invoice IS NULL AND day <= :asOf`,
            { asOf },
          ),
          `${reader.organization}, unapplied on ${asOf}`,
        );
      }
    }
  });

  it('tells what is owed from documents dated after today', async () => {
    const [northwind] = books;
    const [figures] = (await northwind?.reader.receivables(today)) ?? [];
    const expected = northwind?.sql.one(
      `SELECT count(*) AS count, sum(balance) AS total FROM (${standings}) WHERE issued > :asOf AND balance > 0`,
      { asOf: today },
    );
    assert.equal(expected?.count, 4);
    assert.deepEqual(figures?.futureDated, expected);
  });

  it('tells income and expenses of every month, accrual and cash', async () => {
    for (const { reader, sql, currency } of books) {
      const { first, last } = sql.one('SELECT min(issued) AS first, max(issued) AS last FROM invoices') as {
        first: string;
        last: string;
      };
      for (let start = `${first.slice(0, 7)}-01`; start <= last; start = addMonths(start, 1)) {
        const period = { start, end: endOfMonth(start) };
        const found = (await reader.periodFigures(period, today)).find(
          (entry) => entry.currency === currency,
        );
        const { tip = 0, ...invoiced } = found?.invoiced ?? { ...nothing, tax: 0, tip: 0 };
        const figures = {
          invoiced,
          credited: found?.credited ?? { ...nothing, tax: 0 },
          received: found?.received ?? nothing,
          refunded: found?.refunded ?? nothing,
          spent: found?.spent ?? { ...nothing, tax: 0 },
          spentCredits: found?.spentCredits ?? { ...nothing, tax: 0 },
        };
        const between = { start, end: period.end < today ? period.end : today };
        const expected = {
          invoiced: sql.one(
            `SELECT count(*) AS count, coalesce(sum(total), 0) AS total, coalesce(sum(tax), 0) AS tax
            FROM invoices JOIN lifecycles ON invoice = id
            WHERE lifecycle IN ('issued', 'written_off') AND issued BETWEEN :start AND :end`,
            between,
          ),
          credited: sql.one(
            `SELECT count(*) AS count, coalesce(sum(total), 0) AS total, coalesce(sum(tax), 0) AS tax
            FROM credits WHERE day BETWEEN :start AND :end`,
            between,
          ),
          received: sql.one(
            `SELECT count(*) AS count, coalesce(sum(amount), 0) AS total
            FROM payments WHERE amount > 0 AND day BETWEEN :start AND :end`,
            between,
          ),
          refunded: sql.one(
            `SELECT count(*) AS count, coalesce(sum(amount), 0) AS total
            FROM payments WHERE amount < 0 AND day BETWEEN :start AND :end`,
            between,
          ),
          spent: sql.one(
            `SELECT count(*) AS count, coalesce(sum(amount), 0) AS total, 0 AS tax
            FROM expenses WHERE amount > 0 AND day BETWEEN :start AND :end`,
            between,
          ),
          spentCredits: sql.one(
            `SELECT count(*) AS count, coalesce(sum(amount), 0) AS total, 0 AS tax
            FROM expenses WHERE amount < 0 AND day BETWEEN :start AND :end`,
            between,
          ),
        };
        assert.deepEqual(figures, expected, `${reader.organization}, ${start}`);
        assert.equal(tip, 0);
      }
    }
  });

  it('sums all months to the totals of the sources', async () => {
    const period = { start: '1990-01-01', end: '2199-12-31' };
    const [northwind, chinook] = books;
    const figures = (await northwind?.reader.periodFigures(period, period.end)) ?? [];
    const usd = figures.find(({ currency }) => currency === 'USD');
    assert.equal((usd?.spent.total ?? 0) + (usd?.spentCredits.total ?? 0), 102_343_591);
    const [eur] = (await chinook?.reader.periodFigures(period, period.end)) ?? [];
    assert.equal(eur?.invoiced.total, 232_860);
    const unfiltered = await northwind?.reader.listInvoices({ limit: 1, asOf: today, hideLater: false });
    const voided = northwind?.sql.one(
      `SELECT sum(total) AS total FROM invoices JOIN lifecycles ON invoice = id WHERE lifecycle IN ('draft', 'void')`,
    ).total as number;
    // Goods 1,265,793.29, freight 64,942.69, tax 3,104.15.
    assert.equal((unfiltered?.totals?.[0]?.total ?? 0) + voided, 126_579_329 + 6_494_269 + 310_415);
  });

  it('reports payments by method, month and customer', async () => {
    const keys: Record<PaymentGrouping, string> = {
      method: 'method',
      month: 'substr(day, 1, 7)',
      customer: 'customer',
    };
    for (const { reader, sql, currency } of books) {
      for (const [start, end] of [
        ['2020-01-01', today],
        ['2025-02-11', '2025-10-03'],
      ] as const) {
        for (const groupBy of paymentGroupings) {
          const page = await reader.listPayments({ start, end, groupBy, limit: 1 });
          const sums = `count(*) FILTER (WHERE amount > 0) AS count,
            coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS received,
            count(*) FILTER (WHERE amount < 0) AS refundCount,
            coalesce(sum(amount) FILTER (WHERE amount < 0), 0) AS refunded, sum(amount) AS net`;
          const where = 'FROM payments WHERE day BETWEEN :start AND :end';
          assert.deepEqual(
            page.groups
              ?.map(({ name: _name, ...group }) => group)
              .toSorted((a, b) => compare(a.key ?? '', b.key ?? '')),
            sql
              .all(`SELECT ${keys[groupBy]} AS key, ${sums} ${where} GROUP BY 1 ORDER BY 1`, { start, end })
              .map((row) => ({ ...row, currency })),
            `${reader.organization} by ${groupBy}`,
          );
          assert.deepEqual(
            page.totals,
            [{ ...sql.one(`SELECT ${sums} ${where}`, { start, end }), currency }],
            reader.organization,
          );
        }
      }
    }
  });

  it('groups what was invoiced by month and customer, and what was sold by product', async () => {
    for (const { reader, sql, currency } of books) {
      for (const [start, end] of [
        ['2000-01-01', '2199-12-31'],
        ['2025-01-01', '2025-12-31'],
        ['2025-02-11', '2025-10-03'],
      ] as const) {
        const ask = async (groupBy: InvoiceGrouping) => {
          const query = { start, end, asOf: today, hideLater: false, limit: 0 } as const;
          const { rows, groups } = await reader.listInvoices({ ...query, groupBy });
          assert.deepEqual(rows, []);
          return groups?.map((group) => ({ ...group })).toSorted((a, b) => compare(a.key ?? '', b.key ?? ''));
        };
        const counted = `FROM invoices JOIN lifecycles ON invoice = id
          WHERE lifecycle NOT IN ('draft', 'void') AND issued BETWEEN :start AND :end`;
        for (const [groupBy, key] of [
          ['month', 'substr(issued, 1, 7)'],
          ['customer', 'customer'],
        ] as const) {
          assert.deepEqual(
            (await ask(groupBy))?.map(({ key, count, total }) => ({ key, count, total })),
            sql.all(
              `SELECT ${key} AS key, count(*) AS count, sum(total) AS total ${counted} GROUP BY 1 ORDER BY 1`,
              { start, end },
            ),
            `${reader.organization} by ${groupBy} from ${start}`,
          );
        }
        assert.deepEqual(
          (await ask('product'))?.map(({ name, ...group }) => ({ ...group, name })),
          sql
            .all(
              `SELECT product AS key, name, count(DISTINCT invoice) AS count, sum(amount) AS total,
                CAST(sum(quantity) AS TEXT) AS quantity
              FROM sold JOIN products ON products.id = product
              WHERE invoice IN (SELECT id ${counted}) GROUP BY 1 ORDER BY 1`,
              { start, end },
            )
            .map((row) => ({ ...row, currency })),
          `${reader.organization} by product from ${start}`,
        );
      }
    }
  });

  it('lists credit notes with what of them was applied to no invoice on each day', async () => {
    for (const { reader, sql, currency } of books) {
      for (const asOf of asOfDays) {
        const { rows, first } = await allPages(2, (page) => reader.listCreditNotes({ asOf, ...page }));
        const expected = sql.all(
          `SELECT id, day, total, total - coalesce((SELECT sum(amount) FROM applied a
              WHERE a.credit = c.id AND a.day <= :asOf), 0) AS unapplied
          FROM credits c WHERE day <= :asOf ORDER BY day DESC, id DESC`,
          { asOf },
        );
        assert.deepEqual(
          rows.map(({ id, issued, total, unapplied }) => ({ id, day: issued, total, unapplied })),
          expected,
          `${reader.organization} on ${asOf}`,
        );
        const sum = (field: 'total' | 'unapplied') =>
          expected.reduce((total, row) => total + Number(row[field]), 0);
        assert.deepEqual(
          first.totals,
          expected.length === 0
            ? []
            : [{ currency, count: expected.length, total: sum('total'), unapplied: sum('unapplied') }],
        );
      }
    }
  });

  it('lists charges that failed, and payments that name no invoice, with their totals', async () => {
    for (const { reader, sql, currency } of books) {
      for (const [start, end] of [
        ['2020-01-01', today],
        ['2025-02-11', '2025-10-03'],
      ] as const) {
        for (const [only, from] of [
          ['failed', 'failed WHERE true'],
          ['unapplied', 'payments WHERE invoice IS NULL'],
        ] as const) {
          const { rows, first } = await allPages(7, (page) =>
            reader.listPayments({ start, end, only, ...page }),
          );
          const expected = sql.all(
            `SELECT id, amount FROM ${from} AND day BETWEEN :start AND :end ORDER BY day DESC, id DESC`,
            { start, end },
          );
          assert.deepEqual(
            rows.map(({ id, amount }) => ({ id, amount })),
            expected,
            `${reader.organization}, ${only}`,
          );
          const net = expected.reduce((sum, { amount }) => sum + Number(amount), 0);
          assert.deepEqual(
            first.totals?.map((total) => [total.currency, total.count, total.net]),
            expected.length === 0 ? [] : [[currency, expected.length, net]],
          );
        }
      }
    }
  });

  it('sums expenses of every category, in whatever case it is written', async () => {
    const { reader, sql } = books[0] as Recounted;
    const categories = sql.all(
      `SELECT min(category) AS category, count(*) AS count, sum(amount) AS total,
        coalesce(sum(amount) FILTER (WHERE amount < 0), 0) AS credits
      FROM expenses GROUP BY lower(category)`,
    );
    assert.ok(
      categories.length < Number(sql.one('SELECT count(DISTINCT category) AS count FROM expenses').count),
    );
    for (const { category, ...expected } of categories) {
      const page = await reader.listExpenses({ category: String(category), limit: 1 });
      assert.equal(page.totalCount, expected.count, String(category));
      assert.deepEqual(page.totals, [{ ...expected, currency: 'USD' }], String(category));
    }
  });

  it('lists every expense of a span of days, once', async () => {
    const { reader, sql } = books[0] as Recounted;
    const span = { start: '2026-08-09', end: '2026-10-04' };
    const { rows } = await allPages(100, (page) => reader.listExpenses({ ...span, ...page }));
    assert.deepEqual(
      rows
        .map(({ id, vendor, category, amount, date }) => ({ id, vendor, category, amount, day: date }))
        .toSorted((a, b) => compare(a.id, b.id)),
      sql.all('SELECT * FROM expenses WHERE day BETWEEN :start AND :end ORDER BY id', span),
    );
  });

  it('tells what each customer owes', async () => {
    for (const { reader, sql, currency } of books) {
      for (const { id, name, ...expected } of sql.all(
        `SELECT c.id, c.name, count(s.id) AS count, coalesce(sum(s.balance), 0) AS balance,
          (SELECT coalesce(sum(amount), 0) FROM payments p
            WHERE p.customer = c.id AND p.invoice IS NULL AND p.day <= :asOf) AS unapplied
        FROM customers c LEFT JOIN (${standings}) s ON s.customer = c.id AND s.balance > 0 AND s.issued <= :asOf
        GROUP BY c.id`,
        { asOf: today },
      )) {
        const found = await reader.searchCustomers(String(name), 25, today);
        const match = found.rows.find(({ customer }) => customer.id === id);
        const open = match?.open.find((entry) => entry.currency === currency);
        assert.ok(match, `${name} is not found`);
        assert.equal(match.customer.name, name);
        assert.deepEqual(
          { count: open?.count ?? 0, balance: open?.balance ?? 0, unapplied: open?.unapplied ?? 0 },
          expected,
          String(name),
        );
      }
    }
  });
});

const nothing = { count: 0, total: 0 };

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A row as the recount has it. */
const standingOf = (row: InvoiceSummary): Row & { id: string } => ({
  id: row.id,
  customer: row.customerId ?? null,
  issued: row.issued,
  due: row.due ?? null,
  total: row.total,
  status: row.status,
  balance: row.balance,
  overpaid: row.overpaid,
  given_up: row.writtenOffAmount,
  partly: Number(row.partiallyPaid),
  late: row.daysOverdue,
});
