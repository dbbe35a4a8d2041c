import { addDays, type Day } from '../shared/ledger/dates.ts';
import type { Balance } from '../shared/ledger/kinds/balance.ts';
import type { BankAccount } from '../shared/ledger/kinds/bank-account.ts';
import type { BankTransaction } from '../shared/ledger/kinds/bank-transaction.ts';
import type { Bill } from '../shared/ledger/kinds/bill.ts';
import type { BillPayment } from '../shared/ledger/kinds/bill-payment.ts';
import type { BusinessProfile } from '../shared/ledger/kinds/business.ts';
import type { Connection } from '../shared/ledger/kinds/connection.ts';
import type { Contract } from '../shared/ledger/kinds/contract.ts';
import type { CreditNote } from '../shared/ledger/kinds/credit-note.ts';
import type { Customer } from '../shared/ledger/kinds/customer.ts';
import type { Expense } from '../shared/ledger/kinds/expense.ts';
import type { LedgerRecord } from '../shared/ledger/kinds/index.ts';
import type { Invoice } from '../shared/ledger/kinds/invoice.ts';
import { type Payment, paymentMethods } from '../shared/ledger/kinds/payment.ts';
import type { Product } from '../shared/ledger/kinds/product.ts';
import type { ScheduleLine } from '../shared/ledger/kinds/schedule-line.ts';
import type { Statement } from '../shared/ledger/kinds/statement.ts';
import type { Supplier } from '../shared/ledger/kinds/supplier.ts';

/** The organization that the generated books belong to. */
export const organization = 'bench';

/** Two and a half years, whatever the size of the books. */
const days = 912;
const paymentTerm = 30;
const invoicesPerCustomer = 50;
const invoicesPerExpense = 5;
const productCount = 40;
const accountCount = 4;
const supplierCount = 60;
const invoicesPerBill = 5;
const contractCount = 24;

const profile: BusinessProfile = {
  kind: 'business',
  id: 'business',
  name: 'Bench Ltd',
  currency: 'USD',
  timeZone: 'UTC',
  fiscalYearStartMonth: 1,
  accountingBasis: 'accrual',
};

/**
 * Books of a size, the same on every run: per invoice 0.9 payments, 0.2 expenses and 0.02 customers; 40 products, 60 suppliers and
 * 24 contracts, 0.2 bills and one bank transaction in 4 accounts; 2 % of the
 * invoices are overdue, 3 % void, 4 % written off, 5 % settled by a credit note, a tenth in a second currency.
 * What settles an invoice follows it, as in the demo.
 */
export function* generateBooks(invoiceCount: number, today: Day): Generator<LedgerRecord> {
  yield profile;
  const customerCount = Math.max(1, invoiceCount / invoicesPerCustomer);
  for (let at = 0; at < customerCount; at++) yield customerAt(at);
  for (let at = 0; at < productCount; at++) yield productAt(at);
  for (let at = 0; at < invoiceCount / invoicesPerExpense; at++) yield expenseAt(at, today);
  for (let at = 0; at < invoiceCount; at++) yield* invoiceWithSettlements(at, customerCount, today);
  yield* bankRecords(today);
  for (let at = 0; at < invoiceCount; at++) yield transactionAt(at, today);
  for (let at = 0; at < supplierCount; at++) yield supplierAt(at);
  for (let at = 0; at < invoiceCount / invoicesPerBill; at++) yield* billWithPayment(at, today);
  for (let at = 0; at < contractCount; at++) yield* contractWithLines(at, today);
}

/** The id of the n-th invoice, which is printed on it as its number in capitals. */
export const invoiceIdAt = (at: number): string => `inv-${String(at).padStart(6, '0')}`;

export const customerIdAt = (at: number): string => `c-${String(at).padStart(5, '0')}`;

const productIdAt = (at: number): string => `p-${String(at).padStart(2, '0')}`;

const productAt = (at: number): Product => ({
  kind: 'product',
  id: productIdAt(at),
  name: `${pick(beginnings, at, 2)} ${at}`,
  currency: 'USD',
  active: true,
});

/** The word of a customer's organization that no other customer has. */
export const uniqueWordAt = (at: number): string => `${pick(beginnings, at, 1)}${codeWord(at)}`;

const firstNames = 'Ana Bo Chen Dina Elif Femi Gita Hugo Ines Jaya Kofi Lena Mei Nils Olga Pia'.split(' ');
const lastNames =
  'Adams Bauer Costa Duarte Evans Fischer Garcia Haddad Ito Jensen Kaya Lopez Moreau Novak'.split(' ');
