import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cleanRecord, cleanText, longestText } from '../../functions/mcp/untrusted.ts';

const unseen: readonly { what: string; text: string; clean: string }[] = [
  { what: 'control characters', text: 'a\u0000b\u001bc\u007fd\u009be', clean: 'abcde' },
  { what: 'bidirectional controls', text: 'a\u202eb\u2066c\u2069d\u200fe\u061cf', clean: 'abcdef' },
  { what: 'zero-width characters', text: 'pay\u200b\u2060\ufeff\u00ad\u034fpal', clean: 'paypal' },
  { what: 'joiners between Latin letters', text: 'a\u200db\u200cc', clean: 'abc' },
  { what: 'runs of joiners', text: 'नि\u200d\u200c\u200d\u200cश', clean: 'निश' },
  { what: 'tag characters', text: 'hi\u{e0049}\u{e0067}\u{e007f}', clean: 'hi' },
  { what: 'variation selectors that carry bytes', text: 'a\ufe01\u{e0100}\u{e01ef}b\ufe0f', clean: 'ab' },
  { what: 'blank letters', text: 'a\u3164b\u115f\u1160\uffa0c', clean: 'abc' },
  { what: 'halves of surrogate pairs', text: 'a\ud83d b\udc00', clean: 'a\ufffd b\ufffd' },
];

for (const { what, text, clean } of unseen) {
  test(`${what} are taken out`, () => assert.equal(cleanText(text), clean));
}

const kept: readonly string[] = [
  'Łódź Köhler 株式会社 Ελλάς',
  'line\nline\tcell',
  'می\u200cخواهم',
  'क्\u200dष',
  '👨\u200d👩\u200d👧 ❤\ufe0f 👩🏽\u200d🚀',
  '<b>"quotes" & \\slashes</b>',
];

for (const text of kept) {
  test(`${JSON.stringify(text)} stays as it is`, () => assert.equal(cleanText(text), text));
}

test('every kind of line break becomes one', () => {
  assert.equal(cleanText('a\r\nb\rc\u2028d\u2029e\u0085f'), 'a\nb\nc\nd\ne\nf');
});

test('a long text is cut where it says so, never through a character', () => {
  assert.equal(cleanText('x'.repeat(longestText)), 'x'.repeat(longestText));
  assert.equal(cleanText('x'.repeat(longestText + 1)), `${'x'.repeat(longestText - 1)}…`);
  assert.equal(cleanText('ab😀cd', 4), 'ab…');
});

test('texts anywhere in a structure are cleaned; names of fields, numbers and flags stay', () => {
  assert.deepEqual(
    cleanRecord({ a: 'x\u202e', b: [{ c: ['\u0000y', 1, null, true] }], d: { e: undefined } }),
    { a: 'x', b: [{ c: ['y', 1, null, true] }], d: { e: undefined } },
  );
});

test('whatever comes in, nothing hidden goes out, nothing is longer than allowed, and cleaning twice changes nothing', () => {
  const hidden =
    /(?![\n\t])\p{Cc}|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/u;
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({
      unit: fc.constantFrom(
        'a',
        'न',
        '👩',
        '\u200d',
        '\u200c',
        '\ufe0f',
        '\u202e',
        '\n',
        '\r',
        '\u{e0041}',
        '\ud83d',
      ),
      maxLength: 60,
    }),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 100 }), (raw, longest) => {
      const clean = cleanText(raw, longest);
      assert.ok(!hidden.test(clean));
      assert.ok(clean.length <= longest);
      assert.ok(clean.isWellFormed());
      assert.equal(cleanText(clean, longest), clean);
    }),
  );
});
