import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { parseArguments } from '../../functions/mcp/arguments.ts';
import { openBooks } from '../../functions/mcp/tool.ts';
import { tools } from '../../functions/mcp/tools/index.ts';
import { scopeNames } from '../../shared/edge.ts';
import { writeRecord } from '../../shared/ledger/format.ts';
import type { AnyRecord } from '../../shared/ledger/kind.ts';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import { openReader } from '../../shared/store/reader.ts';
import { verifyBooks } from '../../shared/store/verify.ts';
import { allRecords, finishInterruptedWrite, writeRecords } from '../../shared/store/writer.ts';
import { samplePath, samples } from '../support/bank-files.ts';
import { type BankStatement, statementWriters } from '../support/bank-writers.ts';
import { environmentOf, runImport, temporaryFiles } from '../support/import-files.ts';
import { letLockExpire, memoryTable } from '../support/memory-table.ts';
import { FilledBooks } from '../support/statement-runs.ts';

/* Bank statements through the command into the store, and the tools' answers; amounts are counted once more from the files. */

const memory = await memoryTable();
const write = temporaryFiles();

async function load(organization: string, ...args: string[]) {
  const result = await runImport(['--org', organization, '--json', ...args], environmentOf(memory));
  assert.ok(result.code === 0 || result.code === 1, result.stderr);
  return { ...JSON.parse(result.stdout), code: result.code };
}

const booksOf = (organization: string): Promise<AnyRecord[]> =>
  Array.fromAsync(allRecords(memory.table, organization));

/** The records of a kind in the interchange format. */
const written = async (organization: string, kind: string) =>
  (await booksOf(organization))
    .filter((record) => record.kind === kind)
    .map((record) => writeRecord(record as LedgerRecord) as Record<string, string>);

async function assertVerified(organization: string): Promise<void> {
  const { differences, unfinished } = await verifyBooks(memory.table, organization);
  assert.deepEqual({ differences, unfinished }, { differences: [], unfinished: false });
}

/** Asks as the server does. */
async function ask(organization: string, today: string, name: string, args: Record<string, unknown> = {}) {
  const tool = tools.find((candidate) => candidate.name === name);
  assert.ok(tool, name);
  const opened = {
    openReader: async (of: string) => openReader(memory.open(), of),
    now: () => new Date(`${today}T12:00:00Z`),
  };
  const context = await openBooks(opened, organization, scopeNames);
  const { content } = await tool.run(parseArguments(tool.input(), args, []), context);
  // biome-ignore lint/suspicious/noExplicitAny: an answer is JSON
  return JSON.parse(JSON.stringify(content)) as any;
}

describe('published samples', () => {
  /** Amounts of the entries, found in the text without knowledge of its format; the sum of each currency in millionths. */
  const found: Record<string, (text: string) => [currency: string, amount: string][]> = {
    camt: (text) =>
      [
        ...text.matchAll(
          /<Ntry>\s*(?:<NtryRef>.*?<\/NtryRef>\s*)?<Amt Ccy="(\w+)">([\d.]+)<\/Amt>\s*<CdtDbtInd>(\w)/g,
        ),
      ].map(([, currency = '', amount = '', direction]) => [
        currency,
        direction === 'D' ? `-${amount}` : amount,
      ]),
    mt940: (text) =>
      [...text.matchAll(/^:61:\d+([CD])[A-Z]?([\d,]+)/gm)].map(([, direction, amount = '']) => [
        'EUR',
        `${direction === 'D' ? '-' : ''}${amount.replace(',', '.')}`,
      ]),
    ofx: (text) => {
      const [, currency = ''] = /<CURDEF>(\w+)/.exec(text) ?? [];
      return [...text.matchAll(/<TRNAMT>([-\d.]+)([\s\S]*?)<\/STMTTRN>/g)].map(
        ([, amount = '', rest = '']) => [/<CURSYM>(\w+)/.exec(rest)?.[1] ?? currency, amount],
      );
    },
    plaid: (text) =>
      [...text.matchAll(/"date_posted"[^}]*?"amount": (-?[\d.]+)/g)].map(([, amount = '']) => [
        'USD',
        amount.startsWith('-') ? amount.slice(1) : `-${amount}`,
      ]),
  };

  function sums(amounts: readonly (readonly [string, string])[]): Record<string, bigint> {
    const sums: Record<string, bigint> = {};
    for (const [currency, amount] of amounts) {
      const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(amount) ?? assert.fail(amount);
      sums[currency] = (sums[currency] ?? 0n) + BigInt(`${sign}${whole}${fraction.padEnd(6, '0')}`);
    }
    return sums;
  }

  /** Samples with amounts that the books refuse: withdrawn currencies, and "$120". */
  const refusing = new Set(['german-structured-86.sta', 'decimal_error.ofx']);

  for (const [family, names] of Object.entries(samples) as [keyof typeof samples, readonly string[]][]) {
    test(`${family}: every file has the amounts that a search of its text finds, or says why not`, async () => {
      for (const name of names) {
        const path = samplePath(family, name);
        const books = new FilledBooks();
        await books.import(path);
        const text = readFileSync(path, 'utf8').replaceAll('\r', '');
        const transactions = books.written('bank_transaction') as Record<string, string>[];
        if (refusing.has(name)) {
          assert.ok(books.refused.length > 0 && transactions.length === 0, name);
          continue;
        }
        assert.deepEqual(books.refused, [], name);
        const expected = found[family]!(text);
        assert.equal(transactions.length, expected.length, name);
        assert.deepEqual(
          sums(transactions.map(({ currency = '', amount = '' }) => [currency, amount])),
          sums(expected),
          name,
        );
      }
    });
  }

  test('all of them in one run, twice, are books that verify agrees with', async () => {
    const files = Object.entries(samples).flatMap(([family, names]) =>
      names.map((name) => samplePath(family as keyof typeof samples, name)),
    );
    const first = await load('samples', ...files);
    const books = await booksOf('samples');
    assert.equal(first.written.added, books.length);
    const again = await load('samples', ...files);
    assert.deepEqual(
      { ...again.written, records: await booksOf('samples') },
      { added: 0, changed: 0, unchanged: books.length, records: books },
    );
    await assertVerified('samples');
  });

  test('with --strict, warnings stop an import', async () => {
    const path = samplePath('mt940', 'jejik-knab.sta');
    const report = await load('strict', '--strict', path);
    assert.deepEqual([report.code, report.stopped, report.written], [1, 'strict', undefined]);
    assert.ok(report.warnings.length > 0);
    assert.deepEqual(await booksOf('strict'), []);
  });
});