const beginnings = 'Alder Birch Cedar Delta Ember Fjord Grove Haven'.split(' ');
const trades = 'Bakery Builders Dental Foods Logistics Media Optics Travel'.split(' ');

/** A number from 0 to 2^32 - 1 that looks random and depends on its arguments alone (murmur3's finalizer). */
function hash(at: number, salt: number): number {
  let value = (at * 0x9e37_79b1 + salt * 0x85eb_ca6b) | 0;
  value = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2_ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

const below = (limit: number, at: number, salt: number): number => hash(at, salt) % limit;
const pick = <Value>(values: readonly Value[], at: number, salt: number): Value =>
  values[below(values.length, at, salt)]!;

/** Letters that stand for a number: no two numbers have the same. */
const codeWord = (at: number): string =>
  String(at)
    .padStart(5, '0')
    .replace(/\d/g, (digit) => 'bcdfghjklm'[Number(digit)]!);

function customerAt(at: number): Customer {
  const [first, last] = [pick(firstNames, at, 2), pick(lastNames, at, 3)];
  const word = uniqueWordAt(at);
  return {
    kind: 'customer',
    id: customerIdAt(at),
    name: `${first} ${last}`,
    organization: `${word} ${pick(trades, at, 4)}`,
    email: `${first}.${last}@${word}.example`.toLowerCase(),
    phone: `+1 555 ${String(at).padStart(7, '0')}`,
  };
}

function expenseAt(at: number, today: Day): Expense {
  return {
    kind: 'expense',
    id: `exp-${String(at).padStart(6, '0')}`,
    lifecycle: 'recorded',
    vendor: `Vendor ${below(200, at, 10)}`,
    category: `Category ${below(20, at, 11)}`,
    type: 'bill',
    description: 'Supplies and services',
    currency: currencyAt(at, 12),
    date: addDays(today, -below(days, at, 13)),
    amount: 1_00 + below(900_00, at, 14),
  };
}

const currencyAt = (at: number, salt: number): string => (below(10, at, salt) === 0 ? 'EUR' : 'USD');

function* invoiceWithSettlements(
  at: number,
  customerCount: number,
  today: Day,
): Generator<Invoice | Payment | CreditNote> {
  // Issued in the order of their numbers, a little out of step as in real books.
  const age = Math.floor((days * hash(at, 20)) / 2 ** 32);
  const issued = addDays(today, -age);
  const due = addDays(issued, paymentTerm);
  const net = 20_00 + below(4_980_00, at, 21);
  const tax = Math.round(net * 0.08);
  const total = net + tax;
  const id = invoiceIdAt(at);
  const fate = below(100, at, 22);
  const invoice: Invoice = {
    kind: 'invoice',
    id,
    number: id.toUpperCase(),
    customerId: customerIdAt(below(customerCount, at, 23)),
    currency: currencyAt(at, 24),
    lifecycle: 'issued',
    issued,
    due,
    sent: issued,
    subtotal: net,
    tax,
    total,
    lines: [
      {
        name: 'Consulting',
        productId: productIdAt(below(productCount, at, 27)),
        quantity: '1',
        total: Math.floor(net / 2),
      },
      { name: 'Materials', quantity: '2', total: net - Math.floor(net / 2) },
    ],
  };

  if (age > paymentTerm && fate < 3) {
    yield { ...invoice, lifecycle: 'void' };
    return;
  }
  if (age > 2 * paymentTerm && fate < 7) {
    yield { ...invoice, lifecycle: 'written_off', writtenOff: addDays(due, paymentTerm) };
    return;
  }
  yield invoice;
  // One in fifty stays overdue, half of them partly paid; of what is not due yet, half is paid already.
  const isOpen = age > paymentTerm ? fate >= 98 : fate >= 50;
  if (isOpen && fate % 2 === 0) return;
  const settled = addDays(issued, Math.min(age, below(paymentTerm + 10, at, 25)));
  if (age > paymentTerm && fate < 12) {
    yield {
      kind: 'credit_note',
      id: `cn-${id}`,
      customerId: invoice.customerId!,
      currency: invoice.currency,
      lifecycle: 'issued',
      issued: settled,
      tax,
      total,
      allocations: [{ invoiceId: id, amount: total, date: settled }],
    };
    return;
  }
  yield {
    kind: 'payment',
    id: `pay-${id}`,
    invoiceId: id,
    currency: invoice.currency,
    date: settled,
    amount: isOpen ? Math.floor(total / 2) : total,
    method: pick(paymentMethods, at, 26),
  };
}

export const accountIdAt = (at: number): string => `acc-${at}`;

const supplierAt = (at: number): Supplier => ({
  kind: 'supplier',
  id: `s-${at}`,
  name: `${pick(beginnings, at, 40)} ${pick(trades, at, 41)} ${at}`,
});

function* bankRecords(today: Day): Generator<BankAccount | Balance | Statement | Connection> {
  const updated = `${today}T06:00:00Z`;
  yield { kind: 'connection', id: 'bank', name: 'Bank', status: 'active', updated };
  for (let at = 0; at < accountCount; at++) {
    const accountId = accountIdAt(at);
    const currency = at === 0 ? 'EUR' : 'USD';
    yield {
      kind: 'bank_account',
      id: accountId,
      name: `Account ${at}`,
      type: 'checking',
      currency,
      number: `0000${at}`,
      connectionId: 'bank',
    };
    for (const type of ['closing_booked', 'available'] as const) {
      yield {
        kind: 'balance',
        id: `${accountId}/${type}`,
        accountId,
        type,
        currency,
        amount: at * 1_000_00,
        date: today,
      };
    }
    for (let month = 0; month < days / 30; month++) {
      const to = addDays(today, -30 * month);
      yield {
        kind: 'statement',
        id: `${accountId}/${month}`,
        accountId,
        currency,
        from: addDays(to, -29),
        to,
        entryCount: 0,
        sum: 0,
      };
    }
  }
}

const frequencyAt = (at: number) => (below(50, at, 44) === 0 ? { recurring: 'monthly' as const } : {});

function transactionAt(at: number, today: Day): BankTransaction {
  const account = below(accountCount, at, 42);
  const isPending = at % 500 === 499;
  return {
    kind: 'bank_transaction',
    id: `bt-${String(at).padStart(6, '0')}`,
    accountId: accountIdAt(account),
    status: isPending ? 'pending' : 'booked',
    ...(isPending && { seen: `${today}T06:00:00Z` }),
    date: addDays(today, isPending ? 0 : -Math.floor((days * hash(at, 43)) / 2 ** 32)),
    currency: account === 0 ? 'EUR' : 'USD',
    amount: below(2, at, 45) === 0 ? 1_00 + below(4_000_00, at, 46) : -1_00 - below(2_000_00, at, 46),
    counterparty: `${pick(lastNames, at, 47)} ${pick(trades, at, 48)}`,
    text: `Payment ${at}`,
    category: pick(trades, at, 49),
    ...frequencyAt(at),
    links: at % 3 === 0 ? [{ kind: 'invoice', id: invoiceIdAt(at) }] : [],
  };
}

function* billWithPayment(at: number, today: Day): Generator<Bill | BillPayment> {
  const age = Math.floor((days * hash(at, 50)) / 2 ** 32);
  const issued = addDays(today, -age);
  const total = 10_00 + below(2_000_00, at, 51);
  const id = `bill-${String(at).padStart(6, '0')}`;
  yield {
    kind: 'bill',
    id,
    number: id.toUpperCase(),
    supplierId: `s-${below(supplierCount, at, 52)}`,
    currency: currencyAt(at, 53),
    lifecycle: 'issued',
    issued,
    due: addDays(issued, paymentTerm),
    total,
    lines: [],
    projectId: `project-${below(12, at, 54)}`,
    costGroupId: `group-${below(12, at, 55)}`,
  };
  if (below(50, at, 56) === 0 || age < paymentTerm) return;
  yield {
    kind: 'bill_payment',
    id: `paid-${id}`,
    billId: id,
    currency: currencyAt(at, 53),
    date: addDays(issued, Math.min(age, paymentTerm)),
    amount: total,
    method: 'bank_transfer',
  };
}

function* contractWithLines(at: number, today: Day): Generator<Contract | ScheduleLine> {
  const id = `contract-${at}`;
  const client = at % 2 === 0;
  yield {
    kind: 'contract',
    id,
    name: `${pick(trades, at, 57)} ${at}`,
    direction: client ? 'client' : 'supplier',
    counterpartyId: client ? customerIdAt(at) : `s-${at}`,
    currency: 'USD',
    status: 'active',
    start: addDays(today, -days),
    end: addDays(today, 20 + at * 10),
    autoRenews: true,
    noticeDays: 30,
    termMonths: 12,
  };
  for (let month = -30; month < 12; month++) {
    yield {
      kind: 'schedule_line',
      id: `${id}/${month + 30}`,
      contractId: id,
      currency: 'USD',
      due: addDays(today, month * 30 + at),
      amount: 500_00,
      ...(month < 0 && (client ? { invoiceId: invoiceIdAt(at) } : { billId: `bill-${at}` })),
    };
  }
}
