import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StatementEntry } from '../../cli/import/bank/statement.ts';
import { entriesOf, messagesOf, readParts, statementsOf } from '../support/bank-files.ts';

const sgmlHeader =
  'OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\nCOMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n';
const xmlHeader =
  '<?xml version="1.0" encoding="UTF-8"?>\n<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n';

const document = (transactions: string, { header = sgmlHeader, currency = 'EUR', after = '' } = {}) =>
  `${header}<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260302120000<FI><ORG>Bank</FI></SONRS></SIGNONMSGSRSV1>` +
  `<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STMTRS><CURDEF>${currency}<BANKACCTFROM><BANKID>1<ACCTID>42<ACCTTYPE>CHECKING</BANKACCTFROM>` +
  `<BANKTRANLIST><DTSTART>20260301<DTEND>20260331\n${transactions}\n</BANKTRANLIST>${after}</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>`;

const transaction = (values: string, amount = '-12.50', posted = '20260302') =>
  `<STMTTRN><TRNTYPE>OTHER<DTPOSTED>${posted}<TRNAMT>${amount}<FITID>F1${values}</STMTTRN>`;

const read = (values: string, amount?: string, posted?: string) =>
  readParts('ofx', document(transaction(values, amount, posted)));

async function readEntry(values: string, amount?: string, posted?: string): Promise<StatementEntry> {
  const parts = await read(values, amount, posted);
  assert.deepEqual([...messagesOf(parts, 'refusal'), ...messagesOf(parts, 'warning')], []);
  const [entry, ...others] = entriesOf(parts);
  assert.deepEqual(others, []);
  return entry!;
}

/** Why the transaction is refused; it is counted, and the statement goes on. */
async function refusalOf(refused: string): Promise<string> {
  const parts = await readParts('ofx', document(`${refused}\n${transaction('')}`));
  const [statement] = statementsOf(parts);
  assert.deepEqual([statement?.entries.length, statement?.refused], [1, 1]);
  const [refusal = '', ...others] = messagesOf(parts, 'refusal');
  assert.deepEqual(others, []);
  assert.match(refusal, /^12: /);
  return refusal.slice(4);
}

describe('amounts', () => {
  for (const [written, amount] of [
    ['-12.50', '-12.50'],
    ['-200,00', '-200.00'],
    ['+5', '5.00'],
    ['.5', '0.50'],
    ['-0', '0.00'],
    ['8.8500000', '8.85'],
  ]) {
    test(`${written}`, async () => assert.equal((await readEntry('', written)).amount, amount));
  }

  for (const [written, why] of [
    ['$120', /"\$120" is not an amount/],
    ['12.50-', /is not an amount/],
    ['1,234', /"1,234" has more decimals than EUR has/],
    ['8.855', /more decimals/],
    ['1e5', /is not an amount/],
    ['--5', /is not an amount/],
    ['', /has no amount: expected <TRNAMT>/],
  ] as const) {
    test(`"${written}" is refused`, async () => assert.match(await refusalOf(transaction('', written)), why));
  }

  test('separators of thousands are left out where they cannot be decimals, with a warning', async () => {
    for (const written of ['1,234.50', '1.234,50']) {
      const parts = await read('', written);
      assert.equal(entriesOf(parts)[0]?.amount, '1234.50');
      assert.match(messagesOf(parts, 'warning').join(), /has separators of thousands/);
    }
  });
});

