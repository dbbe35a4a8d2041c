import type { Answer } from '../tool.ts';
import type { PageStart } from './cursor.ts';
import { countThatFits, type Fields, stated } from './fields.ts';

/** What pages of all lists have in common. */
interface SomePage<Row, Total> {
  rows: Row[];
  totals?: Total[];
  totalCount?: number;
  totalsAbsent?: string;
  next?: string;
}

/** How one page of a list becomes an answer. */
interface Listing<Row, Total, P extends SomePage<Row, Total>> {
  /** The field that holds the rows. */
  noun: string;
  start: PageStart;
  limit: number;
  read(page: { limit: number; after?: string }): Promise<P>;
  row(row: Row): Fields;
  total(total: Total): Fields;
  /** The fields beside rows and totals. */
  beside(page: P): Fields;
}

/**
 * The answer that every list gives: rows, exact totals or the reason why there are none, whether these are the last
 * rows, and where to continue. A page whose rows would make the answer too large is read again with fewer.
 */
export async function pageAnswer<Row, Total, P extends SomePage<Row, Total>>(
  listing: Listing<Row, Total, P>,
): Promise<Answer> {
  const { noun, start, limit, read, row } = listing;
  const readRows = (most: number) =>
    read({ limit: most, ...(start.after !== undefined && { after: start.after }) });
  let page = await readRows(limit);
  let rows = page.rows.map(row);
  const fitting = countThatFits(rows, frameOf(listing, page));
  if (fitting < rows.length) {
    page = await readRows(Math.max(1, fitting));
    rows = page.rows.map(row);
  }
  return { content: { [noun]: rows, ...frameOf(listing, page) }, rows: rows.length };
}

/** The answer without its rows. */
function frameOf<Row, Total, P extends SomePage<Row, Total>>(
  { start, limit, total, beside }: Listing<Row, Total, P>,
  page: P,
): Fields {
  return {
    ...(page.totals && { totals: page.totals.map(total) }),
    ...stated({ totalsAbsent: page.totalsAbsent, totalCount: page.totalCount, ...beside(page) }),
    returned: page.rows.length,
    // Without rows, nothing of a list that has any is there.
    complete: page.next === undefined && (limit > 0 || page.totalCount === 0),
    ...(page.next !== undefined && { nextCursor: start.cursorTo(page.next) }),
  };
}
