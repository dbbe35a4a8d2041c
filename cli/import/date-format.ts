import { addDays, type Day, dayInZone, isDay } from '../../shared/ledger/dates.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import type { DateStyle } from './mapping.ts';
import { remembering } from './text.ts';

/** The text is not a day in the format, but is one with day and month swapped. */
export class OtherOrder extends Refusal {
  override name = 'OtherOrder';
}

/** Reads a date as a file writes it. Throws a `Refusal` for any text that is not a real day in that format. */
export type DateReader = (text: string) => Day;

/** The day that a text stands for; undefined if it is not a day in that format. */
type DayParser = (text: string) => Day | undefined;

/** A time of day after the date, with its zone, is ignored: the day is the one in the file. */
const timeOfDay = String.raw`(?:[T ,]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AP]\.?M\.?)?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?`;

export const isoFormat = 'yyyy-MM-dd';

/**
 * Makes the reader of a date format: such as "dd/MM/yyyy", "M/d/yy" or "d. MMMM yyyy", where month names are English
 * by default; "unix" for seconds since 1970, whose day is in a time zone (default: UTC); "excel" for the
 * days that spreadsheets count. Two-digit years are those of 1969 to 2068, as POSIX has them.
 * @throws {Refusal} when the format does not name a year, a month and a day, each once, or the style has a part that it cannot use.
 */
export function dateReader(style: DateStyle): DateReader {
  const { format, monthNames, timeZone }: Exclude<DateStyle, string> =
    typeof style === 'string' ? { format: style } : style;
  if (timeZone !== undefined && format !== 'unix') {
    throw new Refusal(
      `"timeZone" applies only to the format "unix": with ${JSON.stringify(format)}, the file has the day itself.`,
    );
  }
  if (monthNames !== undefined && !format.includes('MMM')) {
    throw new Refusal(
      `"monthNames" applies only to formats with MMM: ${JSON.stringify(format)} has no month name.`,
    );
  }
  const parse = dayParser(format, monthNames, timeZone);
  const parseReversed = /^[^M]*MM?[^M]*$/.test(format) ? dayParser(reversed(format)) : undefined;
  return remembering((text) => {
    const day = parse(text);
    if (day !== undefined) return day;
    const Failure = parseReversed?.(text) === undefined ? Refusal : OtherOrder;
    throw new Failure(
      `${JSON.stringify(text.slice(0, 40))} is not a day in the format ${format}${otherReadings(text, format)}.`,
    );
  });
}

/** The format with day and month swapped. */
const reversed = (format: string): string =>
  format.replaceAll(/d+|M+/g, (part) => (part.startsWith('d') ? 'MM' : 'dd'));

function dayParser(format: string, language = 'en', timeZone = 'UTC'): DayParser {
  if (format === 'unix') return (text) => unixDay(text, timeZone);
  if (format === 'excel') return excelDay;
  const months = monthsIn(language);
  const pattern = patternOf(format, [...months.keys()]);
  return (text) => {
    const found = pattern.exec(text.normalize())?.groups;
    if (!found) return undefined;
    const { shortYear, year = `${Number(shortYear) >= 69 ? 19 : 20}${shortYear}` } = found;
    const { monthName = '', month = String(months.get(monthKey(monthName))), date = '' } = found;
    const day = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
    return isDay(day) ? day : undefined;
  };
}

function unixDay(text: string, timeZone: string): Day | undefined {
  if (!/^\d{1,11}(\.\d+)?$/.test(text)) return undefined;
  const day = dayInZone(new Date(Number.parseInt(text, 10) * 1000), timeZone);
  return isDay(day) ? day : undefined;
}

/** Day 1 is 1900-01-01. Day 60 never existed. The digits after the point are the time of day. */
function excelDay(text: string): Day | undefined {
  if (!/^\d{1,6}(\.\d+)?$/.test(text)) return undefined;
  const count = Number.parseInt(text, 10);
  if (count < 1 || count === 60) return undefined;
  const day = addDays('1900-01-01', count < 60 ? count - 1 : count - 2);
  return isDay(day) ? day : undefined;
}

/** The names of the months in a language, long and short, alone and in a date, in lowercase. */
function monthsIn(language: string): ReadonlyMap<string, number> {
  const months = new Map<string, number>();
  for (const month of ['long', 'short'] as const) {
    for (const options of [{ month }, { month, day: 'numeric' }] as const) {
      const format = new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' });
      for (let number = 1; number <= 12; number++) {
        const parts = format.formatToParts(Date.UTC(2024, number - 1, 1));
        const name = parts.find(({ type }) => type === 'month')?.value ?? '';
        months.set(monthKey(name), number);
      }
    }
  }
  if (language.startsWith('en')) months.set('sept', 9).set('sep', 9);
  return months;
}

const monthKey = (name: string): string => name.normalize().toLowerCase().replace(/\.$/, '');

/** The pattern of texts in the format, with the groups year or shortYear, month or monthName, and date. */
function patternOf(format: string, monthNames: readonly string[]): RegExp {
  const letters = format.match(/y+|M+|d+/g)?.map(([letter]) => letter);
  if (letters?.sort().join('') !== 'Mdy') throw unknownFormat(format);
  // Without separators, only fixed widths show where the month ends: 2020112 is refused.
  const digits = /^[a-z]+$/i.test(format) ? String.raw`\d{2}` : String.raw`\d{1,2}`;
  const month = `(?<month>${digits})`;
  const date = `(?<date>${digits})`;
  // The longest first: one name may begin another.
  const names = monthNames.toSorted((a, b) => b.length - a.length).map(RegExp.escape);
  const monthName = String.raw`(?<monthName>${names.join('|')})\.?`;
  const parts = new Map([
    ['yyyy', String.raw`(?<year>\d{4})`],
    ['yy', String.raw`(?<shortYear>\d{2})`],
    ['MMMM', monthName],
    ['MMM', monthName],
    ['MM', month],
    ['M', month],
    ['dd', date],
    ['d', date],
  ]);
  const source = format.replaceAll(/y+|M+|d+|./g, (piece) => {
    const part = parts.get(piece);
    if (part === undefined && /[a-z]/i.test(piece)) throw unknownFormat(format);
    return part ?? RegExp.escape(piece);
  });
  return new RegExp(`^${source}${timeOfDay}$`, 'i');
}

const unknownFormat = (format: string): Refusal =>
  new Refusal(
    `${JSON.stringify(format)} is not a date format: expected a year (yyyy or yy), a month (MM, or MMM for names) and a day (dd), such as "dd/MM/yyyy"; or "unix" or "excel".`,
  );

const parserForHints = remembering((format) => dayParser(format));

const commonFormats = ['yyyy-MM-dd', 'dd/MM/yyyy', 'MM/dd/yyyy', 'dd.MM.yyyy', 'dd-MM-yyyy', 'dd-MMM-yy'];

/** What the text would be in other formats: this shows at once that a mapping has day and month swapped. */
function otherReadings(text: string, format: string): string {
  // Numbers of other lengths are days too far in the past or the future.
  const counted = /^\d{5}(\.\d+)?$/.test(text) ? ['excel'] : /^\d{10}$/.test(text) ? ['unix'] : [];
  const readings = [...commonFormats, ...counted].flatMap((other) => {
    const day = other === format ? undefined : parserForHints(other)(text);
    return day === undefined ? [] : [`${day} in the format ${other}`];
  });
  return readings.length > 0 ? ` (it would be ${readings.join(', or ')})` : '';
}
