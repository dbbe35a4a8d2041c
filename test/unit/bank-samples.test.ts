import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type StatementFamily, statementFamily } from '../../cli/import/bank/formats.ts';
import {
  differenceOf,
  entriesOf,
  messagesOf,
  readParts,
  readSample,
  samples,
  sampleText,
  statementsOf,
} from '../support/bank-files.ts';

interface Expected {
  /** For each statement: how many entries, their sums, and the difference that its arithmetic has. */
  statements: [count: number, sums: string, difference?: string][];
  refusals?: string[];
  warnings?: string[];
}

const noOpeningAvailable = (line: number) =>
  `${line}: The balance of type "OPAV" was left out: expected OPBD, PRCD, CLBD, ITBD, CLAV, ITAV, XPCD, FWAV.`;
const noMarks = [13, 14, 22, 23, 24, 25, 26, 27, 32, 33, 34, 35, 43, 44, 47].map(
  (line) => `${line}: Unknown currency "DEM": expected an ISO 4217 code such as USD, EUR or JPY.`,
);

const unnumbered = (at: number, name: string): string =>
  `1: override_accounts[${at}]: The account has no number: it is known by its type and name, "${name}".`;

const expected: Record<string, Expected> = {
  'camt052.v2.xml': { statements: [[1, '-200000.00 SEK']] },
  'camt053.v2.all-balance-types.xml': {
    statements: [[1, '8.85 EUR', '-5.82']],
    warnings: [
      noOpeningAvailable(56),
      noOpeningAvailable(104).replace('OPAV', 'INFO'),
      '44: The previous closing balance 2.02 EUR was left out: the opening balance is 1.01 EUR.',
    ],
  },
  'camt053.v2.five.decimals.xml': { statements: [[1, '8.85 EUR', '0.05']] },
  'camt053.v2.minimal.xml': { statements: [[1, '8.85 EUR']], warnings: [noOpeningAvailable(66)] },
  'camt053.v2.multi.statement.xml': {
    statements: [
      [1, '8.85 EUR', '0.00'],
      [1, '-7.00 EUR', '0.00'],
    ],
  },
  'camt053.v2.with-account-name.xml': { statements: [[1, '8.85 EUR']] },
  'camt053.v4.xml': { statements: [[1, '8.85 EUR']], warnings: [noOpeningAvailable(86)] },
  'camt053.v8.xml': { statements: [[1, '8.85 EUR']], warnings: [noOpeningAvailable(86)] },
  'camt054.v2.xml': { statements: [[1, '-200000.00 SEK']] },
  'asnb.sta': {
    statements: Array.from({ length: 31 }, (_, at) => {
      const sums: Record<number, [number, string]> = {
        1: [1, '-65.00 EUR'],
        5: [2, '198.45 EUR'],
        25: [1, '-1.65 EUR'],
        29: [2, '-171.28 EUR'],
        31: [2, '96.42 EUR'],
      };
      const [count, sum] = sums[at + 1] ?? [0, ''];
      return [count, sum, '0.00'];
    }),
  },
  // The books have no currency that was withdrawn before 2012.
  'german-structured-86.sta': {
    statements: [
      [0, ''],
      [0, ''],
      [0, ''],
    ],
    refusals: noMarks,
    warnings: [
      '1: The statement has no closing balance: expected :62F:.',
      '32: The statement begins with an intermediate balance (:60M:): an earlier page is missing.',
    ],
  },
  // Samples that were made anonymous do not always add up.
  'jejik-abnamro.sta': {
    statements: [
      [8, '-321.44 EUR', '-2038.00'],
      [2, '-24.49 EUR', '-1002.60'],
    ],
    warnings: [
      '35: The statement begins with an intermediate balance (:60M:): an earlier page is missing.',
      '32: The statement ends with an intermediate balance (:62M:): a later page is missing.',
    ],
  },
  'jejik-generic.sta': {
    statements: [
      [1, '-10.00 EUR', '0.00'],
      [1, '-10.00 EUR', '0.00'],
    ],
  },
  'jejik-ing.sta': { statements: [[7, '-45.59 EUR', '49.06']] },
  'jejik-knab.sta': {
    statements: [
      [1, '500.00 EUR', '0.00'],
      [2, '-6760.00 EUR', '4500.00'],
    ],
  },
  'jejik-rabobank-iban.sta': {
    statements: [
      [2, '-35.00 EUR', '0.00'],
      [2, '-35.00 EUR', '0.00'],
    ],
  },
  'jejik-sns.sta': {
    statements: [
      [2, '-25.00 EUR', '0.00'],
      [0, '', '0.00'],
    ],
  },
  'jejik-triodos.sta': { statements: [[2, '-715.70 EUR', '111.40']] },
  'mt942.sta': { statements: [[1, '-0.42 EUR']] },
  'anzcc.ofx': { statements: [[1, '-5.50 AUD']] },
  'bank_medium.ofx': { statements: [[3, '-345.27 CAD']] },
  'checking.ofx': { statements: [[3, '-59.50 USD']] },
  'decimal_error.ofx': {
    statements: [[0, '']],
    refusals: ['34: "$120" is not an amount: expected digits and decimals, such as "1234.50".'],
  },
  'investment_medium.ofx': { statements: [[3, '-3.95 USD']] },
  'multiple_accounts.ofx': {
    statements: [
      [0, ''],
      [0, ''],
    ],
  },
  'ofx-v102-empty-tags.ofx': {
    statements: [[1, '12.34 AUD']],
    warnings: [
      '23: <CURDEF> is "": expected the currency of the account, such as USD.',
      '23: The balance has no amount: it was left out.',
    ],
  },
  'suncorp.ofx': { statements: [[1, '-16.85 AUD']] },
  'vanguard.ofx': {
    statements: [[0, '']],
    warnings: ['21: Entries that are not bank transactions were left out: 1 SELLMF.'],
  },
  'brokerage_custom_user.json': {
    statements: [[0, '']],
    warnings: [
      unnumbered(0, 'Plaid investment brokerage Brokerage Test Account'),
      '1: override_accounts[0]: Its balances (120, 120) were left out: no transaction tells their currency and day.',
      '1: override_accounts[0]: What belongs to investments was left out: 18 holdings, 18 investment_transactions.',
    ],
  },
  'business_account.json': { statements: [[36, '-17420.94 USD']] },
  'credit_card_custom_user.json': {
    statements: [[5, '-1512.82 USD']],
    warnings: [unnumbered(0, 'Plaid credit credit card Plaid Platinum Rewards Card Plaid C…')],
  },
  'transactions_checking+savings_custom_user.json': {
    statements: [
      [2, '-1507.35 USD'],
      [2, '-2604.77 USD'],
    ],
    warnings: [unnumbered(0, 'Plaid depository checking'), unnumbered(1, 'Plaid depository savings')],
  },
};

