import * as z from 'zod';
import { addMonths, type Day, earlierOf, endOfMonth, startOfMonth } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';
import type { BalanceRow } from '../../../shared/ledger/kinds/balance.ts';
import { type BankAccount, lastFour } from '../../../shared/ledger/kinds/bank-account.ts';
import type { BankTransactionRow } from '../../../shared/ledger/kinds/bank-transaction.ts';
import type { Connection } from '../../../shared/ledger/kinds/connection.ts';
import { fileConnection } from '../../../shared/ledger/kinds/connection.ts';
import { perCurrency } from '../../../shared/ledger/measures.ts';
import { formatMoney } from '../../../shared/ledger/money.ts';
import type { LedgerReader } from '../../../shared/ledger/reader.ts';
import { type PatternStream, type Stream, streamKey, streamsIn } from '../../../shared/ledger/recurring.ts';
import type { Patterns } from '../../../shared/ledger/reports/patterns.ts';
import { findingsIn } from '../../../shared/ledger/statements.ts';
import { compareTexts } from '../../../shared/text.ts';
import { defineTool, type ToolContext } from '../tool.ts';
import { assertInOrder, day } from './arguments.ts';
import { type Fields, shownText, stated } from './fields.ts';
import { totalFields } from './list-bank-transactions.ts';
import * as output from './output.ts';

/** Accounts, balances and connections that one answer takes. */
const mostAccounts = 100;
const mostBalances = 400;
/** The newest statements, in which gaps and differences are looked for. */
const mostStatements = 60;
/** The newest payments marked as recurring, from which the next ones are told. */
const mostRecurring = 100;
/** Rows of each list of what comes in; its totals have all. */
const mostShown = 10;
/** Rows of what was charged by patterns, and of what is expected. */
const mostCharges = 20;

export const getCashPosition = defineTool({
  name: 'get_cash_position',
  title: 'Cash position',
  description:
    'Balances of bank accounts as the bank states them, money in and out of a period (default: this month), subscriptions, what comes in, connections that need a sign-in.',
  scope: 'banking:read',
  kinds: ['bank_account', 'bank_transaction', 'balance'],
  input: () => z.strictObject({ startDate: day.exactOptional(), endDate: day.exactOptional() }),
  output: output.object(
    ['accounts', 'totals', 'startDate', 'endDate', 'moved', 'subscriptions', 'incoming', 'patterns', 'asOf'],
    [],
  ),
  async run(args, context) {
    const { reader, today } = context;
    const startDate = args.startDate ?? startOfMonth(args.endDate ?? today);
    const endDate = args.endDate ?? endOfMonth(startDate);
    assertInOrder(startDate, endDate);
    const period = { start: startDate, end: endDate };
    const [accounts, moved, recurring, incoming] = await Promise.all([
      accountsIn(reader, today),
      transactionsIn(reader, today, period, 0),
      recurringIn(reader, today, period),
      incomingIn(context, period),
    ]);
    return {
      content: {
        asOf: today,
        ...accounts.fields,
        startDate,
        endDate,
        moved: moved.totals?.map(totalFields),
        ...stated({ totalsAbsent: moved.totalsAbsent }),
        subscriptions: recurring.subscriptions,
        incoming: { ...incoming, ...recurring.incoming },
        patterns: recurring.patterns,
      },
      rows: accounts.count,
    };
  },
});

const names = { filters: {}, order: 'name', reverse: false } as const;

/** The accounts with their balances, and what is wrong with the sources of their data. */
async function accountsIn(reader: LedgerReader, asOf: Day) {
  const [accounts, balances, connections, statements] = await Promise.all([
    reader.list('bank_account', { ...names, limit: mostAccounts, asOf }),
    reader.list('balance', { filters: {}, order: 'account', reverse: false, limit: mostBalances, asOf }),
    reader.list('connection', { ...names, limit: mostAccounts, asOf }),
    reader.list('statement', { filters: {}, order: 'to', reverse: true, limit: mostStatements, asOf }),
  ]);
  if (balances.next !== undefined) {
    throw new Refusal(
      `The books have more than ${mostBalances} balances: expected one balance record for each account and type.`,
    );
  }
  const byAccount = Map.groupBy(balances.rows, ({ accountId }) => accountId);
  const sources = new Map(connections.rows.map((connection) => [connection.id, connection]));
  const shown = accounts.rows.map((account) => {
    const own = byAccount.get(account.id) ?? [];
    return { account, booked: latest(own, bookedTypes), available: latest(own, ['available']) };
  });
  return {
    count: shown.length,
    fields: {
      accounts: shown.map(({ account, booked, available }) => ({
        ...accountFields(account),
        ...(booked && { booked: balanceFields(booked) }),
        ...(available && { available: balanceFields(available) }),
        ...stated({ dataAsOf: updatedOf(account, sources) }),
      })),
      ...stated({ moreAccounts: accounts.next !== undefined && (accounts.totalCount ?? 0) - shown.length }),
      totals: perCurrency(
        shown.flatMap(({ booked, available }) => [
          ...(booked ? [{ currency: booked.currency, bookedCount: 1, booked: booked.amount }] : []),
          ...(available
            ? [{ currency: available.currency, availableCount: 1, available: available.amount }]
            : []),
        ]),
        'bookedCount',
        'booked',
        'availableCount',
        'available',
      ).map(({ currency, booked, available, bookedCount, availableCount }) => ({
        currency,
        booked: formatMoney(booked, currency),
        bookedCount,
        ...(availableCount > 0 && { available: formatMoney(available, currency), availableCount }),
      })),
      ...stated({
        statementFindings: findingsIn(statements.rows)
          // Entries that two statements have count once: the balances tell nothing wrong.
          .filter(({ finding }) => finding !== 'overlap')
          .map(({ currency, amount, statementId: _statement, ...finding }) => ({
            ...finding,
            ...(amount !== undefined && { amount: formatMoney(amount, currency), currency }),
          })),
        connections: connections.rows.filter(({ status }) => status !== 'active').map(connectionFields),
      }),
    },
  };
}

