import {
  addDays,
  addMonths,
  type Day,
  endOfMonth,
  startOfMonth,
  startOfWeek,
} from '../../shared/ledger/dates.ts';
import type { BankTransaction } from '../../shared/ledger/kinds/bank-transaction.ts';
import type { Bill } from '../../shared/ledger/kinds/bill.ts';
import type { BillPayment } from '../../shared/ledger/kinds/bill-payment.ts';
import type { Contract } from '../../shared/ledger/kinds/contract.ts';
import type { Invoice } from '../../shared/ledger/kinds/invoice.ts';
import type { ScheduleLine } from '../../shared/ledger/kinds/schedule-line.ts';
import type { Minor } from '../../shared/ledger/money.ts';
import type { BankData } from './northwind-bank.ts';
import { paymentFor, type SettledBill } from './northwind-bills.ts';
import { taxOn, washingtonTaxRate } from './northwind-orders.ts';

/*
 * Contracts are invented. They go by the calendar: what is due monthly is due on a day of the month.
 */

/** A contract with a supplier who bills each of its lines. */
interface Agreement {
  contract: Contract;
  /** The lines: when each is due, and its amount before tax. */
  lines: readonly { due: Day; amount: Minor; description: string }[];
  taxed?: true;
  daysBilledAhead: number;
  method: Pick<BillPayment, 'method' | 'sourceMethod'>;
  /** What the bank says of each payment. */
  atBank: Pick<BankTransaction, 'method' | 'category' | 'recurring'>;
}

/** How many months of lines there are, before and after the current one. */
const monthsBefore = 12;
const monthsAfter = 12;

/** Lines on a day of each month, from one month to another, counted from the current one. */
function monthly(
  today: Day,
  { day, from, to }: { day: number; from: number; to: number },
  amountIn: (month: number) => Minor,
  what: string,
) {
  return Array.from({ length: to - from + 1 }, (_, at) => {
    const first = startOfMonth(addMonths(today, from + at));
    return {
      due: addDays(first, day - 1),
      amount: amountIn(from + at),
      description: `${what}, ${first.slice(0, 7)}`,
    };
  });
}

const always = { from: -monthsBefore, to: monthsAfter };

