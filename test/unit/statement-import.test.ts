import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { BankTransaction } from '../../shared/ledger/kinds/bank-transaction.ts';
import { temporaryFiles } from '../support/import-files.ts';
import { FilledBooks } from '../support/statement-runs.ts';

const write = temporaryFiles();
let files = 0;

/** The books after imports of files with these texts, each in a run of its own. */
async function booksOf(...texts: (string | Buffer)[]): Promise<FilledBooks> {
  const books = new FilledBooks();
  for (const text of texts) await books.import(write(`${++files}.txt`, text));
  return books;
}

const iban = 'NL26VAYB8060476890';

/** Lines of MT940, each with its information. */
const mt940 = (header: string, ...lines: string[]): string =>
  `:20:A\n:25:${iban}\n:28C:${header}\n${lines.join('\n')}\n-\n`;

const amountsIn = (books: FilledBooks, kind = 'bank_transaction'): unknown[] =>
  books.written(kind).map(({ amount }) => amount);

const camt = (statement: string): string =>
  `<Document><BkToCstmrStmt><Stmt><CreDtTm>2026-03-31T20:00:00+02:00</CreDtTm><Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>${statement}</Stmt></BkToCstmrStmt></Document>`;

const camtEntry = (amount: string, more = '', currency = 'EUR'): string =>
  `<Ntry><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt>${more}</Ntry>`;

describe('entries', () => {
  test('two that are equal on one day are two, and keep their ids', async () => {
    const statement = mt940(
      '1/1',
      ':60F:C260301EUR10,00',
      ...Array(2).fill(':61:2603020302D2,50NMSCNONREF\n:86:COFFEE'),
      ':62F:C260302EUR5,00',
    );
    const books = await booksOf(statement, statement);
    const [one, two] = books.written('bank_transaction').map(({ id }) => id as string);
    assert.equal(two, `${one}-2`);
    assert.equal(books.records('bank_transaction').length, 2);
    assert.deepEqual([books.refused, books.warnings], [[], []]);
  });

  test('of which overlapping statements have different numbers are taken, and their day is named', async () => {
    const window = (from: string, to: string, entries: number) =>
      mt940(
        '0',
        `:60F:C${from}EUR10,00`,
        ...Array(entries).fill(':61:2603020302D2,50NMSCNONREF\n:86:COFFEE'),
        `:62F:C${to}EUR${10 - entries * 2.5}${(10 - entries * 2.5) % 1 ? '0' : ',00'}`.replace('.', ','),
      );
    const books = new FilledBooks();
    await books.import(
      write('a.sta', window('260301', '260303', 1)),
      write('b.sta', window('260302', '260304', 2)),
    );
    assert.deepEqual(amountsIn(books), ['-2.50', '-2.50']);
    assert.equal(books.warnings.length, 2);
    assert.match(
      books.warnings[0]!,
      /^1: This statement and the one on line 1 of .*a\.sta have different entries on 2026-03-02: each entry that one of them has was taken\.$/,
    );
    assert.match(
      books.warnings[1]!,
      /^1: The days 2026-03-02 to 2026-03-03 are in an earlier statement, too/,
    );
  });

  test('lose nothing without a word', async () => {
    const long = 'x'.repeat(5_000);
    const details = `<NtryDtls><TxDtls><Refs><EndToEndId>${long}</EndToEndId></Refs><RltdPties><Cdtr><Nm>${long}</Nm></Cdtr></RltdPties><RmtInf><Ustrd>${long}</Ustrd></RmtInf></TxDtls></NtryDtls>`;
    const fee = '<Chrgs><Amt Ccy="USD">1</Amt></Chrgs>';
    const rate = `<AmtDtls><InstdAmt><Amt Ccy="USD">12</Amt><CcyXchg><XchgRate>1.1234567890123</XchgRate></CcyXchg></InstdAmt></AmtDtls>`;
    const books = await booksOf(camt(camtEntry('10', fee + rate + details)));
    const [record] = books.records('bank_transaction') as BankTransaction[];
    assert.deepEqual(
      [record?.counterparty, record?.text, record?.endToEndId].map((text) => text?.length),
      [200, 4_000, 200],
    );
    assert.deepEqual([record?.originalAmount, record?.rate, record?.fee], ['-12.00', undefined, undefined]);
    assert.deepEqual(
      books.warnings.map((warning) => warning.replace(/x+…/, '…')),
      [
        '1: The rate "1.1234567890123" was left out: expected digits and at most 12 decimals.',
        '1: The fee -1.00 USD was left out: expected a part of the amount -10.00 EUR.',
        '1: The counterparty\'s name "…" has 5000 characters: those after 200 were left out.',
        '1: The text "…" has 5000 characters: those after 4000 were left out.',
        '1: The end-to-end id "…" has 5000 characters: those after 200 were left out.',
      ],
    );
  });

  test('in another currency than the account are in no balance, and it is said', async () => {
    const books = await booksOf(camt(camtEntry('10') + camtEntry('7', '', 'USD')));
    assert.deepEqual(books.warnings, [
      '1: 1 entry in USD is in no balance of the statement, which is in EUR.',
    ]);
    assert.deepEqual(
      books.written('statement').map(({ entryCount, sum }) => [entryCount, sum]),
      [[1, '-10.00']],
    );
  });

  test('that correct others are named where they stand', async () => {
    const transaction = (more: string) =>
      `<STMTTRN><TRNTYPE>OTHER<DTPOSTED>20260302<TRNAMT>-5<FITID>F2${more}</STMTTRN>`;
    const books = await booksOf(
      `OFXHEADER:100\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>\n${transaction('<CORRECTFITID>F1<CORRECTACTION>REPLACE')}</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>`,
    );
    assert.deepEqual(books.warnings, [
      '4: The entry "F2" asks to replace "F1" of an earlier file, which was left as it is: both count.',
    ]);
  });
});

