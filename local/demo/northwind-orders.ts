import { addDays, type Day } from '../../shared/ledger/dates.ts';
import type { Line } from '../../shared/ledger/kinds/invoice.ts';
import type { Product } from '../../shared/ledger/kinds/product.ts';
import { type Minor, parseMoney } from '../../shared/ledger/money.ts';
import { readRows } from './csv.ts';
import { shiftInto } from './whole-weeks.ts';

/** An order of Northwind as what was invoiced for it. Amounts are cents. */
export interface Order {
  number: number;
  customerId: string;
  issued: Day;
  due: Day;
  /** Absent while the goods have not left. */
  shipped?: Day;
  /** The goods in the source's order, then the freight. */
  lines: Line[];
  subtotal: Minor;
  /** Percent, as a decimal with at most one digit after the point; absent where no tax is charged. */
  taxRate?: string;
  tax: Minor;
  total: Minor;
}

/** The sales tax of Washington, where Northwind is. All other customers are out of state. */
export const washingtonTaxRate = '10.1';

const daysToPay = 30;

/** All orders, oldest first, moved by whole weeks so that the newest falls into the week of `today`. */
export function northwindOrders(today: Day): Order[] {
  const orders = readRows('northwind/Orders.csv', [
    'OrderID',
    'CustomerID',
    'OrderDate',
    'ShippedDate',
    'Freight',
    'ShipRegion',
  ]);
  const shift = shiftInto(
    today,
    orders.map((order) => dayOf(order.OrderDate)),
  );
  const goods = goodsByOrder();
  return orders.map((order) => {
    const issued = shift(dayOf(order.OrderDate));
    const freight = { name: 'Freight', total: parseMoney(order.Freight, 'USD') };
    const lines = [...(goods.get(order.OrderID) ?? []), freight];
    const subtotal = lines.reduce((sum, line) => sum + line.total, 0);
    const taxRate = order.ShipRegion === 'WA' ? washingtonTaxRate : undefined;
    const tax = taxOn(subtotal, taxRate);
    return {
      number: Number(order.OrderID),
      customerId: order.CustomerID,
      issued,
      due: addDays(issued, daysToPay),
      ...(order.ShippedDate && { shipped: shift(dayOf(order.ShippedDate)) }),
      lines,
      subtotal,
      ...(taxRate && { taxRate }),
      tax,
      total: subtotal + tax,
    };
  });
}

/** Sales tax in cents, half a cent up; 0 without a rate. */
export const taxOn = (amount: Minor, rate: string | undefined): Minor =>
  rate === undefined ? 0 : halfUp(amount * scaled(rate, 1), 1000);

/** Everything that Northwind sells or has sold. */
export const northwindProducts = (): Product[] =>
  readRows('northwind/Products.csv', ['ProductID', 'ProductName', 'UnitPrice', 'Discontinued']).map(
    (row) => ({
      kind: 'product',
      id: row.ProductID,
      name: row.ProductName,
      unitPrice: row.UnitPrice,
      currency: 'USD',
      active: row.Discontinued === '0',
    }),
  );

function goodsByOrder(): Map<string, Line[]> {
  const products = new Map(northwindProducts().map(({ id, name }) => [id, name]));
  const details = readRows('northwind/OrderDetails.csv', [
    'OrderID',
    'ProductID',
    'UnitPrice',
    'Quantity',
    'Discount',
  ]);
  return new Map(
    Array.from(
      Map.groupBy(details, (row) => row.OrderID),
      ([order, rows]) => [
        order,
        rows.map((row): Line => {
          const discount = scaled(row.Discount, 2);
          const undiscounted = parseMoney(row.UnitPrice, 'USD') * Number(row.Quantity);
          return {
            productId: row.ProductID,
            name: products.get(row.ProductID) ?? `Product ${row.ProductID}`,
            ...(discount > 0 && { description: `${discount}% discount` }),
            quantity: row.Quantity,
            rate: row.UnitPrice,
            total: halfUp(undiscounted * (100 - discount), 100),
          };
        }),
      ],
    ),
  );
}

/** A decimal as an integer number of its last digits: "0.15" with two decimals is 15. */
function scaled(decimal: string, decimals: number): number {
  const [whole = '', fraction = ''] = decimal.split('.');
  return Number(whole + fraction.padEnd(decimals, '0'));
}

/** Divides non-negative integers and rounds half up. */
export const halfUp = (dividend: number, divisor: number): number =>
  Math.floor((2 * dividend + divisor) / (2 * divisor));

/** The day of the source's "1998-05-06 00:00:00.000". */
export const dayOf = (timestamp: string): Day => timestamp.slice(0, 10);
