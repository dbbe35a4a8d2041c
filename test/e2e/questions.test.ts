import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { northwindBooks } from '../../local/demo/northwind.ts';
import { addDays, addMonths, dayInZone, endOfMonth, startOfMonth } from '../../shared/ledger/dates.ts';
import { parseMoney } from '../../shared/ledger/money.ts';
import {
  backwards,
  billStandings,
  open,
  patternPayments,
  RecountDatabase,
  settled,
  tenths,
} from '../integration/recount-demo-database.ts';
import { startLocalEdition } from '../support/local-edition.ts';
import { machineToken } from '../support/machine-token.ts';

/*
 * What people ask about the bank, about what is owed and what was promised, through a real client in both generations of
 * the protocol, with figures that SQL counts again from the source's files.
 */

type Fields = Record<string, unknown>;

const edition = await startLocalEdition();
const url = `${edition.url}/mcp`;
const authorization = `Bearer ${await machineToken(url, 'northwind')}`;
const today = dayInZone(new Date(), 'America/Los_Angeles');
const { records } = northwindBooks(today);
const sql = new RecountDatabase(today).addNorthwind().addDerived(records).addPayables(records);
after(() => sql.close());

const cents = (total: Fields, ...names: string[]): Fields =>
  Object.fromEntries(
    ['currency', ...names].map((name) => {
      const value = total[name];
      return [name, typeof value === 'string' && value.includes('.') ? parseMoney(value, 'USD') : value];
    }),
  );

const month = { start: startOfMonth(today), end: endOfMonth(today) };
/** The window of a report. */
const reported = { asOf: today, start: startOfMonth(addMonths(today, -12)) };

