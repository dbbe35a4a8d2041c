import { Refusal } from '../../shared/ledger/errors.ts';
import type { Row } from './columns.ts';
import type { Candidate, Entry } from './entry.ts';
import type { Draft, ReadyRule } from './record-rule.ts';

/**
 * A document whose rows can be anywhere in the file, with the other records from the same rows (its payment, its
 * customer). Its first row sets the fields of the document. A later row can leave them out, but not contradict them.
 * Either all of it is loaded or nothing.
 */
export class Document {
  readonly #rule: ReadyRule;
  readonly #lines: number[] = [];
  readonly #items: Draft[] = [];
  readonly #beside = new Map<string, Told & { rule: ReadyRule; items: Draft[] }>();
  #head: Told | undefined;
  #refusal: { refused: string; line: number } | undefined;

  constructor(rule: ReadyRule) {
    this.#rule = rule;
  }

  /** Adds a row and all that the rules make from it. */
  add(row: Row, rules: readonly ReadyRule[]): void {
    this.#lines.push(row.line);
    if (this.#refusal) return;
    try {
      this.#addLine(row);
      for (const rule of rules) if (rule !== this.#rule) this.#addBeside(rule, row);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#refusal = { refused: error.message, line: row.line };
    }
  }

  /** The result, once all rows have been read. */
  entry(): Entry {
    const lines = this.#lines;
    if (this.#refusal) return { lines, ...this.#refusal };
    const head = this.#head as Told;
    try {
      const told = [{ ...head, rule: this.#rule, items: this.#items }, ...this.#beside.values()];
      const records = told.flatMap(({ rule, draft, items, row }): Candidate[] => {
        const record = rule.record(draft, items, row, this.#items);
        return record ? [{ record, keepFirst: rule.keepFirst }] : [];
      });
      return { lines, records };
    } catch (error) {
      if (error instanceof Refusal) return { lines, refused: error.message };
      throw error;
    }
  }

  #addLine(row: Row): void {
    const known = this.#head?.draft.currency as string | undefined;
    for (const draft of this.#rule.drafts(row, known)) {
      if (!this.#head) this.#head = { draft, row };
      else if (!this.#rule.keepFirst) refuseContradiction(this.#head, draft);
      this.#items.push(...this.#rule.items(row, String(draft.currency)));
    }
  }

  #addBeside(rule: ReadyRule, row: Row): void {
    for (const draft of rule.drafts(row, this.#head?.draft.currency as string | undefined)) {
      const key = `${rule.kind} ${String(draft.id)}`;
      const earlier = this.#beside.get(key);
      if (earlier) {
        if (!rule.keepFirst) refuseContradiction(earlier, draft);
        continue;
      }
      this.#beside.set(key, { draft, row, rule, items: rule.items(row, String(draft.currency)) });
    }
  }
}

/** A record so far, and its first row. */
interface Told {
  draft: Draft;
  row: Row;
}

function refuseContradiction(first: Told, later: Draft): void {
  for (const [field, value] of Object.entries(later)) {
    const [here, there] = [shown(value), shown(first.draft[field])];
    if (here !== there) {
      throw new Refusal(
        `${field} is ${here} here and ${there} on line ${first.row.line}: expected the same on every row of a document, or "keepFirst": true in its rule.`,
      );
    }
  }
}

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
