import { inParallel } from '../parallel.ts';
import { type Books, beingChanged } from './books.ts';
import { type CustomerCard, placeByName } from './entries.ts';
import { openBalances } from './figures.ts';
import type { CustomerPage, CustomerQuery } from './ledger-reader.ts';
import { list } from './listing.ts';

/** Lists all customers by name, with what each owes on the day. */
export async function listCustomers(
  books: Books,
  { limit, after, asOf }: CustomerQuery,
): Promise<CustomerPage> {
  const [changing, totalCount, listed] = await Promise.all([
    books.isBeingChanged(),
    books.customerCount(),
    list<CustomerCard>(books.table, books.partitions, {
      paths: [{ index: 'customer.list', prefix: [], order: 'name', covers: new Set() }],
      filters: new Set(),
      order: 'name',
      reverse: false,
      orderKeyOf: placeByName,
      keep: () => true,
      limit,
      after,
      totalsKnown: true,
    }),
  ]);
  return {
    rows: await inParallel(listed.rows, async (card) => ({
      customer: { kind: 'customer', ...card },
      open: changing ? [] : await openBalances(books, card.id, asOf),
    })),
    ...(listed.next !== undefined && { next: listed.next }),
    ...(changing ? { totalsAbsent: beingChanged } : { totalCount }),
  };
}
