import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { pageStart } from '../../functions/mcp/tools/cursor.ts';
import { Refusal } from '../../shared/ledger/errors.ts';

const today = '2026-11-21';
/** A caller of one organization, on a day. */
const of = (organization: string, day = today) => ({ reader: { organization }, today: day });
const question = { status: 'open', customerId: 'C-1' };
const given = (next: string): string =>
  pageStart('list_invoices', { ...question, limit: 25 }, of('acme')).cursorTo(next);
const open = (cursor: string, day = today) =>
  pageStart('list_invoices', { ...question, limit: 10, cursor }, of('acme', day));
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (cursor: string): unknown[] => JSON.parse(Buffer.from(cursor, 'base64url').toString());

const isNotOurs = (error: Error) =>
  error instanceof Refusal &&
  error.message ===
    'cursor is not from list_invoices: expected the nextCursor of an earlier answer, or no cursor.';
const isForOtherArguments = (error: Error) =>
  error instanceof Refusal &&
  /other arguments or for another organization: expected the same arguments as in the list_invoices call/.test(
    error.message,
  );

describe('a cursor', () => {
  test('leads to the position that it was made for, whatever that looks like', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }), (position) => {
        fc.pre(!/[\p{Cc}\p{Cs}]/u.test(position));
        assert.equal(open(given(position)).after, position);
      }),
    );
  });

  test('keeps the day on which the first page was asked for', () => {
    const cursor = given('2026-10-01#i1');
    const nextDay = open(cursor, '2026-11-22');
    assert.equal(nextDay.today, today);
    assert.equal(open(nextDay.cursorTo('2026-09-01#i2'), '2026-11-23').today, today);
  });

  test('may be used with another limit, and with arguments in another order', () => {
    const reordered = { limit: 3, customerId: 'C-1', status: 'open', cursor: given('x') };
    assert.equal(pageStart('list_invoices', reordered, of('acme')).after, 'x');
  });

  test('is refused with other arguments, and by another tool', () => {
    const cursor = given('x');
    const calls: object[] = [
      { ...question, status: 'paid' },
      { status: 'open' },
      { ...question, asOf: today },
      {},
    ];
    for (const args of calls) {
      assert.throws(
        () => pageStart('list_invoices', { ...args, limit: 25, cursor }, of('acme')),
        isForOtherArguments,
      );
    }
    assert.throws(
      () => pageStart('list_expenses', { ...question, limit: 25, cursor }, of('acme')),
      /the same arguments as in the list_expenses call/,
    );
  });

  test('is refused in another organization, and not taken for a position in its books', () => {
    assert.throws(
      () => pageStart('list_invoices', { ...question, limit: 25, cursor: given('x') }, of('acme-2')),
      isForOtherArguments,
    );
  });

  test('has one spelling: padded, with other bits or in another alphabet it is refused', () => {
    const position = fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme-ascii' });
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    fc.assert(
      fc.property(position, fc.integer({ min: 1, max: 900 }), (next, padding) => {
        const cursor = given(next);
        const otherBits = cursor.slice(0, -1) + digits[digits.indexOf(cursor.at(-1) as string) ^ 1];
        const json = Buffer.from(cursor, 'base64url').toString();
        const spellings = [
          cursor + '='.repeat(padding),
          `${cursor}\n`,
          ` ${cursor}`,
          Buffer.from(JSON.stringify(JSON.parse(json), null, 1)).toString('base64url'),
          // Where the last digit stands for fewer than six bits, the others say nothing.
          ...(cursor.length % 4 === 0 ? [] : [otherBits]),
          ...(/[-_]/.test(cursor) ? [cursor.replaceAll('-', '+').replaceAll('_', '/')] : []),
        ];
        for (const spelling of spellings) assert.throws(() => open(spelling), isNotOurs, spelling);
      }),
    );
  });

  test('takes the longest id that there can be, with an amount and a day', () => {
    for (const sign of ['x', '%25', '山', '"', '\\', '😀']) {
      const next = `=00000000000000000250.0000#2026-10-01#${sign.repeat(sign === '😀' ? 100 : 200)}`;
      assert.equal(open(given(next)).after, next);
    }
  });

  test('that nobody gave out is refused, with what to do', () => {
    const [, , fingerprint] = decode(given('x'));
    const forged = [
      'not a cursor',
      '',
      '{}',
      encode({}),
      encode(null),
      encode('x'),
      encode([]),
      encode(['x', today]),
      encode(['x', today, fingerprint, 'more']),
      encode(['', today, fingerprint]),
      encode([7, today, fingerprint]),
      encode([{ pk: 'R#other#invoice' }, today, fingerprint]),
      encode(['a\u0000b', today, fingerprint]),
      encode(['\ud800', today, fingerprint]),
      encode(['x'.repeat(1025), today, fingerprint]),
      encode(['x', '2026-02-30', fingerprint]),
      encode(['x', 20261121, fingerprint]),
      encode(['x', '2026-11-22', fingerprint]),
      `${given('x')}${'A'.repeat(2000)}`,
    ];
    for (const cursor of forged) assert.throws(() => open(cursor), isNotOurs, cursor.slice(0, 60));
  });

  test('with any one character changed is refused, or leads to a position and nothing else', () => {
    const cursor = given('2026-10-01#i1');
    fc.assert(
      fc.property(fc.nat(cursor.length - 1), fc.constantFrom(...'AZaz09-_'), (at, letter) => {
        const changed = cursor.slice(0, at) + letter + cursor.slice(at + 1);
        try {
          const start = open(changed);
          assert.deepEqual(Object.keys(start).sort(), ['after', 'cursorTo', 'today']);
          assert.ok(start.today <= today);
        } catch (error) {
          assert.ok(error instanceof Refusal, String(error));
        }
      }),
    );
  });

  test('never says whose books it is about', () => {
    const parts = decode(given('2026-10-01#i1'));
    assert.equal(parts.length, 3);
    assert.equal(parts[0], '2026-10-01#i1');
    assert.equal(parts[1], today);
    assert.match(String(parts[2]), /^[\w-]{16}$/);
  });
});
