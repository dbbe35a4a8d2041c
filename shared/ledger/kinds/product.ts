import type { Fields, RecordOf } from '../fields.ts';
import { filed } from '../folding.ts';
import type { Kind, TypesWith } from '../kind.ts';

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
export type ProductRow = Omit<Product, 'kind'>;

type Types = TypesWith<{
  record: Product;
  row: ProductRow;
  shown: ProductRow;
  order: 'name';
}>;

const placeOf = ({ name }: ProductRow): string[] => [filed(name)];

export const product: Kind<Types> = {
  name: 'product',
  shape,
  overview: ({ active }) => (active ? {} : { apart: 'inactive' }),
  row: ({ kind: _kind, ...row }) => row,
  indexes: { list: { of: (row) => [{ key: placeOf(row) }], totals: { per: 'count', series: 'products' } } },
  list: {
    noun: 'products',
    narrow: 'look for one by its id',
    base: { index: 'list', order: 'name', series: 'products', measures: [] },
    filters: {},
    orders: { name: placeOf },
  },
};