describe('days', () => {
  for (const posted of [
    '20260302',
    '20260302235959',
    '20260302000000.000[-5:EST]',
    '20260302235959.999[+14:LINT]',
    '20260302120000[-:EST]',
    '20260302120000:014',
    '20260302 ',
    '20260302120000[0:GMT',
    '2026-03-02',
  ]) {
    test(posted, async () =>
      assert.equal((await readEntry('', undefined, posted)).bookingDate, '2026-03-02'),
    );
  }

  for (const posted of ['201120000000', '20261301', '260302', 'yesterday']) {
    test(`${posted} is refused`, async () => {
      assert.match(
        await refusalOf(transaction('', undefined, posted)),
        /is not a day: expected year, month and day/,
      );
    });
  }

  test('30 February is the last day of February, with a warning', async () => {
    const parts = await read('', undefined, '20260230');
    assert.equal(entriesOf(parts)[0]?.bookingDate, '2026-02-28');
    assert.deepEqual(messagesOf(parts, 'warning'), ['12: 2026-02-30 does not exist: read as 2026-02-28.']);
  });

  test('a transaction without its day is refused, a bad other day is left out', async () => {
    assert.match(await refusalOf(transaction('', undefined, '')), /has no date: expected <DTPOSTED>/);
    const parts = await read('<DTUSER>never');
    assert.match(
      messagesOf(parts, 'warning').join(),
      /The transaction date was left out: "never" is not a day/,
    );
  });
});

describe('spellings', () => {
  const values = '<NAME>A &amp; B<MEMO>C & D &lt;E&gt; &#228;&unknown; 5 < 6';
  const expected = {
    status: 'booked',
    amount: '-12.50',
    currency: 'EUR',
    bookingDate: '2026-03-02',
    counterparty: { name: 'A & B' },
    remittance: 'C & D <E> ä&unknown; 5 < 6',
    bankReference: 'F1',
    providerId: 'F1',
    code: 'OTHER',
  };
  const text = document(transaction(values), {
    after: '<LEDGERBAL><BALAMT>-1,5<DTASOF>20260331</LEDGERBAL>',
  });
  const spellings: [string, string][] = [
    ['values without end tags', text],
    ['each on its own line', text.replaceAll('<', '\n<').replace('5 \n<', '5 <')],
    ['one line', text.replaceAll('\n', '')],
    ['with end tags', text.replaceAll(/<([A-Z]+)>([^<\n]+(?:< 6)?)/g, '<$1>$2</$1>')],
    ['lower case', text.replaceAll(/<\/?[A-Z0-9]+>/g, (tag) => tag.toLowerCase())],
    [
      'entries and lists that are not closed',
      text.replaceAll(/<\/(?:STMTTRN|BANKTRANLIST|BANKACCTFROM|SONRS|FI)>/g, ''),
    ],
    ['empty tags', text.replaceAll('<FITID>', '<CHECKNUM></CHECKNUM><REFNUM>\n<SIC><PAYEEID/><FITID>')],
    ['unknown elements', text.replaceAll('<FITID>', '<X.Y>z<EXTRA><MORE>1</MORE></EXTRA><FITID>')],
    ['comments', text.replaceAll('<FITID>', '<!-- <TRNAMT>5 --><FITID>')],
    ['character data', text.replace(/<NAME>[^<]*/, '<NAME><![CDATA[A & B]]></NAME>')],
    ['attributes', text.replace('<OFX>', '<OFX xmlns="http://ofx.net/types/2003/04">')],
  ];
  for (const [name, spelling] of spellings) {
    test(name, async () => {
      for (const length of [undefined, 5]) {
        const parts = await readParts('ofx', spelling, length);
        assert.deepEqual([...messagesOf(parts, 'refusal'), ...messagesOf(parts, 'warning')], []);
        const [statement] = statementsOf(parts);
        assert.deepEqual(statement?.entries, [expected]);
        assert.deepEqual(statement.balances, [
          { type: 'closing_booked', amount: '-1.50', currency: 'EUR', date: '2026-03-31' },
        ]);
        assert.deepEqual(statement.statement, {
          format: 'OFX',
          version: '102',
          form: 'statement',
          account: { number: '42', bankCode: '1', institution: 'Bank', currency: 'EUR', type: 'checking' },
          created: '20260302120000',
          from: '2026-03-01',
          to: '2026-03-31',
        });
      }
    });
  }

  test('the XML header, also with values that have no end tags', async () => {
    const parts = await readParts('ofx', document(transaction(''), { header: xmlHeader }));
    assert.equal(statementsOf(parts)[0]?.statement.version, '211');
    assert.equal(entriesOf(parts).length, 1);
  });
});