/** What the bank has booked: until the end of a day, or so far today. */
const bookedTypes: readonly string[] = ['closing_booked', 'interim_booked'];

/** The balance with the latest day among those of these types; of one day, the one that counts more. */
const latest = (balances: readonly BalanceRow[], types: readonly string[]): BalanceRow | undefined =>
  balances
    .filter(({ type }) => types.includes(type))
    .toSorted(
      (a, b) =>
        compareTexts(a.date, b.date) ||
        (a.sequence ?? 0) - (b.sequence ?? 0) ||
        types.indexOf(a.type) - types.indexOf(b.type),
    )
    .at(-1);

const updatedOf = (
  { id, connectionId }: Omit<BankAccount, 'kind'>,
  sources: ReadonlyMap<string, Omit<Connection, 'kind'>>,
): string | undefined =>
  [connectionId ?? '', fileConnection(id)]
    .flatMap((source) => sources.get(source)?.updated ?? [])
    .sort()
    .at(-1);

const accountFields = (account: Omit<BankAccount, 'kind'>): Fields => ({
  id: account.id,
  ...stated({
    name: shownText(account.name),
    institution: shownText(account.institution),
    type: account.type,
    currency: account.currency,
    number: account.number !== undefined && lastFour(account.number),
    creditLimit: account.creditLimit !== undefined && formatMoney(account.creditLimit, account.currency),
    closed: account.closed,
  }),
});

const balanceFields = ({ amount, currency, date, type, includesCreditLimit }: BalanceRow): Fields => ({
  amount: formatMoney(amount, currency),
  currency,
  date,
  type,
  ...stated({ includesCreditLimit }),
});

const connectionFields = (connection: Omit<Connection, 'kind'>): Fields => ({
  id: connection.id,
  name: shownText(connection.name),
  status: connection.status,
  ...stated({
    reason: shownText(connection.reason),
    updated: connection.updated,
    expires: connection.expires,
  }),
});

interface Days {
  start: Day;
  end: Day;
}

const transactionsIn = (
  reader: LedgerReader,
  asOf: Day,
  period: Days,
  limit: number,
  filters: { only?: 'pending' | 'recurring'; direction?: 'in' } = {},
) =>
  reader.list('bank_transaction', {
    filters: { ...filters, ...period },
    order: 'date',
    reverse: true,
    limit,
    asOf,
  });

/**
 * What was charged for subscriptions in the period, and what of them and of recurring income is expected in the rest of
 * it: as the source marks them, and apart from these as their pattern shows them.
 */
async function recurringIn(reader: LedgerReader, today: Day, period: Days) {
  const [during, before, found] = await Promise.all([
    transactionsIn(reader, today, period, 0, { only: 'recurring' }),
    transactionsIn(reader, today, { start: addMonths(today, -13), end: today }, mostRecurring, {
      only: 'recurring',
    }),
    reader.patterns(earlierOf(today, period.end)),
  ]);
  const marked = streamsIn(before.rows);
  const known = new Set(marked.map(streamKey));
  const expected = [
    ...marked.filter(({ next }) => next >= today).map((stream) => ({ stream, fields: { basis: 'source' } })),
    // What the source marks in part is expected as it says.
    ...found.streams
      .filter((stream) => stream.active && !known.has(streamKey(stream)))
      .map((stream) => ({ stream, fields: patternFields(stream, today) })),
  ].filter(({ stream: { next } }) => period.end >= today && next >= period.start && next <= period.end);
  return {
    subscriptions: {
      charged: during.totals?.map(({ currency, out }) => ({ currency, total: formatMoney(-out, currency) })),
      ...stated({ totalsAbsent: during.totalsAbsent }),
      chargedByPattern: chargedFields(found.streams, period),
      ...expectedFields(expected.filter(({ stream }) => stream.amount < 0)),
    },
    incoming: expectedFields(expected.filter(({ stream }) => stream.amount > 0)),
    patterns: lookedThroughFields(found, period),
  };
}

