import { Refusal } from './errors.ts';

/** A calendar day of the business, ISO 8601: "2026-11-21". Days compare and sort as strings. */
export type Day = string;

/** Sorts after every real day; represents "no due date" in keys. */
export const noDay: Day = '9999-12-31';

const msPerDay = 86_400_000;
const dayShape = /^\d{4}-\d{2}-\d{2}$/;

/** Whether the text is a real calendar day between 1900 and 2200 written YYYY-MM-DD. */
export function isDay(text: string): boolean {
  if (!dayShape.test(text) || text < '1900' || text >= '2200') return false;
  const [year = 0, month = 0, date = 0] = text.split('-').map(Number);
  if (month < 1 || month > 12) return false;
  return date >= 1 && date <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The day that lies `count` days after (or before, when negative). */
export const addDays = (day: Day, count: number): Day =>
  new Date(Date.parse(`${day}T00:00:00Z`) + count * msPerDay).toISOString().slice(0, 10);

/** The earlier one of two days. */
export const earlierOf = (a: Day, b: Day): Day => (a < b ? a : b);

/** Whole days from one day to another; negative when `to` is earlier. */
export const daysBetween = (from: Day, to: Day): number =>
  (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / msPerDay;

/** The same day of the month `count` months later, or the month's last day where it has no such day. */
export function addMonths(day: Day, count: number): Day {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const first = new Date(Date.UTC(year, month - 1 + count, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(date, last));
  return first.toISOString().slice(0, 10);
}

/** First day of the month that the day is in. */
export const startOfMonth = (day: Day): Day => `${day.slice(0, 7)}-01`;

/** Last day of the month that the day is in. */
export const endOfMonth = (day: Day): Day => addDays(addMonths(startOfMonth(day), 1), -1);

/** The Monday of the week that the day is in (ISO 8601 weeks). */
export function startOfWeek(day: Day): Day {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(day, -weekday);
}

/**
 * The day on which an instant falls in a time zone.
 * @throws {Refusal} when the zone is not an IANA name known to this runtime.
 */
export function dayInZone(instant: Date, timeZone: string): Day {
  try {
    return dayFormat(timeZone).format(instant);
  } catch {
    throw new Refusal(
      `Unknown time zone ${JSON.stringify(timeZone)}: expected an IANA name such as Europe/Zurich.`,
    );
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Building a format costs far more than using it, and an organization's zone does not change between calls. */
function dayFormat(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** Whether the text is the IANA name of a time zone. */
export function isTimeZone(zone: string): boolean {
  // Intl also accepts offsets such as "+01:00", which have no daylight saving time.
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