describe('transactions', () => {
  test('the currency of an amount that was not converted is its own, with the rate', async () => {
    const entry = await readEntry('<CURRENCY><CURRATE>1.06<CURSYM>USD</CURRENCY>');
    assert.deepEqual(
      [entry.amount, entry.currency, entry.original],
      ['-12.50', 'USD', { amount: '-12.50', currency: 'USD', rate: '1.06' }],
    );
    const converted = await readEntry('<ORIGCURRENCY><CURRATE>1.06<CURSYM>USD</ORIGCURRENCY>');
    assert.deepEqual([converted.currency, converted.original], ['EUR', undefined]);
    // Written as a value, it is no element, and what follows is not in it.
    const value = await readEntry('<CURRENCY>EUR<MEMO>after');
    assert.deepEqual([value.currency, value.remittance], ['EUR', 'after']);
  });

  test('payees, accounts, checks and corrections', async () => {
    const entry = await readEntry(
      '<CORRECTFITID>F0<CORRECTACTION>REPLACE<CHECKNUM>0319<REFNUM>R-1<PAYEE><NAME>Payee<CITY>X</PAYEE><BANKACCTTO><ACCTID>77</BANKACCTTO><DTUSER>20260228<DTAVAIL>20260303',
    );
    assert.deepEqual(entry, {
      status: 'booked',
      amount: '-12.50',
      currency: 'EUR',
      bookingDate: '2026-03-02',
      valueDate: '2026-03-03',
      transactionDate: '2026-02-28',
      counterparty: { name: 'Payee', account: '77' },
      reference: 'R-1',
      checkNumber: '0319',
      bankReference: 'F1',
      providerId: 'F1',
      code: 'OTHER',
      corrects: { providerId: 'F0', action: 'replace' },
    });
    const deleted = await readEntry('<CORRECTFITID>F0<CORRECTACTION>DELETE');
    assert.deepEqual(deleted.corrects, { providerId: 'F0', action: 'delete' });
    const parts = await read('<CORRECTFITID>F0<CORRECTACTION>UNDO');
    assert.match(
      messagesOf(parts, 'warning').join(),
      /<CORRECTACTION> is "UNDO": expected REPLACE or DELETE/,
    );
  });

  test('a type that contradicts the sign, or is not defined, is a warning; the amount stays', async () => {
    const warned = async (type: string, amount: string) => {
      const parts = await readParts('ofx', document(transaction('', amount).replace('OTHER', type)));
      return [entriesOf(parts)[0]?.amount, messagesOf(parts, 'warning').length];
    };
    assert.deepEqual(await warned('DEBIT', '5.00'), ['5.00', 1]);
    assert.deepEqual(await warned('CREDIT', '-5.00'), ['-5.00', 1]);
    assert.deepEqual(await warned('DEBIT', '-5.00'), ['-5.00', 0]);
    assert.deepEqual(await warned('DEBIT', '0.00'), ['0.00', 0]);
    assert.deepEqual(await warned('Credit', '5.00'), ['5.00', 0]);
    assert.deepEqual(await warned('SOMETHING', '5.00'), ['5.00', 1]);
  });

  test('pending ones have a list of their own', async () => {
    const pending =
      '<BANKTRANLISTP><DTASOF>20260331<STMTTRNP><TRNTYPE>POS<DTTRAN>20260330<TRNAMT>-7.00<NAME>Shop</STMTTRNP></BANKTRANLISTP>';
    const parts = await readParts('ofx', document(transaction(''), { after: pending }));
    const [statement] = statementsOf(parts);
    assert.deepEqual(statement?.entries[1], {
      status: 'pending',
      amount: '-7.00',
      currency: 'EUR',
      transactionDate: '2026-03-30',
      counterparty: { name: 'Shop' },
      code: 'POS',
    });
    assert.deepEqual(statement.tallies, [{ currency: 'EUR', count: 1, sum: '-12.50' }]);
  });

  test('a transaction whose currency nothing names is refused', async () => {
    const parts = await readParts('ofx', document(transaction(''), { currency: '' }));
    assert.match(messagesOf(parts, 'refusal').join(), /^12: The currency of the transaction is not known/);
    assert.match(messagesOf(parts, 'warning').join(), /<CURDEF> is ""/);
  });
});

