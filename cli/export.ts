import { once } from 'node:events';
import { createWriteStream, rmSync, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { Refusal } from '../shared/ledger/errors.ts';
import { writeRecord } from '../shared/ledger/format.ts';
import type { LedgerRecord, RecordKind } from '../shared/ledger/kinds/index.ts';
import { recordKinds } from '../shared/ledger/kinds/index.ts';
import { allRecords } from '../shared/store/writer.ts';
import { counted } from '../shared/text.ts';
import { organizationOf, value } from './arguments.ts';
import { action, NotDone, progress, runCommand, tell } from './command.ts';
import { storeOf, storeOptions, storeUsage } from './location.ts';
import { withStore } from './store.ts';

/*
 * npm run export: writes all records of an organization into a file that npm run import reads. See docs/import.md.
 */

const exportRecords = action(
  { argument: 'FILE', options: { ...storeOptions, org: value } },
  async (values, file) => {
    const organization = organizationOf(values.org);
    const store = storeOf(values);
    const output = await newFile(file);
    try {
      const records = await withStore(store, (table) =>
        writeAll(output, allRecords(table, organization) as AsyncGenerator<LedgerRecord>),
      );
      const total = Object.values(records).reduce((sum, count) => sum + count, 0);
      if (total === 0) throw new NotDone(`"${organization}" has no records, so nothing was written.`);
      return {
        text: `Wrote ${counted(total, 'record')} of "${organization}" to ${file}.`,
        json: { organization, file, records },
      };
    } catch (error) {
      output.destroy();
      // An incomplete file could be mistaken for a complete one.
      rmSync(file);
      throw error;
    }
  },
);

/** @throws {Refusal} when the file exists, or cannot be written */
async function newFile(file: string): Promise<WriteStream> {
  const output = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  try {
    await once(output, 'open');
    return output;
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    throw new Refusal(
      code === 'EEXIST'
        ? `The file ${file} already exists: expected the name of a new file.`
        : `The file ${file} cannot be written (${code}).`,
    );
  }
}

/** @returns how many records of each kind it has written */
async function writeAll(
  output: WriteStream,
  records: AsyncIterable<LedgerRecord>,
): Promise<Record<RecordKind, number>> {
  const counts = Object.fromEntries(recordKinds.map((kind) => [kind, 0])) as Record<RecordKind, number>;
  const told = progress('exported', tell);
  let rows = 0;
  for await (const record of records) {
    counts[record.kind]++;
    told(++rows);
    if (!output.write(`${JSON.stringify(writeRecord(record))}\n`)) await once(output, 'drain');
  }
  output.end();
  await finished(output);
  return counts;
}

await runCommand({
  name: 'npm run export',
  usage: `--org ID ${storeUsage} [--json] FILE`,
  help: `Writes every record of an organization to FILE, as one line of NDJSON each. npm run import can load it, here or elsewhere.
FILE must not exist yet. Only you can read it.
  --json    prints the report as one JSON object`,
  outcomes: { done: 'written', notDone: 'there are no records', unusable: 'the store cannot be read' },
  action: exportRecords,
});