/** Weeks of an account of which each has the last two days of the one before. */
function weeks(iban: string): BankStatement[] {
  const entries = Array.from({ length: 60 }, (_, at) => {
    const day = `2026-03-${String(1 + Math.floor(at / 3)).padStart(2, '0')}`;
    return {
      amount: at % 3 === 2 ? 9_999 : -250,
      bookingDate: day,
      valueDate: day,
      name: 'Cafe',
      text: 'Coffee',
      reference: 'NONREF',
      reversal: false,
    };
  });
  const sum = (all: typeof entries) => all.reduce((sum, { amount }) => sum + amount, 0);
  return [
    ['2026-03-01', '2026-03-08'],
    ['2026-03-07', '2026-03-14'],
    ['2026-03-13', '2026-03-20'],
  ].map(([from = '', to = '']) => {
    const within = entries.filter(({ bookingDate }) => from <= bookingDate && bookingDate <= to);
    const opening = sum(entries.filter(({ bookingDate }) => bookingDate < from));
    return {
      sequence: 0,
      iban,
      currency: 'EUR',
      opening,
      closing: opening + sum(within),
      from,
      to,
      entries: within,
    };
  });
}

const plain = { version: 0, zeros: '', isWide: true } as const;

describe('overlapping statements', () => {
  const files = weeks('NL26VAYB8060476890').map((statement, at) =>
    write(`week${at}.sta`, statementWriters.mt940([statement], plain)),
  );
  let books: AnyRecord[];
  before(async () => {
    const report = await load('one-run', ...files);
    assert.deepEqual(
      report.warnings.map(({ message }: { message: string }) => message),
      [
        'The days 2026-03-07 to 2026-03-08 are in an earlier statement, too: the same entry counts once.',
        'The days 2026-03-13 to 2026-03-14 are in an earlier statement, too: the same entry counts once.',
      ],
    );
    books = await booksOf('one-run');
  });

  test('count each entry once', async () => {
    const transactions = await written('one-run', 'bank_transaction');
    assert.equal(transactions.length, 60);
    const answer = await ask('one-run', '2026-03-31', 'get_cash_position');
    assert.deepEqual(answer.moved, [
      {
        currency: 'EUR',
        count: 60,
        in: '1999.80',
        out: '-100.00',
        net: '1899.80',
      },
    ]);
    assert.deepEqual(
      answer.accounts.map(({ booked, dataAsOf, number }: never) => ({ booked, dataAsOf, number })),
      [
        {
          booked: { amount: '1899.80', currency: 'EUR', date: '2026-03-20', type: 'closing_booked' },
          dataAsOf: '2026-03-20T23:59:59Z',
          number: '6890',
        },
      ],
    );
    assert.equal(answer.statementFindings, undefined);
    const { totals } = await ask('one-run', '2026-03-31', 'list_bank_transactions', { limit: 5 });
    assert.equal(totals[0].count, 60);
  });

  test('one run for each file, in another order and then once more, gives the same books', async () => {
    for (const file of files.toReversed()) await load('apart', file);
    assert.deepEqual(await booksOf('apart'), books);
    const { written } = await load('apart', ...files);
    assert.deepEqual(written, { added: 0, changed: 0, unchanged: books.length });
    await assertVerified('apart');
  });

  test('whatever write an import dies at, the next one gives the same books', async () => {
    const imported = new FilledBooks();
    await imported.import(...files);
    for (let writes = 0; writes < 12; writes += 3) {
      const organization = `killed-${writes}`;
      const table = memory.openDying(writes);
      await writeRecords({ table, organization, records: imported.records() }).catch(() => {});
      await letLockExpire(memory.table, organization);
      if (writes % 2 === 0) await finishInterruptedWrite(memory.table, organization);
      await load(organization, ...files);
      assert.deepEqual(await booksOf(organization), books, `${writes} writes`);
      await assertVerified(organization);
    }
  });

  test('a statement that is missing is found in the books', async () => {
    const [one, , three] = weeks('NL26VAYB8060476890').map((statement, at) => ({
      ...statement,
      sequence: at + 1,
    }));
    const file = (statement: BankStatement) =>
      write(`numbered${statement.sequence}.sta`, statementWriters.mt940([statement], plain));
    await load('gap', file(one!));
    const { warnings } = await load('gap', file(three!));
    // The run has one statement alone.
    assert.deepEqual(warnings, []);
    const { statementFindings } = await ask('gap', '2026-03-31', 'get_cash_position');
    assert.deepEqual(
      statementFindings.map(({ accountId: _account, ...finding }: { accountId: string }) => finding),
      [
        {
          finding: 'gap',
          from: '2026-03-09',
          to: '2026-03-12',
          missing: [2],
          amount: '379.96',
          currency: 'EUR',
        },
      ],
    );
  });
});

