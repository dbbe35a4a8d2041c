import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { addDays, addMonths, endOfMonth } from '../../shared/ledger/dates.ts';
import type { InvoiceSummary, StatusFilter } from '../../shared/ledger/kinds/invoice.ts';
import { statusFilters } from '../../shared/ledger/kinds/invoice.ts';
import { paymentGroupings } from '../../shared/ledger/kinds/payment.ts';
import { type OwedSort, owedSorts } from '../../shared/ledger/owed.ts';
import { verifyBooks } from '../../shared/store/verify.ts';
import { allPages } from '../support/all-pages.ts';
import { CsvDatabase } from '../support/csv-database.ts';
import { type ImportedBooks, importEveryWay } from '../support/imported-books.ts';
import { memoryTable } from '../support/memory-table.ts';
import type { ExpenseQuery, InvoiceQuery } from '../support/questions.ts';
import { standings } from './recount-demo-database.ts';

/*
 * Xero's invoices and bills in three currencies through the import into the store; every figure is counted once more
 * in SQL, from the files alone.
 */

const path = (name: string) => fileURLToPath(new URL(`../data/xero/${name}`, import.meta.url));

const memory = await memoryTable();
const sql = new CsvDatabase()
  .addCsv(path('xero_invoice_data.csv'), 'documents')
  .addCsv(path('xero_contact_data.csv'), 'contacts')
  .execute(`
    CREATE TABLE invoices AS
      SELECT invoice_id AS id, contact_id AS customer, date AS issued, due_date AS due, hundredths(total) AS total,
        hundredths(total_tax) AS tax, currency_code AS currency
      FROM documents WHERE type = 'ACCREC';
    CREATE TABLE lifecycles AS
      SELECT invoice_id AS invoice, iif(status IN ('VOIDED', 'DELETED'), 'void', 'issued') AS lifecycle,
        NULL AS written_off, 0 AS viewed
      FROM documents WHERE type = 'ACCREC';
    CREATE TABLE payments AS
      SELECT 'payment-' || invoice_id AS id, invoice_id AS invoice, contact_id AS customer,
        fully_paid_on_date AS day, hundredths(amount_paid) AS amount, currency_code AS currency
      FROM documents WHERE type = 'ACCREC' AND status = 'PAID';
    CREATE TABLE settlements AS SELECT invoice, day, amount FROM payments;
    CREATE INDEX settlements_by_invoice ON settlements (invoice);
    CREATE TABLE bills AS
      SELECT invoice_id AS id, name AS vendor, date AS day, due_date AS due, nullif(fully_paid_on_date, '') AS paid,
        hundredths(total) AS amount, hundredths(total_tax) AS tax, currency_code AS currency
      FROM documents JOIN contacts USING (contact_id)
      WHERE type = 'ACCPAY' AND status NOT IN ('VOIDED', 'DELETED');
    CREATE TABLE customers AS
      SELECT DISTINCT contact_id AS id, name FROM documents JOIN contacts USING (contact_id) WHERE type = 'ACCREC'`);
after(() => sql.close());

/** The invoices as they stood on the day `:asOf`, with their currency and the day of their payment, if paid by then. */
const standing = `(
  SELECT s.*, i.currency, iif(s.status = 'paid', p.day, NULL) AS paid, s.issued > :asOf AS later
  FROM (${standings}) s JOIN invoices i USING (id) LEFT JOIN payments p ON p.invoice = s.id)`;

const currencies = ['CAD', 'GBP', 'USD'];

/** After everything. */
const later = '2026-11-21';

/** Before all documents; days of issue, due days and days of payment, and the days around them; after everything. */
const asOfDays = [
  '2019-11-03',
  '2019-11-30',
  '2019-12-01',
  '2020-03-09',
  '2020-03-10',
  '2020-07-15',
  '2020-11-30',
  '2021-01-01',
  '2021-02-28',
  '2021-04-01',
  later,
];

/** A row as the recount has it. */
const standingOf = (row: InvoiceSummary) => ({
  id: row.id,
  customer: row.customerId,
  issued: row.issued,
  due: row.due,
  total: row.total,
  status: row.status,
  balance: row.balance,
  overpaid: row.overpaid,
  given_up: row.writtenOffAmount,
  partly: Number(row.partiallyPaid),
  late: row.daysOverdue,
  currency: row.currency,
  paid: row.paid ?? null,
  later: Number(row.futureDated),
});

