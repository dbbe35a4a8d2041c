import { Refusal } from '../errors.ts';
import type { Fields, RecordOf } from '../fields.ts';
import type { Kind, KindTypes } from '../kind.ts';

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
  taxRate: is.percent.exactOptional(),
  taxName: is.label.exactOptional(),
  gratuityRate: is.percent.exactOptional(),
  /** How far ahead work can be booked, in days. */
  minimumLeadDays: is.wholeNumber(0, 3650).exactOptional(),
  maximumLeadDays: is.wholeNumber(0, 3650).exactOptional(),
  /** The currency in which the business reports. Amounts in others are never converted. */
  currency: is.currency.exactOptional(),
  /** Decides what "today" is. */
  timeZone: is.timeZone,
  /** 1 to 12: the month in which the fiscal year starts. */
  fiscalYearStartMonth: is.wholeNumber(1, 12),
  /** The accounting basis when a call names none. */
  accountingBasis: is.oneOf(accountingBases),
  /** Default: "cost". */
  inputTax: is.oneOf(inputTaxTreatments).exactOptional(),
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

export const business: Kind<KindTypes & { record: BusinessProfile }> = {
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
