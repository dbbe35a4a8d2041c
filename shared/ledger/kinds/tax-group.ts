import { FieldRefusal } from '../errors.ts';
import type { Fields, RecordOf } from '../fields.ts';
import type { Kind } from '../kind.ts';
import { type NamedTypes, named } from '../named.ts';

/** The VAT categories of EN 16931 in words: S, Z, E, AE, O. Zero-rated, exempt and reverse charge are different things. */
const treatments = ['standard', 'reduced', 'zero', 'exempt', 'reverse_charge', 'out_of_scope'] as const;

const shape = (is: Fields) => ({
  name: is.name,
  code: is.label.exactOptional(),
  treatment: is.oneOf(treatments).default('standard'),
  rates: is.items({
    name: is.name.describe('of taxes with several parts: `"State"`, `"City"`').exactOptional(),
    percent: is.percent,
    compound: is.flag
      .describe('`true` if it is charged on the amount with the rates before it')
      .exactOptional(),
  }),
  validFrom: is.day.exactOptional(),
  validTo: is.day.exactOptional(),
  active: is.flag.default(true),
});

/** A tax treatment with its rates. Documents keep the tax that they were issued with. */
export type TaxGroup = RecordOf<'tax_group', typeof shape>;

export const taxGroup: Kind<NamedTypes<TaxGroup>> = {
  name: 'tax_group',
  shape,
  check({ treatment, rates }) {
    const taxed = rates.findIndex(({ percent }) => Number(percent) > 0);
    if (treatment !== 'standard' && treatment !== 'reduced' && taxed >= 0) {
      throw new FieldRefusal(
        `rates[${taxed}].percent`,
        ` is ${rates[taxed]?.percent}, but treatment is "${treatment}": expected 0, or no rates.`,
      );
    }
  },
  overview: ({ active }) => (active ? {} : { apart: 'inactive' }),
  ...named<TaxGroup>({ one: 'tax group', several: 'tax groups' }, ({ name, code = '' }) => ({
    name,
    organization: code,
  })),
};
