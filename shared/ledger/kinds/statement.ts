import { filedUnder } from '../declaring.ts';
import type { Fields, RecordOf } from '../fields.ts';
import type { Kind, TypesWith } from '../kind.ts';
import { addMinor, type Minor } from '../money.ts';

const shape = (is: Fields) => ({
  accountId: is.id,
  currency: is.currency,
  number: is.label.describe('as printed').exactOptional(),
  sequence: is
    .wholeNumber(0, 1_000_000_000)
    .describe('the number by which the bank counts them')
    .exactOptional(),
  page: is
    .wholeNumber(0, 1_000_000_000)
    .describe('of a statement in several parts, each with the number of the statement')
    .exactOptional(),
  from: is.day,
  to: is.day,
  opening: is.money.exactOptional(),
  closing: is.money.exactOptional(),
  entryCount: is.wholeNumber(0, 1_000_000_000).describe('how many booked entries it has'),
  sum: is.money.describe('what its booked entries add up to'),
});

/** A bank statement: what it says of its account, by which its entries are checked. */
export type Statement = RecordOf<'statement', typeof shape>;

export interface StatementRow extends Omit<Statement, 'kind'> {
  /** What opening and entries together differ from closing; absent where one of these is unknown. */
  difference?: Minor;
}

/** A statement with what it does not explain. */
export function rowOf({ kind: _kind, ...statement }: Statement): StatementRow {
  const { opening, closing, sum } = statement;
  return {
    ...statement,
    ...(opening !== undefined &&
      closing !== undefined && { difference: addMinor(addMinor(opening, sum), -closing) }),
  };
}

type Types = TypesWith<{
  record: Statement;
  row: StatementRow;
  shown: StatementRow;
  filters: { accountId?: string };
  order: 'to';
}>;

const placeOf = ({ to, from, sequence = 0 }: StatementRow): string[] => [
  to,
  from,
  String(sequence).padStart(10, '0'),
];

export const statement: Kind<Types> = {
  name: 'statement',
  shape,
  overview: ({ to, sum }) => ({ day: to, amount: sum }),
  row: rowOf,
  indexes: {
    list: { of: (row) => [{ key: placeOf(row) }], totals: { per: 'count', series: 'statements' } },
    account: { of: (row) => filedUnder(row.accountId, placeOf(row)) },
  },
  list: {
    noun: 'statements',
    narrow: 'ask for one account',
    base: { index: 'list', order: 'to', series: 'statements', measures: [] },
    filters: { accountId: { by: 'exact', value: ({ accountId }) => accountId, index: 'account' } },
    orders: { to: placeOf },
  },
};
