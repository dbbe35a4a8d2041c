import { Refusal } from '../../shared/ledger/errors.ts';
import type { RecordKind } from '../../shared/ledger/kinds/index.ts';
import { quote } from '../../shared/text.ts';
import { sumOf } from './amount.ts';
import { add, negate, parseDecimal, signOf, writeDecimal, zero } from './decimal.ts';
import { type Draft, fieldOf } from './field.ts';
import type { FieldValue, SplitRule } from './mapping.ts';
import type { Row, Sheet } from './sheet.ts';

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
  draftOf: (row: Row) => Draft,
): (row: Row) => Draft[] {
  if (kind !== 'payment') throw new Refusal(`"split" is only for payments: ${kind} is not one.`);
  const field = (type: 'money' | 'id', name: string, value: FieldValue) =>
    fieldOf(name, { type, required: true }, value, sheet);
  const amount = field('money', 'amount', rule.amount);
  const restId = rule.rest === undefined ? undefined : field('id', 'id', rule.rest);
  const { partsIn, rowOf } = 'each' in rule ? lookedUp(rule.each, sheet) : written(rule, sheet);

  return (row) => {
    const whole = amount.read(row);
    if (typeof whole !== 'string')
      throw new Refusal(`${amount.place}, is missing: there is nothing to split.`);
    const drafts = partsIn(row).map((part) => draftOf(rowOf(row, part)));
    const sum = sumOf(drafts.map((draft) => parseDecimal(String(draft.amount ?? '0')))) ?? zero;
    const rest = add(parseDecimal(whole), negate(sum));
    if (signOf(rest) === 0) return drafts;
    if (restId && signOf(rest) === signOf(parseDecimal(whole))) {
      const draft = draftOf(rowOf(row, []));
      return [...drafts, { ...draft, id: restId.read(row), amount: writeDecimal(rest) }];
    }
    const hint = restId
      ? 'expected at most the whole payment'
      : 'expected the whole payment, or "rest" in "split" with an id for the remaining amount';
    throw new Refusal(`${amount.place}: the parts of ${whole} add up to ${writeDecimal(sum)}: ${hint}.`);
  };
}

/** The parts of a payment, as the cells in which they differ. */
interface Parts {
  partsIn(row: Row): readonly (readonly string[])[];
  /** The row of a part; without cells, it has nothing in what is split. */
  rowOf(row: Row, part: readonly string[]): Row;
}

const lookedUp = (each: string, sheet: Sheet): Parts => ({
  partsIn: sheet.items(each),
  rowOf: (row, item) => ({ ...row, item, ordinals: new Map() }),
});

function written({ columns, separator }: Extract<SplitRule, { columns: string[] }>, sheet: Sheet): Parts {
  const positions = columns.map((name) => sheet.position(name));
  return {
    partsIn(row) {
      const texts = positions.map((position) => (row.cells[position] ?? '').split(separator));
      const counts = texts.map(({ length }) => length);
      const count = Math.max(...counts);
      if (counts.some((length) => length !== count)) {
        const numbers = columns.map((name, at) => `${counts[at]} in ${quote(name)}`).join(' and ');
        throw new Refusal(
          `Separated by ${quote(separator)}, the columns have different numbers of parts (${numbers}): expected the same number in each.`,
        );
      }
      return Array.from({ length: count }, (_, at) => texts.map((part) => (part[at] ?? '').trim())).filter(
        (cells) => cells.some((cell) => cell !== ''),
      );
    },
    rowOf(row, part) {
      const cells = [...row.cells];
      positions.forEach((position, at) => {
        cells[position] = part[at] ?? '';
      });
      return { ...row, cells, ordinals: new Map() };
    },
  };
}
