import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import type { Customer } from '../../shared/ledger/kinds/customer.ts';
import {
  errorsAllowed,
  errorsBetween,
  isFoundBy,
  misspellableWords,
  queryWords,
  searchWords,
} from '../../shared/ledger/search-words.ts';
import { Table } from '../../shared/store/table.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { memoryTable } from '../support/memory-table.ts';
import { readerOf } from '../support/questions.ts';

const { table, endpoint, tableName } = await memoryTable();
const runs = Number(process.env.RUNS ?? 20);
const today = '2026-11-21';

let organizations = 0;

async function written(names: readonly string[]): Promise<{ organization: string; customers: Customer[] }> {
  const organization = `org-${++organizations}`;
  const customers = names.map((name, n): Customer => ({ kind: 'customer', id: `c${n}`, name }));
  await writeRecords({ table, organization, records: customers });
  return { organization, customers };
}

/** Searches, and counts the requests to the table. */
async function search(organization: string, query: string, limit = 100) {
  let requests = 0;
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  client.middlewareStack.add(
    (next) => (args) => {
      requests++;
      return next(args);
    },
    { step: 'initialize' },
  );
  const reader = readerOf(new Table(client, tableName), organization);
  const found = await reader.searchCustomers(query, limit, today);
  client.destroy();
  return { ...found, requests };
}

/** The definition once more, without any index: every word as typed in one customer, or else within its errors. */
function sought(customers: readonly Customer[], query: string): { ids: string[]; approximate: boolean } {
  const words = queryWords(query);
  const idsOf = (has: (customer: Customer, word: string) => boolean) =>
    customers.filter((customer) => words.every((word) => has(customer, word))).map(({ id }) => id);
  const asTyped = (customer: Customer, word: string) => isFoundBy(searchWords(customer), word);
  const nearly = (customer: Customer, word: string) =>
    errorsAllowed(word) > 0 &&
    misspellableWords(customer).some(
      (filed) => errorsBetween(word, filed, errorsAllowed(filed)) <= errorsAllowed(filed),
    );
  const exact = idsOf(asTyped);
  if (exact.length > 0) return { ids: exact, approximate: false };
  const near = idsOf((customer, word) => asTyped(customer, word) || nearly(customer, word));
  return { ids: near, approximate: near.length > 0 };
}

describe('a search', () => {
  it('finds exactly the customers in whom every word is found, as typed or else nearly', async () => {
    const word = fc.string({ unit: fc.constantFrom(...'abc'), minLength: 1, maxLength: 9 });
    const words = fc.array(word, { minLength: 1, maxLength: 5 }).map((list) => list.join(' '));
    await fc.assert(
      fc.asyncProperty(
        fc.array(words, { minLength: 1, maxLength: 12 }),
        fc.array(words, { minLength: 8, maxLength: 8 }),
        async (names, queries) => {
          const { organization, customers } = await written(names);
          for (const query of [...queries, ...names.map((name) => name.replace(/(?<=...)[abc]/, 'x'))]) {
            const { rows, totalCount, approximate } = await search(organization, query);
            const expected = sought(customers, query);
            assert.deepEqual(rows.map(({ customer }) => customer.id).sort(), expected.ids.sort(), query);
            assert.deepEqual([totalCount, approximate], [expected.ids.length, expected.approximate]);
          }
        },
      ),
      { numRuns: runs },
    );
  });

  it('of any 200 characters costs about a hundred requests at most', async () => {
    const { organization } = await written(['Anders Bolid Cerulean', 'Anders Dolomit', 'Something Else']);
    const worst = Array.from({ length: 34 }, (_, n) => `q${String.fromCharCode(97 + (n % 26))}${n}xz`).join(
      ' ',
    );
    const long = Array.from({ length: 25 }, (_, n) => `wordyq${String.fromCharCode(97 + n)}`).join(' ');
    for (const query of [worst, long, 'a '.repeat(100), 'x'.repeat(200), '7'.repeat(200), '山'.repeat(200)]) {
      const { requests, rows, totalCount } = await search(organization, query.slice(0, 200));
      assert.ok(requests <= 100, `${requests} requests for ${query.slice(0, 40)}`);
      if (query !== 'a '.repeat(100)) assert.deepEqual([rows, totalCount], [[], 0]);
    }
  });

  it('of many words, all of them misspelt, still finds the one who is meant', async () => {
    const name = 'Wilhelmina Hortensia Persephone Guinevere Clementine Marguerite';
    const { organization } = await written([name, 'Wilhelmina Hortensia Persephone']);
    const misspelt = name.replace(/\b(..)./g, '$1x');
    const { rows, approximate, requests } = await search(organization, misspelt);
    assert.deepEqual([rows.map(({ customer }) => customer.name), approximate], [[name], true]);
    assert.ok(requests <= 100, String(requests));
  });

  it('says so where more would have to be looked through than may be', async () => {
    const { organization } = await written(Array.from({ length: 520 }, (_, n) => `Bold ${n}`));
    const { rows, totalCount, totalsAbsent } = await search(organization, 'Bald', 1);
    assert.deepEqual([rows.length, totalCount], [1, undefined]);
    assert.match(totalsAbsent ?? '', /too many names are spelled similarly to these words/);
    const narrower = await search(organization, 'Bald 17');
    assert.equal(narrower.totalsAbsent, undefined);
    assert.ok(narrower.rows.some(({ customer }) => customer.name === 'Bold 17'));
  });
});
