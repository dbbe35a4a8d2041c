import type { Day } from './dates.ts';
import type { Filing, Filter, Grouping, Index, Reference, Shown, ValueSlice } from './kind.ts';
import type { Tally } from './measures.ts';
import type { Minor } from './money.ts';

/*
 * What several kinds declare alike.
 */

/** The entry under a value, where the row has one. */
export const filedUnder = (
  value: string | undefined,
  rest: readonly string[] = [],
  data?: object,
): Filing[] => (value === undefined ? [] : [{ key: [value, ...rest], ...(data && { data }) }]);

/**
 * What documents declare of the record of another kind that they are addressed to or come from, such as a customer:
 * records have its id as `customerId`, rows also its name as `customer`, and the index `customer` has them by its id.
 */
export function party(kind: string) {
  const textOf = (row: object, field: string) => (row as Record<string, string | undefined>)[field];
  const id = (row: object) => textOf(row, `${kind}Id`);
  return {
    id,
    filter: { by: 'reference', value: id, index: kind, kind } as const satisfies Filter<object>,
    reference: { kind, fields: ['name'], id, through: [kind] } satisfies Reference<object>,
    group: { key: id, label: (row) => textOf(row, kind) } satisfies Grouping<object>,
  };
}

/** How a kind keeps its rows by the id of another record that they are attributed to. */
interface Attribution<Row extends object> {
  /** The field that has the id: "costGroupId". */
  field: string & keyof Row;
  /** The kind of the other record: "cost_group". */
  kind: string;
  /** The name of the index, and the series of its totals. */
  index: string;
  series: string;
  day(row: Row): Day;
  tally(row: Row): Tally;
}

/** Another record that rows are attributed to: how they are filed, filtered, totalled and grouped by its id. */
export function attributed<Row extends object>({ field, kind, index, series, day, tally }: Attribution<Row>) {
  const id = (row: Row) => row[field] as string | undefined;
  return {
    index: {
      of: (row: Row) => filedUnder(id(row), [day(row)]),
      totals: { per: 'value', series, of: tally },
    } satisfies Index<Row, object>,
    filter: { by: 'exact', value: id, index, series } satisfies Filter<Row>,
    group: { key: id, named: kind, from: { series, slice: wholeYears } } satisfies Grouping<Row>,
  } as const;
}

/** What an import reports of a document. */
export const documentOverview = (document: { issued: Day; total: Minor; lifecycle: string }) => ({
  day: document.issued,
  amount: document.total,
  ...(document.lifecycle !== 'issued' && { apart: document.lifecycle }),
});

interface WithCounterparty {
  direction?: 'client' | 'supplier';
  counterpartyId?: string;
}

/** The customer or supplier on the other side, whose name a row shows; `of` tells it from a record and what it names. */
export const shownCounterparty = <Own>(of: (record: Own, shown: Shown) => WithCounterparty | undefined) => {
  const reference = (kind: string, side: WithCounterparty['direction']): Reference<Own> => ({
    kind,
    fields: ['name'],
    id(record, shown) {
      const { direction, counterpartyId } = of(record, shown) ?? {};
      return direction === side ? counterpartyId : undefined;
    },
    through: ['counterparty'],
  });
  return { customer: reference('customer', 'client'), supplier: reference('supplier', 'supplier') };
};

/** The name of the customer or supplier that a row shows. */
export const counterpartyIn = ({ customer, supplier }: Shown): string | undefined =>
  ((customer ?? supplier) as { name?: string } | undefined)?.name;

/** The whole years that a query is about, where nothing but the currency is asked for: totals by value are kept by year. */
export function wholeYears({ filters }: { filters: object }): ValueSlice | undefined {
  const { currency, start, end, ...others } = filters as Record<string, string | undefined>;
  const whole = (start ?? '-01-01').endsWith('-01-01') && (end ?? '-12-31').endsWith('-12-31');
  if (!whole || Object.values(others).some((value) => value !== undefined)) return undefined;
  return { currency, from: start?.slice(0, 4), to: end?.slice(0, 4) };
}
