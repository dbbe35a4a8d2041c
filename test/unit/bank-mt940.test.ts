import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StatementEntry } from '../../cli/import/bank/statement.ts';
import { entriesOf, messagesOf, readParts, statementsOf } from '../support/bank-files.ts';

const header = ':20:REF\n:25:NL26VAYB8060476890\n:28C:7/1\n';
const message = (lines: string, currency = 'EUR') =>
  `${header}:60F:C260301${currency}100,00\n${lines}\n:62F:C260331${currency}100,00\n-\n`;

const read = (lines: string, currency?: string) => readParts('mt940', message(lines, currency));

async function readEntry(lines: string, currency?: string): Promise<StatementEntry> {
  const parts = await read(lines, currency);
  assert.deepEqual([...messagesOf(parts, 'refusal'), ...messagesOf(parts, 'warning')], []);
  const [entry, ...others] = entriesOf(parts);
  assert.deepEqual(others, []);
  return entry!;
}

/** Why the entry is refused; it is counted, and the statement goes on. */
async function refusalOf(line: string): Promise<string> {
  const parts = await read(`${line}\n:61:2603020302C1,00NTRFNONREF`);
  const [statement] = statementsOf(parts);
  assert.equal(statement?.entries.length, 1);
  assert.equal(statement.refused, 1);
  const [refusal = '', ...others] = messagesOf(parts, 'refusal');
  assert.deepEqual(others, []);
  assert.match(refusal, /^5: /);
  return refusal.slice(3);
}

describe('marks', () => {
  const cases: [mark: string, amount: string, reversal?: true | undefined, status?: 'pending'][] = [
    ['C', '12.50'],
    ['D', '-12.50'],
    // C and D with the third letter of EUR, PLN and CHF.
    ['CR', '12.50'],
    ['DR', '-12.50'],
    ['CN', '12.50'],
    ['DN', '-12.50'],
    ['CF', '12.50'],
    // Taking back a credit, a debit, and both with the letter.
    ['RC', '-12.50', true],
    ['RD', '12.50', true],
    ['RCR', '-12.50', true],
    ['RDR', '12.50', true],
    ['EC', '12.50', undefined, 'pending'],
    ['ED', '-12.50', undefined, 'pending'],
  ];
  for (const [mark, amount, reversal, status = 'booked'] of cases) {
    test(mark, async () => {
      const entry = await readEntry(`:61:2603020302${mark}12,5NTRFNONREF`);
      assert.deepEqual([entry.amount, entry.reversal, entry.status], [amount, reversal, status]);
    });
  }
});

describe('amounts', () => {
  for (const [written, currency, amount] of [
    ['9,', 'EUR', '9.00'],
    ['000000000025,00', 'EUR', '25.00'],
    [',5', 'EUR', '0.50'],
    ['7', 'EUR', '7.00'],
    ['8,850', 'EUR', '8.85'],
    ['1500,', 'JPY', '1500'],
    ['1,234', 'BHD', '1.234'],
  ]) {
    test(`${written} ${currency}`, async () => {
      assert.equal((await readEntry(`:61:2603020302C${written}NTRFNONREF`, currency)).amount, amount);
    });
  }

  test('a point is no decimal mark, and more decimals than the currency has are refused', async () => {
    assert.match(await refusalOf(':61:2603020302C12.50NTRFNONREF'), /"12\.50" is not an amount: .*"1234,50"/);
    assert.match(await refusalOf(':61:2603020302C8,855NTRFNONREF'), /"8,855" has more decimals than EUR has/);
  });

  test('points between thousands are left out, with a warning', async () => {
    const parts = await read(':61:2603020302C1.234,50NTRFNONREF');
    assert.equal(entriesOf(parts)[0]?.amount, '1234.50');
    assert.match(messagesOf(parts, 'warning').join(), /^5: "1\.234,50" has separators of thousands/);
  });
});

