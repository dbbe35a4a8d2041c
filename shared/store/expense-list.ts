import { Refusal } from '../ledger/errors.ts';
import { filed } from '../ledger/folding.ts';
import { addMinor, formatMoney } from '../ledger/money.ts';
import { addTally, measuresOf, type Tally, tallyExpense } from '../ledger/tally.ts';
import { type Books, beingChanged } from './books.ts';
import { filedNames, sortableAmount } from './entries.ts';
import { afterAll, sortKey } from './keys.ts';
import {
  type ExpensePage,
  type ExpenseQuery,
  type ExpenseSummary,
  type ExpenseTotal,
  lookThroughLimit,
} from './ledger-reader.ts';
import { list, type Path } from './listing.ts';

/** Lists recorded expenses: newest first, or from the largest amount down when there is a least amount. */
export async function listExpenses(books: Books, query: ExpenseQuery): Promise<ExpensePage> {
  const named: ExpenseQuery = {
    ...query,
    ...(query.vendor !== undefined && { vendor: await resolve(books, 'vendor', query.vendor) }),
    ...(query.category !== undefined && { category: await resolve(books, 'category', query.category) }),
  };
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
  const changing = await books.isBeingChanged();
  const tally = counted ?? (listed.everything && tallyRows(listed.everything));
  return {
    rows: listed.rows,
    ...(listed.next !== undefined && { next: listed.next }),
    ...(tally && !changing ? totalsOf(tally) : { totalsAbsent: changing ? beingChanged : tooManyToCount }),
  };
}

const tooManyToCount = `more than ${lookThroughLimit} expenses match the most selective of these filters; use one filter, or narrower ones`;

const filterNames = ['start', 'end', 'vendor', 'category', 'currency', 'minAmount'] as const;
type FilterName = (typeof filterNames)[number];

const filtersOf = (query: ExpenseQuery): Set<FilterName> =>
  new Set(filterNames.filter((name) => query[name] !== undefined));

const amountOf = (row: ExpenseSummary): string => sortableAmount(formatMoney(row.amount, row.currency));

/** Vendor and category are resolved, and so compared in their folded form. */
function matches(
  row: ExpenseSummary,
  { start, end, vendor, category, currency, minAmount }: ExpenseQuery,
): boolean {
  const named = filedNames(row);
  return (
    (start === undefined || row.date >= start) &&
    (end === undefined || row.date <= end) &&
    (vendor === undefined || named.vendor === vendor) &&
    (category === undefined || named.category === category) &&
    (currency === undefined || row.currency === currency) &&
    (minAmount === undefined || amountOf(row) >= sortableAmount(minAmount))
  );
}

const mostNamesShown = 10;

/**
 * The folded name that a question means: that very name where it exists, else the only one that starts with it.
 * @throws {Refusal} when several do, naming them.
 */
async function resolve(books: Books, what: 'vendor' | 'category', asked: string): Promise<string> {
  const folded = filed(asked);
  const from = sortKey(folded);
  const range = { pk: books.partitions.derived(`total.${what}`), from, to: from + afterAll };
  const names = new Set<string>();
  for await (const { sk } of books.table.query(range, { limit: 200, pageSize: 50 })) {
    const name = decodePart(sk.slice(0, sk.lastIndexOf('#')));
    if (name === folded) return folded;
    names.add(name);
  }
  if (names.size > 1) {
    const shown = [...names].slice(0, mostNamesShown).map((name) => JSON.stringify(name));
    const more = names.size > mostNamesShown ? ', and more' : '';
    throw new Refusal(
      `Several ${what === 'vendor' ? 'vendors' : 'categories'} start with that: ${shown.join(', ')}${more}. Expected one of them in full.`,
    );
  }
  return [...names][0] ?? folded;
}

const decodePart = (part: string): string => part.replaceAll('%23', '#').replaceAll('%25', '%');

function pathsOf(books: Books, query: ExpenseQuery): Path[] {
  const { start, end, vendor, category, currency, minAmount } = query;
  const days = { ...(start && { from: start }), ...(end && { to: end }) };
  const dates = ['start', 'end'] as const;
  const ofValue = (index: 'total.vendor' | 'total.category', value: string) => async () =>
    countIn(await books.sumOf(index, value));
  const dated = (currency?: string) => async () =>
    countIn((await books.sums([{ index: 'total.books', from: start, to: end }]))[0] ?? {}, currency);

  const paths: Path[] = [];
  if (vendor !== undefined) {
    const covers = new Set<FilterName>(['vendor', ...dates]);
    const size = ofValue('total.vendor', vendor);
    paths.push({ index: 'expense.vendor', prefix: [vendor], ...days, order: 'date', covers, size });
  }
  if (category !== undefined) {
    const covers = new Set<FilterName>(['category', ...dates]);
    const size = ofValue('total.category', category);
    paths.push({ index: 'expense.category', prefix: [category], ...days, order: 'date', covers, size });
  }
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
async function countedTotals(books: Books, query: ExpenseQuery): Promise<Tally | undefined> {
  const { start, end, vendor, category, currency, minAmount } = query;
  if (minAmount !== undefined) return undefined;
  const dated = start !== undefined || end !== undefined;
  if ([vendor !== undefined, category !== undefined, dated].filter(Boolean).length > 1) return undefined;
  const tally =
    vendor !== undefined
      ? await books.sumOf('total.vendor', vendor)
      : category !== undefined
        ? await books.sumOf('total.category', category)
        : ((await books.sums([{ index: 'total.books', from: start, to: end }]))[0] ?? {});
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
