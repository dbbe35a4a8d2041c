import { addMonths, type Day, endOfMonth, startOfMonth } from '../../shared/ledger/dates.ts';
import type { Project } from '../../shared/ledger/kinds/project.ts';

/** The projects to which bills are attributed, by the supplier's country. */
const countriesOf: Readonly<Record<string, readonly string[]>> = {
  'nordic-range': ['Sweden', 'Norway', 'Denmark', 'Finland'],
  'pacific-range': ['Japan', 'Australia', 'Singapore'],
};

export const projectIn = (country: string): string | undefined =>
  Object.keys(countriesOf).find((id) => countriesOf[id]?.includes(country));

/** Northwind's projects as they stand on a day. */
export const northwindProjects = (today: Day): Project[] => [
  {
    kind: 'project',
    id: 'nordic-range',
    name: 'Nordic range',
    code: 'NR',
    status: 'active',
    billing: 'non_billable',
    start: startOfMonth(addMonths(today, -14)),
    currency: 'USD',
    budget: 60_000_00,
  },
  {
    kind: 'project',
    id: 'pacific-range',
    name: 'Pacific range',
    code: 'PR',
    status: 'active',
    billing: 'non_billable',
    start: startOfMonth(addMonths(today, -14)),
    currency: 'USD',
    budget: 80_000_00,
  },
  {
    kind: 'project',
    id: 'private-label',
    name: 'Private label for Ernst Handel',
    code: 'PL',
    customerId: 'ERNSH',
    status: 'active',
    billing: 'fixed_price',
    start: startOfMonth(addMonths(today, -1)),
    currency: 'USD',
    budget: 18_000_00,
  },
  {
    kind: 'project',
    id: 'trade-fair',
    name: 'Stand at Expo Northwest',
    code: 'TF',
    status: 'done',
    billing: 'non_billable',
    start: startOfMonth(addMonths(today, -10)),
    end: endOfMonth(addMonths(today, -7)),
    currency: 'USD',
    budget: 6_000_00,
  },
];
