import type { Day } from '../../../shared/ledger/dates.ts';
import { add, negate, parseDecimal, signOf, writeDecimal } from '../decimal.ts';
import type {
  Amount,
  BalanceType,
  Statement,
  StatementBalance,
  StatementEnd,
  StatementEntry,
} from './statement.ts';

/*
 * The arithmetic of bank statements, exactly: a statement's opening balance and its booked entries give its closing
 * balance, and that is the opening balance of the next one. Nothing is repaired: what does not hold is a finding.
 */

/** How many booked entries there are in a currency, and their sum. */
export interface Tally {
  currency: string;
  count: number;
  sum: Amount;
}

/** A statement that was read to its end, with the tallies of its entries. */
export interface ReadStatement extends Pick<StatementEnd, 'balances' | 'refused' | 'complete'> {
  statement: Statement;
  tallies: readonly Tally[];
}

/** The tallies with one more entry. Pending entries are in no balance. */
export function tallied(tallies: readonly Tally[], entry: StatementEntry): readonly Tally[] {
  if (entry.status !== 'booked') return tallies;
  const { amount, currency } = entry;
  const others = tallies.filter((tally) => tally.currency !== currency);
  const tally = tallies.find((tally) => tally.currency === currency);
  const { count, sum } = tally ?? { count: 0, sum: undefined };
  return [...others, { currency, count: count + 1, sum: sum === undefined ? amount : plus(sum, amount) }];
}

/** What the arithmetic of one statement comes to. */
export interface Arithmetic {
  currency: string;
  opening: Amount;
  /** The sum of the booked entries. */
  sum: Amount;
  closing: Amount;
  /** What the closing balance has beyond the opening balance and the entries; zero where all is right. */
  difference: Amount;
}

/**
 * The arithmetic of a statement; undefined when it has no opening or no closing balance, or they have different
 * currencies. Entries in other currencies than the balances take no part.
 */
export function arithmeticOf({ balances, tallies }: ReadStatement): Arithmetic | undefined {
  const opening = balanceOf(balances, 'opening_booked');
  const closing = balanceOf(balances, 'closing_booked');
  if (!opening || !closing || opening.currency !== closing.currency) return undefined;
  const { currency } = opening;
  const zero = minus(opening.amount, opening.amount);
  const sum = tallies.find((tally) => tally.currency === currency)?.sum ?? zero;
  const difference = minus(closing.amount, plus(opening.amount, sum));
  return { currency, opening: opening.amount, sum, closing: closing.amount, difference };
}

export const isZero = (amount: Amount): boolean => signOf(parseDecimal(amount)) === 0;

/** Something between two statements of an account, in the order of their days. */
export type ChainFinding =
  /** Statements are missing between them: their numbers, if the numbers tell, and what the account changed by. */
  | {
      finding: 'gap';
      after: Statement;
      before: Statement;
      from?: Day;
      to?: Day;
      missing: string[];
      change?: Amount;
    }
  /** Both have some days, or both are the same statement. */
  | { finding: 'overlap'; after: Statement; before: Statement; from?: Day; to?: Day };

/**
 * What is wrong between consecutive statements. Only final statements of one account are compared: reports during the
 * day and notifications repeat what a statement says later.
 */
export function chainFindings(statements: readonly ReadStatement[]): ChainFinding[] {
  const accounts = Map.groupBy(
    statements.filter(({ statement }) => statement.form === 'statement'),
    ({ statement }) => accountKey(statement),
  );
  return [...accounts].flatMap(([key, ofAccount]) => {
    if (key === undefined) return [];
    const inOrder = ofAccount.toSorted(byDays);
    return inOrder.slice(1).flatMap((next, at) => between(inOrder[at]!, next) ?? []);
  });
}

/** What identifies an account in its files; undefined when nothing does. */
function accountKey({ account }: Statement): string | undefined {
  const number = account.iban ?? account.number;
  return number === undefined
    ? undefined
    : [account.bankCode, account.iban ?? account.number, account.currency].join('\n');
}