describe('days', () => {
  const days = async (line: string) => {
    const parts = await read(line);
    const [entry] = entriesOf(parts);
    return [entry?.valueDate, entry?.bookingDate, ...messagesOf(parts, 'warning')];
  };

  test('an entry date is in the year that brings it nearest to the value date', async () => {
    assert.deepEqual(await days(':61:2601021231C1,00NTRF'), ['2026-01-02', '2025-12-31']);
    assert.deepEqual(await days(':61:2512310102C1,00NTRF'), ['2025-12-31', '2026-01-02']);
    assert.deepEqual(await days(':61:2603020302C1,00NTRF'), ['2026-03-02', '2026-03-02']);
    assert.deepEqual(await days(':61:2403010229C1,00NTRF'), ['2024-03-01', '2024-02-29']);
  });

  test('an entry date may be missing or blank', async () => {
    assert.deepEqual(await days(':61:260302C1,00NTRF'), ['2026-03-02', undefined]);
    assert.deepEqual(await days(':61:260302    C1,00NTRF'), ['2026-03-02', undefined]);
  });

  test('30 February is the last day of February, with a warning', async () => {
    assert.deepEqual(await days(':61:2602300230C1,00NTRF'), [
      '2026-02-28',
      '2026-02-28',
      '5: 2026-02-30 does not exist: read as 2026-02-28.',
      '5: 2026-02-30 does not exist: read as 2026-02-28.',
    ]);
  });

  test('two-digit years are those of 1969 to 2068', async () => {
    assert.equal((await days(':61:690101C1,00NTRF'))[0], '1969-01-01');
    assert.equal((await days(':61:680101C1,00NTRF'))[0], '2068-01-01');
  });

  test('other days are refused', async () => {
    assert.match(await refusalOf(':61:261301C1,00NTRF'), /"2026-13-01" is not a day/);
    assert.match(await refusalOf(':61:260332C1,00NTRF'), /"2026-03-32" is not a day/);
  });
});

test('references and types', async () => {
  const entry = async (end: string) => {
    const { reference, bankReference, code } = await readEntry(`:61:2603020302C1,00${end}`);
    return [reference, bankReference, code];
  };
  assert.deepEqual(await entry('NTRFNONREF'), [undefined, undefined, 'NTRF']);
  assert.deepEqual(await entry('NTRFINV-7//BANK-9'), ['INV-7', 'BANK-9', 'NTRF']);
  assert.deepEqual(await entry('S051NONREF//A/B//C'), [undefined, 'A/B//C', 'S051']);
  assert.deepEqual(await entry('FCHK'), [undefined, undefined, 'FCHK']);
  assert.deepEqual(await entry('NTRFEREF'), [undefined, undefined, 'NTRF']);
  const untyped = await read(':61:2603020302C1,00');
  assert.match(messagesOf(untyped, 'warning').join(), /has no type: expected one such as NTRF/);
});

test('a line that is not one is refused with what was found', async () => {
  assert.match(
    await refusalOf(':61:2603020302X1,00NTRF'),
    /^:61: is "2603020302X1,00NTRF": expected YYMMDD, MMDD, one of C, D, RC, RD, EC and ED, the amount and the type\.$/,
  );
});

describe('the texts of :86:', () => {
  const details = (...lines: string[]) => readEntry(`:61:2603020302D1,00NTRFNONREF\n:86:${lines.join('\n')}`);

  test('words that are cut at the end of a full line are joined, others are apart', async () => {
    const full = 'Payment of the invoice that we sent to you in the month of Januar';
    assert.equal(full.length, 65);
    assert.equal((await details(full, 'y, thank you')).remittance, `${full}y, thank you`);
    assert.equal(
      (await details('Payment of the', 'invoice', '', '7')).remittance,
      'Payment of the invoice 7',
    );
  });

  test('the German form', async () => {
    const entry = await details(
      '166?00SEPA-UEBERWEISUNG?109310?20EREF+RE-2026-0007?21MREF+M-55?22SV',
      'WZ+Rechnung 7 vom 1. Maerz?23 2026, Kundennummer 12345 ab?24c?30COBADEFFXXX?31DE02120300',
      '000000202051?32Muster und Soehne Gesell?33schaft mbH?34997',
    );
    assert.deepEqual(entry, {
      status: 'booked',
      amount: '-1.00',
      currency: 'EUR',
      bookingDate: '2026-03-02',
      valueDate: '2026-03-02',
      counterparty: {
        name: 'Muster und Soehne Gesell schaft mbH',
        account: 'DE02120300000000202051',
        bic: 'COBADEFFXXX',
      },
      remittance: 'Rechnung 7 vom 1. Maerz 2026, Kundennummer 12345 abc',
      endToEndId: 'RE-2026-0007',
      mandateId: 'M-55',
      code: 'NTRF/166',
    });
  });

  test('the German form without tags, and with an ultimate party', async () => {
    const plain = await details(
      '005?00LASTSCHRIFT?20Miete Maerz 2026 fuer die W?21ohnung 4?3037040044?310532013000?32Vermieter',
    );
    assert.deepEqual(
      [plain.remittance, plain.counterparty, plain.code],
      ['Miete Maerz 2026 fuer die Wohnung 4', { name: 'Vermieter', account: '0532013000' }, 'NTRF/005'],
    );
    const ultimate = await details('106?20EREF+NOTPROVIDED?21SVWZ+Kauf?22ABWE+Laden am Eck?32Payments SE');
    assert.deepEqual(
      [ultimate.endToEndId, ultimate.remittance, ultimate.counterparty],
      [undefined, 'Kauf', { name: 'Laden am Eck', agent: 'Payments SE' }],
    );
    const bookingText = await details('808?00ENTGELT');
    assert.equal(bookingText.remittance, 'ENTGELT');
  });

  test('what only begins like the German form is text', async () => {
    for (const text of ['100-20 boxes', '166 and more', '12?20x']) {
      assert.equal((await details(text)).remittance, text);
    }
  });

  test('the Dutch form', async () => {
    const abn = await details(
      '/TRTP/SEPA OVERBOEKING/IBAN/NL34INGB0001234567/BIC/INGBNL2A/NAME/Jan',
      'sen BV/REMI/Factuur 7/EREF/NOTPROVIDED',
    );
    assert.deepEqual(
      [abn.counterparty, abn.remittance, abn.endToEndId],
      [{ name: 'Jansen BV', account: 'NL34INGB0001234567', bic: 'INGBNL2A' }, 'Factuur 7', undefined],
    );
    const ing = await details(
      '/EREF/EV10001REP1000000T1000//MARF/M-1//CSID/NL93ZZZ332656790051//CNT',
      'P/NL32INGB0000012345/INGBNL2A/Winkel///REMI/USTD//Bon 42/',
    );
    assert.deepEqual(
      [ing.counterparty, ing.remittance, ing.endToEndId, ing.mandateId],
      [
        { name: 'Winkel', account: 'NL32INGB0000012345', bic: 'INGBNL2A' },
        'Bon 42',
        'EV10001REP1000000T1000',
        'M-1',
      ],
    );
    const structured = await details('/RTRN/MS03//REMI/STRD/CUR/9001123412341234/');
    assert.deepEqual(
      [structured.reference, structured.returnReason, structured.remittance],
      ['9001123412341234', 'MS03', undefined],
    );
    const ultimate = await details('/BENM//NAME/Betaaldienst/ULTB//NAME/Bakker/REMI/Brood');
    assert.deepEqual(ultimate.counterparty, { name: 'Bakker', agent: 'Betaaldienst' });
    assert.equal(ultimate.remittance, 'Brood');
  });

  test('slashes that are no codes are text', async () => {
    assert.equal((await details('/2026/03/REMIX')).remittance, '/2026/03/REMIX');
  });
});