/** Samples whose amounts the books refuse. */
const unreadable: ReadonlySet<string> = new Set(['german-structured-86.sta', 'decimal_error.ofx']);

for (const [family, names] of Object.entries(samples) as [StatementFamily, readonly string[]][]) {
  describe(family, () => {
    for (const name of names) {
      test(name, async () => {
        const parts = await readSample(family, name);
        const { statements, refusals = [], warnings = [] } = expected[name]!;
        assert.deepEqual(
          statementsOf(parts).map((read) => [
            read.entries.length,
            read.tallies.map(({ sum, currency }) => `${sum} ${currency}`).join(' '),
            differenceOf(read),
          ]),
          statements.map(([count, sums, difference]) => [count, sums, difference]),
        );
        assert.deepEqual(messagesOf(parts, 'refusal'), refusals);
        assert.deepEqual(messagesOf(parts, 'warning'), warnings);
      });

      test(`${name} is recognized, whatever it is called`, () => {
        assert.equal(statementFamily(sampleText(family, name)), family);
      });

      if (unreadable.has(name)) continue;
      test(`${name} has the amounts and balances that a search of its text finds`, async () => {
        const parts = await readSample(family, name);
        const text = sampleText(family, name).replaceAll('\r', '');
        const found = searches[family](text);
        assert.deepEqual(
          entriesOf(parts).map(({ amount }) => inMillionths(amount)),
          found.entries,
        );
        const balances = statementsOf(parts).flatMap(({ balances }) =>
          balances.map(({ amount }) => inMillionths(amount)),
        );
        assert.deepEqual(sorted(balances), sorted(found.balances));
      });
    }
  });
}

const sorted = (amounts: readonly bigint[]): bigint[] =>
  amounts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** A decimal with a point or a comma as a whole number of millionths. */
function inMillionths(text: string): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)0*(\d*)(?:[.,](\d*))?$/.exec(text) ?? [];
  return BigInt(`${sign}${whole || '0'}${fraction.padEnd(6, '0')}`);
}

interface Search {
  entries: bigint[];
  balances: bigint[];
}

