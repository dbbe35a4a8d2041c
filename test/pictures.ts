import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { publicInternet } from '../functions/oauth/clients/document-fetch.ts';
import { authorizeUrl, startSignIn } from './integration/oauth-setup.ts';
import { openChromium, until } from './support/browser.ts';
import { startLocalEdition } from './support/local-edition.ts';

/*
 * npm run pictures: draws the pictures of docs/images anew, from the pages as the authorization server serves them.
 * Chromium asks for them at an example's address, and gets them from here. Views are drawn from the local edition's page.
 */

const publicOrigin = 'https://finance.example.com';
const folder = join(import.meta.dirname, '../docs/images');
/** The application that asks for consent; its metadata document is the built-in one. */
const claude = {
  clientId: 'https://claude.ai/oauth/mcp-oauth-client-metadata',
  redirectUri: 'https://claude.ai/api/mcp/auth_callback',
};

const browser = openChromium();

test('the pictures of pages in docs/images', async () => {
  const server = await startSignIn({
    publicOrigin,
    internet: { ...publicInternet, resolve: () => Promise.reject(new Error('Nobody is asked.')) },
  });
  after(() => server.close());
  await mkdir(folder, { recursive: true });
  for (const [name, url, viewport] of [
    ['landing', `${publicOrigin}/`, { width: 880, height: 700 }],
    ['consent', authorizeUrl(server, claude), { width: 600, height: 840 }],
  ] as const) {
    const context = await browser.newContext({ viewport, colorScheme: 'light' });
    const page = await context.newPage();
    await page.route(`${publicOrigin}/**`, async (route) => {
      const { pathname, search } = new URL(route.request().url());
      const answer = await server.call(`${pathname}${search}`, { headers: { accept: 'text/html' } });
      const headers = Object.fromEntries(answer.headers);
      await route.fulfill({ status: answer.status, headers, body: await answer.text() });
    });
    await page.goto(url);
    assert.match(await page.title(), /Finance MCP/);
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: false });
    await context.close();
  }
});

/** The questions whose views are drawn, by the name of the picture. */
const viewed = {
  'view-list': { view: 'list', words: 'How old is what customers owe?' },
  'view-summary': { view: 'summary', words: 'How are we doing this year, compared with last year?' },
} as const;

test('the pictures of views in docs/images', async () => {
  const { port } = await startLocalEdition();
  const context = await browser.newContext({ viewport: { width: 800, height: 1000 }, colorScheme: 'light' });
  const page = await context.newPage();
  await page.goto(`http://localhost:${port + 4}/`);
  for (const [name, { view, words }] of Object.entries(viewed)) {
    const section = `#view-${view}`;
    const shown = `document.querySelector('${section} iframe')?.style.height > '1'`;
    await page.locator(`${section} label select`).waitFor();
    await until(page, shown);
    await page.locator(`${section} label select`).selectOption({ label: words });
    await until(
      page,
      `document.querySelector('${section} .question').textContent === ${JSON.stringify(words)}`,
    );
    await until(page, shown);
    // The frame is given its height by the view when its answer is drawn.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await page.locator(`${section} .conversation`).screenshot({ path: join(folder, `${name}.png`) });
  }
  await context.close();
});
