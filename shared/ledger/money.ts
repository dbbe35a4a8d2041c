import { quote } from '../text.ts';
import { decimalsOf } from './currencies.ts';
import { Refusal } from './errors.ts';

/** An amount in minor units of some currency: 1234.50 USD is 123450, 500 JPY is 500. Always a safe integer. */
export type Minor = number;

const plainDecimal = /^(-?)(\d{1,15})(?:\.(\d+))?$/;

/**
 * Reads a plain decimal such as "1234.50" or "-3" into minor units of the currency.
 * Trailing zeros beyond the currency's decimals are accepted; other digits there are refused, never rounded.
 * @throws {Refusal} when the text is not a plain decimal, has too many decimals, or is too large to be exact.
 */
export function parseMoney(text: string, currency: string): Minor {
  const decimals = decimalsOf(currency);
  const match = plainDecimal.exec(text);
  if (!match) {
    throw new Refusal(`${quote(text)} is not an amount: expected a plain decimal such as "1234.50" or "-3".`);
  }
  const [, sign, whole = '0', fraction = ''] = match;
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > decimals) {
    throw new Refusal(`${quote(text)} has more decimals than ${currency} has (${decimals}).`);
  }
  const minor = Number(whole + significant.padEnd(decimals, '0'));
  if (!Number.isSafeInteger(minor)) throw new Refusal(`${quote(text)} ${currency} is too large an amount.`);
  return sign && minor !== 0 ? -minor : minor;
}

/**
 * Writes minor units as a decimal string with all decimals of the currency: 123450 USD is "1234.50". What is not an
 * amount itself, such as one times days, may be too large for a number.
 */
export function formatMoney(minor: Minor | bigint, currency: string): string {
  const decimals = decimalsOf(currency);
  const digits = String(minor < 0 ? -minor : minor).padStart(decimals + 1, '0');
  const sign = minor < 0 ? '-' : '';
  if (decimals === 0) return sign + digits;
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/**
 * The sum of two amounts of one currency.
 * @throws {RangeError} when the sum can no longer be represented exactly; a wrong figure is worse than none.
 */
export function addMinor(a: Minor, b: Minor): Minor {
  const sum = a + b;
  if (!Number.isSafeInteger(sum)) throw new RangeError('An amount left the range of exact integers.');
  return sum;
}

const amountDigits = 20;
const finestDecimals = 4;

/** A decimal amount as a text that sorts by value, whatever its currency; negative amounts sort first. */
export function sortableAmount(decimal: string): string {
  const negative = decimal.startsWith('-');
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const digits = `${whole}${fraction.slice(0, finestDecimals).padEnd(finestDecimals, '0')}`.padStart(
    amountDigits,
    '0',
  );
  // Nines' complement, so that the more negative amount sorts first.
  return negative ? `-${digits.replace(/\d/g, (digit) => String(9 - Number(digit)))}` : `=${digits}`;
}

/** Minor units as a text that sorts by value; the sign in front sorts negative ones first. */
export const sortableMinor = (amount: Minor): string =>
  amount < 0
    ? `-${String(Number.MAX_SAFE_INTEGER + amount).padStart(16, '0')}`
    : `=${String(amount).padStart(16, '0')}`;