function conditionOf(status: StatusFilter | undefined): string {
  if (status === undefined) return 'true';
  if (status === 'open') return 'balance > 0';
  return status === 'partial' ? 'partly' : `status = '${status}'`;
}

/** What a list of invoices counts, and sums per currency. */
function countOf(asOf: string, hideLater: boolean, condition: string, currency: string | undefined) {
  const parameters = { asOf, hideLater: Number(hideLater), currency: currency ?? null };
  const from = `FROM ${standing} WHERE ${condition}
    AND (:currency IS NULL OR currency = :currency) AND NOT (:hideLater AND later)`;
  return {
    ...sql.one(
      `SELECT count(*) AS totalCount, count(*) FILTER (WHERE status = 'void') AS notInTotals ${from}`,
      parameters,
    ),
    totals: sql.all(
      `SELECT currency, count(*) AS count, sum(total) AS total, sum(balance) AS balance,
        sum(given_up) AS writtenOffAmount
      ${from} AND status <> 'void' GROUP BY currency ORDER BY currency`,
      parameters,
    ),
  };
}

/** What customers owe on the day, of each currency that has anything open. */
function receivablesOn(asOf: string) {
  const sum = (name: string, condition: string) =>
    `count(*) FILTER (WHERE ${condition}) AS ${name}Count,
    coalesce(sum(balance) FILTER (WHERE ${condition}), 0) AS ${name}Total`;
  return sql
    .all(
      `SELECT currency, ${sum('outstanding', 'NOT later')}, ${sum('overdue', 'NOT later AND due < :asOf')},
        ${sum('noDueDate', "due = ''")}, ${sum('futureDated', 'later')}
      FROM ${standing} WHERE balance > 0 GROUP BY currency ORDER BY currency`,
      { asOf },
    )
    .map((row) => {
      const figure = (name: string) => ({ count: row[`${name}Count`], total: row[`${name}Total`] });
      return {
        currency: row.currency,
        outstanding: figure('outstanding'),
        overdue: figure('overdue'),
        noDueDate: figure('noDueDate'),
        futureDated: figure('futureDated'),
        // Every payment of the file names its invoice, and there are no credit notes.
        unapplied: { count: 0, total: 0 },
      };
    });
}

/** What happened from one day to another or the as-of day, of each currency in which anything did. */
function figuresOf(span: { start: string; end: string; asOf: string }) {
  const none = { count: 0, total: 0 };
  return currencies
    .map((currency) => {
      const sum = (what: string) => sql.one(`SELECT count(*) AS count, ${what}`, { currency, ...span });
      const invoiced = sum(
        `coalesce(sum(total), 0) AS total, coalesce(sum(tax), 0) AS tax, 0 AS tip
        FROM invoices JOIN lifecycles ON invoice = id
        WHERE lifecycle = 'issued' AND currency = :currency AND issued BETWEEN :start AND min(:end, :asOf)`,
      );
      const received = sum(
        `coalesce(sum(amount), 0) AS total FROM payments
        WHERE currency = :currency AND day BETWEEN :start AND min(:end, :asOf)`,
      );
      const spent = sum(
        `coalesce(sum(amount), 0) AS total, coalesce(sum(tax), 0) AS tax FROM bills
        WHERE currency = :currency AND day BETWEEN :start AND min(:end, :asOf)`,
      );
      const paidOut = sum(
        `coalesce(sum(amount), 0) AS total FROM bills
        WHERE currency = :currency AND coalesce(paid, day) BETWEEN :start AND min(:end, :asOf)`,
      );
      return {
        currency,
        invoiced,
        credited: { ...none, tax: 0 },
        received,
        refunded: none,
        spent,
        spentCredits: { ...none, tax: 0 },
        spentMoved: Number(paidOut.total) - Number(spent.total),
        // Xero's bills were imported as expenses.
        billed: { ...none, tax: 0 },
        supplierCredited: { ...none, tax: 0 },
        paidOut: none,
        spentOnBills: { total: 0, paid: 0 },
      };
    })
    .filter(
      ({ invoiced, received, spent, spentMoved }) =>
        spentMoved !== 0 || [invoiced, received, spent].some(({ count }) => count !== 0),
    );
}

