import { isOrganizationId, type RecordKind } from '../ledger/records.ts';

/*
 * One table. Every partition key starts with what it holds and whose it is:
 *   R#<org>#<kind>    records, as imported; sort key: the record's id
 *   D#<org>#<index>   derived items, computed from records alone; sort keys below
 *   M#<client id>     the organization of a machine client
 * so that a policy can limit a reader to one organization's R# and D#, and the projections to writing D#.
 * Derived items are items and not global secondary indexes because an index cannot be read consistently, and what
 * is recomputed from a late read would be wrong until the next change.
 */

/** The derived indexes and what their sort keys are made of. */
export const indexes = {
  /** One per record that has derived items: its list row, and where its entries are. Sort key: id. */
  invoice: 'id',
  credit: 'id',
  payment: 'id',
  expense: 'id',
  customer: 'id',

  'invoice.date': 'issued, id',
  'invoice.customer': 'customer, issued, id',
  /** Paid, draft, void and written-off ones by day of issue; open ones by due day. */
  'invoice.class': 'class, issued or due, id',
  /** Only while something is owed. */
  'invoice.open': 'due, id',
  /** All that have a due day. */
  'invoice.due': 'due, id',
  'invoice.currency': 'currency, issued, id',
  'invoice.number': 'number, id',
  /** Payments and credits of an invoice. */
  'invoice.settlement': 'invoice, date, what, id',
  /** Credits applied and write-offs, by the day on which they change a balance. */
  'settlement.date': 'date, what, id',
  'credit.date': 'issued, id',
  'credit.customer': 'customer, issued, id',
  /** Only while a part is applied to no invoice. */
  'credit.unapplied': 'issued, id',
  /** Changes of the unapplied part of a credit note. */
  'credit.rest': 'date, id',
  'payment.date': 'date, id',
  'payment.customer': 'customer, date, id',
  'payment.method': 'method, date, id',
  /** Payments that name no invoice. */
  'payment.unapplied': 'date, id',
  /** Charges that failed; no other index has them. */
  'payment.failed': 'date, id',
  'failed.customer': 'customer, date, id',
  'expense.date': 'date, id',
  'expense.vendor': 'vendor, date, id',
  'expense.category': 'category, date, id',
  'expense.currency': 'currency, date, id',
  'expense.amount': 'amount, date, id',
  /** Expenses paid on another day than their own, which the cash basis moves: out of that day and into the other. */
  'expense.moved': 'date or paid, id',
  /** Payments that name no invoice, and changes of the unapplied parts of credit notes. */
  'customer.unapplied': 'customer, date, what, id',
  /** The names of a customer: id, name and organization. */
  'customer.name': 'name, customer',
  'customer.list': 'name, customer',
  'customer.word': 'word, customer',
  'customer.rest': 'rest, word, customer',

  /** Totals; see totals.ts for the levels. */
  /** The item that every call reads first: calendar, last change and the uppermost totals; see head.ts. */
  head: 'fixed',
  /** By day of the record, and open invoices by due day. */
  'total.books': 'level, period',
  /** Payments separately: by method, they are most of a day's totals, and few calls need them. */
  'total.payments': 'level, period',
  'total.due': 'level, period',
  /** All invoices by due day: few calls need them, and the open ones are far fewer. */
  'total.alldue': 'level, period',
  'total.customer': 'customer, year',
  /** How many customers there are. One item. */
  'total.customers': 'fixed',
  'total.vendor': 'vendor, year',
  'total.category': 'category, year',

  /** What an import has begun to change and not finished yet. */
  pending: 'sequence',
} as const;

export type IndexName = keyof typeof indexes;

/** The totals that are kept by day. */
export type DayTotals = 'total.books' | 'total.payments' | 'total.due' | 'total.alldue';

/** The totals that are kept by value and year. */
export type ValueTotals = 'total.customer' | 'total.vendor' | 'total.category';

/** The partitions of one organization: the only place where partition keys are made. */
export interface Partitions {
  readonly organization: string;
  records(kind: RecordKind): string;
  derived(index: IndexName): string;
}

/** @throws {RangeError} when the id is not a valid organization id: it could escape its partitions. */
export function partitionsOf(organization: string): Partitions {
  if (!isOrganizationId(organization)) throw new RangeError('Not an organization id.');
  return {
    organization,
    records: (kind) => `R#${organization}#${kind}`,
    derived: (index) => `D#${organization}#${index}`,
  };
}

/** Whose records a partition holds; undefined for any other partition. */
export function organizationOfRecords(pk: string): string | undefined {
  const [what, organization = '', kind] = pk.split('#');
  return what === 'R' && kind !== undefined && isOrganizationId(organization) ? organization : undefined;
}

/** The item with the organization of a machine client: written by operators, read when its tokens are issued. */
export const machineClientKey = (clientId: string): { pk: string; sk: string } => ({
  pk: `M#${clientId}`,
  sk: 'organization',
});

/**
 * A sort key from its parts. Texts from outside are escaped so that one part cannot be read as two.
 * @example sortKey('C#1', '2026-11-21') === 'C%231#2026-11-21'
 */
export const sortKey = (...parts: string[]): string =>
  parts.map((part) => part.replace(/[%#]/g, (sign) => (sign === '%' ? '%25' : '%23'))).join('#');

/** The parts that a sort key was made from. */
export const sortKeyParts = (key: string): string[] =>
  key.split('#').map((part) => part.replaceAll('%23', '#').replaceAll('%25', '%'));

/** The beginning that all sort keys with these first parts share. */
export const sortPrefix = (...parts: string[]): string => `${sortKey(...parts)}#`;

/** Sorts after everything that starts with the prefix: parts never contain this character. */
export const afterAll = '\u{10FFFF}';

/** The range of everything in a partition. */
export const wholePartition = (pk: string) => ({ pk, from: '!', to: afterAll });

/** As DynamoDB orders sort keys: by their UTF-8 bytes, which is by code point. */
export function compareKeys(a: string, b: string): number {
  for (let at = 0; at < a.length && at < b.length; ) {
    const [left, right] = [a.codePointAt(at)!, b.codePointAt(at)!];
    if (left !== right) return left - right;
    at += left > 0xffff ? 2 : 1;
  }
  return a.length - b.length;
}