describe('statements', () => {
  test('without an account are refused with all their entries', async () => {
    const books = await booksOf(
      `<Document><BkToCstmrStmt><Stmt>\n${camtEntry('1')}\n${camtEntry('2')}</Stmt></BkToCstmrStmt></Document>`,
    );
    assert.deepEqual(books.refused, [
      '1: The statement names no account: expected an IBAN or account number.',
    ]);
    assert.deepEqual(books.records(), []);
  });

  test('without a currency of their own have that of their entries', async () => {
    const books = await booksOf(camt(camtEntry('1', '', 'CHF')).replace('<Ccy>EUR</Ccy>', ''));
    assert.deepEqual(
      books.written('bank_account').map(({ currency }) => currency),
      ['CHF'],
    );
    assert.deepEqual(books.warnings, []);
  });

  test('without anything in them are left out', async () => {
    const books = await booksOf(camt('').replace('<Ccy>EUR</Ccy>', ''));
    assert.deepEqual(books.leftOut, { 'statement without entries and balances': 1 });
  });

  test('say when the bank wrote them, in UTC', async () => {
    const updated = async (text: string) =>
      (await booksOf(text)).written('connection').map(({ updated }) => updated);
    assert.deepEqual(await updated(camt(camtEntry('1'))), ['2026-03-31T18:00:00Z']);
    const lines = [':34F:EURC0,00', ':61:2603020302C1,00NTRFNONREF'];
    assert.deepEqual(await updated(mt940('1', ...lines)), ['2026-03-02T12:00:00Z']);
    assert.deepEqual(await updated(mt940('1', ':13D:2603021330+0100', ...lines)), ['2026-03-02T12:30:00Z']);
    assert.deepEqual(await updated(mt940('1', ':60F:C260301EUR1,00', ':62F:C260302EUR1,00')), [
      '2026-03-02T23:59:59Z',
    ]);
    const ofx = (server: string) =>
      `<OFX><SIGNONMSGSRSV1><SONRS><DTSERVER>${server}</SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1</BANKACCTFROM><LEDGERBAL><BALAMT>1<DTASOF>20260302</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>`;
    assert.deepEqual(await updated(ofx('20260302120000.000[-5:EST]')), ['2026-03-02T17:00:00Z']);
    assert.deepEqual(await updated(ofx('20260302120000[+5.50:IST]')), ['2026-03-02T06:30:00Z']);
    assert.deepEqual(await updated(ofx('20260302120000[-:EST]')), ['2026-03-02T12:00:00Z']);
    assert.deepEqual(await updated(ofx('20269902120000')), ['2026-03-02T23:59:59Z']);
  });

  test('in pages are one statement, whose equal entries are different ones', async () => {
    const page = (number: number, last: boolean, balance: string) =>
      camt(camtEntry('2.50') + balance).replace(
        '<CreDtTm>',
        `<Id>S</Id><StmtPgntn><PgNb>${number}</PgNb><LastPgInd>${last}</LastPgInd></StmtPgntn><ElctrncSeqNb>7</ElctrncSeqNb><CreDtTm>`,
      );
    const balance = (code: string, amount: string) =>
      `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>`;
    const [one, two] = [page(1, false, balance('OPBD', '10')), page(2, true, balance('CLBD', '5'))];
    for (const order of [
      [one, two],
      [two, one],
    ]) {
      const books = new FilledBooks();
      await books.import(...order.map((text) => write(`${++files}.xml`, text!)));
      assert.deepEqual(amountsIn(books), ['-2.50', '-2.50']);
      assert.deepEqual([books.warnings, books.refused], [[], []]);
    }
  });

  test('in several currencies of one number go to the accounts of the operator, or it is said', async () => {
    const dollars = camt(camtEntry('7', '', 'USD')).replace('<Ccy>EUR<', '<Ccy>USD<');
    const euros = camt(camtEntry('5'));
    const books = new FilledBooks();
    await books.import(write('eur.xml', euros), write('usd.xml', dollars));
    assert.deepEqual(books.warnings, [
      '1: The account has statements in EUR and USD: give each currency a bank_account record of its own with this number.',
    ]);
    const account = (id: string, currency: string) =>
      JSON.stringify({ kind: 'bank_account', id, name: id, currency, number: 'NL26 VAYB 8060 4768 90' });
    const own = await booksOf(`${account('main', 'EUR')}\n${account('dollars', 'USD')}\n`, euros, dollars);
    assert.deepEqual(
      own.written('bank_transaction').map(({ accountId, amount }) => [accountId, amount]),
      [
        ['dollars', '-7.00'],
        ['main', '-5.00'],
      ],
    );
    assert.deepEqual(own.warnings, []);
    // The records may also be in the same run as the statements.
    const together = new FilledBooks();
    await together.import(write('usd2.xml', dollars), write('own.ndjson', `${account('dollars', 'USD')}\n`));
    assert.deepEqual(
      together.written('bank_account').map(({ id }) => id),
      ['dollars'],
    );
    const other = await booksOf(`${account('main', 'EUR')}\n`, dollars);
    assert.match(other.warnings.join(), /^1: The statement is in USD, but the account "main" is in EUR/);
  });
});

