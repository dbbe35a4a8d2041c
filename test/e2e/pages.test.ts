import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { connections } from '../../functions/oauth/site/connections.ts';
import { inBrowser, openChromium, type Page } from '../support/browser.ts';
import { startLocalEdition } from '../support/local-edition.ts';
import { isInstalled } from '../support/programs.ts';

/*
 * The pages that people see, in a real browser: on a phone and on a wide screen, in light and dark, with and without
 * script. Set SCREENSHOTS to a folder to look at them.
 */

const edition = await startLocalEdition();
const url = `${edition.url}/mcp`;
const browser = openChromium();

const redirectUri = 'http://127.0.0.1/callback';
const registration = await fetch(`${edition.url}/oauth/register`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ client_name: 'A client with a long name of its own', redirect_uris: [redirectUri] }),
});
const { client_id: clientId } = (await registration.json()) as { client_id: string };
const authorize = `${edition.url}/oauth/authorize?${new URLSearchParams({
  response_type: 'code',
  client_id: clientId,
  redirect_uri: redirectUri,
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  code_challenge_method: 'S256',
})}`;

const allow = (page: Page) => page.getByRole('button', { name: 'Allow', exact: true }).click();

const pages: Record<string, (page: Page) => Promise<unknown>> = {
  landing: (page) => page.goto(`${edition.url}/`),
  consent: (page) => page.goto(authorize),
  async 'consent with nothing ticked'(page) {
    await page.goto(authorize);
    for (const part of [
      'invoices',
      'expenses',
      'payments',
      'customers',
      'the business',
      'bank',
      'contracts',
    ]) {
      await page.getByLabel(`See ${part}`).uncheck();
    }
    await allow(page);
    await page.waitForURL(({ pathname }) => pathname === '/oauth/consent');
  },
  async 'sign-in'(page) {
    await page.goto(authorize);
    await allow(page);
    await page.getByLabel('Password').fill('');
  },
  async 'sign-in with a wrong password'(page) {
    await page.goto(authorize);
    await allow(page);
    await page.getByLabel('Username').fill('nancy');
    await page.getByLabel('Password').fill('not-hers');
    await page.getByRole('button', { name: 'Sign in' }).click();
    assert.match((await page.getByRole('alert').textContent()) ?? '', /Incorrect/);
  },
  privacy: (page) => page.goto(`${edition.url}/privacy`),
  support: (page) => page.goto(`${edition.url}/support`),
  'a mistake of a client': (page) => page.goto(authorize.replace('S256', 'plain')),
  'an unknown client': (page) => page.goto(`${edition.url}/oauth/authorize?client_id=unknown`),
  'a sign-in that has ended': (page) => page.goto(`${edition.url}/oauth/callback?state=none&code=none`),
};

const axe = join(import.meta.dirname, '../browser/node_modules/axe-core/axe.min.js');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe-core finds that would keep somebody out. */
async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axe, 'utf8'));
  const { violations } = await page.evaluate<{ violations: readonly Violation[] }>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

describe('the pages', inBrowser, () => {
  for (const width of [360, 1280]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      it(`are accessible and fit a width of ${width} pixels, ${colorScheme}`, async () => {
        for (const [name, open] of Object.entries(pages)) {
          const context = await browser.newContext({
            viewport: { width, height: 800 },
            colorScheme,
            // Only for axe-core; what the pages themselves may do is seen below.
            bypassCSP: true,
          });
          const page = await context.newPage();
          await open(page);
          if (process.env.SCREENSHOTS !== undefined) {
            const file = `${name.replaceAll(' ', '-')}-${width}-${colorScheme}.png`;
            await page.screenshot({ path: join(process.env.SCREENSHOTS, file), fullPage: true });
          }
          assert.deepEqual(await barriers(page), [], name);
          assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width, name);
          await context.close();
        }
      });
    }
  }

  it('say everything without script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${edition.url}/`);
    assert.match((await page.locator('main').textContent()) ?? '', /claude mcp add --transport http finance/);
    assert.equal(await page.getByRole('button').count(), 0, 'no button that would do nothing');
    await context.close();
  });
});

describe('the landing page', () => {
  it('copies the MCP URL, under its own policy', inBrowser, async () => {
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    const page = await context.newPage();
    await page.goto(`${edition.url}/`);
    await page.getByRole('button', { name: 'Copy the MCP URL' }).click();
    await page.getByRole('button', { name: 'Copied the MCP URL' }).click();
    assert.equal(await page.evaluate('navigator.clipboard.readText()'), url);
    await context.close();
  });

  it('tells programs the same as text', async () => {
    const text = await (await fetch(`${edition.url}/`)).text();
    assert.ok(text.includes(`MCP URL: ${url}\n`));
    assert.ok(text.includes(`claude mcp add --transport http finance ${url}\n`));
  });

  // The command is one for people who have curl and a shell.
  const lacking = ['bash', 'curl'].find((program) => !isInstalled(program));
  const skip = lacking === undefined ? false : `There is no ${lacking} on this machine.`;
  it("has a command that gets a machine client's token as it stands", { skip }, async () => {
    const parts = connections(edition.url).find(({ id }) => id === 'machine-token')?.parts ?? [];
    const command = parts.find((part) => part.kind === 'code')?.code ?? '';
    // In place of jq, which not every machine has; its only use here is to take out one field.
    const jq = `jq() { node -p 'JSON.parse(require("fs").readFileSync(0)).access_token'; }`;
    const { stdout } = await promisify(execFile)('bash', ['-c', `${jq}\n${command}\necho "$TOKEN"`], {
      env: { ...process.env, CLIENT_ID: 'machine-northwind', CLIENT_SECRET: 'local-only' },
    });
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${stdout.trim()}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    });
    assert.equal(answer.status, 200);
  });
});