/** Finds amounts in the text of a sample without understanding its format. */
const searches: Record<StatementFamily, (text: string) => Search> = {
  camt(text) {
    const money = (block: string): bigint => {
      const amount = inMillionths(/<Amt[^>]*>([^<]*)</.exec(block)?.[1] ?? '');
      return /<CdtDbtInd>DBIT</.test(block) ? -amount : amount;
    };
    return {
      entries: (text.match(/<Ntry>[\s\S]*?<NtryDtls>/g) ?? []).map(money),
      balances: (text.match(/<Bal>[\s\S]*?<\/Bal>/g) ?? [])
        .filter((block) => !/>(?:OPAV|INFO|PRCD)</.test(block))
        .map(money),
    };
  },
  mt940(text) {
    const money = (mark = '', amount = ''): bigint =>
      mark.startsWith('D') ? -inMillionths(amount) : inMillionths(amount);
    return {
      entries: [...text.matchAll(/^:61:\d+([CD])[A-Z]?([\d,]+)/gm)].map(([, mark, amount]) =>
        money(mark, amount),
      ),
      balances: [...text.matchAll(/^:(?:60|62|64|65)[FM]?:([CD])\d{6}(?:EUR|DEM)?([\d,]+)/gm)].map(
        ([, mark, amount]) => money(mark, amount),
      ),
    };
  },
  ofx(text) {
    const all = (pattern: RegExp): bigint[] =>
      [...text.matchAll(pattern)].map(([, amount]) => inMillionths(amount ?? ''));
    return {
      entries: all(/<TRNAMT>\$?([-\d.]+)/g),
      balances: all(/<(?:BALAMT|AVAILCASH)>([-\d.]+)/g),
    };
  },
  // Money out is positive, and so is what is owed on a card. The account without transactions has no balances.
  plaid(text) {
    const all = (name: string): bigint[] =>
      [...text.matchAll(new RegExp(`"${name}": (-?[\\d.]+)`, 'g'))].map(([, amount]) =>
        inMillionths(amount ?? ''),
      );
    const isCard = text.includes('"type": "credit"');
    const balances = [
      ...all('starting_balance').map((amount) => (isCard ? -amount : amount)),
      ...all('force_available_balance'),
    ];
    const entries = text.slice(0, text.indexOf('"investment_transactions"')).includes('"date_posted"');
    return {
      entries: entries ? all('amount').map((amount) => -amount) : [],
      balances: entries ? balances : [],
    };
  },
};

test('the days, accounts and numbers of statements', async () => {
  const about = async (family: StatementFamily, name: string) =>
    statementsOf(await readSample(family, name)).map(({ statement }) => statement);
  assert.deepEqual(await about('camt', 'camt053.v8.xml'), [
    {
      format: 'camt.053',
      version: '001.08',
      form: 'statement',
      account: { iban: 'NL26VAYB8060476890', institution: 'AAAA BANKEN', owner: 'FINPETROL' },
      id: '253EURNL26VAYB8060476890',
      sequence: '12312',
      legalSequence: '12312',
      page: { number: '2', last: true },
      created: '2015-03-10T18:43:50+00:00',
      from: '2007-10-18',
      to: '2007-10-18',
    },
  ]);
  assert.deepEqual(
    (await about('mt940', 'asnb.sta')).map(
      ({ account, sequence }) => `${account.iban} ${account.currency} ${sequence}`,
    ),
    Array.from({ length: 31 }, (_, at) => `NL81ASNB9999999999 EUR ${at + 1}`),
  );
  assert.deepEqual(await about('mt940', 'mt942.sta'), [
    {
      format: 'MT942',
      form: 'interim',
      account: { number: 'GJB0291077111', currency: 'EUR' },
      id: 'CGNGHKLI0290980',
      sequence: '03917',
      page: { number: '00001' },
      created: '1610301730+0000',
    },
  ]);
  assert.deepEqual(await about('ofx', 'anzcc.ofx'), [
    {
      format: 'OFX',
      version: '203',
      form: 'statement',
      account: { number: '1234123412341234', currency: 'AUD', type: 'card' },
      created: '20170510192849',
      from: '2017-03-11',
      to: '2017-05-09',
    },
  ]);
});

