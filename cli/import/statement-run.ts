import { isCurrency } from '../../shared/ledger/currencies.ts';
import type { Day } from '../../shared/ledger/dates.ts';
import type { AnyKind } from '../../shared/ledger/kind.ts';
import { accountIdOf } from '../../shared/ledger/kinds/bank-account.ts';
import { kinds, type LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import type { Statement as StatementRecord } from '../../shared/ledger/kinds/statement.ts';
import { arePages, follows, statementsInOrder } from '../../shared/ledger/statements.ts';
import { counted, quote } from '../../shared/text.ts';
import { type StatementFamily, statementReaders } from './bank/formats.ts';
import type { Statement, StatementBalance, StatementEntry } from './bank/statement.ts';
import { type ReadStatement, type Tally, tallied } from './bank/tally.ts';
import { add, type Decimal, parseDecimal, signOf, zero } from './decimal.ts';
import type { OwnAccounts } from './own-accounts.ts';
import { orRefused } from './refusals.ts';
import {
  type AccountPlace,
  accountRecord,
  balanceRecords,
  connectionRecord,
  type Days,
  dayOfEntry,
  identityOf,
  statementRecord,
} from './statement-records.ts';
import { readText, type TextFile } from './text-file.ts';

/*
 * The statements of all files of a run, read once before their entries become records. A statement's balances and days
 * may stand at its end, and only several statements together tell which of equal entries are the same one.
 */

/** A statement of a run. */
export interface RunStatement {
  file: string;
  line: number;
  read: ReadStatement;
  /** Its account, unless it names none, or nothing tells the currency. */
  place?: AccountPlace;
  /** When the bank wrote it. */
  seen?: string;
  /** The statement as a record, if it is the bank's final word. */
  record?: StatementRecord;
  /** What it tells of its account that no other statement of the run tells better. */
  told: LedgerRecord[];
  /** Why the account and the statement cannot be recorded. */
  refused?: string;
  warnings: string[];
  days: Map<Day, EqualEntries>;
  /** The statement of which this one is the continuation: of one day, or, as a page of it, of all. */
  continued?: { statement: RunStatement; day?: Day };
}

/** The entries of a day, and how many equal ones there are of each. */
interface EqualEntries {
  counts: Map<string, number>;
  sum: Decimal;
}

/** Reads the statements of the files, by file, in their order. */
export async function statementsOfRun(
  files: readonly { file: TextFile; family: StatementFamily }[],
  accounts: OwnAccounts,
): Promise<ReadonlyMap<string, readonly RunStatement[]>> {
  const byFile = new Map<string, RunStatement[]>();
  for (const { file, family } of files) {
    byFile.set(file.path, await Array.fromAsync(statementsOf(file, family, accounts)));
  }
  const all = [...byFile.values()].flat();
  for (const own of Map.groupBy(all, ({ place }) => place?.accountId).values())
    compareStatements(own, accounts);
  return byFile;
}

async function* statementsOf(
  file: TextFile,
  family: StatementFamily,
  accounts: OwnAccounts,
): AsyncGenerator<RunStatement> {
  let open:
    | { line: number; statement: Statement; tallies: readonly Tally[]; days: RunStatement['days'] }
    | undefined;
  let currency: string | undefined;
  for await (const part of statementReaders[family](readText(file))) {
    if (part.part === 'beginning') {
      open = { line: part.line, statement: part.statement, tallies: [], days: new Map() };
      currency = undefined;
    } else if (part.part === 'entry' && open) {
      open.tallies = tallied(open.tallies, part.entry);
      countEntry(open.days, part.entry);
      currency ??= part.entry.currency;
    } else if (part.part === 'end' && open) {
      const { balances, refused, complete } = part;
      const { line, statement, tallies, days } = open;
      const read = { statement, tallies, balances, refused, complete };
      yield toldBy({ file: file.path, line, read, told: [], warnings: [], days }, currency, accounts);
      open = undefined;
    }
  }
}

function countEntry(days: RunStatement['days'], entry: StatementEntry): void {
  const day = dayOfEntry(entry);
  if (day === undefined) return;
  const { counts, sum } = days.get(day) ?? { counts: new Map<string, number>(), sum: zero };
  const identity = identityOf(entry);
  counts.set(identity, (counts.get(identity) ?? 0) + 1);
  days.set(day, { counts, sum: add(sum, parseDecimal(entry.amount)) });
}

/** The statement with what it tells of its account. */
function toldBy(about: RunStatement, ofEntry: string | undefined, accounts: OwnAccounts): RunStatement {
  const { read, warnings } = about;
  const { statement, balances } = read;
  const { iban, number, reference, currency: stated } = statement.account;
  const named = iban ?? number ?? reference;
  const currency = [stated, balances[0]?.currency, ofEntry].find(
    (code) => code !== undefined && isCurrency(code),
  );
  const days = daysOf(about);
  const seen = momentOf(statement, days?.to);
  if (named === undefined || currency === undefined || seen === undefined) return about;
  const own = accounts.at(named, currency);
  const place = {
    accountId: own?.id ?? accountIdOf(named),
    currency,
    ...((iban ?? number) !== undefined && { number: named }),
  };
  const warn = (message: string) => warnings.push(message);
  if (own && own.currency !== currency) {
    warn(
      `The statement is in ${currency}, but the account ${quote(own.id)} is in ${own.currency}: give each currency a bank_account record of its own with this number.`,
    );
  }
  for (const { count, currency: other } of read.tallies) {
    if (other !== currency) {
      warn(
        `${counted(count, 'entry', 'entries')} in ${other} ${count === 1 ? 'is' : 'are'} in no balance of the statement, which is in ${currency}.`,
      );
    }
  }
  const made = orRefused(() => ({
    told: [
      ...(own ? [] : [accountRecord(place, statement, warn)]),
      // A notification tells of single entries: what it does not have may be there all the same.
      ...(statement.form === 'notification'
        ? []
        : [connectionRecord(place, statement, seen), ...balanceRecords(place, read)]),
    ],
    ...(statement.form === 'statement' && days && { record: statementRecord(place, read, days, warn) }),
  }));
  return { ...about, place, seen, ...made };
}

/** The days of a statement: as it states them, or those of its balances, or of its entries. */
function daysOf({ read: { statement, balances }, days }: RunStatement): Days | undefined {
  const dayOf = (type: StatementBalance['type']) => balances.find((balance) => balance.type === type)?.date;
  const booked = [...days.keys()].sort();
  const from = statement.from ?? dayOf('opening_booked') ?? booked[0] ?? balances[0]?.date;
  const to = statement.to ?? dayOf('closing_booked') ?? booked.at(-1) ?? balances.at(-1)?.date;
  return from === undefined || to === undefined ? undefined : { from: from < to ? from : to, to };
}

/**
 * When the bank wrote a statement, in UTC: as it says, or else the end of its last day; of a report during the day, noon.
 */
function momentOf({ created = '', form }: Statement, to: Day | undefined): string | undefined {
  const time = writtenMoment(created);
  if (time !== undefined) return `${new Date(time).toISOString().slice(0, 19)}Z`;
  return to === undefined ? undefined : `${to}T${form === 'statement' ? '23:59:59' : '12:00:00'}Z`;
}

/** The moments of OFX, 20260331120000.000[-5:EST], of MT942, 2603311200+0100, and of ISO 8601. A time without a zone is UTC. */
const moments = [
  /^(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)(?:\.\d*)?(?:\[(?<sign>[+-]?)(?<hours>\d{1,2})(?:\.(?<hundredths>\d\d))?(?::\w*)?\])?/,
  /^(?<year>\d\d)(?<month>\d\d)(?<day>\d\d)(?<hour>\d\d)(?<minute>\d\d)(?:(?<sign>[+-])(?<hours>\d\d)(?<minutes>\d\d))?$/,
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)T(?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.\d*)?)?(?:Z|(?<sign>[+-])(?<hours>\d\d):?(?<minutes>\d\d))?$/,
];

