import { Busy, Keeper } from './keeper.ts';
import type { Table } from './table.ts';
import type { Touched } from './touched.ts';

/**
 * Derives from changes that somebody made to records without deriving from them. If another is at work on the same
 * books, the changes are left to that one: what is noted is derived before the books are given back.
 */
export async function followChanges(table: Table, organization: string, touched: Touched): Promise<void> {
  const keeper = new Keeper(table, organization);
  try {
    await keeper.note(touched);
    await keeper.claim({ patience: false });
    await keeper.finish();
  } catch (error) {
    if (!(error instanceof Busy)) throw error;
  } finally {
    keeper.stop();
  }
}