describe('pending entries', () => {
  const account = '<Acct><Id><IBAN>NL26VAYB8060476890</IBAN></Id><Ccy>EUR</Ccy></Acct>';
  const entry = (status: string, reference: string, amount: string) =>
    `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>${status}</Sts><BookgDt><Dt>2026-03-10</Dt></BookgDt><AcctSvcrRef>${reference}</AcctSvcrRef></Ntry>`;
  const message = (name: string, element: string, created: string, entries: string) =>
    write(
      `${name}-${created.slice(0, 13)}.xml`,
      `<Document><${name}><${element}><CreDtTm>${created}</CreDtTm>${account}${entries}</${element}></${name}></Document>`,
    );
  const interim = message(
    'BkToCstmrAcctRpt',
    'Rpt',
    '2026-03-10T10:00:00Z',
    entry('PDNG', 'P1', '5') + entry('PDNG', 'P2', '7'),
  );
  const notification = message(
    'BkToCstmrDbtCdtNtfctn',
    'Ntfctn',
    '2026-03-10T11:00:00Z',
    entry('BOOK', 'P3', '9'),
  );
  const later = message('BkToCstmrAcctRpt', 'Rpt', '2026-03-10T16:00:00Z', entry('PDNG', 'P2', '7'));
  const final = message('BkToCstmrStmt', 'Stmt', '2026-03-10T22:00:00Z', entry('BOOK', 'B2', '7'));

  const amountsOf = async (organization: string, args: Record<string, unknown>) =>
    (await ask(organization, '2026-03-31', 'list_bank_transactions', args)).transactions.map(
      ({ amount }: { amount: string }) => amount,
    );

  test('are those of the newest data, and vanish when a statement has them', async () => {
    const steps: [file: string, pending: string[], booked: string[]][] = [
      [interim, ['5.00', '7.00'], []],
      [notification, ['5.00', '7.00', '9.00'], []],
      [later, ['7.00'], []],
      [final, [], ['7.00']],
      // Older data bring nothing back.
      [interim, [], ['7.00']],
    ];
    for (const [file, pending, booked] of steps) {
      await load('pending', file);
      assert.deepEqual((await amountsOf('pending', { only: 'pending' })).sort(), pending);
      assert.deepEqual(await amountsOf('pending', {}), booked);
    }
    await assertVerified('pending');
    const all = [final, later, notification, interim];
    await load('pending-at-once', ...all);
    assert.deepEqual(await booksOf('pending-at-once'), await booksOf('pending'));
  });

  test('of MT942 vanish with the MT940 of the day', async () => {
    const fields = (...lines: string[]) =>
      `${[':20:A', ':25:NL26VAYB8060476890', ':28C:1/1', ...lines].join('\n')}\n-\n`;
    const line = ':61:2603100310C5,00NTRFNONREF\n:86:RENT';
    const mt942 = write('day.942', fields(':34F:EURC0,00', line));
    const mt940 = write(
      'day.940',
      fields(':60F:C260309EUR1,00', line.replace('NONREF', 'NONREF//B1'), ':62F:C260310EUR6,00'),
    );
    await load('mt942', mt942);
    assert.deepEqual(await amountsOf('mt942', { only: 'pending' }), ['5.00']);
    await load('mt942', mt940);
    assert.deepEqual(await amountsOf('mt942', { only: 'pending' }), []);
    assert.deepEqual(await amountsOf('mt942', {}), ['5.00']);
  });
});

