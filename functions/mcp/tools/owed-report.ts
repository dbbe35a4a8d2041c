import { ageNames, noDueDay, notDueYet } from '../../../shared/ledger/ages.ts';
import { addDays, addMonths, type Day, daysBetween, startOfMonth } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';
import { currenciesOf, type Measured } from '../../../shared/ledger/measures.ts';
import { addMinor, formatMoney, type Minor } from '../../../shared/ledger/money.ts';
import type { OwedOrder } from '../../../shared/ledger/owed.ts';
import { ratioText } from '../../../shared/ledger/ratio.ts';
import { type LedgerReader, lookThroughLimit } from '../../../shared/ledger/reader.ts';
import {
  type Aged,
  balancesByParty,
  type OwedDocument,
  type PartyBalance,
} from '../../../shared/ledger/reports/ageing.ts';
import { type Duplicates, duplicatesIn, numberGapsIn } from '../../../shared/ledger/reports/candidates.ts';
import type { Collection, CollectionQuery } from '../../../shared/ledger/reports/collection.ts';
import { type Schedule, scheduleOf } from '../../../shared/ledger/reports/expected.ts';
import {
  type AverageDays,
  averageDaysLate,
  averageDaysToPay,
  type CountBack,
  collectionEffectiveness,
  countBack,
  issuedIn,
  type LatePayer,
  latenessOf,
  medianDaysLate,
} from '../../../shared/ledger/reports/habits.ts';
import type { UnappliedMoney, UnappliedSum } from '../../../shared/ledger/reports/unapplied.ts';
import type { Answer, ToolContext } from '../tool.ts';
import { countThatFits, type Fields, futureAsOf, shownText, stated } from './fields.ts';

/*
 * The report on what is owed, of invoices and of bills: the same sections, turned.
 */

export const sections = ['ageing', 'ratios', 'late_payers', 'expected', 'to_look_at'] as const;
type Section = (typeof sections)[number];

/** The sections of a report that does not name any: what to look at costs more than the others together. */
const usual: readonly Section[] = ['ageing', 'ratios', 'late_payers', 'expected'];

/** What is asked of a list of documents. */
export interface DocumentQuery {
  filters: { status?: 'open' | 'draft'; partyId?: string; start?: Day; end?: Day };
  order: OwedOrder;
  reverse: boolean;
  limit: number;
  asOf: Day;
  hideLater: true;
  groupBy?: 'age';
}

/** As much of a page as a report looks at. */
export interface DocumentPage {
  rows: OwedDocument[];
  totalCount?: number;
  totalsAbsent?: string;
  next?: string;
  groups?: (Measured<'count' | 'balance'> & { key?: string })[];
  partyMeant?: string;
}

/** The documents that a report is about. */
export interface OwedSide {
  /** "invoices" */
  noun: string;
  /** The other party, and the several: "customer", "customers" */
  party: string;
  parties: string;
  /** Days of sales outstanding, or of purchases. */
  outstanding: 'dso' | 'dpo';
  /** Whether a document's number is the party's own, so that gaps in numbers say nothing. */
  numbersOfParty: boolean;
  list(reader: LedgerReader, query: DocumentQuery): Promise<DocumentPage>;
  unapplied(reader: LedgerReader, parties: readonly string[], asOf: Day): Promise<UnappliedMoney>;
  collection(reader: LedgerReader, query: CollectionQuery): Promise<Collection[] | undefined>;
}

export interface OwedArguments {
  include?: readonly Section[];
  asOf?: Day;
  partyId?: string;
  months: number;
  limit: number;
}

/** Everything that is open, and what a section needs beside it. */
interface Asked {
  side: OwedSide;
  reader: LedgerReader;
  asOf: Day;
  /** The first day of the window that ends on the as-of day. */
  start: Day;
  /** The id that was meant. */
  partyId: string | undefined;
  limit: number;
  open: DocumentPage;
  /** How documents were paid in the window; undefined where no section needs it, or too many parties have any. */
  collection: Collection[] | undefined;
}

/** The documents that are looked at for candidates, the newest first, and the candidates that are shown of each check. */
const mostLookedAt = 1000;
const mostCandidates = 10;