/** What streams that were found by their pattern charged in the period: totals of all, and the newest rows. */
function chargedFields(streams: readonly PatternStream[], period: Days): Fields {
  const charges = streams
    .flatMap(({ payments }) => payments)
    .filter(({ amount, date }) => amount < 0 && date >= period.start && date <= period.end)
    .toSorted((a, b) => compareTexts(b.date, a.date));
  return {
    totals: perCurrency(
      charges.map(({ currency, amount }) => ({ currency, count: 1, total: -amount })),
      'count',
      'total',
    ).map((total) => ({ ...counted(total), total: formatMoney(total.total, total.currency) })),
    rows: charges.slice(0, mostCharges).map(({ date, counterparty, amount, currency }) => ({
      date,
      counterparty: shownText(counterparty),
      amount: formatMoney(-amount, currency),
      currency,
    })),
  };
}

/** What a stream that was found by its pattern rests on. */
const patternFields = ({ payments, priceChange, next, currency }: PatternStream, today: Day): Fields => ({
  basis: 'pattern',
  payments: payments.length,
  ...stated({
    late: next < today,
    priceChange: priceChange && {
      date: priceChange.date,
      from: formatMoney(Math.abs(priceChange.from), currency),
    },
  }),
});

/** Among which payments patterns were looked for, and why some may be missing. */
const lookedThroughFields = ({ from, to, payments, partial }: Patterns, { start }: Days): Fields => ({
  from,
  to,
  payments,
  ...stated({
    partial: partial ?? (start < from && `payments before ${from} were not looked through`),
  }),
});

interface Expected {
  stream: Stream;
  fields: Fields;
}

/** Payments that are expected, by day, and how many more than are shown. */
function expectedFields(streams: readonly Expected[]): Fields {
  const expected = streams
    .toSorted(({ stream: a }, { stream: b }) => compareTexts(a.next, b.next))
    .map(({ stream: { next, counterparty, amount, currency, frequency }, fields }) => ({
      date: next,
      ...stated({ counterparty: shownText(counterparty) }),
      amount: formatMoney(Math.abs(amount), currency),
      currency,
      frequency,
      ...fields,
    }));
  return {
    expected: expected.slice(0, mostCharges),
    ...stated({ moreExpected: expected.length > mostCharges && expected.length - mostCharges }),
  };
}

/** What comes in during the period: lists that overlap, so nothing is ever added up across them. */
async function incomingIn({ reader, today, scopes }: ToolContext, period: Days): Promise<Fields> {
  const [booked, pending, invoices, lines] = await Promise.all([
    transactionsIn(reader, today, period, mostShown, { direction: 'in' }),
    transactionsIn(reader, today, period, mostShown, { only: 'pending' }),
    scopes.includes('invoices:read')
      ? reader.list('invoice', {
          filters: { status: 'open', dueFrom: period.start, dueTo: period.end },
          order: 'due',
          reverse: false,
          limit: mostShown,
          asOf: today,
        })
      : undefined,
    scopes.includes('contracts:read')
      ? reader.list('schedule_line', {
          filters: { state: 'open', direction: 'client', ...period },
          order: 'due',
          reverse: false,
          limit: mostShown,
          asOf: today,
        })
      : undefined,
  ]);
  return {
    booked: {
      totals: booked.totals?.map((total) => ({
        ...counted(total),
        total: formatMoney(total.in, total.currency),
      })),
      rows: booked.rows.map(receivedFields),
    },
    pending: {
      totals: pending.totals
        ?.filter((total) => total.in !== 0)
        .map((total) => ({ currency: total.currency, total: formatMoney(total.in, total.currency) })),
      rows: pending.rows.filter(({ amount, transfer }) => amount > 0 && !transfer).map(receivedFields),
    },
    ...(invoices && {
      invoicesDue: {
        totals: invoices.totals?.map((total) => ({
          ...counted(total),
          total: formatMoney(total.balance, total.currency),
        })),
        rows: invoices.rows.map((row) => ({
          id: row.id,
          ...stated({ number: shownText(row.number), customer: shownText(row.customer), due: row.due }),
          amount: formatMoney(row.balance, row.currency),
          currency: row.currency,
        })),
      },
    }),
    ...(lines && {
      contracts: {
        totals: lines.totals?.map((total) => ({
          ...counted(total),
          total: formatMoney(total.incoming, total.currency),
        })),
        rows: lines.rows.map((line) => ({
          id: line.id,
          due: line.due,
          ...stated({ contract: shownText(line.contract), customer: shownText(line.counterparty) }),
          amount: formatMoney(line.amount, line.currency),
          currency: line.currency,
        })),
      },
    }),
  };
}

const counted = ({ currency, count }: { currency: string; count: number }) => ({ currency, count });

const receivedFields = (row: BankTransactionRow): Fields => ({
  id: row.id,
  date: row.date,
  ...stated({ counterparty: shownText(row.counterparty), text: shownText(row.text, 80) }),
  amount: formatMoney(row.amount, row.currency),
  currency: row.currency,
});
