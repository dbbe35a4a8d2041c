import { once } from 'node:events';
import { createWriteStream, rmSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { Refusal } from '../shared/ledger/errors.ts';
import { writeRecord } from '../shared/ledger/format.ts';
import type { LedgerRecord, RecordKind } from '../shared/ledger/kinds/index.ts';
import { recordKinds } from '../shared/ledger/kinds/index.ts';
import { allRecords } from '../shared/store/writer.ts';
import { counted } from '../shared/text.ts';
import { asksForHelp, organizationOf, parsed, storeOf, storeOptions, storeUsage } from './arguments.ts';
import { NotDone, onlyWord, tell } from './command.ts';
import { progress } from './import/progress.ts';
import { findStore, storeFailure } from './store.ts';

/*
 * npm run export: writes all records of an organization into a file that npm run import reads. See docs/import.md.
 */

const usage = `npm run export -- --org ID ${storeUsage} [--json] FILE`;

const exitCodes = { written: 0, noRecords: 1, badUsage: 2, storeFailed: 3 } as const;

async function main(args: string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(`${usage}
Writes every record of an organization to FILE, as one line of NDJSON each. npm run import can load it, here or elsewhere.
FILE must not exist yet. Only you can read it.
  --json    prints the report as one JSON object
Exit code: 0 written, 1 there are no records, 2 bad usage, 3 the store cannot be read.`);
    return exitCodes.written;
  }
  try {
    return await exportRecords(args);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    tell(error.message);
    if (error instanceof NotDone) return exitCodes.noRecords;
    tell(`Usage: ${usage}`);
    return exitCodes.badUsage;
  }
}

async function exportRecords(args: string[]): Promise<number> {
  const { values, positionals } = parsed({
    args,
    allowPositionals: true,
    options: { ...storeOptions, org: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const organization = organizationOf(values.org);
  const file = onlyWord(positionals, 'FILE');
  const store = storeOf(values, process.env);
  let records: Record<RecordKind, number>;
  try {
    const table = await findStore(store);
    records = await writeFile(file, allRecords(table, organization) as AsyncGenerator<LedgerRecord>);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    tell(storeFailure(error, store));
    return exitCodes.storeFailed;
  }
  const total = Object.values(records).reduce((sum, count) => sum + count, 0);
  if (total === 0) {
    rmSync(file);
    throw new NotDone(`"${organization}" has no records, so nothing was written.`);
  }
  console.log(
    values.json
      ? JSON.stringify({ organization, file, records })
      : `Wrote ${counted(total, 'record')} of "${organization}" to ${file}.`,
  );
  return exitCodes.written;
}

/** @throws {Refusal} when the file exists, or cannot be written */
async function writeFile(
  file: string,
  records: AsyncIterable<LedgerRecord>,
): Promise<Record<RecordKind, number>> {
  const counts = Object.fromEntries(recordKinds.map((kind) => [kind, 0])) as Record<RecordKind, number>;
  const output = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  try {
    await once(output, 'open');
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    throw new Refusal(
      code === 'EEXIST'
        ? `The file ${file} already exists: expected the name of a new file.`
        : `The file ${file} cannot be written (${code}).`,
    );
  }
  const told = progress('exported', tell);
  let rows = 0;
  try {
    for await (const record of records) {
      counts[record.kind]++;
      told(++rows);
      if (!output.write(`${JSON.stringify(writeRecord(record))}\n`)) await once(output, 'drain');
    }
    output.end();
    await finished(output);
  } catch (error) {
    output.destroy();
    // An incomplete file could be mistaken for a complete one.
    rmSync(file);
    throw error;
  }
  return counts;
}

process.exitCode = await main(process.argv.slice(2));
