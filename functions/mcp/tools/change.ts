import { addMinor, formatMoney, type Minor } from '../../../shared/ledger/money.ts';
import type { Fields } from './stated.ts';

/** How an amount differs from an earlier one; `percent` is absent where the earlier one is zero. */
export function changeFields(now: Minor, before: Minor, currency: string): Fields {
  const change = addMinor(now, -before);
  return {
    previous: formatMoney(before, currency),
    change: formatMoney(change, currency),
    ...(before !== 0 && { percent: percentText(change, Math.abs(before)) }),
  };
}

/**
 * A part of a positive whole in percent with one decimal, rounded half away from zero: (1, 3) is "33.3".
 * Computed with BigInt: amounts times a thousand can exceed the range of exact integers.
 */
export function percentText(part: Minor, whole: Minor): string {
  const [doubled, divisor] = [BigInt(Math.abs(part)) * 2000n, BigInt(whole)];
  const tenths = (doubled + divisor) / (2n * divisor);
  const sign = part < 0 && tenths > 0n ? '-' : '';
  return `${sign}${tenths / 10n}.${tenths % 10n}`;
}
