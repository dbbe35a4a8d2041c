import { NotFound, Refusal } from '../ledger/errors.ts';
import { filed } from '../ledger/folding.ts';
import { nearestNames } from '../ledger/nearest-names.ts';
import { queryWords } from '../ledger/search-words.ts';
import { quoted } from '../text.ts';
import type { Books } from './books.ts';
import { findCustomers } from './customer-search.ts';
import type { CustomerName } from './entries.ts';
import { afterAll, sortKey, sortKeyParts, sortPrefix } from './keys.ts';

interface OfCustomer {
  customerId?: string;
}

/**
 * Reads a page of a customer's documents. Only if it is empty, the customer is looked up by the id in different case or
 * by name; the page of that customer then says so.
 * @throws {NotFound} for a customer that is not in the books, with the nearest names.
 * @throws {Refusal} for a name that several customers have in common.
 */
export async function ofCustomer<Query extends OfCustomer, Page extends { rows: readonly unknown[] }>(
  books: Books,
  query: Query,
  read: (query: Query) => Promise<Page>,
): Promise<Page & OfCustomer> {
  const page = await read(query);
  const { customerId } = query;
  if (customerId === undefined || page.rows.length > 0 || (await isKnown(books, customerId))) return page;
  const meant = await customerMeant(books, customerId);
  return { ...(await read({ ...query, customerId: meant })), customerId: meant };
}

/** Where documents stand with their customer. */
const ofCustomers = ['invoice.customer', 'payment.customer', 'failed.customer', 'credit.customer'] as const;

/** Whether the books have the customer, or a document of a customer that nobody recorded. */
async function isKnown(books: Books, id: string): Promise<boolean> {
  const from = sortPrefix(id);
  const [customer, ...documents] = await Promise.all([
    books.table.get({ pk: books.partitions.derived('customer'), sk: sortKey(id) }),
    ...ofCustomers.map((index) =>
      books.table.all({ pk: books.partitions.derived(index), from, to: from + afterAll }, { limit: 1 }),
    ),
  ]);
  return customer !== undefined || documents.some((found) => found.length > 0);
}

const mostNamesakes = 10;

/** The id of the only customer that matches the name. */
async function customerMeant(books: Books, asked: string): Promise<string> {
  const from = sortPrefix(filed(asked));
  const range = { pk: books.partitions.derived('customer.name'), from, to: from + afterAll };
  const spelled = [asked.toUpperCase(), asked.toLowerCase()].filter((id) => id !== asked);
  const [items, known] = await Promise.all([
    books.table.all(range, { limit: mostNamesakes }),
    // A customer without a record has no name, and an id that only documents know.
    Promise.all(spelled.map((id) => isKnown(books, id))),
  ]);
  const named = items.map(({ data }) => JSON.parse(data) as CustomerName);
  const ids = new Set([...named.map(({ id }) => id), ...spelled.filter((_, at) => known[at])]);
  const [only, ...others] = ids;
  if (only === undefined) {
    // Until an import is finished, the customer may still be added.
    if (await books.isBeingChanged()) return asked;
    throw await unknown(books, asked);
  }
  if (others.length === 0) return only;
  const choice = [...ids].map((id) => shown(named.find((customer) => customer.id === id) ?? { id }));
  throw new Refusal(
    `Several customers match ${quoted(asked)}: expected the customerId of one of them, such as ${choice.join(', ')}.`,
  );
}

async function unknown(books: Books, asked: string): Promise<NotFound> {
  const nearest = (await nearCustomers(books, asked)).map(shown);
  const advice =
    nearest.length > 0
      ? `Nearest: ${nearest.join(', ')}.`
      : 'No similar name found; search_customers finds ids by name, e-mail address or phone number.';
  return new NotFound(`No customer has the id or name ${quoted(asked)}. ${advice}`);
}

/** The number of names to compare on either side of the position of a missing one. */
const mostLookedAt = 200;

/** Customers with an id or name much like that one, or whom the search finds by it. */
async function nearCustomers(books: Books, asked: string): Promise<CustomerName[]> {
  const pk = books.partitions.derived('customer.name');
  const name = filed(asked);
  const at = sortKey(name);
  const around = await Promise.all([
    books.table.all({ pk, from: '!', to: at }, { limit: mostLookedAt, reverse: true }),
    books.table.all({ pk, from: at, to: afterAll }, { limit: mostLookedAt }),
  ]);
  const byName = Map.groupBy(around.flat(), ({ sk }) => sortKeyParts(sk)[0] ?? '');
  const near = nearestNames(name, byName.keys()).flatMap((called) => byName.get(called) ?? []);
  if (near.length === 0) return (await findCustomers(books, queryWords(asked))).cards.slice(0, mostNear);
  const customers = near.map(({ data }) => JSON.parse(data) as CustomerName);
  return [...new Map(customers.map((customer) => [customer.id, customer])).values()].slice(0, mostNear);
}

const mostNear = 5;

/** A customer as a refusal names one: by the id to pass, and the name. */
const shown = ({ id, name }: Pick<CustomerName, 'id'> & Partial<CustomerName>): string =>
  name === undefined ? quoted(id) : `${quoted(id)} (${quoted(name)})`;
