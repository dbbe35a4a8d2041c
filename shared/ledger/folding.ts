/*
 * How names are compared everywhere: in the keys of indexes, in filters, and in the words of a search. Two names that
 * look the same are the same.
 */

/** Letters that Unicode does not decompose into a base letter and a mark, and the two forms of a Greek sigma. */
const plainLetters: Record<string, string> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ς: 'σ',
};
const plainLetter = new RegExp(`[${Object.keys(plainLetters).join('')}]`, 'g');

/** Unicode decomposes this accent into a space and a mark; people type it as an apostrophe. */
const acute = /[´΄᾽᾿]/g;
const apostrophes = /[‘’‚‛ʼʻʹʽ′‵`]/g;
const quotationMarks = /[“”„‟″«»]/g;
const dashes = /[\p{Pd}−⁃]/gu;

/** Line breaks that JavaScript does not treat as whitespace; answers show them as line breaks. */
const nextLine = /\u0085/g;
/** Characters that answers leave out, see `functions/mcp/untrusted.ts`, and the joiners that they keep. */
const unseen = /(?![\n\r\t])[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cc}]/gu;

/** Accents, and the vowel points of Arabic and Hebrew. In other scripts, marks distinguish words, as in ガ and カ. */
const accents = /(?=\p{M})(?![\u3099\u309a])[\p{Script=Inherited}\p{Script=Arabic}\p{Script=Hebrew}]/gu;

/**
 * A text in the form in which it is compared: lower case, without accents, width, ligatures and invisible characters,
 * with plain apostrophes and dashes and single spaces. "Köhler" equals "kohler", "O’Brien" equals "O'Brien".
 */
export const fold = (text: string): string =>
  text
    .toWellFormed()
    .replace(nextLine, '\n')
    .replace(unseen, '')
    // Some Greek accents consist of such an apostrophe and a mark.
    .normalize('NFD')
    .replace(acute, "'")
    .normalize('NFKD')
    .toLowerCase()
    .replace(accents, '')
    .replace(plainLetter, (letter) => plainLetters[letter] ?? letter)
    .replace(apostrophes, "'")
    .replace(quotationMarks, '"')
    .replace(dashes, '-')
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim();

/**
 * Bytes of a name in a key. Folding can make a text many times longer, and a sort key of DynamoDB has at most 1,024
 * bytes, of which an id may need 600. No real name comes close.
 */
const longestFiled = 380;

/** A name or number as it is stored in indexes. Empty when it has no visible characters. */
export const filed = (text: string): string =>
  // A character that is cut in two is read as U+FFFD.
  Buffer.from(fold(text))
    .subarray(0, longestFiled)
    .toString()
    .replace(/\ufffd$/, '');

/** The words of a text, as they are compared. */
export const wordsIn = (text: string): string[] => fold(text).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
