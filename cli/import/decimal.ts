/** An exact decimal number: `units` divided by ten to the power of `decimals`. */
export interface Decimal {
  units: bigint;
  decimals: number;
}

export const zero: Decimal = { units: 0n, decimals: 0 };

/** Reads a plain decimal such as "-1234.50". */
export function parseDecimal(plain: string): Decimal {
  const [whole = '', fraction = ''] = plain.split('.');
  return { units: BigInt(whole + fraction), decimals: fraction.length };
}

/** Writes a plain decimal with all its decimals: { units: -5n, decimals: 2 } is "-0.05". */
export function writeDecimal({ units, decimals }: Decimal): string {
  const digits = String(units < 0n ? -units : units).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals);
  return `${units < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
}

export function add(a: Decimal, b: Decimal): Decimal {
  const decimals = Math.max(a.decimals, b.decimals);
  return { units: scaled(a, decimals) + scaled(b, decimals), decimals };
}

export const negate = ({ units, decimals }: Decimal): Decimal => ({ units: -units, decimals });

export const multiply = (a: Decimal, b: Decimal): Decimal => ({
  units: a.units * b.units,
  decimals: a.decimals + b.decimals,
});

/** The number with at most so many decimals; a half is rounded away from zero, as invoices are. */
export function round(value: Decimal, decimals: number): Decimal {
  if (value.decimals <= decimals) return value;
  const divisor = 10n ** BigInt(value.decimals - decimals);
  const half = value.units < 0n ? -divisor / 2n : divisor / 2n;
  return { units: (value.units + half) / divisor, decimals };
}

export const signOf = ({ units }: Decimal): -1 | 0 | 1 => (units === 0n ? 0 : units < 0n ? -1 : 1);

const scaled = ({ units, decimals }: Decimal, to: number): bigint => units * 10n ** BigInt(to - decimals);
