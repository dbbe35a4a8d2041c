import type { Day } from './dates.ts';
import type { Minor } from './money.ts';

/*
 * The records of the books, as imported: what happened, nothing derived. All amounts are integers in minor units
 * of the record's currency. Whatever can be computed (balance, status, totals) is computed elsewhere.
 */

export interface Address {
  street?: string;
  city?: string;
  region?: string;
  postalCode?: string;
  country?: string;
}

export const accountingBases = ['accrual', 'cash'] as const;
export type AccountingBasis = (typeof accountingBases)[number];

/** How tax on expenses is treated: as claimed back, or as a cost like any other. */
export const inputTaxTreatments = ['cost', 'recovered'] as const;
export type InputTaxTreatment = (typeof inputTaxTreatments)[number];

/** The owner of the books, with their calendar and defaults. One per organization. */
export interface BusinessProfile {
  kind: 'business';
  /** Always "business": there is one. */
  id: 'business';
  name: string;
  contact?: string;
  email?: string;
  phone?: string;
  website?: string;
  address?: Address;
  /** Percent as a decimal string: "8.1". */
  taxRate?: string;
  taxName?: string;
  /** Percent as a decimal string: "18". */
  gratuityRate?: string;
  /** How far ahead work can be booked, in days. */
  minimumLeadDays?: number;
  maximumLeadDays?: number;
  /** ISO 4217; the currency in which the business reports. Amounts in others are never converted. */
  currency?: string;
  /** IANA name; decides what "today" is. */
  timeZone: string;
  /** 1 to 12: the month in which the fiscal year starts. */
  fiscalYearStartMonth: number;
  /** The accounting basis when a call names none. */
  accountingBasis: AccountingBasis;
  /** Default: "cost". */
  inputTax?: InputTaxTreatment;
}

export interface Customer {
  kind: 'customer';
  id: string;
  name: string;
  organization?: string;
  email?: string;
  phone?: string;
  address?: Address;
  notes?: string;
}

export const lifecycles = ['draft', 'issued', 'void', 'written_off'] as const;
export type Lifecycle = (typeof lifecycles)[number];

/** One line of a document. Quantity and rate are decimal strings: unit prices may have more decimals than the currency. */
export interface Line {
  name: string;
  description?: string;
  quantity?: string;
  rate?: string;
  tax?: Minor;
  total: Minor;
}

export interface Invoice {
  kind: 'invoice';
  id: string;
  number?: string;
  customerId?: string;
  currency: string;
  lifecycle: Lifecycle;
  issued: Day;
  due?: Day;
  sent?: Day;
  viewed?: Day;
  /** The write-off date. Without it, a written-off invoice counts as never owed. */
  writtenOff?: Day;
  /** The source's own word for the status, verbatim. */
  sourceStatus?: string;
  subtotal?: Minor;
  discount?: Minor;
  tax?: Minor;
  tip?: Minor;
  /** Authoritative: never recomputed from the lines. */
  total: Minor;
  lines: Line[];
  reference?: string;
  notes?: string;
}

/** The part of a credit note that is applied to an invoice. */
export interface CreditAllocation {
  invoiceId: string;
  amount: Minor;
  /** The day on which it was applied. */
  date: Day;
}

/** Reduces what customers owe and what was invoiced, without a payment. Its amounts are positive. */
export interface CreditNote {
  kind: 'credit_note';
  id: string;
  number?: string;
  customerId?: string;
  currency: string;
  lifecycle: 'draft' | 'issued' | 'void';
  issued: Day;
  tax?: Minor;
  total: Minor;
  allocations: CreditAllocation[];
  reference?: string;
  notes?: string;
}

export const paymentMethods = [
  'cash',
  'check',
  'card',
  'bank_transfer',
  'ach',
  'direct_debit',
  'paypal',
  'credit',
  'other',
] as const;
export type PaymentMethod = (typeof paymentMethods)[number];

/** Money received for one invoice, or for none yet. A refund is a payment with a negative amount. */
export interface Payment {
  kind: 'payment';
  id: string;
  invoiceId?: string;
  /** Used if the payment names no invoice; otherwise the invoice's customer is used. */
  customerId?: string;
  currency: string;
  date: Day;
  amount: Minor;
  method: PaymentMethod;
  /** The source's own word for the method, verbatim. */
  sourceMethod?: string;
  /** A charge that did not succeed: kept, shown with its invoice, counted nowhere. */
  failed?: boolean;
  reference?: string;
  notes?: string;
}

/** Money spent, dated when it was incurred. A supplier's credit is an expense with a negative amount. */
export interface Expense {
  kind: 'expense';
  id: string;
  /** Only recorded expenses are listed and counted. */
  lifecycle: 'draft' | 'recorded' | 'void';
  vendor?: string;
  category?: string;
  /** The type of record in the source: "bill", "card purchase", … */
  type?: string;
  description?: string;
  currency: string;
  date: Day;
  due?: Day;
  paid?: Day;
  tax?: Minor;
  amount: Minor;
  reference?: string;
}

export type LedgerRecord = BusinessProfile | Customer | Invoice | CreditNote | Payment | Expense;
export type RecordKind = LedgerRecord['kind'];

/** The profile that is assumed until one has been imported. */
export const assumedProfile = (organization: string): BusinessProfile => ({
  kind: 'business',
  id: 'business',
  name: organization,
  timeZone: 'UTC',
  fiscalYearStartMonth: 1,
  accountingBasis: 'accrual',
});

const organizationId = /^[a-z0-9][a-z0-9-]{1,62}$/;

/** Whether the text is a valid organization id. Nothing else may ever reach a key or a policy. */
export const isOrganizationId = (text: string): boolean => organizationId.test(text);
