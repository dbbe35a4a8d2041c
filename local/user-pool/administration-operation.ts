/** The parts of an operation of Cognito's administrative API. */

import * as z from 'zod';
import { AdministrationError } from './administration-error.ts';

/** Takes the parameters as sent, and returns the answer. @throws AdministrationError for a refusal */
export type Operation = (parameters: unknown) => Promise<object>;

/**
 * An operation that accepts these parameters and no others: ignoring a parameter would be worse than a refusal.
 */
export function operation<const Shape extends z.ZodRawShape>(
  shape: Shape,
  run: (parameters: z.output<z.ZodObject<Shape, z.core.$strict>>) => object | Promise<object>,
): Operation {
  const schema = z.strictObject(shape);
  return async (given) => {
    const checked = schema.safeParse(given);
    if (!checked.success) {
      const [issue] = checked.error.issues;
      const where = issue?.path.join('.') || 'the request';
      throw new AdministrationError(
        'InvalidParameterException',
        `Invalid value at ${where}: ${issue?.message}`,
      );
    }
    return run(checked.data);
  };
}

/** Parameters that several operations share. */
export const userPool = { UserPoolId: z.string() };
export const user = { ...userPool, Username: z.string().min(1).max(128) };
/** Letters, marks, signs, digits and punctuation of any script; no spaces. */
export const groupName = z
  .string()
  .max(128)
  .regex(/^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u);

/** The largest page of a list. */
const largestPage = 60;
export const pageSize = z.number().int().min(1).max(largestPage).optional();
export const pageToken = z.string().optional();

/**
 * One page of a list.
 * @param token the `next` of the previous page
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
