import { addDays, type Day } from '../../shared/ledger/dates.ts';
import type { CreditNote } from '../../shared/ledger/kinds/credit-note.ts';
import type { Payment } from '../../shared/ledger/kinds/payment.ts';
import type { Minor } from '../../shared/ledger/money.ts';
import type { PayingHabit } from './northwind-customers.ts';
import { type Order, taxOn } from './northwind-orders.ts';

/** What happens to an order's invoice. */
export type Course =
  | 'void'
  | 'unpaid'
  | 'half_paid'
  | 'damaged'
  | 'returned'
  | 'rounded_up'
  | 'two_parts'
  | 'paid';

/** The first divisor of the order's number decides. They are primes, so that customers and courses mix. */
const courseByDivisor: readonly (readonly [divisor: number, course: Course])[] = [
  [97, 'void'],
  [67, 'unpaid'],
  [43, 'half_paid'],
  [89, 'damaged'],
  [103, 'returned'],
  [107, 'rounded_up'],
  [7, 'two_parts'],
];

export const courseOf = (order: Order): Course =>
  courseByDivisor.find(([divisor]) => order.number % divisor === 0)?.[1] ?? 'paid';

const daysUntilDamageIsCredited = 10;
const daysUntilGoodsAreReturned = 14;
const daysBetweenParts = 10;
const roundNumber = 100_00;

/** For customers who pay by card, the first charge fails for orders that this number divides. */
const failingChargeDivisor = 5;

/** All payments, refunds and credit notes of an order, past or future, by its course and the customer's habit. */
export function settlementsOf(order: Order, habit: PayingHabit): (Payment | CreditNote)[] {
  const day = addDays(order.due, habit.daysLate);
  const { total } = order;
  const half = Math.floor(total / 2);
  const payment = (part: string, date: Day, amount: Minor) => paymentFor(order, habit, part, date, amount);

  switch (courseOf(order)) {
    case 'void':
    case 'unpaid':
      return [];
    case 'half_paid':
      return [payment('1', day, half)];
    case 'damaged': {
      const credit = creditForFirstLine(order, addDays(order.issued, daysUntilDamageIsCredited));
      return [credit, payment('1', day, total - credit.total)];
    }
    case 'returned': {
      const returned = addDays(day, daysUntilGoodsAreReturned);
      const credit = creditForFirstLine(order, returned);
      return [payment('1', day, total), credit, payment('refund', returned, -credit.total)];
    }
    case 'rounded_up':
      return [payment('1', day, Math.ceil(total / roundNumber) * roundNumber)];
    case 'two_parts':
      return [payment('1', addDays(day, -daysBetweenParts), half), payment('2', day, total - half)];
    case 'paid':
      return habit.method === 'card' && order.number % failingChargeDivisor === 0
        ? [{ ...payment('failed', addDays(day, -1), total), failed: true }, payment('1', day, total)]
        : [payment('1', day, total)];
  }
}

function paymentFor(order: Order, habit: PayingHabit, part: string, date: Day, amount: Minor): Payment {
  return {
    kind: 'payment',
    id: `${order.number}-${part}`,
    invoiceId: String(order.number),
    customerId: order.customerId,
    currency: 'USD',
    date,
    amount,
    method: habit.method,
    sourceMethod: habit.sourceMethod,
  };
}

function creditForFirstLine(order: Order, date: Day): CreditNote {
  const goods = order.lines[0]?.total ?? 0;
  const tax = taxOn(goods, order.taxRate);
  const total = goods + tax;
  return {
    kind: 'credit_note',
    id: `CN-${order.number}`,
    number: `CN-${order.number}`,
    customerId: order.customerId,
    currency: 'USD',
    lifecycle: 'issued',
    issued: date,
    ...(tax > 0 && { tax }),
    total,
    allocations: [{ invoiceId: String(order.number), amount: total, date }],
  };
}
