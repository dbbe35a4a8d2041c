import { add, type Decimal, multiply, negate } from './decimal.ts';
import type { Computation, FieldValue } from './mapping.ts';
import { located } from './refusals.ts';
import { converted, type Row, type Sheet, type Value } from './sheet.ts';
import { textOf } from './text.ts';

/**
 * Compiles an exact number, written in a row or computed.
 * @throws {Refusal} when a column is not there, or the mapping contradicts itself.
 */
export function amountOf(value: FieldValue, sheet: Sheet): Value<Decimal> {
  if (typeof value === 'object' && !('from' in value)) return computed(value, sheet);
  const amount = converted(textOf(value, sheet), sheet.numbers.decimal);
  return typeof value === 'object' && value.negate ? converted(amount, negate) : amount;
}

function computed(value: Computation, sheet: Sheet): Value<Decimal> {
  const [values, sign, combine] =
    'sum' in value
      ? ([value.sum, ' + ', sumOf] as const)
      : 'difference' in value
        ? ([value.difference, ' - ', differenceOf] as const)
        : ([value.product, ' × ', productOf] as const);
  const operands = values.map((operand) => amountOf(operand, sheet));
  return {
    shown: operands.map(({ shown, computed }) => (computed ? `(${shown})` : shown)).join(sign),
    cells: operands.flatMap(({ cells }) => cells),
    computed: true,
    read: (row) => combine(operands.map((operand) => readOperand(operand, row))),
  };
}

/** Names the operand in the message about it. */
const readOperand = ({ shown, computed, read }: Value<Decimal>, row: Row): Decimal | undefined =>
  computed ? read(row) : located(shown, () => read(row));

type Operands = readonly (Decimal | undefined)[];

/** The sum of the operands that are there; undefined when none is. */
export const sumOf = (operands: Operands): Decimal | undefined =>
  operands.reduce((sum, operand) => (sum && operand ? add(sum, operand) : (sum ?? operand)), undefined);

/** The first minus the others that are there; undefined when the first is missing. */
function differenceOf([first, ...others]: Operands): Decimal | undefined {
  const subtracted = sumOf(others);
  return first && subtracted ? add(first, negate(subtracted)) : first;
}

/** The product of all operands; undefined when one is missing. */
const productOf = (operands: Operands): Decimal | undefined =>
  operands.reduce((product, operand) => product && operand && multiply(product, operand));
