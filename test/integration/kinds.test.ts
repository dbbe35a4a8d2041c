import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from '../../shared/json.ts';
import { NotFound } from '../../shared/ledger/errors.ts';
import type { AnyKind, AnyRecord, Query } from '../../shared/ledger/kind.ts';
import { kinds } from '../../shared/ledger/kinds/index.ts';
import type { LedgerReader } from '../../shared/ledger/reader.ts';
import { type Registry, registry, registryOf } from '../../shared/ledger/registry.ts';
import { openReader } from '../../shared/store/reader.ts';
import { verifyBooks } from '../../shared/store/verify.ts';
import { allRecords, finishInterruptedWrite, writeRecords } from '../../shared/store/writer.ts';
import { memoryReader } from '../support/memory-reader.ts';
import { letLockExpire, memoryTable } from '../support/memory-table.ts';
import { depot, parcel, receipt } from '../support/parcel.ts';
import { currencies, ids, middle, names, recordOf, someDay, someRecords } from '../support/records.ts';

/*
 * What holds for every kind that is declared, and for kinds that only tests declare: with generators that follow their
 * shapes, against a reader that keeps everything in memory.
 */

const { table, open, openDying } = await memoryTable();
const runs = Number(process.env.RUNS ?? 6);
/** Of what needs books with records of every kind, whose recount reads every partition. */
const wholeRuns = Math.ceil(runs / 2);

let organizations = 0;
const nextOrganization = () => `org-${++organizations}`;

/** The kinds of the product, and those with every feature. */
const registries: Record<string, Registry> = {
  'the kinds of the product': registry,
  'kinds with every feature': registryOf({ depot, parcel, receipt }, ['parcels']),
};

/** What filters that only their kinds understand can be asked for. */
const asked: Record<string, readonly unknown[]> = {
  status: [
    'unpaid',
    'active',
    'ended',
    'terminated',
    'draft',
    'sent',
    'viewed',
    'partial',
    'paid',
    'overdue',
    'open',
    'void',
    'written_off',
  ],
  minDaysOverdue: [1, 40],
  dueFrom: ['2025-12-01'],
  dueTo: ['2026-01-20'],
  only: ['unapplied', 'failed', 'pending', 'unmatched', 'recurring', 'transfers'],
  direction: ['in', 'out', 'transfer_in', 'client', 'supplier'],
  state: ['open', 'invoiced', 'paid', 'cancelled', 'draft'],
  cancelBy: ['2026-02-01'],
  text: ['acme', 'ac to'],
  counterpartyId: ids,
  projectId: ids,
  costGroupId: ids,
  accountId: ids,
  unapplied: [true],
  lost: [true],
  open: [true],
  late: [true],
  linkedTo: ['invoice', 'bill', 'contract'].flatMap((kind) => ids.map((id) => `${kind}:${id}`)),
};

const valuesOf = ({ by }: { by: string }, name: string): readonly unknown[] => {
  if (asked[name]) return asked[name];
  if (by === 'reference') return ids;
  if (by === 'name') return [...names, 'ac', 'k', 'zz'];
  if (by === 'least') return ['1', '3'];
  return name === 'currency' ? currencies : ['card', 'cash', 'small', 'large'];
};

// biome-ignore lint/suspicious/noExplicitAny: questions are made for any kind
type AnyQuery = Query<any>;

/** Questions to the list of a kind. */
function questionTo({ list, asOf }: AnyKind): fc.Arbitrary<AnyQuery> {
  const filters = Object.entries(list?.filters ?? {});
  const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 3 });
  const days = list?.base.day ? { start: some(someDay), end: some(someDay) } : {};
  const named = filters.map(([name, filter]) => [name, some(fc.constantFrom(...valuesOf(filter, name)))]);
  return fc
    .record({
      filters: fc.record({ ...Object.fromEntries(named), ...days }),
      order: fc.constantFrom(...Object.keys(list?.orders ?? {})),
      reverse: fc.boolean(),
      limit: fc.constantFrom(0, 1, 3, 100),
      asOf: fc.oneof(fc.constant('2200-01-01'), someDay),
      hideLater: fc.boolean(),
      groupBy: some(fc.constantFrom(...Object.keys(list?.groups ?? { none: 0 }))),
    })
    .map(({ groupBy, filters, hideLater, ...query }) => ({
      ...query,
      // Only rows of which something can change later are shown as of a day.
      hideLater: hideLater && asOf !== undefined && query.asOf < '2200',
      filters: Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)),
      ...(groupBy !== undefined && list?.groups && { groupBy }),
    })) as fc.Arbitrary<AnyQuery>;
}

