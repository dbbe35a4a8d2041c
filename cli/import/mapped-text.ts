import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import { type Columns, type ReadCell, type Row, textOf } from './columns.ts';
import type { TextValue } from './mapping.ts';

/** A text from a row: a template over its columns, and the value that the mapping gives to its text. */
export interface MappedText {
  /** As the mapping has it, for messages. */
  shown: string;
  /** Whether the row has nothing for it; constants alone say nothing about a row. */
  isEmpty(row: Row): boolean;
  /** The text as the file has it. */
  raw: ReadCell;
  /**
   * What the text stands for; empty where the row has nothing.
   * @param whole whether a text of which a column is empty counts as empty
   * @throws {Refusal} when the mapping has no value for it
   */
  read(row: Row, whole?: boolean): string;
}

/**
 * Makes the reader of a text.
 * @throws {Refusal} when a column is not there, or the mapping contradicts itself.
 */
export function mappedText(value: string | TextValue, columns: Columns): MappedText {
  const { from, values, otherwise, ifEmpty } = typeof value === 'string' ? { from: value } : value;
  const shown = quote(from);
  if (otherwise !== undefined && !values) {
    throw new Refusal(
      `"otherwise" of ${shown} needs "values": it applies to texts that "values" does not list.`,
    );
  }
  const text = textOf(columns, from);
  const translate = values && translator(values, otherwise);
  return {
    shown,
    isEmpty: text.isEmpty,
    raw: text.read,
    read(row, whole = false) {
      const raw = whole && !text.isComplete(row) ? '' : text.read(row);
      if (raw === '' && ifEmpty !== undefined) return ifEmpty;
      return translate ? translate(raw) : raw;
    },
  };
}

function translator(values: Record<string, string>, otherwise: string | undefined): (text: string) => string {
  return (text) => {
    const known = Object.hasOwn(values, text) ? values[text] : otherwise;
    if (known !== undefined) return known;
    throw new Refusal(
      `${quote(text)} is not in "values" (${Object.keys(values).map(quote).join(', ')}), and there is no "otherwise".`,
    );
  };
}