test('what follows :61: is the text only where there is no :86:, and its codes are amounts', async () => {
  assert.equal((await readEntry(':61:2603020302D1,00NTRFNONREF\nBANK CHARGES')).remittance, 'BANK CHARGES');
  const both = await readEntry(':61:2603020302D1,00NTRFNONREF\nSUPPLEMENT\n:86:Text');
  assert.equal(both.remittance, 'Text');
  const charged = await readEntry(':61:2603020302D11,50NTRFNONREF\n/OCMT/USD12,/EXCH/1,2/CHGS/EUR1,50/');
  assert.deepEqual(
    [charged.original, charged.fee, charged.remittance],
    [{ amount: '-12.00', currency: 'USD', rate: '1,2' }, { amount: '-1.50', currency: 'EUR' }, undefined],
  );
});

describe('accounts', () => {
  const accountOf = async (written: string) => {
    const parts = await readParts('mt940', message('').replace('NL26VAYB8060476890', written));
    return statementsOf(parts)[0]?.statement.account;
  };
  const currency = 'EUR';
  const cases: [string, object][] = [
    ['NL26VAYB8060476890', { iban: 'NL26VAYB8060476890', currency }],
    ['NL26 VAYB 8060 4768 90', { iban: 'NL26VAYB8060476890', currency }],
    ['NL26VAYB8060476890EUR', { iban: 'NL26VAYB8060476890', currency }],
    ['NL71RABO0123456789 EUR', { iban: 'NL71RABO0123456789', currency }],
    ['0001234567EUR', { number: '0001234567', currency }],
    ['37040044/0532013000EUR', { number: '0532013000', bankCode: '37040044', currency }],
    ['TRIODOSBANK/0390123456', { number: '0390123456', institution: 'TRIODOSBANK', currency }],
  ];
  for (const [written, account] of cases) {
    test(written, async () => assert.deepEqual(await accountOf(written), account));
  }
});

