import { hash } from 'node:crypto';
import type { Day } from '../../shared/ledger/dates.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { parseRecord } from '../../shared/ledger/format.ts';
import type { AnyKind } from '../../shared/ledger/kind.ts';
import { accountIdOf, accountKey, lastFour } from '../../shared/ledger/kinds/bank-account.ts';
import { fileConnection } from '../../shared/ledger/kinds/connection.ts';
import { kinds, type LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import { quote } from '../../shared/text.ts';
import { type StatementFamily, statementReaders } from './bank/formats.ts';
import { arithmeticOf, isZero, type ReadStatement, type Tally, tallied } from './bank/reconcile.ts';
import type { Statement, StatementAccount, StatementBalance, StatementEntry } from './bank/statement.ts';
import type { Reading } from './reading.ts';
import { orRefused } from './refusals.ts';
import type { Candidate, Entry } from './source.ts';
import { readText, type TextFile } from './text-file.ts';

/*
 * Bank statements as records. What a bank says of an entry decides its id, so that overlapping statements count it once;
 * equal entries of one day are told apart by their order.
 */

/** The ids of accounts that the books have, by `accountKey` of their numbers. */
export type KnownAccounts = ReadonlyMap<string, string>;

/** What is read of a file so far. */
interface Progress {
  reading: Reading;
  accounts: KnownAccounts;
  /** The last statement of each account, and how many equal entries it had. */
  before: Map<string, { read: ReadStatement; equal: Map<string, number> }>;
  /** The account, connection and balances that each statement tells anew, by id: those that count. */
  latest: Map<string, { line: number; record: LedgerRecord }>;
}

/** One statement while it is read. */
interface Open {
  line: number;
  statement: Statement;
  entries: { line: number; entry: StatementEntry }[];
  tallies: readonly Tally[];
}

/** Reads the statements of a file. */
export async function* readStatements(
  file: TextFile,
  family: StatementFamily,
  accounts: KnownAccounts,
  reading: Reading,
): AsyncGenerator<Entry> {
  const progress: Progress = { reading, accounts, before: new Map(), latest: new Map() };
  let open: Open | undefined;
  for await (const part of statementReaders[family](readText(file))) {
    const { line } = part;
    switch (part.part) {
      case 'beginning':
        open = { line, statement: part.statement, entries: [], tallies: [] };
        break;
      case 'entry':
        open?.entries.push({ line, entry: part.entry });
        if (open) open.tallies = tallied(open.tallies, part.entry);
        break;
      case 'warning':
        reading.warn(line, part.message);
        break;
      case 'refusal':
        yield { lines: [line], refused: part.message };
        break;
      case 'end':
        if (open) {
          const { balances, refused, complete } = part;
          if (!complete) reading.warn(line, 'The file ends within the statement.');
          yield* recordsOf(open, { ...open, balances, refused, complete }, progress);
        }
        open = undefined;
    }
  }
  for (const { line, record } of progress.latest.values()) yield { lines: [line], records: [{ record }] };
}

function* recordsOf(open: Open, read: ReadStatement, progress: Progress): Generator<Entry> {
  const { line, statement, entries } = open;
  const number = statement.account.iban ?? statement.account.number;
  if (number === undefined) {
    yield { lines: [line], refused: 'The statement names no account: expected an IBAN or account number.' };
    return;
  }
  const accountId = progress.accounts.get(accountKey(number)) ?? accountIdOf(number);
  checkArithmetic(line, read, progress.reading);
  const days = daysOf(open, read);
  const seen = momentOf(statement, days?.to);
  const currency = statement.account.currency ?? read.balances[0]?.currency ?? entries[0]?.entry.currency;
  if (currency === undefined || seen === undefined) {
    yield { lines: [line], leftOut: 'statement without entries and balances' };
    return;
  }
  const account = { accountId, currency, number };
  const told = orRefused(() => ({
    records: [
      ...(progress.accounts.has(accountKey(number)) ? [] : [accountRecord(account, statement.account)]),
      ...sourceRecords(account, read, seen),
    ],
  }));
  if ('refused' in told) yield { lines: [line], ...told };
  else for (const record of told.records) keepLatest(progress.latest, line, record);
  yield { lines: [line], ...orRefused(() => ({ records: statementRecords(account, read, days) })) };
  const equal = continues(progress.before.get(accountId)?.read, read)
    ? (progress.before.get(accountId)?.equal ?? new Map<string, number>())
    : new Map<string, number>();
  progress.before.set(accountId, { read, equal });
  for (const { line, entry } of entries) {
    yield {
      lines: [line],
      ...orRefused(() => ({
        records: [transactionRecord(account, entry, statement, seen, equal, progress)],
      })),
    };
  }
}

/** Says what does not add up. Nothing is repaired: real statements have such differences. */
function checkArithmetic(line: number, read: ReadStatement, reading: Reading): void {
  const sums = arithmeticOf(read);
  if (!sums || isZero(sums.difference)) return;
  const { opening, sum, closing, difference, currency } = sums;
  reading.warn(
    line,
    `The statement does not add up: opening ${opening} and entries ${sum} differ from closing ${closing} ${currency} by ${difference}.`,
  );
}

/** Whether a statement begins where the one before it ended, so that equal entries of one day are different ones. */
function continues(before: ReadStatement | undefined, read: ReadStatement): boolean {
  const closing = before?.balances.find(({ type }) => type === 'closing_booked');
  const opening = read.balances.find(({ type }) => type === 'opening_booked');
  const names = (of: ReadStatement | undefined) =>
    JSON.stringify([of?.statement.id, of?.statement.sequence, of?.statement.page?.number]);
  return (
    closing !== undefined &&
    opening !== undefined &&
    closing.amount === opening.amount &&
    closing.currency === opening.currency &&
    closing.date <= opening.date &&
    names(before) !== names(read)
  );
}

interface Days {
  from: Day;
  to: Day;
}

/** The days of a statement: as it states them, or those of its balances, or of its entries. */
function daysOf({ statement, entries }: Open, { balances }: ReadStatement): Days | undefined {
  const dayOf = (type: StatementBalance['type']) => balances.find((balance) => balance.type === type)?.date;
  const booked = entries.flatMap(({ entry }) => dayOfEntry(entry) ?? []).sort();
  const from = statement.from ?? dayOf('opening_booked') ?? booked[0] ?? balances[0]?.date;
  const to = statement.to ?? dayOf('closing_booked') ?? booked.at(-1) ?? balances.at(-1)?.date;
  return from === undefined || to === undefined ? undefined : { from: from < to ? from : to, to };
}

const dayOfEntry = (entry: StatementEntry): Day | undefined =>
  entry.bookingDate ?? entry.valueDate ?? entry.transactionDate;

/** When the bank wrote the statement, in UTC: as it says, or else the end of its last day. */
function momentOf({ created = '' }: Statement, to: Day | undefined): string | undefined {
  const compact = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})/.exec(created);
  const [, year, month, day, hour, minute, second] = compact ?? [];
  const written = compact
    ? `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
    : /T.*(Z|[+-]\d{2}:?\d{2})$/.test(created)
      ? created
      : `${created}Z`;
  const time = /^\d{4}-\d{2}-\d{2}T/.test(written) ? Date.parse(written) : Number.NaN;
  if (!Number.isNaN(time)) return `${new Date(time).toISOString().slice(0, 19)}Z`;
  return to === undefined ? undefined : `${to}T23:59:59Z`;
}

interface Account {
  accountId: string;
  currency: string;
  number: string;
}

/** A record of these fields, without those that are undefined. */
const recordOf = (wire: object): LedgerRecord => parseRecord(JSON.parse(JSON.stringify(wire)));

const longestName = 200;
const longestText = 4000;

function accountRecord(
  { accountId, currency, number }: Account,
  { name, owner, institution, bic, type }: StatementAccount,
): LedgerRecord {
  return recordOf({
    kind: 'bank_account',
    id: accountId,
    name: (name ?? owner ?? `${institution ?? 'Account'} ${lastFour(number)}`).slice(0, longestName),
    institution: institution?.slice(0, longestName),
    type,
    currency,
    number,
    bic,
    provisional: true,
  });
}

/** Keeps a record unless one that counts more is known. */
function keepLatest(latest: Progress['latest'], line: number, record: LedgerRecord): void {
  const key = `${record.kind} ${record.id}`;
  const { rank }: AnyKind = kinds[record.kind];
  const known = latest.get(key)?.record;
  if (!known || (rank?.(record) ?? '') >= (rank?.(known) ?? '')) latest.set(key, { line, record });
}

/** The number by which the bank counts its statements. */
const countedBy = ({ sequence, legalSequence }: Statement): { sequence?: number } => {
  const [number] = [sequence, legalSequence].filter((text) => text !== undefined && /^\d{1,6}$/.test(text));
  return number === undefined ? {} : { sequence: Number(number) };
};

/**
 * Its balances, and that there are newer data of its account. A notification tells of single entries: what it does not
 * have may be there all the same.
 */
function sourceRecords(
  { accountId }: Account,
  { statement, balances }: ReadStatement,
  seen: string,
): LedgerRecord[] {
  if (statement.form === 'notification') return [];
  const newest = new Map(
    balances
      .filter(({ type }) => type !== 'opening_booked')
      .toSorted((a, b) => (a.date < b.date ? -1 : 1))
      .map((balance) => [balance.type, balance]),
  );
  return [
    recordOf({
      kind: 'connection',
      id: fileConnection(accountId),
      name: (statement.account.institution ?? 'Statement files').slice(0, longestName),
      updated: seen,
    }),
    ...[...newest.values()].map(({ type, amount, currency, date, includesCreditLimit }) =>
      recordOf({
        kind: 'balance',
        id: `${accountId}/${type}`,
        accountId,
        type,
        currency,
        amount,
        date,
        ...countedBy(statement),
        includesCreditLimit,
      }),
    ),
  ];
}

/** The statement itself, by which its entries are checked. */
function statementRecords(
  { accountId, currency }: Account,
  { statement, balances, tallies }: ReadStatement,
  days: Days | undefined,
): Candidate[] {
  if (statement.form !== 'statement' || !days) return [];
  const amountOf = (type: StatementBalance['type']) =>
    balances.find((balance) => balance.type === type && balance.currency === currency)?.amount;
  const tally = tallies.find((each) => each.currency === currency);
  const counted = countedBy(statement);
  const record = recordOf({
    kind: 'statement',
    id: `${accountId}/${days.from}/${days.to}/${counted.sequence ?? ''}`,
    accountId,
    currency,
    number: statement.id?.slice(0, longestName),
    ...counted,
    ...days,
    opening: amountOf('opening_booked'),
    closing: amountOf('closing_booked'),
    entryCount: tally?.count ?? 0,
    sum: tally?.sum ?? '0',
  });
  return [{ record }];
}

/**
 * An entry as a transaction. What a report during the day or a notification tells is pending until a statement has it:
 * the bank may give it another reference there.
 */
function transactionRecord(
  { accountId, number }: Account,
  entry: StatementEntry,
  { form }: Statement,
  seen: string,
  equal: Map<string, number>,
  { accounts, reading }: Progress,
): Candidate {
  const { amount, currency, counterparty, original, fee } = entry;
  const date = dayOfEntry(entry);
  if (date === undefined) throw new Refusal('The entry has no day: expected a booking or value date.');
  if (entry.corrects) {
    reading.warn(
      0,
      `The entry ${quote(entry.providerId ?? '')} asks to ${entry.corrects.action} ${quote(entry.corrects.providerId)}, which stays as it is: compare the two.`,
    );
  }
  const booked = form === 'statement' && entry.status === 'booked';
  const reference = entry.providerId ?? entry.bankReference;
  const said = reference === undefined ? [counterparty?.name, entry.remittance] : [reference];
  const identity = hash('sha256', JSON.stringify([date, amount, currency, ...said])).slice(0, 20);
  const ordinal = (equal.get(identity) ?? 0) + 1;
  equal.set(identity, ordinal);
  const other = counterparty?.account;
  const ofOurs = other === undefined ? undefined : accounts.get(accountKey(other));
  const text = [entry.remittance, entry.returnReason && `(return: ${entry.returnReason})`]
    .filter((part) => part !== undefined)
    .join(' ');
  const record = recordOf({
    kind: 'bank_transaction',
    id: `${accountId}/${identity}${ordinal > 1 ? `-${ordinal}` : ''}${booked ? '' : '/pending'}`,
    accountId,
    status: booked ? 'booked' : 'pending',
    ...(!booked && { seen }),
    date,
    valueDate: entry.valueDate,
    transactionDate: entry.transactionDate,
    currency,
    amount,
    originalAmount: original?.amount,
    originalCurrency: original?.currency,
    rate:
      original?.rate !== undefined && /^\d{1,15}(\.\d{1,12})?$/.test(original.rate)
        ? original.rate
        : undefined,
    fee: fee?.currency === currency ? fee.amount : undefined,
    counterparty: counterparty?.name?.slice(0, longestName),
    counterpartyAccount: other?.slice(0, longestName),
    transferAccountId: ofOurs !== accountId && other !== number ? ofOurs : undefined,
    text: text.slice(0, longestText) || undefined,
    reference: (entry.reference ?? entry.checkNumber)?.slice(0, longestName),
    endToEndId: entry.endToEndId?.slice(0, longestName),
    mandateId: entry.mandateId?.slice(0, longestName),
    bankReference: reference?.slice(0, longestName),
    code: entry.code?.slice(0, longestName),
    method: methodOf(entry.code),
    reversal: entry.reversal,
    batchCount: entry.batchCount,
  });
  return { record };
}

/** How the money moved, by the codes of ISO 20022 (family or subfamily), SWIFT and OFX. */
const methods: readonly (readonly [method: string, code: RegExp])[] = [
  ['direct_debit', /\b(RDDT|IDDT|ESDD|N?DDT|DIRECTDEBIT)\b/],
  ['card', /\b(CCRD|MCRD|POSD|POSC|POS)\b/],
  ['cash', /\b(CNTR|CWDL|ATM|CASH)\b/],
  ['check', /\b(ICHQ|RCHQ|NCHK|CHECK)\b/],
  ['fee', /\b(CHRG|NCHG|SRVCHG|FEE)\b/],
  ['interest', /\b(INTR|NINT|INT)\b/],
  ['standing_order', /\b(STDO|NSTO|REPEATPMT)\b/],
  ['transfer', /\b(RCDT|ICDT|ESCT|NTRF|XFER|DIRECTDEP|PAYMENT)\b/],
];

const methodOf = (code = ''): string | undefined => methods.find(([, pattern]) => pattern.test(code))?.[0];
