import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parseArguments } from '../../functions/mcp/arguments.ts';
import { openBooks } from '../../functions/mcp/tool.ts';
import { tools } from '../../functions/mcp/tools/index.ts';
import { chinookBooks } from '../../local/demo/chinook.ts';
import { northwindBooks } from '../../local/demo/northwind.ts';
import { scopeNames } from '../../shared/edge.ts';
import { addDays, addMonths, endOfMonth, startOfMonth } from '../../shared/ledger/dates.ts';
import { parseMoney } from '../../shared/ledger/money.ts';
import { openReader } from '../../shared/store/reader.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { memoryTable } from '../support/memory-table.ts';
import { RecountDatabase, type Row, standings } from './recount-demo-database.ts';

/*
 * The reports on what is owed, at ten days in the past and today, recounted in SQL from the source's files.
 */

type Fields = Record<string, unknown>;

const today = '2026-11-18';
const memory = await memoryTable();

/** Days of all kinds: ends of months and years, days within a month, and one before most of the books. */
const asOfDays = [
  today,
  addDays(today, -1),
  addDays(today, -17),
  addDays(today, -45),
  ...[1, 2, 4, 7, 12].map((count) => endOfMonth(addMonths(today, -count))),
  '2025-12-31',
  '2025-06-09',
];

interface Recounted {
  organization: string;
  currency: string;
  sql: RecountDatabase;
}

const northwind = northwindBooks(today);
const chinook = chinookBooks(today);
const books: Recounted[] = [
  {
    organization: 'northwind',
    currency: 'USD',
    sql: new RecountDatabase(today)
      .addNorthwind()
      .addDerived(northwind.records)
      .addPayables(northwind.records),
  },
  { organization: 'chinook', currency: 'EUR', sql: new RecountDatabase(today).addChinook() },
];

before(async () => {
  for (const [organization, { profile, records }] of Object.entries({ northwind, chinook })) {
    await writeRecords({ table: memory.table, organization, records: [...records, profile] });
  }
});

after(() => {
  for (const { sql } of books) sql.close();
});

/** Asks as the server does: a reader of its own for every question. */
async function ask(organization: string, name: string, args: Fields): Promise<Fields> {
  const tool = tools.find((candidate) => candidate.name === name);
  assert.ok(tool, name);
  const library = {
    openReader: async () => openReader(memory.open(), organization),
    now: () => new Date(`${today}T20:00:00Z`),
  };
  const { content } = await tool.run(
    parseArguments(tool.input(), args, []),
    await openBooks(library, organization, scopeNames),
  );
  return content;
}

/** A value of an answer with its amounts in cents. */
function inCents(value: unknown): unknown {
  if (typeof value === 'string' && /^-?\d+\.\d\d$/.test(value)) return parseMoney(value, 'USD');
  if (Array.isArray(value)) return value.map(inCents);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inCents(inner)]));
}

const entryOf = (section: unknown, currency: string): Fields =>
  (inCents(section) as Fields[]).find((entry) => entry.currency === currency) ?? {};

const age = `CASE WHEN due IS NULL THEN 'no_due_date' WHEN late = 0 THEN 'not_due' WHEN late <= 30 THEN '1-30'
  WHEN late <= 60 THEN '31-60' WHEN late <= 90 THEN '61-90' ELSE '91+' END`;
const ageOrder = ['not_due', '1-30', '31-60', '61-90', '91+', 'no_due_date'];
const inAgeOrder = (rows: readonly Row[]): Row[] =>
  rows.toSorted((a, b) => ageOrder.indexOf(String(a.age)) - ageOrder.indexOf(String(b.age)));

const open = `SELECT * FROM (${standings}) WHERE balance > 0 AND issued <= :asOf`;

const held = `(SELECT coalesce(sum(amount), 0) FROM payments WHERE invoice IS NULL AND day <= :asOf)
  + (SELECT coalesce(sum(c.total - coalesce((SELECT sum(a.amount) FROM applied a
      WHERE a.credit = c.id AND a.day <= :asOf), 0)), 0) FROM credits c WHERE c.day <= :asOf)`;

