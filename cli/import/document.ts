import { Refusal } from '../../shared/ledger/errors.ts';
import type { Draft } from './field.ts';
import { orRefused } from './refusals.ts';
import type { Rule } from './rule.ts';
import type { Row } from './sheet.ts';
import type { Entry } from './source.ts';

/**
 * A document whose rows can be anywhere in the file, with the other records from the same rows (its payment, its
 * customer). Its first row sets the fields of the document. A later row can leave them out, but not contradict them.
 * Either all of it is loaded or nothing.
 */
export class Document {
  readonly #rule: Rule;
  readonly #lines: number[] = [];
  /** The document itself, and the other records by their kind and id. */
  readonly #parts = new Map<string, Part>();
  #refusal: { refused: string; line: number } | undefined;

  constructor(rule: Rule) {
    this.#rule = rule;
  }

  /** Adds a row and all that the rules make from it. */
  add(row: Row, rules: readonly Rule[]): void {
    this.#lines.push(row.line);
    if (this.#refusal) return;
    const refused = orRefused(() => {
      this.#addDrafts(this.#rule, row);
      for (const rule of rules) if (rule !== this.#rule) this.#addDrafts(rule, row);
    });
    if (refused) this.#refusal = { ...refused, line: row.line };
  }

  /** The result, once all rows have been read. */
  entry(): Entry {
    const lines = this.#lines;
    if (this.#refusal) return { lines, ...this.#refusal };
    const recordsOf = ({ rule, draft, items, row }: Part) =>
      rule.candidates(draft, items, row, this.#own?.items);
    return { lines, ...orRefused(() => ({ records: [...this.#parts.values()].flatMap(recordsOf) })) };
  }

  get #own(): Part | undefined {
    return this.#parts.get(ownKey);
  }

  #addDrafts(rule: Rule, row: Row): void {
    const isOwn = rule === this.#rule;
    for (const draft of rule.drafts(row, this.#own?.draft.currency as string | undefined)) {
      const key = isOwn ? ownKey : `${rule.kind} ${String(draft.id)}`;
      const known = this.#parts.get(key);
      if (!known) {
        this.#parts.set(key, { rule, draft, row, items: rule.items(row) });
        continue;
      }
      if (!rule.keepFirst) refuseContradiction(known, draft);
      if (isOwn) known.items.push(...rule.items(row));
    }
  }
}

const ownKey = '';

/** A record so far, and its first row. */
interface Part {
  rule: Rule;
  draft: Draft;
  row: Row;
  items: Draft[];
}

function refuseContradiction(first: Part, later: Draft): void {
  for (const [field, value] of Object.entries(later)) {
    const known = first.draft[field];
    if (value === known || shown(value) === shown(known)) continue;
    throw new Refusal(
      `${field} is ${shown(value)} here and ${shown(known)} on line ${first.row.line}: expected the same on every row of a document, or "keepFirst": true in its rule.`,
    );
  }
}

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
