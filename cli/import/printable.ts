/**
 * The text with all characters replaced that a terminal could interpret as a command or that change the direction of
 * the text: it comes from files.
 */
export const printable = (text: string): string =>
  text.replaceAll(/(?!\n)[\p{Cc}\p{Bidi_Control}]/gu, '\uFFFD');