for (const pin of ['2025-06-18', '2026-07-28']) {
  describe(`a client of ${pin}`, async () => {
    const { Client, StreamableHTTPClientTransport } = await import(
      join(import.meta.dirname, '../clients/node_modules/@modelcontextprotocol/client/dist/index.mjs')
    );
    const client = new Client(
      { name: 'finance-mcp-tests', version: '1.0.0' },
      { versionNegotiation: { mode: pin === '2026-07-28' ? { pin } : 'legacy' } },
    );
    await client.connect(
      new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization } } }),
    );
    after(() => client.close());

    const ask = async (name: string, args: Fields = {}): Promise<never> => {
      const result = await client.callTool({ name, arguments: args });
      assert.notEqual(result.isError, true, result.content[0]?.text);
      return result.structuredContent as never;
    };

    it('“What’s my current balance?”', async () => {
      const { accounts, totals }: { accounts: Fields[]; totals: Fields[] } = await ask('get_cash_position');
      const booked = accounts.map(({ id, booked }) => ({ id, ...cents(booked as Fields, 'amount') }));
      const expected = records.flatMap((record) =>
        record.kind === 'balance' && record.type === 'closing_booked'
          ? [{ id: record.accountId, currency: record.currency, amount: record.amount }]
          : [],
      );
      assert.deepEqual(new Set(booked), new Set(expected));
      assert.equal(totals.length, 2);
    });

    it('“Show me my last 10 transactions”', async () => {
      const { transactions, totalCount }: { transactions: Fields[]; totalCount: number } = await ask(
        'list_bank_transactions',
        { limit: 10 },
      );
      assert.deepEqual(
        transactions.map(({ date }) => date),
        sql.all('SELECT day FROM bank ORDER BY day DESC LIMIT 10').map(({ day }) => day),
      );
      assert.equal(totalCount, sql.one('SELECT count(*) AS count FROM bank').count);
    });

    it('“How much did I spend on subscriptions this month?”', async () => {
      const {
        subscriptions,
      }: { subscriptions: { charged: Fields[]; chargedByPattern: { rows: Fields[] } } } =
        await ask('get_cash_position');
      assert.deepEqual(
        subscriptions.charged.map((total) => cents(total, 'total')),
        sql.all(
          `SELECT currency, -sum(amount) AS total FROM bank
          WHERE recurring AND amount < 0 AND day BETWEEN :start AND :end GROUP BY 1 ORDER BY 1`,
          month,
        ),
      );
      assert.deepEqual(
        subscriptions.chargedByPattern.rows.map((row) => cents(row, 'date', 'counterparty', 'amount')),
        sql.all(
          `SELECT currency, day AS date, counterparty, -amount AS amount FROM (${patternPayments})
          WHERE out AND day BETWEEN :start AND :end ORDER BY day DESC`,
          { ...month, until: today },
        ),
      );
    });

    it('“Do I have any incoming payments this week?”', async () => {
      const week = { startDate: addDays(today, -6), endDate: addDays(today, 6) };
      const { incoming }: { incoming: Record<string, { totals: Fields[] }> } = await ask(
        'get_cash_position',
        week,
      );
      assert.deepEqual(
        incoming.booked?.totals.map((total) => cents(total, 'count', 'total')),
        sql.all(
          `SELECT currency, count(*) AS count, sum(amount) AS total FROM bank
          WHERE amount > 0 AND NOT transfer AND day BETWEEN :startDate AND :endDate GROUP BY 1 ORDER BY 1`,
          week,
        ),
      );
      assert.deepEqual(Object.keys(incoming).sort(), [
        'booked',
        'contracts',
        'expected',
        'invoicesDue',
        'pending',
      ]);
    });

    it('“What do we owe, and when?”', async () => {
      const { bills, totals }: { bills: Fields[]; totals: Fields[] } = await ask('list_bills', {
        status: 'open',
        limit: 100,
      });
      const owed = `FROM (${billStandings}) WHERE balance > 0`;
      assert.deepEqual(
        totals.map((total) => cents(total, 'count', 'balance')),
        sql.all(`SELECT currency, count(*) AS count, sum(balance) AS balance ${owed} GROUP BY 1 ORDER BY 1`, {
          asOf: today,
        }),
      );
      assert.deepEqual(
        bills.map(({ due }) => due),
        sql.all(`SELECT due ${owed} ORDER BY due`, { asOf: today }).map(({ due }) => due),
      );
    });

    it('“Who pays late?”', async () => {
      const { latePayers }: { latePayers: { customers: Fields[] }[] } = await ask('receivables_report', {
        include: ['late_payers'],
        limit: 3,
      });
      assert.deepEqual(
        latePayers[0]?.customers.map(({ customerId, count, weighted }) => ({ customerId, count, weighted })),
        sql.all(
          `SELECT customer AS customerId, count(*) AS count, ${tenths('sum(total * days)', 'sum(total)')} AS weighted
          FROM (${settled}) GROUP BY 1 HAVING count(*) >= 5
          ORDER BY CAST(sum(total * days) AS REAL) / sum(total) DESC, 1 LIMIT 3`,
          reported,
        ),
      );
    });

    it('“What is my DSO?”', async () => {
      const { ratios }: { ratios: { dso: { countBack: Fields } }[] } = await ask('receivables_report', {
        include: ['ratios'],
      });
      const { owed } = sql.one(`SELECT sum(balance) AS owed FROM (${open})`, { asOf: today });
      const [expected] = sql.all(
        `SELECT ${tenths('(wholeDays * issued + (:owed - upTo + issued) * days)', 'issued')} AS days, month
        FROM (${backwards}) WHERE upTo >= :owed ORDER BY month DESC LIMIT 1`,
        { ...reported, owed: Number(owed) },
      );
      const { days, month } = ratios[0]?.dso.countBack ?? {};
      assert.deepEqual({ days, month }, expected);
    });

    it('“What will come in, and when?”', async () => {
      const { expected }: { expected: { overdue: string; weeks: Fields[] }[] } = await ask(
        'receivables_report',
        { include: ['expected'] },
      );
      const [usd] = expected;
      assert.equal(
        parseMoney(usd?.overdue ?? '', 'USD'),
        sql.one(`SELECT sum(balance) AS overdue FROM (${open}) WHERE late > 0`, { asOf: today }).overdue,
      );
      assert.deepEqual(
        usd?.weeks.flatMap(({ startDate, byDueDay }) => {
          const amount = parseMoney(String(byDueDay), 'USD');
          return amount === 0 ? [] : [{ startDate, amount }];
        }),
        sql.all(
          `SELECT date(:asOf, (CAST(julianday(due) - julianday(:asOf) AS INTEGER) / 7 * 7) || ' days') AS startDate,
            sum(balance) AS amount
          FROM (${open}) WHERE late = 0 AND due <= date(:asOf, '90 days') GROUP BY 1 ORDER BY 1`,
          { asOf: today },
        ),
      );
    });

    it('“Which contracts must be cancelled by March?”', async () => {
      const cancelBy = addMonths(today, 5);
      const { contracts }: { contracts: Fields[] } = await ask('list_commitments', { cancelBy });
      assert.deepEqual(
        contracts.map(({ id, cancelBy }) => ({ id, cancelBy })),
        sql.all(
          `SELECT id, date(end, -notice || ' days') AS cancelBy FROM contracts
          WHERE status = 'active' AND end >= :today AND notice IS NOT NULL
            AND date(end, -notice || ' days') BETWEEN :today AND :cancelBy ORDER BY id`,
          { today, cancelBy },
        ),
      );
    });

    it('counterparties, suppliers, projects, cost groups, tax groups and attachments: all of them, and one', async () => {
      const kinds = [
        'supplier',
        'project',
        'cost_group',
        'tax_group',
        'attachment',
        'bank_account',
        'contract',
      ];
      for (const kind of kinds) {
        const { records: found, totalCount }: { records: Fields[]; totalCount: number } = await ask(
          'find_records',
          {
            kind,
            limit: 2,
          },
        );
        assert.equal(totalCount, records.filter((record) => record.kind === kind).length, kind);
        const { records: whole }: { records: Fields[] } = await ask('find_records', {
          kind,
          id: found[0]?.id,
        });
        assert.equal(whole[0]?.id, found[0]?.id);
      }
      const { totalCount }: { totalCount: number } = await ask('find_records', {
        kind: 'counterparty',
        limit: 0,
      });
      const isCounterparty = ({ kind }: { kind: string }) => kind === 'customer' || kind === 'supplier';
      assert.equal(totalCount, records.filter(isCounterparty).length);
    });
  });
}
