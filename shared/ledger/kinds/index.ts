import type { Kind, TypesOf } from '../kind.ts';
import { attachment } from './attachment.ts';
import { balance } from './balance.ts';
import { bankAccount } from './bank-account.ts';
import { bankTransaction } from './bank-transaction.ts';
import { bill } from './bill.ts';
import { billPayment } from './bill-payment.ts';
import { business } from './business.ts';
import { connection } from './connection.ts';
import { contract } from './contract.ts';
import { costGroup } from './cost-group.ts';
import { creditNote } from './credit-note.ts';
import { customer } from './customer.ts';
import { expense } from './expense.ts';
import { invoice } from './invoice.ts';
import { payment } from './payment.ts';
import { product } from './product.ts';
import { project } from './project.ts';
import { scheduleLine } from './schedule-line.ts';
import { statement } from './statement.ts';
import { supplier } from './supplier.ts';
import { supplierCredit } from './supplier-credit.ts';
import { taxGroup } from './tax-group.ts';

/** Every kind of record, in the order in which they are counted and exported. */
export const kinds = {
  business,
  customer,
  invoice,
  credit_note: creditNote,
  payment,
  expense,
  product,
  supplier,
  bill,
  supplier_credit: supplierCredit,
  bill_payment: billPayment,
  bank_account: bankAccount,
  connection,
  balance,
  statement,
  bank_transaction: bankTransaction,
  contract,
  schedule_line: scheduleLine,
  project,
  cost_group: costGroup,
  tax_group: taxGroup,
  attachment,
};

export type Kinds = typeof kinds;
export type RecordKind = keyof Kinds;
export type LedgerRecord = {
  [Name in RecordKind]: Kinds[Name] extends Kind<infer Types> ? Types['record'] : never;
}[RecordKind];

export const recordKinds = Object.keys(kinds) as RecordKind[];

export type SingleName = 'business';
export type ListedName = Exclude<RecordKind, SingleName>;
/** The kinds of which one record can be found with everything about it. */
export type FoundName = {
  [Name in RecordKind]: [TypesOf<Kinds[Name]>['detail']] extends [never] ? never : Name;
}[RecordKind];
export type SearchedName =
  | 'customer'
  | 'supplier'
  | 'product'
  | 'project'
  | 'cost_group'
  | 'tax_group'
  | 'bank_account'
  | 'connection'
  | 'contract'
  | 'attachment';

/** The series of totals by day whose uppermost level is in the summary that every call reads first. */
export const summarized = ['books', 'due'] as const;
