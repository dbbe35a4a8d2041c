import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { afterEach, describe, mock, test } from 'node:test';
import fc from 'fast-check';
import { registeredClient, registeredClientId } from '../../functions/oauth/clients/registered-client.ts';
import { type Keys, keysOf } from '../../functions/oauth/sealing/keys.ts';
import { sealOf } from '../../functions/oauth/sealing/seal.ts';
import { heldSecrets, type Secrets, secretsOf } from '../../functions/oauth/sealing/secrets.ts';
import { closeServer, listen } from '../../local/loopback.ts';

const first = 'first sealing secret with 40 characters.';
const second = 'second sealing secret with 40 characters';
const third = 'third sealing secret, with 40 characters';

function keysWith(sealing: string, previousSealing?: string): Keys {
  return keysOf(heldSecrets(async () => secretsWith(sealing, previousSealing)));
}

function secretsWith(sealing: string, previousSealing?: string): Secrets {
  return { sealing, brokerClient: 'broker', ...(previousSealing !== undefined && { previousSealing }) };
}

const keys = keysWith(first);
const value = { some: 'value', list: ['ä', '😀'], flag: true };

/** The text with one character replaced by another one of the same alphabet, for every place. */
function alterations(text: string): string[] {
  return [...text].map((character, index) => {
    const other = character === 'A' ? 'B' : 'A';
    return `${text.slice(0, index)}${other}${text.slice(index + 1)}`;
  });
}

afterEach(() => mock.timers.reset());

describe('a sealed value', () => {
  const seal = sealOf<typeof value>(keys, { purpose: 'a purpose', lifetime: 300 });

  test('is opened, and cannot be read without the key', async () => {
    const sealed = await seal.seal(value);
    assert.deepEqual(await seal.open(sealed), value);
    assert.match(sealed, /^[\w.-]+$/);
    assert.doesNotMatch(Buffer.from(sealed, 'base64url').toString('latin1'), /value|some/);
    for (const part of sealed.split('.')) {
      assert.doesNotMatch(Buffer.from(part, 'base64url').toString('latin1'), /some/);
    }
  });

  test('is another text each time', async () => {
    assert.notEqual(await seal.seal(value), await seal.seal(value));
  });

  test('is refused with any character altered, dropped or added', async () => {
    const sealed = await seal.seal(value);
    for (const altered of alterations(sealed)) assert.equal(await seal.open(altered), undefined, altered);
    for (let index = 0; index < sealed.length; index += 1) {
      const [before, after] = [sealed.slice(0, index), sealed.slice(index)];
      for (const altered of [before + after.slice(1), `${before}A${after}`, `${before}.${after}`]) {
        if (altered !== sealed) assert.equal(await seal.open(altered), undefined, altered);
      }
    }
    assert.equal(await seal.open(`${sealed}A`), undefined);
  });

  test('is refused with every spare bit of its encoding altered', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const sealed = await seal.seal(value);
    const ends = [...sealed.matchAll(/[\w-](?=\.|$)/g)].map((match) => match.index);
    assert.equal(ends.length, 4);
    for (const end of ends) {
      for (const letter of alphabet) {
        const altered = sealed.slice(0, end) + letter + sealed.slice(end + 1);
        if (altered !== sealed) assert.equal(await seal.open(altered), undefined, altered);
      }
    }
  });

  test('is refused for another purpose, even with the same content', async () => {
    const other = sealOf<typeof value>(keys, { purpose: 'another purpose', lifetime: 300 });
    assert.equal(await other.open(await seal.seal(value)), undefined);
  });

  test('is refused when its time is over', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    const sealed = await seal.seal(value);
    mock.timers.tick(299_000);
    assert.deepEqual(await seal.open(sealed), value);
    mock.timers.tick(1_000);
    assert.equal(await seal.open(sealed), undefined);
  });

  test('never ends when it was given no lifetime', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    const lasting = sealOf<string>(keys, { purpose: 'lasting' });
    const sealed = await lasting.seal('text');
    mock.timers.tick(100 * 365 * 24 * 60 * 60 * 1000);
    assert.equal(await lasting.open(sealed), 'text');
  });

  test('cannot be of another algorithm, or of no text at all', async () => {
    const header = (members: object): string => Buffer.from(JSON.stringify(members)).toString('base64url');
    const [protectedHeader = '', ...rest] = (await seal.seal(value)).split('.');
    const { kid } = JSON.parse(Buffer.from(protectedHeader, 'base64url').toString()) as { kid: string };
    for (const members of [
      { alg: 'none', kid },
      { alg: 'dir', enc: 'A128GCM', kid },
      { alg: 'dir', enc: 'A256GCM', kid, zip: 'DEF' },
      { alg: 'A256KW', enc: 'A256GCM', kid },
      { alg: 'dir', enc: 'A256GCM' },
      { alg: 'dir', enc: 'A256GCM', kid: 7 },
    ]) {
      assert.equal(await seal.open([header(members), ...rest].join('.')), undefined);
    }
    for (const text of ['', '.', '....', 'a.b.c.d.e', 'null', 'x'.repeat(100_000)]) {
      assert.equal(await seal.open(text), undefined);
    }
  });

  test('comes back as it was, whatever it is', async () => {
    const any = sealOf<unknown>(keys, { purpose: 'anything' });
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (content) => {
        assert.deepEqual(await any.open(await any.seal(content)), JSON.parse(JSON.stringify(content)));
      }),
      { numRuns: 200 },
    );
  });
});