describe('statements', () => {
  const investment = (list: string) =>
    `${sgmlHeader}<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><DTASOF>20260331<CURDEF>USD<INVACCTFROM><BROKERID>broker.example<ACCTID>77</INVACCTFROM><INVTRANLIST><DTSTART>20260301<DTEND>20260331${list}</INVTRANLIST><INVBAL><AVAILCASH>12.34<MARGINBALANCE>-5</INVBAL></INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1></OFX>`;

  test('an investment account gives its bank transactions and its cash', async () => {
    const buy = '<BUYMF><INVBUY><INVTRAN><FITID>T1<MEMO>x</INVTRAN><TOTAL>-100.00</INVBUY></BUYMF>';
    const cash = `<INVBANKTRAN>${transaction('', '3.00')}<SUBACCTFUND>CASH</INVBANKTRAN>`;
    const income = '<INCOME><INVTRAN><FITID>T2</INVTRAN><TOTAL>1.00</INCOME>';
    const parts = await readParts('ofx', investment(`${buy}${cash}${buy}${income}`));
    const [statement] = statementsOf(parts);
    assert.deepEqual(statement?.statement.account, {
      number: '77',
      institution: 'broker.example',
      currency: 'USD',
      type: 'other',
    });
    assert.deepEqual(
      statement.entries.map(({ amount, currency, providerId }) => [amount, currency, providerId]),
      [['3.00', 'USD', 'F1']],
    );
    assert.deepEqual(statement.balances, [
      { type: 'available', amount: '12.34', currency: 'USD', date: '2026-03-31' },
    ]);
    assert.deepEqual(messagesOf(parts, 'warning'), [
      '11: Entries that are not bank transactions were left out: 2 BUYMF, 1 INCOME.',
    ]);
    const end = parts.at(-1);
    assert.ok(end?.part === 'end');
    assert.equal(end.leftOut, 3);
  });

  test('an answer that is an error is refused', async () => {
    const text = `${sgmlHeader}<OFX><BANKMSGSRSV1><STMTTRNRS><STATUS><CODE>2003<SEVERITY>ERROR<MESSAGE>Account not found</STATUS></STMTTRNRS></BANKMSGSRSV1></OFX>`;
    assert.deepEqual(messagesOf(await readParts('ofx', text), 'refusal'), [
      '11: The bank answered with the error "2003 Account not found": expected a statement.',
      '1: The file has no statement: expected <STMTRS>, <CCSTMTRS> or <INVSTMTRS>.',
    ]);
  });

  test('a file that is cut off keeps the transactions before, and the statement is marked', async () => {
    const text = document(`${transaction('')}\n${transaction('<NAME>cut')}`).split('<NAME>')[0]!;
    const parts = await readParts('ofx', text);
    const [statement] = statementsOf(parts);
    assert.deepEqual([statement?.entries.length, statement?.refused, statement?.complete], [1, 1, false]);
    assert.deepEqual(messagesOf(parts, 'refusal'), [
      '13: The file ends within <STMTTRN>: expected </STMTTRN> and the rest of the file.',
    ]);
  });

  test('texts that are far too long are cut, with a warning', async () => {
    const parts = await read(`<MEMO>${'x'.repeat(200_000)}<NAME>after`);
    const [entry] = entriesOf(parts);
    assert.ok((entry?.remittance?.length ?? 0) <= 20_000);
    assert.equal(entry?.counterparty?.name, 'after');
    assert.match(
      messagesOf(parts, 'warning').join(),
      /^12: The text is too long: the rest of it was left out\.$/,
    );
  });

  test('lines and columns are those on which a transaction begins', async () => {
    const one = transaction('');
    const parts = await readParts('ofx', document(`${one}\n  ${one}${one}`), 9);
    assert.deepEqual(
      parts.filter(({ part }) => part === 'entry').map(({ line, column }) => [line, column]),
      [
        [12, 1],
        [13, 3],
        [13, 3 + one.length],
      ],
    );
  });
});
