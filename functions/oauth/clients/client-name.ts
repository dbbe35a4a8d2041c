/** Names that clients give themselves: text from strangers, shown to people who decide by it. */

/** Characters; a longer one is cut. */
const longestName = 60;

/** Controls, format characters (reversed text, zero width), private and unassigned ones, lone surrogates. */
const unseen = /[\p{C}\p{Default_Ignorable_Code_Point}]/gu;
/** More marks on one letter than any script has; they would paint over the lines around. */
const piledMarks = /(\p{M}{3})\p{M}+/gu;

/** One line of visible text, or undefined when nothing is left. */
export function cleanName(name: string): string | undefined {
  const visible = name
    .toWellFormed()
    .replace(/\s+/gu, ' ')
    .replace(unseen, '')
    .replace(piledMarks, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
  const letters = [...visible];
  if (letters.length > longestName)
    return `${letters
      .slice(0, longestName - 1)
      .join('')
      .trimEnd()}…`;
  return visible === '' ? undefined : visible;
}
