import { addDays, daysBetween } from '../../shared/ledger/dates.ts';
import { formatMoney } from '../../shared/ledger/money.ts';

/*
 * The reports on what is owed once more, straight from documents and what settled them: no list, index or total of the
 * books, and none of the reports' own code.
 */

type Fields = Record<string, unknown>;

/** A document with everything that ever settled it, in its own currency. */
export interface SettledDocument {
  id: string;
  number?: string;
  partyId?: string;
  party?: string;
  currency: string;
  lifecycle: string;
  writtenOff?: string;
  issued: string;
  due?: string;
  total: number;
  settlements: readonly { date: string; amount: number }[];
}

/** Money that is applied to no document, from its day on. */
export interface Unapplied {
  partyId?: string;
  currency: string;
  amount: number;
}

export interface Asked {
  party: 'customer' | 'supplier';
  asOf: string;
  months: number;
  limit: number;
  partyId?: string;
}

interface Stood extends SettledDocument {
  /** What is owed on the day, and how far it was settled beyond its total. */
  balance: number;
  overpaid: number;
  late: number;
}

/** A document as it stood on a day. */
export function stoodOn(document: SettledDocument, asOf: string): Stood {
  const { lifecycle, writtenOff, total, due, settlements } = document;
  const isIssued =
    lifecycle === 'issued' || (lifecycle === 'written_off' && writtenOff !== undefined && writtenOff > asOf);
  const rest = settlements.reduce((left, { date, amount }) => (date <= asOf ? left - amount : left), total);
  const balance = isIssued && document.issued <= asOf ? Math.max(0, rest) : 0;
  return {
    ...document,
    balance,
    overpaid: isIssued ? Math.max(0, -rest) : 0,
    late: balance > 0 && due !== undefined && due < asOf ? daysBetween(due, asOf) : 0,
  };
}

const agesInOrder = ['not_due', '1-30', '31-60', '61-90', '91+', 'no_due_date'];

const ageOf = ({ due, late }: Stood): string => {
  if (due === undefined) return 'no_due_date';
  if (late === 0) return 'not_due';
  return late > 90 ? '91+' : late > 60 ? '61-90' : late > 30 ? '31-60' : '1-30';
};

const byText = (a = '', b = ''): number => (a < b ? -1 : a > b ? 1 : 0);
const distinct = (texts: Iterable<string>): string[] => [...new Set(texts)].sort();

export const windowOf = ({ asOf, months }: Pick<Asked, 'asOf' | 'months'>) => {
  const [year = 0, month = 1] = asOf.split('-').map(Number);
  return {
    startDate: new Date(Date.UTC(year, month - 1 - months, 1)).toISOString().slice(0, 10),
    endDate: asOf,
  };
};

/** Documents of the party that is asked for, as they stood; those dated later are none yet. */
const stoodAs = (documents: readonly SettledDocument[], { asOf, partyId }: Asked): Stood[] =>
  documents
    .filter((document) => partyId === undefined || document.partyId === partyId)
    .filter(({ issued }) => issued <= asOf)
    .map((document) => stoodOn(document, asOf));

const openIn = (documents: readonly SettledDocument[], asked: Asked): Stood[] =>
  stoodAs(documents, asked).filter(({ balance }) => balance > 0);

const summed = (rows: readonly Stood[], currency: string): Fields => ({
  count: rows.length,
  balance: formatMoney(
    rows.reduce((sum, { balance }) => sum + balance, 0),
    currency,
  ),
});

const agesOf = (rows: readonly Stood[], currency: string): Fields[] =>
  agesInOrder.flatMap((age) => {
    const members = rows.filter((row) => ageOf(row) === age);
    return members.length === 0 ? [] : [{ age, ...summed(members, currency) }];
  });

