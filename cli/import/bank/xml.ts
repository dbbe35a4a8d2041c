import { SaxesParser } from 'saxes';
import type { Pieces, Place } from './statement.ts';

/** An element with everything in it. Names have no prefix. */
export interface XmlElement extends Place {
  name: string;
  attributes: Readonly<Record<string, string>>;
  text: string;
  children: XmlElement[];
}

export type XmlPart = Place &
  (
    | { opens: string; attributes: Readonly<Record<string, string>> }
    | { closes: string }
    /** A child of a container, and how many elements in it were only counted. */
    | { element: XmlElement; within: string; countedOnly: number }
    /** A child of a container that is too large to keep. */
    | { oversized: string; within: string }
    /** Why the rest of the file cannot be read. */
    | { broken: string }
  );

export interface XmlStyle {
  /** Elements whose children are yielded whole. All others are yielded when they open and when they close. */
  containers: ReadonlySet<string>;
  /** Elements of which each whole one keeps only the first, and counts the others. */
  countedOnly: string;
}

const deepest = 100;
const mostElements = 20_000;
const mostCharacters = 1_000_000;
/** Far more than a text, a tag or a comment has, of which the parser tells only when it ends. */
const longestToken = 100_000;

/** What grows while an element is read whole. */
interface Tree {
  elements: number;
  characters: number;
  countedOnly: number;
}

/**
 * Reads an XML file without keeping more of it than one element. Only the five predefined entities and character
 * references are replaced. A document type declaration, which could define others, ends the reading.
 */
export async function* readXml(pieces: Pieces, style: XmlStyle): AsyncGenerator<XmlPart> {
  const walk = new XmlWalk(style);
  for await (const piece of pieces) {
    yield* walk.read(piece);
    if (walk.isBroken) return;
  }
  yield* walk.end();
}

class XmlWalk {
  readonly #parser = new SaxesParser();
  readonly #style: XmlStyle;
  #found: XmlPart[] = [];
  /** The names of the open elements. */
  readonly #open: string[] = [];
  /** The open elements that are kept: the child of a container, and within it. */
  #kept: XmlElement[] = [];
  #tree: Tree = { elements: 0, characters: 0, countedOnly: 0 };
  /** How many open elements are passed over. */
  #passedOver = 0;
  #place: Place = { line: 1, column: 1 };
  /** How much of the file was read, and how much of it when the parser last told something. */
  #length = 0;
  #lastEvent = 0;
  isBroken = false;

