import { addDays, addMonths, type Day, daysBetween, earlierOf, isDay } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';
import { addMinor, formatMoney, type Minor } from '../../../shared/ledger/money.ts';
import { comparedPeriod, type Period } from '../../../shared/ledger/periods.ts';
import { ratioText } from '../../../shared/ledger/ratio.ts';
import { lessQuantity } from '../../../shared/ledger/sold.ts';
import { compareTexts } from '../../../shared/text.ts';
import { assertBegun } from './arguments.ts';
import { countThatFits, type Fields, stated } from './fields.ts';
import { type GroupEntry, type GroupLayout, groupFields, keyFields } from './groups.ts';

/*
 * Figures of a period beside those of an earlier one: which days are compared, and how the figures differ.
 */

export const comparisons = ['previous_period', 'previous_year'] as const;
export type Comparison = (typeof comparisons)[number];

export interface ComparedDays extends Period {
  /** Cut to as much as has passed of the period itself. */
  partial: boolean;
}

/**
 * The days to compare with. While the period is not over, as much of the other one as has passed: as many days of the
 * previous period, or the same dates of the previous year.
 */
export function comparedDays(period: Period, comparison: Comparison, asOf: Day): ComparedDays {
  const whole = comparedPeriod(period, comparison);
  if (asOf >= period.end) return { ...whole, partial: false };
  const end =
    comparison === 'previous_year'
      ? addMonths(asOf, -12)
      : addDays(whole.start, daysBetween(period.start, asOf));
  return end < whole.end ? { start: whole.start, end, partial: true } : { ...whole, partial: false };
}

/** Each 29 February of a period: the year before and the year after have none. */
function leapDaysIn({ start, end }: Period): Day[] {
  const [first, last] = [Number(start.slice(0, 4)), Number(end.slice(0, 4))];
  return Array.from({ length: last - first + 1 }, (_, at) => `${first + at}-02-29`).filter(
    (day) => isDay(day) && day >= start && day <= end,
  );
}

/** The days compared with, as an answer states them. */
export const comparedWithFields = (
  counted: Period,
  { start, end, partial }: ComparedDays,
  comparison: Comparison,
): Fields => ({
  startDate: start,
  endDate: end,
  ...stated({
    partial,
    leapDays: comparison === 'previous_year' && [
      ...new Set([...leapDaysIn({ start, end }), ...leapDaysIn(counted)]),
    ],
  }),
});

/** How an amount differs from an earlier one; `percent` is absent where the earlier one is zero. */
export function changeFields(now: Minor, before: Minor, currency: string): Fields {
  const change = addMinor(now, -before);
  return {
    previous: formatMoney(before, currency),
    change: formatMoney(change, currency),
    ...(before !== 0 && { percent: percentText(change, Math.abs(before)) }),
  };
}

/** How a number of documents differs from an earlier one. */
export const countChange = (now: number, before: number): Fields => ({
  previous: before,
  change: now - before,
});

/** A part of a positive whole in percent with one decimal, rounded half away from zero: (1, 3) is "33.3". */
export const percentText = (part: Minor, whole: Minor): string =>
  ratioText({ numerator: BigInt(part) * 100n, denominator: BigInt(whole) });

/** What a list is compared with. */
export interface ListComparison {
  comparison: Comparison;
  /** The days of the list itself, up to the as-of day. */
  counted: Period;
  earlier: ComparedDays;
}

interface AskedComparison {
  compareTo?: Comparison;
  groupBy?: string;
  startDate?: Day;
  endDate?: Day;
}

/**
 * The days of a list and those to compare them with; undefined where no comparison is asked for.
 * @param comparable the groups that mean the same in both periods
 * @throws {Refusal} without days or such groups, or when the period has not begun on the as-of day
 */
export function listComparison(
  { compareTo, groupBy, startDate, endDate }: AskedComparison,
  comparable: readonly string[],
  asOf: Day,
): ListComparison | undefined {
  if (compareTo === undefined) return undefined;
  if (startDate === undefined || endDate === undefined) {
    const missing = Object.entries({ startDate, endDate }).filter(([, given]) => given === undefined);
    throw new Refusal(
      `compareTo is given without ${missing.map(([name]) => name).join(' and ')}: expected both, the first and the last day of the period.`,
    );
  }
  if (groupBy === undefined || !comparable.includes(groupBy)) {
    throw new Refusal(
      `compareTo is given ${groupBy === undefined ? 'without groupBy' : `with groupBy ${groupBy}`}: expected groupBy to be one of ${comparable.join(', ')}.`,
    );
  }
  assertBegun(startDate, asOf);
  const period = { start: startDate, end: endDate };
  return {
    comparison: compareTo,
    counted: { start: startDate, end: earlierOf(endDate, asOf) },
    earlier: comparedDays(period, compareTo, asOf),
  };
}

/** A sum, with that of the earlier period where periods are compared. */
export type Compared<Sum> = Sum & { earlier?: Sum };

/** The sums of both periods by group and currency: one that only one of them has is zero in the other. */
export function besideEarlier<Sum extends GroupEntry>(
  now: readonly Sum[],
  before: readonly Sum[] | undefined,
): Compared<Sum>[] {
  if (!before) return [...now];
  const placeOf = ({ key, currency }: GroupEntry) => JSON.stringify([currency, key]);
  const earlier = new Map(before.map((sum) => [placeOf(sum), sum]));
  const current = new Set(now.map(placeOf));
  return [
    ...now.map((sum) => ({ ...sum, earlier: earlier.get(placeOf(sum)) ?? zeroOf(sum) })),
    ...before.filter((sum) => !current.has(placeOf(sum))).map((sum) => ({ ...zeroOf(sum), earlier: sum })),
  ];
}

