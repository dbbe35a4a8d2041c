import * as v from 'valibot';
import { isCurrency } from '../../../shared/ledger/currencies.ts';
import { type Day, isDay } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';

/*
 * The kinds of arguments that tools take. Every message says what was expected, so that the next call can be right;
 * the registry puts the argument's name before it.
 */

const dayExpected = 'expected a real calendar day written YYYY-MM-DD, such as 2026-03-31';

/** A day of the calendar. */
export const day = v.pipe(v.string(dayExpected), v.check(isDay, dayExpected), v.metadata({ format: 'date' }));

const longestText = 200;
const textExpected = `expected a text of 1 to ${longestText} characters`;
const unprintable = /[\p{Cc}\p{Cs}]/u;

/** A name, an id or words to look for. */
export const text = v.pipe(
  v.string(textExpected),
  v.check(
    (value) => value.trim() !== '' && value.length <= longestText && !unprintable.test(value),
    `${textExpected}, without control characters`,
  ),
);

const limitExpected = 'expected a whole number from 1 to 100 (25 when left out)';

/** How many rows to answer. */
export const limit = v.exactOptional(
  v.pipe(
    v.number(limitExpected),
    v.integer(limitExpected),
    v.minValue(1, limitExpected),
    v.maxValue(100, limitExpected),
  ),
  25,
);

const daysExpected = 'expected a whole number of days from 1 to 36500';

/** How many days at least. */
export const wholeDays = v.pipe(
  v.number(daysExpected),
  v.integer(daysExpected),
  v.minValue(1, daysExpected),
  v.check((days) => days <= 36_500, daysExpected),
);

const amountExpected = 'expected a decimal text that is not negative, such as "250.00"';

/** An amount, in whichever currency it is compared with. */
export const amount = v.pipe(
  v.string(amountExpected),
  v.check((value) => /^\d{1,15}(\.\d{1,4})?$/.test(value), amountExpected),
);

const currencyExpected = 'expected an ISO 4217 code such as USD, EUR or JPY';

/** A currency's code; in capitals, as the standard writes it. */
export const currency = v.pipe(
  v.string(currencyExpected),
  v.check(isCurrency, ({ input }) => {
    const capitals = input.trim().toUpperCase();
    return isCurrency(capitals) ? `expected the code in capitals: ${capitals}` : currencyExpected;
  }),
);

/** The `nextCursor` of an earlier answer; what is in it is judged by `pageStart`. */
export const cursor = v.string('expected the nextCursor of an earlier answer');

/** One of a fixed list of words. */
export const oneOf = <const Options extends readonly string[]>(options: Options) =>
  v.picklist(options, `expected one of ${options.join(', ')}`);

/** @throws {Refusal} when a range of days runs backwards. */
export function assertInOrder(startDate: Day | undefined, endDate: Day | undefined): void {
  if (startDate !== undefined && endDate !== undefined && startDate > endDate) {
    throw new Refusal(
      `startDate ${startDate} is after endDate ${endDate}: expected startDate on or before endDate.`,
    );
  }
}