/** The section `ageing`. */
export function recountAgeing(
  documents: readonly SettledDocument[],
  unapplied: readonly Unapplied[],
  asked: Asked,
): Fields[] {
  const { party, limit } = asked;
  const open = openIn(documents, asked);
  const own = unapplied.filter(({ partyId }) => asked.partyId === undefined || partyId === asked.partyId);
  const held = (currency: string, id?: string): number =>
    own
      .filter((money) => money.currency === currency && (id === undefined || money.partyId === id))
      .reduce((sum, { amount }) => sum + amount, 0);
  const currencies = distinct([
    ...open.map(({ currency }) => currency),
    ...own.flatMap(({ currency }) => (held(currency) === 0 ? [] : [currency])),
  ]);
  return currencies.map((currency) => {
    const rows = open.filter((row) => row.currency === currency);
    const parties = [...Map.groupBy(rows, ({ partyId }) => partyId)].sort(
      ([a, one], [b, other]) =>
        other.reduce((sum, { balance }) => sum + balance, 0) -
          one.reduce((sum, { balance }) => sum + balance, 0) || byText(a, b),
    );
    const others = parties.slice(limit).flatMap(([, members]) => members);
    return {
      currency,
      ...summed(rows, currency),
      unapplied: formatMoney(held(currency), currency),
      ages: agesOf(rows, currency),
      ...(rows.length > 0 && {
        [`${party}s`]: parties.slice(0, limit).map(([id, members]) => {
          const money = id === undefined ? 0 : held(currency, id);
          const [{ party: name } = {}] = members;
          return {
            ...(id !== undefined && { [`${party}Id`]: id }),
            ...(name !== undefined && { [party]: name }),
            ...summed(members, currency),
            ...(money !== 0 && { unapplied: formatMoney(money, currency) }),
            ages: agesOf(members, currency),
          };
        }),
        [`${party}Count`]: parties.length,
        ...(others.length > 0 && { others: summed(others, currency) }),
      }),
    };
  });
}

/** A fraction with one decimal, rounded half away from zero, done with digits. */
function oneDecimal(numerator: bigint, denominator: bigint): string {
  const size = numerator < 0n ? -numerator : numerator;
  const [whole, rest] = [size / denominator, size % denominator];
  const hundredths = (rest * 100n) / denominator;
  const tenths = whole * 10n + hundredths / 10n + (hundredths % 10n >= 5n ? 1n : 0n);
  return `${numerator < 0n && tenths > 0n ? '-' : ''}${tenths / 10n}.${tenths % 10n}`;
}

interface Paid extends Stood {
  toPay: number;
  daysLate: number | undefined;
}

/** What was paid by the day, and since a day of the window. */
function paidIn(documents: readonly SettledDocument[], asked: Asked): Paid[] {
  const { asOf } = asked;
  const { startDate } = windowOf(asked);
  return stoodAs(documents, asked).flatMap((document) => {
    const { lifecycle, writtenOff, total, due, issued } = document;
    const isIssued =
      lifecycle === 'issued' ||
      (lifecycle === 'written_off' && writtenOff !== undefined && writtenOff > asOf);
    const events = document.settlements.filter(({ date }) => date <= asOf);
    const restAfter = (day: string): number =>
      events.reduce((left, { date, amount }) => (date <= day ? left - amount : left), total);
    if (!isIssued || total === 0 || restAfter(asOf) > 0) return [];
    const days = distinct(events.map(({ date }) => date));
    const lastOpen = days.findLastIndex((day) => restAfter(day) > 0);
    const paid = days[lastOpen + 1] as string;
    if (paid < startDate) return [];
    return [
      {
        ...document,
        toPay: daysBetween(issued, paid),
        daysLate: due === undefined ? undefined : daysBetween(due, paid),
      },
    ];
  });
}

const sumBig = (numbers: readonly bigint[]): bigint => numbers.reduce((sum, number) => sum + number, 0n);

function averages(rows: readonly Paid[], daysOf: (row: Paid) => number) {
  const weights = rows.map(({ total }) => BigInt(total));
  const days = rows.map((row) => BigInt(daysOf(row)));
  const amountDays = sumBig(days.map((some, at) => some * (weights[at] ?? 0n)));
  return {
    count: rows.length,
    total: sumBig(weights),
    amountDays,
    weighted: oneDecimal(amountDays, sumBig(weights)),
    sumOfDays: Number(sumBig(days)),
    unweighted: oneDecimal(sumBig(days), BigInt(rows.length)),
  };
}

