import { FieldRefusal } from '../errors.ts';
import type { Fields, RecordOf } from '../fields.ts';
import type { Kind } from '../kind.ts';
import { type NamedTypes, named } from '../named.ts';

const shape = (is: Fields) => ({
  name: is.name,
  code: is.label.exactOptional(),
  parentId: is.id.describe('the cost group that it is a part of').exactOptional(),
  active: is.flag.default(true),
});

/** What costs are attributed to: a cost center, a department, an account. Cost groups are a tree. */
export type CostGroup = RecordOf<'cost_group', typeof shape>;

export const costGroup: Kind<NamedTypes<CostGroup>> = {
  name: 'cost_group',
  shape,
  check({ id, parentId }) {
    if (parentId === id) {
      throw new FieldRefusal('parentId', ` is the cost group's own id: expected another one, or none.`);
    }
  },
  overview: ({ active }) => (active ? {} : { apart: 'inactive' }),
  ...named<CostGroup>({ one: 'cost group', several: 'cost groups' }, ({ name, code = '' }) => ({
    name,
    organization: code,
  })),
};
