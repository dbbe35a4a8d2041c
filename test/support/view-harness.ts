import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { CallToolResult } from '@modelcontextprotocol/client';
import { type View, type ViewName, viewsIn } from '../../functions/mcp/view.ts';
import { bundleViews } from '../../functions/mcp/view-bundle.ts';
import { startViewHost } from '../../local/view-host.ts';
import { type Browser, type Frame, type Page, until } from './browser.ts';
import type { Placing } from './view-harness/placing.ts';

/* Views in the host of the local edition, in a conversation that a test leads. */

/** How a view is shown, where a test does not say otherwise. */
const usual = { theme: 'light', locale: 'en-US', width: 720 } as const;

export type Shown = Partial<Pick<Placing, 'theme' | 'locale' | 'width' | 'maxHeight' | 'replies'>>;

/** A page on which views are shown, one after the other. */
export interface Harness {
  readonly page: Page;
  /** Shows a view, which waits for its answer. */
  place(name: ViewName, tool: string, shown?: Shown): Promise<Frame>;
  /** Shows a view with a tool's answer. */
  show(
    name: ViewName,
    call: { tool: string; args?: Record<string, unknown>; result: CallToolResult },
    shown?: Shown,
  ): Promise<Frame>;
  /** Calls a function of the page's `harness` (view-harness/page.ts). */
  call<Result>(name: string, ...args: readonly unknown[]): Promise<Result>;
  /** What went wrong in the page or a frame so far, and requests that no host makes. */
  problems(): readonly string[];
  /** What axe-core finds in the view, with the background that the host gives it. */
  barriers(): Promise<string[]>;
  close(): Promise<void>;
}

const folder = mkdtempSync(join(tmpdir(), 'views-'));
after(() => rmSync(folder, { recursive: true }));
bundleViews(folder);
const views = viewsIn(folder);

export const viewNamed = (name: ViewName): View => views.all().find((view) => view.name === name)!;

/** Opens the page. */
export async function openHarness(browser: Browser): Promise<Harness> {
  const server = await startViewHost({
    port: 0,
    settings: () => ({ mcpUrl: '', tokenUrl: '', machineSecret: '', organizations: [] }),
    script: join(import.meta.dirname, 'view-harness/page.ts'),
  });
  const axe = await readFile(
    join(import.meta.dirname, '../browser/node_modules/axe-core/axe.min.js'),
    'utf8',
  );
  const context = await browser.newContext({
    viewport: { width: 900, height: 800 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  const own = [`http://localhost:${server.port}/`, `http://127.0.0.1:${server.port}/sandbox`, 'about:srcdoc'];
  page.on('request', (request) => {
    if (!own.some((address) => request.url().startsWith(address)))
      problems.push(`requested ${request.url()}`);
  });
  await page.goto(`http://localhost:${server.port}/`);
  await until(page, 'globalThis.harness');

  const call = <Result>(name: string, ...args: readonly unknown[]): Promise<Result> =>
    page.evaluate<Result>(
      `harness[${JSON.stringify(name)}](${args.map((arg) => JSON.stringify(arg) ?? 'undefined').join()})`,
    );
  const frame = (): Frame => page.frames().find((each) => each.url() === 'about:srcdoc')!;

  const place: Harness['place'] = async (name, tool, shown) => {
    await call('place', { ...usual, ...shown, html: viewNamed(name).html, tool });
    return frame();
  };
  return {
    page,
    place,
    async show(name, { tool, args = {}, result }, shown) {
      const placed = await place(name, tool, shown);
      await call('answer', args, result);
      await until(placed, '!document.querySelector("main").ariaBusy');
      return placed;
    },
    call,
    problems: () => problems,
    async close() {
      await context.close();
      await server.close();
    },
    async barriers() {
      const view = frame();
      const background = await page.evaluate<string>(
        'getComputedStyle(document.querySelector(".card")).backgroundColor',
      );
      await view.evaluate(`document.documentElement.style.background = ${JSON.stringify(background)}`);
      await view.evaluate(axe);
      const { violations } = await view.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
        'axe.run()',
      );
      await view.evaluate('document.documentElement.style.background = ""');
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    },
  };
}
