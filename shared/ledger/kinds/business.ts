import { Refusal } from '../errors.ts';
import type { Fields, RecordOf } from '../fields.ts';
import type { Kind, TypesWith } from '../kind.ts';

export const accountingBases = ['accrual', 'cash'] as const;
export type AccountingBasis = (typeof accountingBases)[number];

/** How tax on expenses is treated: as claimed back, or as a cost like any other. */
export const inputTaxTreatments = ['cost', 'recovered'] as const;
export type InputTaxTreatment = (typeof inputTaxTreatments)[number];

const shape = (is: Fields) => ({
  name: is.name,
  contact: is.name.exactOptional(),
  email: is.text(320).exactOptional(),
  phone: is.label.exactOptional(),
  website: is.text(500).exactOptional(),
  address: is.address.exactOptional(),
  taxRate: is.percent.describe('percent: `"8.1"`').exactOptional(),
  taxName: is.label.describe('such as `"VAT"`').exactOptional(),
  gratuityRate: is.percent.describe('percent: `"18"`').exactOptional(),
  minimumLeadDays: is.wholeNumber(0, 3650).describe('how far ahead work can be booked').exactOptional(),
  maximumLeadDays: is.wholeNumber(0, 3650).describe('how far ahead work can be booked').exactOptional(),
  currency: is.currency.describe('the currency in which the business reports').exactOptional(),
  timeZone: is.timeZone.describe('an IANA name: `"Europe/Zurich"`'),
  fiscalYearStartMonth: is.wholeNumber(1, 12).describe('the month in which the fiscal year starts'),
  accountingBasis: is.oneOf(accountingBases).describe('used if a question names none'),
  inputTax: is
    .oneOf(inputTaxTreatments)
    .describe('how the tax on expenses is treated: claimed back (`recovered`) or not (`cost`, the default)')
    .exactOptional(),
});

/** The owner of the books, with their calendar and defaults. One per organization. */
export type BusinessProfile = RecordOf<'business', typeof shape>;
export type Address = NonNullable<BusinessProfile['address']>;

/** The profile that is assumed until one has been imported. */
export const assumedProfile = (organization: string): BusinessProfile => ({
  kind: 'business',
  id: 'business',
  name: organization,
  timeZone: 'UTC',
  fiscalYearStartMonth: 1,
  accountingBasis: 'accrual',
});

export const business: Kind<TypesWith<{ record: BusinessProfile }>> = {
  name: 'business',
  single: true,
  shape,
  check({ minimumLeadDays = 0, maximumLeadDays = Number.POSITIVE_INFINITY }) {
    if (minimumLeadDays > maximumLeadDays) {
      throw new Refusal(
        `minimumLeadDays is ${minimumLeadDays} and maximumLeadDays ${maximumLeadDays}: expected a minimum no greater than the maximum.`,
      );
    }
  },
};
