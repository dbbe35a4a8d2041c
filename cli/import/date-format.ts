import { type Day, isDay } from '../../shared/ledger/dates.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { literalPattern } from './literal-pattern.ts';

/** Reads a date as a file writes it. Throws a `Refusal` for any text that is no real day in that format. */
export type DateReader = (text: string) => Day;

const monthNames = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const monthPattern = monthNames.map((name) => `${name}|${name.slice(0, 3)}`).join('|');

type Part = 'year' | 'shortYear' | 'month' | 'monthName' | 'day';

const parts: Readonly<Record<string, { part: Part; pattern: string }>> = {
  yyyy: { part: 'year', pattern: String.raw`\d{4}` },
  yy: { part: 'shortYear', pattern: String.raw`\d{2}` },
  MMM: { part: 'monthName', pattern: `${monthPattern}|sept` },
  MM: { part: 'month', pattern: String.raw`\d{1,2}` },
  M: { part: 'month', pattern: String.raw`\d{1,2}` },
  dd: { part: 'day', pattern: String.raw`\d{1,2}` },
  d: { part: 'day', pattern: String.raw`\d{1,2}` },
};

/** A time of day after the date, with its zone, is passed over: the day is taken as the file has it. */
const timeOfDay = String.raw`(?:[T ,]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AP]\.?M\.?)?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?`;

export const isoFormat = 'yyyy-MM-dd';

/**
 * Makes the reader of a date format, such as "dd/MM/yyyy", "M/d/yy" or "dd-MMM-yyyy" (English month names).
 * Two-digit years are those of 1969 to 2068, as POSIX has them.
 * @throws {Refusal} when the format does not name a year, a month and a day, each once.
 */
export function dateReader(format: string): DateReader {
  const { pattern, order } = compile(format);
  return (text) => {
    const day = readDay(text, pattern, order);
    if (day !== undefined) return day;
    throw new Refusal(
      `${JSON.stringify(text.slice(0, 40))} is no day written ${format}${otherReadings(text, format)}.`,
    );
  };
}

function compile(format: string): { pattern: RegExp; order: Part[] } {
  const order: Part[] = [];
  // Without separators only fixed widths tell where the month ends: 2020112 is refused.
  const digits = /^[a-z]+$/i.test(format) ? '{2}' : '{1,2}';
  const source = format.replaceAll(/yyyy|yy|MMM|MM|M|dd|d|./g, (piece) => {
    const known = Object.hasOwn(parts, piece) ? parts[piece] : undefined;
    if (known) {
      order.push(known.part);
      return `(${known.pattern.replace('{1,2}', digits)})`;
    }
    if (/[a-z]/i.test(piece)) throw unknownFormat(format);
    return literalPattern(piece);
  });
  const kinds = order.map((part) => (part === 'shortYear' ? 'year' : part === 'monthName' ? 'month' : part));
  if ([...kinds].sort().join() !== 'day,month,year') throw unknownFormat(format);
  return { pattern: new RegExp(`^${source}${timeOfDay}$`, 'i'), order };
}

const unknownFormat = (format: string): Refusal =>
  new Refusal(
    `${JSON.stringify(format)} is no date format: expected a year (yyyy or yy), a month (MM, or MMM for names) and a day (dd), such as "dd/MM/yyyy".`,
  );

function readDay(text: string, pattern: RegExp, order: readonly Part[]): Day | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  let [year, month, date] = ['', '', ''];
  order.forEach((part, at) => {
    const found = match[at + 1] ?? '';
    if (part === 'year') year = found;
    else if (part === 'shortYear') year = `${Number(found) >= 69 ? 19 : 20}${found}`;
    else if (part === 'month') month = found;
    else if (part === 'monthName') month = String(monthNumber(found));
    else date = found;
  });
  const day = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  return isDay(day) ? day : undefined;
}

const monthNumber = (name: string): number =>
  monthNames.findIndex((month) => month.startsWith(name.toLowerCase().slice(0, 3))) + 1;

const commonFormats = ['yyyy-MM-dd', 'dd/MM/yyyy', 'MM/dd/yyyy', 'dd.MM.yyyy', 'dd-MM-yyyy', 'dd-MMM-yy'];

/** What the text would be in other formats: it helps to see at once that a mapping has day and month reversed. */
function otherReadings(text: string, format: string): string {
  const readings = commonFormats.flatMap((other) => {
    if (other === format) return [];
    const { pattern, order } = compile(other);
    const day = readDay(text, pattern, order);
    return day === undefined ? [] : [`${day} if written ${other}`];
  });
  return readings.length > 0 ? ` (it would be ${readings.join(', or ')})` : '';
}
