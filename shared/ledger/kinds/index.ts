import type { Kind, TypesOf } from '../kind.ts';
import { business } from './business.ts';
import { creditNote } from './credit-note.ts';
import { customer } from './customer.ts';
import { expense } from './expense.ts';
import { invoice } from './invoice.ts';
import { payment } from './payment.ts';
import { product } from './product.ts';

/** Every kind of record, in the order in which they are counted and exported. */
export const kinds = { business, customer, invoice, credit_note: creditNote, payment, expense, product };

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
export type SearchedName = 'customer';

/** The series of totals by day whose uppermost level is in the summary that every call reads first. */
export const summarized = ['books', 'due'] as const;