describe('accounts', () => {
  const ibans = ['NL26VAYB8060476890', 'DE89370400440532013000'] as const;
  const file = (iban: string, other: string, amount: string, mark: string) =>
    write(
      `${iban}.xml`,
      `<Document><BkToCstmrStmt><Stmt><Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>EUR</Ccy></Acct><Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${mark}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-10</Dt></BookgDt><NtryDtls><TxDtls><RltdPties><CdtrAcct><Id><IBAN>${other}</IBAN></Id></CdtrAcct><DbtrAcct><Id><IBAN>${other}</IBAN></Id></DbtrAcct></RltdPties></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`,
    );
  const out = file(ibans[0], ibans[1], '100', 'DBIT');
  const into = file(ibans[1], ibans[0], '100', 'CRDT');
  const moved = [
    {
      currency: 'EUR',
      count: 2,
      in: '0.00',
      out: '0.00',
      net: '0.00',
      transfersIn: '100.00',
      transfersOut: '-100.00',
    },
  ];

  test('on both sides of an entry make it a transfer, whichever is imported first', async () => {
    for (const [organization, order] of [
      ['out-in', [out, into]],
      ['in-out', [into, out]],
    ] as const) {
      for (const path of order) await load(organization, path);
      const answer = await ask(organization, '2026-03-31', 'get_cash_position');
      assert.deepEqual(answer.moved, moved);
      await assertVerified(organization);
    }
    assert.deepEqual(await booksOf('out-in'), await booksOf('in-out'));
  });

  test('of the operator keep their ids and names, whatever order files come in after them', async () => {
    const own = ibans.map((iban, at) => ({
      kind: 'bank_account',
      id: `own-${at}`,
      name: `Account ${at}`,
      currency: 'EUR',
      number: iban.replace(/(.{4})/g, '$1 ').trim(),
    }));
    const records = write('own.ndjson', own.map((account) => JSON.stringify(account)).join('\n'));
    for (const [organization, order] of [
      ['own-a', [[records], [out], [into]]],
      ['own-b', [[records], [into, out], [records]]],
      ['own-c', [[out, records, into]]],
    ] as const) {
      for (const files of order) await load(organization, ...files);
      const { accounts, moved: sums } = await ask(organization, '2026-03-31', 'get_cash_position');
      assert.deepEqual(
        accounts.map(({ id, name }: { id: string; name: string }) => [id, name]),
        [
          ['own-0', 'Account 0'],
          ['own-1', 'Account 1'],
        ],
      );
      assert.deepEqual(sums, moved);
    }
    assert.deepEqual(await booksOf('own-a'), await booksOf('own-b'));
    assert.deepEqual(await booksOf('own-a'), await booksOf('own-c'));
  });
});

describe('Plaid', () => {
  test('a card is owed, and its balances stand side by side', async () => {
    await load('card', samplePath('plaid', 'credit_card_custom_user.json'));
    const { accounts, moved } = await ask('card', '2026-07-31', 'get_cash_position');
    assert.deepEqual(
      accounts.map(({ name, type, booked, available }: never) => ({ name, type, booked, available })),
      [
        {
          name: 'Plaid Platinum Rewards Card',
          type: 'card',
          booked: { amount: '-1245.67', currency: 'USD', date: '2026-07-21', type: 'interim_booked' },
          available: { amount: '8754.33', currency: 'USD', date: '2026-07-21', type: 'available' },
        },
      ],
    );
    assert.deepEqual(
      moved.map(({ out }: { out: string }) => out),
      ['-1512.82'],
    );
  });

  test('what belongs to investments is left out, with its reason and number', async () => {
    const report = await load('brokerage', samplePath('plaid', 'brokerage_custom_user.json'));
    assert.deepEqual(report.leftOut, {
      'statement without entries and balances': 1,
      'not a bank transaction': 36,
    });
    assert.match(
      report.warnings.map(({ message }: { message: string }) => message).join(' '),
      /What belongs to investments was left out: 18 holdings, 18 investment_transactions\./,
    );
    assert.deepEqual(await booksOf('brokerage'), []);
  });
});
