import type { CostGroup } from '../../shared/ledger/kinds/cost-group.ts';
import type { TaxGroup } from '../../shared/ledger/kinds/tax-group.ts';

/** The source's categories of products, by their number in it. */
const categories = [
  'Beverages',
  'Condiments',
  'Confections',
  'Dairy Products',
  'Grains/Cereals',
  'Meat/Poultry',
  'Produce',
  'Seafood',
];

const beverages = '1';
const goodsOf = (category: string): string => `goods-${category}`;

const group = (id: string, name: string, code: string, parentId?: string): CostGroup => ({
  kind: 'cost_group',
  id,
  name,
  code,
  ...(parentId !== undefined && { parentId }),
  active: true,
});

/** A tree: goods by category, and operations. */
export const costGroups: readonly CostGroup[] = [
  group('goods', 'Goods', '5000'),
  group('food', 'Food', '5200', 'goods'),
  ...categories.map((name, at) => {
    const category = String(at + 1);
    return group(goodsOf(category), name, `5${category}10`, category === beverages ? 'goods' : 'food');
  }),
  group('operations', 'Operations', '6000'),
  group('premises', 'Premises', '6100', 'operations'),
  group('software', 'Software', '6200', 'operations'),
  group('shipping', 'Shipping', '6300', 'operations'),
  group('marketing', 'Marketing', '6400', 'operations'),
  { ...group('fax', 'Telex and fax', '6900', 'operations'), active: false },
];

/** The lowest cost group that all goods of these categories are in. */
export function commonGoods(categories: readonly string[]): string {
  const different = new Set(categories);
  if (different.size === 1) return goodsOf(categories[0]!);
  return different.has(beverages) ? 'goods' : 'food';
}

/** How purchases and sales are taxed. */
export const taxGroups: readonly TaxGroup[] = [
  {
    kind: 'tax_group',
    id: 'wa-sales-tax',
    name: 'Washington sales tax',
    code: 'WA',
    treatment: 'standard',
    rates: [
      { name: 'State', percent: '6.5' },
      { name: 'City', percent: '3.6' },
    ],
    active: true,
  },
  {
    kind: 'tax_group',
    id: 'resale',
    name: 'Goods for resale',
    code: 'RS',
    treatment: 'exempt',
    rates: [],
    active: true,
  },
  {
    kind: 'tax_group',
    id: 'out-of-state',
    name: 'Sales out of state',
    code: 'OS',
    treatment: 'out_of_scope',
    rates: [],
    active: true,
  },
  {
    kind: 'tax_group',
    id: 'eu-reverse-charge',
    name: 'Services from the European Union',
    code: 'RC',
    treatment: 'reverse_charge',
    rates: [],
    active: true,
  },
];
