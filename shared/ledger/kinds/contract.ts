import { defined } from '../../json.ts';
import { addDays, addMonths, type Day } from '../dates.ts';
import { counterpartyIn, filedUnder, shownCounterparty } from '../declaring.ts';
import { FieldRefusal } from '../errors.ts';
import type { Fields, RecordOf } from '../fields.ts';
import type { Kind, Query, TypesWith } from '../kind.ts';
import { named } from '../named.ts';

export const directions = ['client', 'supplier'] as const;
export type Direction = (typeof directions)[number];

const shape = (is: Fields) => ({
  name: is.name,
  number: is.label.exactOptional(),
  direction: is.oneOf(directions).describe('`client`: they pay us; `supplier`: we pay them'),
  counterpartyId: is.id.describe('the customer or supplier').exactOptional(),
  currency: is.currency,
  status: is
    .oneOf(['draft', 'active', 'terminated'])
    .describe('there is no value for ended: this is derived from `end`')
    .default('active'),
  start: is.day,
  end: is.day.describe('the last day; without one, it runs until it is terminated').exactOptional(),
  total: is.money.exactOptional(),
  billing: is.oneOf(['fixed', 'recurring', 'time_and_material', 'milestone']).exactOptional(),
  autoRenews: is.flag.describe('whether it is renewed at its end unless it is cancelled').exactOptional(),
  noticeDays: is
    .wholeNumber(0, 3650)
    .describe('how many days before the end it must be cancelled')
    .exactOptional(),
  termMonths: is.wholeNumber(1, 600).describe('for how long it is renewed').exactOptional(),
  projectId: is.id.exactOptional(),
  costGroupId: is.id.exactOptional(),
  notes: is.prose.exactOptional(),
});

/** An agreement with a customer or supplier. What is due under it are schedule lines. */
export type Contract = RecordOf<'contract', typeof shape>;

export interface ContractRow extends Omit<Contract, 'kind'> {
  /** The name of the customer or supplier. */
  counterparty?: string;
}

export const contractStatuses = ['draft', 'active', 'ended', 'terminated'] as const;
export type ContractStatus = (typeof contractStatuses)[number];

/** A contract as it stands on a day. */
export interface ContractSummary extends Omit<ContractRow, 'status' | 'end'> {
  status: ContractStatus;
  /** The earliest day on which it can still end. */
  end?: Day;
  /** The last day on which to cancel it, so that it ends then. */
  cancelBy?: Day;
}

export interface ContractFilters {
  direction?: Direction;
  status?: ContractStatus;
  counterpartyId?: string;
  projectId?: string;
  /** Those that must be cancelled between the as-of day and this one. */
  cancelBy?: Day;
}

/** More terms than this are not counted: a contract that renews by the day would take long. */
const mostTerms = 1000;

/** When a contract can end at the earliest, as of a day: those that renew themselves do so until they are cancelled in time. */
function endOn(
  { end, status, autoRenews, termMonths }: ContractRow,
  asOf: Day,
  noticed: (end: Day) => Day,
): Day | undefined {
  if (end === undefined || status !== 'active' || !autoRenews || termMonths === undefined) return end;
  for (let terms = 0; terms < mostTerms; terms++) {
    const renewed = addMonths(end, terms * termMonths);
    if (noticed(renewed) >= asOf) return renewed;
  }
  return end;
}

/** The contract on a day. It must be cancelled in time if it renews itself, or has a period of notice. */
function standing(row: ContractRow, asOf: Day): ContractSummary {
  const { status, autoRenews, noticeDays } = row;
  const noticed = (end: Day): Day => addDays(end, -(noticeDays ?? 0));
  const end = endOn(row, asOf, noticed);
  const ended = status === 'active' && end !== undefined && end < asOf;
  const mustCancel = status === 'active' && !ended && (autoRenews || noticeDays !== undefined);
  return defined({
    ...row,
    end,
    status: ended ? ('ended' as const) : status,
    cancelBy: mustCancel && end !== undefined && noticed(end) >= asOf ? noticed(end) : undefined,
  });
}

const common = named<Contract>({ one: 'contract', several: 'contracts' }, ({ name, number = '' }) => ({
  name,
  organization: number,
}));

type Types = TypesWith<{
  record: Contract;
  row: ContractRow;
  shown: ContractSummary;
  filters: ContractFilters;
  order: 'name';
  detail: Contract;
}>;

export const contract: Kind<Types> = {
  ...common,
  name: 'contract',
  shape,
  check({ start, end }) {
    if (end !== undefined && end < start) {
      throw new FieldRefusal(
        'end',
        ` is ${end}, before the start ${start}: expected the start or a later day.`,
      );
    }
  },
  overview: ({ start, total, status }) => ({
    day: start,
    ...(total !== undefined && { amount: total }),
    ...(status !== 'active' && { apart: status }),
  }),
  shows: shownCounterparty<Contract>((contract) => contract),
  row: ({ kind: _kind, ...row }, shown) => defined({ ...row, counterparty: counterpartyIn(shown) }),
  indexes: {
    ...common.indexes,
    counterparty: { of: ({ counterpartyId }) => filedUnder(counterpartyId) },
  },
  list: {
    ...common.list,
    filters: {
      direction: { by: 'exact', value: ({ direction }) => direction },
      counterpartyId: { by: 'exact', value: ({ counterpartyId }) => counterpartyId },
      projectId: { by: 'exact', value: ({ projectId }) => projectId },
      status: {
        by: 'code',
        test: (row, { asOf, filters }: Query<Types>) => standing(row, asOf).status === filters.status,
      },
      cancelBy: {
        by: 'code',
        test: (row, { asOf, filters }: Query<Types>) => {
          const { cancelBy } = standing(row, asOf);
          return cancelBy !== undefined && cancelBy <= (filters.cancelBy as Day);
        },
      },
    },
    present: standing,
  },
};
