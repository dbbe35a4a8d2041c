import { FieldRefusal } from '../errors.ts';
import type { Fields, RecordOf } from '../fields.ts';
import type { Kind } from '../kind.ts';
import { type NamedTypes, named } from '../named.ts';

const shape = (is: Fields) => ({
  name: is.name,
  code: is.label.exactOptional(),
  customerId: is.id.describe('for whom it is done').exactOptional(),
  status: is.oneOf(['planned', 'active', 'on_hold', 'done', 'cancelled']).default('active'),
  billing: is
    .oneOf(['fixed_price', 'time_and_material', 'retainer', 'non_billable'])
    .describe('how the customer is charged')
    .exactOptional(),
  start: is.day.exactOptional(),
  end: is.day.exactOptional(),
  currency: is.currency.describe('of `budget`').exactOptional(),
  budget: is.money.exactOptional(),
  description: is.prose.exactOptional(),
});

/** Work that has invoices, bills and expenses of its own. */
export type Project = RecordOf<'project', typeof shape>;

export const project: Kind<NamedTypes<Project>> = {
  name: 'project',
  shape,
  check({ start, end }) {
    if (start !== undefined && end !== undefined && end < start) {
      throw new FieldRefusal(
        'end',
        ` is ${end}, before the start ${start}: expected the start or a later day.`,
      );
    }
  },
  overview: ({ status }) => (status === 'active' ? {} : { apart: status }),
  ...named<Project>({ one: 'project', several: 'projects' }, ({ name, code = '' }) => ({
    name,
    organization: code,
  })),
};
