import type { Day } from '../ledger/dates.ts';
import type { InvoiceStatus } from '../ledger/invoice-row.ts';
import type { Minor } from '../ledger/money.ts';
import type { Period } from '../ledger/periods.ts';
import type {
  BusinessProfile,
  CreditNote,
  Customer,
  Invoice,
  Payment,
  PaymentMethod,
} from '../ledger/records.ts';

/**
 * Reads the books of one organization. An implementation is created for one organization and cannot be
 * asked about another. All amounts are minor units; all days are the business's.
 */
export interface LedgerReader {
  readonly organization: string;

  /** The business profile, or undefined while none has been imported. */
  business(): Promise<BusinessProfile | undefined>;

  /** @throws {NotFound} for a customer that the books do not know, naming the nearest; likewise the other lists. */
  listInvoices(query: InvoiceQuery): Promise<InvoicePage>;

  listCreditNotes(query: CreditNoteQuery): Promise<CreditNotePage>;

  /**
   * The document with that id, or every one with that number: several may share it.
   * @throws {NotFound} when there is none, naming the nearest.
   */
  findInvoices(by: { id: string } | { number: string }, asOf: Day): Promise<Found<InvoiceDetail>>;

  /** What was invoiced, credited, received and spent in the period, up to `asOf`, one entry per currency. */
  periodFigures(period: Period, asOf: Day): Promise<PeriodFigures[]>;

  /** What customers owe on a day, one entry per currency. */
  receivables(asOf: Day): Promise<ReceivableFigures[]>;

  listExpenses(query: ExpenseQuery): Promise<ExpensePage>;

  listPayments(query: PaymentQuery): Promise<PaymentPage>;

  /** All customers, by name. */
  listCustomers(query: CustomerQuery): Promise<CustomerPage>;

  /** Customers in whom every word of the query is found; see `shared/ledger/search-words.ts`. */
  searchCustomers(query: string, limit: number, asOf: Day): Promise<CustomerMatches>;

  /** Read units (of 4 KB, eventually consistent reads cost half) that this reader has consumed so far. */
  readonly unitsRead: number;
}

/** One, or several to choose from. */
export type Found<Row> = readonly [Row, ...Row[]];

/** `open` is every issued invoice with a balance; `partial` includes the overdue ones that are partly paid. */
export const statusFilters = [
  'draft',
  'sent',
  'viewed',
  'partial',
  'paid',
  'overdue',
  'open',
  'void',
  'written_off',
] as const;
export type StatusFilter = (typeof statusFilters)[number];

export const invoiceSorts = [
  'issued_desc',
  'issued_asc',
  'due_asc',
  'due_desc',
  'balance_desc',
  'total_desc',
] as const;
export type InvoiceSort = (typeof invoiceSorts)[number];

/** The most rows that a call may read for totals or an order that no index has. */
export const lookThroughLimit = 5000;

interface PageRequest {
  limit: number;
  /** Where the page before ended, as that page's `next` gave it. */
  after?: string;
}

export interface InvoiceQuery extends PageRequest {
  status?: StatusFilter;
  /** The id of a customer; where nothing is found, also in other capitals, or the name of only one. */
  customerId?: string;
  /** Day of issue, both ends included. */
  start?: Day;
  end?: Day;
  /** Due day, both ends included; invoices without one are left out. */
  dueFrom?: Day;
  dueTo?: Day;
  minDaysOverdue?: number;
  currency?: string;
  sort?: InvoiceSort;
  asOf: Day;
  /** Leaves out documents dated after `asOf`, for "as it stood on that day". */
  hideLater: boolean;
}

/**
 * One page of a list. Totals and count are over the whole filtered set and exact, or absent with the reason.
 * `next` is there while rows remain.
 */
export interface Page<Row, Total> {
  rows: Row[];
  totalCount?: number;
  totals?: Total[];
  totalsAbsent?: string;
  next?: string;
}

export interface InvoiceSummary {
  id: string;
  number?: string;
  customerId?: string;
  customer?: string;
  currency: string;
  total: Minor;
  balance: Minor;
  overpaid: Minor;
  /** What was given up of a written-off invoice. */
  writtenOffAmount: Minor;
  status: InvoiceStatus;
  partiallyPaid: boolean;
  daysOverdue: number;
  issued: Day;
  due?: Day;
  paid?: Day;
  /** Dated after the as-of day. */
  futureDated: boolean;
}

/** Drafts and void documents are in no total; `count` is of the invoices that are in this one. */
export interface InvoiceTotal {
  currency: string;
  count: number;
  total: Minor;
  balance: Minor;
  /** What was given up of the written-off ones. */
  writtenOffAmount: Minor;
}

export interface InvoicePage extends Page<InvoiceSummary, InvoiceTotal> {
  /** How many of `totalCount` are drafts or void, and so in no total. */
  notInTotals?: number;
  /** What the drafts among them add up to: nothing that was invoiced. Present with the totals where there are any. */
  draftTotals?: DraftTotal[];
  /** The customer that was meant, where another spelling of the id, or a name, was given. */
  customerId?: string;
}

export interface DraftTotal {
  currency: string;
  count: number;
  total: Minor;
}

/** Credit notes dated after `asOf` are left out. */
export interface CreditNoteQuery extends PageRequest {
  customerId?: string;
  /** Day of issue, both ends included. */
  start?: Day;
  end?: Day;
  currency?: string;
  /** Only those of which something is applied to no invoice. */
  unapplied?: true;
  oldestFirst?: boolean;
  asOf: Day;
}

export interface CreditNoteSummary {
  id: string;
  number?: string;
  customerId?: string;
  customer?: string;
  currency: string;
  total: Minor;
  tax?: Minor;
  issued: Day;
  /** What of `total` is applied to no invoice. */
  unapplied: Minor;
}

