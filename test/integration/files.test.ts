import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { isSignedWith, signedRequest } from '../../local/files/signature.ts';
import { filesBucket, startFiles } from '../../local/files.ts';
import { operatorAccessKey, ReaderSessions } from '../../local/reader-role.ts';
import { Bucket, BucketError, type Credentials } from '../../shared/files/bucket.ts';

const region = 'eu-west-1';
const directory = mkdtempSync(join(tmpdir(), 'files-'));
const sessions = new ReaderSessions();
let now = Date.parse('2026-11-21T09:30:00Z');
const files = await startFiles({ port: 0, directory, sessions, now: () => now });
after(async () => {
  await files.close();
  rmSync(directory, { recursive: true });
});

function bucketAs(credentials: Credentials): Bucket {
  return new Bucket({
    name: filesBucket,
    region,
    endpoint: files.endpoint,
    credentials: async () => credentials,
    now: () => new Date(now),
  });
}

const sessionOf = (organization: string): Credentials => {
  const { accessKeyId, secret, expiration } = sessions.begin(organization);
  return { accessKeyId, secretAccessKey: secret, sessionToken: 'a+session/token==', expiration };
};

const operator = bucketAs({ accessKeyId: operatorAccessKey, secretAccessKey: 'local' });
const acme = bucketAs(sessionOf('acme')).filesOf('acme');

const text = Buffer.from('Paid, with thanks.\n');
await operator.put('acme', 'a1', { bytes: text, mimeType: 'text/plain' });
await operator.put('zeta', 'z1', { bytes: Buffer.from('Of zeta'), mimeType: 'text/plain' });
const receipt = { name: 'Receipt.txt', mimeType: 'text/plain' };

