import type { Registry } from '../ledger/registry.ts';
import { isOrganizationId } from '../organization.ts';
import type { Table } from './table.ts';

/*
 * One table. Every partition key starts with what it holds and whose it is:
 *   R#<org>#<kind>          records, as imported; sort key: the record's id
 *   D#<org>#<kind>          what is derived of a record: its row, and the names of its index entries; by id
 *   D#<org>#<kind>.<index>  the entries of an index; sort key: the entry's key and the id
 *   D#<org>#<kind>.settled  what settles records of the kind, filed with each; by its id, the day, and what settles it
 *   D#<org>#<kind>.changed  what else changes balances of the kind, by day
 *   D#<org>#total.<series>  totals; see totals.ts for the levels
 *   D#<org>#summary         what every call reads first; see summary.ts
 *   D#<org>#pending         what a writer has begun to change and not finished yet
 *   M#<client id>           the organization of a machine client
 * so that a policy can limit a reader to one organization's R# and D#, and the projections to writing D#.
 * Derived items are computed from records alone. They are items and not global secondary indexes because an index
 * cannot be read consistently, and what is recomputed from a late read would be wrong until the next change.
 */

/** The partitions of one organization: the only place where partition keys are made. */
export interface Partitions {
  readonly organization: string;
  records(kind: string): string;
  derived(index: string): string;
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

/** The books of an organization as they are kept: where, and which kinds they have. */
export interface Store {
  table: Table;
  partitions: Partitions;
  registry: Registry;
}

/** All partitions of an organization: what is deleted with it, and verified. */
export const derivedNames = ({ partitions }: Registry): string[] => [...partitions, 'summary', 'pending'];

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
  parts
    .map((part) => (/[%#]/.test(part) ? part.replaceAll('%', '%25').replaceAll('#', '%23') : part))
    .join('#');

/** The parts that a sort key was made from. */
export const sortKeyParts = (key: string): string[] =>
  key.split('#').map((part) => part.replaceAll('%23', '#').replaceAll('%25', '%'));

/** The first part of a sort key, as it stands in it, with what separates it from the rest: the `sortPrefix` of it. */
export const prefixIn = (key: string): string => key.slice(0, key.indexOf('#') + 1);

/** The day with which a key of an index by day begins. */
export const dayIn = (key: string): string => key.slice(0, 10);

/** The month with which it begins. */
export const monthIn = (key: string): string => key.slice(0, 7);

/** The value and the year with which a key of an index by value and day begins: the key of their total. */
export const valueYearIn = (key: string): string =>
  prefixIn(key) + key.slice(key.indexOf('#') + 1).slice(0, 4);

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
