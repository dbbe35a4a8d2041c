import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import type { Row, Sheet } from './columns.ts';
import type { Condition, Conditions } from './mapping.ts';
import type { NumberReader } from './number-style.ts';

/** Whether a row meets the conditions. Throws a `Refusal` when a column that must be an amount is not one. */
export type RowTest = (row: Row) => boolean;

/**
 * Makes the test for all of some conditions.
 * @throws {Refusal} when one names a column that does not exist.
 */
export function rowTest(conditions: Conditions, { columns, numbers }: Sheet): RowTest {
  const tests = Object.entries(conditions).map(([name, condition]) => {
    const cell = columns.cell(name);
    const holds = textTest(condition, numbers);
    const place = `column ${quote(name)}`;
    return (row: Row) => {
      try {
        const text = cell(row);
        if (text !== '') row.reading.tried(place);
        return holds(text);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        row.reading.failed(place, error);
        throw new Refusal(`${place}: ${error.message}`);
      }
    };
  });
  return (row) => tests.every((test) => test(row));
}

function textTest(condition: Condition, numbers: NumberReader): (text: string) => boolean {
  if (typeof condition === 'string') return (text) => text === condition;
  if (Array.isArray(condition)) return (text) => condition.includes(text);
  if ('not' in condition) {
    const holds = textTest(condition.not, numbers);
    return (text) => !holds(text);
  }
  if ('matches' in condition) {
    const pattern = new RegExp(condition.matches, 'u');
    return (text) => pattern.test(text);
  }
  if ('empty' in condition) return (text) => (text === '') === condition.empty;
  const sign = { negative: -1, zero: 0, positive: 1 }[condition.amount];
  return (text) => numbers.sign(text) === sign;
}
