import { button, type Content, element } from './elements.ts';
import type { Formats } from './formats.ts';

/* A table of as many rows as the frame has room for. The others are reached by buttons: nothing scrolls in a frame. */

/** One column of rows of a kind. */
export interface Column<Row> {
  readonly title: string;
  /** What stands in a row's cell; undefined where the row has nothing of it. */
  readonly cell: (row: Row, formats: Formats) => Content;
  /** Figures, which are aligned at their ends. */
  readonly numeric?: boolean;
  /** Beside the first cell where there is room, and below its text where there is not. */
  readonly wide?: boolean;
  /** Shows what another column says; without room for it, it is left out. */
  readonly drawing?: boolean;
}

export interface TableOptions<Row> {
  readonly caption: string;
  /** Of these, the first names the row. Those that no row has anything for are left out. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** All that there are, with those that are not loaded. */
  readonly count?: number | undefined;
  /** Loads what follows the rows that are known; left out where all are. */
  readonly more?: (() => Promise<{ rows: readonly Row[]; complete: boolean }>) | undefined;
  readonly formats: Formats;
}

const fits = new WeakMap<Element, () => void>();

/** Adapts the tables below an element to the room that there is. */
export function fitTables(within: ParentNode): void {
  for (const table of within.querySelectorAll('.paged')) fits.get(table)?.();
}

/** Pixels of height that the page may have; more than any where the page may scroll. */
let room = 500;

export function setRoom(pixels: number): void {
  room = pixels;
}

/** A table with all of its rows. */
export function plainTable<Row>({ caption, columns, rows, formats }: TableOptions<Row>): HTMLElement {
  const used = usedColumns(columns, rows, formats);
  const { table, body } = tableOf(caption, used);
  body.append(...rows.map((row) => rowElement(used, row, formats)));
  return table;
}

/** A table with its buttons. */
export function pagedTable<Row>(options: TableOptions<Row>): HTMLElement {
  const { caption, formats } = options;
  let { rows, more } = options;
  let first = 0;
  let shown = rows.length;
  /** Where the pages before this one begin. */
  const before: number[] = [];

  const columns = usedColumns(options.columns, rows, formats);
  const { table, body } = tableOf(caption, columns);
  const status = element('p', { role: 'status' });
  const previous = button('Previous', () => {
    first = before.pop() ?? 0;
    fit();
    keepFocus(previous, next);
  });
  const next = button('Next', goOn);
  const pager = element('div', { class: 'pager' }, previous, status, next);
  const made = element('div', { class: 'paged' }, table, pager);
  fits.set(made, fit);

  /** Puts rows in until the room is used. The buttons take some of it, but only where there are rows to go to. */
  function fit(): void {
    body.replaceChildren();
    pager.hidden = first === 0 && !more;
    shown = 0;
    const add = (): boolean => {
      body.append(rowElement(columns, rows[first + shown]!, formats));
      shown++;
      return overflow() <= 0 || shown === 1;
    };
    const left = rows.length - first;
    while (shown < left && add());
    if (overflow() > 0 && pager.hidden) {
      pager.hidden = false;
      // The status has one line, which counts already.
      status.textContent = '…';
    }
    while (shown > 1 && overflow() > 0) {
      body.lastElementChild?.remove();
      shown--;
    }
    describe();
  }

  function describe(): void {
    const known = options.count ?? (more ? undefined : rows.length);
    const range = `${formats.count(first + 1)}–${formats.count(first + shown)}`;
    const text = known === undefined ? range : `${range} of ${formats.count(known)}`;
    // A status is announced when it changes.
    if (status.textContent !== text) status.textContent = text;
    previous.disabled = before.length === 0;
    next.disabled = first + shown >= rows.length && !more;
  }

  async function goOn(): Promise<void> {
    const following = first + shown;
    if (following >= rows.length && more) {
      next.disabled = true;
      status.textContent = 'Loading …';
      try {
        const loaded = await more();
        rows = [...rows, ...loaded.rows];
        if (loaded.complete) more = undefined;
      } catch (error) {
        status.textContent = (error as Error).message;
        next.disabled = false;
        return;
      }
    }
    if (following < rows.length) {
      before.push(first);
      first = following;
    }
    fit();
    keepFocus(next, previous);
  }

  return made;
}

function tableOf<Row>(caption: string, columns: readonly Column<Row>[]) {
  const body = element('tbody');
  const head = element('thead', {}, element('tr', {}, ...columns.map(heading)));
  return { table: element('table', {}, element('caption', {}, caption), head, body), body };
}

/** The columns that any row has something for, and the first, which names the rows. */
const usedColumns = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  formats: Formats,
): readonly Column<Row>[] =>
  columns.filter(({ cell }, index) => index === 0 || rows.some((row) => isContent(cell(row, formats))));

function rowElement<Row>([head, ...others]: readonly Column<Row>[], row: Row, formats: Formats): HTMLElement {
  const details = others
    .filter(({ wide, drawing, cell }) => wide && !drawing && isContent(cell(row, formats)))
    // A figure says nothing without its name; of a day or a status, that is seen.
    .map(({ title, numeric, cell }) => element('span', {}, numeric && `${title} `, cell(row, formats)));
  return element(
    'tr',
    {},
    element(
      'th',
      { scope: 'row' },
      head?.cell(row, formats),
      details.length > 0 && element('span', { class: 'details' }, ...details),
    ),
    ...others.map((column) => element('td', { class: classOf(column) }, column.cell(row, formats))),
  );
}

const isContent = (content: Content): boolean => content !== undefined && content !== false && content !== '';

const classOf = ({ numeric, wide }: Pick<Column<never>, 'numeric' | 'wide'>): string | undefined =>
  [numeric && 'numeric', wide && 'wide'].filter(Boolean).join(' ') || undefined;

const heading = (column: Pick<Column<never>, 'title' | 'numeric' | 'wide'>): HTMLElement =>
  element('th', { scope: 'col', class: classOf(column) }, column.title);

const overflow = (): number => document.documentElement.getBoundingClientRect().height - room;

/** A button that has become disabled loses the focus; it goes to its neighbour, and not to the start of the page. */
function keepFocus(pressed: HTMLButtonElement, neighbour: HTMLButtonElement): void {
  (pressed.disabled ? neighbour : pressed).focus();
}
