/*
 * Exact fractions: amounts times days can exceed the range of exact integers.
 */

/** A fraction with a denominator above zero. */
export interface Ratio {
  numerator: bigint;
  denominator: bigint;
}

/** With one decimal, rounded half away from zero: 1/3 is "0.3", -1/4 is "-0.3". */
export function ratioText({ numerator, denominator }: Ratio): string {
  const size = numerator < 0n ? -numerator : numerator;
  const tenths = (size * 20n + denominator) / (2n * denominator);
  const sign = numerator < 0n && tenths > 0n ? '-' : '';
  return `${sign}${tenths / 10n}.${tenths % 10n}`;
}

/** Negative when the first is less, positive when it is more, zero when both are equal. */
export function compareRatios(a: Ratio, b: Ratio): number {
  const [left, right] = [a.numerator * b.denominator, b.numerator * a.denominator];
  return left < right ? -1 : left > right ? 1 : 0;
}