/** Drafts that are this old have perhaps been forgotten. */
const oldDraftDays = 30;

/** The bytes that the parties of a section may take, in all currencies together. */
const mostPartyBytes = 20_000;

/**
 * The answer of a report on what is owed.
 * @throws {Refusal} while there are no totals, with the reason.
 */
export async function owedReport(
  side: OwedSide,
  { include = usual, asOf: askedDay, partyId: askedParty, months, limit }: OwedArguments,
  { reader, today }: ToolContext,
): Promise<Answer> {
  const asOf = askedDay ?? today;
  const open = await side.list(reader, {
    filters: { status: 'open', ...(askedParty !== undefined && { partyId: askedParty }) },
    order: 'due',
    reverse: false,
    limit: lookThroughLimit,
    asOf,
    hideLater: true,
    groupBy: 'age',
  });
  if (open.totalsAbsent !== undefined) throw new Refusal(`No figures at the moment: ${open.totalsAbsent}.`);
  const start = startOfMonth(addMonths(asOf, -months));
  const partyId = open.partyMeant ?? askedParty;
  const needsHabits = include.some((section) => section !== 'ageing' && section !== 'to_look_at');
  const collection = needsHabits ? await side.collection(reader, { start, asOf, partyId }) : undefined;
  const asked: Asked = { side, reader, asOf, start, partyId, limit, open, collection };
  const [ageing, toLookAt] = await Promise.all([
    include.includes('ageing') ? ageingFields(asked) : undefined,
    include.includes('to_look_at') ? candidateFields(asked) : undefined,
  ]);
  return {
    content: {
      ...stated({
        asOf,
        futureAsOf: futureAsOf(asOf, today),
        [`${side.party}Id`]: partyId,
        partiesAbsent: open.next !== undefined && tooMany(side, `${side.noun} are open`),
        habitsAbsent:
          needsHabits && !collection && tooMany(side, `totals of ${side.parties} are in the window`),
      }),
      window: { startDate: start, endDate: asOf, days: daysBetween(start, asOf) + 1 },
      ...(ageing && { ageing }),
      ...(collection && include.includes('ratios') && { ratios: ratioFields(asked, collection) }),
      ...(collection && include.includes('late_payers') && { latePayers: lateFields(asked, collection) }),
      ...(include.includes('expected') && { expected: expectedFields(asked) }),
      ...(toLookAt && { toLookAt }),
    },
    rows: open.rows.length,
  };
}

const tooMany = ({ party }: OwedSide, what: string): string =>
  `more than ${lookThroughLimit} ${what}: expected ${party}Id for those of one ${party}`;

/** What is open in each currency, where there are not too many documents to be told apart. */
const byCurrency = ({ open }: Asked): Map<string, OwedDocument[]> =>
  open.next === undefined ? Map.groupBy(open.rows, ({ currency }) => currency) : new Map();

/** Ages by currency, the parties with the largest balances, and the money that is applied to nothing. */
async function ageingFields(asked: Asked): Promise<Fields[]> {
  const { side, reader, asOf, partyId, limit, open } = asked;
  const ofParties = new Map(
    [...byCurrency(asked)].map(([currency, rows]) => [currency, balancesByParty(rows, asOf)]),
  );
  const largest = [...ofParties.values()].flatMap((parties) => parties.slice(0, limit));
  const ids = new Set([partyId, ...largest.map((party) => party.partyId)].filter((id) => id !== undefined));
  const { total, byParty } = await side.unapplied(reader, [...ids], asOf);
  const unapplied = partyId === undefined ? total : (byParty.get(partyId) ?? []);
  const groups = open.groups ?? [];
  const currencies = currenciesOf([...groups, ...unapplied.filter(({ total }) => total !== 0)]);
  return currencies.map((currency) => {
    const ages = groups
      .filter((group) => group.currency === currency)
      .map(({ key = '', count, balance }) => ({ age: key, count, balance }))
      .toSorted((a, b) => ageNames.indexOf(a.age) - ageNames.indexOf(b.age));
    const entryOf = (party: PartyBalance): Fields => ({
      ...stated({ [`${side.party}Id`]: party.partyId, [side.party]: shownText(party.party) }),
      ...balanceFields(party, currency),
      ...unappliedFields(byParty.get(party.partyId ?? ''), currency),
      ages: party.ages.map((entry) => agedFields(entry, currency)),
    });
    return {
      currency,
      ...balanceFields(sumOf(ages), currency),
      unapplied: formatMoney(totalIn(unapplied, currency), currency),
      ages: ages.map((entry) => agedFields(entry, currency)),
      ...largestFirst(asked, ofParties.get(currency), currencies.length, entryOf, (others) =>
        balanceFields(sumOf(others), currency),
      ),
    };
  });
}

