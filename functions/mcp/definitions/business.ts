import type { Topic } from './topic.ts';

export const business: Topic = {
  name: 'business',
  title: 'Business profile',
  summary: 'The fields of the business profile, and what is assumed without one.',
  text: `get_business returns the profile of the business.

- currency is the base currency, timeZone decides what "today" is, and accountingBasis (accrual or cash) is the basis of financial summaries that name none.
- taxRate and gratuityRate are percentages: "8.1" means 8.1%.
- minimumLeadDays and maximumLeadDays: the least and the most days ahead that work can be booked.
- fiscalYear has startMonth (1 to 12), and the startDate and endDate of the current fiscal year.
- inputTax: how tax on expenses is treated: "recovered" (claimed back from the tax authority) or "cost".
- configured: false means that no profile was imported; assumed lists the fields with assumed values.
- Where known: name, contact, email, phone, website, taxName, and address with street, city, region, postalCode and country.
`,
};
