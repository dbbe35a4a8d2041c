import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import type { Columns, ReadCell, Row } from './columns.ts';
import type { TextValue } from './mapping.ts';

/** A text that is made from the cells of a row; empty where the row has nothing for it. */
export interface Text {
  /** The columns that it is made from; constants alone say nothing about a row. */
  cells: readonly ReadCell[];
  /** @throws {Refusal} when the row has a text that the mapping does not expect */
  read: ReadCell;
}

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
export function templateText(template: string, columns: Columns, whole = false): Text {
  const cells: ReadCell[] = [];
  let numbered = false;
  let counts = false;
  const pieces = [...template.matchAll(pieceOfTemplate)].map(([part, name]) => {
    const column = name?.trim();
    if (column === undefined) {
      const text = literalText(part, template);
      return () => text;
    }
    if ((column === '#' || column === '#equal') && !columns.has(column)) {
      numbered = true;
      counts ||= column === '#equal';
      return column === '#' ? (row: Row) => String(row.number) : (_: Row, ordinal: string) => ordinal;
    }
    const cell = columns.cell(column);
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

/** The template of a value, as the mapping has it. */
export const templateOf = (value: string | TextValue): string =>
  typeof value === 'string' ? value : value.from;

/**
 * Compiles a template and what the mapping makes of its text.
 * @throws {Refusal} when a column is not there, or the mapping contradicts itself.
 */
export function mappedText(value: string | TextValue, columns: Columns, whole = false): Text {
  const { cells, read } = templateText(templateOf(value), columns, whole);
  if (typeof value === 'string') return { cells, read };
  const { from, values, otherwise, ifEmpty } = value;
  if (otherwise !== undefined && !values) {
    throw new Refusal(
      `"otherwise" of ${quote(from)} needs "values": it applies to texts that "values" does not list.`,
    );
  }
  const translate = values ? translator(values, otherwise) : (text: string) => text;
  return {
    cells,
    read(row) {
      const text = read(row);
      return text === '' && ifEmpty !== undefined ? ifEmpty : translate(text);
    },
  };
}

function translator(values: Record<string, string>, otherwise: string | undefined): (text: string) => string {
  const meanings = new Map(Object.entries(values));
  return (text) => {
    const known = meanings.get(text) ?? otherwise;
    if (known !== undefined) return known;
    throw new Refusal(
      `${quote(text)} is not in "values" (${Object.keys(values).map(quote).join(', ')}), and there is no "otherwise".`,
    );
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
