import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import type { ReadCell, Row, Sheet } from './columns.ts';
import { add, type Decimal, multiply, negate } from './decimal.ts';
import type { Computation, FieldValue } from './mapping.ts';
import { mappedText, templateOf } from './text.ts';

/** A number from a row, written there or computed. */
export interface Amount {
  /** As the mapping has it, for messages. */
  shown: string;
  /** The columns that it is made from. */
  cells: readonly ReadCell[];
  /** Whether it is computed, and so may have more decimals than the file. */
  computed: boolean;
  /**
   * The exact number; undefined where the row has nothing for it.
   * @throws {Refusal} when one of its texts is not a number
   */
  read(row: Row): Decimal | undefined;
}

/**
 * Compiles a number.
 * @throws {Refusal} when a column is not there, or the mapping contradicts itself.
 */
export function amountOf(value: FieldValue, sheet: Sheet): Amount {
  if (typeof value === 'object' && !('from' in value)) return computed(value, sheet);
  const { cells, read } = mappedText(value, sheet.columns);
  const turned = typeof value === 'object' && value.negate === true;
  return {
    shown: quote(templateOf(value)),
    cells,
    computed: false,
    read(row) {
      const text = read(row);
      if (text === '') return undefined;
      const number = sheet.numbers.decimal(text);
      return turned ? negate(number) : number;
    },
  };
}

function computed(value: Computation, sheet: Sheet): Amount {
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
function readOperand(operand: Amount, row: Row): Decimal | undefined {
  try {
    return operand.read(row);
  } catch (error) {
    if (!(error instanceof Refusal) || operand.computed) throw error;
    throw new Refusal(`${operand.shown}: ${error.message}`);
  }
}

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
