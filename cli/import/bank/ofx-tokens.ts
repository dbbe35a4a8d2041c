import type { Place } from './statement.ts';

/*
 * Takes OFX apart: tags, and the texts between them. Nothing has to be well-formed.
 */

export type OfxToken = Place &
  (
    | { opens: string }
    | { closes: string }
    /** With entities replaced. */
    | { text: string; isCut: boolean }
    /** What stands before the first tag, and the processing instructions. */
    | { header: string }
  );

/** Far more than a value can have: 255 characters. */
const longestToken = 20_000;

/** A tag begins like this; other "<" are text. */
const markupStart = /<(?=[A-Za-z/!?])/g;

/** Yields the tags of a file and the texts between them, in their order. */
export class TokenScanner {
  #rest = '';
  #line = 1;
  #column = 1;
  #isHeader = true;
  /** Whether the beginning of a text that is too long was yielded, and the rest is passed over. */
  #isPassingOver = false;
  /** Where in the text at hand something comes next, so that it is searched once. */
  #ahead = new Map<string, number>();

  scan(piece: string): Generator<OfxToken> {
    return this.#tokens(piece, false);
  }

  end(): Generator<OfxToken> {
    return this.#tokens('', true);
  }

  *#tokens(piece: string, isEnd: boolean): Generator<OfxToken> {
    const text = this.#rest + piece;
    this.#ahead = new Map();
    let at = 0;
    while (at < text.length) {
      markupStart.lastIndex = at;
      const start = markupStart.exec(text)?.index ?? -1;
      if (start < 0 && !isEnd && text.length - at <= longestToken) break;
      if (start !== at) {
        // The last character may be the "<" of a tag.
        const end = start >= 0 ? start : isEnd ? text.length : text.length - 1;
        yield* this.#text(text.slice(at, end), start >= 0 || isEnd);
        this.#advance(text, at, end);
        at = end;
        if (start < 0) break;
        continue;
      }
      const end = this.#markupEnd(text, at);
      if (end === undefined) {
        if (!isEnd && text.length - at <= longestToken) break;
        // No tag is so long, and none ends with the file: it is text.
        yield* this.#text(text.slice(at, at + 1), true);
        this.#advance(text, at, at + 1);
        at++;
        continue;
      }
      yield* this.#markup(text.slice(at, end));
      this.#advance(text, at, end);
      at = end;
    }
    this.#rest = text.slice(at);
  }

  /** Where a text comes next, from a place on that is never before the last one asked. */
  #next(what: string, text: string, from: number): number {
    const known = this.#ahead.get(what);
    if (known !== undefined && known >= from) return known;
    const found = text.indexOf(what, from);
    const next = found < 0 ? Number.POSITIVE_INFINITY : found;
    this.#ahead.set(what, next);
    return next;
  }

  #advance(text: string, from: number, to: number): void {
    let lineStart = from;
    for (let next = this.#next('\n', text, from); next < to; next = this.#next('\n', text, next + 1)) {
      this.#line++;
      this.#column = 1;
      lineStart = next + 1;
    }
    this.#column += to - lineStart;
  }

  /** Where the markup that begins at a place ends; undefined when that is not in the text, or too far. */
  #markupEnd(text: string, at: number): number | undefined {
    const end = text.startsWith('<!--', at) ? '-->' : text.startsWith('<![CDATA[', at) ? ']]>' : '>';
    const found = this.#next(end, text, at);
    return found - at > longestToken ? undefined : found + end.length;
  }

  *#text(text: string, isWhole: boolean): Generator<OfxToken> {
    const wasPassedOver = this.#isPassingOver;
    this.#isPassingOver = !isWhole;
    if (wasPassedOver) return;
    const { line, column } = this.#place();
    if (this.#isHeader) yield { line, column, header: text.slice(0, longestToken) };
    else if (text.trim() !== '') {
      const isCut = !isWhole || text.length > longestToken;
      yield { line, column, text: withoutEntities(text.slice(0, longestToken)), isCut };
    }
  }

  *#markup(markup: string): Generator<OfxToken> {
    this.#isPassingOver = false;
    const place = this.#place();
    const cdata = /^<!\[CDATA\[(.*)\]\]>$/s.exec(markup)?.[1];
    if (cdata !== undefined) {
      yield { ...place, text: cdata.slice(0, longestToken), isCut: cdata.length > longestToken };
    } else if (markup.startsWith('<?')) {
      yield { ...place, header: markup };
    } else {
      const [, slash, name] = /^<(\/?)([A-Za-z][\w.-]*)/.exec(markup) ?? [];
      if (name === undefined) return;
      this.#isHeader = false;
      const upper = name.toUpperCase();
      if (slash) yield { ...place, closes: upper };
      else yield { ...place, opens: upper };
      if (!slash && markup.endsWith('/>')) yield { ...place, closes: upper };
    }
  }

  #place(): Place {
    return { line: this.#line, column: this.#column };
  }
}

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
]);

/** The text with entities replaced once; an "&" that begins none is itself. */
const withoutEntities = (text: string): string =>
  text.replaceAll(
    /&(?:#(\d{1,7})|#x([\dA-Fa-f]{1,6})|(\w{2,4}));/g,
    (written, decimal, hexadecimal, name) => {
      if (name !== undefined) return entities.get(name) ?? written;
      const code = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number.parseInt(decimal, 10);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : written;
    },
  );
