import { addDays } from '../../shared/ledger/dates.ts';
import type { Fields, RecordOf } from '../../shared/ledger/fields.ts';
import { filed } from '../../shared/ledger/folding.ts';
import type { Kind, Query } from '../../shared/ledger/kind.ts';
import { type Measured, measure, perCurrency, type Tally } from '../../shared/ledger/measures.ts';
import { addMinor, formatMoney, sortableAmount } from '../../shared/ledger/money.ts';
import { misspellableWords, searchWords } from '../../shared/ledger/search-words.ts';

/*
 * Kinds that no product has, with every feature that a declaration can have: parcels are sent to a depot, are settled
 * by receipts, change by themselves when they are returned, and are listed, filtered, totalled, grouped and searched.
 */

const depotShape = (is: Fields) => ({ name: is.name });
type Depot = RecordOf<'depot', typeof depotShape>;

const parcelShape = (is: Fields) => ({
  name: is.name,
  depotId: is.id.exactOptional(),
  sender: is.name.exactOptional(),
  size: is.oneOf(['small', 'large']),
  currency: is.currency,
  sent: is.day,
  returned: is.day.exactOptional(),
  lost: is.flag.exactOptional(),
  value: is.money,
});
type Parcel = RecordOf<'parcel', typeof parcelShape>;

const receiptShape = (is: Fields) => ({
  parcelId: is.id.exactOptional(),
  currency: is.currency,
  date: is.day,
  amount: is.money,
});
type Receipt = RecordOf<'receipt', typeof receiptShape>;

interface ParcelRow extends Omit<Parcel, 'kind'> {
  depot?: string;
  open: number;
}

type Sum = Measured<'count' | 'value' | 'open'>;

const sent = measure('sent', 'count', 'value', 'open');
const handed = measure('handed', 'count', 'amount');

const tally = ({ currency, value, open, size }: ParcelRow): Tally =>
  sent.of(currency, { count: 1, value, open }, size);

const totals = (tally: Tally): Sum[] => perCurrency(sent.in(tally), 'count', 'value', 'open');

interface None {
  filters: object;
  order: 'date';
  totals: object;
  grouping: never;
  group: never;
  detail: never;
}

export const depot: Kind<None & { record: Depot; row: Depot; shown: Depot }> = {
  name: 'depot',
  shape: depotShape,
  row: (record) => record,
  indexes: {
    all: { of: ({ name }) => [{ key: [filed(name)] }], totals: { per: 'count', series: 'depots' } },
  },
  search: {
    words: searchWords,
    misspellable: misspellableWords,
    names: ({ id, name }) => [...new Set([filed(id), filed(name)])].filter((name) => name !== ''),
    called: ({ id, name }) => ({ id, name }),
    advice: 'ask at a counter.',
  },
};

export const receipt: Kind<None & { record: Receipt; row: Receipt; shown: Receipt }> = {
  name: 'receipt',
  shape: receiptShape,
  settles: {
    parcel: {
      of: ({ parcelId, date, currency, amount }) =>
        parcelId === undefined
          ? []
          : [{ id: parcelId, date, currency, amount, data: { date, currency, amount } }],
    },
  },
  row: (record) => record,
  indexes: {
    date: {
      of: ({ date }) => [{ key: [date] }],
      totals: {
        per: 'day',
        series: 'handed',
        of: ({ currency, amount }: Receipt) => handed.of(currency, { count: 1, amount }),
      },
    },
  },
};

interface Types {
  record: Parcel;
  row: ParcelRow;
  shown: ParcelRow & { overdue: boolean };
  filters: {
    depotId?: string;
    sender?: string;
    size?: string;
    currency?: string;
    minValue?: string;
    lost?: true;
    open?: true;
    late?: true;
  };
  order: 'sent' | 'value';
  totals: { totals: Sum[] };
  grouping: 'depot' | 'sender' | 'month' | 'size';
  group: Sum;
  detail: never;
}

const senderOf = ({ sender }: ParcelRow) => filed(sender ?? '') || undefined;
const valueOfParcel = ({ value, currency }: ParcelRow) => sortableAmount(formatMoney(value, currency));

