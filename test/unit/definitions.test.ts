import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  addressOf,
  definitionsAddress,
  definitionsIndex,
  pageOf,
  topics,
} from '../../functions/mcp/definitions/index.ts';
import { listResources } from '../../functions/mcp/resource.ts';
import { resources } from '../../functions/mcp/resources.ts';
import { tools } from '../../functions/mcp/tools/index.ts';
import { bankExceptions } from '../../shared/ledger/kinds/bank-transaction.ts';
import { billStatuses } from '../../shared/ledger/kinds/bill.ts';
import { contractStatuses } from '../../shared/ledger/kinds/contract.ts';
import type { kinds } from '../../shared/ledger/kinds/index.ts';
import { invoices } from '../../shared/ledger/kinds/invoice.ts';
import { paymentMethods } from '../../shared/ledger/kinds/payment.ts';
import { lineStates } from '../../shared/ledger/kinds/schedule-line.ts';
import { fieldsOf as fieldFactsOf } from '../../shared/ledger/shapes.ts';
import { allDefinitions, isDefined } from '../support/definitions.ts';

const page = (name: string): string => {
  const topic = topics.find((candidate) => candidate.name === name);
  assert.ok(topic, name);
  return pageOf(topic);
};

/** The words in the first column of the tables of a page. */
const rowsOf = (text: string): string[] => [...text.matchAll(/^\| (\w+) \| /gm)].map(([, word = '']) => word);

describe('the definitions', () => {
  test('are an index and a page for each topic, and the index names each page once', () => {
    assert.deepEqual(
      resources.map(({ uri, mimeType, read }) => [uri, mimeType, read()]),
      [
        [definitionsAddress, 'text/markdown', definitionsIndex],
        ...topics.map((topic) => [addressOf(topic), 'text/markdown', pageOf(topic)]),
      ],
    );
    const named = [...definitionsIndex.matchAll(/^- (finance:\S+): .+$/gm)].map(([, address]) => address);
    assert.deepEqual(named, topics.map(addressOf));
  });

  test('are pages and not books, in a lean list', () => {
    for (const topic of topics) {
      const bytes = Buffer.byteLength(pageOf(topic));
      assert.ok(bytes <= 8_000, `${topic.name} has ${bytes} bytes`);
    }
    assert.ok(Buffer.byteLength(definitionsIndex) <= 2_500);
    const bytes = Buffer.byteLength(JSON.stringify(listResources(resources)));
    assert.ok(bytes <= 4_300, `${bytes} bytes`);
  });

  test('lead only to pages that exist, and name only tools that exist', () => {
    const addresses = resources.map(({ uri }) => uri);
    for (const [address] of allDefinitions.matchAll(/finance:\/\/definitions(\/[a-z-]+)?/g)) {
      assert.ok(addresses.includes(address), address);
    }
    for (const [word] of allDefinitions.matchAll(/\b(list|get|search|find)_[a-z_]+\b/g)) {
      assert.ok(
        tools.some(({ name }) => name === word),
        word,
      );
    }
    for (const { name } of tools) assert.ok(allDefinitions.includes(name), name);
  });

  test('list the statuses of invoices and bills in the order in which they are tried', () => {
    const invoiceStatuses = invoices.statuses;
    assert.deepEqual(
      rowsOf(page('invoices')).filter((word) => invoiceStatuses.includes(word)),
      invoiceStatuses,
    );
    assert.deepEqual(
      rowsOf(page('bills')).filter((word) => (billStatuses as readonly string[]).includes(word)),
      ['void', 'draft', 'paid', 'overdue', 'partial', 'unpaid'],
    );
  });

  test('have every status of contracts and lines, every payment method, and every choice of transactions', () => {
    const words = rowsOf(page('commitments'));
    for (const status of [...contractStatuses, ...lineStates, 'overdue'])
      assert.ok(words.includes(status), status);
    assert.ok(page('payments').includes(`one of ${paymentMethods.join(', ')}`));
    for (const choice of bankExceptions) assert.match(page('banking'), new RegExp(`only ${choice}`));
  });

  test('have every kind that find_records finds, with its fields', () => {
    const { kind: choice } = tools.find(({ name }) => name === 'find_records')?.input().shape ?? {};
    const found = (choice as unknown as { options: (keyof typeof kinds | 'counterparty')[] }).options;
    const [, ...rows] = rowsOf(page('records'));
    assert.deepEqual(rows.toSorted(), found.toSorted());
    for (const kind of found) {
      if (kind === 'counterparty') continue;
      for (const field of fieldFactsOf(kind).keys()) {
        const name = field.split('.').at(-1) ?? '';
        assert.ok(name === 'kind' || name === 'provisional' || isDefined(name), `${kind}.${field}`);
      }
    }
  });

  test('name every argument of every tool', () => {
    for (const { name, input } of tools) {
      for (const argument of Object.keys(input().shape)) {
        assert.ok(isDefined(argument), `${name}: ${argument}`);
      }
    }
  });
});