/** Zero of every figure, in the group and currency of a sum; without what is only a part of it. */
const zeroOf = <Sum extends GroupEntry>(sum: Sum): Sum =>
  Object.fromEntries(
    Object.entries(sum).flatMap(([name, value]: [string, unknown]) => {
      if (typeof value === 'number') return [[name, 0]];
      if (name === 'quantity') return [[name, '0']];
      return typeof value === 'object' ? [] : [[name, value]];
    }),
  ) as unknown as Sum;

/** The fields of a sum and, where it is compared, how each of its figures changed. */
export const comparedFields =
  <Sum extends GroupEntry>(fields: (sum: Sum) => Fields) =>
  (sum: Compared<Sum>): Fields => ({
    ...fields(sum),
    ...(sum.earlier && { changes: changesOf(sum, sum.earlier) }),
  });

/** How each figure differs from the earlier one; without those that are zero in both periods. */
function changesOf(now: GroupEntry, before: GroupEntry): Fields {
  const earlier = new Map<string, unknown>(Object.entries(before));
  return Object.fromEntries(
    Object.entries(now).flatMap(([name, value]: [string, unknown]) => {
      const previous = earlier.get(name);
      if (name === 'quantity' && typeof value === 'string' && typeof previous === 'string') {
        return value === '0' && previous === '0'
          ? []
          : [[name, { previous, change: lessQuantity(value, previous) }]];
      }
      if (typeof value !== 'number' || typeof previous !== 'number' || (value === 0 && previous === 0))
        return [];
      return [
        [name, name === 'count' ? countChange(value, previous) : changeFields(value, previous, now.currency)],
      ];
    }),
  );
}

/** The most changes that are listed of each currency. */
export const mostChanges = 5;

/** Of books with very many currencies, only the first changes are listed: groups and rows need the room. */
const mostBytes = 10_000;

/**
 * The groups whose amounts changed the most, up or down, by currency and in this order.
 * @param by what they are grouped by
 */
export function largestChanges<Sum extends GroupEntry>(
  groups: readonly Compared<Sum>[],
  by: string,
  amount: (sum: Sum) => Minor,
): Fields[] {
  const changes = groups.flatMap((group) => {
    if (!group.earlier) return [];
    const [now, before] = [amount(group), amount(group.earlier)];
    const size = Math.abs(addMinor(now, -before));
    return size === 0 ? [] : [{ group, now, before, size }];
  });
  const byCurrency = Map.groupBy(changes, ({ group }) => group.currency);
  const listed = [...byCurrency]
    .sort(([a], [b]) => compareTexts(a, b))
    .flatMap(([currency, ofCurrency]) =>
      ofCurrency
        .sort((a, b) => b.size - a.size || compareTexts(a.group.key ?? '', b.group.key ?? ''))
        .slice(0, mostChanges)
        .map(({ group, now, before }) => ({
          ...stated(keyFields(group, by)),
          currency,
          amount: formatMoney(now, currency),
          ...changeFields(now, before, currency),
        })),
    );
  return listed.slice(0, countThatFits(listed, [], mostBytes));
}

/** As much of a page as is compared. */
interface SumsOfPage<Total, Group> {
  totals?: Total[];
  groups?: Group[];
}

/** A page with the sums of the earlier period beside its own, or the reason why that has none. */
type ComparedPage<P> =
  P extends SumsOfPage<infer Total, infer Group>
    ? Omit<P, 'totals' | 'groups'> & SumsOfPage<Compared<Total>, Compared<Group>> & { earlierAbsent?: string }
    : never;

/** The rows of a list that are read at once. */
interface Part {
  limit: number;
  after?: string;
}

/**
 * Reads pages with the sums of the earlier period beside their own, where periods are compared.
 * @param read reads a page of the list, of these days where some are given
 */
export function comparedPages<P extends SumsOfPage<GroupEntry, GroupEntry> & { totalsAbsent?: string }>(
  comparison: ListComparison | undefined,
  read: (part: Part, days: Partial<Period>) => Promise<P>,
): (part: Part) => Promise<ComparedPage<P>> {
  // They are the same for every page that is read.
  let earlier: Promise<P> | undefined;
  return async (part) => {
    if (!comparison) return (await read(part, {})) as unknown as ComparedPage<P>;
    const { start, end } = comparison.earlier;
    earlier ??= read({ limit: 0 }, { start, end });
    const [now, before] = await Promise.all([read(part, comparison.counted), earlier]);
    return {
      ...now,
      ...(now.totals && { totals: besideEarlier(now.totals, before.totals) }),
      ...(now.groups && { groups: besideEarlier(now.groups, before.groups) }),
      ...(before.totalsAbsent !== undefined && { earlierAbsent: before.totalsAbsent }),
    } as unknown as ComparedPage<P>;
  };
}

/** How groups that are compared become fields of an answer: their own, and what changed the most. */
export function comparedGroupFields<Group extends GroupEntry>(
  { groups, earlierAbsent }: { groups?: Compared<Group>[] | undefined; earlierAbsent?: string | undefined },
  comparison: ListComparison | undefined,
  { by, total, amount }: GroupLayout<Group>,
): Fields {
  return {
    ...(comparison && {
      countedThrough: comparison.counted.end,
      comparedWith: {
        ...comparedWithFields(comparison.counted, comparison.earlier, comparison.comparison),
        ...stated({ totalsAbsent: earlierAbsent }),
      },
      ...(groups && !earlierAbsent && { largestChanges: largestChanges(groups, by, amount) }),
    }),
    ...groupFields(groups, { by, total: comparedFields(total), amount }),
  };
}
