import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cleanText } from '../../functions/mcp/untrusted.ts';
import { filed, fold } from '../../shared/ledger/folding.ts';

/** Texts full of what makes two names look the same, or almost. */
const oddText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      ...'aÉßςΣİıﬁǅガカﾞか゛',
      ...'´΄᾽`’‘ʼʻ′"“«-–—−‑',
      ...'\u00ad\u200b\u200c\u200d\ufeff\u2060\u034f\ufe0f\u3164\u115f\u202e',
      ...'\u0000\u0007\u000b\u000c\u001f\u0085\n\r\t \u00a0\u2028\u3000',
      ...'नि\u0301\u0308\u3099مُ❤',
    ),
  }),
);

describe('folding', () => {
  const same: readonly (readonly string[])[] = [
    ['lodz strasse strasse aero', 'Łódź  STRASSE Straße Ærø'],
    ["o'brien", 'O’BRIEN', 'O´Brien', 'o`brien', 'Oʼbrien', 'o＇brien', 'O\u2019Bri\u00aden'],
    ['smith-jones', 'Smith–Jones', 'smith‑jones', 'SMITH—JONES', 'smith−jones', 'Smith\u00ad-Jones'],
    ['"the" firm', '“The” Firm', '„the‟ firm', '«the» firm'],
    ['a b', ' a \n b ', 'A\u00a0B', 'a\u2028b', 'a\u0085b'],
    ['ab', 'A\u200bB', 'a\u0007b', 'a\u000bb', '\ufeffab', 'ａｂ'],
    ['οδοσ', 'ΟΔΟΣ', 'οδός'],
    ['fi...', 'ﬁ…'],
    ['カ', 'ｶ'],
    ['می‌خواهم'.replace('\u200c', ''), 'می\u200cخواهم'],
    ['', '\u00ad\u200b'],
  ];
  for (const [folded = '', ...texts] of same) {
    it(`makes ${JSON.stringify(texts)} ${JSON.stringify(folded)}`, () => {
      for (const text of [folded, ...texts]) assert.equal(fold(text), folded, text);
    });
  }

  it('keeps apart what marks keep apart, where they are no accents', () => {
    for (const [one = '', other = ''] of [
      ['ガス', 'カス'],
      ['パン', 'バン'],
      ['राम', 'रमा'],
      ['ไก่', 'กา'],
    ]) {
      assert.notEqual(fold(one), fold(other));
    }
  });

  it('changes nothing more the second time', () => {
    fc.assert(
      fc.property(oddText, (text) => assert.equal(fold(fold(text)), fold(text))),
      { numRuns: 3000 },
    );
  });

  it('takes a name as it is shown, in whichever normal form, for the name itself', () => {
    fc.assert(
      fc.property(oddText, (text) => {
        assert.equal(fold(cleanText(text, Number.POSITIVE_INFINITY).trim()), fold(text));
        assert.equal(fold(text.normalize('NFD')), fold(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('makes no key longer than a key may be', () => {
    for (const long of ['\ufdfa', '株', '😀', 'a😀']) {
      const key = filed(long.repeat(200));
      assert.ok(Buffer.byteLength(key) > 370 && Buffer.byteLength(key) <= 380, key);
      assert.ok(key.isWellFormed() && fold(long.repeat(200)).startsWith(key), key);
    }
    assert.equal(filed('Köhler'), 'kohler');
  });
});
