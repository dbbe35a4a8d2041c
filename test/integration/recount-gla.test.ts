import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { verifyBooks } from '../../shared/store/verify.ts';
import { allPages } from '../support/all-pages.ts';
import { CsvDatabase } from '../support/csv-database.ts';
import { type ImportedBooks, importEveryWay } from '../support/imported-books.ts';
import { memoryTable } from '../support/memory-table.ts';
import type { ExpenseQuery } from '../support/questions.ts';

/* Public spending through the import into the store; every figure is counted once more in SQL, from the file alone. */

const path = (name: string) => fileURLToPath(new URL(`../data/gla/${name}`, import.meta.url));

const memory = await memoryTable();
const sql = new CsvDatabase().addCsv(path('expenses.csv'), 'spending').execute(`
  CREATE TABLE expenses AS
    SELECT 'gla-' || ID AS id, Vendor AS vendor, AccountDescription AS category, Date AS day, hundredths(Amount) AS amount
    FROM spending`);
after(() => sql.close());

let books: ImportedBooks[];
/** The books of which most is asked; asking all of them everything takes long. */
let shuffled: ImportedBooks[];
before(async () => {
  books = await importEveryWay(memory, { file: path('expenses.csv'), mapping: path('mapping.json') });
  shuffled = books.slice(-1);
});

/** The query's filters once more; `least` is its least amount in pence. */
const filtered = `FROM expenses
  WHERE (:start IS NULL OR day >= :start) AND (:end IS NULL OR day <= :end)
    AND (:vendor IS NULL OR vendor = :vendor) AND (:category IS NULL OR category = :category)
    AND (:least IS NULL OR amount >= :least)`;

interface Filters {
  start?: string;
  end?: string;
  vendor?: string;
  category?: string;
  least?: number;
}

const parametersOf = ({ start, end, vendor, category, least }: Filters) => ({
  start: start ?? null,
  end: end ?? null,
  vendor: vendor ?? null,
  category: category ?? null,
  least: least ?? null,
});

