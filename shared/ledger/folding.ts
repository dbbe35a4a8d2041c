/*
 * How names are compared, wherever they are: the keys under which they are filed, the filters that name them, the
 * words of a search. Two names that look the same are the same.
 */

/** Letters that Unicode does not take apart into a base letter and a mark, and the two forms of a Greek sigma. */
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

/** Unicode takes this accent for a blank with a mark; people type it as an apostrophe. */
const acute = /[´΄᾽᾿]/g;
const apostrophes = /[‘’‚‛ʼʻʹʽ′‵`]/g;
const quotationMarks = /[“”„‟″«»]/g;
const dashes = /[\p{Pd}−⁃]/gu;

/** Line breaks that JavaScript does not count among the blanks; answers show them as line breaks. */
const nextLine = /\u0085/g;
/** What answers leave out: see `functions/mcp/untrusted.ts`. Joiners that they keep make no difference either. */
const unseen = /(?![\n\r\t])[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cc}]/gu;

/** Accents, and the vowel points of Arabic and Hebrew. In other scripts marks tell words apart, as ガ and カ. */
const accents = /(?=\p{M})(?![\u3099\u309a])[\p{Script=Inherited}\p{Script=Arabic}\p{Script=Hebrew}]/gu;

/**
 * A text as it is compared: lower case, without accents, width, ligatures and what cannot be seen, with plain
 * apostrophes and dashes, and one blank for a run of them. "Köhler" and "kohler", "O’Brien" and "O'Brien" are one.
 */
export const fold = (text: string): string =>
  text
    .toWellFormed()
    .replace(nextLine, '\n')
    .replace(unseen, '')
    // Some Greek accents are made of such an apostrophe and a mark.
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

/** Folding can make a text many times longer, and keys have an end. No name that people write comes near. */
const longestFiled = 200;

/** How a name or number is filed. Empty when nothing of it can be seen. */
export const filed = (text: string): string => fold(text).slice(0, longestFiled).toWellFormed();
