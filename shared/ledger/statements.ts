import { addDays, type Day } from './dates.ts';
import type { StatementRow } from './kinds/statement.ts';
import { addMinor, type Minor } from './money.ts';

/*
 * What statements of an account tell of each other: one that is missing, and one whose entries do not add up.
 */

/** Something that does not fit, in the account's statements. */
export interface StatementFinding {
  accountId: string;
  currency: string;
  finding: 'gap' | 'difference';
  from: Day;
  to: Day;
  /** What is not explained: what happened in the gap, or what the entries lack. */
  amount?: Minor;
}

/** The findings in statements of any accounts, in any order. Nothing is repaired. */
export function findingsIn(statements: readonly StatementRow[]): StatementFinding[] {
  return [...Map.groupBy(statements, ({ accountId }) => accountId).values()].flatMap((own) => {
    const inOrder = own.toSorted((a, b) => compare(a.from, b.from) || (a.sequence ?? 0) - (b.sequence ?? 0));
    const differences = inOrder.flatMap(
      ({ accountId, currency, from, to, difference }): StatementFinding[] =>
        difference === undefined || difference === 0
          ? []
          : [{ accountId, currency, finding: 'difference', from, to, amount: difference }],
    );
    const gaps = inOrder.slice(1).flatMap((next, at) => gapBetween(inOrder[at] as StatementRow, next));
    return [...differences, ...gaps];
  });
}

/** Whether a statement is missing between two that follow each other: their numbers or balances do not. */
function gapBetween(before: StatementRow, next: StatementRow): StatementFinding[] {
  const known = before.closing !== undefined && next.opening !== undefined;
  const amount = known ? addMinor(next.opening as Minor, -(before.closing as Minor)) : undefined;
  const sameYear = before.from.slice(0, 4) === next.from.slice(0, 4);
  // Many banks begin to count again each year.
  const skipped =
    sameYear &&
    before.sequence !== undefined &&
    next.sequence !== undefined &&
    next.sequence > before.sequence + 1;
  if (!skipped && (amount === undefined || amount === 0)) return [];
  const { accountId, currency } = next;
  return [
    {
      accountId,
      currency,
      finding: 'gap',
      from: addDays(before.to, 1),
      to: addDays(next.from, -1),
      ...(amount !== undefined && { amount }),
    },
  ];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
