/**
 * The text with what a terminal could take for a command, or show in another order, replaced by a mark: it comes from
 * files.
 */
export const printable = (text: string): string =>
  text.replaceAll(/(?!\n)[\p{Cc}\p{Bidi_Control}]/gu, '\uFFFD');
