import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import type { TextValue } from './mapping.ts';
import type { ReadCell, Row, Sheet, Value } from './sheet.ts';

/** Whether a row has nothing in any of these columns. */
export const areEmpty = (cells: readonly ReadCell[], row: Row): boolean =>
  cells.every((cell) => cell(row) === '');

/**
 * Compiles a template such as "{First name} {Last name}": column names in braces, other text as it is; a brace itself
 * is written twice. The text is empty when all of its columns are. `{#}` is the number of the row; `{#equal}` counts
 * the rows for which the rest of the template is the same. Both are columns if the file has columns of these names.
 * @param whole whether the text is also empty when one of its columns is, unless it is numbered
 * @throws {Refusal} when a brace is left open, or a column is not there.
 */
export function templateText(
  template: string,
  sheet: Sheet,
  whole = false,
): { cells: readonly ReadCell[]; read: ReadCell } {
  const cells: ReadCell[] = [];
  let numbered = false;
  let counts = false;
  const pieces = [...template.matchAll(pieceOfTemplate)].map(([part, name]) => {
    const column = name?.trim();
    if (column === undefined) {
      const text = literalText(part, template);
      return () => text;
    }
    if ((column === '#' || column === '#equal') && !sheet.has(column)) {
      numbered = true;
      counts ||= column === '#equal';
      return column === '#' ? (row: Row) => String(row.number) : (_: Row, ordinal: string) => ordinal;
    }
    const cell = sheet.cell(column);
    cells.push(cell);
    return cell;
  });
  const [first] = cells;
  if (first && pieces.length === 1) return { cells, read: first };

  const join = (row: Row, ordinal: string): string =>
    pieces.reduce((text, piece) => text + piece(row, ordinal), '').trim();
  const needsAll = whole && !numbered;
  return {
    cells,
    read(row) {
      if (first && (needsAll ? cells.some((cell) => cell(row) === '') : areEmpty(cells, row))) return '';
      if (!counts) return join(row, '');
      const ordinal = row.ordinals.get(template) ?? row.reading.countEqual(template, join(row, ''));
      row.ordinals.set(template, ordinal);
      return join(row, String(ordinal));
    },
  };
}

const pieceOfTemplate = /\{\{|\}\}|\{([^{}]+)\}|[^{}]+|[{}]/g;

function literalText(part: string, template: string): string {
  if (part !== '{' && part !== '}') return part === '{{' || part === '}}' ? part.slice(1) : part;
  throw new Refusal(
    `The template ${quote(template)} has a single ${part}: expected a column name in braces, such as "{Total}". To write a brace itself, double it.`,
  );
}

/**
 * Compiles a template and what the mapping makes of its text.
 * @throws {Refusal} when a column is not there, or the mapping contradicts itself.
 */
export function textOf(value: string | TextValue, sheet: Sheet, whole = false): Value<string> {
  const { from, values, otherwise, ifEmpty }: TextValue = typeof value === 'string' ? { from: value } : value;
  const { cells, read } = templateText(from, sheet, whole);
  if (otherwise !== undefined && !values) {
    throw new Refusal(
      `"otherwise" of ${quote(from)} needs "values": it applies to texts that "values" does not list.`,
    );
  }
  const meanings = values && new Map(Object.entries(values));
  return {
    shown: quote(from),
    cells,
    read(row) {
      const text = read(row);
      if (text === '' && ifEmpty !== undefined) return ifEmpty;
      const meaning = meanings ? (meanings.get(text) ?? otherwise) : text;
      if (meaning !== undefined) return meaning || undefined;
      throw new Refusal(
        `${quote(text)} is not in "values" (${Object.keys(values ?? {})
          .map(quote)
          .join(', ')}), and there is no "otherwise".`,
      );
    },
  };
}

const mostRemembered = 10_000;

/** Reads each text once: the days and amounts of a file repeat themselves. */
export function remembering<Result>(read: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    let result = known.get(text);
    if (result === undefined) {
      result = read(text);
      if (known.size === mostRemembered) known.clear();
      known.set(text, result);
    }
    return result;
  };
}
