import type { Fields, RecordOf } from '../fields.ts';
import type { Kind } from '../kind.ts';
import { type NamedTypes, named } from '../named.ts';

const shape = (is: Fields) => ({
  name: is.name,
  sku: is.label.describe('the stock-keeping unit: the code of the article').exactOptional(),
  category: is.name.exactOptional(),
  unitPrice: is.price.describe('what one unit costs now; lines keep what it cost then').exactOptional(),
  currency: is.currency.describe('of `unitPrice`'),
  active: is.flag.describe('whether it is still sold').default(true),
});

/** Something that is sold: lines of invoices may name it. */
export type Product = RecordOf<'product', typeof shape>;

export const product: Kind<NamedTypes<Product>> = {
  name: 'product',
  shape,
  overview: ({ active }) => (active ? {} : { apart: 'inactive' }),
  ...named<Product>({ one: 'product', several: 'products' }, ({ name, sku = '' }) => ({
    name,
    organization: sku,
  })),
};
