import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { absenceOfChromium, findChromium } from '../browser/chromium.ts';
import { inBrowser, openChromium } from '../support/browser.ts';

/* The browser of the tests: npm's where it runs, and a reason where there is none. */

const root = join(import.meta.dirname, '../..');
const browser = openChromium();
const { CHROMIUM: named } = process.env;

describe('the browser of the tests', () => {
  afterEach(() => {
    if (named === undefined) delete process.env.CHROMIUM;
    else process.env.CHROMIUM = named;
  });

  const { glibcVersionRuntime } = (process.report.getReport() as { header: { glibcVersionRuntime?: string } })
    .header;
  const skip =
    process.platform === 'linux' && process.arch === 'x64' && glibcVersionRuntime !== undefined
      ? false
      : 'npm’s Chromium is made for Linux on x64 with glibc.';
  it('is npm’s, whatever is installed', { skip }, () => {
    delete process.env.CHROMIUM;
    assert.ok(findChromium()?.program.startsWith(join(root, 'test/browser/node_modules/')));
  });

  it('is the one that CHROMIUM names, if it runs', () => {
    // Whatever answers to --version is believed to be one.
    process.env.CHROMIUM = process.execPath;
    assert.equal(findChromium()?.program, process.execPath);
    assert.equal(absenceOfChromium(), undefined);
    process.env.CHROMIUM = '/nowhere/chromium';
    assert.equal(findChromium(), undefined);
    assert.equal(absenceOfChromium(), 'CHROMIUM names /nowhere/chromium, which does not run here.');
  });

  it('has letters, on a machine without fonts as well', inBrowser, async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto('data:text/html,<span>Overdue invoices</span>');
    const width = await page.evaluate<number>('document.querySelector("span").getBoundingClientRect().width');
    assert.ok(width > 50, `${width} pixels`);
    await context.close();
  });

  it('is the reason for which tests are skipped, not failed, where there is none', () => {
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--test', '--test-reporter=tap', 'test/conformance/authorization.test.ts'],
      { cwd: root, env: { ...environment, CHROMIUM: '/nowhere/chromium' }, encoding: 'utf8' },
    );
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /# SKIP CHROMIUM names \/nowhere\/chromium, which does not run here\./);
    assert.match(stdout, /^# pass 0$/m);
  });
});