const medianOf = (days: readonly number[]): number => {
  const ordered = days.toSorted((a, b) => a - b);
  return ordered[Math.ceil(ordered.length / 2) - 1] as number;
};

/** What each party has paid in the window that had a due date. */
const latenessIn = (paid: readonly Paid[]) =>
  [...Map.groupBy(paid, ({ partyId }) => partyId)].flatMap(([partyId, rows]) => {
    const due = rows.filter(({ daysLate }) => daysLate !== undefined);
    return partyId === undefined || due.length === 0 ? [] : [{ partyId, due }];
  });

/** The sections `ratios` and `latePayers`. */
export function recountRatios(documents: readonly SettledDocument[], asked: Asked) {
  const { party, asOf, limit, partyId } = asked;
  const { startDate } = windowOf(asked);
  const open = openIn(documents, asked);
  const paid = paidIn(documents, asked);
  const before = openIn(documents, { ...asked, asOf: addDays(startDate, -1) });
  const issued = stoodAs(documents, asked).filter(
    ({ lifecycle, issued }) => lifecycle !== 'draft' && lifecycle !== 'void' && issued >= startDate,
  );
  const withFigures = distinct(
    [...paid, ...issued, ...(partyId === undefined ? before : [])].map(({ currency }) => currency),
  );
  const currencies = distinct([...withFigures, ...open.map(({ currency }) => currency)]);
  const days = daysBetween(startDate, asOf) + 1;
  const ratios = currencies.map((currency) => {
    const own = <Row extends Stood>(rows: readonly Row[]) => rows.filter((row) => row.currency === currency);
    const amount = (minor: number | bigint) => formatMoney(minor, currency);
    const sum = (rows: readonly Stood[], of: (row: Stood) => number) =>
      rows.reduce((all, row) => all + of(row), 0);
    const owed = sum(own(open), ({ balance }) => balance);
    const sales = sum(own(issued), ({ total }) => total);
    const opening = sum(own(before), ({ balance }) => balance);
    const current = sum(
      own(open).filter((row) => ageOf(row) === 'not_due'),
      ({ balance }) => balance,
    );
    const collectable = opening + sales - current;
    const [all, dated] = [own(paid), own(paid).filter(({ daysLate }) => daysLate !== undefined)];
    const average = (rows: readonly Paid[], daysOf: (row: Paid) => number, none: string) => {
      if (rows.length === 0)
        return { notComputable: `none of the ${asked.party === 'customer' ? 'invoices' : 'bills'} ${none}` };
      const { total, amountDays, ...rest } = averages(rows, daysOf);
      return { ...rest, total: amount(total), amountDays: amount(amountDays) };
    };
    return {
      currency,
      [party === 'customer' ? 'dso' : 'dpo']: {
        simple:
          sales === 0
            ? { notComputable: 'nothing was issued in the window' }
            : {
                days: oneDecimal(BigInt(owed) * BigInt(days), BigInt(sales)),
                owed: amount(owed),
                issued: amount(sales),
                windowDays: days,
              },
        countBack: countBack(owed, own(issued), startDate, asOf, amount),
      },
      ...(party === 'customer' &&
        partyId === undefined && {
          cei:
            collectable <= 0
              ? { notComputable: 'nothing could be collected in the window' }
              : {
                  percent: oneDecimal(BigInt(opening + sales - owed) * 100n, BigInt(collectable)),
                  numerator: amount(opening + sales - owed),
                  denominator: amount(collectable),
                  opening: amount(opening),
                  issued: amount(sales),
                  ending: amount(owed),
                  endingCurrent: amount(current),
                },
        }),
      daysToPay: average(all, ({ toPay }) => toPay, 'was settled in the window'),
      daysLate: average(dated, ({ daysLate = 0 }) => daysLate, 'with a due date was settled in the window'),
    };
  });
  const latePayers = withFigures.map((currency) => {
    const parties = latenessIn(paid.filter((row) => row.currency === currency));
    const entries = parties.map(({ partyId, due }) => {
      const { count, total, amountDays, weighted, unweighted } = averages(
        due,
        ({ daysLate = 0 }) => daysLate,
      );
      const name = due[0]?.party;
      return {
        entry: {
          [`${party}Id`]: partyId,
          ...(name !== undefined && { [party]: name }),
          count,
          total: formatMoney(total, currency),
          lateCount: due.filter(({ daysLate = 0 }) => daysLate > 0).length,
          weighted,
          unweighted,
          median: medianOf(due.map(({ daysLate = 0 }) => daysLate)),
        },
        partyId,
        count,
        amountDays,
        total,
      };
    });
    const ranked = entries
      .filter(({ count, amountDays }) => count >= 5 && amountDays > 0n)
      .sort((a, b) => {
        const [one, other] = [a.amountDays * b.total, b.amountDays * a.total];
        return one > other ? -1 : one < other ? 1 : byText(a.partyId, b.partyId);
      });
    return {
      currency,
      [`${party}s`]: ranked.slice(0, limit).map(({ entry }) => entry),
      [`${party}Count`]: ranked.length,
      onTimeCount: entries.filter(({ count, amountDays }) => count >= 5 && amountDays <= 0n).length,
      tooFewCount: entries.filter(({ count }) => count < 5).length,
    };
  });
  return { ratios, latePayers };
}

