import type { AnyRow, Filing, Filter, Reference, ValueSlice } from './kind.ts';

/*
 * What several kinds declare alike.
 */

/** The entry under a value, where the row has one. */
export const filedUnder = (
  value: string | undefined,
  rest: readonly string[] = [],
  data?: object,
): Filing[] => (value === undefined ? [] : [{ key: [value, ...rest], ...(data && { data }) }]);

interface OfCustomer {
  customerId?: string;
}

/** The filter of documents by their customer. */
export const byCustomer = {
  by: 'reference',
  value: ({ customerId }: OfCustomer) => customerId,
  index: 'customer',
  kind: 'customer',
} as const satisfies Filter<AnyRow & OfCustomer>;

/** The customer of a document, whose name its row shows. */
export const shownCustomer: Reference<OfCustomer> = {
  kind: 'customer',
  fields: ['name'],
  id: ({ customerId }) => customerId,
  through: ['customer'],
};

/** The whole years that a query is about, where nothing but the currency is asked for: totals by value are kept by year. */
export function wholeYears({ filters }: { filters: object }): ValueSlice | undefined {
  const { currency, start, end, ...others } = filters as Record<string, string | undefined>;
  const whole = (start ?? '-01-01').endsWith('-01-01') && (end ?? '-12-31').endsWith('-12-31');
  if (!whole || Object.values(others).some((value) => value !== undefined)) return undefined;
  return { currency, from: start?.slice(0, 4), to: end?.slice(0, 4) };
}
