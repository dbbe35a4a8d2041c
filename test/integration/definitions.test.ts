import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { toJSONSchema } from 'zod';
import { parseArguments } from '../../functions/mcp/arguments.ts';
import { openBooks, type Tool } from '../../functions/mcp/tool.ts';
import { tools } from '../../functions/mcp/tools/index.ts';
import { scopeNames } from '../../shared/edge.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import type { CreditNote } from '../../shared/ledger/kinds/credit-note.ts';
import type { Invoice } from '../../shared/ledger/kinds/invoice.ts';
import { registry } from '../../shared/ledger/registry.ts';
import { openReader } from '../../shared/store/reader.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { fieldsOf, isDefined } from '../support/definitions.ts';
import { memoryTable } from '../support/memory-table.ts';
import { ids, middle, names, someRecords } from '../support/records.ts';

/*
 * Every field that a tool can answer is defined. The books have records of every kind with every field, and the tools
 * are asked for each of their choices.
 */

const { table, open } = await memoryTable();
const organizations = ['one', 'two', 'three', 'four'];

/** A credit in the currency of its invoice, which random records seldom have. */
const credited: readonly (Invoice | CreditNote)[] = [
  {
    kind: 'invoice',
    id: 'a',
    currency: 'USD',
    lifecycle: 'issued',
    issued: '2025-12-01',
    total: 200_00,
    lines: [],
  },
  {
    kind: 'credit_note',
    id: 'a',
    currency: 'USD',
    lifecycle: 'issued',
    issued: '2025-12-02',
    total: 50_00,
    allocations: [{ invoiceId: 'a', amount: 50_00, date: '2025-12-02' }],
  },
];

before(async () => {
  const samples = fc.sample(someRecords(registry.kinds.values()), { seed: 7, numRuns: 120 });
  const richest = samples.toSorted((a, b) => b.length - a.length);
  for (const [at, organization] of organizations.entries()) {
    await writeRecords({ table, organization, records: [...(richest[at] ?? []), ...credited] });
  }
});

/** What a tool can be asked: each word of each choice, some texts and ids, and a later day. */
function questionsTo({ input }: Tool): Record<string, unknown>[] {
  const { properties = {}, required = [] } = toJSONSchema(input(), { io: 'input', unrepresentable: 'any' });
  const words = (name: string): unknown[] => {
    const { enum: choice, items } = properties[name] as { enum?: string[]; items?: { enum?: string[] } };
    return choice ?? (items?.enum ? [items.enum] : []);
  };
  const values: Record<string, readonly unknown[]> = {
    ...Object.fromEntries(Object.keys(properties).map((name) => [name, words(name)])),
    ...Object.fromEntries(['invoiceId', 'id'].map((name) => [name, ids])),
    ...Object.fromEntries(['customerId', 'query', 'text'].map((name) => [name, names.slice(0, 4)])),
    ...Object.fromEntries(['vendor', 'category', 'counterparty'].map((name) => [name, ['a']])),
    startDate: ['2025-11-01'],
    asOf: ['2030-01-01'],
    cancelBy: ['2030-01-01'],
  };
  const asked = Object.keys(properties).flatMap((name) =>
    (values[name] ?? []).map((value) => ({ [name]: value })),
  );
  const always = {
    ...('limit' in properties && { limit: 100 }),
    ...(required.includes('endDate') && { startDate: '2020-01-01', endDate: '2027-12-31' }),
  };
  const kinds = required.includes('kind') ? words('kind') : [];
  return [{}, ...asked].flatMap((question) =>
    kinds.length === 0 || 'kind' in question
      ? [{ ...always, ...question }]
      : kinds.map((kind) => ({ ...always, ...question, kind })),
  );
}

const now = () => new Date(`${middle}T12:00:00Z`);

async function fieldsAnsweredBy(tool: Tool): Promise<Set<string>> {
  const answered = new Set<string>();
  for (const organization of organizations) {
    for (const question of questionsTo(tool)) {
      const context = await openBooks(
        { openReader: async (name) => openReader(open(), name), now },
        organization,
        scopeNames,
      );
      try {
        const { content } = await tool.run(parseArguments(tool.input(), question, []), context);
        for (const field of fieldsOf(content)) answered.add(field);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }
  }
  return answered;
}

/** Fields that few answers have. */
const seldom =
  'comparedWith counterpartyCount creditNoteId dataAsOf draftTotals failed futureAsOf linkedTo percent quantity refunded statementFindings treatment';

describe('every field is defined that is answered by', () => {
  const all = new Set<string>();
  for (const tool of tools) {
    test(tool.name, async () => {
      const answered = await fieldsAnsweredBy(tool);
      for (const field of answered) all.add(field);
      assert.deepEqual(
        [...answered].filter((field) => !isDefined(field)),
        [],
      );
    });
  }

  test('and the answers had what few answers have', () => {
    assert.deepEqual(
      seldom.split(' ').filter((field) => !all.has(field)),
      [],
    );
  });
});
