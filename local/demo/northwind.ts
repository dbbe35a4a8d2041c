import { addDays, type Day } from '../../shared/ledger/dates.ts';
import type { BusinessProfile } from '../../shared/ledger/kinds/business.ts';
import type { CreditNote } from '../../shared/ledger/kinds/credit-note.ts';
import type { Invoice } from '../../shared/ledger/kinds/invoice.ts';
import type { Payment } from '../../shared/ledger/kinds/payment.ts';
import type { Books } from './books.ts';
import { northwindFiles } from './files.ts';
import { attachedFiles } from './northwind-attachments.ts';
import { type NorthwindCustomer, northwindCustomers } from './northwind-customers.ts';
import { northwindExpenses } from './northwind-expenses.ts';
import { northwindOrders, northwindProducts, type Order, washingtonTaxRate } from './northwind-orders.ts';
import { payableRecords } from './northwind-payables.ts';
import { courseOf, settlementsOf } from './northwind-settlements.ts';
import { newestOf } from './whole-weeks.ts';

export const northwindTimeZone = 'America/Los_Angeles';

const profile: BusinessProfile = {
  kind: 'business',
  id: 'business',
  name: 'Northwind Traders',
  contact: 'Nancy Davolio',
  email: 'accounts@northwind.example',
  phone: '+1 206 555 0142',
  website: 'https://northwind.example',
  address: {
    street: 'One Portals Way',
    city: 'Twin Points',
    region: 'WA',
    postalCode: '98156',
    country: 'USA',
  },
  taxRate: washingtonTaxRate,
  taxName: 'Sales tax',
  gratuityRate: '15',
  minimumLeadDays: 2,
  maximumLeadDays: 90,
  currency: 'USD',
  timeZone: northwindTimeZone,
  fiscalYearStartMonth: 1,
  accountingBasis: 'accrual',
};

const daysUntilViewed = 2;
const daysUntilWrittenOff = 180;
const deposit = 500_00;

/** The books of Northwind as they stand on a day: see docs/demo.md for every rule. */
export function northwindBooks(today: Day): Books {
  const customers = northwindCustomers();
  const habits = new Map(customers.map(({ record, habit }) => [record.id, habit]));
  const orders = northwindOrders(today);
  const newest = newestOf(orders.map((order) => order.issued));
  const sales = orders.map((order) => ({
    invoice: invoiceOf(order, newest, today),
    settlements: order.issued < newest ? settlementsOf(order, habits.get(order.customerId)!) : [],
  }));
  const expenses = northwindExpenses(today);
  const settled = sales.flatMap(({ settlements }) => settlements);
  const received = [
    ...settled.filter((settlement) => settlement.kind === 'payment'),
    ...depositsOf(customers, orders, addDays(newest, -7)),
  ];
  const nameOf = new Map(customers.map(({ record }) => [record.id, record.name]));
  const payables = payableRecords(today, {
    invoices: sales.map(({ invoice }) => invoice),
    customerName: (id) => nameOf.get(id)!,
    payments: received.filter(({ date }) => date <= today),
    announced: announcedOn(today, received),
    expenses,
  });
  const contracts = payables.filter((record) => record.kind === 'contract');
  const bills = payables.filter((record) => record.kind === 'bill');
  const files = [...northwindFiles(), ...attachedFiles(contracts, bills)];
  return {
    organization: 'northwind',
    profile,
    records: [
      ...customers.map(({ record }) => record),
      ...northwindProducts(),
      // An invoice beside what settles it: they are written together, and its balance is computed once.
      ...sales.flatMap(({ invoice, settlements }) => [
        invoice,
        ...settlements.filter((settlement) => dateOf(settlement) <= today),
      ]),
      ...received.filter(({ invoiceId }) => invoiceId === undefined),
      ...expenses,
      ...payables,
      ...files.map(({ record }) => record),
    ],
    files,
  };
}

/** The first of the payments after today that customers send through their banks. */
const announcedOn = (today: Day, payments: readonly Payment[]): Payment =>
  payments
    .filter(({ date, method }) => date > today && (method === 'ach' || method === 'bank_transfer'))
    .toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))[0]!;

const dateOf = (settlement: Payment | CreditNote): Day =>
  settlement.kind === 'payment' ? settlement.date : settlement.issued;

function invoiceOf(order: Order, newest: Day, today: Day): Invoice {
  const { number, customerId, issued, due, shipped, lines, subtotal, tax, total } = order;
  const sent = shipped !== undefined && shipped <= today ? shipped : undefined;
  const viewed = sent !== undefined && number % 2 === 0 ? addDays(sent, daysUntilViewed) : undefined;
  return {
    kind: 'invoice',
    id: String(number),
    number: String(number),
    customerId,
    currency: 'USD',
    ...lifecycleOf(order, newest, today),
    issued,
    due,
    ...(sent && { sent }),
    ...(viewed && viewed <= today && { viewed }),
    subtotal,
    ...(tax > 0 && { tax }),
    total,
    lines,
  };
}

/** The newest day's orders are still drafts; what stays unpaid for long is written off. */
function lifecycleOf(order: Order, newest: Day, today: Day): Pick<Invoice, 'lifecycle' | 'writtenOff'> {
  if (order.issued === newest) return { lifecycle: 'draft' };
  const course = courseOf(order);
  if (course === 'void') return { lifecycle: 'void' };
  const writtenOff = addDays(order.due, daysUntilWrittenOff);
  const givenUp = (course === 'unpaid' || course === 'half_paid') && writtenOff <= today;
  return givenUp ? { lifecycle: 'written_off', writtenOff } : { lifecycle: 'issued' };
}

/** Customers who have never ordered have paid something in advance: money that no invoice explains. */
function depositsOf(customers: readonly NorthwindCustomer[], orders: readonly Order[], date: Day): Payment[] {
  const buyers = new Set(orders.map((order) => order.customerId));
  return customers
    .filter(({ record }) => !buyers.has(record.id))
    .map(({ record, habit }) => ({
      kind: 'payment',
      id: `deposit-${record.id}`,
      customerId: record.id,
      currency: 'USD',
      date,
      amount: deposit,
      method: habit.method,
      sourceMethod: habit.sourceMethod,
      notes: 'Deposit for a first order',
    }));
}
