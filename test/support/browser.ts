import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';

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

export interface Page {
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

interface Playwright {
  chromium: {
    launch(options: {
      executablePath: string;
      args: readonly string[];
    }): Promise<Browser & { close(): Promise<void> }>;
  };
}

const programs = [
  process.env.CHROMIUM,
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Starts Chromium; it is closed when the tests are done. */
export async function openChromium(): Promise<Browser> {
  const executablePath = programs.find((program) => program !== undefined && existsSync(program));
  assert.ok(
    executablePath,
    'These tests need Chromium: install chromium-headless-shell, or name it in CHROMIUM.',
  );
  const playwright: { default: Playwright } = await import(
    join(import.meta.dirname, '../clients/node_modules/playwright-core/index.js')
  );
  const browser = await playwright.default.chromium.launch({
    executablePath,
    args: ['--disable-background-networking', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
  after(() => browser.close());
  return browser;
}
