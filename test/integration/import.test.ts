import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { environmentOf, runImport, temporaryFiles } from '../support/import-files.ts';
import { memoryTable } from '../support/memory-table.ts';
import { readerOf } from '../support/questions.ts';

const write = temporaryFiles();
const asOf = '2026-11-21';

const memory = await memoryTable();
const reader = (organization: string) => readerOf(memory.open(), organization);
const run = (args: string[]) => runImport(args, environmentOf(memory));

const ndjson = (...records: object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
const day = '2026-01-31';
const invoice = (id: string, total = '10.00') => ({
  kind: 'invoice',
  id,
  currency: 'USD',
  issued: day,
  total,
});
const business = {
  kind: 'business',
  name: 'Acme',
  timeZone: 'Europe/Zurich',
  fiscalYearStartMonth: 4,
  accountingBasis: 'cash',
};

describe('loading', () => {
  test('records are added, then unchanged, then changed, and can be read', async () => {
    const file = write('acme.ndjson', ndjson(business, invoice('a'), invoice('b')));
    const load = async () => {
      const { code, stdout } = await run(['--org', 'acme', '--json', file]);
      assert.equal(code, 0);
      return JSON.parse(stdout).written;
    };
    assert.deepEqual(await load(), { added: 3, changed: 0, unchanged: 0 });
    assert.deepEqual(await load(), { added: 0, changed: 0, unchanged: 3 });
    write('acme.ndjson', ndjson(business, invoice('a'), invoice('b', '12.50')));
    assert.deepEqual(await load(), { added: 0, changed: 1, unchanged: 2 });

    assert.equal((await reader('acme').business())?.timeZone, 'Europe/Zurich');
    const { totals } = await reader('acme').listInvoices({ limit: 25, asOf, hideLater: false });
    assert.deepEqual(
      totals?.map(({ currency, count, total }) => ({ currency, count, total })),
      [{ currency: 'USD', count: 2, total: 2250 }],
    );
  });

  test('the report says what has happened, and what is assumed without a business profile', async () => {
    const file = write('noprofile.ndjson', ndjson(invoice('a')));
    const { code, stdout, stderr } = await run(['--org', 'noprofile', file]);
    assert.equal(code, 0);
    assert.match(stdout, /^invoice {2}1 {2}2026-01-31 to 2026-01-31 {2}10\.00 USD$/m);
    assert.match(
      stdout,
      /Into "noprofile": 1 added, 0 changed, 0 unchanged, 0 refused, 0 left out, in [\d.]+ s\./,
    );
    assert.match(stderr, /no business profile, so its calendar is UTC and its basis is accrual/);
    const example = stderr.split('\n').find((line) => line.startsWith('{'));
    const profile = write('profile.ndjson', `${example}\n`);
    const second = await run(['--org', 'noprofile', profile]);
    assert.equal(second.code, 0);
    assert.doesNotMatch(second.stderr, /business profile/);
  });

  test('refused rows are told with their lines and never stop the good ones', async () => {
    const file = write(
      'mixed.ndjson',
      `\uFEFF${ndjson(invoice('a'))}\n{broken\n${ndjson({ ...invoice('b'), total: 5 }, invoice('c', '1.005'), invoice('d'))}`,
    );
    const { code, stdout, stderr } = await run(['--org', 'mixed', file]);
    assert.equal(code, 1);
    assert.match(stderr, /mixed\.ndjson, line 3: The line is not valid JSON/);
    assert.match(stderr, /mixed\.ndjson, line 4: total is the number 5: expected a decimal string/);
    assert.match(stderr, /mixed\.ndjson, line 5: total: "1\.005" has more decimals than USD has/);
    assert.match(stdout, /2 added, 0 changed, 0 unchanged, 3 refused/);
  });

  test('with --strict a refused row keeps everything out, and without one everything is loaded', async () => {
    const bad = write('strict.ndjson', ndjson(invoice('a'), { ...invoice('b'), total: '-1.00' }));
    const refused = await run(['--org', 'strict', '--strict', bad]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /line 2: total is -1\.00/);
    assert.match(refused.stdout, /Nothing was written into "strict", since --strict is set and 1 row/);
    const page = await reader('strict').listInvoices({ limit: 25, asOf, hideLater: false });
    assert.equal(page.totalCount, 0);

    const good = write('strict-good.ndjson', ndjson(invoice('a')));
    const loaded = await run(['--org', 'strict', '--strict', '--json', good]);
    assert.equal(loaded.code, 0);
    assert.deepEqual(JSON.parse(loaded.stdout).written, { added: 1, changed: 0, unchanged: 0 });
  });

  test('the same record again counts once; another with its id is refused with both lines', async () => {
    const first = write(
      'first.ndjson',
      ndjson(invoice('a'), invoice('b'), invoice('a'), invoice('b', '11.00')),
    );
    const second = write(
      'second.ndjson',
      ndjson(invoice('a', '99.00'), { ...invoice('c'), kind: 'credit_note' }),
    );
    const { code, stdout, stderr } = await run(['--org', 'twice', '--json', first, second]);
    assert.equal(code, 1);
    const report = JSON.parse(stdout);
    assert.deepEqual(report.written, { added: 3, changed: 0, unchanged: 0 });
    assert.deepEqual(report.repeated, [
      { sort: 'invoice', count: 1, firstDay: day, lastDay: day, totals: { USD: '10.00' } },
    ]);
    assert.match(
      stderr,
      /first\.ndjson, line 4: The invoice "b" was already read from line 2, where total is "10\.00" and not "11\.00" as on line 4: expected one record for each id\.$/m,
    );
    assert.match(
      stderr,
      /second\.ndjson, line 1: The invoice "a" was already read from line 1 of .*first\.ndjson,/,
    );
  });

  test('a customer that rows tell differently is the first one’s where the mapping says so', async () => {
    const file = write('people.csv', 'No,Client,Mail\n1,Ann,a@x\n2,Ann,b@x\n');
    const rule = { kind: 'customer', fields: { id: '{Client}', name: '{Client}', email: '{Mail}' } };
    const strictly = write('strictly.json', JSON.stringify({ records: [rule] }));
    const kindly = write('kindly.json', JSON.stringify({ records: [{ ...rule, keepFirst: true }] }));
    const refused = await run(['--org', 'people', '--dry-run', '--map', strictly, file]);
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /line 3: The customer "Ann" was already read from line 2, where email is "a@x" and not "b@x" as on line 3: expected one record for each id\. To keep the first, set "keepFirst": true in its rule/,
    );
    const taken = await run(['--org', 'people', '--dry-run', '--json', '--map', kindly, file]);
    assert.equal(taken.code, 0);
    assert.deepEqual(JSON.parse(taken.stdout).firstRecords, [
      { kind: 'customer', id: 'Ann', name: 'Ann', email: 'a@x' },
    ]);
    const { repeated, passedOver } = JSON.parse(taken.stdout);
    assert.deepEqual(repeated, []);
    assert.deepEqual(passedOver, [{ sort: 'customer', count: 1, totals: {} }]);
    const told = await run(['--org', 'people', '--dry-run', '--map', kindly, file]);
    assert.match(told.stdout, /^repeated, the first kept: 1 customer$/m);
    assert.doesNotMatch(told.stdout, /repeated and identical/);
  });

  test('equal records with money are told with what they cost, and are no success unless asked for', async () => {
    const payment = { kind: 'payment', id: 'p', currency: 'EUR', date: day, amount: '5.00' };
    const file = write(
      'equal.ndjson',
      ndjson(payment, payment, payment, { kind: 'customer', id: 'c', name: 'C' }),
    );
    const found = await run(['--org', 'equal', file]);
    assert.equal(found.code, 1);
    assert.match(found.stdout, /^repeated and identical, counted once: 2 payments \(10\.00 EUR\)$/m);
    assert.match(found.stdout, /use --merge-equal/);
    assert.match(found.stdout, /Into "equal": 2 added/);
    const strict = await run(['--org', 'equal', '--strict', file]);
    assert.equal(strict.code, 1);
    assert.match(
      strict.stdout,
      /Nothing was written .* --strict is set and identical records were repeated\./,
    );
    const meant = await run(['--org', 'equal', '--strict', '--merge-equal', file]);
    assert.equal(meant.code, 0);
    assert.match(meant.stdout, /counted once: 2 payments \(10\.00 EUR\)$/m);
    assert.doesNotMatch(meant.stdout, /--merge-equal/);
  });

  test('records without money that come again are nothing to worry about', async () => {
    const customer = { kind: 'customer', id: 'c', name: 'C' };
    const { code, stdout } = await run([
      '--org',
      'equal-customers',
      write('equal-customers.ndjson', ndjson(customer, customer)),
    ]);
    assert.equal(code, 0);
    assert.match(stdout, /^repeated and identical, counted once: 1 customer$/m);
  });

  test('ids from the order of rows are the same in each run, and cells beyond the header are told once', async () => {
    const map = write(
      'rows.json',
      JSON.stringify({
        currency: 'USD',
        surplusCells: 'ignore',
        records: [
          {
            kind: 'expense',
            fields: { id: '{#}/{Date}/{Amount}/{#equal}', date: '{Date}', amount: '{Amount}' },
          },
        ],
      }),
    );
    const row = '2026-01-31,5.00';
    const file = write('rows.csv', `Date,Amount\n${row}\n${row},\n${row},memo\n${row},memo\n`);
    const load = () => run(['--org', 'rows', '--strict', '--map', map, file]);
    const { code, stdout } = await load();
    assert.equal(code, 0);
    assert.match(stdout, /Into "rows": 4 added/);
    assert.match(stdout, /^extra cells ignored in .*rows\.csv: 2 rows, first "memo" on line 4$/m);
    assert.match((await load()).stdout, /Into "rows": 0 added, 0 changed, 4 unchanged/);
  });

  test('--currency is for records that name none', async () => {
    const { currency: _, ...without } = invoice('a');
    const file = write(
      'currency.jsonl',
      ndjson(without, invoice('b'), { kind: 'customer', id: 'c', name: 'C' }),
    );
    const { code, stdout } = await run([
      '--org',
      'currency',
      '--dry-run',
      '--json',
      '--currency',
      'CHF',
      file,
    ]);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout).records, [
      { sort: 'customer', count: 1, totals: {} },
      {
        sort: 'invoice',
        count: 2,
        firstDay: '2026-01-31',
        lastDay: '2026-01-31',
        totals: { CHF: '10.00', USD: '10.00' },
      },
    ]);
  });

  test('a document of several rows is refused with all of its lines', async () => {
    const file = write(
      'lines.csv',
      'No,Date,Total,Item,Line\nA,2026-01-31,3.00,Pen,1.00\nB,2026-01-31,9.00,Ink,9.00\nA,2026-01-31,3.00,Pad,two\n',
    );
    const mapping = {
      currency: 'USD',
      records: [
        {
          kind: 'invoice',
          fields: { id: '{No}', issued: '{Date}', total: '{Total}' },
          lines: { fields: { name: '{Item}', total: '{Line}' } },
        },
      ],
    };
    const map = write('lines.json', JSON.stringify(mapping));
    const { code, stdout, stderr } = await run(['--org', 'lines', '--json', '--map', map, file]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /lines\.csv, line 4: total, from "\{Line\}": "two" is not a number.* The whole document is refused \(lines 2, 4\)\./,
    );
    const report = JSON.parse(stdout);
    assert.equal(report.refusedRows, 2);
    assert.deepEqual(report.written, { added: 1, changed: 0, unchanged: 0 });
  });
});

