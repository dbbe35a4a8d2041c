import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StatementEntry } from '../../cli/import/bank/statement.ts';
import { entriesOf, messagesOf, readParts, statementsOf } from '../support/bank-files.ts';

const namespace = 'xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"';
const account = '<Acct><Id><IBAN>NL26VAYB8060476890</IBAN></Id><Ccy>EUR</Ccy></Acct>';

const document = (content: string, root = `<Document ${namespace}>`) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n<BkToCstmrStmt>\n<Stmt><Id>S1</Id>${account}\n${content}\n</Stmt>\n</BkToCstmrStmt>\n</Document>\n`;

interface Parts {
  amount?: string;
  direction?: string;
  status?: string;
  dates?: string;
  rest?: string;
}

const entryXml = ({
  amount = '<Amt Ccy="EUR">10.00</Amt>',
  direction = 'DBIT',
  status = '<Sts><Cd>BOOK</Cd></Sts>',
  dates = '<BookgDt><Dt>2026-03-02</Dt></BookgDt>',
  rest = '',
}: Parts): string => `<Ntry>${amount}<CdtDbtInd>${direction}</CdtDbtInd>${status}${dates}${rest}</Ntry>`;

const payment = (content: string): string => `<NtryDtls><TxDtls>${content}</TxDtls></NtryDtls>`;

const read = (entry: Parts, root?: string) => readParts('camt', document(entryXml(entry), root));

async function readEntry(entry: Parts): Promise<StatementEntry> {
  const parts = await read(entry);
  assert.deepEqual([...messagesOf(parts, 'refusal'), ...messagesOf(parts, 'warning')], []);
  return entriesOf(parts)[0]!;
}

/** Why the entry is refused; it is counted, and the statement goes on. */
async function refusalOf(entry: Parts): Promise<string> {
  const parts = await readParts('camt', document(`${entryXml(entry)}\n${entryXml({})}`));
  const [statement] = statementsOf(parts);
  assert.equal(statement?.entries.length, 1);
  assert.equal(statement.refused, 1);
  const [refusal = '', ...others] = messagesOf(parts, 'refusal');
  assert.deepEqual(others, []);
  assert.match(refusal, /^5: /);
  return refusal.slice(3);
}

describe('amounts', () => {
  const accepted: [string, string, string][] = [
    ['8.850', 'EUR', '-8.85'],
    ['8', 'EUR', '-8.00'],
    ['.5', 'EUR', '-0.50'],
    ['+8.5', 'EUR', '-8.50'],
    ['000012.30', 'EUR', '-12.30'],
    ['0', 'EUR', '0.00'],
    ['27.00', 'JPY', '-27'],
    ['1.234', 'BHD', '-1.234'],
    ['999999999999999.99', 'EUR', '-999999999999999.99'],
  ];
  for (const [written, currency, amount] of accepted) {
    test(`${written} ${currency} is ${amount}`, async () => {
      const entry = await readEntry({ amount: `<Amt Ccy="${currency}">${written}</Amt>` });
      assert.deepEqual([entry.amount, entry.currency], [amount, currency]);
    });
  }

  const refused: [string, string, RegExp][] = [
    ['8.855', 'EUR', /"8\.855" has more decimals than EUR has \(2\)/],
    ['27.5', 'JPY', /more decimals than JPY has \(0\)/],
    ['8,85', 'EUR', /"8,85" is not an amount: expected digits and decimals, such as "1234\.50"/],
    ['-8.85', 'EUR', /has a sign: expected an amount without one, and <CdtDbtInd>/],
    ['1e3', 'EUR', /is not an amount/],
    ['Infinity', 'EUR', /is not an amount/],
    ['0x10', 'EUR', /is not an amount/],
    ['.', 'EUR', /is not an amount/],
    ['٣', 'EUR', /is not an amount/],
    ['1000000000000000', 'EUR', /is too large: expected at most 15 digits/],
    ['', 'EUR', /There is no amount/],
    ['5', 'eur', /Unknown currency "eur"/],
    ['5', 'DEM', /Unknown currency "DEM"/],
  ];
  for (const [written, currency, why] of refused) {
    test(`${written} ${currency} is refused`, async () => {
      assert.match(await refusalOf({ amount: `<Amt Ccy="${currency}">${written}</Amt>` }), why);
    });
  }

  test('separators of thousands are left out where they cannot be decimals, with a warning', async () => {
    for (const [written, amount] of [
      ['1,234.50', '-1234.50'],
      ['1,234,567', '-1234567.00'],
      ["1'234.5", '-1234.50'],
    ]) {
      const parts = await read({ amount: `<Amt Ccy="EUR">${written}</Amt>` });
      assert.equal(entriesOf(parts)[0]?.amount, amount);
      assert.match(messagesOf(parts, 'warning').join(), /^5: "1.234.*" has separators of thousands/);
    }
    assert.match(await refusalOf({ amount: '<Amt Ccy="EUR">1,234</Amt>' }), /is not an amount/);
  });
});

describe('direction and status', () => {
  test('the indicator is final, also in a reversal', async () => {
    const reversedCredit = await readEntry({ direction: 'DBIT', rest: '<RvslInd>true</RvslInd>' });
    assert.deepEqual([reversedCredit.amount, reversedCredit.reversal], ['-10.00', true]);
    const reversedDebit = await readEntry({ direction: 'CRDT', rest: '<RvslInd>true</RvslInd>' });
    assert.deepEqual([reversedDebit.amount, reversedDebit.reversal], ['10.00', true]);
    const ordinary = await readEntry({ rest: '<RvslInd>false</RvslInd>' });
    assert.equal('reversal' in ordinary, false);
    assert.match(await refusalOf({ direction: 'C' }), /<CdtDbtInd> is "C": expected CRDT or DBIT/);
  });

  test('a status is text in old versions and a code in new ones', async () => {
    for (const [status, expected] of [
      ['<Sts>BOOK</Sts>', 'booked'],
      ['<Sts><Cd>BOOK</Cd></Sts>', 'booked'],
      ['<Sts>PDNG</Sts>', 'pending'],
      ['<Sts>\n <Cd>PDNG</Cd>\n</Sts>', 'pending'],
      ['<Sts><Cd>FUTR</Cd></Sts>', 'pending'],
    ]) {
      assert.equal((await readEntry({ status: status! })).status, expected);
    }
    assert.match(await refusalOf({ status: '' }), /has the status "": expected BOOK, PDNG, FUTR or INFO/);
  });

  test('an entry that only informs is left out, and counted', async () => {
    const parts = await read({ status: '<Sts>INFO</Sts>' });
    assert.deepEqual(entriesOf(parts), []);
    assert.deepEqual(messagesOf(parts, 'warning'), [
      '5: The entry was left out: its status INFO says that it does not change the balance.',
    ]);
    const end = parts.at(-1);
    assert.ok(end?.part === 'end');
    assert.deepEqual([end.leftOut, end.refused], [1, 0]);
  });
});

describe('days', () => {
  test('the day that is written counts, whatever the time and the zone', async () => {
    for (const date of [
      '<Dt>2026-03-02</Dt>',
      '<Dt>2026-03-02+01:00</Dt>',
      '<Dt>2026-03-02T23:30:00-11:00</Dt>',
      '<DtTm>2026-03-02T00:15:00.000+14:00</DtTm>',
      '<DtTm>2026-03-02T23:59:59Z</DtTm>',
    ]) {
      const { bookingDate, valueDate } = await readEntry({
        dates: `<BookgDt>${date}</BookgDt><ValDt>${date}</ValDt>`,
      });
      assert.deepEqual([bookingDate, valueDate], ['2026-03-02', '2026-03-02'], date);
    }
  });

  test('30 February is the last day of February, with a warning', async () => {
    const parts = await read({ dates: '<BookgDt><Dt>2026-02-30</Dt></BookgDt>' });
    assert.equal(entriesOf(parts)[0]?.bookingDate, '2026-02-28');
    assert.deepEqual(messagesOf(parts, 'warning'), ['5: 2026-02-30 does not exist: read as 2026-02-28.']);
  });

  test('an entry needs a day; a wrong one is refused, a wrong value date only left out', async () => {
    assert.match(await refusalOf({ dates: '' }), /has no date: expected <BookgDt> or <ValDt>/);
    assert.match(
      await refusalOf({ dates: '<BookgDt><Dt>02.03.2026</Dt></BookgDt>' }),
      /"02\.03\.2026" is not a day: expected year, month and day, such as 2026-11-21/,
    );
    assert.match(
      await refusalOf({ dates: '<BookgDt><Dt>2026-13-01</Dt></BookgDt>' }),
      /"2026-13-01" is not a day/,
    );
    const parts = await read({
      dates: '<BookgDt><Dt>2026-03-02</Dt></BookgDt><ValDt><Dt>soon</Dt></ValDt>',
    });
    assert.equal('valueDate' in entriesOf(parts)[0]!, false);
    assert.match(messagesOf(parts, 'warning').join(), /The value date was left out: "soon" is not a day/);
  });
});

describe('parties and texts', () => {
  const both =
    '<Dbtr><Pty><Nm>Payer</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>DE1</IBAN></Id></DbtrAcct>' +
    '<Cdtr><Nm>Payee</Nm></Cdtr><CdtrAcct><Id><Othr><Id>42</Id></Othr></Id></CdtrAcct>';
  const agents =
    '<RltdAgts><DbtrAgt><FinInstnId><BICFI>AAAADEFF</BICFI></FinInstnId></DbtrAgt>' +
    '<CdtrAgt><FinInstnId><BIC>BBBBCHZZ</BIC></FinInstnId></CdtrAgt></RltdAgts>';
  const rest = payment(`<RltdPties>${both}</RltdPties>${agents}`);

  test('the payer of money in, the payee of money out, in both spellings', async () => {
    const payer = { name: 'Payer', account: 'DE1', bic: 'AAAADEFF' };
    const payee = { name: 'Payee', account: '42', bic: 'BBBBCHZZ' };
    assert.deepEqual((await readEntry({ direction: 'CRDT', rest })).counterparty, payer);
    assert.deepEqual((await readEntry({ direction: 'DBIT', rest })).counterparty, payee);
    // A credit that is taken back is a debit, but its payer is still the other party.
    const reversal = `<RvslInd>true</RvslInd>${rest}`;
    assert.deepEqual((await readEntry({ direction: 'DBIT', rest: reversal })).counterparty, payer);
  });

  test('the ultimate party comes before the one that pays on its behalf', async () => {
    const parties = `<RltdPties><Dbtr><Nm>Payments Ltd</Nm></Dbtr><UltmtDbtr><Pty><Nm>Ann\n  Customer</Nm></Pty></UltmtDbtr></RltdPties>`;
    const { counterparty } = await readEntry({ direction: 'CRDT', rest: payment(parties) });
    assert.deepEqual(counterparty, { name: 'Ann Customer', agent: 'Payments Ltd' });
    const bank = '<RltdPties><Dbtr><Agt><FinInstnId><Nm>Some Bank</Nm></FinInstnId></Agt></Dbtr></RltdPties>';
    assert.deepEqual((await readEntry({ direction: 'CRDT', rest: payment(bank) })).counterparty, {
      name: 'Some Bank',
    });
  });

  test('NOTPROVIDED is no reference', async () => {
    const refs = (text: string) =>
      payment(`<Refs><EndToEndId>${text}</EndToEndId><MndtId>M-1</MndtId></Refs>`);
    const entry = await readEntry({ rest: refs('NOTPROVIDED') });
    assert.deepEqual([entry.endToEndId, entry.mandateId], [undefined, 'M-1']);
    assert.equal((await readEntry({ rest: refs('INV-7') })).endToEndId, 'INV-7');
  });

  test('texts are joined; one structured reference is the reference, several are text', async () => {
    const strd = (ref: string) => `<Strd><CdtrRefInf><Ref>${ref}</Ref></CdtrRefInf></Strd>`;
    const one = await readEntry({
      rest: payment(
        `<RmtInf><Ustrd>Invoice 7,</Ustrd><Ustrd> March &amp; April</Ustrd>${strd('RF18539007547034')}</RmtInf>`,
      ),
    });
    assert.deepEqual([one.remittance, one.reference], ['Invoice 7, March & April', 'RF18539007547034']);
    const two = await readEntry({ rest: payment(`<RmtInf>${strd('R1')}${strd('R2')}</RmtInf>`) });
    assert.deepEqual([two.remittance, two.reference], ['R1 R2', undefined]);
    const additional = await readEntry({ rest: '<AddtlNtryInf>CARD PAYMENT</AddtlNtryInf>' });
    assert.equal(additional.remittance, 'CARD PAYMENT');
  });

  test('return reasons and codes', async () => {
    const entry = await readEntry({
      rest: `<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>UPDD</SubFmlyCd></Fmly></Domn></BkTxCd>${payment('<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>')}`,
    });
    assert.deepEqual([entry.code, entry.returnReason], ['PMNT/IDDT/UPDD', 'AC04']);
  });

  test('original amounts and fees', async () => {
    const original =
      '<AmtDtls><InstdAmt><Amt Ccy="USD">11.50</Amt></InstdAmt><TxAmt><Amt Ccy="EUR">10.00</Amt><CcyXchg><XchgRate>1.15</XchgRate></CcyXchg></TxAmt></AmtDtls>';
    const entry = await readEntry({ rest: payment(original) });
    assert.deepEqual(entry.original, { amount: '-11.50', currency: 'USD', rate: '1.15' });
    const charge = (amount: string, currency = 'EUR') =>
      `<Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd>`;
    const fees = async (charges: string) => (await readEntry({ rest: charges })).fee;
    const fee = { amount: '-0.30', currency: 'EUR' };
    assert.deepEqual(await fees(`<Chrgs>${charge('0.10')}</Chrgs><Chrgs>${charge('0.20')}</Chrgs>`), fee);
    assert.deepEqual(
      await fees(`<Chrgs><Rcrd>${charge('0.1')}</Rcrd><Rcrd>${charge('0.2')}</Rcrd></Chrgs>`),
      fee,
    );
    assert.deepEqual(await fees('<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">0.3</TtlChrgsAndTaxAmt></Chrgs>'), fee);
    const mixed = await read({ rest: `<Chrgs>${charge('1')}</Chrgs><Chrgs>${charge('1', 'USD')}</Chrgs>` });
    assert.match(
      messagesOf(mixed, 'warning').join(),
      /The fee was left out: there are charges in several currencies/,
    );
  });
});

describe('batches', () => {
  const one = '<TxDtls><Refs><EndToEndId>A</EndToEndId></Refs></TxDtls>';
  const cases: [string, string, number | undefined][] = [
    ['one payment is no batch', `<NtryDtls>${one}</NtryDtls>`, undefined],
    ['listed payments', `<NtryDtls>${one.repeat(3)}</NtryDtls>`, 3],
    ['listed in two groups', `<NtryDtls>${one}</NtryDtls><NtryDtls>${one}</NtryDtls>`, 2],
    ['a number only', '<NtryDtls><Btch><NbOfTxs>20</NbOfTxs></Btch></NtryDtls>', 20],
    ['a number and one payment', `<NtryDtls><Btch><NbOfTxs>20</NbOfTxs></Btch>${one}</NtryDtls>`, 20],
  ];
  for (const [name, rest, batchCount] of cases) {
    test(name, async () => {
      const entry = await readEntry({ rest });
      assert.equal(entry.batchCount, batchCount);
      // What the first payment says is not said of the whole.
      assert.equal(entry.endToEndId, batchCount === undefined ? 'A' : undefined);
      assert.equal(entry.amount, '-10.00');
    });
  }

  test('a batch of many thousand payments is one entry', async () => {
    const entry = await readEntry({ rest: `<NtryDtls>${one.repeat(60_000)}</NtryDtls>` });
    assert.equal(entry.batchCount, 60_000);
  });
});

describe('statements', () => {
  const balance = (code: string, amount: string, rest = '') =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${rest}<Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Dt><Dt>2026-03-01</Dt></Dt></Bal>`;
  const balances = async (xml: string) => statementsOf(await readParts('camt', document(xml)))[0]?.balances;

  test('an overdraft is negative, zero has no sign, and a credit limit is noted', async () => {
    const date = '2026-03-01';
    assert.deepEqual(
      await balances(
        balance('PRCD', '5.00') +
          balance('CLBD', '0.00') +
          balance('CLAV', '7.50', '<CdtLine><Incl>true</Incl></CdtLine>') +
          balance('ITBD', '1', '<CdtLine><Incl>false</Incl></CdtLine>'),
      ),
      [
        { type: 'opening_booked', amount: '-5.00', currency: 'EUR', date },
        { type: 'closing_booked', amount: '0.00', currency: 'EUR', date },
        { type: 'available', amount: '-7.50', currency: 'EUR', date, includesCreditLimit: true },
        { type: 'interim_booked', amount: '-1.00', currency: 'EUR', date, includesCreditLimit: false },
      ],
    );
  });

  test('no namespace, or prefixes, change nothing but the version', async () => {
    const text = document(entryXml({}));
    const [expected] = statementsOf(await readParts('camt', text));
    const [bare] = statementsOf(await readParts('camt', document(entryXml({}), '<Document>')));
    const { version, ...others } = expected!.statement;
    assert.equal(version, '001.08');
    assert.deepEqual(bare, { ...expected, statement: others });
    const prefixed = text.replace('xmlns=', 'xmlns:c=').replaceAll(/<(\/?)(?=[A-Z])/g, '<$1c:');
    assert.deepEqual(statementsOf(await readParts('camt', prefixed))[0], expected);
  });

  test('a bad balance is refused, and the rest is read', async () => {
    const parts = await readParts('camt', document(`${balance('OPBD', '1.234')}${entryXml({})}`));
    assert.deepEqual(messagesOf(parts, 'refusal'), ['5: "1.234" has more decimals than EUR has (2).']);
    assert.equal(entriesOf(parts).length, 1);
  });

  test('the page of the message counts where statements have none', async () => {
    const text = document('').replace(
      '<Stmt>',
      '<GrpHdr><MsgPgntn><PgNb>3</PgNb><LastPgInd>false</LastPgInd></MsgPgntn></GrpHdr><Stmt>',
    );
    assert.deepEqual(statementsOf(await readParts('camt', text))[0]?.statement.page, {
      number: '3',
      last: false,
    });
  });

  test('lines and columns are those on which an entry begins', async () => {
    const parts = await readParts('camt', document(`${entryXml({})}\n   ${entryXml({})}${entryXml({})}`), 7);
    const places = parts.filter(({ part }) => part === 'entry').map(({ line, column }) => [line, column]);
    const width = entryXml({}).length;
    assert.deepEqual(places, [
      [5, 1],
      [6, 4],
      [6, 4 + width],
    ]);
  });
});

