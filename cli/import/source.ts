import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import type { ImportArguments } from './arguments.ts';
import type { Entry } from './entry.ts';
import { openMapped } from './mapped-source.ts';
import { type Mapping, readMapping } from './mapping.ts';
import { readNdjson } from './ndjson-source.ts';
import type { Reading } from './reading.ts';
import { type Encoding, inspectTextFile, type TextFile } from './text-file.ts';

/** A file that can be imported. It can be read several times. */
export interface Source {
  file: string;
  format: 'ndjson' | 'csv';
  encoding: Encoding;
  entries(reading: Reading): AsyncGenerator<Entry>;
}

/**
 * Opens the files of an import, and the mapping for those that are CSV.
 * @throws {Refusal} when one cannot be read, or the mapping does not fit it.
 */
export async function openSources({ files, mapFile, currency }: ImportArguments): Promise<Source[]> {
  const mapping = mapFile === undefined ? undefined : await readMapping(mapFile);
  const sources: Source[] = [];
  for (const file of files) sources.push(await openSource(await inspectTextFile(file), mapping, currency));
  if (mapping && sources.every(({ format }) => format === 'ndjson')) {
    throw new Refusal('--map is for CSV files, and every file is NDJSON: expected at least one CSV file.');
  }
  return sources;
}

async function openSource(
  file: TextFile,
  mapping: Mapping | undefined,
  currency: string | undefined,
): Promise<Source> {
  const { path, encoding, firstCharacter } = file;
  const shown = quote(path);
  if (/\.(ndjson|jsonl)$/i.test(path) || firstCharacter === '{') {
    return { file: path, encoding, format: 'ndjson', entries: () => readNdjson(file, currency) };
  }
  if (firstCharacter === '[') {
    throw new Refusal(`${shown} is a JSON array: expected NDJSON, one JSON object on each line.`);
  }
  if (!mapping) {
    throw new Refusal(`${shown} is read as CSV: expected --map FILE, which says what its columns mean.`);
  }
  const { entries } = await openMapped(file, mapping, currency);
  return { file: path, encoding, format: 'csv', entries };
}
