/*
 * Names, notes and descriptions come from outside. Whatever a tool does with them, every text of its answer passes
 * here last, so that none can hide words from people, show them in another order, or drown the rest.
 */

/** Characters of a text in an answer; a longer one is cut and ends in "…". */
export const longestText = 2000;

const plain = /^[\n\x20-\x7e]*$/;
const lineBreaks = /\r\n?|[\u0085\u2028\u2029]/g;
/** Format characters (bidirectional controls, zero-width spaces, tags), other invisible ones, and controls. */
const hidden = /(?!\n|\t|\u200c|\u200d|\ufe0f)[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cc}]/gu;
/** Asks for the coloured form of the emoji before it; anywhere else it asks for nothing. */
const idleEmojiStyle = /(?<!\p{Emoji})\ufe0f/gu;
/** Joiners shape Arabic and Indic words and families of emoji; between other letters they only carry hidden bits. */
const idleJoiner =
  /(?<![\p{Lo}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d]|[\u200c\u200d](?![\p{Lo}\p{M}\p{Extended_Pictographic}])/gu;

/** The text without what cannot be seen, at most `longest` UTF-16 units long. */
export function cleanText(text: string, longest: number = longestText): string {
  return cut(plain.test(text) ? text : visible(text), longest);
}

const visible = (text: string): string =>
  text
    .toWellFormed()
    .replace(lineBreaks, '\n')
    .replace(hidden, '')
    .replace(idleEmojiStyle, '')
    .replace(idleJoiner, '');

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest - 1).replace(/[\ud800-\udbff\u200c\u200d]+$/, '')}…`;
}

/** The same fields with every text in them cleaned, however deep. Names of fields are the server's own and stay. */
export function cleanRecord(record: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, cleanValue(value)]));
}

function cleanValue(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanValue);
  if (typeof value === 'object' && value !== null) return cleanRecord(value);
  return value;
}
