import { compareTexts } from '../text.ts';
import { addDays, type Day, earlierOf } from './dates.ts';
import type { StatementRow } from './kinds/statement.ts';
import { addMinor, type Minor } from './money.ts';

/*
 * What statements of an account tell of each other: one that is missing, days that two of them have, and one whose
 * entries do not add up.
 */

/** Something that does not fit, in the account's statements. */
export interface StatementFinding {
  accountId: string;
  currency: string;
  /** Of an overlap, each entry counts once. */
  finding: 'gap' | 'overlap' | 'difference';
  /** The days that are missing, or that both statements have, or those of the statement that does not add up. */
  from: Day;
  to: Day;
  /** The numbers of the statements that are missing, where the numbers tell. */
  missing?: number[];
  /** What is not explained: what happened in the gap, or what the entries lack. */
  amount?: Minor;
  /** The statement in which it shows; of two, the later one. */
  statementId: string;
}

/** The findings in statements of any accounts, in any order. Nothing is repaired. */
export function findingsIn(statements: readonly StatementRow[]): StatementFinding[] {
  const accounts = Map.groupBy(statements, ({ accountId, currency }) => `${accountId} ${currency}`);
  return [...accounts.values()].flatMap((own) => {
    const [first, ...others] = statementsInOrder(own);
    if (!first) return [];
    const differences = own.flatMap((statement): StatementFinding[] => {
      const { difference, from, to } = statement;
      return difference === undefined || difference === 0
        ? []
        : [{ ...about(statement), finding: 'difference', from, to, amount: difference }];
    });
    let latest = first;
    const between = others.flatMap((next) => {
      const found = findingBetween(latest, next);
      if (next.to >= latest.to) latest = next;
      return found;
    });
    return [...differences, ...between];
  });
}

/**
 * The statements of an account by their days, and of the same days by their numbers; those without numbers so that each
 * begins with the balance with which the one before it ends.
 */
export function statementsInOrder<Row extends StatementRow>(statements: readonly Row[]): Row[] {
  const ofSameDays = Map.groupBy(
    statements.toSorted(
      (a, b) =>
        compareTexts(a.from, b.from) ||
        compareTexts(a.to, b.to) ||
        (a.sequence ?? 0) - (b.sequence ?? 0) ||
        (a.page ?? 0) - (b.page ?? 0) ||
        compareTexts(a.id, b.id),
    ),
    ({ from, to }) => `${from} ${to}`,
  );
  return [...ofSameDays.values()].flatMap((same) =>
    same.every(({ sequence }) => sequence !== undefined) ? same : followingEachOther(same),
  );
}

function followingEachOther<Row extends StatementRow>(statements: readonly Row[]): Row[] {
  const left = [...statements];
  const ordered: Row[] = [];
  while (left.length > 0) {
    const last = ordered.at(-1);
    const next = last && left.findIndex((statement) => follows(last, statement));
    const first = left.findIndex((one) => !left.some((other) => other !== one && follows(other, one)));
    const at = next !== undefined && next >= 0 ? next : Math.max(0, first);
    ordered.push(...left.splice(at, 1));
  }
  return ordered;
}

const about = ({ accountId, currency, id }: StatementRow) => ({ accountId, currency, statementId: id });

/** What the account changed by between the end of one statement and the beginning of another, if both are known. */
const changeBetween = ({ closing }: StatementRow, { opening }: StatementRow): Minor | undefined =>
  closing === undefined || opening === undefined ? undefined : addMinor(opening, -closing);

/** Whether a statement begins with the balance with which the one before it ended. */
export const follows = (before: StatementRow, next: StatementRow): boolean =>
  changeBetween(before, next) === 0;

/** Whether both are parts of one statement. */
export const arePages = (one: StatementRow, other: StatementRow): boolean =>
  one.sequence !== undefined && one.sequence === other.sequence && one.page !== other.page;

/** More missing numbers than this are no gap but another way of counting. */
const widestGap = 100;

/** What is wrong between two statements that follow each other. */
function findingBetween(before: StatementRow, next: StatementRow): StatementFinding[] {
  if (arePages(before, next)) return [];
  const amount = changeBetween(before, next);
  if (haveCommonDays(before, next) && amount !== 0) {
    return [{ ...about(next), finding: 'overlap', from: next.from, to: earlierOf(before.to, next.to) }];
  }
  const missing = missingNumbers(before, next, amount === 0);
  if (missing.length === 0 && (amount === undefined || amount === 0)) return [];
  const [first, last] = [addDays(before.to, 1), addDays(next.from, -1)];
  const [from, to] = first <= last ? [first, last] : [before.to, next.from];
  return [
    {
      ...about(next),
      finding: 'gap',
      from,
      to,
      ...(missing.length > 0 && { missing }),
      ...(amount !== undefined && { amount }),
    },
  ];
}

/**
 * The day of an opening balance may be that of the closing balance before it. Where only periods are known, or both
 * begin with the same balance on the same day, they have that day in common.
 */
function haveCommonDays(before: StatementRow, next: StatementRow): boolean {
  if (next.from !== before.to) return next.from < before.to;
  const isSameBeginning = next.from === before.from && next.opening === before.opening;
  return isSameBeginning || changeBetween(before, next) === undefined;
}

/** The numbers between two statements. Many banks begin to count again each year. */
function missingNumbers(before: StatementRow, next: StatementRow, follow: boolean): number[] {
  const isOtherYear = before.to.slice(0, 4) !== next.to.slice(0, 4);
  if (before.sequence === undefined || next.sequence === undefined || (isOtherYear && follow)) return [];
  const { sequence } = before;
  const count = next.sequence - sequence - 1;
  return count > 0 && count <= widestGap ? Array.from({ length: count }, (_, at) => sequence + 1 + at) : [];
}