interface Period {
  from: Day | undefined;
  to: Day | undefined;
  /** Whether the first day may also be the last day of the statement before: the days of balances are. */
  isOfBalances: boolean;
}

function periodOf({ statement, balances }: ReadStatement): Period {
  const opening = balanceOf(balances, 'opening_booked')?.date;
  const closing = balanceOf(balances, 'closing_booked')?.date;
  return opening !== undefined && closing !== undefined
    ? { from: opening, to: closing, isOfBalances: true }
    : { from: statement.from, to: statement.to ?? closing, isOfBalances: false };
}

function byDays(one: ReadStatement, two: ReadStatement): number {
  const [a, b] = [periodOf(one), periodOf(two)];
  return (
    compare(a.to ?? '', b.to ?? '') ||
    compare(a.from ?? '', b.from ?? '') ||
    difference(numbered(one), numbered(two)) ||
    difference(paged(one), paged(two))
  );
}

/** Statements without numbers stay in the order in which they were read. */
const difference = (a: number | undefined, b: number | undefined): number =>
  a === undefined || b === undefined ? 0 : a - b;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const numbered = ({ statement }: ReadStatement): number | undefined => wholeNumber(statement.sequence);

const paged = ({ statement }: ReadStatement): number | undefined => wholeNumber(statement.page?.number);

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;

/** More missing numbers than this are no gap but another way of counting. */
const widestGap = 100;

function between(one: ReadStatement, two: ReadStatement): ChainFinding | undefined {
  const [before, after] = [periodOf(one), periodOf(two)];
  const [first, second] = [numbered(one), numbered(two)];
  const isNextPage = first !== undefined && first === second && paged(one) !== paged(two);
  const statements = { after: one.statement, before: two.statement };
  const closing = balanceOf(one.balances, 'closing_booked');
  const opening = balanceOf(two.balances, 'opening_booked');
  const change =
    closing && opening && closing.currency === opening.currency
      ? minus(opening.amount, closing.amount)
      : undefined;
  // Where the balances follow each other, statements of the same days do not have the same entries.
  const follows = change !== undefined && isZero(change);
  if (!isNextPage && (isSame(one, two) || (!follows && overlap(before, after)))) {
    return { finding: 'overlap', ...statements, ...daysOf(after.from, before.to) };
  }
  const count = first === undefined || second === undefined ? 0 : second - first - 1;
  const missing =
    count > 0 && count <= widestGap
      ? Array.from({ length: count }, (_, at) => String((first ?? 0) + 1 + at))
      : [];
  if (missing.length === 0 && (follows || change === undefined)) return undefined;
  return {
    finding: 'gap',
    ...statements,
    ...daysOf(before.to, after.from),
    missing,
    ...(change === undefined ? {} : { change }),
  };
}

const daysOf = (from: Day | undefined, to: Day | undefined): { from?: Day; to?: Day } => ({
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
});

/** The same statement twice, such as in a file that was downloaded again. */
function isSame(one: ReadStatement, two: ReadStatement): boolean {
  const [a, b] = [periodOf(one), periodOf(two)];
  const names = ({ statement }: ReadStatement): string =>
    [statement.id, statement.sequence, statement.page?.number].join('\n');
  return (
    a.to !== undefined &&
    a.from === b.from &&
    a.to === b.to &&
    names(one) === names(two) &&
    numbered(one) !== undefined
  );
}

function overlap(one: Period, two: Period): boolean {
  if (one.to === undefined || two.from === undefined) return false;
  const mayTouch = one.isOfBalances && two.isOfBalances;
  return mayTouch ? two.from < one.to : two.from <= one.to;
}

/** The first balance of a type. */
const balanceOf = (balances: readonly StatementBalance[], type: BalanceType): StatementBalance | undefined =>
  balances.find((balance) => balance.type === type);

const plus = (a: Amount, b: Amount): Amount => writeDecimal(add(parseDecimal(a), parseDecimal(b)));

const minus = (a: Amount, b: Amount): Amount => writeDecimal(add(parseDecimal(a), negate(parseDecimal(b))));