describe('a column that the file has in another way than the mapping says', () => {
  // Days and months in the other order: those up to the twelfth pass, as other days.
  const rows = Array.from({ length: 28 }, (_, at) => `${at + 1},${at + 1}/02/2026,5.00\n`);
  const file = write('order.csv', `No,Date,Amount\n${rows.join('')}`);
  const map = write(
    'order.json',
    JSON.stringify({
      currency: 'USD',
      dates: 'MM/dd/yyyy',
      records: [{ kind: 'payment', fields: { id: '{No}', date: '{Date}', amount: '{Amount}' } }],
    }),
  );
  const paymentsOf = async (organization: string) =>
    (await reader(organization).listPayments({ limit: 1, start: '2026-01-01', end: '2026-12-31' }))
      .totalCount;

  test('keeps everything out, and is told with the column and how many', async () => {
    const { code, stdout, stderr } = await run(['--org', 'order', '--map', map, file]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /order\.csv: date, from "\{Date\}": 16 of 28 values could not be read: day and month seem to be swapped.* --force/,
    );
    assert.match(
      stdout,
      /Nothing was written into "order", since the mapping seems to be wrong about a column\./,
    );
    assert.equal(await paymentsOf('order'), 0);
    const dry = await run(['--org', 'order', '--dry-run', '--json', '--map', map, file]);
    assert.equal(dry.code, 1);
    const report = JSON.parse(dry.stdout);
    assert.equal(report.stopped, 'doubts');
    assert.deepEqual(report.doubts, [
      { file, place: 'date, from "{Date}"', failed: 16, tried: 28, otherOrder: true },
    ]);
  });

  test('is loaded where it can be read with --force', async () => {
    const { code, stdout } = await run(['--org', 'forced', '--force', '--map', map, file]);
    assert.equal(code, 1);
    assert.match(stdout, /Into "forced": 12 added, 0 changed, 0 unchanged, 16 refused/);
    assert.equal(await paymentsOf('forced'), 12);
  });

  test('is told of days in the other order also when most of them pass', async () => {
    const days = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 15];
    const csv = (rows: readonly string[]) =>
      `No,Date,Amount\n${rows.map((row, at) => `${at},${row},5.00\n`).join('')}`;
    const check = async (rows: readonly string[]) =>
      (await run(['--org', 'few', '--dry-run', '--map', map, write('few.csv', csv(rows))])).stderr;
    assert.match(
      await check(days.map((day) => `${day}/02/2026`)),
      /3 of 12 values could not be read: day and month/,
    );
    // Not those that are no day either way.
    assert.doesNotMatch(
      await check([...days.slice(0, 9).map((day) => `${day}/02/2026`), '13/02/2026', '14/02/2026', 'soon']),
      /could not be read/,
    );
  });

  test('is told of amounts and translations too, and not of a few bad rows', async () => {
    const csv = (texts: readonly string[]): string =>
      `No,Date,Amount\n${texts.map((text, at) => `${at},2026-02-01,${text}\n`).join('')}`;
    const iso = write(
      'iso.json',
      JSON.stringify({ ...JSON.parse(readFileSync(map, 'utf8')), dates: 'yyyy-MM-dd' }),
    );
    const doubtsOf = async (texts: readonly string[]) => {
      const amounts = write('amounts.csv', csv(texts));
      const { stdout } = await run(['--org', 'amounts', '--dry-run', '--json', '--map', iso, amounts]);
      return JSON.parse(stdout).doubts.map((doubt: { place: string; failed: number }) => [
        doubt.place,
        doubt.failed,
      ]);
    };
    assert.deepEqual(await doubtsOf(['1,5', 'x', 'y', '2.00']), []);
    assert.deepEqual(await doubtsOf(['1.234', '1.235', '1.236', '12.00']), [['amount, from "{Amount}"', 3]]);
    assert.deepEqual(await doubtsOf(['1', 'x', 'y', '2.00', '3.00', 'z']), []);
  });
});

