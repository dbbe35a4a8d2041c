import { quote } from '../../shared/text.ts';
import { signOf } from './decimal.ts';
import type { Condition, Conditions } from './mapping.ts';
import type { NumberReader } from './number-style.ts';
import { watched } from './reading.ts';
import type { Row, Sheet } from './sheet.ts';

/** Whether a row meets the conditions. Throws a `Refusal` when a column that must be an amount is not one. */
export type RowTest = (row: Row) => boolean;

/**
 * Makes the test for all of some conditions.
 * @throws {Refusal} when one names a column that does not exist.
 */
export function rowTest(conditions: Conditions, sheet: Sheet): RowTest {
  const tests = Object.entries(conditions).map(([name, condition]) => {
    const cell = sheet.cell(name);
    const holds = textTest(condition, sheet.numbers);
    const ifEmpty = holds('');
    const ifFilled = watched(`column ${quote(name)}`, (row) => {
      const text = cell(row);
      return text === '' ? undefined : holds(text);
    });
    return (row: Row) => ifFilled(row) ?? ifEmpty;
  });
  return (row) => tests.every((test) => test(row));
}

/** Nothing counts as an amount of zero. */
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
  return (text) => (text === '' ? 0 : signOf(numbers.decimal(text))) === sign;
}
