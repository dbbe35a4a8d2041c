import type { Day } from '../../shared/ledger/dates.ts';
import type { Expense } from '../../shared/ledger/kinds/expense.ts';
import { parseMoney } from '../../shared/ledger/money.ts';
import { readRows } from './csv.ts';
import { shiftInto } from './whole-weeks.ts';

/**
 * A slice of the spending of the Greater London Authority, its pounds taken as US dollars, moved by whole weeks.
 * Its newest day is a Monday: moved into the week of `today`, no expense lies in the future.
 */
export function northwindExpenses(today: Day): Expense[] {
  const rows = readRows('gla/expenses.csv', [
    'ID',
    'Vendor',
    'AccountDescription',
    'DocNo',
    'Amount',
    'Date',
  ]);
  const shift = shiftInto(
    today,
    rows.map((row) => row.Date),
  );
  return rows.map((row) => {
    const amount = parseMoney(row.Amount, 'USD');
    return {
      kind: 'expense',
      id: row.ID,
      lifecycle: 'recorded',
      vendor: row.Vendor,
      category: row.AccountDescription,
      type: amount < 0 ? 'supplier credit' : 'supplier payment',
      currency: 'USD',
      date: shift(row.Date),
      amount,
      reference: row.DocNo,
    };
  });
}