/** The first parties of a list in one of several currencies, how many there are, and what the others add up to. */
function largestFirst<Party>(
  { side, limit }: Asked,
  parties: readonly Party[] | undefined,
  currencies: number,
  entryOf: (party: Party) => Fields,
  othersOf?: (others: readonly Party[]) => Fields,
): Fields {
  if (!parties) return {};
  const entries = parties.slice(0, limit).map(entryOf);
  const shown = entries.slice(0, countThatFits(entries, [], mostPartyBytes / currencies));
  const others = parties.slice(shown.length);
  return {
    [side.parties]: shown,
    [`${side.party}Count`]: parties.length,
    ...(others.length > 0 && othersOf && { others: othersOf(others) }),
  };
}

interface Balance {
  count: number;
  balance: Minor;
}

const sumOf = (balances: readonly Balance[]): Balance =>
  balances.reduce(
    (sum, { count, balance }) => ({
      count: sum.count + count,
      balance: addMinor(sum.balance, balance),
    }),
    { count: 0, balance: 0 },
  );

const balanceFields = ({ count, balance }: Balance, currency: string): Fields => ({
  count,
  balance: formatMoney(balance, currency),
});

const agedFields = (entry: Aged, currency: string): Fields => ({
  age: entry.age,
  ...balanceFields(entry, currency),
});

const totalIn = (sums: readonly UnappliedSum[] | undefined, currency: string): Minor =>
  sums?.find((sum) => sum.currency === currency)?.total ?? 0;

function unappliedFields(sums: readonly UnappliedSum[] | undefined, currency: string): Fields {
  const unapplied = totalIn(sums, currency);
  return unapplied === 0 ? {} : { unapplied: formatMoney(unapplied, currency) };
}

/** What of the open documents in a currency has these ages. */
const balanceIn = ({ open }: Asked, currency: string, ages: readonly string[] = ageNames): Minor =>
  sumOf((open.groups ?? []).filter((group) => group.currency === currency && ages.includes(group.key ?? '')))
    .balance;

/** Days outstanding, collection effectiveness and average days, each with what it was computed from. */
function ratioFields(asked: Asked, collection: readonly Collection[]): Fields[] {
  const { side, asOf, start } = asked;
  return currenciesOf([...collection, ...(asked.open.groups ?? [])]).map((currency) => {
    const { issued, opening, parties } = collection.find((entry) => entry.currency === currency) ?? nothingIn;
    const amount = (minor: Minor | bigint) => formatMoney(minor, currency);
    const [owed, notDue] = [balanceIn(asked, currency), balanceIn(asked, currency, [notDueYet])];
    const settled = parties.flatMap((party) => party.settled);
    return {
      currency,
      [side.outstanding]: {
        simple: outstandingFields(asked, owed, issuedIn({ issued }), amount),
        countBack: countBackFields(countBack(owed, { issued }, start, asOf), amount),
      },
      ...(opening !== undefined &&
        side.outstanding === 'dso' && {
          cei: effectivenessFields(opening, issuedIn({ issued }), owed, notDue, amount),
        }),
      daysToPay: averageFields(side, averageDaysToPay(settled), amount, 'was settled in the window'),
      daysLate: averageFields(
        side,
        averageDaysLate(settled),
        amount,
        'with a due date was settled in the window',
      ),
    };
  });
}

const nothingIn: Omit<Collection, 'currency'> = { issued: new Map(), parties: [] };