describe('receivables_report about the demo', () => {
  it('has the age of everything that was owed on each day, in all and by customer', async () => {
    for (const { organization, currency, sql } of books) {
      for (const asOf of asOfDays) {
        const { ageing } = await ask(organization, 'receivables_report', { asOf, limit: 100 });
        const { customers = [], unapplied = 0, ...found } = entryOf(ageing, currency);
        const { others = { count: 0, balance: 0 }, ...total } = found;
        assert.equal(unapplied, sql.one(`SELECT ${held} AS held`, { asOf }).held);
        const expected = sql.one(
          `SELECT count(*) AS count, sum(balance) AS balance, count(DISTINCT customer) AS customers FROM (${open})`,
          { asOf },
        );
        if (expected.count === 0) {
          assert.ok(total.count === undefined || total.count === 0);
          continue;
        }
        assert.deepEqual(
          total,
          {
            currency,
            count: expected.count,
            balance: expected.balance,
            ages: inAgeOrder(
              sql.all(
                `SELECT ${age} AS age, count(*) AS count, sum(balance) AS balance FROM (${open}) GROUP BY 1`,
                { asOf },
              ),
            ),
            customerCount: expected.customers,
          },
          `${organization} on ${asOf}`,
        );
        const byCustomer = sql.all(
          `SELECT customer AS customerId, c.name AS customer, count(*) AS count, sum(balance) AS balance
          FROM (${open}) o JOIN customers c ON c.id = customer GROUP BY 1 ORDER BY 4 DESC, 1`,
          { asOf },
        );
        // Fewer are shown where the answer would become too large.
        const { length } = customers as Fields[];
        assert.ok(length > 30 || length === byCustomer.length);
        assert.deepEqual(
          (customers as Fields[]).map(({ ages, unapplied: _unapplied, ...customer }) => customer),
          byCustomer.slice(0, length),
        );
        const rest = byCustomer.slice(length);
        const sumOf = (field: string) => rest.reduce((sum, row) => sum + Number(row[field]), 0);
        assert.deepEqual(others, { count: sumOf('count'), balance: sumOf('balance') });
        for (const { customerId, ages } of (customers as Fields[]).slice(0, 5)) {
          assert.deepEqual(
            ages,
            inAgeOrder(
              sql.all(
                `SELECT ${age} AS age, count(*) AS count, sum(balance) AS balance FROM (${open})
                WHERE customer = :customerId GROUP BY 1`,
                { asOf, customerId: String(customerId) },
              ),
            ),
          );
        }
      }
    }
  });

  it('has what was expected by due date, week by week', async () => {
    for (const { organization, currency, sql } of books) {
      for (const asOf of asOfDays) {
        const { expected } = await ask(organization, 'receivables_report', { asOf, include: ['expected'] });
        const { overdue = 0, noDueDate = 0, weeks = [], later } = entryOf(expected, currency);
        const sums = sql.one(
          `SELECT coalesce(sum(balance) FILTER (WHERE late > 0), 0) AS overdue,
            coalesce(sum(balance) FILTER (WHERE due IS NULL), 0) AS noDueDate,
            coalesce(sum(balance) FILTER (WHERE due > date(:asOf, '90 days')), 0) AS later FROM (${open})`,
          { asOf },
        );
        const { byDueDay = 0 } = (later ?? {}) as Fields;
        assert.deepEqual({ overdue, noDueDate, later: byDueDay }, sums, `${organization} on ${asOf}`);
        assert.deepEqual(
          (weeks as Fields[]).map((week) => ({ startDate: week.startDate, byDueDay: week.byDueDay })),
          sql.all(
            `SELECT date(:asOf, (CAST(julianday(due) - julianday(:asOf) AS INTEGER) / 7 * 7) || ' days') AS startDate,
              sum(balance) AS byDueDay
            FROM (${open}) WHERE late = 0 AND due <= date(:asOf, '90 days') GROUP BY 1 ORDER BY 1`,
            { asOf },
          ),
          `${organization} on ${asOf}`,
        );
      }
    }
  });

  it('has every invoice of the window that was overpaid, and every old draft', async () => {
    for (const { organization, sql } of books) {
      for (const asOf of asOfDays) {
        const { toLookAt } = await ask(organization, 'receivables_report', { asOf, include: ['to_look_at'] });
        const { overpaid, oldDrafts, lookedAt } = inCents(toLookAt) as Record<
          'overpaid' | 'oldDrafts' | 'lookedAt',
          Fields
        >;
        const start = startOfMonth(addMonths(asOf, -12));
        const rows = sql.all(
          `SELECT id, overpaid FROM (${standings}) WHERE issued BETWEEN :start AND :asOf ORDER BY issued DESC, id DESC`,
          { asOf, start },
        );
        const most = rows.filter((row) => Number(row.overpaid) > 0);
        assert.equal(lookedAt.count, rows.length);
        assert.deepEqual(
          [overpaid.count, (overpaid.shown as Fields[]).map(({ id, overpaid }) => ({ id, overpaid }))],
          [most.length, most.slice(0, 10)],
          `${organization} on ${asOf}`,
        );
        assert.equal(
          oldDrafts.count,
          sql.one(
            `SELECT count(*) AS count FROM (${standings}) WHERE status = 'draft' AND issued < date(:asOf, '-30 days')`,
            { asOf },
          ).count,
        );
      }
    }
  });
});
