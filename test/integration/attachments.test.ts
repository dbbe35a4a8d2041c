import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { parseArguments } from '../../functions/mcp/arguments.ts';
import { resourceTemplates } from '../../functions/mcp/resources.ts';
import { isGranted, openBooks, type ToolContext, Withheld } from '../../functions/mcp/tool.ts';
import { findRecords } from '../../functions/mcp/tools/find-records.ts';
import { tools } from '../../functions/mcp/tools/index.ts';
import { type ScopeName, scopeNames } from '../../shared/edge.ts';
import type { FileStore } from '../../shared/files/file-store.ts';
import { NotFound } from '../../shared/ledger/errors.ts';
import { type AttachedKind, type Attachment, attachedKinds } from '../../shared/ledger/kinds/attachment.ts';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import { openReader } from '../../shared/store/reader.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { memoryTable } from '../support/memory-table.ts';

/*
 * Which files are shown with a record, and who may read which. Every file is stored, so that whatever keeps one from
 * being read is a rule about it.
 */

type Fields = Record<string, unknown>;

const { table, open } = await memoryTable();
const stored: FileStore = {
  find: async () => ({ size: 6, bytes: Buffer.from('secret') }),
  link: async (id) => ({ url: `https://files.example/${id}`, validUntil: new Date(0) }),
};

/** What shows a record of each kind, by hand. */
const shownBy: Record<AttachedKind, ScopeName> = {
  invoice: 'invoices:read',
  bill: 'expenses:read',
  expense: 'expenses:read',
  payment: 'payments:read',
  contract: 'contracts:read',
  bank_transaction: 'banking:read',
};

const file = (id: string, linkedTo: Attachment['linkedTo'], name = `${id}.txt`): Attachment => ({
  kind: 'attachment',
  id,
  name,
  mimeType: 'text/plain',
  bytes: 6,
  type: 'other',
  linkedTo,
});

const invoice = (id: string): LedgerRecord => ({
  kind: 'invoice',
  id,
  currency: 'EUR',
  lifecycle: 'issued',
  issued: '2026-01-05',
  total: 100,
  lines: [],
});

const contract: LedgerRecord = {
  kind: 'contract',
  id: 'c1',
  name: 'Office',
  direction: 'supplier',
  currency: 'EUR',
  start: '2026-01-01',
  status: 'active',
  billing: 'fixed',
};

async function contextOf(
  scopes: readonly ScopeName[],
  organization = 'acme',
  severalOrganizations = false,
): Promise<ToolContext> {
  const library = {
    openReader: async () => openReader(open(), organization),
    openFiles: async () => stored,
    now: () => new Date('2026-11-18T12:00:00Z'),
  };
  return { ...(await openBooks(library, organization, scopes)), severalOrganizations };
}

async function ask(name: string, args: Fields, context: ToolContext) {
  const tool = tools.find((candidate) => candidate.name === name);
  assert.ok(tool, name);
  return tool.run(parseArguments(tool.input(), args, []), context);
}

/** What a caller gets who reads the file as a resource, or asks for the attachment by its id. */
async function outcomes(id: string, scopes: readonly ScopeName[]) {
  const template = resourceTemplates.find(({ name }) => name === 'attachment');
  assert.ok(template);
  const read = async () => template.read({ attachmentId: id }, await contextOf(scopes));
  const find = async () => ask('find_records', { kind: 'attachment', id }, await contextOf(scopes));
  const settled = await Promise.allSettled([read(), find()]);
  return settled.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error)));
}

/** The words of refusals, without the id that was asked for. */
const wordsOf = (settled: readonly unknown[], id: string) =>
  settled.map((one) => {
    assert.ok(one instanceof NotFound, String(one));
    return one.message.replaceAll(JSON.stringify(id), 'ID');
  });

