/** A business profile to start from, as one line of NDJSON: what an operator then fills in with their own values. */
export const exampleProfile = (organization: string): string =>
  JSON.stringify({
    kind: 'business',
    name: organization,
    currency: 'EUR',
    timeZone: 'Europe/Zurich',
    fiscalYearStartMonth: 1,
    accountingBasis: 'accrual',
  });
