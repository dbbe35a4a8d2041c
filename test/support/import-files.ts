import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { parseMapping } from '../../cli/import/mapping.ts';
import { Reading } from '../../cli/import/reading.ts';
import { type Entry, openMapped } from '../../cli/import/source.ts';
import { inspectTextFile } from '../../cli/import/text-file.ts';
import { writeRecord } from '../../shared/ledger/format.ts';
import type { MemoryTable } from './memory-table.ts';

/** A folder of its own for a test file; gone when its tests are done. Gives the paths of the files written. */
export function temporaryFiles(): (name: string, content: string | Buffer) => string {
  const folder = mkdtempSync(join(tmpdir(), 'finance-mcp-import-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
}

/** Everything that a CSV file comes to under a mapping. */
export async function mapFile(
  path: string,
  mapping: unknown,
  currency?: string,
  reading = new Reading(),
): Promise<Entry[]> {
  const entries = await openMapped(await inspectTextFile(path), parseMapping(mapping), currency);
  return Array.fromAsync(entries(reading));
}

/** The records in the interchange format, which is easier to read than minor units. */
export const recordsOf = (entries: readonly Entry[]): unknown[] =>
  entries.flatMap((entry) =>
    'records' in entry ? entry.records.map(({ record }) => writeRecord(record)) : [],
  );

export const refusalsOf = (
  entries: readonly Entry[],
): { lines: readonly number[]; line?: number; refused: string }[] =>
  entries.filter((entry) => 'refused' in entry);

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * The environment that leads a command to a table in memory. It has no user pool, so nobody asks whether an
 * organization exists.
 */
export const environmentOf = ({ endpoint, tableName }: MemoryTable): Record<string, string> => ({
  AWS_ENDPOINT_URL_DYNAMODB: endpoint,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  TABLE_NAME: tableName,
});

/** Runs `npm run import` as it is run by people, but for npm itself. */
export function runImport(args: string[], environment: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  const { TABLE_NAME: _, USER_POOL_ID: __, ...inherited } = process.env;
  const child = spawn(process.execPath, ['cli/import.ts', ...args], {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...inherited, ...environment },
  });
  const result: CommandResult = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    result.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    result.stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ ...result, code }));
  });
}
