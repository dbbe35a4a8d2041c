import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  errorsAllowed,
  errorsBetween,
  isFoundBy,
  misspellableWords,
  phoneAlternatives,
  queryWords,
  rests,
  searchWords,
} from '../../shared/ledger/search-words.ts';

/** Whether every word of the query finds the customer, as the search does it without typing errors. */
const finds = (query: string, customer: Parameters<typeof searchWords>[0]): boolean => {
  const filed = searchWords(customer);
  const words = queryWords(query);
  return (
    words.length > 0 &&
    words.every((word) => [word, ...phoneAlternatives(word)].some((form) => isFoundBy(filed, form)))
  );
};

const köhler = {
  name: 'Leonie Köhler',
  organization: "O'Brien & Söhne GmbH",
  email: 'leonekohler@surfeu.de',
  phone: '+49 0711 2842222',
};

describe('a customer', () => {
  for (const query of [
    'köhler',
    'KOHLER',
    'Kohler Leonie',
    'leo koh',
    'obrien',
    "o'brien",
    'sohne gmbh',
    'leonekohler@surfeu.de',
    '@surfeu.de',
    'surfeu',
    'kohler surfeu.de',
    '0711 2842222',
    '+49 (0)711 / 284-2222',
    '+49 711 2842222',
    '2842222',
    'Köhler 0711-284',
  ]) {
    it(`is found by ${JSON.stringify(query)}`, () => assert.equal(finds(query, köhler), true));
  }

  for (const query of ['kohler anna', 'ohler', '0711 9999999', 'surfboard.de', '   ', '&', '']) {
    it(`is not found by ${JSON.stringify(query)}`, () => assert.equal(finds(query, köhler), false));
  }

  it('is found in scripts without blanks by any part of the name', () => {
    for (const query of ['東京', '商事', '京商', '東京商事', '株式会社 東京']) {
      assert.equal(finds(query, { name: '株式会社東京商事' }), true, query);
    }
    assert.equal(finds('大阪', { name: '株式会社東京商事' }), false);
    assert.equal(finds('삼성', { name: '삼성전자' }), true);
  });

  it('is found in other alphabets whatever the case and the marks', () => {
    assert.equal(finds('иван', { name: 'Иван Петров' }), true);
    assert.equal(finds('محمد', { name: 'مُحَمَّد علي' }), true);
    assert.equal(finds('αθηνα', { name: 'ΑΘΗΝΆ' }), true);
  });

  it('is found whatever dashes and apostrophes were typed, and whatever in its name cannot be seen', () => {
    for (const query of ['obrien', "o'brien", 'O’Brien', 'o´brien', 'o`brien']) {
      assert.equal(finds(query, { name: 'Pat O’Bri\u00aden' }), true, query);
    }
    assert.equal(finds('0711–284–2222', köhler), true);
  });

  it('is found in scripts whose marks are vowels by the whole word only', () => {
    assert.equal(finds('किशोर', { name: 'किशोर कुमार' }), true);
    assert.equal(finds('कुशार', { name: 'किशोर कुमार' }), false);
  });

  it('is filed under nothing with half a letter in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('𠮷', '𝼒', '野', 'a'), maxLength: 100 }), (name) => {
        const filed = searchWords({ name, organization: name });
        const variants = misspellableWords({ name }).flatMap((word) => rests(word, 2));
        for (const word of [...filed, ...variants]) assert.ok(word.isWellFormed(), JSON.stringify(word));
      }),
    );
  });

  it('is found by every word of its own name', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.stringMatching(/^[\p{L}]{1,12}( [\p{L}]{1,12}\d{0,2}){0,3}$/u),
          fc.string({ unit: fc.constantFrom(..."aß@.- 0123’'\u00ad東京नि+()"), maxLength: 200 }),
          fc.string({ unit: 'grapheme', maxLength: 60 }),
        ),
        (name) => {
          fc.pre(queryWords(name).length > 0);
          assert.equal(finds(name, { name, organization: name }), true);
        },
      ),
    );
  });
});

/** The number of errors by the definition: letters added, missing, changed or swapped. */
const edit = (word: string, at: number, letter: string, what: number): string => {
  const i = at % (word.length + 1);
  switch (what) {
    case 0:
      return word.slice(0, i) + letter + word.slice(i);
    case 1:
      return word.slice(0, i) + word.slice(i + 1);
    case 2:
      return word.slice(0, i) + letter + word.slice(i + 1);
    default:
      return word.slice(0, i) + (word[i + 1] ?? '') + (word[i] ?? '') + word.slice(i + 2);
  }
};

const letter = fc.constantFrom(...'abcde');
const word = fc.string({ unit: letter, minLength: 4, maxLength: 12 });
const change = fc.tuple(fc.nat({ max: 20 }), letter, fc.nat({ max: 3 }));

describe('typing errors', () => {
  it('are counted', () => {
    assert.equal(errorsBetween('handel', 'handel', 2), 0);
    assert.equal(errorsBetween('handl', 'handel', 2), 1);
    assert.equal(errorsBetween('hnadel', 'handel', 2), 1);
    assert.equal(errorsBetween('hamdle', 'handel', 2), 2);
    assert.ok(errorsBetween('ernst', 'handel', 2) > 2);
  });

  it('within the allowed number always leave a rest in common, so that they are found', () => {
    fc.assert(
      fc.property(word, fc.array(change, { minLength: 1, maxLength: 2 }), (filed, changes) => {
        const typed = changes.reduce((text, [at, by, what]) => edit(text, at, by, what), filed);
        const allowed = errorsAllowed(filed);
        fc.pre(changes.length <= allowed && errorsBetween(typed, filed, allowed) <= allowed);
        const asked = new Set(rests(typed, typed.length >= 5 ? 2 : 1));
        assert.ok(
          rests(filed, allowed).some((rest) => asked.has(rest)),
          `${typed} for ${filed}`,
        );
      }),
      { numRuns: 3000 },
    );
  });

  it('are allowed in names only, not in addresses and numbers', () => {
    const words = misspellableWords({
      name: 'Ana Müller',
      organization: 'Handels AG',
      email: 'zzzz@yyyy.com',
      phone: '123456',
    });
    assert.deepEqual(words, ['muller', 'handels']);
  });
});
