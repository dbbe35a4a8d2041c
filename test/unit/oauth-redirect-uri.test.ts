import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isSameRedirect, redirectTarget } from '../../functions/oauth/clients/redirect-uri.ts';
import { clientRedirects, impossibleRedirects, nearMisses } from '../support/client-redirects.ts';

describe('a redirect URI', () => {
  for (const { client, registered, used = [] } of clientRedirects) {
    test(`of ${client} can be registered and used: ${registered}`, () => {
      assert.ok(redirectTarget(registered));
      for (const uri of [registered, ...used]) {
        assert.ok(redirectTarget(uri), uri);
        assert.ok(isSameRedirect(registered, uri), uri);
      }
    });
  }

  for (const { registered, used } of nearMisses) {
    test(`${JSON.stringify(used)} is not ${registered}`, () => {
      assert.equal(isSameRedirect(registered, used), false);
    });
  }

  for (const uri of impossibleRedirects) {
    test(`cannot be ${JSON.stringify(uri.slice(0, 60))}`, () => assert.equal(redirectTarget(uri), undefined));
  }

  test('leads where it says', () => {
    for (const [uri, target] of [
      ['https://Claude.ai:8443/x', { kind: 'web', host: 'claude.ai:8443' }],
      ['http://[::1]:1/x', { kind: 'loopback', host: '[::1]' }],
      ['http://localhost:1/x', { kind: 'loopback', host: 'localhost' }],
      ['cursor://anysphere.cursor-mcp/x', { kind: 'app', scheme: 'cursor' }],
      ['com.example.app:/x', { kind: 'app', scheme: 'com.example.app' }],
    ] as const) {
      assert.deepEqual(redirectTarget(uri), target);
    }
  });

  test('of an application has the scheme of an editor or one with a dot', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'abcsvuz12-+.'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.oneof(letters, fc.constantFrom('cursor', 'vscode', 'com.example')), (scheme) => {
        for (const uri of [`${scheme}:/callback`, `${scheme}://callback`]) {
          const target = redirectTarget(uri);
          if (target === undefined) continue;
          assert.ok(target.kind === 'app' && target.scheme === scheme, uri);
          assert.match(scheme, /^(?:cursor|vscode(?:-insiders)?|vscodium|windsurf|[a-z]{2,}\..+)$/);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('that is accepted leads, in the parser of browsers, to the host that was recognised', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab.:/\\@#?%[]1 \t'), maxLength: 20 });
    const scheme = fc.constantFrom(
      'https://',
      'http://localhost',
      'http://127.0.0.1',
      'http://[::1]',
      'cursor://',
    );
    fc.assert(
      fc.property(scheme, text, (start, rest) => {
        const uri = `${start}${rest}`;
        const target = redirectTarget(uri);
        if (!target) return;
        const url = new URL(uri);
        assert.equal(url.username + url.password + url.hash, '');
        if (target.kind === 'web') assert.deepEqual([url.protocol, url.host], ['https:', target.host]);
        if (target.kind === 'loopback') {
          assert.equal(url.protocol, 'http:');
          assert.ok(['localhost', '127.0.0.1', '[::1]'].includes(url.hostname));
        }
        if (target.kind === 'app') assert.equal(url.protocol, `${target.scheme}:`);
      }),
      { numRuns: 2_000 },
    );
  });
});