type Amount = (minor: Minor | bigint) => string;

const notComputable = (reason: string): Fields => ({ notComputable: reason });

function outstandingFields({ start, asOf }: Asked, owed: Minor, issued: Minor, amount: Amount): Fields {
  if (issued === 0) return notComputable('nothing was issued in the window');
  const days = daysBetween(start, asOf) + 1;
  const ratio = { numerator: BigInt(owed) * BigInt(days), denominator: BigInt(issued) };
  return { days: ratioText(ratio), owed: amount(owed), issued: amount(issued), windowDays: days };
}

function countBackFields(counted: CountBack | undefined, amount: Amount): Fields {
  if (!counted) return notComputable('more is owed than was issued in the window: ask for more months');
  const { wholeDays, part, ratio } = counted;
  return {
    days: ratioText(ratio),
    wholeDays,
    ...(part && {
      month: part.month,
      owed: amount(part.left),
      issued: amount(part.issued),
      monthDays: part.days,
    }),
  };
}

function effectivenessFields(
  opening: Minor,
  issued: Minor,
  ending: Minor,
  endingCurrent: Minor,
  amount: Amount,
): Fields {
  const ratio = collectionEffectiveness(opening, issued, ending, endingCurrent);
  if (!ratio) return notComputable('nothing could be collected in the window');
  const { numerator, denominator } = ratio;
  return {
    percent: ratioText({ numerator: numerator * 100n, denominator }),
    numerator: amount(numerator),
    denominator: amount(denominator),
    opening: amount(opening),
    issued: amount(issued),
    ending: amount(ending),
    endingCurrent: amount(endingCurrent),
  };
}

function averageFields(
  { noun }: OwedSide,
  average: AverageDays | undefined,
  amount: Amount,
  none: string,
): Fields {
  if (!average) return notComputable(`none of the ${noun} ${none}`);
  const { count, total, unweighted, weighted } = average;
  return {
    count,
    total: amount(total),
    weighted: ratioText(weighted),
    amountDays: amount(weighted.numerator),
    unweighted: ratioText(unweighted),
    sumOfDays: Number(unweighted.numerator),
  };
}

/** Parties by how late they pay, the latest first. */
function lateFields(asked: Asked, collection: readonly Collection[]): Fields[] {
  const { side } = asked;
  return collection.map(({ currency, parties }) => {
    const named = parties.filter(({ partyId }) => partyId !== undefined);
    const { late, onTimeCount, tooFewCount } = latenessOf(named);
    const entryOf = ({ partyId, party, average, lateCount, median }: LatePayer): Fields => ({
      ...stated({ [`${side.party}Id`]: partyId, [side.party]: shownText(party) }),
      count: average.count,
      total: formatMoney(average.total, currency),
      lateCount,
      weighted: ratioText(average.weighted),
      unweighted: ratioText(average.unweighted),
      median,
    });
    return {
      currency,
      ...largestFirst(asked, late, collection.length, entryOf),
      onTimeCount,
      tooFewCount,
    };
  });
}

/** What is expected in each currency, by week; weeks without anything are left out. */
function expectedFields(asked: Asked): Fields[] {
  const { asOf, collection } = asked;
  return [...byCurrency(asked)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, rows]) => {
      const byDueDay = scheduleOf(rows, asOf);
      const schedules: Record<string, Schedule> = { byDueDay };
      const habits = collection && habitsIn(collection, currency);
      if (habits) {
        schedules.byHabit = scheduleOf(rows, asOf, ({ partyId }, due) =>
          addDays(due, habits.get(partyId) ?? 0),
        );
      }
      const withoutHabit =
        habits &&
        scheduleOf(
          rows.filter(({ partyId }) => !habits.has(partyId)),
          asOf,
        );
      const amounts = (of: (schedule: Schedule) => Minor | undefined): Fields | undefined => {
        const found = Object.entries(schedules).map(([by, schedule]) => [by, of(schedule) ?? 0] as const);
        return found.every(([, amount]) => amount === 0)
          ? undefined
          : Object.fromEntries(found.map(([by, amount]) => [by, formatMoney(amount, currency)]));
      };
      const { overdue, noDueDate, weeks } = byDueDay;
      return {
        currency,
        overdue: formatMoney(overdue, currency),
        noDueDate: formatMoney(noDueDate, currency),
        weeks: weeks.flatMap((_, week) => {
          const expected = amounts((schedule) => schedule.weeks[week]);
          return expected ? [{ startDate: addDays(asOf, 7 * week), ...expected }] : [];
        }),
        ...stated({ later: amounts(({ later }) => later) }),
        ...(withoutHabit && {
          withoutHabit: formatMoney([...withoutHabit.weeks, withoutHabit.later].reduce(addMinor), currency),
        }),
      };
    });
}

