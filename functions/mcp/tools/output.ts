/** A piece of JSON Schema. */
export type Schema = Record<string, unknown>;

/*
 * Schemas of answers. Clients load them all at every start, so they name every field and nest like the answer, but
 * leave out the types of single values: amounts and days are strings, counts numbers, flags booleans.
 */

const anything: Schema = {};

/** An object with fields that are always there, fields that may be missing, and fields with a schema of their own. */
export const object = (
  always: readonly string[],
  sometimes: readonly string[] = [],
  described: Record<string, Schema> = {},
): Schema => ({
  type: 'object',
  ...(sometimes.length + Object.keys(described).length > 0 && {
    properties: { ...Object.fromEntries(sometimes.map((name) => [name, anything])), ...described },
  }),
  required: always,
});

export const listOf = (items: Schema): Schema => ({ type: 'array', items });

/** The answer of every list: see `pageAnswer`. */
export const page = (
  noun: string,
  list: {
    row: Schema;
    total: Schema;
    always: readonly string[];
    sometimes?: readonly string[];
    /** The noun of the other rows that the tool lists on request, instead of the first. */
    instead?: string;
    described?: Record<string, Schema>;
  },
): Schema =>
  object(
    [...(list.instead ? [] : [noun]), ...list.always, 'returned', 'complete'],
    [
      'totalsAbsent',
      'totalCount',
      'nextCursor',
      ...(list.instead ? [list.instead] : []),
      ...(list.sometimes ?? []),
    ],
    { [noun]: listOf(list.row), totals: listOf(list.total), ...list.described },
  );

/** The answer of a list whose schema says no more than what is always there: every client loads it, most ask seldom. */
export const leanPage = (noun: string, row: readonly string[], total: readonly string[]): Schema =>
  object(['asOf', 'returned', 'complete'], [], {
    [noun]: listOf(object(row)),
    totals: listOf(object(total)),
  });
