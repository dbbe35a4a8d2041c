import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after } from 'node:test';
import { absenceOfChromium, findChromium } from '../browser/chromium.ts';

/*
 * A real browser without a window: Chromium, driven by Playwright. Playwright is among the packages that only the
 * tests install, so as much of its interface as is used stands here.
 */

export interface Locator {
  click(): Promise<void>;
  fill(text: string): Promise<void>;
  uncheck(): Promise<void>;
  textContent(): Promise<string | null>;
  count(): Promise<number>;
}

/** A request of a page, before it leaves the browser. */
export interface Route {
  request(): { url(): string };
  fulfill(answer: { status: number; headers: Record<string, string>; body: string }): Promise<void>;
}

export interface Page {
  /** Answers requests of the page in place of the network. */
  route(url: string, answer: (route: Route) => Promise<void>): Promise<unknown>;
  goto(url: string): Promise<unknown>;
  url(): string;
  title(): Promise<string>;
  getByRole(role: string, options?: { name?: string | RegExp; exact?: boolean }): Locator;
  getByLabel(text: string | RegExp): Locator;
  locator(selector: string): Locator;
  waitForRequest(matches: (request: { url(): string }) => boolean): Promise<{ url(): string }>;
  waitForURL(matches: (url: URL) => boolean): Promise<void>;
  evaluate<Result>(expression: string): Promise<Result>;
  screenshot(options: { path: string; fullPage: boolean }): Promise<unknown>;
  close(): Promise<void>;
}

/** Cookies and pages of one person. */
export interface BrowserContext {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}

export interface ContextOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  readonly javaScriptEnabled?: boolean;
  readonly permissions?: readonly string[];
  /** Lets a test run code of its own in a page whose policy allows none. */
  readonly bypassCSP?: boolean;
}

export interface Browser {
  newContext(options?: ContextOptions): Promise<BrowserContext>;
}

type RunningBrowser = Browser & { close(): Promise<void> };

interface Playwright {
  chromium: {
    launch(options: {
      executablePath: string;
      args: readonly string[];
      env: NodeJS.ProcessEnv;
    }): Promise<RunningBrowser>;
  };
}

/** The options of a test that needs the browser: where there is none, it is skipped with the reason. */
export const inBrowser: { readonly skip: string | false } = { skip: absenceOfChromium() ?? false };

/** Chromium, started when it is first used; it is closed when the tests are done. */
export function openChromium(): Browser {
  let running: Promise<RunningBrowser> | undefined;
  after(async () => (await running)?.close());
  return {
    async newContext(options) {
      running ??= launch();
      return (await running).newContext(options);
    },
  };
}

async function launch(): Promise<RunningBrowser> {
  const chromium = findChromium();
  assert.ok(chromium, 'This test needs Chromium: it belongs under the options `inBrowser`.');
  const playwright: { default: Playwright } = await import(
    join(import.meta.dirname, '../browser/node_modules/playwright-core/index.js')
  );
  return playwright.default.chromium.launch({
    executablePath: chromium.program,
    args: ['--disable-background-networking'],
    env: { ...process.env, ...chromium.environment },
  });
}