/** Days of what was issued that are owed, counted back one month after the other. */
function countBack(
  owed: number,
  issued: readonly Stood[],
  start: string,
  asOf: string,
  amount: (minor: number) => string,
): Fields {
  if (owed === 0) return { days: '0.0', wholeDays: 0 };
  const months = new Map<string, number>();
  for (let day = start; day <= asOf; day = addDays(day, 1)) {
    months.set(day.slice(0, 7), (months.get(day.slice(0, 7)) ?? 0) + 1);
  }
  let wholeDays = 0;
  let left = owed;
  for (const [month, monthDays] of [...months].reverse()) {
    const sales = issued
      .filter((row) => row.issued.startsWith(month))
      .reduce((sum, { total }) => sum + total, 0);
    if (left <= sales) {
      return {
        days: oneDecimal(BigInt(wholeDays) * BigInt(sales) + BigInt(left) * BigInt(monthDays), BigInt(sales)),
        wholeDays,
        month,
        owed: amount(left),
        issued: amount(sales),
        monthDays,
      };
    }
    left -= sales;
    wholeDays += monthDays;
  }
  return { notComputable: 'more is owed than was issued in the window: ask for more months' };
}

/** The section `expected`, by due date and by habit. */
export function recountExpected(documents: readonly SettledDocument[], asked: Asked): Fields[] {
  const { asOf } = asked;
  const open = openIn(documents, asked);
  const paid = paidIn(documents, asked);
  return distinct(open.map(({ currency }) => currency)).map((currency) => {
    const rows = open.filter((row) => row.currency === currency);
    const habits = new Map(
      latenessIn(paid.filter((row) => row.currency === currency)).flatMap(({ partyId, due }) =>
        due.length < 5 ? [] : [[partyId, medianOf(due.map(({ daysLate = 0 }) => daysLate))] as const],
      ),
    );
    const amount = (of: (row: Stood) => boolean): number =>
      rows.filter(of).reduce((sum, { balance }) => sum + balance, 0);
    const planned = ({ late, due }: Stood): boolean => late === 0 && due !== undefined;
    const byDueDay = ({ due = '' }: Stood): string => due;
    const byHabit = ({ due = '', partyId = '' }: Stood): string => {
      const day = addDays(due, habits.get(partyId) ?? 0);
      return day < asOf ? asOf : day;
    };
    const both = (isIn: (day: string) => boolean) => {
      const amounts = [byDueDay, byHabit].map((dayOf) => amount((row) => planned(row) && isIn(dayOf(row))));
      const [due = 0, habit = 0] = amounts;
      return due === 0 && habit === 0
        ? undefined
        : { byDueDay: formatMoney(due, currency), byHabit: formatMoney(habit, currency) };
    };
    const later = both((day) => day >= addDays(asOf, 91));
    return {
      currency,
      overdue: formatMoney(
        amount(({ late }) => late > 0),
        currency,
      ),
      noDueDate: formatMoney(
        amount(({ due }) => due === undefined),
        currency,
      ),
      weeks: Array.from({ length: 13 }, (_, week) => addDays(asOf, 7 * week)).flatMap((startDate) => {
        const expected = both((day) => day >= startDate && day <= addDays(startDate, 6));
        return expected ? [{ startDate, ...expected }] : [];
      }),
      ...(later && { later }),
      withoutHabit: formatMoney(
        amount((row) => planned(row) && !habits.has(row.partyId ?? '')),
        currency,
      ),
    };
  });
}

