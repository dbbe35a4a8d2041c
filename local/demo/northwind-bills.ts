import { addDays, type Day } from '../../shared/ledger/dates.ts';
import type { Bill } from '../../shared/ledger/kinds/bill.ts';
import type { BillPayment } from '../../shared/ledger/kinds/bill-payment.ts';
import type { SupplierCredit } from '../../shared/ledger/kinds/supplier-credit.ts';
import { formatMoney, type Minor, parseMoney } from '../../shared/ledger/money.ts';
import { readRows } from './csv.ts';
import { commonGoods } from './northwind-cost-groups.ts';
import { dayOf, halfUp } from './northwind-orders.ts';
import { projectIn } from './northwind-projects.ts';
import type { BillingHabit, NorthwindSupplier } from './northwind-suppliers.ts';
import { newestOf, shiftInto } from './whole-weeks.ts';

/** What Northwind pays for goods, in percent of the list price, half a cent up. */
const purchasePercent = 25;

/** The source's months of orders for which there are bills: from this one to the newest. */
const firstMonth = '1997-05';

/** What happens to a bill for goods. */
export type BillCourse = 'void' | 'disputed' | 'credited' | 'advance' | 'paid';

/** The first divisor of the bill's position (from 1) decides. They are primes, so that suppliers and courses mix. */
const courseByDivisor: readonly (readonly [divisor: number, course: BillCourse])[] = [
  [41, 'void'],
  [17, 'disputed'],
  [29, 'credited'],
  [13, 'advance'],
];

const courseOf = (position: number): BillCourse =>
  courseByDivisor.find(([divisor]) => position % divisor === 0)?.[1] ?? 'paid';

const daysUntilCredited = 7;

type Settlement = BillPayment | SupplierCredit;

/** A bill beside what settles it, up to today. */
export interface SettledBill {
  bill: Bill;
  settlements: Settlement[];
}

/**
 * The bills of the suppliers of goods, oldest first: each supplier bills what Northwind sold of its goods in a month of
 * the source, on the day of the last of these orders.
 */
export function purchases(suppliers: readonly NorthwindSupplier[], today: Day): SettledBill[] {
  const orders = readRows('northwind/Orders.csv', ['OrderID', 'OrderDate']);
  const days = new Map(orders.map((order) => [order.OrderID, dayOf(order.OrderDate)]));
  const shift = shiftInto(today, [...days.values()]);
  const products = new Map(
    readRows('northwind/Products.csv', [
      'ProductID',
      'ProductName',
      'SupplierID',
      'CategoryID',
      'UnitPrice',
    ]).map((product) => [product.ProductID, product]),
  );
  const sold = readRows('northwind/OrderDetails.csv', ['OrderID', 'ProductID', 'Quantity'])
    .map((row) => ({
      day: days.get(row.OrderID)!,
      product: products.get(row.ProductID)!,
      quantity: Number(row.Quantity),
    }))
    .filter(({ day }) => day >= firstMonth);
  const newest = shift(newestOf([...days.values()]));
  const bySupplier = new Map(suppliers.map((supplier) => [supplier.record.id, supplier]));

  const deliveries = Array.from(
    Map.groupBy(sold, ({ day, product }) => `${day.slice(0, 7)} ${product.SupplierID}`).values(),
    (rows) => ({ rows, issued: newestOf(rows.map(({ day }) => day)), supplier: rows[0]!.product.SupplierID }),
  ).toSorted((a, b) => (a.issued < b.issued ? -1 : a.issued > b.issued ? 1 : +a.supplier - +b.supplier));

  const counts = new Map<string, number>();
  return deliveries.map(({ rows, issued: sourceDay, supplier: supplierId }, at) => {
    const { habit, country } = bySupplier.get(supplierId)!;
    const count = (counts.get(supplierId) ?? 0) + 1;
    counts.set(supplierId, count);
    const issued = shift(sourceDay);
    const course = courseOf(at + 1);
    const lines = Array.from(Map.groupBy(rows, ({ product }) => product.ProductID).values(), (ofProduct) => {
      const { product } = ofProduct[0]!;
      const price = halfUp(parseMoney(product.UnitPrice, 'USD') * purchasePercent, 100);
      const quantity = ofProduct.reduce((sum, row) => sum + row.quantity, 0);
      return {
        productId: product.ProductID,
        name: product.ProductName,
        quantity: String(quantity),
        rate: formatMoney(price, habit.currency),
        total: price * quantity,
      };
    }).toSorted((a, b) => +a.productId - +b.productId);
    const projectId = projectIn(country);
    const bill: Bill = {
      kind: 'bill',
      id: `B-${at + 1}`,
      number: `${supplierId}-${count}`,
      supplierId,
      currency: habit.currency,
      lifecycle: issued === newest ? 'draft' : course === 'void' ? 'void' : 'issued',
      issued,
      due: addDays(issued, habit.daysToPay),
      total: lines.reduce((sum, line) => sum + line.total, 0),
      lines,
      costGroupId: commonGoods(rows.map(({ product }) => product.CategoryID)),
      ...(projectId && { projectId }),
      ...(course === 'disputed' && { notes: 'Disputed: not paid until the supplier answers.' }),
    };
    const settlements = bill.lifecycle === 'issued' ? settlementsOf(bill, course, habit) : [];
    return { bill, settlements: settlements.filter((settlement) => dateOf(settlement) <= today) };
  });
}

const dateOf = (settlement: Settlement): Day =>
  settlement.kind === 'bill_payment' ? settlement.date : settlement.issued;

/** All payments and credits of a bill, past or future. */
function settlementsOf(bill: Bill, course: BillCourse, habit: BillingHabit): Settlement[] {
  const { issued, due = issued, total } = bill;
  const day = addDays(due, habit.daysLate);
  const payment = (part: string, date: Day, amount: Minor) => paymentFor(bill, habit, part, date, amount);
  switch (course) {
    case 'void':
    case 'disputed':
      return [];
    case 'advance': {
      const half = Math.floor(total / 2);
      return [payment('1', issued, half), payment('2', day, total - half)];
    }
    case 'credited': {
      const credit = creditForFirstLine(bill);
      // A bill of one line is credited as a whole: nothing is left to pay.
      return credit.total === total ? [credit] : [credit, payment('1', day, total - credit.total)];
    }
    case 'paid':
      return [payment('1', day, total)];
  }
}

/** A payment of a bill. */
export const paymentFor = (
  bill: Bill,
  { method, sourceMethod }: Pick<BillPayment, 'method' | 'sourceMethod'>,
  part: string,
  date: Day,
  amount: Minor,
): BillPayment => ({
  kind: 'bill_payment',
  id: `${bill.id}-${part}`,
  billId: bill.id,
  ...(bill.supplierId !== undefined && { supplierId: bill.supplierId }),
  currency: bill.currency,
  date,
  amount,
  method,
  ...(sourceMethod !== undefined && { sourceMethod }),
});

function creditForFirstLine(bill: Bill): SupplierCredit {
  const date = addDays(bill.issued, daysUntilCredited);
  const total = bill.lines[0]?.total ?? 0;
  return {
    kind: 'supplier_credit',
    id: `SC-${bill.id}`,
    number: `CR-${bill.number}`,
    ...(bill.supplierId !== undefined && { supplierId: bill.supplierId }),
    currency: bill.currency,
    lifecycle: 'issued',
    issued: date,
    total,
    allocations: [{ billId: bill.id, amount: total, date }],
  };
}
