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
  allTextContents(): Promise<string[]>;
  selectOption(value: string | { readonly label: string }): Promise<unknown>;
  first(): Locator;
  waitFor(): Promise<void>;
  screenshot(options: { path: string }): Promise<unknown>;
  count(): Promise<number>;
}

/** A request of a page, before it leaves the browser. */
export interface Route {
  request(): { url(): string };
  fulfill(answer: { status: number; headers: Record<string, string>; body: string }): Promise<void>;
}

/** A document within a page. */
export interface Frame {
  url(): string;
  locator(selector: string): Locator;
  getByRole(role: string, options?: { name?: string | RegExp; exact?: boolean }): Locator;
  evaluate<Result>(expression: string): Promise<Result>;
}

export interface Page {
  frames(): Frame[];
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): unknown;
  on(event: 'pageerror', listener: (error: Error) => void): unknown;
  on(event: 'request', listener: (request: { url(): string }) => void): unknown;
  readonly keyboard: { press(key: string): Promise<void> };
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
  readonly reducedMotion?: 'reduce' | 'no-preference';
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

/** Milliseconds after which what is waited for is not coming. */
const patience = 10_000;

/**
 * Waits until an expression is true in a document. Playwright's own way to wait evaluates texts there, which the policy of
 * a view forbids.
 * @throws {Error} when it is not in a while
 */
export async function until(document: Pick<Frame, 'evaluate'>, expression: string): Promise<void> {
  for (const start = Date.now(); Date.now() - start < patience; ) {
    if (await document.evaluate<boolean>(`!!(${expression})`)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`This did not come true: ${expression}`);
}

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
