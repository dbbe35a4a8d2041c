import { button, type Content, element } from './elements.ts';

/* A table of as many rows as the frame has room for. The others are reached by buttons: nothing scrolls in a frame. */

/** One column of rows of a kind. */
export interface Column<Row> {
  readonly title: string;
  /** What stands in a row's cell; undefined where the row has nothing of it. */
  readonly cell: (row: Row) => Content;
  /** Figures, which are aligned at their ends. */
  readonly numeric?: boolean;
  /** Beside the first cell where there is room, and below its text where there is not. */
  readonly wide?: boolean;
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
  readonly formatCount: (count: number) => string;
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

/** A table with its buttons. */
export function pagedTable<Row>(options: TableOptions<Row>): HTMLElement {
  const { caption, formatCount } = options;
  let { rows, more } = options;
  let first = 0;
  let shown = rows.length;
  /** Where the pages before this one begin. */
  const before: number[] = [];

  const columns = options.columns.filter(
    ({ cell }, index) => index === 0 || rows.some((row) => isContent(cell(row))),
  );
  const body = element('tbody');
  const status = element('p', { role: 'status' });
  const previous = button('Previous', () => {
    first = before.pop() ?? 0;
    fit();
    keepFocus(previous, next);
  });
  const next = button('Next', goOn);
  const pager = element('div', { class: 'pager' }, previous, status, next);
  const made = element(
    'div',
    { class: 'paged' },
    element(
      'table',
      {},
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, ...columns.map(heading))),
      body,
    ),
    pager,
  );
  fits.set(made, fit);

  function fit(): void {
    const left = rows.slice(first);
    body.replaceChildren(...left.map(rowElement));
    shown = left.length;
    pager.hidden = first === 0 && !more;
    if (overflow() > 0) {
      pager.hidden = false;
      const elements = [...body.children];
      let excess = overflow();
      while (shown > 1 && excess > 0) {
        const last = elements[--shown]!;
        excess -= last.getBoundingClientRect().height;
        last.remove();
      }
    }
    describe();
  }

  function describe(): void {
    const known = options.count ?? (more ? undefined : rows.length);
    const range = `${formatCount(first + 1)}–${formatCount(first + shown)}`;
    const text = known === undefined ? range : `${range} of ${formatCount(known)}`;
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

  const rowElement = (row: Row): HTMLElement => {
    const [head, ...others] = columns;
    const details = others.flatMap(({ wide, cell }) => (wide && isContent(cell(row)) ? [cell(row)] : []));
    return element(
      'tr',
      {},
      element(
        'th',
        { scope: 'row' },
        head?.cell(row),
        details.length > 0 &&
          element('span', { class: 'details' }, ...details.map((detail) => element('span', {}, detail))),
      ),
      ...others.map((column) => element('td', { class: classOf(column) }, column.cell(row))),
    );
  };

  return made;
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