test('entries, whole', async () => {
  const entry = async (family: StatementFamily, name: string, at: number) =>
    entriesOf(await readSample(family, name))[at];
  assert.deepEqual(await entry('camt', 'camt053.v8.xml', 0), {
    status: 'booked',
    amount: '8.85',
    currency: 'EUR',
    bookingDate: '2014-12-31',
    valueDate: '2015-01-02',
    counterparty: { name: 'NAME NAME', account: 'NL56AGDH9619008421' },
    reference: '4654654654654654',
    endToEndId: 'MUELL/FINP/RA12345',
    bankReference: 'AAAASESS-FP-CN_98765/01',
    code: 'PMNT/RCDT/BOOK',
  });
  assert.deepEqual(await entry('camt', 'camt054.v2.xml', 0), {
    status: 'booked',
    amount: '-200000.00',
    currency: 'SEK',
    bookingDate: '2007-10-18',
    valueDate: '2007-10-18',
    bankReference: 'AAAASESS-FP-ACCR001',
    code: 'PMNT/ICDT/DMCT',
    batchCount: 3,
  });
  assert.deepEqual(await entry('mt940', 'asnb.sta', 4), {
    status: 'booked',
    amount: '828.72',
    currency: 'EUR',
    bookingDate: '2020-01-29',
    valueDate: '2020-01-29',
    counterparty: { account: 'NL25INGB9999999999', name: 'transfer solutions bv' },
    remittance:
      '2020-01-28T14:32:46-000000000000089-NL25INGB9999999999-Transfer Solutions BV-DIVIDEND 28/01/2020',
    code: 'NOVB',
  });
  assert.deepEqual(await entry('mt940', 'jejik-rabobank-iban.sta', 0), {
    status: 'booked',
    amount: '-25.00',
    currency: 'EUR',
    valueDate: '2013-01-01',
    counterparty: { account: 'NL70ABNA0987654321', name: 'CONTRA ACCOUNT HOLDER' },
    endToEndId: '01-01-2013 12:00 0030000987654321',
    code: 'N102',
  });
  assert.deepEqual(await entry('mt940', 'jejik-triodos.sta', 0), {
    status: 'booked',
    amount: '-15.70',
    currency: 'EUR',
    valueDate: '2011-01-01',
    counterparty: { account: '0390123456' },
    remittance: 'ALGEMENE TUSSENREKENING KOSTEN VAN 01-10-2010 TOT EN MET 31-12-2010',
    code: 'N000',
  });
  assert.deepEqual(await entry('ofx', 'suncorp.ofx', 0), {
    status: 'booked',
    amount: '-16.85',
    currency: 'AUD',
    bookingDate: '2013-12-15',
    counterparty: { name: 'EFTPOS WDL HANDYWAY ALDI STORE' },
    remittance: 'EFTPOS WDL HANDYWAY ALDI STORE GEELONG WEST VICAU',
    bankReference: '1',
    providerId: '1',
    code: 'DEBIT',
  });
  assert.deepEqual(await entry('ofx', 'investment_medium.ofx', 1), {
    status: 'booked',
    amount: '3.35',
    currency: 'USD',
    bookingDate: '2009-12-15',
    original: { amount: '3.35', currency: 'USD', rate: '1.06' },
    remittance: 'CASH TRADE: AUD.USD',
    bankReference: '20091215.U489357.e.USD.1510982018',
    providerId: '20091215.U489357.e.USD.1510982018',
    code: 'CREDIT',
  });
});

test('the German sample in a currency of today', async () => {
  const parts = await readParts(
    'mt940',
    sampleText('mt940', 'german-structured-86.sta').replaceAll('DEM', 'EUR'),
  );
  const read = statementsOf(parts);
  // The second message continues the first.
  assert.deepEqual(
    read.map(({ entries, balances }) => [entries.length, balances.map(({ amount }) => amount)]),
    [
      [8, ['0.00', '145000.00']],
      [1, ['145000.00', '95000.00']],
    ],
  );
  assert.deepEqual(read.map(differenceOf), ['0.00', '0.00']);
  assert.deepEqual(read[0]?.statement.account, {
    number: '1222333444',
    currency: 'EUR',
    owner: 'Test GmbH',
    name: 'Testkonto',
  });
  assert.deepEqual(read[0]?.entries[0], {
    status: 'booked',
    amount: '5000.00',
    currency: 'EUR',
    bookingDate: '2002-03-20',
    valueDate: '2002-03-17',
    counterparty: { name: 'Empfänger' },
    remittance: 'Verwendungszweck 1 Verwendungszweck 2',
    reference: '68790452',
    code: 'S051',
  });
  assert.deepEqual(messagesOf(parts, 'refusal'), []);
});