const agreementsOn = (today: Day): Agreement[] => [
  {
    contract: {
      kind: 'contract',
      id: 'warehouse-rent',
      name: 'Warehouse at One Portals Way',
      number: 'PW-17',
      direction: 'supplier',
      counterpartyId: 'portals-way-properties',
      currency: 'USD',
      status: 'active',
      start: startOfMonth(addMonths(today, -30)),
      end: endOfMonth(addMonths(today, 29)),
      billing: 'recurring',
      noticeDays: 180,
      costGroupId: 'premises',
    },
    lines: monthly(today, { ...always, day: 1 }, () => 4_800_00, 'Rent'),
    daysBilledAhead: 10,
    method: { method: 'ach', sourceMethod: 'Standing order' },
    atBank: { method: 'standing_order', category: 'Rent' },
  },
  {
    contract: {
      kind: 'contract',
      id: 'accounting-software',
      name: 'Accounting software',
      number: 'CS-2041',
      direction: 'supplier',
      counterpartyId: 'cascadia-software',
      currency: 'USD',
      status: 'active',
      start: startOfMonth(addMonths(today, -32)),
      end: endOfMonth(addMonths(today, 3)),
      billing: 'recurring',
      autoRenews: true,
      noticeDays: 60,
      termMonths: 12,
      costGroupId: 'software',
    },
    lines: monthly(today, { ...always, day: 3 }, (month) => (month < -5 ? 129_00 : 149_00), 'Licences'),
    taxed: true,
    daysBilledAhead: 0,
    method: { method: 'card', sourceMethod: 'Visa' },
    atBank: { method: 'card', category: 'Software', recurring: 'monthly' },
  },
  {
    contract: {
      kind: 'contract',
      id: 'market-data',
      name: 'Market data feed',
      direction: 'supplier',
      counterpartyId: 'harbor-market-data',
      currency: 'USD',
      status: 'active',
      start: startOfMonth(addMonths(today, -19)),
      end: endOfMonth(addMonths(today, 4)),
      billing: 'recurring',
      autoRenews: true,
      noticeDays: 30,
      termMonths: 12,
      costGroupId: 'software',
    },
    lines: monthly(today, { ...always, day: 12 }, () => 89_00, 'Data feed'),
    daysBilledAhead: 0,
    method: { method: 'card', sourceMethod: 'Visa' },
    atBank: { method: 'card', category: 'Software', recurring: 'monthly' },
  },
  {
    contract: {
      kind: 'contract',
      id: 'customs-portal',
      name: 'Customs portal',
      direction: 'supplier',
      counterpartyId: 'zollhafen-portal',
      currency: 'EUR',
      status: 'active',
      start: startOfMonth(addMonths(today, -14)),
      end: endOfMonth(addMonths(today, 9)),
      billing: 'recurring',
      autoRenews: true,
      noticeDays: 90,
      termMonths: 12,
      costGroupId: 'software',
    },
    lines: monthly(today, { ...always, day: 5 }, () => 29_00, 'Portal'),
    daysBilledAhead: 0,
    method: { method: 'direct_debit', sourceMethod: 'SEPA direct debit' },
    atBank: { method: 'direct_debit', category: 'Software', recurring: 'monthly' },
  },
  {
    contract: {
      kind: 'contract',
      id: 'courier',
      name: 'Courier service',
      direction: 'supplier',
      counterpartyId: 'rainier-couriers',
      currency: 'USD',
      status: 'terminated',
      start: startOfMonth(addMonths(today, -20)),
      end: endOfMonth(addMonths(today, -4)),
      billing: 'recurring',
      autoRenews: true,
      noticeDays: 30,
      termMonths: 12,
      costGroupId: 'shipping',
    },
    lines: monthly(today, { from: -monthsBefore, to: 3, day: 15 }, () => 320_00, 'Pick-ups'),
    daysBilledAhead: 0,
    method: { method: 'direct_debit', sourceMethod: 'ACH debit' },
    atBank: { method: 'direct_debit', category: 'Shipping', recurring: 'monthly' },
  },
  {
    contract: {
      kind: 'contract',
      id: 'trade-fair-stand',
      name: 'Stand at Expo Northwest',
      direction: 'supplier',
      counterpartyId: 'expo-northwest',
      currency: 'USD',
      status: 'active',
      start: startOfMonth(addMonths(today, -10)),
      end: endOfMonth(addMonths(today, -7)),
      billing: 'milestone',
      total: 6_000_00,
      projectId: 'trade-fair',
      costGroupId: 'marketing',
    },
    lines: monthly(today, { from: -9, to: -8, day: 20 }, () => 3_000_00, 'Stand'),
    daysBilledAhead: 14,
    method: { method: 'check', sourceMethod: 'Check' },
    atBank: { method: 'check', category: 'Marketing' },
  },
  {
    contract: {
      kind: 'contract',
      id: 'cold-store',
      name: 'Cold store',
      direction: 'supplier',
      counterpartyId: 'portals-way-properties',
      currency: 'USD',
      status: 'draft',
      start: startOfMonth(addMonths(today, 2)),
      end: endOfMonth(addMonths(today, 13)),
      billing: 'recurring',
      costGroupId: 'premises',
    },
    lines: monthly(today, { from: 2, to: 13, day: 1 }, () => 2_100_00, 'Cold store'),
    daysBilledAhead: 10,
    method: { method: 'ach', sourceMethod: 'Standing order' },
    atBank: { method: 'standing_order', category: 'Rent' },
  },
];

export interface AgreementRecords {
  contract: Contract;
  lines: ScheduleLine[];
  bills: SettledBill[];
  atBank: Agreement['atBank'];
}

/**
 * Contracts with suppliers. A line that is due since the bank's data begin is billed some days ahead and paid when it is
 * due; nothing of a draft is, and nothing after the end of a terminated contract.
 */
