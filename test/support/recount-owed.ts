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

/** The section `expected`, by due date. */
export function recountExpected(documents: readonly SettledDocument[], asked: Asked): Fields[] {
  const { asOf } = asked;
  const open = openIn(documents, asked);
  return distinct(open.map(({ currency }) => currency)).map((currency) => {
    const rows = open.filter((row) => row.currency === currency);
    const amount = (of: (row: Stood) => boolean): number =>
      rows.filter(of).reduce((sum, { balance }) => sum + balance, 0);
    const dueFrom = (row: Stood, from: string, to = '9999-12-31'): boolean =>
      row.due !== undefined && row.due >= from && row.due <= to;
    const weeks = Array.from({ length: 13 }, (_, week) => {
      const startDate = addDays(asOf, 7 * week);
      return { startDate, expected: amount((row) => dueFrom(row, startDate, addDays(startDate, 6))) };
    });
    const later = amount((row) => dueFrom(row, addDays(asOf, 91)));
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
      weeks: weeks
        .filter(({ expected }) => expected > 0)
        .map(({ startDate, expected }) => ({ startDate, byDueDay: formatMoney(expected, currency) })),
      ...(later > 0 && { later: { byDueDay: formatMoney(later, currency) } }),
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
