import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import { type WriteReport, writeRecords } from '../../shared/store/writer.ts';
import { environmentOf, mapFile, runImport } from './import-files.ts';
import type { MemoryTable } from './memory-table.ts';
import type { Questions } from './questions.ts';
import { readerOf } from './questions.ts';

/** Books that came from a CSV file in one of several ways, which must make no difference. */
export interface ImportedBooks {
  organization: string;
  /** A new reader, as every question to the server gets one. */
  reader(): Questions;
}

/** Imports a CSV file twice, as people do it, and its records twice in other orders. */
export async function importEveryWay(
  memory: MemoryTable,
  { file, mapping }: { file: string; mapping: string },
): Promise<ImportedBooks[]> {
  await Promise.all([
    importTwice(memory, 'in-order', file, mapping),
    writeShuffledTwice(memory, 'shuffled', file, mapping),
  ]);
  return ['in-order', 'shuffled'].map((organization) => ({
    organization,
    reader: () => readerOf(memory.table, organization),
  }));
}

async function importTwice(
  memory: MemoryTable,
  organization: string,
  file: string,
  mapping: string,
): Promise<void> {
  const run = async (): Promise<WriteReport> => {
    const args = ['--org', organization, '--json', '--map', mapping, file];
    const { code, stdout, stderr } = await runImport(args, environmentOf(memory));
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout).written;
  };
  assertUnchanged(await run(), await run());
}

/** Less than there are records, and no divisor of their number. */
const portion = 301;

async function writeShuffledTwice(
  { table }: MemoryTable,
  organization: string,
  file: string,
  mapping: string,
): Promise<void> {
  const entries = await mapFile(file, JSON.parse(readFileSync(mapping, 'utf8')));
  const records = new Map<string, LedgerRecord>();
  for (const entry of entries) {
    assert.ok('records' in entry, JSON.stringify(entry));
    for (const { record } of entry.records) records.set(`${record.kind} ${record.id}`, record);
  }
  const write = async (seed: string): Promise<WriteReport> => {
    const order = [...records].toSorted(([a], [b]) => (digest(seed, a) < digest(seed, b) ? -1 : 1));
    const sum: WriteReport = { added: 0, changed: 0, unchanged: 0 };
    for (let at = 0; at < order.length; at += portion) {
      const part = order.slice(at, at + portion).map(([, record]) => record);
      const { added, changed, unchanged } = await writeRecords({ table, organization, records: part });
      sum.added += added;
      sum.changed += changed;
      sum.unchanged += unchanged;
    }
    return sum;
  };
  assertUnchanged(await write('once'), await write('again'));
}

const digest = (seed: string, text: string): string =>
  createHash('sha256').update(`${seed} ${text}`).digest('hex');

function assertUnchanged(first: WriteReport, second: WriteReport): void {
  assert.ok(first.added > 0);
  assert.deepEqual(second, { added: 0, changed: 0, unchanged: first.added });
}
