import { addMinor, formatMoney } from '../ledger/money.ts';
import { addTally, measuresOf, type Tally, tallyExpense } from '../ledger/tally.ts';
import { type Books, beingChanged } from './books.ts';
import { filedNames, sortableAmount } from './entries.ts';
import { type ExpenseName, isNamed, matchedNames, type NameFilter, namesMeant } from './expense-names.ts';
import { sortKey } from './keys.ts';
import {
  type ExpensePage,
  type ExpenseQuery,
  type ExpenseSummary,
  type ExpenseTotal,
  lookThroughLimit,
} from './ledger-reader.ts';
import { list, type Path } from './listing.ts';

/** An expense query with the names that its filters mean. */
interface NamedQuery extends Omit<ExpenseQuery, ExpenseName> {
  vendor?: NameFilter;
  category?: NameFilter;
}

/**
 * Lists recorded expenses: newest first, or from the largest amount down when there is a least amount.
 * @throws {NotFound} for a vendor or category that no expense has, naming the nearest.
 */
export async function listExpenses(books: Books, query: ExpenseQuery): Promise<ExpensePage> {
  const { vendor: askedVendor, category: askedCategory, ...others } = query;
  const [vendor, category] = await Promise.all([
    askedVendor === undefined ? undefined : namesMeant(books, 'vendor', askedVendor),
    askedCategory === undefined ? undefined : namesMeant(books, 'category', askedCategory),
  ]);
  const named: NamedQuery = { ...others, ...(vendor && { vendor }), ...(category && { category }) };
  const byAmount = query.minAmount !== undefined;
  const counted = await countedTotals(books, named);
  const listed = await list<ExpenseSummary>(books.table, books.partitions, {
    paths: pathsOf(books, named),
    filters: filtersOf(named),
    order: byAmount ? 'amount' : 'date',
    reverse: true,
    orderKeyOf: byAmount
      ? (row) => sortKey(amountOf(row), row.date, row.id)
      : (row) => sortKey(row.date, row.id),
    keep: (row) => matches(row, named),
    limit: query.limit,
    after: query.after,
    totalsKnown: counted !== undefined,
  });
  const [changing, vendors, categories] = await Promise.all([
    books.isBeingChanged(),
    matchedNames(books, 'vendor', vendor),
    matchedNames(books, 'category', category),
  ]);
  const tally = counted ?? (listed.everything && tallyRows(listed.everything));
  return {
    rows: listed.rows,
    ...(listed.next !== undefined && { next: listed.next }),
    ...(vendors && { vendors }),
    ...(categories && { categories }),
    ...(tally && !changing ? totalsOf(tally) : { totalsAbsent: changing ? beingChanged : tooManyToCount }),
  };
}

const tooManyToCount = `more than ${lookThroughLimit} expenses match the most selective of these filters; use a single filter or narrower filters`;

const filterNames = ['start', 'end', 'vendor', 'category', 'currency', 'minAmount'] as const;
type FilterName = (typeof filterNames)[number];

const filtersOf = (query: NamedQuery): Set<FilterName> =>
  new Set(filterNames.filter((name) => query[name] !== undefined));

const amountOf = (row: ExpenseSummary): string => sortableAmount(formatMoney(row.amount, row.currency));

function matches(
  row: ExpenseSummary,
  { start, end, vendor, category, currency, minAmount }: NamedQuery,
): boolean {
  const named = filedNames(row);
  return (
    (start === undefined || row.date >= start) &&
    (end === undefined || row.date <= end) &&
    (vendor === undefined || isNamed(named.vendor, vendor)) &&
    (category === undefined || isNamed(named.category, category)) &&
    (currency === undefined || row.currency === currency) &&
    (minAmount === undefined || amountOf(row) >= sortableAmount(minAmount))
  );
}

function pathsOf(books: Books, query: NamedQuery): Path[] {
  const { start, end, vendor, category, currency, minAmount } = query;
  const days = { ...(start && { from: start }), ...(end && { to: end }) };
  const dates = ['start', 'end'] as const;
  const dated = (currency?: string) => async () =>
    countIn((await books.sums([{ index: 'total.books', from: start, to: end }]))[0] ?? {}, currency);

  const paths: Path[] = [];
  const byName = (what: ExpenseName, { filed, beginning, tally }: NameFilter) => {
    const size = async () => countIn(tally);
    const index = `expense.${what}` as const;
    // Several names stand one after the other in the index: by name, and only then by date.
    paths.push(
      beginning
        ? {
            index,
            prefix: [],
            from: sortKey(filed),
            to: sortKey(filed),
            order: what,
            covers: new Set([what]),
            size,
          }
        : { index, prefix: [filed], ...days, order: 'date', covers: new Set([what, ...dates]), size },
    );
  };
  if (vendor) byName('vendor', vendor);
  if (category) byName('category', category);
  if (currency !== undefined) {
    const covers = new Set<FilterName>(['currency', ...dates]);
    paths.push({
      index: 'expense.currency',
      prefix: [currency],
      ...days,
      order: 'date',
      covers,
      size: dated(currency),
    });
  }
  if (minAmount !== undefined) {
    const covers = new Set<FilterName>(['minAmount']);
    paths.push({
      index: 'expense.amount',
      prefix: [],
      from: sortableAmount(minAmount),
      order: 'amount',
      covers,
    });
  }
  paths.push({
    index: 'expense.date',
    prefix: [],
    ...days,
    order: 'date',
    covers: new Set(dates),
    size: dated(),
  });
  return paths;
}

/** How many expenses a tally counts, of one currency if told. */
const countIn = (tally: Tally, wanted?: string): number =>
  measuresOf(tally)
    .filter(({ name, currency }) => name === 'spent' && (wanted ?? currency) === currency)
    .reduce((count, { values }) => count + (values[0] ?? 0), 0);

/** The totals that answer these filters, if there are such: one filter, or one with a currency. */
async function countedTotals(books: Books, query: NamedQuery): Promise<Tally | undefined> {
  const { start, end, vendor, category, currency, minAmount } = query;
  if (minAmount !== undefined) return undefined;
  const dated = start !== undefined || end !== undefined;
  if ([vendor !== undefined, category !== undefined, dated].filter(Boolean).length > 1) return undefined;
  const tally =
    (vendor ?? category)?.tally ??
    (await books.sums([{ index: 'total.books', from: start, to: end }]))[0] ??
    {};
  return Object.fromEntries(
    Object.entries(tally).filter(([key]) => currency === undefined || key.startsWith(`${currency} `)),
  );
}

function tallyRows(rows: readonly ExpenseSummary[]): Tally {
  const tally: Tally = {};
  for (const row of rows) addTally(tally, tallyExpense(row));
  return tally;
}

function totalsOf(tally: Tally): Pick<ExpensePage, 'totalCount' | 'totals'> {
  const totals = new Map<string, ExpenseTotal>();
  for (const { currency, name, part, values } of measuresOf(tally)) {
    if (name !== 'spent') continue;
    const [count = 0, amount = 0] = values;
    const sum = totals.get(currency) ?? { currency, count: 0, total: 0, credits: 0 };
    totals.set(currency, {
      currency,
      count: sum.count + count,
      total: addMinor(sum.total, amount),
      credits: part === 'credit' ? amount : sum.credits,
    });
  }
  const list = [...totals.values()];
  return { totalCount: list.reduce((sum, { count }) => sum + count, 0), totals: list };
}
