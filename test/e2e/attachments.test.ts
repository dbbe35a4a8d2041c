import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { runCommand, startLocalEdition } from '../support/local-edition.ts';
import { machineToken } from '../support/machine-token.ts';

/*
 * The files of attachments as a person and a model get them: through the SDK's client, in both generations of the
 * protocol, against the local edition as `npm start` starts it.
 */

const folder = await mkdtemp(join(tmpdir(), 'attachments-'));
after(() => rm(folder, { recursive: true, force: true }));

const data = join(folder, 'data');
const edition = await startLocalEdition(['--data', data]);
const url = `${edition.url}/mcp`;
const local = ['--local', String(edition.port)];

interface ToolResult {
  isError?: boolean;
  structuredContent?: {
    records: Record<string, unknown>[];
    download?: { url: string; validUntil: string };
  };
  content: Record<string, unknown>[];
  _meta?: Record<string, unknown>;
}

const modes = ['legacy', { pin: '2026-07-28' }] as const;

async function connect(token: string, mode: (typeof modes)[number] = modes[1]): Promise<Client> {
  const client = new Client(
    { name: 'finance-mcp-tests', version: '1.0.0' },
    { versionNegotiation: { mode } },
  );
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  after(() => client.close());
  return client;
}

const northwind = await machineToken(url, 'northwind');
const chinook = await machineToken(url, 'chinook');
const client = await connect(northwind);

const find = async (id: string, as: Client = client) =>
  (await as.callTool({
    name: 'find_records',
    arguments: { kind: 'attachment', id },
  })) as unknown as ToolResult;
const uriOf = (id: string) => `finance://attachments/${encodeURIComponent(id)}`;
const read = async (id: string, as: Client = client) =>
  (await as.readResource({ uri: uriOf(id) })).contents[0] as Partial<
    Record<'mimeType' | 'text' | 'blob', string>
  >;
const refusal = async (id: string, as: Client = client) => {
  let message = '';
  await assert.rejects(read(id, as), (error: Error) => {
    message = error.message;
    return true;
  });
  return message;
};

