import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { callTool } from '../support/call-tool.ts';
import { startLocalEdition } from '../support/local-edition.ts';
import { machineToken } from '../support/machine-token.ts';

/* What the README tells people to type works as it stands, but for the port. */

const root = join(import.meta.dirname, '../..');
const edition = await startLocalEdition();

/** The command lines of a section. */
function linesOf(section: string): string[] {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, block = ''] = new RegExp(`^## ${section}\\n[^#]*?\`\`\`sh\\n(.*?)\`\`\``, 'ms').exec(readme) ?? [];
  return block.trimEnd().split('\n');
}

test('the lines of the section on imports load the examples, and every figure is right', async () => {
  const lines = linesOf('Import');
  assert.ok(lines.some((line) => line.startsWith('npm run import')));
  for (const line of lines) {
    const [program = '', ...words] = line.replace('3000', String(edition.port)).split(' ');
    // Rejects unless the exit code is 0: also when a row was refused.
    await promisify(execFile)(program, words, { cwd: root, shell: process.platform === 'win32' });
  }
  const mcpUrl = `${edition.url}/mcp`;
  const token = await machineToken(mcpUrl, 'acme');
  const { structuredContent: invoices } = await callTool(mcpUrl, token, 'list_invoices');
  assert.equal(invoices?.totalCount, 4);
  assert.match(JSON.stringify(invoices.totals), /"4350\.50"/, 'what was invoiced');
  assert.match(JSON.stringify(invoices.totals), /"1540\.50"/, 'what is open');
  const { structuredContent: expenses } = await callTool(mcpUrl, token, 'list_expenses');
  assert.match(JSON.stringify(expenses?.totals), /"144\.10"/);
});
