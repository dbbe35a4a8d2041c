import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';

/** A piece of a template: text as it is, or the name of the column whose text stands there. */
export type TemplatePiece = { text: string } | { column: string };

/**
 * Reads a template such as "{First name} {Last name}": column names in braces, other text as it is; a brace itself
 * is written twice.
 * @throws {Refusal} when a brace is left open.
 */
export function parseTemplate(template: string): TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  for (const [part, column] of template.matchAll(/\{\{|\}\}|\{([^{}]+)\}|[^{}]+|[{}]/g)) {
    if (column !== undefined) pieces.push({ column: column.trim() });
    else if (part === '{' || part === '}') {
      throw new Refusal(
        `The template ${quote(template)} has a single ${part}: expected a column name in braces, such as "{Total}". To write a brace itself, double it.`,
      );
    } else pieces.push({ text: part === '{{' ? '{' : part === '}}' ? '}' : part });
  }
  return pieces;
}
