import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decimalsOf, isCurrency } from '../../shared/ledger/currencies.ts';
import { addMinor, formatMoney, parseMoney } from '../../shared/ledger/money.ts';

const currency = fc.constantFrom('USD', 'EUR', 'JPY', 'BHD', 'CLF');
const minor = fc.integer({ min: -1e12, max: 1e12 });

describe('money', () => {
  it('survives being written and read, in every currency', () => {
    fc.assert(
      fc.property(minor, currency, (amount, code) => {
        assert.equal(parseMoney(formatMoney(amount, code), code), amount === 0 ? 0 : amount);
      }),
    );
  });

  it('is written with all decimals of its currency', () => {
    assert.equal(formatMoney(123450, 'USD'), '1234.50');
    assert.equal(formatMoney(-5, 'USD'), '-0.05');
    assert.equal(formatMoney(500, 'JPY'), '500');
    assert.equal(formatMoney(1, 'BHD'), '0.001');
  });

  it('is read from what people write as plain decimals', () => {
    assert.equal(parseMoney('71.43', 'USD'), 7143);
    assert.equal(parseMoney('-3', 'USD'), -300);
    assert.equal(parseMoney('1.5', 'USD'), 150);
    assert.equal(parseMoney('1.500', 'USD'), 150);
    assert.equal(parseMoney('12.000', 'JPY'), 12);
    assert.equal(Object.is(parseMoney('-0.00', 'USD'), 0), true);
  });

  for (const [text, code, expected] of [
    ['1.005', 'USD', /more decimals than USD has \(2\)/],
    ['0.5', 'JPY', /more decimals than JPY has \(0\)/],
    ['1,234.50', 'USD', /not an amount: expected a plain decimal/],
    ['1e3', 'USD', /not an amount/],
    ['', 'USD', /not an amount/],
    ['١٢', 'USD', /not an amount/],
    ['999999999999999', 'USD', /too large/],
    ['1', 'usd', /Unknown currency "usd": expected an ISO 4217 code/],
    ['1', 'XAU', /Unknown currency/],
  ] as const) {
    it(`refuses ${JSON.stringify(text)} in ${code} and says what was expected`, () => {
      assert.throws(() => parseMoney(text, code), { name: 'Refusal', message: expected });
    });
  }

  it('refuses a sum that would no longer be exact', () => {
    assert.throws(() => addMinor(Number.MAX_SAFE_INTEGER, 1), RangeError);
  });

  it('knows the minor units of ISO 4217', () => {
    assert.deepEqual(['JPY', 'USD', 'BHD', 'CLF', 'HRK'].map(decimalsOf), [0, 2, 3, 4, 2]);
    assert.equal(isCurrency('EUR') && !isCurrency('EURO') && !isCurrency('__proto__'), true);
  });
});
