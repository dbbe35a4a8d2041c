import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  add,
  type Decimal,
  multiply,
  negate,
  parseDecimal,
  round,
  signOf,
  writeDecimal,
} from '../../cli/import/decimal.ts';

const decimal = fc.record(
  { units: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), decimals: fc.nat(8) },
  { noNullPrototype: true },
);

/** The number times ten to the power of 20, beyond which none of these have decimals. */
const scaled = ({ units, decimals }: Decimal): bigint => units * 10n ** BigInt(20 - decimals);

test('what is written is read back as it was', () => {
  for (const plain of ['0', '-0.05', '12.50', '0.10', '-1234567890123456789012.5']) {
    assert.equal(writeDecimal(parseDecimal(plain)), plain);
  }
  fc.assert(
    fc.property(decimal, (number) => {
      assert.deepEqual(parseDecimal(writeDecimal(number)), number);
    }),
  );
});

test('sums, differences and products are exact', () => {
  assert.equal(writeDecimal(add(parseDecimal('0.1'), parseDecimal('0.2'))), '0.3');
  assert.equal(writeDecimal(multiply(parseDecimal('1.15'), parseDecimal('3'))), '3.45');
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      assert.equal(scaled(add(a, b)), scaled(a) + scaled(b));
      assert.equal(scaled(add(a, negate(b))), scaled(a) - scaled(b));
      assert.equal(scaled(multiply(a, b)) * 10n ** 20n, scaled(a) * scaled(b));
      assert.equal(signOf(multiply(a, b)), signOf(a) * signOf(b) || 0);
    }),
  );
});

test('a half is rounded away from zero, and nothing else further than a half', () => {
  const cases = [
    ['2.345', 2, '2.35'],
    ['-2.345', 2, '-2.35'],
    ['2.3449999', 2, '2.34'],
    ['0.5', 0, '1'],
    ['-0.5', 0, '-1'],
    ['-0.004', 2, '0.00'],
    ['1.5', 2, '1.5'],
    ['999.995', 2, '1000.00'],
  ] as const;
  for (const [exact, decimals, rounded] of cases) {
    assert.equal(writeDecimal(round(parseDecimal(exact), decimals)), rounded, exact);
  }
  fc.assert(
    fc.property(decimal, fc.nat(8), (number, decimals) => {
      const rounded = round(number, decimals);
      const error = scaled(rounded) - scaled(number);
      const half = 10n ** BigInt(20 - decimals) / 2n;
      assert.ok(rounded.decimals <= Math.max(decimals, number.decimals));
      assert.ok((error < 0n ? -error : error) <= half);
      // Rounding is the same on both sides of zero.
      assert.deepEqual(round(negate(number), decimals), negate(rounded));
    }),
  );
});
