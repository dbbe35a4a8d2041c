import { Busy, Keeper } from './keeper.ts';
import type { Table } from './table.ts';
import type { Touched } from './touched.ts';

/**
 * Derives from changes that were made to records without deriving from them. If a keeper is already working on the same
 * books, the changes are left to it: it processes all notes before it releases its claim.
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
