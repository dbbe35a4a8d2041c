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
import {
  backwards,
  open,
  RecountDatabase,
  type Row,
  sales,
  settled,
  standings,
  tenths,
} from './recount-demo-database.ts';

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
  tool: 'receivables_report' | 'payables_report';
  party: 'customer' | 'supplier';
  currency: string;
  sql: RecountDatabase;
}

const northwind = northwindBooks(today);
const chinook = chinookBooks(today);
const northwindDatabase = () => new RecountDatabase(today).addNorthwind().addDerived(northwind.records);
const payables = (currency: string): Recounted => ({
  organization: 'northwind',
  tool: 'payables_report',
  party: 'supplier',
  currency,
  sql: northwindDatabase().addPayables(northwind.records).turnToPayables(currency),
});
const receivables = { tool: 'receivables_report', party: 'customer' } as const;
const books: Recounted[] = [
  { ...receivables, organization: 'northwind', currency: 'USD', sql: northwindDatabase() },
  {
    ...receivables,
    organization: 'chinook',
    currency: 'EUR',
    sql: new RecountDatabase(today).addChinook(),
  },
  payables('USD'),
  payables('EUR'),
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

const held = `(SELECT coalesce(sum(amount), 0) FROM payments WHERE invoice IS NULL AND day <= :asOf)
  + (SELECT coalesce(sum(c.total - coalesce((SELECT sum(a.amount) FROM applied a
      WHERE a.credit = c.id AND a.day <= :asOf), 0)), 0) FROM credits c WHERE c.day <= :asOf)`;

const average = (days: string, from: string) => `
  SELECT count(*) AS count, sum(total) AS total, sum(total * ${days}) AS amountDays, sum(${days}) AS sumOfDays,
    ${tenths(`sum(total * ${days})`, 'sum(total)')} AS weighted, ${tenths(`sum(${days})`, 'count(*)')} AS unweighted
  FROM (${from}) WHERE ${days} IS NOT NULL`;

describe('reports on what is owed, about the demo', () => {
  it('has the age of everything that was owed on each day, in all and by customer', async () => {
    for (const { organization, tool, party, currency, sql } of books) {
      for (const asOf of asOfDays) {
        const { ageing } = await ask(organization, tool, { asOf, limit: 100 });
        const { [`${party}s`]: customers = [], unapplied = 0, ...found } = entryOf(ageing, currency);
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
            [`${party}Count`]: expected.customers,
          },
          `${organization} on ${asOf}`,
        );
        const byCustomer = sql.all(
          `SELECT customer AS ${party}Id, c.name AS ${party}, count(*) AS count, sum(balance) AS balance
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
        for (const { [`${party}Id`]: id, ages } of (customers as Fields[]).slice(0, 5)) {
          assert.deepEqual(
            ages,
            inAgeOrder(
              sql.all(
                `SELECT ${age} AS age, count(*) AS count, sum(balance) AS balance FROM (${open})
                WHERE customer = :id GROUP BY 1`,
                { asOf, id: String(id) },
              ),
            ),
          );
        }
      }
    }
  });

  it('has what was expected by due date, week by week', async () => {
    for (const { organization, tool, currency, sql } of books) {
      for (const asOf of asOfDays) {
        const { expected } = await ask(organization, tool, { asOf, include: ['expected'] });
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
          (weeks as Fields[]).flatMap(({ startDate, byDueDay }) =>
            byDueDay === 0 ? [] : [{ startDate, byDueDay }],
          ),
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
    for (const { organization, tool, sql } of books.filter(({ party }) => party === 'customer')) {
      for (const asOf of asOfDays) {
        const { toLookAt } = await ask(organization, tool, { asOf, include: ['to_look_at'] });
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

  it('has days outstanding and collection effectiveness of the window that ended on each day', async () => {
    for (const { organization, tool, party, currency, sql } of books) {
      for (const asOf of asOfDays) {
        const start = startOfMonth(addMonths(asOf, -12));
        const { ratios, window } = await ask(organization, tool, {
          asOf,
          include: ['ratios'],
        });
        const { windowDays } = sql.one(
          'SELECT CAST(julianday(:asOf) - julianday(:start) AS INTEGER) + 1 AS windowDays',
          { asOf, start },
        );
        assert.deepEqual(window, { startDate: start, endDate: asOf, days: windowDays });
        const { dso, dpo, cei } = entryOf(ratios, currency) as Record<string, Record<string, Fields>>;
        const days = dso ?? dpo;
        const { owed, current } = sql.one(
          `SELECT coalesce(sum(balance), 0) AS owed,
            coalesce(sum(balance) FILTER (WHERE due IS NOT NULL AND late = 0), 0) AS current FROM (${open})`,
          { asOf },
        ) as { owed: number; current: number };
        const { issued } = sql.one(`SELECT coalesce(sum(total), 0) AS issued FROM (${sales})`, {
          asOf,
          start,
        });
        const { opening } = sql.one(`SELECT coalesce(sum(balance), 0) AS opening FROM (${open})`, {
          asOf: addDays(start, -1),
        });
        const figures = { owed, current, issued, opening, windowDays };
        const what = `${organization} on ${asOf}: ${JSON.stringify(figures)}`;
        if (!days) {
          assert.deepEqual([owed, issued, opening], [0, 0, 0], what);
          continue;
        }
        assert.deepEqual(
          days.simple,
          sql.one(
            `SELECT ${tenths(':owed * :windowDays', ':issued')} AS days, :owed AS owed, :issued AS issued,
              :windowDays AS windowDays`,
            { owed, issued, windowDays } as never,
          ),
          what,
        );
        assert.equal(cei === undefined, party === 'supplier');
        assert.deepEqual(
          cei ?? {},
          party === 'supplier'
            ? {}
            : sql.one(
                `SELECT ${tenths('100 * (:opening + :issued - :owed)', '(:opening + :issued - :current)')} AS percent,
              :opening + :issued - :owed AS numerator, :opening + :issued - :current AS denominator,
              :opening AS opening, :issued AS issued, :owed AS ending, :current AS endingCurrent`,
                { owed, current, issued, opening } as never,
              ),
          what,
        );
        const [counted] = sql.all(
          `SELECT ${tenths('(wholeDays * issued + (:owed - upTo + issued) * days)', 'issued')} AS days, wholeDays, month,
            :owed - upTo + issued AS owed, issued, days AS monthDays
          FROM (${backwards}) WHERE upTo >= :owed ORDER BY month DESC LIMIT 1`,
          { asOf, start, owed },
        );
        if (owed === 0) assert.deepEqual(days.countBack, { days: '0.0', wholeDays: 0 }, what);
        else if (counted) assert.deepEqual(days.countBack, counted, what);
        else assert.match(String(days.countBack?.notComputable), /more is owed/, what);
      }
    }
  });

  it('has average days of what was settled in the window, in all and of everyone who pays late', async () => {
    for (const { organization, tool, party, currency, sql } of books) {
      for (const asOf of asOfDays) {
        const start = startOfMonth(addMonths(asOf, -12));
        const include = ['ratios', 'late_payers'];
        const answer = await ask(organization, tool, { asOf, include, limit: 100 });
        const { daysToPay, daysLate } = entryOf(answer.ratios, currency);
        for (const [found, days] of [
          [daysToPay, 'toPay'],
          [daysLate, 'days'],
        ] as const) {
          const expected = sql.one(average(days, settled), { asOf, start });
          if (expected.count === 0) {
            const { notComputable = 'none of the bills' } = (found ?? {}) as Fields;
            assert.match(String(notComputable), /none of the (invoices|bills)/);
          } else assert.deepEqual(found, expected, `${organization}, ${days} on ${asOf}`);
        }
        const {
          [`${party}s`]: customers = [],
          [`${party}Count`]: customerCount = 0,
          onTimeCount = 0,
          tooFewCount = 0,
        } = entryOf(answer.latePayers, currency);
        const parties = sql.all(
          `SELECT s.id AS ${party}Id, c.name AS ${party}, s.*,
            (SELECT days FROM (SELECT customer, days, row_number() OVER (PARTITION BY customer ORDER BY days) AS position
              FROM (${settled}) WHERE days IS NOT NULL) m
              WHERE m.customer = s.id AND position = (s.count + 1) / 2) AS median
          FROM (SELECT customer AS id, count(*) AS count, sum(total) AS total, count(*) FILTER (WHERE days > 0) AS lateCount,
              ${tenths('sum(total * days)', 'sum(total)')} AS weighted, ${tenths('sum(days)', 'count(*)')} AS unweighted,
              sum(total * days) AS amountDays
            FROM (${settled}) WHERE days IS NOT NULL GROUP BY 1) s JOIN customers c ON c.id = s.id
          ORDER BY CAST(amountDays AS REAL) / s.total DESC, s.id`,
          { asOf, start },
        );
        const ranked = parties.filter(({ count }) => Number(count) >= 5);
        const late = ranked.filter(({ amountDays }) => Number(amountDays) > 0);
        assert.deepEqual(
          [customerCount, onTimeCount, tooFewCount],
          [late.length, ranked.length - late.length, parties.length - ranked.length],
          `${organization} on ${asOf}`,
        );
        assert.deepEqual(
          customers,
          late.map(({ id: _id, amountDays: _amountDays, ...customer }) => customer),
          `${organization} on ${asOf}`,
        );
      }
    }
  });

  it('has what was expected by the habits of customers, week by week', async () => {
    for (const { organization, tool, currency, sql } of books) {
      for (const asOf of asOfDays) {
        const start = startOfMonth(addMonths(asOf, -12));
        const { expected } = await ask(organization, tool, { asOf, include: ['expected'] });
        const { weeks = [], later, withoutHabit = 0 } = entryOf(expected, currency);
        const moved = `
          SELECT o.*, h.median, max(:asOf, date(due, coalesce(h.median, 0) || ' days')) AS day
          FROM (${open}) o LEFT JOIN (
            SELECT customer, days AS median FROM (
              SELECT customer, days, row_number() OVER (PARTITION BY customer ORDER BY days) AS position,
                count(*) OVER (PARTITION BY customer) AS count
              FROM (${settled}) WHERE days IS NOT NULL)
            WHERE count >= 5 AND position = (count + 1) / 2) h ON h.customer = o.customer
          WHERE late = 0 AND due IS NOT NULL`;
        const { byHabit = 0 } = (later ?? {}) as Fields;
        assert.deepEqual(
          { later: byHabit, withoutHabit },
          sql.one(
            `SELECT coalesce(sum(balance) FILTER (WHERE day > date(:asOf, '90 days')), 0) AS later,
              coalesce(sum(balance) FILTER (WHERE median IS NULL), 0) AS withoutHabit FROM (${moved})`,
            { asOf, start },
          ),
          `${organization} on ${asOf}`,
        );
        assert.deepEqual(
          (weeks as Fields[]).flatMap(({ startDate, byHabit }) =>
            byHabit === 0 ? [] : [{ startDate, byHabit }],
          ),
          sql.all(
            `SELECT date(:asOf, (CAST(julianday(day) - julianday(:asOf) AS INTEGER) / 7 * 7) || ' days') AS startDate,
              sum(balance) AS byHabit
            FROM (${moved}) WHERE day <= date(:asOf, '90 days') GROUP BY 1 ORDER BY 1`,
            { asOf, start },
          ),
          `${organization} on ${asOf}`,
        );
      }
    }
  });
});
