import { canonicalJson } from '../json.ts';
import type { AnyRecord } from '../ledger/kind.ts';
import type { Registry } from '../ledger/registry.ts';

/**
 * What changed records reach: the ids whose rows and entries must be derived again, by what happened to them and their
 * kind, and totals of which entries went away. It says enough to be written down before the change
 * and taken up again after an interruption.
 */
export type Changes = Map<string, Set<string>>;

/** What can have happened: the record itself changed, something settles it, or others show what changed in it. */
export type Reason = 'record' | 'settled' | 'shown';

/** The totals, as `bucketText` writes them. */
const buckets = 'bucket';

/** The ids for which this is the reason. */
export const changedIds = (changes: Changes, reason: Reason, kind: string): ReadonlySet<string> =>
  changes.get(`${reason} ${kind}`) ?? new Set();

export const changedBuckets = (changes: Changes): ReadonlySet<string> => changes.get(buckets) ?? new Set();

/** Changes that consist of totals alone. */
export const bucketChanges = (texts: Iterable<string>): Changes => new Map([[buckets, new Set(texts)]]);

function add(changes: Changes, name: string, id: string): void {
  const known = changes.get(name);
  if (known) known.add(id);
  else changes.set(name, new Set([id]));
}

/** Adds what the change of one record reaches; either image may be missing. */
export function addChange(
  changes: Changes,
  registry: Registry,
  before: AnyRecord | undefined,
  after: AnyRecord | undefined,
): void {
  const changed = after ?? before;
  if (!changed) return;
  const { kind, id } = changed;
  add(changes, `record ${kind}`, id);
  const settles = Object.entries(registry.kinds.get(kind)?.settles ?? {});
  for (const record of [before, after]) {
    if (!record) continue;
    for (const [target, settling] of settles) {
      for (const settlement of settling.of(record)) add(changes, `settled ${target}`, settlement.id);
    }
  }
  const shown = registry.referrers(kind).flatMap(({ reference }) => reference.fields);
  const isOther = (field: string) =>
    canonicalJson((before as never)?.[field]) !== canonicalJson((after as never)?.[field]);
  if (shown.some(isOther)) add(changes, `shown ${kind}`, id);
}

/** An item of the table holds 400 KB; ids can be long. */
const textLimit = 200_000;

/** The changes as texts of which each fits an item; together they say everything. */
export function writeChanges(changes: Changes): string[] {
  const texts: string[] = [];
  let part: Changes = new Map();
  let size = 0;
  const cut = () => {
    texts.push(JSON.stringify([...part].map(([name, ids]) => [name, [...ids]])));
    part = new Map();
    size = 0;
  };
  for (const [name, ids] of changes) {
    for (const id of ids) {
      if (size + id.length > textLimit) cut();
      add(part, name, id);
      size += id.length * 3 + 3;
    }
  }
  if (size > 0) cut();
  return texts;
}

/** @throws {Error} for changes of a kind that is unknown here: whoever noted them must finish them. */
export function readChanges(text: string, registry: Registry): Changes {
  const changes = JSON.parse(text) as [string, string[]][];
  for (const [name] of changes) {
    const [reason, kind = ''] = name.split(' ');
    if (reason !== buckets && !registry.kinds.has(kind)) throw new Error(`There is no kind ${kind}.`);
  }
  return new Map(changes.map(([name, ids]) => [name, new Set(ids)]));
}
