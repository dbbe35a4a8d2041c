import type { Day } from '../ledger/dates.ts';
import { NotFound } from '../ledger/errors.ts';
import { filed } from '../ledger/folding.ts';
import type { AnyKind, AnyRecord, AnyRow, Finding } from '../ledger/kind.ts';
import { nearestNames } from '../ledger/nearest-names.ts';
import type { Found } from '../ledger/reader.ts';
import { quoted } from '../text.ts';
import type { StoredBooks } from './books.ts';
import { sortKey } from './keys.ts';
import { nearestOr } from './names.ts';

// biome-ignore lint/suspicious/noExplicitAny: only the kind knows the types of its rows
type AnyFinding = Finding<any>;
type FindingKey = AnyFinding['keys'][number];

/** The most records with the same key that are read; more would be too many to choose from. */
const mostFound = 20;

/**
 * The complete records with that id or other key, as of the day. An id may be in different case.
 * @throws {NotFound} when there are none, with the nearest ones.
 */
export async function findRecords(
  books: StoredBooks,
  kind: AnyKind,
  by: Readonly<Record<string, string>>,
  asOf: Day,
): Promise<Found<unknown>> {
  const { find } = kind;
  const key = find?.keys.find(({ name }) => by[name] !== undefined);
  if (!find || !key) throw new Error(`${kind.name} cannot be found by ${Object.keys(by).join(', ')}.`);
  const asked = by[key.name] ?? '';
  const rows = await rowsWith(books, kind, key, asked);
  const [first, ...others] = rows.map((row) => detail(books, kind, find, row, asOf));
  if (!first) throw await unknown(books, kind, find, key, asked);
  return Promise.all([first, ...others]);
}

async function rowsWith(
  books: StoredBooks,
  kind: AnyKind,
  { index }: FindingKey,
  asked: string,
): Promise<AnyRow[]> {
  if (index) return books.under(`${kind.name}.${index.name}`, index.filed(asked), mostFound);
  const exact = await books.row(kind.name, asked);
  if (exact) return [exact];
  // The only one whose id differs in case alone.
  const spelled = new Set([asked.toUpperCase(), asked.toLowerCase()]);
  const rows = await Promise.all([...spelled].map((id) => books.row(kind.name, id)));
  const found = rows.filter((row) => row !== undefined);
  return found.length === 1 ? found : [];
}

async function unknown(
  books: StoredBooks,
  kind: AnyKind,
  { noun, keys }: AnyFinding,
  key: FindingKey,
  asked: string,
): Promise<NotFound> {
  const none = `No ${noun} has the ${key.name} ${quoted(asked)}`;
  for (const other of keys.filter(({ name }) => name !== key.name)) {
    const [row] = await rowsWith(books, kind, other, asked);
    if (!row) continue;
    const hint = `expected ${other.argument} ${quoted(other.index ? asked : row.id)} instead`;
    return new NotFound(`${none}, but one has that ${other.name}: ${hint}.`);
  }
  const near = await nearest(books, kind, key, asked);
  return new NotFound(`${none}. ${nearestOr(near.map(quoted), key.advice)}`);
}

/** The number of rows to compare on either side of the position of a missing one. */
const mostLookedAt = 20;

async function nearest(
  books: StoredBooks,
  { name }: AnyKind,
  { index, of }: FindingKey,
  asked: string,
): Promise<string[]> {
  const place = sortKey(index ? index.filed(asked) : asked);
  const around = await books.around(index ? `${name}.${index.name}` : name, place, mostLookedAt);
  const names = around.map(({ data }) => of(JSON.parse(data) as AnyRow) ?? '');
  const near = nearestNames(filed(asked), names.map(filed));
  return near.map((one) => names.find((other) => filed(other) === one) ?? one);
}

async function detail(
  books: StoredBooks,
  { name }: AnyKind,
  find: AnyFinding,
  row: AnyRow,
  asOf: Day,
): Promise<unknown> {
  const key = { pk: books.partitions.records(name), sk: sortKey(row.id) };
  const [item, settlements] = await Promise.all([
    books.table.get(key),
    books.registry.isSettled(name) ? books.settlementsOf(name, row.id) : [],
  ]);
  if (!item) throw new Error(`A row of ${name} has no record.`);
  return find.detail({ row, record: JSON.parse(item.data) as AnyRecord, settlements }, asOf);
}
