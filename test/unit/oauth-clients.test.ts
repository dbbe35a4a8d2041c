import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { clientDocuments, wellKnownDocuments } from '../../functions/oauth/clients/client-document.ts';
import { type ClientHosts, isAllowedHost, readHosts } from '../../functions/oauth/clients/client-hosts.ts';
import { cleanName, readClientMetadata } from '../../functions/oauth/clients/client-metadata.ts';
import { clientsOf } from '../../functions/oauth/clients/clients.ts';
import { isSecret, readConfiguredClients } from '../../functions/oauth/clients/configured-client.ts';
import { isPublicAddress } from '../../functions/oauth/clients/public-address.ts';
import { registeredClientId } from '../../functions/oauth/clients/registered-client.ts';
import { OAuthError } from '../../functions/oauth/oauth-error.ts';
import { keysOf } from '../../functions/oauth/sealing/keys.ts';
import { heldSecrets } from '../../functions/oauth/sealing/secrets.ts';

describe('the name of a client', () => {
  for (const [given, shown] of [
    ['Claude', 'Claude'],
    ['  Two \t\n lines ', 'Two lines'],
    ['cla\u0000ude\u0007', 'claude'],
    ['safe\u202Egnp.exe', 'safegnp.exe'],
    ['Cl\u200Bau\u2060de\uFEFF', 'Claude'],
    ['tag\u{E0061}\u{E0062}s', 'tags'],
    ['lone \uD800 half', 'lone \uFFFD half'],
    ['Z\u0301\u0301\u0301\u0301\u0301\u0301algo', 'Z\u0301\u0301\u0301algo'],
    ['财务助手', '财务助手'],
    ['مساعد', 'مساعد'],
    ['x'.repeat(61), `${'x'.repeat(59)}…`],
    ['😀'.repeat(61), `${'😀'.repeat(59)}…`],
    ['x'.repeat(60), 'x'.repeat(60)],
    ['\u202E\u200B \n', undefined],
    ['', undefined],
  ] as const) {
    test(`${JSON.stringify(given.slice(0, 30))} is shown as visible text of one line`, () => {
      assert.equal(cleanName(given), shown);
    });
  }
});

describe('the metadata of a client', () => {
  const redirectUris = ['https://a.example/cb'];

  test('is a name and redirect URIs, whatever else there is', () => {
    const metadata = {
      client_name: 'A',
      redirect_uris: redirectUris,
      logo_uri: 'javascript:x',
      jwks: {},
      x: [1],
    };
    assert.deepEqual(readClientMetadata(metadata), { name: 'A', redirectUris });
    assert.deepEqual(readClientMetadata({ redirect_uris: redirectUris }), { name: undefined, redirectUris });
  });

  for (const [what, metadata, code] of [
    ['no object', [], 'invalid_client_metadata'],
    ['null', null, 'invalid_client_metadata'],
    ['a name that is no text', { client_name: 1, redirect_uris: redirectUris }, 'invalid_client_metadata'],
    ['no redirect URIs', {}, 'invalid_redirect_uri'],
    ['an empty list', { redirect_uris: [] }, 'invalid_redirect_uri'],
    ['a text instead of a list', { redirect_uris: 'https://a.example/cb' }, 'invalid_redirect_uri'],
    ['a number among them', { redirect_uris: [1] }, 'invalid_redirect_uri'],
    [
      'one bad one among them',
      { redirect_uris: [...redirectUris, 'http://a.example/'] },
      'invalid_redirect_uri',
    ],
    ['31 of them', { redirect_uris: Array(31).fill(redirectUris[0]) }, 'invalid_redirect_uri'],
  ] as const) {
    test(`is refused with ${what}`, () => {
      assert.throws(
        () => readClientMetadata(metadata),
        (error) => error instanceof OAuthError && error.code === code,
      );
    });
  }

  test('that is pinned for well-known clients would be accepted from them, too', () => {
    assert.equal(wellKnownDocuments.size, 5);
    for (const [url, { name, redirectUris: pinned }] of wellKnownDocuments) {
      assert.deepEqual(readClientMetadata({ client_name: name, redirect_uris: pinned }), {
        name,
        redirectUris: pinned,
      });
      assert.equal(new URL(url).href, url);
    }
  });
});

describe('an address', () => {
  for (const address of [
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.255',
    '169.254.169.254',
    '169.254.170.2',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
  ]) {
    test(`${address} is not of the public internet`, () =>
      assert.ok(!isPublicAddress({ address, family: 4 })));
  }

  for (const address of [
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:7f00:1',
    '::7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b::808:808',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:0:7f00:1::',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2002:808:808::1',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fec0::1',
    'ff02::1',
  ]) {
    test(`${address} is not of the public internet`, () =>
      assert.ok(!isPublicAddress({ address, family: 6 })));
  }

  test('of the public internet is recognised', () => {
    for (const address of [
      '1.1.1.1',
      '9.255.255.255',
      '11.0.0.1',
      '100.63.255.255',
      '100.128.0.1',
      '172.15.0.1',
      '172.32.0.1',
      '223.255.255.255',
    ]) {
      assert.ok(isPublicAddress({ address, family: 4 }), address);
    }
    for (const address of ['2606:4700:4700::1111', '2001:4860:4860::8888', '2a00:1450::1', '2600::1']) {
      assert.ok(isPublicAddress({ address, family: 6 }), address);
    }
  });
});

