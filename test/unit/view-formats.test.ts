import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatsFor, lengthOf } from '../../functions/mcp/views/formats.ts';

const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

describe('amounts in views', () => {
  it('keep every digit, also of those that no float holds', () => {
    const { money } = formatsFor('en-US');
    for (const [amount, currency, shown] of [
      ['1662.74', 'USD', '$1,662.74'],
      ['9007199254740993.01', 'USD', '$9,007,199,254,740,993.01'],
      ['-123456789012345678901234.56', 'EUR', '-€123,456,789,012,345,678,901,234.56'],
      ['0.10', 'USD', '$0.10'],
      ['1200', 'JPY', '¥1,200'],
      ['1.234', 'KWD', 'KWD 1.234'],
      ['1.2345', 'USD', '$1.2345'],
      ['5', 'USD', '$5'],
    ] as const) {
      assert.equal(plain(money(amount, currency)), shown);
    }
  });

  it('are written as the person’s language does', () => {
    assert.equal(plain(formatsFor('de-DE').money('-1662.74', 'EUR')), '-1.662,74 €');
    assert.equal(plain(formatsFor('fr-FR').money('1662.74', 'EUR')), '1 662,74 €');
  });

  it('are left as they are where they are none, or the currency is unknown', () => {
    const { money } = formatsFor('en-US');
    for (const amount of ['1e3', '1,000.00', '0x10', 'NaN', '<b>', '']) {
      assert.equal(money(amount, 'USD'), `${amount} USD`.trim());
    }
    assert.equal(money('1.00', 'dollars'), '1.00 dollars');
    assert.equal(money('1.00', ''), '1.00');
  });

  it('have a length for drawing, which is never less than nothing', () => {
    assert.deepEqual(['-2.50', '3', 'x', undefined, 'Infinity'].map(lengthOf), [2.5, 3, 0, 0, 0]);
  });
});

describe('days, counts and shares in views', () => {
  it('are written in the language; what is none stays as it is', () => {
    const { day, count, percent, decimal } = formatsFor('en-GB');
    assert.equal(day('2026-11-21'), '21 Nov 2026');
    assert.equal(day('2026-11'), 'Nov 2026');
    for (const text of ['2026-13-45', '2026-02-30', 'soon', '', '<img>']) assert.equal(day(text), text);
    assert.equal(count(1233), '1,233');
    assert.equal(percent('88.9'), '+88.9%');
    assert.equal(percent('-38.7'), '-38.7%');
    assert.equal(percent('0.0'), '0.0%');
    assert.equal(percent('many'), 'many');
    assert.equal(decimal('1041.20'), '1,041.20');
  });

  it('fall back to a language that there is', () => {
    for (const locale of [undefined, '', 'not a locale', '<script>', 'xx-XX']) {
      assert.equal(formatsFor(locale).count(5), '5');
    }
  });
});
