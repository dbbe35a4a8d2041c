import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nearestNames } from '../../shared/ledger/nearest-names.ts';

const names = [
  'amazon',
  'amazon web services',
  'google',
  'figma',
  "o'brien & sons",
  'alfki',
  'alf',
  'al',
  '',
];

describe('the nearest names', () => {
  const cases: readonly [asked: string, nearest: readonly string[]][] = [
    ['amazn', ['amazon']],
    ['goolge', ['google']],
    ['alfkj', ['alfki']],
    ['amazon web service inc', ['amazon web services', 'amazon']],
    ['sons of brien', ["o'brien & sons"]],
    ['alf', ['alf', 'alfki']],
    ['microsoft', []],
    ['x', []],
  ];
  for (const [asked, nearest] of cases) {
    it(`of ${JSON.stringify(asked)} are ${JSON.stringify(nearest)}`, () => {
      assert.deepEqual(nearestNames(asked, names).slice(0, Math.max(nearest.length, 1)), nearest);
    });
  }

  it('are at most five, each once, and of those that there are', () => {
    const name = fc.string({ unit: fc.constantFrom(...'ab c'), maxLength: 12 });
    fc.assert(
      fc.property(name, fc.array(name), (asked, all) => {
        const found = nearestNames(asked, [...all, ...all]);
        assert.ok(found.length <= 5);
        assert.equal(new Set(found).size, found.length);
        assert.ok(found.every((one) => all.includes(one)));
        if (asked !== '' && all.includes(asked)) assert.equal(found[0], asked);
      }),
    );
  });
});