describe('a rotation', () => {
  const seal = (ring: Keys) => sealOf<string>(ring, { purpose: 'a purpose' });

  test('keeps what was sealed before it, and ends what was sealed before the last one', async () => {
    const sealed = await seal(keysWith(first)).seal('text');
    assert.equal(await seal(keysWith(second, first)).open(sealed), 'text');
    assert.equal(await seal(keysWith(third, second)).open(sealed), undefined);
    assert.equal(await seal(keysWith(second)).open(sealed), undefined);
  });

  test('seals with the new secret alone', async () => {
    const sealed = await seal(keysWith(second, first)).seal('text');
    assert.equal(await seal(keysWith(first)).open(sealed), undefined);
    assert.equal(await seal(keysWith(second)).open(sealed), 'text');
  });

  test('reaches an instance that runs on, by the first value that it cannot open', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    let reads = 0;
    let current = secretsWith(first);
    const running = keysOf(
      heldSecrets(async () => {
        reads += 1;
        return current;
      }),
    );
    const old = await seal(running).seal('old');
    current = secretsWith(second, first);
    const renewed = await seal(keysWith(second, first)).seal('new');
    assert.equal(await seal(running).open(old), 'old');
    assert.equal(reads, 1, 'nothing is read again while everything can be opened');

    // Somebody who invents key ids makes no traffic: the secrets are read again after half a minute, not before.
    assert.equal(await seal(running).open(renewed), undefined);
    assert.equal(reads, 1);
    mock.timers.tick(30_000);
    assert.equal(await seal(running).open(renewed), 'new');
    assert.equal(await seal(running).open(await seal(keysWith(third)).seal('never known')), undefined);
    assert.equal(reads, 2);
    assert.equal(await seal(running).open(old), 'old');
  });

  test('of the secrets is tried again after it failed', async () => {
    let works = false;
    const held = heldSecrets(async () => {
      if (!works) throw new Error('throttled');
      return secretsWith(first);
    });
    await assert.rejects(held.get(), /throttled/);
    works = true;
    assert.equal((await held.get()).sealing, first);
  });
});

describe('the id of a registered client', () => {
  const metadata = { name: 'Zoë’s “App”', redirectUris: ['https://a.example/cb', 'http://127.0.0.1/cb'] };

  test('is its metadata, and the same for the same metadata', async () => {
    const id = await registeredClientId(keys, metadata);
    assert.equal(await registeredClientId(keys, { ...metadata }), id);
    assert.deepEqual(await registeredClient(keys, id), metadata);
    assert.match(id, /^[\x21-\x7e]+$/);
    assert.ok(id.length < 300, `${id.length} characters`);
    const others = [
      { ...metadata, name: 'Other' },
      { ...metadata, name: undefined },
      { ...metadata, redirectUris: metadata.redirectUris.toReversed() },
    ];
    for (const other of others) assert.notEqual(await registeredClientId(keys, other), id);
  });

  test('is refused with any character altered, dropped or added', async () => {
    const id = await registeredClientId(keys, metadata);
    for (const altered of alterations(id))
      assert.equal(await registeredClient(keys, altered), undefined, altered);
    for (let index = 0; index < id.length; index += 1) {
      assert.equal(await registeredClient(keys, id.slice(0, index) + id.slice(index + 1)), undefined);
      assert.equal(await registeredClient(keys, `${id.slice(0, index)}A${id.slice(index)}`), undefined);
    }
    for (const text of ['', 'dcr', 'dcr...', `${id} `, ` ${id}`, `${id}\n`, id.toUpperCase()]) {
      assert.equal(await registeredClient(keys, text), undefined);
    }
  });

  test('outlives one rotation and not two', async () => {
    const id = await registeredClientId(keys, metadata);
    assert.deepEqual(await registeredClient(keysWith(second, first), id), metadata);
    assert.equal(await registeredClient(keysWith(third, second), id), undefined);
  });

  test('cannot be signed with the key of another purpose', async () => {
    const seal = sealOf<string>(keys, { purpose: 'client id 1' });
    assert.equal(await registeredClient(keys, await seal.seal('x')), undefined);
    const text = `dcr.${(await keys.current('other')).id}.${Buffer.from('["x","https://a.example/"]').toString('base64url')}`;
    const mac = createHmac('sha256', (await keys.current('other')).bytes)
      .update(text)
      .digest('base64url');
    assert.equal(await registeredClient(keys, `${text}.${mac}`), undefined);
  });

  test('has room for 1,400 bytes of metadata', async () => {
    const redirectUris = Array.from(
      { length: 5 },
      (_, index) => `https://a.example/${index}${'x'.repeat(232)}`,
    );
    const id = await registeredClientId(keys, { name: 'x', redirectUris });
    assert.ok(id.length < 2_000, `${id.length} characters`);
    await assert.rejects(
      registeredClientId(keys, { name: 'x'.repeat(60), redirectUris: [...redirectUris, redirectUris[0]!] }),
      /must have at most 1400 bytes/,
    );
  });
});

