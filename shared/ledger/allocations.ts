import { defined } from '../json.ts';
import type { Day } from './dates.ts';
import { filedUnder, party } from './declaring.ts';
import { FieldRefusal, Refusal } from './errors.ts';
import type { BalanceChange, Index, Settling } from './kind.ts';
import type { Measure, Tally } from './measures.ts';
import { addMinor, formatMoney, type Minor } from './money.ts';
import { checkSize } from './record-size.ts';
import type { Settled } from './settlements.ts';

/*
 * A credit, such as a credit note: a document that reduces what is owed, by what is allocated to others.
 */

interface Credit {
  currency: string;
  issued: Day;
  total: Minor;
  tax?: Minor;
  allocations: readonly { amount: Minor; date: Day }[];
}

/**
 * Checks that a credit is not negative, and allocates positive amounts of at most its total.
 * @param noun what it is called in messages: "a credit note"
 * @throws {Refusal} one sentence that says what was found and what was expected.
 */
export function checkCredit(credit: Credit, noun: string): void {
  const { currency, total, allocations } = credit;
  const shown = (amount: Minor): string => formatMoney(amount, currency);
  for (const field of ['total', 'tax'] as const) {
    const amount = credit[field] ?? 0;
    if (amount >= 0) continue;
    throw new FieldRefusal(
      field,
      ` is ${shown(amount)}: expected zero or more; ${noun} reduces what is owed by a positive amount.`,
    );
  }
  allocations.forEach(({ amount }, at) => {
    if (amount > 0) return;
    throw new FieldRefusal(
      `allocations[${at}].amount`,
      ` is ${shown(amount)}: expected an amount greater than zero.`,
    );
  });
  // Compared before it is added exactly: more than the total is refused, however much more.
  if (allocations.reduce((sum, { amount }) => sum + amount, 0) > total) {
    throw new Refusal(
      `allocations add up to more than the total ${shown(total)}: expected at most the total.`,
    );
  }
  checkSize(credit, allocations.length);
}

/** A credit, as far as it settles documents: each of its allocations names one in the same field. */
interface SettlingCredit<Field extends string> extends Credit {
  id: string;
  number?: string;
  lifecycle: string;
  allocations: readonly (Credit['allocations'][number] & Record<Field, string>)[];
}

/** An allocation as it is filed with the document that it settles: with the id of the credit, called `Id`. */
export type FiledAllocation<Id extends string> = Settled & { kind: 'credit'; number?: string } & Record<
    Id,
    string
  >;

/**
 * How issued credits settle the documents to which they are allocated.
 * @param document the field of an allocation that names the document: "invoiceId"
 * @param credit what the credit's id is called where it is filed with the document: "creditNoteId"
 */
export const creditSettling = <Field extends string>(
  document: Field,
  credit: string,
): Settling<SettlingCredit<Field>> => ({
  of: ({ id, number, currency, lifecycle, allocations }) =>
    lifecycle !== 'issued'
      ? []
      : allocations.map(({ [document]: documentId, date, amount }) => ({
          id: documentId as string,
          date,
          currency,
          amount,
          data: defined({ kind: 'credit', [credit]: id, number, date, currency, amount }),
        })),
});

/** What of the total is applied to nothing. */
export const unappliedOf = ({ total, allocations }: Pick<Credit, 'total' | 'allocations'>): Minor =>
  allocations.reduce((rest, { amount }) => addMinor(rest, -amount), total);

/**
 * What is left of a credit, day by day as it changes: it begins with its issue, whenever it was applied. `amount` is how
 * much more or less is applied to nothing, `count` whether it began (1) or ceased (-1) to have a rest.
 */
export function restChanges({ issued, total, allocations }: Credit) {
  const applied = Map.groupBy(allocations, ({ date }) => (date < issued ? issued : date));
  let rest = 0;
  return [...new Set([issued, ...applied.keys()])].sort().flatMap((date) => {
    const before = rest;
    rest = unappliedOf({ total: date === issued ? total : before, allocations: applied.get(date) ?? [] });
    const [count, amount] = [Number(rest > 0) - Number(before > 0), rest - before];
    return amount === 0 ? [] : [{ date, count, amount }];
  });
}

/** A change of what is applied to nothing: see `restChanges`. */
export interface RestChange extends BalanceChange {
  partyId?: string;
  count: number;
}

/**
 * What credits declare so that totals tell, of any day, what of them is applied to nothing.
 * @param kind the other party, of whose series it is a part: "customer"
 * @param held what is measured: beside the same of payments, of which `credit` is a part in the series of all
 */
export function unappliedRests(kind: string, held: Measure<'count' | 'total'>) {
  const { id: partyOf } = party(kind);
  const changesOf = (credit: Credit & { id: string }): { date: Day; data: RestChange }[] =>
    restChanges(credit).map(({ date, ...change }) => ({
      date,
      data: defined({ id: credit.id, currency: credit.currency, partyId: partyOf(credit), ...change }),
    }));
  const tallyOf =
    (part?: string) =>
    ({ currency, count, amount }: RestChange): Tally =>
      held.of(currency, { count, total: amount }, part);
  return {
    index: {
      of: (row, credit) =>
        changesOf(credit).flatMap(({ date, data }) => filedUnder(partyOf(row), [date], data)),
      totals: { per: 'value', series: kind, of: tallyOf() },
    } satisfies Index<object, Credit & { id: string }>,
    changed: {
      of: (_row: object, credit: Credit & { id: string }) => changesOf(credit),
      totals: { per: 'day', series: 'books', of: tallyOf('credit') },
    } as const,
    /** What was left then, from what is left today. */
    asOf: <Row extends { unapplied: Minor }>(row: Row, _day: Day, later: readonly BalanceChange[]): Row => ({
      ...row,
      unapplied: later.reduce((rest, { amount }) => addMinor(rest, -amount), row.unapplied),
    }),
  };
}
