import type { Fields, RecordOf } from '../fields.ts';
import type { Kind } from '../kind.ts';
import { type NamedTypes, named } from '../named.ts';

const shape = (is: Fields) => ({
  name: is.name,
  organization: is.name.exactOptional(),
  email: is.text(320).exactOptional(),
  phone: is.label.exactOptional(),
  address: is.address.exactOptional(),
  taxNumber: is.label.describe('VAT number, EIN, …').exactOptional(),
  defaultCategory: is.name.exactOptional(),
  paymentTerms: is.label.describe('as agreed: `"2/10 net 30"`').exactOptional(),
  notes: is.prose.exactOptional(),
});

/** Whoever is paid: bills and expenses name one. */
export type Supplier = RecordOf<'supplier', typeof shape>;

export const supplier: Kind<NamedTypes<Supplier>> = {
  name: 'supplier',
  shape,
  ...named<Supplier>(
    { one: 'supplier', several: 'suppliers', typed: true },
    ({ name, organization, email, phone, taxNumber }) => ({
      name,
      organization: [organization, taxNumber].filter(Boolean).join(' '),
      ...(email !== undefined && { email }),
      ...(phone !== undefined && { phone }),
    }),
  ),
};