describe('the secrets', () => {
  const complete = { SEALING_SECRET: first, BROKER_CLIENT_SECRET: 'broker-secret' };

  test('are read from the environment', async () => {
    assert.deepEqual(await secretsOf(complete)(), { sealing: first, brokerClient: 'broker-secret' });
    const both = secretsOf({ ...complete, SEALING_SECRET_PREVIOUS: second });
    assert.equal((await both()).previousSealing, second);
  });

  test('are told apart from what is missing or too short, without being repeated', () => {
    for (const [environment, message] of [
      [{ ...complete, SEALING_SECRET: '' }, /sealing secret is missing/],
      [{ ...complete, BROKER_CLIENT_SECRET: undefined }, /app client .* is missing/],
      [{ ...complete, SEALING_SECRET: 'too-short' }, /at least 32 random characters/],
      [{ ...complete, SEALING_SECRET_PREVIOUS: 'too-short' }, /at least 32 random characters/],
    ] as const) {
      assert.throws(
        () => secretsOf(environment),
        (error: Error) => message.test(error.message) && !/too-short|broker-secret/.test(error.message),
      );
    }
  });

  describe('in Secrets Manager', () => {
    let server: Server | undefined;
    const requests: { headers: Record<string, unknown>; body: string }[] = [];
    const arn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:sealing-AbCdEf';

    /** A service that answers to one path with one text. */
    async function environmentFor(status: number, answer: unknown): Promise<NodeJS.ProcessEnv> {
      server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
          response.writeHead(status).end(JSON.stringify(answer));
        });
      });
      return {
        SEALING_SECRET_ARN: arn,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'the-secret-key',
        AWS_SESSION_TOKEN: 'the-session-token',
        AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`,
      };
    }

    afterEach(async () => {
      if (server) await closeServer(server);
      server = undefined;
      requests.length = 0;
    });

    test('are read by one signed call', async () => {
      const entry = { sealing: second, previousSealing: first, brokerClientSecret: 'b' };
      const environment = await environmentFor(200, { SecretString: JSON.stringify(entry) });
      assert.deepEqual(await secretsOf(environment)(), {
        sealing: second,
        previousSealing: first,
        brokerClient: 'b',
      });
      const [{ headers, body } = { headers: {}, body: '' }] = requests;
      assert.equal(requests.length, 1);
      assert.deepEqual(JSON.parse(body), { SecretId: arn });
      assert.equal(headers['x-amz-target'], 'secretsmanager.GetSecretValue');
      assert.equal(headers['x-amz-security-token'], 'the-session-token');
      assert.equal(headers.authorization, signature(headers, body));
    });

    for (const [what, status, answer] of [
      ['refuses', 400, { __type: 'AccessDeniedException' }],
      ['has no text', 200, { SecretBinary: 'AA==' }],
      ['has no JSON', 200, { SecretString: `not JSON ${first}` }],
      ['has no object', 200, { SecretString: 'null' }],
      ['lacks the app client’s secret', 200, { SecretString: JSON.stringify({ sealing: first }) }],
    ] as const) {
      test(`fail, without being repeated, when it ${what}`, async () => {
        const read = secretsOf(await environmentFor(status, answer));
        await assert.rejects(read(), (error: Error) => !error.message.includes(first));
      });
    }
  });
});

/** Signature Version 4, as the AWS documentation spells it out for a request of this kind. */
function signature(headers: Record<string, unknown>, body: string): string {
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const date = String(headers['x-amz-date']);
  const signed = /SignedHeaders=([^,]+)/.exec(String(headers.authorization))?.[1] ?? '';
  for (const needed of ['host', 'x-amz-date', 'x-amz-security-token', 'x-amz-target']) {
    assert.ok(signed.split(';').includes(needed), needed);
  }
  const canonicalHeaders = signed.split(';').map((name) => `${name}:${headers[name]}\n`);
  const canonical = ['POST', '/', '', canonicalHeaders.join(''), signed, hash(body)].join('\n');
  const scope = `${date.slice(0, 8)}/eu-west-1/secretsmanager/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, hash(canonical)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(mac, 'AWS4the-secret-key');
  const result = mac(key as Buffer, toSign).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=${signed}, Signature=${result}`;
}
