import assert from 'node:assert/strict';

interface AnyPage {
  rows: unknown[];
  totalCount?: number;
  totals?: unknown[];
  next?: string;
}

/**
 * The rows of all pages of a list, and its first page. Every page must be full while there are more, and tell the same
 * count and totals, which are over the whole list.
 */
export async function allPages<Result extends AnyPage>(
  limit: number,
  get: (page: { limit: number; after?: string }) => Promise<Result>,
): Promise<{ rows: Result['rows'][number][]; first: Result }> {
  const first = await get({ limit });
  const rows = [...first.rows];
  let last = first;
  while (last.next !== undefined) {
    assert.equal(last.rows.length, limit, 'a page is full while there are more');
    last = await get({ limit, after: last.next });
    assert.deepEqual([last.totalCount, last.totals], [first.totalCount, first.totals]);
    rows.push(...last.rows);
  }
  assert.ok(last.rows.length <= limit, 'a page is within its limit');
  return { rows, first };
}