  constructor(style: XmlStyle) {
    this.#style = style;
    this.#parser.on('opentagstart', ({ name }) => {
      const { line, column } = this.#parser;
      // The parser has read "<", the name and one more character.
      this.#place = { line, column: Math.max(1, column - name.length - 1) };
    });
    this.#parser.on('opentag', ({ name, attributes }) => this.#opened(name, attributes));
    this.#parser.on('closetag', ({ name }) => this.#closed(name));
    this.#parser.on('text', (text) => this.#text(text));
    this.#parser.on('cdata', (text) => this.#text(text));
    this.#parser.on('comment', () => this.#event());
    this.#parser.on('processinginstruction', () => this.#event());
    this.#parser.on('doctype', () => {
      this.#break('has a document type declaration: expected a bank statement without one');
    });
    this.#parser.on('error', ({ message }) => {
      this.#break(`is not well-formed XML (${message.replace(/^[\d:]+ /, '').replace(/\.$/, '')})`);
    });
  }

  read(piece: string): XmlPart[] {
    this.#parser.write(piece);
    this.#length += piece.length;
    if (this.#length - this.#lastEvent > longestToken) {
      this.#break(`has a text or a tag of more than ${longestToken.toLocaleString('en')} characters`);
    }
    return this.#taken();
  }

  end(): XmlPart[] {
    this.#parser.close();
    return this.#taken();
  }

  #taken(): XmlPart[] {
    const found = this.#found;
    this.#found = [];
    return found;
  }

  #event(): boolean {
    this.#lastEvent = this.#parser.position;
    return !this.isBroken;
  }

  #break(why: string): void {
    if (this.isBroken) return;
    this.isBroken = true;
    const { line, column } = this.#parser;
    this.#found.push({
      line,
      column: column + 1,
      broken: `The file ${why}: the rest of it was not read.`,
    });
  }

  #opened(qualified: string, attributes: Record<string, string>): void {
    if (!this.#event()) return;
    const name = localName(qualified);
    const parent = this.#open.at(-1);
    this.#open.push(name);
    if (this.#open.length > deepest) {
      this.#break(`has elements in more than ${deepest} others`);
    } else if (this.#passedOver > 0) {
      this.#passedOver++;
    } else if (this.#kept.length > 0) {
      this.#keepWithin(this.#kept[this.#kept.length - 1]!, name, attributes);
    } else if (parent !== undefined && this.#style.containers.has(parent)) {
      this.#tree = { elements: 1, characters: sizeOf(attributes), countedOnly: 0 };
      this.#kept = [{ ...this.#place, name, attributes, text: '', children: [] }];
    } else {
      this.#found.push({ ...this.#place, opens: name, attributes });
    }
  }

  #keepWithin(parent: XmlElement, name: string, attributes: Record<string, string>): void {
    const tree = this.#tree;
    if (name === this.#style.countedOnly && ++tree.countedOnly > 1) {
      this.#passedOver = 1;
      return;
    }
    tree.elements++;
    tree.characters += sizeOf(attributes);
    if (this.#isOversized()) {
      this.#forget();
      this.#passedOver = 1;
      return;
    }
    const element = { ...this.#place, name, attributes, text: '', children: [] };
    parent.children.push(element);
    this.#kept.push(element);
  }

  #text(text: string): void {
    if (!this.#event() || this.#passedOver > 0) return;
    const element = this.#kept.at(-1);
    if (!element) return;
    this.#tree.characters += text.length;
    if (this.#isOversized()) this.#forget();
    else element.text += text;
  }

  /** Lets go of what was kept of an element that is too large. */
  #forget(): void {
    for (const element of this.#kept) {
      element.text = '';
      element.children = [];
    }
  }

  #isOversized(): boolean {
    return this.#tree.elements > mostElements || this.#tree.characters > mostCharacters;
  }

  #closed(qualified: string): void {
    if (!this.#event()) return;
    const name = localName(qualified);
    this.#open.pop();
    if (this.#passedOver > 0) {
      this.#passedOver--;
      return;
    }
    const element = this.#kept.pop();
    if (!element) {
      const { line, column } = this.#parser;
      this.#found.push({ line, column, closes: name });
    } else if (this.#kept.length === 0) {
      const { line, column } = element;
      const within = this.#open.at(-1) ?? '';
      this.#found.push(
        this.#isOversized()
          ? { line, column, oversized: name, within }
          : { line, column, element, within, countedOnly: Math.max(0, this.#tree.countedOnly - 1) },
      );
    }
  }
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

const sizeOf = (attributes: Record<string, string>): number =>
  Object.values(attributes).reduce((size, value) => size + value.length, 0);

/** The first element at a path below an element: "RmtInf/Strd/CdtrRefInf". */
export function elementAt(element: XmlElement | undefined, path: string): XmlElement | undefined {
  return path
    .split('/')
    .reduce<XmlElement | undefined>((at, name) => at?.children.find((child) => child.name === name), element);
}

/** The text of the first element at a path, without blanks around it; undefined when there is none, or it is empty. */
export const textAt = (element: XmlElement | undefined, path: string): string | undefined =>
  elementAt(element, path)?.text.trim() || undefined;

/** The children of an element that have a name. */
export const childrenOf = (element: XmlElement | undefined, name: string): XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? [];
