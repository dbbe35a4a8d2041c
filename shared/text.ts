/** Quotes text from outside for a message: on one line, and distinct from the message's own words. */
export const quoted = (text: string): string => JSON.stringify(text);

/** The text in quotation marks, cut to a length that fits into a sentence. */
export const quote = (text: string): string => quoted(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** The order of texts, for sorting: by their code units, the same in every locale. */
export const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The text as HTML shows it, in content and in quoted attributes. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/**
 * The text with all characters replaced that a terminal could interpret as a command or that change the direction of
 * the text: it comes from files.
 */
export const printable = (text: string): string =>
  text.replaceAll(/(?!\n)[\p{Cc}\p{Bidi_Control}]/gu, '\uFFFD');

/** @example counted(2, 'account') === '2 accounts' */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
