import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { writeDecimal } from '../../cli/import/decimal.ts';
import type { NumberStyle } from '../../cli/import/mapping.ts';
import { numberReader } from '../../cli/import/number-style.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { formatMoney, parseMoney } from '../../shared/ledger/money.ts';

function money(style: NumberStyle, text: string, currency: string): string {
  const { decimal, inMajorUnits } = numberReader(style);
  return writeDecimal(inMajorUnits(decimal(text), currency));
}

const read = (style: NumberStyle, text: string, currency = 'USD'): string => {
  try {
    return money(style, text, currency);
  } catch (error) {
    assert(error instanceof Refusal);
    return 'refused';
  }
};

const american: NumberStyle = { thousands: ',', symbols: ['$'], parentheses: true };
const german: NumberStyle = { decimal: ',', thousands: '.', symbols: ['€', 'EUR'] };
const swiss: NumberStyle = { thousands: "'", symbols: ['CHF'] };
const bank: NumberStyle = {
  thousands: ',',
  symbols: ['$'],
  trailingMinus: true,
  signs: { CR: 'negative', DR: 'positive' },
};
const french: NumberStyle = { decimal: ',', thousands: ' ' };

test('amounts are read in the declared style', () => {
  const cases: [NumberStyle, string, string][] = [
    [{}, '1234.50', '1234.50'],
    [{}, '-0.95', '-0.95'],
    [{}, '+4', '4'],
    [{}, '.5', '0.5'],
    [{}, '\u22123', '-3'],
    [american, '1,234,567.50', '1234567.50'],
    [american, '$1,240.00', '1240.00'],
    [american, '-$0.95', '-0.95'],
    [american, '$-0.95', '-0.95'],
    [american, '(420.81)', '-420.81'],
    [american, '($420.81)', '-420.81'],
    [american, '$ (1,420.81)', '-1420.81'],
    [american, '12,34,567.00', '1234567.00'],
    [german, '1.234,50 €', '1234.50'],
    [german, 'EUR 12,50', '12.50'],
    [swiss, "CHF 1'234.50", '1234.50'],
    [french, '1\u202F234\u00A0567,5', '1234567.5'],
    [bank, '1,234.50-', '-1234.50'],
    [bank, '$12.50 -', '-12.50'],
    [bank, '12.50\u2212', '-12.50'],
    [bank, '12.50 CR', '-12.50'],
    [bank, '12.50cr', '-12.50'],
    [bank, 'Cr $12.50', '-12.50'],
    [bank, '$12.50DR', '12.50'],
    [bank, '12.50', '12.50'],
    [bank, '-12.50', '-12.50'],
  ];
  for (const [style, text, plain] of cases) assert.equal(read(style, text), plain, text);
});

test('what could be read in two ways, or is no number, is refused', () => {
  const cases: [NumberStyle, string][] = [
    [{}, '1,234.50'],
    [{}, '12,50'],
    [{}, '$5'],
    [{}, '(5)'],
    [{}, ''],
    [{}, '-'],
    [{}, '1e5'],
    [{}, '1 234'],
    [{}, '5-'],
    [{}, '--5'],
    [{}, '12.'],
    [{}, 'NaN'],
    [{}, '٣'],
    [american, '1,23'],
    [american, '1,2345.00'],
    [american, ',234'],
    [american, '(-5)'],
    [american, '(5'],
    [american, '5)'],
    [american, '$5$'],
    [american, '1$5'],
    [american, '$'],
    [german, '12.50'],
    [german, '1,234.50'],
    [{}, '12.50-'],
    [{}, '12.50 CR'],
    [bank, '-12.50-'],
    [bank, '-12.50 CR'],
    [bank, '12.50- CR'],
    [bank, 'CR 12.50 DR'],
    [bank, '12.50 XX'],
    [bank, 'CR'],
  ];
  for (const [style, text] of cases) assert.equal(read(style, text), 'refused', JSON.stringify(text));
});

test('amounts in minor units are moved by the decimals of their currency', () => {
  const style = { minorUnits: true };
  assert.equal(read(style, '1250', 'USD'), '12.50');
  assert.equal(read(style, '-5', 'USD'), '-0.05');
  assert.equal(read(style, '1250', 'JPY'), '1250');
  assert.equal(read(style, '1250', 'BHD'), '1.250');
  assert.throws(() => parseMoney(read(style, '10.5', 'USD'), 'USD'), /more decimals/);
});

test('quantities keep their decimals, and take no part in minor units', () => {
  assert.equal(
    writeDecimal(numberReader({ thousands: ',', minorUnits: true }).decimal('1,234.12345')),
    '1234.12345',
  );
});

test('decimals and thousands cannot be the same character', () => {
  assert.throws(() => numberReader({ decimal: ',', thousands: ',' }), /two different characters/);
});

test('every amount that is written in a style is read back exactly', () => {
  const styles: NumberStyle[] = [{}, american, german, swiss, french, bank];
  fc.assert(
    fc.property(
      fc.constantFrom(...styles),
      fc.integer({ min: -1e14, max: 1e14 }),
      fc.constantFrom('USD', 'JPY', 'BHD'),
      fc.boolean(),
      (style, minor, currency, grouped) => {
        const plain = formatMoney(minor, currency);
        const [whole = '', fraction] = plain.split('.');
        const separator = grouped ? (style.thousands ?? '') : '';
        const written =
          whole.replaceAll(/\B(?=(\d{3})+$)/g, separator) +
          (fraction ? `${style.decimal ?? '.'}${fraction}` : '');
        const brackets = style.parentheses && minor < 0;
        const positive = written.replace('-', '');
        const text = brackets
          ? `(${positive})`
          : style.signs
            ? `${positive} ${minor < 0 ? 'CR' : 'DR'}`
            : written;
        assert.equal(parseMoney(money(style, text, currency), currency), minor);
      },
    ),
  );
});