export interface CreditNoteTotal {
  currency: string;
  count: number;
  total: Minor;
  unapplied: Minor;
}

export interface CreditNotePage extends Page<CreditNoteSummary, CreditNoteTotal> {
  /** As in `InvoicePage`. */
  customerId?: string;
}

export interface InvoiceDetail extends InvoiceSummary {
  invoice: Invoice;
  /** Oldest first; failed ones and ones dated after the as-of day are there, and marked. */
  payments: (Payment & { futureDated: boolean })[];
  credits: { creditNoteId: string; number?: CreditNote['number']; date: Day; amount: Minor }[];
  paidTotal: Minor;
  creditedTotal: Minor;
}

/** The resource finance://definitions defines each figure. */
export interface PeriodFigures {
  currency: string;
  /** Issued documents dated in the period: total, and the tax and tips in it. Drafts and void ones are not counted. */
  invoiced: { count: number; total: Minor; tax: Minor; tip: Minor };
  credited: { count: number; total: Minor; tax: Minor };
  received: { count: number; total: Minor };
  /** Negative. */
  refunded: { count: number; total: Minor };
  /** Expenses, and suppliers' credits (negative) apart. */
  spent: { count: number; total: Minor; tax: Minor };
  spentCredits: { count: number; total: Minor; tax: Minor };
  /**
   * What the cash basis adds to the two: expenses of other days that were paid in the period, less expenses of the
   * period that were paid on other days. A payment after `asOf` has not happened yet.
   */
  spentMoved: Minor;
}

export interface ReceivableFigures {
  currency: string;
  outstanding: { count: number; total: Minor };
  overdue: { count: number; total: Minor };
  /** Part of `outstanding` that has no due date. */
  noDueDate: { count: number; total: Minor };
  /** Open invoices dated after the as-of day: not outstanding yet. */
  futureDated: { count: number; total: Minor };
  /**
   * Payments less refunds that name no invoice, and what of credit notes is applied to none: not taken off
   * `outstanding`.
   */
  unapplied: { count: number; total: Minor };
}

export interface ExpenseQuery extends PageRequest {
  start?: Day;
  end?: Day;
  /** A whole name, or the beginning of some; compared as names are filed. Category likewise. */
  vendor?: string;
  category?: string;
  currency?: string;
  /** A decimal, compared with each amount in its own currency; the list then runs from the largest down. */
  minAmount?: string;
}

export interface ExpenseSummary {
  id: string;
  vendor?: string;
  type?: string;
  category?: string;
  description?: string;
  currency: string;
  amount: Minor;
  tax?: Minor;
  date: Day;
  due?: Day;
  paid?: Day;
  reference?: string;
}

export interface ExpenseTotal {
  currency: string;
  count: number;
  total: Minor;
  /** The suppliers' credits in `total`, negative. */
  credits: Minor;
}

/** The vendors or categories that begin as a filter does, where none has that very name. */
export interface MatchedNames {
  /** As they are written in the books, in alphabetical order; of very many only the first. */
  names: string[];
  /** How many they are. */
  count: number;
}

export interface ExpensePage extends Page<ExpenseSummary, ExpenseTotal> {
  vendors?: MatchedNames;
  categories?: MatchedNames;
}

export const paymentGroupings = ['method', 'customer', 'month'] as const;
export type PaymentGrouping = (typeof paymentGroupings)[number];

/** Payments that name no invoice, or charges that failed, which are otherwise in no list and no total. */
export const paymentExceptions = ['unapplied', 'failed'] as const;
export type PaymentExceptions = (typeof paymentExceptions)[number];

export interface PaymentQuery extends PageRequest {
  start: Day;
  end: Day;
  customerId?: string;
  method?: PaymentMethod;
  groupBy?: PaymentGrouping;
  only?: PaymentExceptions;
}

export interface PaymentSummary {
  id: string;
  customerId?: string;
  customer?: string;
  invoiceId?: string;
  invoiceNumber?: string;
  method: PaymentMethod;
  sourceMethod?: string;
  currency: string;
  /** Negative for a refund. */
  amount: Minor;
  date: Day;
  reference?: string;
}

/** Received and refunded apart; `net` is what stayed. */
export interface PaymentTotal {
  currency: string;
  count: number;
  received: Minor;
  refundCount: number;
  refunded: Minor;
  net: Minor;
}

export interface PaymentGroup extends PaymentTotal {
  /** The method, the month (YYYY-MM), or the customer's id; none where the payment names no customer. */
  key?: string;
  /** The customer's name, when grouped by customer. */
  name?: string;
}

export interface PaymentPage extends Page<PaymentSummary, PaymentTotal> {
  /** Present when asked for and exact; absent together with the totals, for the same reason. */
  groups?: PaymentGroup[];
  /** As in `InvoicePage`. */
  customerId?: string;
}

export interface CustomerMatch {
  customer: Customer;
  /** What the customer owes on the as-of day, per currency; empty when nothing is owed and nothing unapplied. */
  open: OpenBalance[];
}

export interface OpenBalance {
  currency: string;
  /** Invoices with something left to pay, and what that is. */
  count: number;
  balance: Minor;
  /** Money of the customer that is applied to no invoice, and so not taken off `balance`. */
  unapplied: Minor;
}

export interface CustomerQuery extends PageRequest {
  asOf: Day;
}

export type CustomerPage = Page<CustomerMatch, never>;

export interface CustomerMatches extends CustomerPage {
  /** The words of the query were not found as typed; these are the nearest spellings. */
  approximate: boolean;
}