const listedKinds = ({ kinds }: Registry): AnyKind[] => [...kinds.values()].filter(({ list }) => list);

/** A kind, and those whose records its rows can depend on: what these show and settle, and what settles them. */
function relatedTo(kind: AnyKind, of: Registry): AnyKind[] {
  const related = new Set([kind]);
  for (const { shows = {}, settles = {} } of related) {
    const named = [...Object.values(shows).map((reference) => reference.kind), ...Object.keys(settles)];
    const settlers = [...of.kinds.values()].filter((other) => kind.name in (other.settles ?? {}));
    for (const other of [...named.map((name) => of.kinds.get(name) as AnyKind), ...settlers])
      related.add(other);
  }
  return [...related];
}

/** All pages of a list, as one answer; what is not in the books is not an answer. */
async function wholeList(
  reader: () => LedgerReader,
  kind: string,
  query: AnyQuery,
): Promise<{ rows?: unknown[]; notFound?: true }> {
  const read = (after?: string) =>
    reader().list(kind as never, { ...query, ...(after !== undefined && { after }) } as never) as Promise<{
      rows: unknown[];
      next?: string;
    }>;
  try {
    const { rows, next, ...first } = await read();
    let last = next;
    while (last !== undefined) {
      const page = await read(last);
      rows.push(...page.rows);
      last = page.next;
    }
    const { matched: _matched, groups, ...page } = first as Record<string, unknown>;
    return { rows, ...page, ...(groups !== undefined && { groups: withoutNames(groups as object[]) }) };
  } catch (error) {
    if (error instanceof NotFound) return { notFound: true };
    throw error;
  }
}

/** The names of groups are those of one of their rows, whichever. */
const withoutNames = (groups: readonly object[]): object[] =>
  groups.map((group) => ({ ...group, name: undefined }));

const differencesOf = async (organization: string, of: Registry) => {
  const { differences, unfinished } = await verifyBooks(table, organization, false, of);
  return { differences, unfinished };
};

const none = { differences: [], unfinished: false };