export const supplierContracts = (today: Day, bank: BankData): AgreementRecords[] =>
  agreementsOn(today).map(({ contract, lines, taxed, daysBilledAhead, method, atBank }) => {
    const billed = lines.map(({ due, amount, description }) => {
      const tax = taxed ? taxOn(amount, washingtonTaxRate) : 0;
      const id = `${contract.id}-${due.slice(0, 7)}`;
      const issued = addDays(due, -daysBilledAhead);
      const happens =
        contract.status !== 'draft' && !(contract.status === 'terminated' && due > contract.end!);
      const line: ScheduleLine = {
        kind: 'schedule_line',
        id,
        contractId: contract.id,
        currency: contract.currency,
        due,
        amount: amount + tax,
        ...(tax > 0 && { tax }),
        description,
      };
      if (!happens || issued > today || due < bank.start) return { line };
      const bill: Bill = {
        kind: 'bill',
        id,
        number: id.toUpperCase(),
        ...(contract.counterpartyId !== undefined && { supplierId: contract.counterpartyId }),
        currency: contract.currency,
        lifecycle: 'issued',
        issued,
        due,
        subtotal: amount,
        ...(tax > 0 && { tax }),
        total: amount + tax,
        lines: [{ name: description, ...(tax > 0 && { tax }), total: amount }],
        ...(contract.costGroupId !== undefined && { costGroupId: contract.costGroupId }),
        ...(contract.projectId !== undefined && { projectId: contract.projectId }),
        contractId: contract.id,
      };
      const payments = due <= today ? [paymentFor(bill, method, '1', due, bill.total)] : [];
      const booked = payments.find((payment) => bank.has(payment.currency, payment.date));
      return {
        line: {
          ...line,
          billId: bill.id,
          ...(booked && { transactionId: bank.transactionOf(booked) }),
        },
        bill: { bill, settlements: payments },
      };
    });
    return {
      contract,
      lines: billed.map(({ line }) => line),
      bills: billed.flatMap(({ bill }) => bill ?? []),
      atBank,
    };
  });

const retainer = 2_000_00;

/**
 * Contracts with customers: a standing order, of which each month's line became the first invoice of that month, and work
 * that is paid by milestones.
 */
export function customerContracts(
  today: Day,
  invoices: readonly Invoice[],
): { contract: Contract; lines: ScheduleLine[] }[] {
  const standingOrder: Contract = {
    kind: 'contract',
    id: 'standing-order',
    name: 'Standing order of Save-a-lot Markets',
    number: 'SO-SAVEA',
    direction: 'client',
    counterpartyId: 'SAVEA',
    currency: 'USD',
    status: 'active',
    start: startOfMonth(addMonths(today, -17)),
    end: endOfMonth(addMonths(today, 6)),
    billing: 'recurring',
    autoRenews: true,
    noticeDays: 30,
    termMonths: 24,
    notes: 'Goods for at least 2,000.00 a month.',
  };
  const counted = invoices
    .filter(
      ({ customerId, lifecycle, issued }) =>
        customerId === 'SAVEA' && lifecycle === 'issued' && issued <= today,
    )
    .toSorted((a, b) => (a.issued < b.issued ? -1 : a.issued > b.issued ? 1 : 0));
  const privateLabel: Contract = {
    kind: 'contract',
    id: 'private-label',
    name: 'Private label for Ernst Handel',
    direction: 'client',
    counterpartyId: 'ERNSH',
    currency: 'USD',
    status: 'active',
    start: startOfMonth(addMonths(today, -1)),
    end: endOfMonth(addMonths(today, 6)),
    total: 18_000_00,
    billing: 'milestone',
    projectId: 'private-label',
  };
  const friday = addDays(startOfWeek(today), 4);
  return [
    {
      contract: standingOrder,
      lines: monthly(today, { ...always, day: 1 }, () => retainer, 'Goods').map(
        ({ due: first, amount, description }): ScheduleLine => {
          const invoice = counted.find(({ issued }) => issued.slice(0, 7) === first.slice(0, 7));
          return {
            kind: 'schedule_line',
            id: `standing-order-${first.slice(0, 7)}`,
            contractId: standingOrder.id,
            currency: 'USD',
            due: endOfMonth(first),
            amount,
            description,
            ...(invoice && { invoiceId: invoice.id }),
          };
        },
      ),
    },
    {
      contract: privateLabel,
      lines: ['Design', 'First delivery', 'Acceptance'].map(
        (description, at): ScheduleLine => ({
          kind: 'schedule_line',
          id: `private-label-${at + 1}`,
          contractId: privateLabel.id,
          currency: 'USD',
          due: addDays(friday, at * 7 * 8),
          amount: 6_000_00,
          description,
        }),
      ),
    },
  ];
}
