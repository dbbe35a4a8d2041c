/** What an operation of Cognito's administrative API is made of. */

import * as v from 'valibot';
import { AdministrationError } from './administration-error.ts';

/** Takes the parameters as they were sent, and gives the answer. It throws AdministrationError for a refusal. */
export type Operation = (parameters: unknown) => Promise<object>;

type Parameters = v.StrictObjectSchema<v.ObjectEntries, undefined>;

/**
 * An operation that takes these parameters and no others: one that is left unheeded would be worse than a refusal.
 */
export function operation<const Entries extends v.ObjectEntries>(
  entries: Entries,
  run: (parameters: v.InferOutput<v.StrictObjectSchema<Entries, undefined>>) => object | Promise<object>,
): Operation {
  const schema = v.strictObject(entries);
  return async (given) => {
    const checked = v.safeParse(schema as Parameters, given);
    if (!checked.success) {
      const { message, path } = checked.issues[0];
      const where = path?.map(({ key }) => String(key)).join('.') ?? 'the request';
      throw new AdministrationError('InvalidParameterException', `Invalid value at ${where}: ${message}`);
    }
    return run(checked.output as v.InferOutput<v.StrictObjectSchema<Entries, undefined>>);
  };
}

/** Parameters that several operations share. */
export const userPool = { UserPoolId: v.string() };
export const user = { ...userPool, Username: v.pipe(v.string(), v.minLength(1), v.maxLength(128)) };
/** Letters, marks, signs, digits and punctuation of any script; no spaces. */
export const groupName = v.pipe(v.string(), v.maxLength(128), v.regex(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u));

/** The most that a list answers at once. */
const largestPage = 60;
export const pageSize = v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(largestPage)));
export const pageToken = v.optional(v.string());

/**
 * One page of a list.
 * @param token what the page before gave as `next`
 * @param keyOf identifies an item; the list may change between pages, so a position would not
 */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  size: number | undefined,
  token: string | undefined,
): { items: Item[]; next?: string } {
  const ordered = [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const after = token === undefined ? '' : Buffer.from(token, 'base64url').toString();
  const rest = ordered.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, size ?? largestPage);
  const last = page.at(-1);
  if (last === undefined || page.length === rest.length) return { items: page };
  return { items: page, next: Buffer.from(keyOf(last)).toString('base64url') };
}
