import * as z from 'zod';
import { quote } from '../text.ts';
import { FieldRefusal, Refusal } from './errors.ts';

/*
 * The building blocks of strictly validated JSON documents. The message of a shape completes the sentence "expected …".
 */

/** A string for which `holds` is true. `expected` completes the sentence "expected …". */
export const scalar = (holds: (text: string) => boolean, expected: string) =>
  z.string(expected).refine(holds, expected);

/** A whole number in a range. */
export function wholeNumber(minimum: number, maximum: number) {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  return z.number(expected).int(expected).min(minimum, expected).max(maximum, expected);
}

/** One of a fixed list of words. */
export const oneOf = <const Options extends readonly string[]>(options: Options) =>
  z.enum(options, `one of ${options.join(', ')}`);

/** An object with exactly these fields. */
export const fields = <const Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? Object.keys(shape).join(', ') : 'an object'),
  });

/**
 * Validates a document against a shape.
 * @param document the name of the whole document in messages: "The record"
 * @throws {Refusal} with one sentence: which field, what was found, what was expected
 */
export function readStrictly<Shape extends z.ZodType>(
  shape: Shape,
  value: unknown,
  document: string,
): z.output<Shape> {
  const checked = shape.safeParse(value, { reportInput: true });
  if (checked.success) return checked.data;
  throw refusalOf(checked.error.issues, document);
}

/** An unknown field is reported first: it is often a misspelling of one that is missing. */
function refusalOf(issues: readonly z.core.$ZodIssue[], document: string): Refusal {
  const unknown = issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown) {
    const parent = pathText(unknown.path) || document;
    return new Refusal(
      `${parent} has no field ${quote(unknown.keys[0] ?? '')}: expected ${unknown.message}.`,
    );
  }
  const [issue] = issues;
  return new FieldRefusal(
    pathText(issue?.path ?? []) || document,
    ` is ${describe(issue?.input)}: expected ${issue?.message}.`,
  );
}

const pathText = (path: readonly unknown[]): string =>
  path.map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at ? '.' : ''}${String(key)}`)).join('');

/** Describes a value in a sentence: "the number 3", "missing". */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return `the number ${value}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : String(value);
}