test('statements that are missing, that differ and that overlap are reported once for all files of a run', async () => {
  const month = (number: number, opening: string, closing: string) =>
    mt940(
      `${number}/1`,
      `:60F:C260${number}01EUR${opening}`,
      `:61:260${number}020${number}02C1,00NTRFNONREF//R${number}`,
      `:62F:C260${number}28EUR${closing}`,
    );
  const books = new FilledBooks();
  const paths = [month(5, '7,00', '8,50'), month(1, '0,00', '1,00'), month(2, '1,00', '2,00')];
  await books.import(...paths.map((text) => write(`${++files}.sta`, text)));
  assert.deepEqual(books.warnings, [
    '1: The statement does not add up: its opening balance and entries differ from its closing balance by -0.50 EUR.',
    '1: There is a gap before this statement (3, 4): 2026-03-01 to 2026-04-30, in which the account changed by 5.00 EUR.',
  ]);
});

describe('the encoding of a file', () => {
  const statement = (prolog: string) =>
    `${prolog}${camt(camtEntry('1', '<AddtlNtryInf>Café 5 €</AddtlNtryInf>'))}`;
  const textIn = async (bytes: Buffer) =>
    (await booksOf(bytes)).written('bank_transaction').map(({ text }) => text);
  const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>`;
  /** The bytes of a text in an encoding of one byte for each character. */
  const inBytes = (text: string, bytes: Record<string, number>) =>
    Buffer.from([...text].map((character) => bytes[character] ?? character.charCodeAt(0)));

  test('is the one that it declares', async () => {
    const of = async (encoding: string, bytes: Record<string, number>) =>
      textIn(inBytes(statement(declared(encoding)), bytes));
    assert.deepEqual(await of('ISO-8859-15', { é: 0xe9, '€': 0xa4 }), ['Café 5 €']);
    assert.deepEqual(await of('windows-1250', { é: 0xe9, '€': 0x80 }), ['Café 5 €']);
    assert.deepEqual(await of('windows-1252', { é: 0xe9, '€': 0x80 }), ['Café 5 €']);
    const polish = inBytes(statement(declared('iso-8859-2')).replace('Café 5 €', 'Łódź'), {
      Ł: 0xa3,
      ó: 0xf3,
      ź: 0xbc,
    });
    assert.deepEqual(await textIn(polish), ['Łódź']);
    const ofx = `OFXHEADER:100\nENCODING:USASCII\nCHARSET:1250\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST><STMTTRN><DTPOSTED>20260302<TRNAMT>-5<FITID>1<MEMO>Łódź</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>`;
    assert.deepEqual(await textIn(inBytes(ofx, { Ł: 0xa3, ó: 0xf3, ź: 0x9f })), ['Łódź']);
  });

  test('is UTF-8 if its bytes are, whatever it declares', async () => {
    for (const encoding of ['ISO-8859-15', 'cp437', 'UTF-8']) {
      assert.deepEqual(await textIn(Buffer.from(statement(declared(encoding)))), ['Café 5 €']);
    }
  });

  test('may be UTF-16 with a byte order mark', async () => {
    const little = Buffer.from(`\uFEFF${statement(declared('UTF-16'))}`, 'utf16le');
    assert.deepEqual(await textIn(little), ['Café 5 €']);
    assert.deepEqual(await textIn(Buffer.from(little).swap16()), ['Café 5 €']);
  });

  test('must be known, and fit', async () => {
    const bytes = (encoding: string) => inBytes(statement(declared(encoding)), { é: 0x82, '€': 0xff });
    await assert.rejects(textIn(bytes('cp850')), {
      message: /declares the encoding "cp850", which cannot be read: expected it in UTF-8\.$/,
    });
    await assert.rejects(textIn(bytes('Shift_JIS')), {
      message: /declares the encoding "Shift_JIS", but has bytes that are not text in it\.$/,
    });
  });

  test('of what is no statement is not guessed', async () => {
    await assert.rejects(booksOf('<html><body>'), {
      message: /is markup, but no bank statement: expected camt\.052, camt\.053, camt\.054 or OFX\.$/,
    });
  });
});