/** The milliseconds since 1970 of a moment; undefined when it is not there, or not in the calendar. */
function writtenMoment(text: string): number | undefined {
  const groups = moments.map((shape) => shape.exec(text)?.groups).find((found) => found !== undefined);
  if (!groups) return undefined;
  const {
    year = '',
    month,
    day,
    hour,
    minute,
    second = '00',
    sign,
    hours = 0,
    minutes = 0,
    hundredths = 0,
  } = groups;
  const time = Date.parse(`${year.padStart(4, '20')}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const ahead = Number(hours) * 60 + Number(minutes) + Number(hundredths) * 0.6;
  const isKnown = !Number.isNaN(time) && ahead <= 15 * 60;
  return isKnown ? time - (sign === '-' ? -ahead : ahead) * 60_000 : undefined;
}

/** Finds what the statements of an account tell together. */
function compareStatements(own: readonly RunStatement[], accounts: OwnAccounts): void {
  const byRecord = new Map(
    own.flatMap((statement) => (statement.record ? [[statement.record, statement] as const] : [])),
  );
  const inOrder = statementsInOrder([...byRecord.keys()]).map(
    (record) => byRecord.get(record) as RunStatement,
  );
  for (const final of Map.groupBy(inOrder, ({ place }) => place?.currency).values()) {
    final.forEach((statement, at) => {
      const continued = continuedBy(statement, final.slice(0, at));
      if (continued) statement.continued = continued;
    });
    warnOfDifferences(final);
  }
  keepTheBest([...own.filter(({ record }) => !record), ...inOrder]);
  warnOfCurrencies(own, accounts);
}

/** Lets each record be told by one statement: the one that counts more, or else the later one. */
function keepTheBest(statements: readonly RunStatement[]): void {
  const best = new Map<string, { statement: RunStatement; record: LedgerRecord }>();
  for (const statement of statements) {
    for (const record of statement.told) {
      const key = `${record.kind} ${record.id}`;
      const { rank }: AnyKind = kinds[record.kind];
      const known = best.get(key)?.record;
      if (!known || (rank?.(record) ?? '') >= (rank?.(known) ?? '')) best.set(key, { statement, record });
    }
    statement.told = [];
  }
  for (const { statement, record } of best.values()) statement.told.push(record);
}

/** The statement that a statement continues, so that equal entries of a day are different ones. */
function continuedBy(statement: RunStatement, before: readonly RunStatement[]): RunStatement['continued'] {
  const { record } = statement;
  if (!record) return undefined;
  for (const earlier of before.toReversed()) {
    if (!earlier.record) continue;
    if (areInOneFile(earlier.record, record) && arePages(earlier.record, record))
      return { statement: earlier };
    const day = dayInBoth(earlier, statement);
    if (day !== undefined) return { statement: earlier, day };
  }
  return undefined;
}

const areInOneFile = (page: StatementRecord, other: StatementRecord): boolean =>
  page.from === other.from && page.to === other.to && page.number === other.number;

/**
 * The day that a statement and the next one share, each with entries of its own. Where these are the same and add up to
 * zero, the balances do not tell whether they are there once or twice: only the numbers of the statements do.
 */
function dayInBoth(one: RunStatement, next: RunStatement): Day | undefined {
  if (!one.record || !next.record || !follows(one.record, next.record)) return undefined;
  const [day] = [...next.days.keys()].sort();
  if (day === undefined || day !== [...one.days.keys()].sort().at(-1)) return undefined;
  const isNext = one.record.sequence !== next.record.sequence;
  const entries = one.days.get(day);
  const isSame = sameCounts(entries?.counts, next.days.get(day)?.counts);
  return isNext || !isSame || (entries && signOf(entries.sum) !== 0) ? day : undefined;
}

type Counts = ReadonlyMap<string, number>;

const sameCounts = (one: Counts = new Map(), other: Counts = new Map()): boolean =>
  one.size === other.size && [...one].every(([identity, count]) => other.get(identity) === count);

/** How many entries equal to one of a day the statements have that a statement continues. */
export function countBefore({ continued }: RunStatement, day: Day, identity: string): number {
  if (!continued || (continued.day !== undefined && continued.day !== day)) return 0;
  const { statement } = continued;
  return (statement.days.get(day)?.counts.get(identity) ?? 0) + countBefore(statement, day, identity);
}

/** The entries of a day in a statement and those that it continues. */
function countsOf(statement: RunStatement, day: Day): Counts {
  const counts = new Map(statement.days.get(day)?.counts);
  const { continued } = statement;
  if (continued && (continued.day ?? day) === day) {
    for (const [identity, count] of countsOf(continued.statement, day)) {
      counts.set(identity, (counts.get(identity) ?? 0) + count);
    }
  }
  return counts;
}

/** More days than this are counted. */
const mostDays = 5;

/**
 * Says on which days statements that overlap have different entries. Which of them is right cannot be known: each entry
 * that one of them has counts.
 */
function warnOfDifferences(statements: readonly RunStatement[]): void {
  const days = new Set(statements.flatMap((statement) => [...statement.days.keys()]));
  const differing = new Map<RunStatement, Map<RunStatement, Day[]>>();
  for (const day of [...days].sort()) {
    const having = statements.filter((statement) => tellsOf(statement, day));
    const [first, ...others] = having.filter(
      (statement) =>
        !having.some(({ continued }) => continued?.statement === statement && (continued.day ?? day) === day),
    );
    if (!first) continue;
    for (const other of others) {
      if (sameCounts(countsOf(first, day), countsOf(other, day))) continue;
      const found = differing.get(other) ?? new Map<RunStatement, Day[]>();
      differing.set(other, found.set(first, [...(found.get(first) ?? []), day]));
    }
  }
  for (const [statement, found] of differing) {
    for (const [{ file, line }, on] of found) {
      const where = file === statement.file ? `line ${line}` : `line ${line} of ${file}`;
      const more = on.length > mostDays ? ` and ${on.length - mostDays} more days` : '';
      statement.warnings.push(
        `This statement and the one on ${where} have different entries on ${on.slice(0, mostDays).join(', ')}${more}: each entry that one of them has was taken.`,
      );
    }
  }
}

/** Whether a statement has the entries of a day. On its first and last day, it may have a part of them, or none. */
function tellsOf({ record, days }: RunStatement, day: Day): boolean {
  const { from = '', to = '' } = record ?? {};
  return (from < day && day < to) || (from <= day && day <= to && days.has(day));
}

/** An account that only statements tell of has one currency. */
function warnOfCurrencies(own: readonly RunStatement[], accounts: OwnAccounts): void {
  const [first] = own;
  const number = first?.place?.number;
  if (!first?.place || (number !== undefined && accounts.at(number, undefined))) return;
  const { currency } = first.place;
  const other = own.find(({ place }) => place?.currency !== currency);
  other?.warnings.push(
    `The account has statements in ${currency} and ${other.place?.currency}: give each currency a bank_account record of its own with this number.`,
  );
}
