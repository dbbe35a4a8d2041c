import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { runCommand, startLocalEdition } from '../support/local-edition.ts';

const directory = await mkdtemp(join(tmpdir(), 'finance-mcp-'));
after(() => rm(directory, { recursive: true, force: true }));

const invoices = 3000;

/** Invoices and a payment for every other one, as an import file. */
async function importFile(): Promise<string> {
  const lines: object[] = [
    {
      kind: 'business',
      name: 'Acme',
      currency: 'EUR',
      timeZone: 'Europe/Zurich',
      fiscalYearStartMonth: 1,
      accountingBasis: 'accrual',
    },
  ];
  for (let n = 1; n <= invoices; n++) {
    const day = new Date(Date.UTC(2025, 0, 1 + (n % 500))).toISOString().slice(0, 10);
    lines.push({
      kind: 'invoice',
      id: `i${n}`,
      number: `A-${n}`,
      currency: 'EUR',
      issued: day,
      due: day,
      total: `${n}.50`,
    });
    if (n % 2 === 0)
      lines.push({
        kind: 'payment',
        id: `p${n}`,
        invoiceId: `i${n}`,
        currency: 'EUR',
        date: day,
        amount: `${n}.50`,
        method: 'card',
      });
  }
  const file = join(directory, 'books.ndjson');
  await writeFile(file, lines.map((line) => JSON.stringify(line)).join('\n'));
  return file;
}

const verify = (port: number) => runCommand('verify', ['--org', 'acme', '--local', String(port), '--json']);

describe('the local edition with data on disk', () => {
  it('has everything that an import reported as done after it was killed, also one that an interrupted import resumed', async () => {
    const file = await importFile();
    const data = join(directory, 'data');
    const first = await startLocalEdition(['--data', data, '--empty']);
    const args = ['--org', 'acme', '--create', '--local', String(first.port), file];

    const interrupted = await runCommand('import', args, { killAfter: /loaded: [\d,]+ rows/ });
    assert.equal(interrupted.code, null, `the import was killed on its way: ${interrupted.output}`);
    const resumed = await runCommand('import', [...args, '--json']);
    assert.equal(resumed.code, 0, resumed.output);
    await first.stop('SIGKILL');

    const second = await startLocalEdition(['--data', data, '--empty']);
    const { code, output } = await verify(second.port);
    assert.equal(code, 0, output);
    const { records, differences, unfinished } = JSON.parse(output);
    assert.deepEqual(
      {
        invoice: records.invoice,
        payment: records.payment,
        business: records.business,
        differences,
        unfinished,
      },
      { invoice: invoices, payment: invoices / 2, business: 1, differences: [], unfinished: false },
    );
    const again = await runCommand('import', [
      '--org',
      'acme',
      '--local',
      String(second.port),
      '--json',
      file,
    ]);
    assert.equal(
      JSON.parse(again.output.trim().split('\n').at(-1) ?? '').written.unchanged,
      1 + invoices * 1.5,
    );
  });
});
