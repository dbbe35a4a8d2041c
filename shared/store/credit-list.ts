import type { Day } from '../ledger/dates.ts';
import { addTally, measuresOf, type Tally, tallyCreditNote } from '../ledger/tally.ts';
import { type Books, beingChanged } from './books.ts';
import { lastDay } from './head.ts';
import { sortKey } from './keys.ts';
import {
  type CreditNotePage,
  type CreditNoteQuery,
  type CreditNoteSummary,
  lookThroughLimit,
} from './ledger-reader.ts';
import { list, type Path } from './listing.ts';

/** Lists issued credit notes dated up to the as-of day, with what of each was applied to no invoice by then. */
export async function listCreditNotes(books: Books, asked: CreditNoteQuery): Promise<CreditNotePage> {
  const query = upToAsOf(asked, lastDay(await books.head()));
  const [later, changing] = await Promise.all([books.laterCredits(query.asOf), books.isBeingChanged()]);
  const counted = query.customerId === undefined ? await countedTotals(books, query) : undefined;
  const listed = await list<CreditNoteSummary>(books.table, books.partitions, {
    paths: pathsOf(books, query),
    filters: new Set([
      'dates',
      ...(['customerId', 'currency', 'unapplied'] as const).filter((name) => query[name] !== undefined),
    ]),
    order: 'issued',
    reverse: query.oldestFirst !== true,
    orderKeyOf: (row) => sortKey(row.issued, row.id),
    keep: (row) => matches(row, query),
    overlay: {
      hidden: new Set(later.keys()),
      shown: [...later.values()].map(({ then }) => then).filter((row) => matches(row, query)),
    },
    limit: query.limit,
    after: query.after,
    totalsKnown: counted !== undefined,
  });
  const page = { rows: listed.rows, ...(listed.next !== undefined && { next: listed.next }) };
  if (changing) return { ...page, totalsAbsent: beingChanged };

  if (counted) {
    const tally: Tally = { ...counted };
    for (const { now, then } of later.values()) {
      if (matches(now, query)) addTally(tally, tallyCreditNote(now), -1);
      if (matches(then, query)) addTally(tally, tallyCreditNote(then));
    }
    return { ...page, ...totalsOf(tally) };
  }
  if (!listed.everything) return { ...page, totalsAbsent: tooManyToCount };
  const tally: Tally = {};
  for (const row of listed.everything) addTally(tally, tallyCreditNote(row));
  return { ...page, ...totalsOf(tally) };
}

const tooManyToCount = `more than ${lookThroughLimit} credit notes match the most selective of these filters; use narrower filters`;

/** What is dated later than the as-of day has not happened yet. Days without an end cost less to count. */
function upToAsOf(query: CreditNoteQuery, last: Day): CreditNoteQuery {
  const { end = last, asOf } = query;
  return end > asOf ? { ...query, end: asOf } : query;
}

const daysOf = ({ start, end }: CreditNoteQuery): { from?: Day; to?: Day } => ({
  ...(start !== undefined && { from: start }),
  ...(end !== undefined && { to: end }),
});

function matches(row: CreditNoteSummary, query: CreditNoteQuery): boolean {
  const { start, end } = query;
  return (
    (start === undefined || row.issued >= start) &&
    (end === undefined || row.issued <= end) &&
    (query.customerId === undefined || row.customerId === query.customerId) &&
    (query.currency === undefined || row.currency === query.currency) &&
    (query.unapplied === undefined || row.unapplied > 0)
  );
}

function pathsOf(books: Books, query: CreditNoteQuery): Path[] {
  const days = { ...daysOf(query), order: 'issued' };
  const size = (unapplied?: true) => async () => {
    const { currency: _currency, ...dated } = query;
    const tally = await countedTotals(books, { ...dated, ...(unapplied && { unapplied }) });
    return measuresOf(tally).reduce((count, { values }) => count + (values[0] ?? 0), 0);
  };
  const { customerId, unapplied } = query;
  const paths: Path[] = [];
  if (customerId !== undefined) {
    const covers = new Set(['dates', 'customerId']);
    paths.push({ index: 'credit.customer', prefix: [customerId], ...days, covers });
  }
  if (unapplied) {
    const covers = new Set(['dates', 'unapplied']);
    paths.push({ index: 'credit.unapplied', prefix: [], ...days, covers, size: size(true) });
  }
  paths.push({ index: 'credit.date', prefix: [], ...days, covers: new Set(['dates']), size: size() });
  return paths;
}

/** What totals tell of the credit notes of these days, by everything that ever happened. */
async function countedTotals(books: Books, query: CreditNoteQuery): Promise<Tally> {
  const [tally = {}] = await books.sums([{ index: 'total.books', ...daysOf(query) }]);
  return Object.fromEntries(
    measuresOf(tally)
      .filter(
        ({ name, part, currency }) =>
          name === 'credit' &&
          (query.unapplied === undefined || part === 'unapplied') &&
          (query.currency ?? currency) === currency,
      )
      .map(({ currency, part, values }) => [
        `${currency} ${part ? `credit.${part}` : 'credit'}`,
        [...values],
      ]),
  );
}

function totalsOf(tally: Tally): Required<Pick<CreditNotePage, 'totalCount' | 'totals'>> {
  const sums: Tally = {};
  for (const { currency, values } of measuresOf(tally))
    addTally(sums, { [`${currency} credit`]: [...values] });
  const totals = measuresOf(sums).map(({ currency, values: [count = 0, total = 0, , unapplied = 0] }) => ({
    currency,
    count,
    total,
    unapplied,
  }));
  return { totalCount: totals.reduce((sum, { count }) => sum + count, 0), totals };
}