/** The days that parties usually pay after the due day, in a currency; of those that have a habit. */
const habitsIn = (collection: readonly Collection[], currency: string): Map<string | undefined, number> =>
  new Map(
    (collection.find((entry) => entry.currency === currency)?.parties ?? []).flatMap(
      ({ partyId, settled }) => {
        const median = partyId === undefined ? undefined : medianDaysLate(settled);
        return median === undefined ? [] : [[partyId, median] as const];
      },
    ),
  );

/** Candidates of each check, the first of them with how many there are. */
async function candidateFields(asked: Asked): Promise<Fields> {
  const { side, reader, asOf, start, partyId, open } = asked;
  const common = { reverse: true, asOf, hideLater: true } as const;
  const own = partyId === undefined ? {} : { partyId };
  const [documents, drafts] = await Promise.all([
    side.list(reader, {
      ...common,
      filters: { ...own, start, end: asOf },
      order: 'issued',
      limit: mostLookedAt,
    }),
    side.list(reader, {
      ...common,
      filters: { ...own, status: 'draft', end: addDays(asOf, -oldDraftDays - 1) },
      order: 'issued',
      reverse: false,
      limit: mostCandidates,
    }),
  ]);
  const { rows } = documents;
  const undated = open.rows.filter(({ due }) => due === undefined);
  const noDueDate = (open.groups ?? []).filter(({ key }) => key === noDueDay);
  const overpaid = rows.filter((row) => row.overpaid > 0);
  const referred = (found: readonly OwedDocument[]) => found.map((row) => referenceFields(side, row));
  return {
    lookedAt: {
      count: rows.length,
      ...stated({ totalCount: documents.next !== undefined && documents.totalCount }),
    },
    duplicates: candidates(duplicatesIn(rows, side.numbersOfParty), duplicateFields(side)),
    ...(!side.numbersOfParty &&
      partyId === undefined && {
        numberGaps: candidates(numberGapsIn(rows), (gap) => ({
          ...gap,
          after: shownText(gap.after),
          before: shownText(gap.before),
        })),
      }),
    overpaid: candidates(overpaid, (row) => ({
      ...referenceFields(side, row),
      overpaid: formatMoney(row.overpaid, row.currency),
    })),
    noDueDate: {
      count: noDueDate.reduce((sum, { count }) => sum + count, 0),
      shown: referred(undated.slice(0, mostCandidates)),
    },
    oldDrafts: { count: drafts.totalCount ?? drafts.rows.length, shown: referred(drafts.rows) },
  };
}

const candidates = <Found>(found: readonly Found[], fieldsOf: (one: Found) => Fields): Fields => ({
  count: found.length,
  shown: found.slice(0, mostCandidates).map(fieldsOf),
});

/** As many documents of one duplicate are named. */
const mostAlike = 5;

const duplicateFields =
  (side: OwedSide) =>
  ({ reason, documents }: Duplicates): Fields => ({
    reason,
    count: documents.length,
    documents: documents.slice(0, mostAlike).map((row) => referenceFields(side, row)),
  });

/** As much of a document as says which it is. */
const referenceFields = ({ party }: OwedSide, row: OwedDocument): Fields => ({
  id: row.id,
  ...stated({ number: shownText(row.number), [party]: shownText(row.party), [`${party}Id`]: row.partyId }),
  issued: row.issued,
  total: formatMoney(row.total, row.currency),
  currency: row.currency,
});