/** 123456 pence are "1234.56". */
function decimal(pence: number): string {
  const digits = String(Math.abs(pence)).padStart(3, '0');
  return `${pence < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const queryOf = ({ least, ...rest }: Filters): Omit<ExpenseQuery, 'limit'> => ({
  ...rest,
  ...(least !== undefined && { minAmount: decimal(least) }),
});

/** Count, total and credits of everything that passes the filters. */
async function assertTotals(filters: Filters, among = books, query = queryOf(filters)): Promise<void> {
  const { count, ...sums } = sql.one(
    `SELECT count(*) AS count, sum(amount) AS total, coalesce(sum(amount) FILTER (WHERE amount < 0), 0) AS credits
    ${filtered}`,
    parametersOf(filters),
  );
  for (const { organization, reader } of among) {
    const page = await reader().listExpenses({ ...query, limit: 1 });
    assert.deepEqual(
      { totalCount: page.totalCount, totals: page.totals },
      { totalCount: count, totals: count === 0 ? [] : [{ currency: 'GBP', count, ...sums }] },
      `${organization}: ${JSON.stringify(query)}`,
    );
  }
}

const valuesOf = (query: string) => sql.all(query) as Record<string, string>[];

describe("the GLA's spending, recounted in SQL", () => {
  it('has one record for each row and no difference to a recount of them, however imported', async () => {
    const { count } = sql.one('SELECT count(*) AS count FROM spending');
    assert.equal(count, 1000);
    for (const { organization } of books) {
      const { records, differences, unfinished, items } = await verifyBooks(memory.table, organization);
      assert.deepEqual({ differences, unfinished }, { differences: [], unfinished: false }, organization);
      assert.equal(records.expense, count);
      assert.ok(items > 5 * Number(count), 'a row and at least five index entries for each');
    }
  });

  it('sums all of it, credits apart', async () => {
    assert.deepEqual(
      sql.one(`SELECT sum(amount) AS total, sum(amount) FILTER (WHERE amount < 0) AS credits FROM expenses`),
      { total: 986_719_480, credits: -30_104_796 },
    );
    await assertTotals({});
  });

  it('sums every month and spans across months, as of their end and in their midst', async () => {
    for (const [start, end] of [
      ['2008-09-01', '2008-09-30'],
      ['2008-10-01', '2008-10-31'],
      ['2008-11-01', '2008-11-30'],
      ['2008-12-01', '2008-12-31'],
      ['2009-01-01', '2009-01-31'],
      ['2008-10-01', '2008-12-31'],
      ['2008-10-02', '2009-01-01'],
      ['2008-01-01', '2009-12-31'],
    ] as const) {
      await assertTotals({ start, end });
      for (const asOf of [end, '2008-11-02', '2008-11-01']) {
        const expected = sql.one(
          `SELECT count(*) FILTER (WHERE amount > 0) AS count,
            coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS total,
            count(*) FILTER (WHERE amount < 0) AS creditCount,
            coalesce(sum(amount) FILTER (WHERE amount < 0), 0) AS credits
          FROM expenses WHERE day BETWEEN :start AND min(:end, :asOf)`,
          { start, end, asOf },
        );
        for (const { organization, reader } of books) {
          const [figures, ...others] = await reader().periodFigures({ start, end }, asOf);
          assert.deepEqual(others, []);
          assert.deepEqual(
            {
              count: figures?.spent.count ?? 0,
              total: figures?.spent.total ?? 0,
              creditCount: figures?.spentCredits.count ?? 0,
              credits: figures?.spentCredits.total ?? 0,
            },
            expected,
            `${organization}, ${start} to ${end} as of ${asOf}`,
          );
        }
      }
    }
  });

  it('sums every category, also one whose name another begins with, in whatever case it is asked for', async () => {
    const categories = valuesOf('SELECT DISTINCT category FROM expenses').map(
      ({ category = '' }) => category,
    );
    assert.ok(categories.includes('Catering Charge') && categories.includes('Catering Charges'));
    for (const category of categories) await assertTotals({ category }, shuffled);
    await assertTotals({ category: 'Catering Charge' }, books, { category: 'CATERING charge' });
  });

  it('sums every vendor', async () => {
    for (const { vendor = '' } of valuesOf('SELECT DISTINCT vendor FROM expenses')) {
      await assertTotals({ vendor }, shuffled);
    }
  });

  it('sums what several filters leave: vendor, category, days', async () => {
    const busy = valuesOf(
      'SELECT vendor, category FROM expenses GROUP BY 1, 2 HAVING count(*) > 5 AND count(DISTINCT day) > 1',
    );
    assert.ok(busy.length > 10);
    for (const { vendor = '', category = '' } of busy) {
      const days = { start: '2008-11-01', end: '2008-12-02' };
      await assertTotals({ vendor, category }, shuffled);
      await assertTotals({ vendor, ...days }, shuffled);
      await assertTotals({ category, ...days }, shuffled);
      await assertTotals({ vendor, category, ...days, least: 200_000 }, shuffled);
    }
  });

  it('lists from a least amount on, the amount itself included, from the largest down', async () => {
    const amounts = sql.all('SELECT amount FROM expenses ORDER BY amount DESC, id LIMIT 1 OFFSET 40');
    const [{ amount: some = 0 } = {}] = amounts;
    const least = [Number(some) - 1, Number(some), Number(some) + 1];
    for (const filters of [
      ...least.map((amount) => ({ least: amount })),
      { least: 165_602_767 },
      { least: 165_602_768 },
      { least: 1 },
      { least: 0 },
      { least: -32_900 },
      { least: 100_000, start: '2008-11-01', end: '2008-11-30' },
      { least: 141_560, vendor: 'ANDERS ELITE' },
      { least: 100_000, category: 'Temporary Agency Staff Costs' },
    ]) {
      await assertTotals(filters);
      await assertListed(filters, 'amount DESC, day DESC, id DESC', 97);
    }
  });

  it('keeps rows that repeat another in all but their id', async () => {
    const repeated = sql.all(
      `SELECT vendor, category, day, amount, count(*) AS count FROM expenses GROUP BY 1, 2, 3, 4 HAVING count(*) > 1`,
    );
    assert.ok(repeated.length > 50);
    assert.ok(repeated.some(({ amount }) => Number(amount) < 0));
    for (const { organization, reader } of books) {
      for (const { vendor, category, day, amount, count } of repeated) {
        const query = { vendor: String(vendor), start: String(day), end: String(day) };
        const { rows } = await allPages(100, (page) => reader().listExpenses({ ...query, ...page }));
        const same = rows.filter((row) => row.category === category && row.amount === amount);
        assert.equal(new Set(same.map(({ id }) => id)).size, count, `${organization}: ${vendor}, ${day}`);
      }
    }
  });

  it('has pages that make up the whole, newest first', async () => {
    for (const limit of [1000, 100, 33]) await assertListed({}, 'day DESC, id DESC', limit);
    const category = 'Temporary Agency Staff Costs';
    await assertListed({ category }, 'day DESC, id DESC', 25);
    await assertListed({ vendor: 'ANDERS ELITE' }, 'day DESC, id DESC', 1);
    await assertListed({ start: '2008-10-02', end: '2008-12-31' }, 'day DESC, id DESC', 50);
  });

  it('has pages that make up the whole when the last day asked for fills more than one', async () => {
    await assertListed({ start: '2008-11-02', end: '2008-12-02' }, 'day DESC, id DESC', 50);
  });
});

/** All pages of a list have the rows that pass the filters, in this order, and nothing else. */
async function assertListed(filters: Filters, order: string, limit: number): Promise<void> {
  const expected = sql.all(
    `SELECT id, vendor, category, day, amount ${filtered} ORDER BY ${order}`,
    parametersOf(filters),
  );
  for (const { organization, reader } of books) {
    const { rows } = await allPages(limit, (page) => reader().listExpenses({ ...queryOf(filters), ...page }));
    assert.deepEqual(
      rows.map(({ id, vendor, category, date, amount }) => ({ id, vendor, category, day: date, amount })),
      expected,
      `${organization}: ${JSON.stringify(filters)}, ${limit} a page`,
    );
  }
}