/** The section `toLookAt`, as numbers and ids alone. */
export function recountCandidates(documents: readonly SettledDocument[], asked: Asked): Fields {
  const { asOf } = asked;
  const { startDate } = windowOf(asked);
  const all = stoodAs(documents, asked);
  const seen = all.filter(({ issued }) => issued >= startDate);
  const counted = seen.filter(({ lifecycle }) => lifecycle !== 'draft' && lifecycle !== 'void');
  const plain = (number: string): string => number.toLowerCase().replace(/^#/, '');
  const alike = (a: Stood, b: Stood): boolean =>
    a.partyId !== undefined && a.partyId === b.partyId && a.currency === b.currency && a.total === b.total;
  const near = (a: Stood, b: Stood): boolean => Math.abs(daysBetween(a.issued, b.issued)) <= 3;
  const numbered = (a: Stood, b: Stood): boolean =>
    a.number !== undefined &&
    b.number !== undefined &&
    plain(a.number) === plain(b.number) &&
    (asked.party === 'customer' || a.partyId === b.partyId);
  const sequences = new Map<string, Set<number>>();
  for (const { number } of seen) {
    const [, prefix, digits] = /^(.*?)(\d+)$/.exec(number === undefined ? '' : plain(number)) ?? [];
    if (prefix === undefined) continue;
    sequences.set(prefix, (sequences.get(prefix) ?? new Set()).add(Number(digits)));
  }
  const gaps = [...sequences.values()].flatMap((numbers) => {
    const ordered = [...numbers].sort((a, b) => a - b);
    return ordered.flatMap((number, at) => {
      const missing = number - (ordered[at - 1] ?? number - 1) - 1;
      return missing > 0 && missing <= 20 ? [missing] : [];
    });
  });
  const drafts = all.filter(
    ({ lifecycle, issued }) => lifecycle === 'draft' && daysBetween(issued, asOf) > 30,
  );
  return {
    lookedAt: seen.length,
    sameNumber: clusters(counted, numbered),
    sameTotal: clusters(
      counted.filter(({ total }) => total > 0),
      (a, b) => alike(a, b) && near(a, b),
    ),
    ...(asked.party === 'customer' && asked.partyId === undefined && { missing: gaps.sort((a, b) => a - b) }),
    overpaid: seen.flatMap(({ id, overpaid }) => (overpaid > 0 ? [id] : [])).sort(),
    noDueDate: all.filter(({ balance, due }) => balance > 0 && due === undefined).length,
    oldDrafts: drafts.length,
  };
}

/** The ids of documents that are connected with each other, of two or more; in a fixed order. */
function clusters(rows: readonly Stood[], connected: (a: Stood, b: Stood) => boolean): string[] {
  const of = new Map(rows.map((row) => [row, new Set([row])]));
  for (const a of rows) {
    for (const b of rows) {
      const [one, other] = [of.get(a), of.get(b)];
      if (a === b || one === other || !one || !other || !connected(a, b)) continue;
      for (const row of other) of.set(row, one.add(row));
    }
  }
  return [...new Set(of.values())]
    .filter(({ size }) => size > 1)
    .map((cluster) =>
      [...cluster]
        .map(({ id }) => id)
        .sort()
        .join(' '),
    )
    .sort();
}