interface Got {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Sends a path as it stands: a browser and `fetch` would tidy it up first. */
function get(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  const { origin } = new URL(url);
  return new Promise((resolve, reject) => {
    const asked = request(origin, { path: url.slice(origin.length), headers, method }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    asked.on('error', reject).end();
  });
}

const nothing = {
  status: 404,
  body: 'There is no such file, or the link is no longer valid.\n',
};
const assertNothing = async (url: string, headers = {}, method = 'GET') => {
  const { status, body } = await get(url, headers, method);
  assert.deepEqual({ status, body }, nothing, url);
};

describe('the signature that S3 checks', () => {
  const query = [
    'X-Amz-Algorithm=AWS4-HMAC-SHA256',
    'X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request',
    'X-Amz-Date=20130524T000000Z',
    'X-Amz-Expires=86400',
    'X-Amz-SignedHeaders=host',
    'X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  ];
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  const example = (change = (text: string) => text) =>
    signedRequest({
      method: 'GET',
      path: '/test.txt',
      query: new URLSearchParams(change(query.join('&'))),
      headers: { host: 'examplebucket.s3.amazonaws.com' },
    });

  it('is that of the example in the documentation of S3', () => {
    const request = example();
    assert.ok(request);
    assert.equal(isSignedWith(secret, request), true);
    assert.equal(isSignedWith(`${secret}x`, request), false);
  });

  it('is wrong once anything is changed', () => {
    for (const [from, to] of [
      ['86400', '86401'],
      ['T000000Z', 'T000001Z'],
      ['us-east-1', 'us-east-2'],
      ['404', '405'],
    ] as const) {
      const request = example((text) => text.replace(from, to));
      assert.ok(request, to);
      assert.equal(isSignedWith(secret, request), false, to);
    }
    assert.equal(
      example((text) => `${text}&X-Amz-Expires=1`),
      undefined,
    );
    assert.equal(
      example((text) => text.replace('20130524%2F', '20130525%2F')),
      undefined,
    );
  });
});

describe('the store of files', () => {
  it('gives the bytes of a file up to a bound, and its size beyond', async () => {
    assert.deepEqual(await acme.find('a1', 100), { size: text.length, bytes: text });
    assert.deepEqual(await acme.find('a1', text.length - 1), { size: text.length, bytes: undefined });
    const large = Buffer.alloc(300_000, 7);
    await operator.put('acme', 'large', { bytes: large, mimeType: 'image/png' });
    assert.deepEqual(await acme.find('large', 90_000), { size: 300_000, bytes: undefined });
    assert.deepEqual(await acme.find('large', 0), { size: 300_000, bytes: undefined });
    assert.deepEqual((await acme.find('large', 300_000))?.bytes, large);
  });

  it('knows no file that was not stored or was deleted', async () => {
    assert.equal(await acme.find('never', 100), undefined);
    await operator.put('acme', 'gone', { bytes: text, mimeType: 'text/plain' });
    await operator.delete('acme', 'gone');
    await operator.delete('acme', 'gone');
    assert.equal(await acme.find('gone', 100), undefined);
  });

  it('keeps a file under any id, inside the folder', async () => {
    for (const id of ['../../x', '/etc/passwd', '..', 'ä/ö?&=%2e%2e', 'A1', 'x'.repeat(200)]) {
      const bytes = Buffer.from(`of ${id}`);
      await operator.put('acme', id, { bytes, mimeType: 'text/plain' });
      assert.deepEqual((await acme.find(id, 1000))?.bytes, bytes, id);
      const { url } = await acme.link(id, receipt);
      assert.equal((await get(url)).body, `of ${id}`);
    }
    assert.deepEqual((await acme.find('a1', 100))?.bytes, text);
    assert.ok(readdirSync(directory).every((name) => /^[0-9a-f]{64}$/.test(name)));
  });

  it('refuses a session the files of another organization, and writing', async () => {
    const stranger = bucketAs(sessionOf('acme'));
    assert.equal(await stranger.filesOf('zeta').find('z1', 100), undefined);
    await assertNothing((await stranger.filesOf('zeta').link('z1', receipt)).url);
    await assert.rejects(stranger.put('acme', 'a1', { bytes: text, mimeType: 'text/plain' }), {
      name: 'BucketError',
      code: 'AccessDenied',
    });
    await assert.rejects(stranger.delete('acme', 'a1'), BucketError);
    assert.deepEqual((await acme.find('a1', 100))?.bytes, text);
  });

  it('does not take a store that fails for a file that is missing', async () => {
    const unreachable = new Bucket({
      name: filesBucket,
      region,
      endpoint: 'http://127.0.0.1:9',
      credentials: async () => sessionOf('acme'),
      now: () => new Date(now),
    });
    await assert.rejects(unreachable.filesOf('acme').find('a1', 100), { code: 'ECONNREFUSED' });
  });
});

describe('a link', () => {
  it('downloads the file under its name, and runs nothing', async () => {
    const { url, validUntil } = await acme.link('a1', receipt);
    assert.equal(validUntil.getTime(), now + 300_000);
    const { status, headers, body } = await get(url);
    assert.deepEqual({ status, body }, { status: 200, body: String(text) });
    assert.equal(headers['content-type'], 'text/plain');
    assert.equal(
      headers['content-disposition'],
      `attachment; filename="Receipt.txt"; filename*=UTF-8''Receipt.txt`,
    );
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['content-security-policy'], "sandbox; default-src 'none'");
    assert.equal(headers['cache-control'], 'private, no-store');
    assert.equal(headers['access-control-allow-origin'], undefined);
  });

  it('serves HTML and SVG as bytes, whatever their names say', async () => {
    for (const [name, mimeType] of [
      ['page.html', 'text/html; charset=utf-8'],
      ['logo.svg', 'image/svg+xml'],
    ] as const) {
      const { headers } = await get((await acme.link('a1', { name, mimeType })).url);
      assert.equal(headers['content-type'], 'application/octet-stream');
      assert.match(String(headers['content-disposition']), /^attachment; /);
    }
  });

  it('is valid for five minutes', async () => {
    const { url } = await acme.link('a1', receipt);
    now += 300_000;
    assert.equal((await get(url)).status, 200);
    now += 1_000;
    await assertNothing(url);
  });

  it('is not valid for longer than the session', async () => {
    const session = sessionOf('acme');
    const expiration = new Date(now + 90_500);
    const { url, validUntil } = await bucketAs({ ...session, expiration })
      .filesOf('acme')
      .link('a1', receipt);
    assert.equal(validUntil.getTime(), now + 90_000);
    assert.equal(new URL(url).searchParams.get('X-Amz-Expires'), '90');
    const over = bucketAs({ ...session, expiration: new Date(now) }).filesOf('acme');
    await assert.rejects(over.link('a1', receipt), /session is over/);
  });

  it('is nothing once any part of it is changed', async () => {
    const { url } = await acme.link('a1', receipt);
    const other = await acme.link('large', receipt);
    const changes: [string | RegExp, string][] = [
      [/acme\/[\w-]+/, other.url.match(/acme\/[\w-]+/)![0]],
      ['acme/', 'zeta/'],
      ['acme/', 'acme/../zeta/'],
      ['acme/', 'acme/%2e%2e/zeta/'],
      ['acme/', '/acme/'],
      [filesBucket, 'another-bucket'],
      ['X-Amz-Expires=300', 'X-Amz-Expires=604800'],
      ['response-content-type=text%2Fplain', 'response-content-type=text%2Fhtml'],
      ['response-content-disposition=attachment', 'response-content-disposition=inline'],
      [/X-Amz-Signature=[0-9a-f]{64}/, `X-Amz-Signature=${'0'.repeat(64)}`],
      [/X-Amz-Signature=[0-9a-f]{64}/, 'X-Amz-Signature=0'],
      [/X-Amz-Signature=[0-9a-f]{64}&?/, ''],
      [/X-Amz-Security-Token=[^&]+/, 'X-Amz-Security-Token=another'],
      [/X-Amz-Credential=\w+/, 'X-Amz-Credential=ASIA0000000000000000'],
      [/$/, '&response-content-type=text%2Fhtml'],
    ];
    assert.equal((await get(url)).status, 200);
    for (const [from, to] of changes) {
      const changed = url.replace(from, to);
      assert.notEqual(changed, url, String(from));
      await assertNothing(changed);
    }
    await assertNothing(url, {}, 'DELETE');
    await assertNothing(url, {}, 'PUT');
    assert.deepEqual((await acme.find('a1', 100))?.bytes, text);
  });

  it('is nothing for a missing file, for a page’s script, and for another host’s name', async () => {
    await assertNothing((await acme.link('never', receipt)).url);
    const { url } = await acme.link('a1', receipt);
    assert.equal((await get(url, { origin: 'https://evil.example' })).status, 403);
    assert.equal((await get(url, { host: 'evil.example' })).status, 403);
  });

  it('cannot be signed with the operator’s key, which everybody knows', async () => {
    await assertNothing((await operator.filesOf('acme').link('a1', receipt)).url);
  });

  it('is not given for a listing or for no signature at all', async () => {
    for (const path of [`/${filesBucket}`, `/${filesBucket}/?list-type=2`, `/${filesBucket}/acme/YTE`, '/']) {
      await assertNothing(`${files.endpoint}${path}`);
    }
  });
});
