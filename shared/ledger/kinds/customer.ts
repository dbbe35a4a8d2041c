import type { Fields, RecordOf } from '../fields.ts';
import type { Kind, TypesWith } from '../kind.ts';
import { named } from '../named.ts';
import type { OpenBalance } from '../reports/receivables.ts';
import { openBalances } from '../reports/receivables.ts';

const shape = (is: Fields) => ({
  name: is.name,
  organization: is.name.exactOptional(),
  email: is.text(320).exactOptional(),
  phone: is.label.exactOptional(),
  address: is.address.exactOptional(),
  notes: is.prose.exactOptional(),
});

export type Customer = RecordOf<'customer', typeof shape>;

/** What the search shows of a customer, and looks at. */
export type CustomerCard = Pick<Customer, 'id' | 'name' | 'organization' | 'email' | 'phone'>;

export interface CustomerMatch {
  customer: Customer;
  /** What the customer owes on the as-of day, per currency; empty when nothing is owed and nothing unapplied. */
  open: OpenBalance[];
}

type Types = TypesWith<{
  record: Customer;
  row: CustomerCard;
  shown: CustomerMatch;
  order: 'name';
  detail: Customer;
}>;

const common = named<CustomerCard & { kind: 'customer' }>(
  { one: 'customer', several: 'customers', typed: true },
  (card) => card,
  'search_customers finds ids by name, e-mail address or phone number.',
);

export const customer: Kind<Types> = {
  ...common,
  name: 'customer',
  shape,
  row: ({ kind: _kind, address: _address, notes: _notes, ...card }) => card,
  list: {
    ...common.list,
    async present(card, asOf, books) {
      const changing = await books.isBeingChanged();
      return {
        customer: { kind: 'customer', ...card },
        open: changing ? [] : await openBalances(books, card.id, asOf),
      };
    },
  },
  find: {
    noun: 'customer',
    keys: common.find.keys,
    detail: ({ record }) => record,
  },
};
