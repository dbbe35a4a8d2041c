import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../../shared/ledger/errors.ts';
import { parseRecord, writeRecord } from '../../shared/ledger/format.ts';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import { recordKinds } from '../../shared/ledger/kinds/index.ts';
import { afterAll, partitionsOf } from '../../shared/store/keys.ts';
import { verifyBooks } from '../../shared/store/verify.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { allRecords, type SomeBooks, someBooks } from '../support/books.ts';
import { memoryTable } from '../support/memory-table.ts';
import { runOperator } from './operators-commands.ts';

const { table, endpoint, tableName } = await memoryTable();
const folder = mkdtempSync(join(tmpdir(), 'export-'));
after(() => rmSync(folder, { recursive: true }));

const environment = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL_DYNAMODB: endpoint,
  TABLE_NAME: tableName,
};
const run = (command: string, args: string[], more: NodeJS.ProcessEnv = {}) =>
  runOperator(command, args, { environment: { ...environment, ...more } });

/** The records among these odd ones that an import would have taken, as it would have stored them. */
const importable = (books: SomeBooks): LedgerRecord[] =>
  allRecords(books).flatMap((record) => {
    try {
      return [parseRecord(writeRecord(record))];
    } catch (error) {
      if (error instanceof Refusal) return [];
      throw error;
    }
  });

async function recordsOf(organization: string): Promise<unknown[]> {
  const partitions = partitionsOf(organization);
  const items = await Promise.all(
    recordKinds.map((kind) => table.all({ pk: partitions.records(kind), from: '!', to: afterAll })),
  );
  return items.flat().map(({ data }) => JSON.parse(data));
}

describe('exported books', () => {
  test('are imported again as they were, whatever they hold', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        someBooks.map(importable).filter((records) => records.length > 0),
        async (records) => {
          const [from, to] = [`from-${++count}`, `to-${count}`];
          await writeRecords({ table, organization: from, records });
          const file = join(folder, `${count}.ndjson`);
          const exported = await run('export', ['--org', from, '--json', file]);
          assert.equal(exported.code, 0, exported.stderr);
          assert.deepEqual(JSON.parse(exported.stdout), {
            organization: from,
            file,
            records: (await verifyBooks(table, from)).records,
          });
          const imported = await run('import', ['--org', to, '--strict', file]);
          assert.equal(imported.code, 0, imported.stderr);
          assert.deepEqual(await recordsOf(to), await recordsOf(from));
        },
      ),
      { numRuns: 4 },
    );
  });

  test('are for the eyes of their owner, and replace no file', async () => {
    const file = join(folder, 'once.ndjson');
    const customer: LedgerRecord = { kind: 'customer', id: 'c', name: 'Köhler AG' };
    await writeRecords({ table, organization: 'once', records: [customer] });
    assert.equal((await run('export', ['--org', 'once', file])).code, 0);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    writeFileSync(file, 'precious');
    const again = await run('export', ['--org', 'once', file]);
    assert.equal(again.code, 2);
    assert.match(
      again.stderr,
      /^The file .*once\.ndjson already exists: expected the name of a new file\.\n/,
    );
    assert.equal(readFileSync(file, 'utf8'), 'precious');
  });

  test('are no file where there are no records, or they cannot be read', async () => {
    const file = join(folder, 'none.ndjson');
    const empty = await run('export', ['--org', 'nobody', file]);
    assert.deepEqual([empty.code, empty.stderr], [1, '"nobody" has no records, so nothing was written.\n']);
    const nowhere = await run('export', ['--org', 'once', file], { TABLE_NAME: 'elsewhere' });
    assert.equal(nowhere.code, 3);
    assert.equal(nowhere.stderr, 'There is no table "elsewhere" in this account and region.\n');
    assert.equal(existsSync(file), false);
  });
});
