import * as z from 'zod';
import type { Address, BusinessProfile } from '../../../shared/ledger/kinds/business.ts';
import { type Period, resolvePeriod } from '../../../shared/ledger/periods.ts';
import { defineTool } from '../tool.ts';
import { type Fields, shownText, stated } from './fields.ts';
import * as output from './output.ts';

export const getBusiness = defineTool({
  name: 'get_business',
  title: 'Business profile',
  description: 'Contact, address, rates, lead times, currency, time zone, fiscal year and accounting basis.',
  scope: 'business:read',
  input: () => z.strictObject({}),
  output: output.object(
    ['configured', 'timeZone', 'today', 'fiscalYear', 'accountingBasis', 'inputTax'],
    ['name', 'address', 'currency', 'minimumLeadDays', 'maximumLeadDays', 'assumed'],
    { taxRate: { description: 'Percent' }, gratuityRate: { description: 'Percent' } },
  ),
  async run(_args, { profile, profileKnown, today }) {
    const fiscalYear = resolvePeriod('fiscal_year', today, profile.fiscalYearStartMonth);
    return {
      content: {
        configured: profileKnown,
        ...(profileKnown
          ? identityFields(profile)
          : { assumed: ['timeZone', 'fiscalYear', 'accountingBasis', 'inputTax'] }),
        ...calendarFields(profile, fiscalYear),
        today,
      },
      rows: profileKnown ? 1 : 0,
    };
  },
});

const identityFields = (profile: BusinessProfile): Fields =>
  stated({
    name: shownText(profile.name),
    contact: shownText(profile.contact),
    email: shownText(profile.email),
    phone: shownText(profile.phone),
    website: shownText(profile.website),
    address: addressFields(profile.address),
    taxRate: profile.taxRate,
    taxName: shownText(profile.taxName),
    gratuityRate: profile.gratuityRate,
    minimumLeadDays: profile.minimumLeadDays,
    maximumLeadDays: profile.maximumLeadDays,
    currency: profile.currency,
  });

function addressFields({ street, city, region, postalCode, country }: Address = {}): Fields | undefined {
  const parts = stated({
    street: shownText(street),
    city: shownText(city),
    region: shownText(region),
    postalCode: shownText(postalCode),
    country: shownText(country),
  });
  return Object.keys(parts).length > 0 ? parts : undefined;
}

const calendarFields = (profile: BusinessProfile, fiscalYear: Period): Fields => ({
  timeZone: profile.timeZone,
  fiscalYear: {
    startMonth: profile.fiscalYearStartMonth,
    startDate: fiscalYear.start,
    endDate: fiscalYear.end,
  },
  accountingBasis: profile.accountingBasis,
  inputTax: profile.inputTax ?? 'cost',
});
