import { cleanText } from '../untrusted.ts';

/** No name, label or number in the books is longer, so what is shown can be used as a filter. */
const nameLength = 200;
export const descriptionLength = 200;
export const notesLength = 2000;

/** A text from outside without characters that hide or reorder text; undefined when nothing is left. */
export const shownText = (text: string | undefined, longest: number = nameLength): string | undefined =>
  text === undefined ? undefined : cleanText(text, longest).trim() || undefined;