describe('the hosts that clients may come from', () => {
  const hosts = (allowed: string, denied: string): ClientHosts => ({
    allowed: readHosts(allowed),
    denied: readHosts(denied) ?? [],
  });

  test('are all of them when nothing is said', () =>
    assert.ok(isAllowedHost(hosts('', ' , '), 'any.example')));

  test('are those of the list', () => {
    const list = hosts('claude.ai, *.example.com', '');
    for (const host of ['claude.ai', 'CLAUDE.AI', 'a.example.com', 'a.b.example.com', 'claude.ai:8443']) {
      assert.ok(isAllowedHost(list, host), host);
    }
    for (const host of ['a.claude.ai', 'claude.ai.evil.example', 'example.com', 'badexample.com']) {
      assert.ok(!isAllowedHost(list, host), host);
    }
  });

  test('are not those that are denied, even when they are on the list', () => {
    const list = hosts('*.example.com', 'bad.example.com,evil.example');
    assert.ok(isAllowedHost(list, 'good.example.com'));
    assert.ok(!isAllowedHost(list, 'bad.example.com'));
    assert.ok(!isAllowedHost(hosts('', 'evil.example'), 'evil.example'));
  });
});

test('a client that registered before its host was denied is unknown from then on', async () => {
  const keys = keysOf(heldSecrets(async () => ({ sealing: 's'.repeat(40), brokerClient: 'b' })));
  const documents = clientDocuments({ fetchPublic: () => assert.fail(), fetchLoopback: undefined });
  const recognize = (denied: string, id: string) =>
    clientsOf({ keys, documents, configured: [], hosts: { allowed: undefined, denied: [denied] } }).recognize(
      id,
    );
  const redirectUris = ['http://localhost/callback', 'https://bad.example/cb'];
  const id = await registeredClientId(keys, { name: 'App', redirectUris });
  assert.deepEqual(await recognize('other.example', id), { id, origin: { kind: 'registered' } });
  assert.equal(await recognize('bad.example', id), undefined);
});

describe('configured clients', () => {
  const client = { client_id: 'claude', client_name: 'Claude', redirect_uris: ['https://a.example/cb'] };
  const read = (...clients: unknown[]) => readConfiguredClients(JSON.stringify(clients));

  test('are none when nothing is configured', () => {
    assert.deepEqual(readConfiguredClients(undefined), []);
    assert.deepEqual(readConfiguredClients(' '), []);
  });

  test('have a secret, given as it is or as its hash, or none', () => {
    const secret = 'the secret of the client';
    const hash = createHash('sha256').update(secret).digest('hex');
    for (const given of [secret, `sha256:${hash}`, `sha256:${hash.toUpperCase()}`]) {
      const [{ secretHash } = assert.fail()] = read({ ...client, client_secret: given });
      assert.ok(secretHash);
      assert.ok(isSecret(secret, secretHash));
      for (const wrong of ['', `${secret} `, hash, given === secret ? 'x' : given]) {
        assert.ok(!isSecret(wrong, secretHash), wrong);
      }
    }
    assert.equal(read(client)[0]?.secretHash, undefined);
  });

  for (const [what, text, message] of [
    ['no JSON', '{', /JSON array/],
    ['an object', '{}', /JSON array/],
    ['no id', JSON.stringify([{ ...client, client_id: undefined }]), /CLIENTS\[0\] needs a client_id/],
    ['an id like an address', JSON.stringify([{ ...client, client_id: 'https://a.example/x' }]), /client_id/],
    ['an id like a registration', JSON.stringify([{ ...client, client_id: 'dcr.a.b.c' }]), /client_id/],
    ['two of one id', JSON.stringify([client, client]), /Two clients in CLIENTS/],
    ['a short secret', JSON.stringify([{ ...client, client_secret: 'hunter2' }]), /16 characters/],
    [
      'a bad redirect URI',
      JSON.stringify([{ ...client, redirect_uris: ['http://a.example/'] }]),
      /redirect_uris\[0\]/,
    ],
    ['null', '[null]', /CLIENTS\[0\] must be/],
  ] as const) {
    test(`are refused with ${what}`, () => {
      assert.throws(
        () => readConfiguredClients(text),
        (error: Error) => message.test(error.message) && !error.message.includes('hunter2'),
      );
    });
  }
});
