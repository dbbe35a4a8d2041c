import { Refusal } from '../../shared/ledger/errors.ts';
import { parseRecord } from '../../shared/ledger/record-format.ts';
import type { Row } from './columns.ts';
import type { Candidate, Entry } from './entry.ts';
import type { Draft, ReadyRule } from './record-rule.ts';

/**
 * A document whose rows need not stand together, with the records that the same rows make beside it (its payment, its
 * customer). What its first row says of the whole document counts; a later row may leave it out, not contradict it.
 * All of it is loaded or nothing.
 */
export class Document {
  readonly #rule: ReadyRule;
  readonly #lines: number[] = [];
  readonly #items: Draft[] = [];
  readonly #beside = new Map<string, { draft: Draft; rule: ReadyRule; line: number }>();
  #head: { draft: Draft; line: number } | undefined;
  #refusal: { refused: string; line: number } | undefined;

  constructor(rule: ReadyRule) {
    this.#rule = rule;
  }

  /** Takes in a row and all that the rules make of it. */
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

  /** What has become of it, once all rows have been seen. */
  entry(): Entry {
    const lines = this.#lines;
    if (this.#refusal) return { lines, ...this.#refusal };
    try {
      const whole = { ...this.#head?.draft, [this.#rule.list?.name ?? 'lines']: this.#items };
      const records: Candidate[] = [{ record: parseRecord(whole), keepFirst: this.#rule.keepFirst }];
      for (const { draft, rule } of this.#beside.values()) {
        records.push({ record: parseRecord(draft), keepFirst: rule.keepFirst });
      }
      return { lines, records };
    } catch (error) {
      if (error instanceof Refusal) return { lines, refused: error.message };
      throw error;
    }
  }

  #addLine(row: Row): void {
    const known = this.#head?.draft.currency as string | undefined;
    const draft = this.#rule.draft(row, known);
    if (this.#head) refuseContradiction(this.#head, draft);
    else this.#head = { draft, line: row.line };
    this.#items.push(...(this.#rule.list?.items(row, String(draft.currency)) ?? []));
  }

  #addBeside(rule: ReadyRule, row: Row): void {
    const draft = rule.draft(row, this.#head?.draft.currency as string | undefined);
    if (rule.list) draft[rule.list.name] = rule.list.items(row, String(draft.currency));
    const key = `${rule.kind} ${String(draft.id)}`;
    const earlier = this.#beside.get(key);
    if (!earlier) this.#beside.set(key, { draft, rule, line: row.line });
    else if (!rule.keepFirst) refuseContradiction(earlier, draft);
  }
}

function refuseContradiction(first: { draft: Draft; line: number }, later: Draft): void {
  for (const [field, value] of Object.entries(later)) {
    const [here, there] = [shown(value), shown(first.draft[field])];
    if (here !== there) {
      throw new Refusal(
        `${field} is ${here} here and ${there} on line ${first.line}: expected the same on every row of a document.`,
      );
    }
  }
}

const shown = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