describe('the files of a record', () => {
  before(async () => {
    const several = Array.from({ length: 12 }, (_, at) =>
      file(`s${at}`, [{ kind: 'invoice', id: 'many' }], `${String(at).padStart(2, '0')}.txt`),
    );
    const records: LedgerRecord[] = [
      ...['one', 'many', 'none', 'long', 'i#1'].map(invoice),
      contract,
      ...several,
      file('of-invoice', [{ kind: 'invoice', id: 'one' }], 'b.pdf'),
      file('of-both', [
        { kind: 'bill', id: 'b1' },
        { kind: 'invoice', id: 'one' },
        { kind: 'invoice', id: 'one' },
        { kind: 'contract', id: 'c1' },
      ]),
      file('of-bill', [{ kind: 'bill', id: 'one' }]),
      file('of#odd', [{ kind: 'invoice', id: 'i#1' }]),
      ...Array.from({ length: 10 }, (_, at) =>
        file(`${at}${'長'.repeat(190)}`, [{ kind: 'invoice', id: 'long' }]),
      ),
    ];
    await writeRecords({ table, organization: 'acme', records });
    await writeRecords({ table, organization: 'bare', records: [invoice('one'), contract] });
  });

  const invoiceOf = async (invoiceId: string, context: ToolContext) =>
    (await ask('get_invoice', { invoiceId }, context)).content.invoice as Fields;

  it('are named by get_invoice and in the resource of the invoice, by name', async () => {
    const shown = await invoiceOf('one', await contextOf(['invoices:read']));
    const common = { mimeType: 'text/plain', bytes: 6, type: 'other' };
    assert.deepEqual(shown.attachments, [
      { id: 'of-invoice', name: 'b.pdf', ...common, uri: 'finance://attachments/of-invoice' },
      { id: 'of-both', name: 'of-both.txt', ...common, uri: 'finance://attachments/of-both' },
    ]);
    assert.equal(shown.attachmentCount, undefined);
    const template = resourceTemplates.find(({ name }) => name === 'invoice');
    const contents = await template?.read({ invoiceId: 'one' }, await contextOf(['invoices:read']));
    assert.ok(contents && 'text' in contents);
    assert.deepEqual(JSON.parse(contents.text).invoice, JSON.parse(JSON.stringify(shown)));
  });

  it('are named with a contract by id', async () => {
    const { content } = await ask(
      'find_records',
      { kind: 'contract', id: 'c1' },
      await contextOf(['contracts:read']),
    );
    const [shown] = content.records as Fields[];
    assert.deepEqual(
      (shown as { attachments: Fields[] }).attachments.map(({ id }) => id),
      ['of-both'],
    );
  });

  it('are at most ten and their number, and fewer where their ids are long', async () => {
    const many = await invoiceOf('many', await contextOf(['invoices:read']));
    assert.deepEqual(
      (many.attachments as Fields[]).map(({ id }) => id),
      Array.from({ length: 10 }, (_, at) => `s${at}`),
    );
    assert.equal(many.attachmentCount, 12);
    const long = await invoiceOf('long', await contextOf(['invoices:read']));
    assert.ok((long.attachments as Fields[]).length < 10);
    assert.ok((long.attachments as Fields[]).length > 0);
    assert.equal(long.attachmentCount, 10);
  });

  it('have addresses that can be read: escaped, and of one of several organizations', async () => {
    const context = await contextOf(['invoices:read'], 'acme', true);
    const [shown] = (await invoiceOf('i#1', context)).attachments as Fields[];
    assert.equal(shown?.uri, 'finance://attachments/of%23odd?organization=acme');
    const { download } = await ask('find_records', { kind: 'attachment', id: 'of#odd' }, context);
    assert.equal(download?.uri, shown?.uri);
  });

  it('cost one query, and nothing where the books hold none', async () => {
    const units = async (organization: string, invoiceId: string) => {
      const context = await contextOf(['invoices:read'], organization);
      await invoiceOf(invoiceId, context);
      return context.reader.unitsRead;
    };
    const bare = await contextOf(['invoices:read'], 'bare');
    const before = bare.reader.unitsRead;
    await bare.reader.find('invoice', { id: 'one' }, bare.today);
    const found = bare.reader.unitsRead - before;
    assert.equal(await units('bare', 'one'), before + found);
    assert.equal((await units('acme', 'i#1')) - (await units('bare', 'one')), 0.5);
    assert.equal((await invoiceOf('none', await contextOf(['invoices:read']))).attachments, undefined);
  });
});

describe('a file', () => {
  it('can be asked for by whoever has the scope of one of its records alone', () => {
    for (const scope of Object.values(shownBy)) assert.ok(isGranted(findRecords, { scopes: [scope] }), scope);
  });

  it('is read with the scope of any record that it belongs to, and is unknown to everybody else', async () => {
    const link = fc.record(
      { kind: fc.constantFrom(...attachedKinds), id: fc.constantFrom('a', 'b') },
      { noNullPrototype: true },
    );
    let made = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(link, { maxLength: 4 }),
        fc.subarray([...scopeNames]),
        async (linkedTo, scopes) => {
          const id = `f${made++}`;
          await writeRecords({ table, organization: 'acme', records: [file(id, linkedTo)] });
          const all = Object.values(shownBy).every((scope) => scopes.includes(scope));
          const visible = linkedTo.filter(({ kind }) => scopes.includes(shownBy[kind]));
          const [contents, found] = await outcomes(id, scopes);
          if (visible.length > 0 || all) {
            assert.deepEqual(contents, { mimeType: 'text/plain', text: 'secret' });
            const { content, download } = found as Awaited<ReturnType<typeof ask>>;
            assert.equal(download?.uri, `finance://attachments/${id}`);
            const [{ linkedTo: shown = [] } = {}] = content.records as Fields[];
            assert.deepEqual(shown, visible);
            return;
          }
          for (const one of [contents, found]) assert.ok(one instanceof Error);
          if (scopes.some((scope) => Object.values(shownBy).includes(scope))) {
            for (const one of [contents, found]) assert.ok(one instanceof Withheld, String(one));
            const none = `g${made}`;
            assert.deepEqual(wordsOf([contents, found], id), wordsOf(await outcomes(none, scopes), none));
          } else {
            assert.deepEqual(
              [contents, found].map((one) => (one as Error).name),
              ['MissingScope', 'MissingScope'],
            );
          }
        },
      ),
      { numRuns: Number(process.env.RUNS ?? 30) },
    );
  });

  it('of others is never suggested: nearest ids are only for those who may see all', async () => {
    const limited = await outcomes('of-bil', ['invoices:read']);
    for (const words of wordsOf(limited, 'of-bil')) assert.doesNotMatch(words, /of-b/);
    const [read] = await outcomes('of-bil', scopeNames);
    assert.match(String(read), /"of-bill"/);
    // Nor is it by its id in other capitals.
    const capitals = await outcomes('OF-BILL', ['invoices:read']);
    assert.deepEqual(wordsOf(capitals, 'OF-BILL'), wordsOf(limited, 'of-bil'));
  });

  it('is in a list or a search only for those who may see all', async () => {
    for (const args of [{}, { query: 'one' }]) {
      const limited = scopeNames.filter((scope) => scope !== 'contracts:read');
      await assert.rejects(
        async () => ask('find_records', { kind: 'attachment', ...args }, await contextOf(limited)),
        /needs the scope contracts:read/,
      );
      const { rows } = await ask(
        'find_records',
        { kind: 'attachment', ...args },
        await contextOf(scopeNames),
      );
      assert.ok(rows > 0);
    }
  });
});
