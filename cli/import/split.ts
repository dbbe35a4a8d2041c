import { Refusal } from '../../shared/ledger/errors.ts';
import type { RecordKind } from '../../shared/ledger/kinds/index.ts';
import { fieldsOf } from '../../shared/ledger/shapes.ts';
import { quote } from '../../shared/text.ts';
import { sumOf } from './amount.ts';
import type { Columns, Row } from './columns.ts';
import { add, negate, parseDecimal, signOf, writeDecimal, zero } from './decimal.ts';
import { fieldReader, type Notation } from './field-reader.ts';
import type { SplitRule } from './mapping.ts';
import type { Draft } from './record-rule.ts';

/** Makes the parts of a payment from its row. */
export type ReadySplit = (row: Row, currency: string) => Draft[];

/**
 * Makes a rule ready that splits one payment over several invoices. Its parts come to the payment's amount exactly;
 * what is left of it becomes a part without an invoice where the mapping gives that an id.
 * @param draftOf the payment that a row, or a part of one, comes to
 * @throws {Refusal} when the mapping asks for what the file does not have.
 */
export function readySplit(
  kind: RecordKind,
  rule: SplitRule,
  columns: Columns,
  notation: Notation,
  draftOf: (row: Row, currency: string) => Draft,
): ReadySplit {
  const facts = fieldsOf(kind);
  const amountFact = facts.get('amount');
  const idFact = facts.get('id');
  if (kind !== 'payment' || !amountFact || !idFact)
    throw new Refusal(`"split" is only for payments: ${kind} is not one.`);
  const amount = fieldReader('amount', amountFact, rule.amount, columns, notation);
  const restId =
    rule.rest === undefined ? undefined : fieldReader('id', idFact, rule.rest, columns, notation);
  const parts = 'each' in rule ? lookedUpParts(rule.each, columns) : writtenParts(rule, columns);

  return (row, currency) => {
    const whole = amount.read(row, currency);
    if (typeof whole !== 'string')
      throw new Refusal(`${amount.place}, is missing: there is nothing to split.`);
    const drafts = parts.of(row).map((part) => draftOf(part, currency));
    const sum = sumOf(drafts.map((draft) => parseDecimal(String(draft.amount ?? '0')))) ?? zero;
    const rest = add(parseDecimal(whole), negate(sum));
    if (signOf(rest) === 0) return drafts;
    if (restId && signOf(rest) === signOf(parseDecimal(whole))) {
      const draft = draftOf(parts.none(row), currency);
      return [...drafts, { ...draft, id: restId.read(row, currency), amount: writeDecimal(rest) }];
    }
    const hint = restId
      ? 'expected at most the whole payment'
      : 'expected the whole payment, or "rest" in "split" with an id for the remaining amount';
    throw new Refusal(`${amount.place}: the parts of ${whole} add up to ${writeDecimal(sum)}: ${hint}.`);
  };
}

/** The rows that a row is split into, and the row without anything in what is split. */
interface Parts {
  of(row: Row): Row[];
  none(row: Row): Row;
}

function lookedUpParts(each: string, columns: Columns): Parts {
  const itemsOf = columns.items(each);
  return {
    of: (row) => itemsOf(row).map((item) => ({ ...row, item, ordinals: new Map() })),
    none: (row) => ({ ...row, item: [], ordinals: new Map() }),
  };
}

function writtenParts(
  { columns: names, separator }: Extract<SplitRule, { columns: string[] }>,
  columns: Columns,
): Parts {
  const positions = names.map((name) => columns.position(name));
  const withCells = (row: Row, cells: readonly string[]): Row => ({
    ...row,
    cells: row.cells.map((cell, at) => cells[positions.indexOf(at)] ?? cell),
    found: new Map(),
    ordinals: new Map(),
  });
  return {
    of(row) {
      const texts = positions.map((position) => (row.cells[position] ?? '').split(separator));
      const counts = texts.map(({ length }) => length);
      const count = Math.max(...counts);
      if (counts.some((length) => length !== count)) {
        const told = names.map((name, at) => `${counts[at]} in ${quote(name)}`).join(' and ');
        throw new Refusal(
          `Separated by ${quote(separator)}, the columns have different numbers of parts (${told}): expected the same number in each.`,
        );
      }
      return Array.from({ length: count }, (_, at) => texts.map((parts) => (parts[at] ?? '').trim()))
        .filter((cells) => cells.some((cell) => cell !== ''))
        .map((cells) => withCells(row, cells));
    },
    none: (row) =>
      withCells(
        row,
        names.map(() => ''),
      ),
  };
}