export const parcel: Kind<Types> = {
  name: 'parcel',
  shape: parcelShape,
  listed: ({ size, lost }) => size !== 'small' || !lost,
  shows: {
    depot: { kind: 'depot', fields: ['name'], id: ({ depotId }) => depotId, through: ['depot', 'lostAt'] },
  },
  row({ kind: _kind, ...parcel }, { depot }, settlements) {
    const settled = (settlements as Receipt[])
      .filter(({ currency }) => currency === parcel.currency)
      .reduce((sum, { amount }) => addMinor(sum, amount), 0);
    return {
      ...parcel,
      ...(depot && { depot: (depot as Depot).name }),
      open: addMinor(parcel.value, -settled),
    };
  },
  indexes: {
    date: {
      of: ({ sent, lost }) => (lost ? [] : [{ key: [sent] }]),
      totals: { per: 'day', series: 'parcels', of: tally },
    },
    size: { of: ({ size, sent, lost }) => (lost ? [] : [{ key: [size, sent] }]) },
    currency: { of: ({ currency, sent, lost }) => (lost ? [] : [{ key: [currency, sent] }]) },
    value: { of: (row) => (row.lost ? [] : [{ key: [valueOfParcel(row), row.sent] }]) },
    open: { of: ({ open, sent, lost }) => (open > 0 && !lost ? [{ key: [sent] }] : []) },
    lost: {
      of: ({ lost, sent }) => (lost ? [{ key: [sent] }] : []),
      totals: { per: 'day', series: 'lost', of: tally },
    },
    lostAt: {
      of: ({ depotId, lost, sent }) => (lost && depotId !== undefined ? [{ key: [depotId, sent] }] : []),
    },
    depot: {
      of: ({ depotId, sent, lost }) => (lost || depotId === undefined ? [] : [{ key: [depotId, sent] }]),
      totals: {
        per: 'value',
        series: 'depot',
        of: tally,
        label: ({ depot }: ParcelRow) => depot,
        monthly: true,
      },
    },
    /** What was handed over for parcels of a depot, or of none, by what settles them. */
    receipts: {
      of: ({ depotId, lost }, _parcel, settlements) =>
        lost
          ? []
          : (settlements as Receipt[]).map((data, at) => ({ key: [depotId ?? '', data.date], data, at })),
      totals: {
        per: 'value',
        series: 'depot.receipts',
        of: ({ currency, amount }: Receipt) => handed.of(currency, { count: 1, amount }),
        monthly: true,
      },
    },
    sender: {
      of: (row) => {
        const sender = senderOf(row);
        return row.lost || sender === undefined ? [] : [{ key: [sender, row.sent] }];
      },
      totals: { per: 'value', series: 'sender', of: tally, label: ({ sender }: ParcelRow) => sender },
    },
  },
  changed: {
    of: ({ id, currency }, { returned, lost }) =>
      returned === undefined || lost ? [] : [{ date: returned, data: { id, currency, amount: 0 } }],
    totals: {
      per: 'day',
      series: 'parcels',
      of: ({ currency }: { currency: string }) => handed.of(currency, { count: 1 }),
    },
  },
  asOf: (row, day, later) => ({
    ...row,
    ...(row.returned !== undefined && row.returned > day && { returned: addDays(day, 1) }),
    open: later.reduce((open, { amount }) => addMinor(open, amount), row.open),
  }),
  list: {
    noun: 'parcels',
    narrow: 'use fewer words',
    base: { index: 'date', order: 'sent', day: true, series: 'parcels', measures: [sent.name] },
    tally,
    filters: {
      depotId: {
        by: 'reference',
        value: ({ depotId }) => depotId,
        index: 'depot',
        kind: 'depot',
        series: 'depot',
      },
      sender: { by: 'name', value: senderOf, index: 'sender', series: 'sender', advice: 'look at a parcel.' },
      size: { by: 'exact', value: ({ size }) => size, index: 'size', part: true },
      currency: { by: 'exact', value: ({ currency }) => currency, index: 'currency' },
      minValue: { by: 'least', value: valueOfParcel, of: sortableAmount, index: 'value' },
      lost: {
        by: 'apart',
        of: () => ({ index: 'lost', sum: { series: 'lost', measures: [sent.name] } }),
        test: ({ lost }) => lost === true,
      },
      open: {
        by: 'apart',
        of: () => ({ index: 'open' }),
        test: ({ open }) => open > 0,
        also: true,
      },
      late: { by: 'code', test: ({ sent }, { asOf }: Query<Types>) => sent < addDays(asOf, -10) },
    },
    orders: { sent: ({ sent }) => [sent], value: (row) => [valueOfParcel(row), row.sent] },
    present: (row, asOf) => ({ ...row, overdue: row.open > 0 && row.sent < addDays(asOf, -30) }),
    totals: (tally) => ({ totals: totals(tally) }),
    groups: {
      depot: {
        key: ({ depotId }) => depotId,
        label: ({ depot }) => depot,
        from: {
          series: 'depot',
          slice: ({ filters: { currency, ...others } }: Query<Types>) =>
            Object.keys(others).length === 0 ? { currency } : undefined,
        },
      },
      sender: { key: senderOf },
      month: { key: ({ sent }) => sent.slice(0, 7), from: 'months' },
      size: { key: ({ size }) => size, from: 'parts' },
    },
    group: totals,
  },
};
