import { type Content, outside, short } from './elements.ts';
import { textIn, wordsOf } from './fields.ts';
import type { Formats } from './formats.ts';
import type { Fields } from './host.ts';
import type { Column } from './table.ts';

/* Columns of the fields that answers have. */

const firstIn = (row: Fields, names: readonly string[]): string =>
  names.map((name) => textIn(row, name)).find((text) => text !== '') ?? '';

/** A text from the books: of several fields, the first that the row has. */
export const words = (title: string, ...names: readonly string[]): Column<Fields> => ({
  title,
  cell: (row) => firstIn(row, names) !== '' && outside(firstIn(row, names)),
});

/** One of the words that a field can have. */
export const term = (title: string, name: string): Column<Fields> => ({
  title,
  wide: true,
  cell: (row) => textIn(row, name) !== '' && short(wordsOf(textIn(row, name))),
});

export const wide = <Row>(column: Column<Row>): Column<Row> => ({ ...column, wide: true });

/** A day: of several fields, the first that the row has. */
export const day = (title: string, ...names: readonly string[]): Column<Fields> => ({
  title,
  wide: true,
  cell: (row, formats) => firstIn(row, names) !== '' && short(formats.day(firstIn(row, names))),
});

/** An amount in the row's own currency. */
export const money = (title: string, name: string): Column<Fields> => ({
  title,
  numeric: true,
  cell: (row, formats) => moneyIn(row, name, formats),
});

export const moneyIn = (row: Fields, name: string, formats: Formats): Content =>
  textIn(row, name) !== '' && short(formats.money(textIn(row, name), textIn(row, 'currency')));

/**
 * What a figure was in an earlier period, and how it differs.
 * @param changeOf the change of a row's figure
 */
export const changeColumns = (changeOf: (row: Fields) => Fields | undefined): readonly Column<Fields>[] => [
  {
    title: 'Before',
    numeric: true,
    wide: true,
    cell: (row, formats) =>
      moneyIn({ ...changeOf(row), currency: textIn(row, 'currency') }, 'previous', formats),
  },
  {
    title: 'Change',
    numeric: true,
    wide: true,
    cell: (row, formats) => {
      const percent = textIn(changeOf(row) ?? {}, 'percent');
      return percent !== '' && short(formats.percent(percent));
    },
  },
];
