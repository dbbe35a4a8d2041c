import * as z from 'zod';
import { isCurrency } from '../../../shared/ledger/currencies.ts';
import { type Day, isDay } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';

/*
 * The types of the tools' arguments. Every message says what was expected, so that the next call can be correct;
 * the registry puts the argument's name before it.
 */

const dayExpected =
  'expected an existing date in the format YYYY-MM-DD between 1900 and 2199, such as 2026-03-31';

/** A day of the calendar. */
export const day = z.string(dayExpected).refine(isDay, dayExpected).meta({ format: 'date' });

const longestText = 200;
const textExpected = `expected text of 1 to ${longestText} characters`;
/** Line breaks and tabs may be in names, and so in answers. */
const unprintable = /(?![\n\t])[\p{Cc}\p{Cs}]/u;

/** A name, an id or words to look for. */
export const text = z
  .string(textExpected)
  .refine(
    (value) => value.trim() !== '' && value.length <= longestText && !unprintable.test(value),
    `${textExpected}, without control characters`,
  );

/** A whole number in a range; `expected` says which. */
const whole = (minimum: number, maximum: number, expected: string) =>
  z.number(expected).int(expected).min(minimum, expected).max(maximum, expected);

/** How many rows to return; 0 for totals and groups alone. */
export const limit = whole(0, 100, 'expected a whole number from 0 to 100 (default: 25)').default(25);

/** How many parties a report shows in each of its lists. */
export const mostShown = whole(0, 100, 'expected a whole number from 0 to 100 (default: 10)').default(10);

/** How many months before that of the as-of day a window begins. */
export const windowMonths = whole(
  1,
  60,
  'expected a whole number of months from 1 to 60 (default: 12)',
).default(12);

/** How many days at least. */
export const wholeDays = whole(1, 36_500, 'expected a whole number of days from 1 to 36500');

const amountExpected = 'expected a non-negative decimal string such as "250.00"';

/** An amount, in whichever currency it is compared with. */
export const amount = z
  .string(amountExpected)
  .refine((value) => /^\d{1,15}(\.\d{1,4})?$/.test(value), amountExpected);

const currencyExpected = 'expected an ISO 4217 code such as USD, EUR or JPY';

/** A currency code, in capitals as in the standard. */
export const currency = z.string(currencyExpected).refine(isCurrency, {
  error: ({ input }) => {
    const capitals = String(input).trim().toUpperCase();
    return isCurrency(capitals) ? `expected the code in capitals: ${capitals}` : currencyExpected;
  },
});

/** The `nextCursor` of an earlier answer; `pageStart` validates its content. */
export const cursor = z.string('expected the nextCursor of an earlier answer');

/** One of a fixed list of words. */
export const oneOf = <const Options extends readonly string[]>(options: Options) =>
  z.enum(options, `expected one of ${options.join(', ')}`);

/** Some of a fixed list of words. */
export function someOf<const Options extends readonly string[]>(options: Options) {
  const expected = `expected a list with any of ${options.join(', ')}`;
  return z.array(z.enum(options, expected), expected).min(1, expected);
}

/** @throws {Refusal} when a range of days runs backwards; `names` are the names of its ends. */
export function assertInOrder(
  start: Day | undefined,
  end: Day | undefined,
  names: readonly [string, string] = ['startDate', 'endDate'],
): void {
  if (start !== undefined && end !== undefined && start > end) {
    const [first, last] = names;
    throw new Refusal(`${first} ${start} is after ${last} ${end}: expected ${first} on or before ${last}.`);
  }
}

/** @throws {Refusal} when a period has not begun on the as-of day. */
export function assertBegun(start: Day, asOf: Day): void {
  if (start <= asOf) return;
  throw new Refusal(
    `The period starts on ${start}, after asOf ${asOf}: expected a period that starts on or before asOf.`,
  );
}

/** The period as lists filter by it: an end that is left open is not there. */
export const periodOf = (start: Day | undefined, end: Day | undefined): { start?: Day; end?: Day } => ({
  ...(start !== undefined && { start }),
  ...(end !== undefined && { end }),
});
