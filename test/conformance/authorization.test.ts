import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { inBrowser, openChromium } from '../support/browser.ts';
import { freePorts, startLocalEdition } from '../support/local-edition.ts';
import { endingWithParent } from '../support/programs.ts';
import { connect, demoPerson } from '../support/sign-in.ts';

/*
 * The authorization scenarios of the MCP conformance suite. Where it waits for a person, one signs in.
 */

const client = {
  client_id: 'conformance',
  client_name: 'Conformance suite',
  redirect_uris: ['http://127.0.0.1/callback'],
};
const browser = openChromium();

/** Runs every scenario, as a later one needs what an earlier one found. @returns what was checked, and how it went */
async function suite(): Promise<Record<string, string>> {
  const edition = await startLocalEdition([], undefined, { CLIENTS: JSON.stringify([client]) });
  const callbackPort = await freePorts();
  const results = await mkdtemp(join(tmpdir(), 'finance-mcp-authorization-'));
  after(() => rm(results, { recursive: true, force: true }));
  const program = join(
    import.meta.dirname,
    '../clients/node_modules/@modelcontextprotocol/conformance/dist/index.js',
  );
  const settings = [
    ...['--url', edition.url, '--resource', `${edition.url}/mcp`],
    ...['--client-id', client.client_id, '--port', String(callbackPort)],
  ];
  const child = spawn(process.execPath, [
    ...endingWithParent,
    program,
    'authorization',
    ...['--output-dir', results, ...settings],
  ]);
  const context = await browser.newContext();
  let output = '';
  let signedIn: Promise<URL> | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const [address] = /^http\S+\/oauth\/authorize\?\S+$/m.exec(output) ?? [];
      if (address !== undefined) signedIn ??= connect(context, address, demoPerson('nancy'));
    });
  }
  const [code] = await once(child, 'close');
  await signedIn;
  await context.close();
  assert.equal(code, 0, output);
  const checks = globSync('**/checks.json', { cwd: results }).flatMap(
    (file) => JSON.parse(readFileSync(join(results, file), 'utf8')) as { id: string; status: string }[],
  );
  return Object.fromEntries(checks.map(({ id, status }) => [id, status]));
}

describe('the authorization scenarios of the conformance suite', inBrowser, () => {
  it('pass, all of them, without a warning', async () => {
    assert.deepEqual(await suite(), {
      'authorization-server-metadata': 'SUCCESS',
      'authorization-server-metadata-cimd': 'SUCCESS',
      'authorization-code-grant': 'SUCCESS',
    });
  });
});