describe('statements', () => {
  const page = (number: number, opening: string, lines: string, closing: string) =>
    `:20:REF\n:25:1234\n:28C:7/${number}\n${opening}\n${lines}\n${closing}\n-\n`;
  const line = ':61:2603020302C1,00NTRFNONREF';

  test('pages are one statement, with the balances of its first and its last page', async () => {
    const parts = await readParts(
      'mt940',
      page(1, ':60F:C260301EUR10,00', line, ':62M:C260302EUR11,00') +
        page(2, ':60M:C260302EUR11,00', line, ':62M:C260302EUR12,00') +
        page(3, ':60M:C260302EUR12,00', line, ':62F:C260302EUR13,00\n:64:C260302EUR9,00\n:65:C260303EUR8,00'),
    );
    assert.deepEqual([...messagesOf(parts, 'refusal'), ...messagesOf(parts, 'warning')], []);
    const [statement, ...others] = statementsOf(parts);
    assert.deepEqual(others, []);
    assert.equal(statement?.entries.length, 3);
    assert.deepEqual(
      statement.balances.map(({ type, amount, date }) => [type, amount, date]),
      [
        ['opening_booked', '10.00', '2026-03-01'],
        ['closing_booked', '13.00', '2026-03-02'],
        ['available', '9.00', '2026-03-02'],
        ['forward_available', '8.00', '2026-03-03'],
      ],
    );
  });

  test('pages that do not continue each other are told', async () => {
    const first = page(1, ':60F:C260301EUR10,00', line, ':62M:C260302EUR11,00');
    const differing = await readParts(
      'mt940',
      first + page(2, ':60M:C260302EUR11,01', line, ':62F:C260302EUR12,00'),
    );
    assert.match(
      messagesOf(differing, 'warning').join(),
      /The page begins with 11\.01 EUR, but the page before it ended with 11\.00 EUR\./,
    );
    const other = page(2, ':60M:C260302EUR11,00', line, ':62F:C260302EUR12,00').replace('1234', '9999');
    const parts = await readParts('mt940', first + other);
    assert.equal(statementsOf(parts).length, 2);
    assert.equal(messagesOf(parts, 'warning').length, 2);
  });

  test('an overdraft is negative, and a balance without currency has that of the statement', async () => {
    const parts = await readParts('mt940', `${header}:60F:D260301EUR10,00\n:62F:RC26030110,00\n-`);
    assert.deepEqual(
      statementsOf(parts)[0]?.balances.map(({ amount, currency }) => `${amount} ${currency}`),
      ['-10.00 EUR', '-10.00 EUR'],
    );
  });

  test('the blocks of SWIFT say which message it is', async () => {
    const blocks = '{1:F01AAAANL2AXXXX0000000000}{2:I942AAAANL2AXXXXN}{4:';
    for (const start of [`${blocks}\n`, blocks]) {
      const parts = await readParts('mt940', `${start}${header}:34F:EUR0,00\n${line}\n-}{5:}\n`);
      const [read] = statementsOf(parts);
      assert.deepEqual([read?.statement.format, read?.statement.form], ['MT942', 'interim']);
      assert.deepEqual([read?.complete, read?.entries.length], [true, 1]);
      assert.deepEqual(messagesOf(parts, 'warning'), []);
    }
  });

  test('a report without entries is a statement', async () => {
    const parts = await readParts('mt940', `${header}:13D:2603021200+0100\n:34F:EUR0,00\n-\n`);
    assert.equal(statementsOf(parts)[0]?.statement.created, '2603021200+0100');
  });

  test('a file that is cut off keeps its entries, and the statement is marked', async () => {
    const parts = await readParts('mt940', message(line).split(':62F:')[0]!);
    const [statement] = statementsOf(parts);
    assert.deepEqual([statement?.entries.length, statement?.complete], [1, false]);
    assert.deepEqual(messagesOf(parts, 'warning'), [
      '1: The statement has no closing balance: expected :62F:.',
    ]);
  });

  test('an entry whose currency nothing names is refused', async () => {
    const parts = await readParts('mt940', `${header}${line}\n:62F:C260331EUR1,00\n-\n`);
    assert.match(messagesOf(parts, 'refusal').join(), /^4: The currency of the entry is not known/);
  });

  test('fields before any statement, and a file without one, are refused', async () => {
    assert.match(
      messagesOf(await readParts('mt940', `${line}\n${message('')}`), 'refusal').join(),
      /^1: :61: belongs to no statement: expected :20: and :25: before it\.$/,
    );
    assert.match(
      messagesOf(await readParts('mt940', 'nothing\n'), 'refusal').join(),
      /^1: The file has no statement/,
    );
  });

  test('texts that are far too long are cut, with a warning', async () => {
    for (const text of ['x'.repeat(100_000), 'some words\n'.repeat(10_000)]) {
      const parts = await read(`${line}\n:86:${text}`);
      assert.match(
        messagesOf(parts, 'warning').join(),
        /:86: is too long: the rest of its text was left out/,
      );
      assert.ok((entriesOf(parts)[0]?.remittance?.length ?? 0) <= 20_000);
      assert.equal(statementsOf(parts)[0]?.complete, true);
    }
  });

  test('a text may hold what looks like a field, and a page may end in other ways than "-"', async () => {
    const parts = await readParts(
      'mt940',
      `${message(`${line}\n:86:see :61: and\n: 61: in - text`)}-XXX\n-}{5:{CHK:1}}\n`,
    );
    assert.equal(entriesOf(parts)[0]?.remittance, 'see :61: and : 61: in - text');
    assert.deepEqual(messagesOf(parts, 'refusal'), []);
  });
});
