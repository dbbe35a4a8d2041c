import { Refusal } from '../../shared/ledger/errors.ts';
import type { RecordKind } from '../../shared/ledger/kinds/index.ts';
import { quote } from '../../shared/text.ts';
import { sumOf } from './amount.ts';
import type { Row, Sheet } from './columns.ts';
import { add, negate, parseDecimal, signOf, writeDecimal, zero } from './decimal.ts';
import { type Draft, fieldReader } from './field.ts';
import type { SplitRule } from './mapping.ts';

/** Makes the parts of a payment from its row. */
export type Split = (row: Row, currency: string) => Draft[];

/**
 * Compiles the split of one payment over several invoices. Its parts come to the payment's amount exactly;
 * what is left of it becomes a part without an invoice where the mapping gives that an id.
 * @param draftOf the payment that a row, or a part of one, comes to
 * @throws {Refusal} when the mapping asks for what the file does not have.
 */
export function splitOf(
  kind: RecordKind,
  rule: SplitRule,
  sheet: Sheet,
  draftOf: (row: Row, currency: string) => Draft,
): Split {
  if (kind !== 'payment') throw new Refusal(`"split" is only for payments: ${kind} is not one.`);
  const reader = (type: 'money' | 'id', name: string, value: SplitRule['amount']) =>
    fieldReader(name, { type, required: true }, value, sheet);
  const amount = reader('money', 'amount', rule.amount);
  const restId = rule.rest === undefined ? undefined : reader('id', 'id', rule.rest);
  const partsOf = 'each' in rule ? lookedUpParts(rule.each, sheet) : writtenParts(rule, sheet);

  return (row, currency) => {
    const whole = amount.read(row, currency);
    if (typeof whole !== 'string')
      throw new Refusal(`${amount.place}, is missing: there is nothing to split.`);
    const { parts, none } = partsOf(row);
    const drafts = parts.map((part) => draftOf(part, currency));
    const sum = sumOf(drafts.map((draft) => parseDecimal(String(draft.amount ?? '0')))) ?? zero;
    const rest = add(parseDecimal(whole), negate(sum));
    if (signOf(rest) === 0) return drafts;
    if (restId && signOf(rest) === signOf(parseDecimal(whole))) {
      const draft = draftOf(none, currency);
      return [...drafts, { ...draft, id: restId.read(row, currency), amount: writeDecimal(rest) }];
    }
    const hint = restId
      ? 'expected at most the whole payment'
      : 'expected the whole payment, or "rest" in "split" with an id for the remaining amount';
    throw new Refusal(`${amount.place}: the parts of ${whole} add up to ${writeDecimal(sum)}: ${hint}.`);
  };
}

/** The rows that a row is split into, and the row without anything in what is split. */
type PartsOf = (row: Row) => { parts: Row[]; none: Row };

function lookedUpParts(each: string, { columns }: Sheet): PartsOf {
  const itemsOf = columns.items(each);
  const withItem = (row: Row, item: readonly string[]): Row => ({ ...row, item, ordinals: new Map() });
  return (row) => ({ parts: itemsOf(row).map((item) => withItem(row, item)), none: withItem(row, []) });
}

function writtenParts(
  { columns: names, separator }: Extract<SplitRule, { columns: string[] }>,
  { columns }: Sheet,
): PartsOf {
  const positions = names.map((name) => columns.position(name));
  const withCells = (row: Row, cells: readonly string[]): Row => ({
    ...row,
    cells: row.cells.map((cell, at) => cells[positions.indexOf(at)] ?? cell),
    found: new Map(),
    ordinals: new Map(),
  });
  return (row) => {
    const texts = positions.map((position) => (row.cells[position] ?? '').split(separator));
    const counts = texts.map(({ length }) => length);
    const count = Math.max(...counts);
    if (counts.some((length) => length !== count)) {
      const numbers = names.map((name, at) => `${counts[at]} in ${quote(name)}`).join(' and ');
      throw new Refusal(
        `Separated by ${quote(separator)}, the columns have different numbers of parts (${numbers}): expected the same number in each.`,
      );
    }
    const parts = Array.from({ length: count }, (_, at) => texts.map((part) => (part[at] ?? '').trim()))
      .filter((cells) => cells.some((cell) => cell !== ''))
      .map((cells) => withCells(row, cells));
    return { parts, none: withCells(row, Array(names.length).fill('')) };
  };
}
