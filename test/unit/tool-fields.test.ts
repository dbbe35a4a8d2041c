import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { changeFields, percentText } from '../../functions/mcp/tools/fields.ts';

describe('a change in percent', () => {
  const cases: [part: number, whole: number, text: string][] = [
    [1, 3, '33.3'],
    [2, 3, '66.7'],
    [-1, 3, '-33.3'],
    [1, 2000, '0.1'], // 0.05 exactly: away from zero
    [-1, 2000, '-0.1'],
    [1, 2001, '0.0'],
    [-1, 2001, '0.0'], // no "-0.0"
    [0, 5, '0.0'],
    [5, 5, '100.0'],
    [999, 1000, '99.9'],
    [9995, 10_000, '100.0'], // 99.95
    [1_234_567, 1, '123456700.0'],
  ];
  for (const [part, whole, text] of cases) {
    test(`${part} of ${whole} is ${text}`, () => assert.equal(percentText(part, whole), text));
  }

  test('is exact where a product would leave the exact integers', () => {
    const whole = Number.MAX_SAFE_INTEGER;
    assert.equal(percentText(whole, whole), '100.0');
    assert.equal(percentText(whole, whole - 1), '100.0');
    assert.equal(percentText(-whole, 1), `-${whole}00.0`);
  });

  test('is the nearest tenth for any amounts', () => {
    const amount = fc.integer({ min: -1e12, max: 1e12 });
    fc.assert(
      fc.property(amount, fc.integer({ min: 1, max: 1e12 }), (part, whole) => {
        const tenths = BigInt(percentText(part, whole).replace('.', ''));
        const miss = tenths * BigInt(whole) - BigInt(part) * 1000n;
        assert.ok((miss < 0n ? -miss : miss) * 2n <= BigInt(whole));
      }),
    );
  });
});

describe('a change', () => {
  test('states what it was before, the difference, and the percent of what it was', () => {
    assert.deepEqual(changeFields(150_00, 120_00, 'USD'), {
      previous: '120.00',
      change: '30.00',
      percent: '25.0',
    });
    assert.deepEqual(changeFields(500, 400, 'JPY'), { previous: '400', change: '100', percent: '25.0' });
  });

  test('from a loss is measured by the size of the loss', () => {
    assert.deepEqual(changeFields(50_00, -100_00, 'USD'), {
      previous: '-100.00',
      change: '150.00',
      percent: '150.0',
    });
  });

  test('from nothing has no percent', () => {
    assert.deepEqual(changeFields(50_00, 0, 'USD'), { previous: '0.00', change: '50.00' });
  });
});
