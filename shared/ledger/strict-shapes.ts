import * as v from 'valibot';

/*
 * What every strictly read JSON document is made of. The message of a shape completes the sentence "expected …", and
 * its description is the same text, for when the field is missing.
 */

/** A text for which `holds` is true. `expected` completes the sentence "expected …". */
export const scalar = (holds: (text: string) => boolean, expected: string) =>
  v.pipe(v.string(expected), v.check(holds, expected), v.description(expected));

/** A whole number in a range. */
export const wholeNumber = (minimum: number, maximum: number) => {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  return v.pipe(
    v.number(expected),
    v.check((value) => Number.isInteger(value) && value >= minimum && value <= maximum, expected),
    v.description(expected),
  );
};

/** One of some words. */
export const oneOf = <const Options extends readonly string[]>(options: Options) => {
  const expected = `one of ${options.join(', ')}`;
  return v.pipe(v.picklist(options, expected), v.description(expected));
};

/** An object with exactly these fields. The message of a missing field is what that field expects. */
export const fields = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, (issue) => {
    if (issue.expected === 'never') return Object.keys(entries).join(', ');
    const missing = Object.entries(entries).find(([key]) => issue.expected === `"${key}"`)?.[1];
    return (missing && v.getDescription(missing)) ?? 'an object';
  });

/** Whether the value is a JSON object, and no list. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * One sentence about what a document lacks: which field, what was found, what was expected. An unknown field is told
 * first: it is often the misspelt name of one that is missing. `document` names the whole: "The record".
 */
export function explain(
  issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]],
  document: string,
): string {
  const issue = issues.find(({ expected }) => expected === 'never') ?? issues[0];
  const path = (issue.path ?? []).map(({ key }) => key);
  if (issue.expected === 'never') {
    const parent = pathText(path.slice(0, -1)) || document;
    return `${parent} has no field ${quote(String(path.at(-1)))}: expected ${issue.message}.`;
  }
  return `${pathText(path) || document} is ${describe(issue.input)}: expected ${issue.message}.`;
}

const pathText = (path: readonly unknown[]): string =>
  path.map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at ? '.' : ''}${String(key)}`)).join('');

/** What a value is, in a sentence: "the number 3", "missing". */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return `the number ${value}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : String(value);
}

/** A text in quotation marks, cut to a length that fits a sentence. */
export const quote = (value: string): string =>
  JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