for (const [called, of] of Object.entries(registries)) {
  const records = someRecords(of.kinds.values());
  const shuffled = records.chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));

  describe(called, () => {
    for (const kind of listedKinds(of)) {
      it(`${kind.name}: rows, totals and groups are those of all records, under every question`, async () => {
        await fc.assert(
          fc.asyncProperty(
            someRecords(relatedTo(kind, of)),
            fc.array(questionTo(kind), { minLength: 6, maxLength: 6 }),
            async (all, questions) => {
              const organization = nextOrganization();
              await writeRecords({ table, organization, records: all, registry: of });
              const memory = memoryReader(all, of);
              for (const question of questions) {
                const stored = await wholeList(
                  () => openReader(open(), organization, of),
                  kind.name,
                  question,
                );
                const expected = await wholeList(() => memory, kind.name, question);
                // Names that nobody knows are refused by whoever has no row for them.
                if ('notFound' in stored) assert.deepEqual(expected.rows ?? [], []);
                else assert.deepEqual(stored, expected, JSON.stringify(question));
              }
            },
          ),
          { numRuns: runs },
        );
      });
    }

    for (const kind of [...of.kinds.values()].filter(({ rank }) => rank)) {
      it(`${kind.name}: of records with one id, the one of the highest rank counts, in whatever order they come`, async () => {
        const rankOf = (record: AnyRecord) => kind.rank?.(record) ?? '';
        const rivals = fc
          .uniqueArray(recordOf(kind), { minLength: 2, maxLength: 4, selector: rankOf })
          .filter((some) => some.every((record) => kind.rank?.(record) !== undefined))
          .map((some) => some.map((record) => ({ ...record, id: 'a' })));
        await fc.assert(
          fc.asyncProperty(rivals, async (some) => {
            const organization = nextOrganization();
            for (const record of some)
              await writeRecords({ table, organization, records: [record], registry: of });
            const highest = some.reduce((best, record) => (rankOf(record) > rankOf(best) ? record : best));
            const kept: AnyRecord[] = [];
            for await (const record of allRecords(table, organization, of)) kept.push(record);
            assert.deepEqual(kept, [JSON.parse(canonicalJson(highest))]);
            assert.deepEqual(await differencesOf(organization, of), none);
          }),
          { numRuns: runs },
        );
      });
    }

    it('the kinds that the books have are those of listed records', async () => {
      await fc.assert(
        fc.asyncProperty(records, async (all) => {
          const organization = nextOrganization();
          const some = all.filter(({ kind }) => kind.length % 2 === 0);
          for (const books of [some, all]) {
            await writeRecords({ table, organization, records: books, registry: of });
            assert.deepEqual(
              await openReader(open(), organization, of).kinds(),
              await memoryReader(books, of).kinds(),
            );
          }
        }),
        { numRuns: wholeRuns },
      );
    });

    it('what is derived follows from the records, in whatever order and portions they come, and again', async () => {
      await fc.assert(
        fc.asyncProperty(
          shuffled,
          shuffled,
          fc.integer({ min: 1, max: 40 }),
          async (first, second, portion) => {
            const organization = nextOrganization();
            await writeRecords({ table, organization, records: first, registry: of });
            for (let at = 0; at < second.length; at += portion) {
              const part = second.slice(at, at + portion);
              await writeRecords({ table, organization, records: part, registry: of });
            }
            await writeRecords({ table, organization, records: second, registry: of });
            assert.deepEqual(await differencesOf(organization, of), none);
          },
        ),
        { numRuns: wholeRuns },
      );
    });

    it('whatever write a writer dies at, the next one finishes its work', async () => {
      await fc.assert(
        fc.asyncProperty(records, records, fc.integer({ min: 0, max: 30 }), async (first, second, writes) => {
          const organization = nextOrganization();
          await writeRecords({ table, organization, records: first, registry: of });
          const dying = openDying(writes);
          await writeRecords({ table: dying, organization, records: second, registry: of }).catch(() => {});
          await letLockExpire(table, organization);
          await finishInterruptedWrite(table, organization, of);
          assert.deepEqual(await differencesOf(organization, of), none);
        }),
        { numRuns: wholeRuns },
      );
    });

    it('one organization never sees another, not even with the positions of its pages', async () => {
      await fc.assert(
        fc.asyncProperty(records, records, async (first, second) => {
          // One id is the beginning of the other: prefixes of keys must not reach across.
          const a = nextOrganization();
          const b = `${a}-2`;
          await writeRecords({ table, organization: a, records: first, registry: of });
          await writeRecords({ table, organization: b, records: second, registry: of });
          for (const { name, list } of listedKinds(of)) {
            const query = { filters: {}, reverse: false, limit: 1, asOf: middle, order: list?.base.order };
            const read = (organization: string, after?: string) =>
              openReader(open(), organization, of).list(
                name as never,
                { ...query, ...(after !== undefined && { after }) } as never,
              ) as Promise<{ next?: string; rows: unknown[] }>;
            const own = await wholeList(() => memoryReader(second, of), name, query as AnyQuery);
            const { next } = await read(a);
            const { rows } = await read(b, next);
            const texts = own.rows?.map(canonicalJson);
            for (const row of rows) assert.ok(texts?.includes(canonicalJson(row)));
          }
        }),
        { numRuns: wholeRuns },
      );
    });
  });
}

describe('the store', () => {
  it('names no kind', async () => {
    const folder = new URL('../../shared/store/', import.meta.url);
    // As a text or as an import: some names, such as "project" and "balance", are also plain words.
    const named = new RegExp(`(['"\`])(${Object.keys(kinds).join('|')})\\1|ledger/kinds/(?!index)`);
    for (const file of await readdir(folder)) {
      const [found] = named.exec(await readFile(new URL(file, folder), 'utf8')) ?? [];
      assert.equal(found, undefined, file);
    }
  });

  it('refuses pending changes of a kind that it does not know, instead of dropping them', async () => {
    const organization = nextOrganization();
    const records: AnyRecord[] = [{ kind: 'depot', id: 'a', name: 'Acme' } as AnyRecord];
    const known = registries['kinds with every feature'] as Registry;
    await writeRecords({ table: openDying(2), organization, records, registry: known }).catch(() => {});
    await letLockExpire(table, organization);
    await assert.rejects(finishInterruptedWrite(table, organization), /no kind depot/);
    await letLockExpire(table, organization);
    await finishInterruptedWrite(table, organization, known);
    assert.deepEqual(await differencesOf(organization, known), none);
  });
});
