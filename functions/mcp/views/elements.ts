/*
 * Elements of a page. What the books say only ever becomes text or the value of an attribute: nothing here, and nothing
 * else in a view, reads HTML.
 */

export type Content = Node | string | undefined | false;

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element with its attributes, of which those that are undefined or false are left out, and its content. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...content: readonly Content[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  addTo(made, attributes, content);
  return made;
}

/** An element of a drawing. */
export function drawn(name: string, attributes: Attributes = {}, ...content: readonly Content[]): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  addTo(made, attributes, content);
  return made;
}

function addTo(made: Element, attributes: Attributes, content: readonly Content[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...contentIn(content));
}

/** A text from the books. Marks that turn the direction of writing end with it. */
export const outside = (text: string): HTMLElement => element('bdi', {}, text);

/** A figure, a day or a few words that stay on one line; what is longer than those may break. */
export const short = (text: string, className = ''): HTMLElement =>
  element('span', { class: `${text.length <= 24 ? 'short' : ''} ${className}`.trim() || undefined }, text);

/** A button of text. */
export function button(label: string, press: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', press);
  return made;
}

/** Figures side by side, each with its name below. */
export const figures = (entries: readonly (readonly [name: string, value: string])[]): HTMLElement =>
  element(
    'dl',
    { class: 'figures' },
    ...entries.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  );

/**
 * A bar beside an amount in a table, which says the same in figures; a reader of the screen is told only those.
 * @param share of the longest bar, 0 to 1
 * @param kind a pattern tells it from others as well, not its colour alone
 */
export function bar(share: number, kind: 'plain' | 'hatched' = 'plain'): SVGElement {
  const width = share > 0 ? Math.max(1, share * 100) : 0;
  return drawn(
    'svg',
    { class: `bar ${kind}`, viewBox: '0 0 100 8', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    drawn('rect', { class: 'track', width: 100, height: 8 }),
    drawn('rect', { class: 'length', width, height: 8 }),
  );
}

/** More alternatives than this are a list to choose from, because buttons would take the room of what they show. */
const mostButtons = 3;

/** Alternatives, of which one is shown at a time. With one alone, there is nothing to choose. */
export function choice(
  label: string,
  options: readonly (readonly [name: string, content: () => readonly Content[]])[],
  changed: () => void,
): HTMLElement {
  const area = element('div');
  const show = (index: number): void => {
    area.replaceChildren(...contentIn(options[index]?.[1]() ?? []));
    changed();
  };
  show(0);
  if (options.length < 2) return area;
  const names = options.map(([name]) => name);
  const control =
    names.length > mostButtons ? chosenFromList(label, names, show) : chosenByButton(label, names, show);
  return element('div', {}, control, area);
}

function chosenByButton(label: string, names: readonly string[], show: (index: number) => void): HTMLElement {
  const press = (chosen: number): void => {
    for (const [index, each] of buttons.entries())
      each.setAttribute('aria-pressed', String(index === chosen));
  };
  const buttons = names.map((name, index) =>
    button(name, () => {
      press(index);
      show(index);
    }),
  );
  press(0);
  return element('div', { class: 'choice', role: 'group', 'aria-label': label }, ...buttons);
}

function chosenFromList(label: string, names: readonly string[], show: (index: number) => void): HTMLElement {
  const list = element(
    'select',
    {},
    ...names.map((name, index) => element('option', { value: index }, name)),
  );
  list.addEventListener('change', () => show(list.selectedIndex));
  return element('label', { class: 'choice' }, label, list);
}

/** The parts of a content that are there. */
export const contentIn = (content: readonly Content[]): (Node | string)[] =>
  content.filter((part) => part !== undefined && part !== false);
