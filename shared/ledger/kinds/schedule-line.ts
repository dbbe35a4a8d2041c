import { defined } from '../../json.ts';
import { counterpartyIn, filedUnder, shownCounterparty } from '../declaring.ts';
import type { Fields, RecordOf } from '../fields.ts';
import type { Kind, Shown, TypesWith } from '../kind.ts';
import { type Measured, measure, perCurrency, type Tally } from '../measures.ts';
import type { Contract, Direction } from './contract.ts';

const shape = (is: Fields) => ({
  contractId: is.id,
  currency: is.currency,
  due: is.day,
  amount: is.money.describe('not negative; the direction of the contract says who pays'),
  tax: is.money.describe('part of `amount`').exactOptional(),
  description: is.prose.exactOptional(),
  invoiceId: is.id.describe('the invoice that it became').exactOptional(),
  billId: is.id.describe('the bill that it became').exactOptional(),
  transactionId: is.id.describe('the bank transaction that paid it').exactOptional(),
  cancelled: is.flag.exactOptional(),
});

/** What is due under a contract on a day. There is no status: it is derived from what the line became. */
export type ScheduleLine = RecordOf<'schedule_line', typeof shape>;

/** `open` includes what is overdue. A line that became a document counts there, and no longer as committed. */
export const lineStates = ['open', 'invoiced', 'paid', 'cancelled', 'draft'] as const;
export type LineState = (typeof lineStates)[number];

export interface LineSummary extends Omit<ScheduleLine, 'kind' | 'cancelled'> {
  state: LineState;
  contract?: string;
  direction?: Direction;
  counterpartyId?: string;
  counterparty?: string;
  projectId?: string;
}

export interface LineFilters {
  state?: LineState;
  direction?: Direction;
  contractId?: string;
  counterpartyId?: string;
  projectId?: string;
  currency?: string;
}

/** What customers pay us, and what we pay. */
export type LineTotal = Measured<'count' | 'incoming' | 'outgoing'>;

/** Schedule lines, by their state. Those of an unknown contract have no direction, and are in neither sum. */
const scheduled = measure('scheduled', 'count', 'incoming', 'outgoing');

const tally = ({ currency, amount, direction, state }: LineSummary): Tally =>
  scheduled.of(
    currency,
    {
      count: 1,
      incoming: direction === 'client' ? amount : 0,
      outgoing: direction === 'supplier' ? amount : 0,
    },
    state,
  );

const totals = (tally: Tally): LineTotal[] =>
  perCurrency(scheduled.in(tally), 'count', 'incoming', 'outgoing');

const contractIn = (shown: Shown): Contract | undefined => (shown as { contract?: Contract }).contract;

/** What became of a line. Nothing of a draft is committed, and nothing after the end of a terminated contract. */
function stateOf(
  { cancelled, invoiceId, billId, transactionId, due }: ScheduleLine,
  contract?: Contract,
): LineState {
  if (cancelled) return 'cancelled';
  if (transactionId !== undefined) return 'paid';
  if (invoiceId !== undefined || billId !== undefined) return 'invoiced';
  if (contract?.status === 'draft') return 'draft';
  return contract?.status === 'terminated' && due > (contract.end ?? '') ? 'cancelled' : 'open';
}

type Types = TypesWith<{
  record: ScheduleLine;
  row: LineSummary;
  shown: LineSummary;
  filters: LineFilters;
  order: 'due';
  totals: { totals: LineTotal[] };
  grouping: 'month' | 'direction' | 'contract';
  group: LineTotal;
}>;

export const scheduleLine: Kind<Types> = {
  name: 'schedule_line',
  shape,
  overview: ({ due, amount }) => ({ day: due, amount }),
  shows: {
    contract: {
      kind: 'contract',
      fields: ['name', 'direction', 'counterpartyId', 'projectId', 'status', 'end'],
      id: ({ contractId }) => contractId,
      through: ['contract'],
    },
    ...shownCounterparty((_line: ScheduleLine, shown) => contractIn(shown)),
  },
  row(line, shown) {
    const { kind: _kind, cancelled: _cancelled, ...own } = line;
    const contract = contractIn(shown);
    return defined({
      ...own,
      state: stateOf(line, contract),
      contract: contract?.name,
      direction: contract?.direction,
      counterpartyId: contract?.counterpartyId,
      counterparty: counterpartyIn(shown),
      projectId: contract?.projectId,
    });
  },
  indexes: {
    date: { of: ({ due }) => [{ key: [due] }], totals: { per: 'day', series: 'scheduled', of: tally } },
    state: { of: ({ state, due }) => [{ key: [state, due] }] },
    contract: { of: ({ contractId, due }) => filedUnder(contractId, [due]) },
    counterparty: { of: ({ counterpartyId, due }) => filedUnder(counterpartyId, [due]) },
  },
  list: {
    noun: 'schedule lines',
    narrow: 'ask for a shorter period or one contract',
    base: { index: 'date', order: 'due', day: true, series: 'scheduled', measures: [scheduled.name] },
    tally,
    filters: {
      state: { by: 'exact', value: ({ state }) => state, index: 'state', part: true },
      direction: { by: 'exact', value: ({ direction }) => direction },
      contractId: {
        by: 'reference',
        value: ({ contractId }) => contractId,
        index: 'contract',
        kind: 'contract',
      },
      counterpartyId: { by: 'exact', value: ({ counterpartyId }) => counterpartyId, index: 'counterparty' },
      projectId: { by: 'exact', value: ({ projectId }) => projectId },
      currency: { by: 'exact', value: ({ currency }) => currency },
    },
    orders: { due: ({ due }) => [due] },
    totals: (tally) => ({ totals: totals(tally) }),
    groups: {
      month: { key: ({ due }) => due.slice(0, 7), from: 'months' },
      direction: { key: ({ direction }) => direction },
      contract: { key: ({ contractId }) => contractId, label: ({ contract }) => contract },
    },
    group: totals,
  },
};
