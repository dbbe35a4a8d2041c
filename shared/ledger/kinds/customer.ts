import { defined } from '../../json.ts';
import type { Fields, RecordOf } from '../fields.ts';
import { filed } from '../folding.ts';
import type { Kind, TypesWith } from '../kind.ts';
import type { OpenBalance } from '../reports/receivables.ts';
import { openBalances } from '../reports/receivables.ts';
import { misspellableWords, searchWords } from '../search-words.ts';

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

/** Keys have an end; customers whose names begin with the same so many letters are in the order of their ids. */
const longestPlace = 50;
const placeOf = ({ name }: CustomerCard): string[] => [filed(name).slice(0, longestPlace).toWellFormed()];

const calledBy = ({ id, name, organization }: CustomerCard) => defined({ id, name, organization });

const namesOf = ({ id, name, organization = '' }: CustomerCard): string[] =>
  [...new Set([id, name, organization].map(filed))].filter((called) => called !== '');

type Types = TypesWith<{
  record: Customer;
  row: CustomerCard;
  shown: CustomerMatch;
  order: 'name';
}>;

export const customer: Kind<Types> = {
  name: 'customer',
  shape,
  row: ({ kind: _kind, address: _address, notes: _notes, ...card }) => card,
  indexes: {
    list: { of: (card) => [{ key: placeOf(card) }], totals: { per: 'count', series: 'customers' } },
  },
  list: {
    noun: 'customers',
    narrow: 'search for a name',
    base: { index: 'list', order: 'name', series: 'customers', measures: [] },
    filters: {},
    orders: { name: placeOf },
    async present(card, asOf, books) {
      const changing = await books.isBeingChanged();
      return {
        customer: { kind: 'customer', ...card },
        open: changing ? [] : await openBalances(books, card.id, asOf),
      };
    },
  },
  search: {
    words: searchWords,
    misspellable: misspellableWords,
    names: namesOf,
    called: calledBy,
    advice: 'search_customers finds ids by name, e-mail address or phone number.',
  },
};
