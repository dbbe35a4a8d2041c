import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { callerLimit } from '../../functions/mcp/caller-limit.ts';

/** A limit under a clock of its own. */
function limited(perMinute: number) {
  let time = 0;
  const limit = callerLimit(perMinute, () => new Date(time));
  return {
    /** @returns the seconds to wait */
    ask: (caller = 'ann'): number => limit(caller),
    passes: (milliseconds: number): void => {
      time += milliseconds;
    },
  };
}

test('a minute’s requests may come at once; the next one is told how long to wait, and that is enough', () => {
  const { ask, passes } = limited(60);
  for (let request = 0; request < 60; request++) assert.equal(ask(), 0);
  assert.equal(ask(), 1);
  passes(400);
  assert.equal(ask(), 1);
  passes(600);
  assert.equal(ask(), 0);
  assert.equal(ask(), 1);
  const slow = limited(2);
  slow.ask();
  slow.ask();
  assert.equal(slow.ask(), 30);
});

const perMinute = fc.integer({ min: 2, max: 600 });
const pauses = fc.array(fc.nat({ max: 2_000 }), { maxLength: 300 });

test('in any span of time no caller gets more than a minute’s requests and what the span gives back', () => {
  fc.assert(
    fc.property(perMinute, pauses, (most, times) => {
      const { ask, passes } = limited(most);
      const taken: number[] = [];
      let at = 0;
      for (const pause of times) {
        passes(pause);
        at += pause;
        if (ask() === 0) taken.push(at);
      }
      for (const [first, from] of taken.entries()) {
        for (const [last, until] of taken.entries()) {
          if (last < first) continue;
          // A billionth for sums of fractions.
          assert.ok(last - first + 1 <= most + ((until - from) * most) / 60_000 + 1e-9);
        }
      }
    }),
  );
});

test('who asks no faster than the limit is never refused, and who waits as told is answered', () => {
  fc.assert(
    fc.property(perMinute, fc.nat({ max: 500 }), (most, requests) => {
      const { ask, passes } = limited(most);
      for (let request = 0; request < requests; request++) {
        assert.equal(ask(), 0);
        passes(Math.ceil(60_000 / most));
      }
      let wait = ask();
      for (let request = 0; wait === 0 && request < most; request++) wait = ask();
      assert.ok(wait > 0);
      passes(wait * 1_000);
      assert.equal(ask(), 0);
    }),
  );
});

test('callers do not take from each other', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('ann', 'bo', 'cy'), { maxLength: 100 }), (order) => {
      const together = limited(10);
      const alone = { ann: limited(10), bo: limited(10), cy: limited(10) };
      for (const caller of order) assert.equal(together.ask(caller), alone[caller].ask(caller));
    }),
  );
});

test('a clock that is set back gives nothing away, and many callers are forgotten in the order of their silence', () => {
  const { ask, passes } = limited(2);
  ask();
  ask();
  passes(-3_600_000);
  assert.ok(ask() > 0);
  for (let caller = 0; caller < 9_999; caller++) ask(`caller ${caller}`);
  assert.ok(ask() > 0, 'ann was forgotten too soon');
  for (let caller = 0; caller < 10_000; caller++) ask(`other ${caller}`);
  assert.equal(ask(), 0);
});