/** What the audit records say, as one text and one by one. */
async function audit() {
  const text = await readFile(join(data, 'audit.ndjson'), 'utf8');
  return {
    text,
    records: text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

for (const mode of modes) {
  describe(`attachments, ${typeof mode === 'string' ? mode : mode.pin}`, () => {
    it('are found with a resource for the model and a link for the person', async () => {
      const as = await connect(northwind, mode);
      const { structuredContent, content } = await find('file-receipt', as);
      const { records, download } = structuredContent!;
      assert.equal(records[0]?.stored, true);
      assert.deepEqual(JSON.parse(String(content[0]?.text)), structuredContent);
      assert.deepEqual(content[1], {
        type: 'resource_link',
        uri: 'finance://attachments/file-receipt',
        name: 'Receipt.txt',
        mimeType: 'text/plain',
        size: records[0]?.bytes,
      });
      const left = Date.parse(download!.validUntil) - Date.now();
      assert.ok(left > 280_000 && left <= 300_000, String(left));

      const response = await fetch(download!.url);
      assert.equal(response.headers.get('content-disposition')?.split(';')[0], 'attachment');
      const text = await response.text();
      assert.match(text, /^Around the Horn\n/);
      assert.deepEqual(await read('file-receipt', as), {
        uri: 'finance://attachments/file-receipt',
        mimeType: 'text/plain',
        text,
      });
      const { resourceTemplates } = await as.listResourceTemplates();
      assert.deepEqual(
        resourceTemplates.map(({ uriTemplate }) => uriTemplate),
        ['finance://invoices/{invoiceId}', 'finance://attachments/{attachmentId}'],
      );
    });

    it('are read as bytes where they are no text, and HTML is no page anywhere', async () => {
      const as = await connect(northwind, mode);
      const pdf = await read('file-invoice-10707', as);
      assert.equal(pdf.mimeType, 'application/pdf');
      assert.match(Buffer.from(String(pdf.blob), 'base64').toString('latin1'), /^%PDF-1\.4\n.*%%EOF\n$/s);

      const html = await read('file-confirmation', as);
      assert.equal(html.mimeType, 'application/octet-stream');
      assert.equal(html.text, undefined);
      const { structuredContent, content } = await find('file-confirmation', as);
      assert.equal(content[1]?.mimeType, 'application/octet-stream');
      const { headers } = await fetch(structuredContent!.download!.url);
      assert.equal(headers.get('content-type'), 'application/octet-stream');
      assert.match(
        headers.get('content-disposition') ?? '',
        /^attachment; filename="Order confirmation\.html"/,
      );
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('content-security-policy'), "sandbox; default-src 'none'");
    });
  });
}

describe('the files of attachments', () => {
  it('are linked to only when one attachment is asked for', async () => {
    for (const args of [
      { kind: 'attachment', limit: 100 },
      { kind: 'attachment', query: 'receipt' },
    ]) {
      const result = (await client.callTool({
        name: 'find_records',
        arguments: args,
      })) as unknown as ToolResult;
      assert.ok(result.structuredContent!.records.some(({ id }) => id === 'file-receipt'));
      assert.equal(result.structuredContent!.download, undefined);
      assert.equal(result.content.length, 1);
    }
  });

  it('are those of one’s own organization: another’s id is nothing, with the same words', async () => {
    const stranger = await connect(chinook);
    const [foreign, none] = await Promise.all(
      ['file-receipt', 'no-such-file'].map((id) => find(id, stranger)),
    );
    for (const result of [foreign, none]) assert.equal(result?.isError, true);
    const wordsOf = (result: ToolResult | undefined) =>
      String(result?.content[0]?.text).replace(/file-receipt|no-such-file/, 'ID');
    assert.equal(wordsOf(foreign), wordsOf(none));
    assert.match(await refusal('file-receipt', stranger), /file-receipt/);
  });

  it('cannot be reached with a link of another organization, or one that was changed', async () => {
    const { structuredContent } = await find('file-receipt');
    const link = structuredContent!.download!.url;
    assert.equal((await fetch(link)).status, 200);
    for (const [from, to] of [
      ['/northwind/', '/chinook/'],
      ['X-Amz-Expires=300', 'X-Amz-Expires=299'],
      ['attachment', 'inline'],
      [/Signature=\w/, 'Signature=_'],
    ] as const) {
      const response = await fetch(link.replace(from, to));
      assert.equal(response.status, 404, String(from));
      assert.doesNotMatch(await response.text(), /Around the Horn/);
    }
  });

  it('have no other addresses: an id is one segment', async () => {
    for (const id of ['../chinook/file-receipt', '..', 'file-receipt/..', '/etc/passwd', '%2e%2e']) {
      assert.match(await refusal(id), /attachment|Resource not found/);
    }
    for (const uri of ['finance://attachments/', 'finance://attachments/../x', 'finance://attachments/a/b']) {
      await assert.rejects(client.readResource({ uri }), /Resource not found/);
    }
  });

  it('are found with the invoice, and need its scope alone', async () => {
    const limited = await connect(await machineToken(url, 'northwind', 'invoices:read'));
    const { structuredContent } = await limited.callTool({
      name: 'get_invoice',
      arguments: { invoiceId: '10707' },
    });
    const { attachments } = (structuredContent as { invoice: { attachments: Record<string, unknown>[] } })
      .invoice;
    assert.deepEqual(
      attachments.map(({ name }) => name),
      ['Invoice 10707.pdf', 'Order confirmation.html', 'Receipt.txt'],
    );
    for (const { uri } of attachments) {
      const { contents } = await limited.readResource({ uri: String(uri) });
      assert.equal(contents[0]?.uri, uri);
    }
    const { download } = (await find('file-receipt', limited)).structuredContent!;
    assert.match(await (await fetch(download!.url)).text(), /^Around the Horn/);
  });

  it('of a bill are nothing to whoever may see invoices alone, and the record says that it was denied', async () => {
    const limited = await connect(await machineToken(url, 'northwind', 'invoices:read'));
    const { records } = (
      await client.callTool({
        name: 'find_records',
        arguments: { kind: 'attachment', query: 'Bill', limit: 100 },
      })
    ).structuredContent as { records: { id: string; linkedTo: { kind: string }[] }[] };
    const ofBill = records.find(({ linkedTo }) => linkedTo.every(({ kind }) => kind === 'bill'))!.id;
    assert.ok((await find(ofBill)).structuredContent!.download);

    const answers = [ofBill, 'bill-none'].map(async (id) => {
      const { isError, content, structuredContent } = await find(id, limited);
      assert.deepEqual([isError, structuredContent], [true, undefined]);
      const said = [String(content[0]?.text), await refusal(id, limited)];
      return said.map((text) => text.replaceAll(id, 'ID'));
    });
    const [withheld, none] = await Promise.all(answers);
    assert.deepEqual(withheld, none);
    const outcomesOf = async (id: string) =>
      (await audit()).records.flatMap((record) =>
        record.audit === 'call' && JSON.stringify(record.arguments).includes(id) ? [record.outcome] : [],
      );
    assert.deepEqual((await outcomesOf(ofBill)).toSorted(), ['denied', 'denied', 'ok']);
    assert.deepEqual(await outcomesOf('bill-none'), ['refused', 'refused']);
  });

  it('are refused by the scope to whoever may see no record that can have files', async () => {
    const limited = await connect(await machineToken(url, 'northwind', 'customers:read business:read'));
    const result = await find('file-receipt', limited);
    assert.equal(result.isError, true);
    assert.match(String(result.content[0]?.text), /needs the scope invoices:read/);
    assert.ok(result._meta?.['mcp/www_authenticate']);
    assert.match(await refusal('file-receipt', limited), /needs the scope invoices:read/);
    const { resourceTemplates } = await limited.listResourceTemplates();
    assert.deepEqual(resourceTemplates, []);
  });

  it('leave a record of who got a link and until when, without the link', async () => {
    const isLink = (record: Record<string, unknown>) => record.downloadUntil !== undefined;
    const before = (await audit()).records.filter(isLink).length;
    const { structuredContent } = await find('file-receipt');
    const { url: link, validUntil } = structuredContent!.download!;
    await read('file-receipt');
    const { text, records } = await audit();
    const [minted, ...more] = records.filter(isLink).slice(before);
    assert.equal(more.length, 0);
    assert.deepEqual(
      [minted.audit, minted.organization, minted.arguments, minted.downloadUntil],
      ['call', 'northwind', { kind: 'attachment', id: 'file-receipt' }, validUntil],
    );
    const last = records.at(-1);
    assert.deepEqual(
      [last.tool, last.arguments, last.outcome, last.downloadUntil],
      ['resources/read', { uri: 'finance://attachments/file-receipt' }, 'ok', undefined],
    );
    const signature = new URL(link).searchParams.get('X-Amz-Signature') ?? '';
    assert.match(signature, /^[0-9a-f]{64}$/);
    for (const secret of [link, signature, 'X-Amz-']) {
      assert.ok(!text.includes(secret), secret);
      assert.ok(!edition.output().includes(secret), secret);
    }
  });
});

describe('npm run files', () => {
  const records = join(folder, 'attachments.ndjson');
  const files = join(folder, 'files');
  const run = () => runCommand('files', ['--org', 'northwind', ...local, '--json', files]);
  const reportOf = ({ output }: { output: string }) =>
    JSON.parse(output.split('\n').find((line) => line.startsWith('{')) ?? '{}');

  it('stores the files whose attachments are in the books, and tells them what was stored', async () => {
    const attachment = (id: string, name: string, more = {}) => ({
      kind: 'attachment',
      id,
      name,
      mimeType: 'application/octet-stream',
      bytes: 1,
      linkedTo: [{ kind: 'invoice', id: '10707' }],
      ...more,
    });
    const lines = [
      attachment('../up/1', 'scan.png'),
      attachment('large', 'large.csv'),
      attachment('by-id', '../../\u202egpj.exe', { mimeType: 'text/html' }),
      attachment('missing', 'missing.pdf'),
      attachment('twin-1', 'twin.txt'),
      attachment('twin-2', 'twin.txt'),
      attachment('latin', 'latin.txt'),
    ];
    await writeFile(records, lines.map((line) => JSON.stringify(line)).join('\n'));
    const imported = await runCommand('import', ['--org', 'northwind', ...local, records]);
    assert.equal(imported.code, 0, imported.output);
    const before = await find('missing');
    assert.equal(before.structuredContent!.records[0]?.stored, false);
    assert.equal(before.structuredContent!.download, undefined);
    assert.equal(before.content.length, 1);
    assert.match(await refusal('missing'), /not stored here/);

    await mkdir(join(files, 'below'), { recursive: true });
    const given: Record<string, string | Buffer> = {
      'scan.png': Buffer.from('89504e470d0a1a0a00', 'hex'),
      'large.csv': 'a,b\n'.repeat(25_000),
      'by-id': '<script>alert(1)</script>',
      'latin.txt': Buffer.from('Spa\xdf', 'latin1'),
      'twin.txt': 'whose?',
      'unknown.pdf': '%PDF',
      '.hidden': 'x',
      'below/missing.pdf': 'x',
    };
    for (const [name, content] of Object.entries(given)) await writeFile(join(files, name), content);

    const first = await run();
    assert.equal(first.code, 1);
    assert.deepEqual(
      { ...reportOf(first), files: undefined },
      { organization: 'northwind', stored: 4, unchanged: 0, refused: 2, files: undefined },
    );
    assert.match(first.output, /"twin\.txt": several attachments have this name/);
    assert.match(first.output, /"unknown\.pdf": no attachment in the books has this id or name/);
    const second = await run();
    const { stored, unchanged, refused } = reportOf(second);
    assert.deepEqual([stored, unchanged, refused], [0, 4, 2]);
    const verified = await runCommand('verify', ['--org', 'northwind', ...local]);
    assert.equal(verified.code, 0, verified.output);
  });

  it('makes them readable, each as what it is', async () => {
    const {
      records: [scan],
      download,
    } = (await find('../up/1')).structuredContent!;
    assert.equal(scan?.mimeType, 'image/png');
    assert.equal(scan?.bytes, 9);
    assert.match(String(scan?.sha256), /^[0-9a-f]{64}$/);
    assert.equal((await (await fetch(download!.url)).arrayBuffer()).byteLength, 9);
    assert.equal((await read('../up/1')).mimeType, 'image/png');

    // No text in UTF-8 is given as bytes, and a type that browsers run as none.
    assert.equal((await read('latin')).blob, Buffer.from('Spa\xdf', 'latin1').toString('base64'));
    const page = await find('by-id');
    assert.equal(page.content[1]?.name, '../../gpj.exe');
    const { headers } = await fetch(page.structuredContent!.download!.url);
    assert.equal(headers.get('content-type'), 'application/octet-stream');
    assert.match(headers.get('content-disposition') ?? '', /^attachment; filename="[\w.]+gpj\.exe"/);
  });

  it('and leaves large ones to the link', async () => {
    assert.match(await refusal('large'), /has 100,000 bytes, and at most 90,000 can be read: use the link/);
    const { structuredContent } = await find('large');
    assert.equal((await (await fetch(structuredContent!.download!.url)).text()).length, 100_000);
  });

  it('refuses a folder without files, and a place that it does not know', async () => {
    const empty = await runCommand('files', [
      '--org',
      'northwind',
      ...local,
      join(files, 'below', '..', 'none'),
    ]);
    assert.equal(empty.code, 2);
    assert.match(empty.output, /cannot be read \(ENOENT\)/);
    const nowhere = await runCommand('files', ['--org', 'northwind', '--table', 'any', files]);
    assert.equal(nowhere.code, 3);
    assert.match(nowhere.output, /FILES_BUCKET/);
  });

  it('deletes with the books what it stored', async () => {
    assert.ok((await readdir(join(data, 'files'))).length > 7);
    const args = ['delete', 'northwind', '--with-books', '--yes', ...local];
    const deleted = await runCommand('organizations', args);
    assert.equal(deleted.code, 0, deleted.output);
    assert.deepEqual(await readdir(join(data, 'files')), []);
  });
});
