/* How values are written for a person. Amounts stay the texts that they are: no float ever holds one. */

export interface Formats {
  /** An amount such as `1662.74`, with all of its decimals; as it is where it is no amount or has no known currency. */
  money(amount: string, currency: string): string;
  count(count: number): string;
  /** A number such as `42.5`, with all of its decimals; as it is where it is none. */
  decimal(number: string): string;
  /** A change such as `-33.3`, with its sign. */
  percent(percent: string): string;
  /** A day `YYYY-MM-DD`, or a month `YYYY-MM`; any other text as it is. */
  day(day: string): string;
}

const decimal = /^-?\d+(?:\.(\d+))?$/;

/** @param locale BCP 47; the browser's own where it is left out or unknown */
export function formatsFor(locale?: string): Formats {
  const language = isKnown(locale) ? locale : undefined;
  const counts = new Intl.NumberFormat(language);
  const formatOf = new Map<string, Intl.NumberFormat>();

  /** Intl reads decimal texts exactly; the types of TypeScript say so of literals only. */
  const exactly = (format: Intl.NumberFormat, text: string): string => format.format(text as `${number}`);

  function moneyFormat(currency: string, digits: number): Intl.NumberFormat {
    const key = `${currency} ${digits}`;
    const known = formatOf.get(key);
    if (known) return known;
    const format = new Intl.NumberFormat(language, {
      style: 'currency',
      currency,
      // The books know how many decimals an amount has.
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    formatOf.set(key, format);
    return format;
  }

  function dateOf(day: string): string {
    const [, year, month, date] = /^(\d{4})-(\d\d)(?:-(\d\d))?$/.exec(day) ?? [];
    const time = Date.UTC(Number(year), Number(month) - 1, Number(date ?? 1));
    // A day that the calendar does not have would be written as another.
    if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(day)) return day;
    const parts = date ? ({ dateStyle: 'medium' } as const) : ({ year: 'numeric', month: 'short' } as const);
    return new Intl.DateTimeFormat(language, { timeZone: 'UTC', ...parts }).format(time);
  }

  return {
    money(amount, currency) {
      const digits = decimal.exec(amount)?.[1]?.length ?? 0;
      if (!decimal.test(amount) || !/^[A-Z]{3}$/.test(currency)) return `${amount} ${currency}`.trim();
      return exactly(moneyFormat(currency, digits), amount);
    },
    count: (count) => counts.format(count),
    decimal(number) {
      if (!decimal.test(number)) return number;
      const digits = decimal.exec(number)?.[1]?.length ?? 0;
      return exactly(new Intl.NumberFormat(language, { minimumFractionDigits: digits }), number);
    },
    percent(percent) {
      if (!decimal.test(percent)) return percent;
      const format = new Intl.NumberFormat(language, {
        style: 'unit',
        unit: 'percent',
        minimumFractionDigits: 1,
        signDisplay: 'exceptZero',
      });
      return exactly(format, percent);
    },
    day: dateOf,
  };
}

function isKnown(locale: string | undefined): boolean {
  try {
    return locale !== undefined && Intl.NumberFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    return false;
  }
}

/** An amount as a length: for drawing alone. */
export function lengthOf(amount: unknown): number {
  const length = Math.abs(Number(amount));
  return Number.isFinite(length) ? length : 0;
}

export const isNegative = (amount: unknown): boolean => String(amount).startsWith('-');