test('what a file holds cannot give orders to the terminal', async () => {
  const file = write(
    'escape.ndjson',
    ndjson({ kind: 'customer', id: 'a', name: 'x\u009b2J\u202e' }, { kind: 'b\u009b' }),
  );
  const { stdout, stderr } = await run(['--org', 'escape', '--dry-run', file]);
  assert.match(stdout, /"name":"x\ufffd2J\ufffd"/);
  assert.match(stderr, /kind is "b\ufffd"/);
});

describe('a dry run', () => {
  test('shows counts, totals, days, first records and every refused row, and writes nothing', async () => {
    const rows = Array.from(
      { length: 30 },
      (_, at) => `${at + 1},2026-01-${String(at + 1).padStart(2, '0')},${at < 20 ? '-1.00' : 'x'}`,
    );
    const file = write(
      'dry.csv',
      Buffer.from(`No,Date,Betr\xe4ge\n${rows.join('\n')}\n31,2026-02-01,1.50\n`, 'latin1'),
    );
    const rule = { kind: 'expense', fields: { id: '{No}', date: '{Date}', amount: '{Beträge}' } };
    const map = write('dry.json', JSON.stringify({ currency: 'EUR', records: [rule] }));
    const { code, stdout, stderr } = await run(['--org', 'dry', '--dry-run', '--map', map, file]);
    assert.equal(code, 1);
    assert.match(stdout, /dry\.csv: 31 rows of CSV, read as Windows-1252 since it is not valid UTF-8/);
    assert.match(stdout, /^expense +1 {2}2026-02-01 to 2026-02-01 {2}1\.50 EUR$/m);
    assert.match(stdout, /^expense, credit {2}20 {2}2026-01-01 to 2026-01-20 {2}-20\.00 EUR$/m);
    assert.match(stdout, /^\{"kind":"expense","id":"1",.*"amount":"-1\.00"/m);
    assert.match(stdout, /Dry run: nothing was written into "dry"/);
    assert.equal(
      stderr.match(/dry\.csv, line \d+: amount, from "\{Beträge\}": "x" is not a number/g)?.length,
      10,
    );
    const page = await reader('dry').listExpenses({ limit: 25 });
    assert.equal(page.totalCount, 0);
  });
});

describe('what cannot be used', () => {
  const good = write('good.ndjson', ndjson(invoice('a')));
  const csv = write('plain.csv', 'a,b\n1,2\n');
  const badMap = write('bad.json', '{"records": [');
  const wrongMap = write(
    'wrong.json',
    JSON.stringify({ records: [{ kind: 'customer', fields: { id: '{x}', name: '{y}' } }] }),
  );
  const list = write('list.json', '[{"kind":"customer"}]');

  const cases: [behaviour: string, args: string[], sentence: RegExp][] = [
    ['no organization', ['--dry-run', good], /^--org is missing/],
    [
      'an impossible organization',
      ['--org', 'Acme Ltd', '--dry-run', good],
      /^--org "Acme Ltd" is not an organization id: expected 2 to 63 lowercase letters/,
    ],
    [
      'an organization that would leave its partition',
      ['--org', 'a#b', '--dry-run', good],
      /is not an organization id/,
    ],
    ['no file', ['--org', 'acme', '--dry-run'], /^No file is named/],
    [
      'a file that is not there',
      ['--org', 'acme', '--dry-run', 'nowhere.csv'],
      /^There is no file "nowhere\.csv"/,
    ],
    ['a file named twice', ['--org', 'acme', '--dry-run', good, good], /is named twice/],
    ['an empty file', ['--org', 'acme', '--dry-run', write('empty.ndjson', '')], /is empty/],
    ['a JSON list', ['--org', 'acme', '--dry-run', list], /is a JSON array: expected NDJSON/],
    ['CSV without a mapping', ['--org', 'acme', '--dry-run', csv], /is read as CSV: expected --map FILE/],
    [
      'a mapping for NDJSON alone',
      ['--org', 'acme', '--dry-run', '--map', wrongMap, good],
      /^--map is for CSV files/,
    ],
    [
      'a mapping that is no JSON',
      ['--org', 'acme', '--dry-run', '--map', badMap, csv],
      /^The mapping file ".*bad\.json" is not valid JSON/,
    ],
    [
      'a mapping that is not there',
      ['--org', 'acme', '--dry-run', '--map', 'no.json', csv],
      /^The mapping file "no\.json" cannot be read/,
    ],
    [
      'a mapping for another file',
      ['--org', 'acme', '--dry-run', '--map', wrongMap, csv],
      /There is no column "x": the columns of the file are a, b/,
    ],
    [
      'an unknown currency',
      ['--org', 'acme', '--dry-run', '--currency', 'usd', good],
      /^--currency "usd": expected an ISO 4217 code/,
    ],
    [
      'an unknown option',
      ['--org', 'acme', '--dry-run', '--format', 'xero', good],
      /Unknown option '--format'/,
    ],
    ['a port that is none', ['--org', 'acme', '--local', 'x', good], /^--local "x": expected the port/],
    ['two stores', ['--org', 'acme', '--local', '3000', '--table', 't', good], /cannot be combined/],
    ['no store', ['--org', 'acme', good], /^The store is missing/],
  ];
  for (const [behaviour, args, sentence] of cases) {
    test(behaviour, async () => {
      const { code, stdout, stderr } = await runImport(args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, sentence);
      assert.match(stderr, /^Usage: npm run import/m);
      assert.doesNotMatch(stderr, /^\s+at /m);
      assert.equal(stdout, '');
    });
  }
});

describe('a store that fails', () => {
  const file = write('store.ndjson', ndjson(invoice('a')));

  test('a local edition that does not run', async () => {
    // Above the ports that systems give away.
    const { code, stderr } = await runImport(['--org', 'acme', '--local', '65532', file]);
    assert.equal(code, 3);
    assert.match(stderr, /^The local edition does not answer on port 65532: start it/);
  });

  test('a table that does not exist, by --table and by the environment', async () => {
    const { TABLE_NAME: _, ...environment } = environmentOf(memory);
    const named = await runImport(['--org', 'acme', '--table', 'elsewhere', file], environment);
    assert.equal(named.code, 3);
    assert.match(
      named.stderr,
      /There is no table "elsewhere" in this account and region\. Run the same import again/,
    );
    const fromEnvironment = await runImport(['--org', 'acme-env', file], {
      ...environment,
      TABLE_NAME: 'finance-mcp',
    });
    assert.equal(fromEnvironment.code, 0);
    assert.match(fromEnvironment.stdout, /Into "acme-env": 1 added/);
  });
});