describe('files that are not as they should be', () => {
  test('what was read before a break stays, and the statement is marked', async () => {
    for (const [broken, why] of [
      ['<Ntry>', /not well-formed XML \(unexpected close tag/],
      ['&undefined;', /not well-formed XML \(undefined entity/],
      ['<a b=c/>', /not well-formed XML/],
    ] as const) {
      const parts = await readParts('camt', document(`${entryXml({})}\n${broken}`));
      assert.equal(entriesOf(parts).length, 1, broken);
      assert.match(messagesOf(parts, 'refusal').join('\n'), why);
      assert.deepEqual(
        statementsOf(parts).map(({ complete }) => complete),
        [false],
      );
    }
    const cut = document(entryXml({})).split('</Stmt>')[0]!;
    const parts = await readParts('camt', cut);
    assert.equal(entriesOf(parts).length, 1);
    assert.match(messagesOf(parts, 'refusal').join(), /unclosed tag: Stmt/);
  });

  test('a document type declaration is refused, and no entity is expanded', async () => {
    const bomb = document(entryXml({ rest: '<AddtlNtryInf>&lol;</AddtlNtryInf>' })).replace(
      '<Document',
      '<!DOCTYPE Document [<!ENTITY lol "lol"><!ENTITY x SYSTEM "file:///etc/passwd">]><Document',
    );
    const parts = await readParts('camt', bomb);
    assert.deepEqual(
      parts.map(({ part }) => part),
      ['refusal'],
    );
    assert.match(
      messagesOf(parts, 'refusal')[0]!,
      /^2: The file has a document type declaration: expected .* without one/,
    );
  });

  test('nothing is kept of elements that are too large, and reading goes on', async () => {
    const text = `<Y>${'a'.repeat(90_000)}</Y>`;
    const large = `<Ntry>${'<x/>'.repeat(60_000)}</Ntry><Ntry>${text.repeat(12)}</Ntry>`;
    const parts = await readParts('camt', document(`${large}\n${entryXml({})}`));
    assert.equal(entriesOf(parts).length, 1);
    assert.match(messagesOf(parts, 'refusal')[0]!, /<Ntry> is too large/);
    assert.equal(statementsOf(parts)[0]?.refused, 2);
  });

  test('deep elements and endless texts end the reading', async () => {
    assert.match(
      messagesOf(await readParts('camt', document('<x>'.repeat(1_000))), 'refusal')[0]!,
      /has elements in more than 100 others/,
    );
    assert.match(
      messagesOf(await readParts('camt', document('x'.repeat(3_000_000))), 'refusal')[0]!,
      /has a text or a tag of more than 100,000 characters/,
    );
  });

  test('another message is said not to be a statement', async () => {
    const parts = await readParts('camt', '<Document><CstmrCdtTrfInitn/></Document>');
    assert.deepEqual(messagesOf(parts, 'refusal'), [
      '1: The file has no statement: expected <Stmt>, <Rpt> or <Ntfctn> of a camt message.',
    ]);
  });
});