/** All pages of a list have the rows of which the condition holds, in its order, and nothing else. */
async function assertListed(
  query: Omit<InvoiceQuery, 'limit'>,
  conditionAndOrder: string,
  limit: number,
  among = books,
): Promise<void> {
  const expected = sql.all(`SELECT id FROM ${standing} WHERE ${conditionAndOrder}`, { asOf: query.asOf });
  for (const { organization, reader } of among) {
    const { rows } = await allPages(limit, (page) => reader().listInvoices({ ...query, ...page }));
    assert.deepEqual(
      rows.map(({ id }) => ({ id })),
      expected,
      `${organization}: ${JSON.stringify(query)}`,
    );
  }
}

/** Count and totals of the bills that pass the filters. */
async function assertBills(filters: Omit<ExpenseQuery, 'limit'>, among = books): Promise<void> {
  const { vendor = null, currency = null, start = null, end = null } = filters;
  const expected = sql.all(
    `SELECT currency, count(*) AS count, sum(amount) AS total, 0 AS credits FROM bills
    WHERE (:vendor IS NULL OR vendor = :vendor) AND (:currency IS NULL OR currency = :currency)
      AND (:start IS NULL OR day >= :start) AND (:end IS NULL OR day <= :end)
    GROUP BY currency ORDER BY currency`,
    { vendor, currency, start, end },
  );
  for (const { organization, reader } of among) {
    const { totalCount, totals } = await reader().listExpenses({ ...filters, limit: 1 });
    assert.deepEqual(totals, expected, `${organization}: ${JSON.stringify(filters)}`);
    assert.equal(
      totalCount,
      expected.reduce((sum, { count }) => sum + Number(count), 0),
    );
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

let books: ImportedBooks[];
/** The books of which most is asked; asking all of them everything takes long. */
let shuffled: ImportedBooks[];
before(async () => {
  books = await importEveryWay(memory, {
    file: path('xero_invoice_data.csv'),
    mapping: path('mapping.json'),
  });
  shuffled = books.slice(-1);
});

describe("Xero's invoices, recounted in SQL", () => {
  it('are all there without a difference to a recount of the records, however imported', async () => {
    const expected = { customer: 18, invoice: 117, payment: 103, expense: 484 };
    for (const { organization } of books) {
      const { records, differences, unfinished } = await verifyBooks(memory.table, organization);
      assert.deepEqual({ differences, unfinished }, { differences: [], unfinished: false }, organization);
      const held = Object.fromEntries(Object.entries(records).filter(([, count]) => count > 0));
      assert.deepEqual(held, expected, organization);
    }
  });

  it('stand on each day as they stood then: paid from the day of payment on', async () => {
    for (const { organization, reader } of books) {
      for (const asOf of asOfDays) {
        const { rows } = await allPages(100, (page) =>
          reader().listInvoices({ asOf, hideLater: false, ...page }),
        );
        assert.deepEqual(
          rows.map(standingOf).toSorted((a, b) => compare(a.id, b.id)),
          sql.all(`SELECT * FROM ${standing} ORDER BY id`, { asOf }),
          `${organization} on ${asOf}`,
        );
      }
    }
  });

  it('are counted and summed by status and currency on each day, void ones in no total', async () => {
    for (const asOf of asOfDays) {
      const asked = shuffled.map(({ reader }) => reader());
      for (const status of [undefined, ...statusFilters]) {
        for (const currency of [undefined, 'GBP', 'USD']) {
          for (const hideLater of currency === undefined ? [false, true] : [false]) {
            const expected = countOf(asOf, hideLater, conditionOf(status), currency);
            const query = { asOf, hideLater, ...(status && { status }), ...(currency && { currency }) };
            for (const reader of asked) {
              const {
                totalCount,
                notInTotals = 0,
                totals,
              } = await reader.listInvoices({ ...query, limit: 1 });
              assert.deepEqual(
                {
                  totalCount,
                  notInTotals,
                  totals: totals?.toSorted((a, b) => compare(a.currency, b.currency)),
                },
                expected,
                `${reader.organization}: ${JSON.stringify(query)}`,
              );
            }
          }
        }
      }
    }
  });

  it('add up to what the file says, and the deleted one to nothing', async () => {
    for (const { reader } of books) {
      const all = await reader().listInvoices({ asOf: later, hideLater: false, limit: 1 });
      assert.deepEqual(all.totals, [
        { currency: 'GBP', count: 30, total: 9_205_750, balance: 1_273_500, writtenOffAmount: 0 },
        { currency: 'USD', count: 86, total: 30_848_409, balance: 3_010_600, writtenOffAmount: 0 },
      ]);
      const gone = await reader().listInvoices({ status: 'void', asOf: later, hideLater: false, limit: 5 });
      assert.deepEqual(
        gone.rows.map(({ currency, total, balance }) => ({ currency, total, balance })),
        [{ currency: 'USD', total: 600_000, balance: 0 }],
      );
      assert.deepEqual([gone.totalCount, gone.notInTotals, gone.totals], [1, 1, []]);
    }
  });

  it('are owed and overdue per currency on every day of payment, every due day, and the days around it', async () => {
    const days = sql.all(
      `SELECT date(due, '-1 day') AS asOf FROM invoices UNION SELECT due FROM invoices
      UNION SELECT date(due, '1 day') FROM invoices UNION SELECT day FROM payments`,
    );
    assert.ok(days.length > 100);
    for (const { asOf } of [...days, { asOf: '1999-12-31' }, { asOf: later }]) {
      const expected = receivablesOn(String(asOf));
      for (const { organization, reader } of shuffled) {
        assert.deepEqual(await reader().receivables(String(asOf)), expected, `${organization} on ${asOf}`);
      }
    }
  });

  it('are owed while due today, overdue from the day after, and paid on the day of payment', async () => {
    for (const { reader } of books) {
      const owed = async (asOf: string) => {
        const usd = (await reader().receivables(asOf)).find(({ currency }) => currency === 'USD');
        return [usd?.outstanding.total, usd?.overdue.total];
      };
      assert.deepEqual(await owed('2021-03-31'), [3_010_600, 75_000]);
      assert.deepEqual(await owed('2021-04-01'), [3_010_600, 3_010_600]);

      // One invoice of 7,200.00 is dated, due and paid on the same day.
      const day = '2020-03-10';
      const standsOn = async (asOf: string) => {
        const query = { start: day, end: day, asOf, hideLater: false, limit: 5 };
        const { rows } = await reader().listInvoices(query);
        return rows.map(({ status, balance, futureDated }) => ({ status, balance, futureDated }));
      };
      assert.deepEqual(await standsOn('2020-03-09'), [
        { status: 'sent', balance: 720_000, futureDated: true },
      ]);
      assert.deepEqual(await standsOn(day), [{ status: 'paid', balance: 0, futureDated: false }]);
    }
  });

  it('count for nothing but themselves while dated after the day', async () => {
    const asOf = '2021-01-15';
    const { count, total } = sql.one(
      `SELECT count(*) AS count, sum(total) AS total FROM invoices WHERE issued > :asOf AND currency = 'USD'`,
      { asOf },
    );
    assert.ok(Number(count) > 5);
    for (const { reader } of books) {
      const all = await allPages(100, (page) => reader().listInvoices({ asOf, hideLater: false, ...page }));
      const past = await allPages(100, (page) => reader().listInvoices({ asOf, hideLater: true, ...page }));
      assert.equal(all.rows.length, 117);
      assert.deepEqual(
        all.rows.filter(({ futureDated }) => !futureDated),
        past.rows,
      );
      assert.ok(past.rows.every(({ issued }) => issued <= asOf));
      const future = all.rows.filter(({ futureDated, currency }) => futureDated && currency === 'USD');
      assert.equal(future.length, count);
      assert.ok(future.every(({ status, daysOverdue }) => status === 'sent' && daysOverdue === 0));
      const usd = (await reader().receivables(asOf)).find(({ currency }) => currency === 'USD');
      assert.deepEqual(usd?.futureDated, { count, total });
      assert.deepEqual(await reader().periodFigures({ start: addDays(asOf, 1), end: later }, asOf), []);
    }
  });

  it('leave each customer with what it owed on the day', async () => {
    for (const { organization, reader } of books) {
      for (const asOf of ['2020-03-10', '2020-11-30', '2021-02-28', later]) {
        const asked = reader();
        for (const { id, name } of sql.all('SELECT * FROM customers')) {
          const found = await asked.searchCustomers(String(name), 25, asOf);
          const match = found.rows.find(({ customer }) => customer.id === id);
          assert.equal(match?.customer.name, name);
          assert.deepEqual(
            match?.open,
            sql.all(
              `SELECT currency, count(*) AS count, sum(balance) AS balance, 0 AS unapplied FROM ${standing}
              WHERE customer = :id AND balance > 0 AND NOT later GROUP BY currency ORDER BY currency`,
              { asOf, id: String(id) },
            ),
            `${organization}: ${name} on ${asOf}`,
          );
        }
      }
    }
  });

  it('have pages that make up the whole, in every order', async () => {
    const orders: Record<OwedSort, string> = {
      issued_desc: 'issued DESC, id DESC',
      issued_asc: 'issued, id',
      due_asc: 'due, id',
      due_desc: 'due DESC, id DESC',
      balance_desc: 'balance DESC, id DESC',
      total_desc: 'total DESC, id DESC',
    };
    for (const sort of owedSorts) {
      const order = orders[sort];
      for (const asOf of [later, '2020-11-30']) {
        const all = { sort, asOf, hideLater: false };
        await assertListed(all, `true ORDER BY ${order}`, 30, shuffled);
        await assertListed({ ...all, hideLater: true }, `NOT later ORDER BY ${order}`, 30, shuffled);
        await assertListed({ ...all, status: 'open' }, `balance > 0 ORDER BY ${order}`, 5, shuffled);
      }
    }
    await assertListed(
      { currency: 'GBP', start: '2020-03-01', end: '2020-12-30', asOf: later, hideLater: false },
      `currency = 'GBP' AND issued BETWEEN '2020-03-01' AND '2020-12-30' ORDER BY issued DESC, id DESC`,
      4,
    );
  });

  it('have pages that make up the whole when the last day asked for fills more than one', async () => {
    await assertListed(
      { start: '2020-03-01', end: '2020-11-30', asOf: later, hideLater: false },
      `issued BETWEEN '2020-03-01' AND '2020-11-30' ORDER BY issued DESC, id DESC`,
      4,
    );
  });
});

describe("Xero's income, payments and bills, recounted in SQL", () => {
  it('are told per month and currency, accrual and cash, up to the day', async () => {
    const months: { start: string; end: string }[] = [];
    for (let start = '2019-10-01'; start < '2021-05-01'; start = addMonths(start, 1)) {
      months.push({ start, end: endOfMonth(start) });
    }
    const spans = [
      { start: '2019-01-01', end: '2021-12-31' },
      { start: '2020-01-01', end: '2020-12-31' },
      { start: '2019-12-14', end: '2021-03-12' },
      { start: '2020-03-10', end: '2020-03-10' },
    ];
    for (const { organization, reader } of books) {
      for (const asOf of [later, '2021-03-11', '2020-07-15', '2020-02-29']) {
        for (const period of [...months, ...spans]) {
          const found = await reader().periodFigures(period, asOf);
          assert.deepEqual(
            found.toSorted((a, b) => compare(a.currency, b.currency)),
            figuresOf({ ...period, asOf }),
            `${organization}: ${period.start} to ${period.end} as of ${asOf}`,
          );
        }
      }
    }
  });

  it('sum payments by month, customer and method', async () => {
    const sums = `currency, count(*) AS count, sum(amount) AS received, 0 AS refundCount, 0 AS refunded,
      sum(amount) AS net FROM payments WHERE day BETWEEN :start AND :end`;
    const keys = { month: 'substr(day, 1, 7)', customer: 'customer', method: "'other'" };
    for (const { organization, reader } of books) {
      for (const [start, end] of [
        ['2019-01-01', later],
        ['2020-03-10', '2020-11-30'],
        ['2020-03-10', '2020-03-10'],
      ] as const) {
        for (const groupBy of paymentGroupings) {
          const { totals, groups } = await reader().listPayments({ start, end, groupBy, limit: 1 });
          assert.deepEqual(
            totals,
            sql.all(`SELECT ${sums} GROUP BY currency ORDER BY currency`, { start, end }),
            organization,
          );
          assert.deepEqual(
            groups
              ?.map(({ name: _name, ...group }) => group)
              .toSorted((a, b) => compare(`${a.key} ${a.currency}`, `${b.key} ${b.currency}`)),
            sql.all(`SELECT ${keys[groupBy]} AS key, ${sums} GROUP BY 1, 2 ORDER BY 1, 2`, { start, end }),
            `${organization} by ${groupBy}`,
          );
        }
      }
    }
  });

  it('list every payment with its invoice, newest first', async () => {
    for (const { organization, reader } of books) {
      const { rows } = await allPages(10, (page) =>
        reader().listPayments({ start: '2019-01-01', end: later, ...page }),
      );
      assert.deepEqual(
        rows.map(({ id, invoiceId, customerId, date, amount, currency }) => ({
          id,
          invoice: invoiceId,
          customer: customerId,
          day: date,
          amount,
          currency,
        })),
        sql.all('SELECT * FROM payments ORDER BY day DESC, id DESC'),
        organization,
      );
    }
  });

  it('sum bills per month and per currency', async () => {
    for (const { month = '' } of sql.all('SELECT DISTINCT substr(day, 1, 7) AS month FROM bills')) {
      const span = { start: `${month}-01`, end: endOfMonth(`${month}-01`) };
      await assertBills(span);
      for (const currency of currencies) await assertBills({ ...span, currency });
    }
    for (const currency of currencies) await assertBills({ currency });
  });

  it('sum bills per vendor, month and currency', async () => {
    const vendors = sql.all('SELECT DISTINCT vendor FROM bills');
    assert.ok(vendors.length > 100);
    for (const { vendor } of vendors) await assertBills({ vendor: String(vendor) }, shuffled);
    const slices = sql.all(
      `SELECT vendor, currency, substr(day, 1, 7) AS month FROM bills GROUP BY 1, 2, 3 HAVING count(*) > 1`,
    );
    assert.ok(slices.length > 20);
    for (const { vendor, currency, month } of slices) {
      const span = { start: `${month}-01`, end: endOfMonth(`${month}-01`) };
      await assertBills({ vendor: String(vendor), currency: String(currency), ...span }, shuffled);
    }
  });

  it('list every bill that counts, as the file has it', async () => {
    for (const { organization, reader } of books) {
      const { rows, first } = await allPages(60, (page) => reader().listExpenses(page));
      assert.deepEqual(
        rows.map(({ id, vendor, date, due, paid, amount, tax, currency }) => ({
          id,
          vendor,
          day: date,
          due,
          paid: paid ?? null,
          amount,
          tax,
          currency,
        })),
        sql.all('SELECT * FROM bills ORDER BY day DESC, id DESC'),
        organization,
      );
      assert.deepEqual(first.totals, [
        { currency: 'CAD', count: 227, total: 3_992_252, credits: 0 },
        { currency: 'GBP', count: 35, total: 68_249, credits: 0 },
        { currency: 'USD', count: 214, total: 1_411_720, credits: 0 },
      ]);
    }
  });

  it('take the total as it stands where its parts make another: 63.20 and 8.22 are 71.43', async () => {
    const odd = sql.all(
      `SELECT b.*, hundredths(d.sub_total) AS net FROM documents d JOIN bills b ON b.id = d.invoice_id
      WHERE hundredths(sub_total) + hundredths(total_tax) <> hundredths(total)`,
    );
    assert.deepEqual(
      odd.map(({ net, tax, amount, currency }) => ({ net, tax, amount, currency })),
      [{ net: 6320, tax: 822, amount: 7143, currency: 'CAD' }],
    );
    const [{ id, vendor, day } = {}] = odd;
    for (const { reader } of books) {
      const query = { vendor: String(vendor), start: String(day), end: String(day), limit: 100 };
      const { rows } = await reader().listExpenses(query);
      const bill = rows.find((row) => row.id === id);
      assert.deepEqual([bill?.amount, bill?.tax], [7143, 822]);
    }
    await assertBills({ vendor: String(vendor), start: String(day), end: String(day) });
  });
});
