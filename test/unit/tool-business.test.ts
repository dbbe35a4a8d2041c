import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assumedProfile } from '../../shared/ledger/kinds/business.ts';
import { ask, today } from './paper-ledger.ts';

describe('get_business', () => {
  test('shows the profile and the days of the fiscal year', async () => {
    const profile = {
      ...assumedProfile('paper'),
      name: 'Paper & Co',
      contact: 'Ann',
      address: { city: 'Zürich', street: '' },
      taxRate: '8.1',
      gratuityRate: '18',
      minimumLeadDays: 0,
      maximumLeadDays: 90,
      currency: 'CHF',
      timeZone: 'Europe/Zurich',
      fiscalYearStartMonth: 7,
    };
    const { content, rows } = await ask('get_business', {}, {}, { profile });
    assert.equal(rows, 1);
    assert.deepEqual(content, {
      configured: true,
      name: 'Paper & Co',
      contact: 'Ann',
      address: { city: 'Zürich' },
      taxRate: '8.1',
      gratuityRate: '18',
      minimumLeadDays: 0,
      maximumLeadDays: 90,
      currency: 'CHF',
      timeZone: 'Europe/Zurich',
      fiscalYear: { startMonth: 7, startDate: '2026-07-01', endDate: '2027-06-30' },
      accountingBasis: 'accrual',
      inputTax: 'cost',
      today,
    });
  });

  test('says that nothing is configured, and what is assumed', async () => {
    const { content, rows } = await ask('get_business', {}, {}, { profileKnown: false });
    assert.equal(rows, 0);
    assert.deepEqual(content, {
      configured: false,
      assumed: ['timeZone', 'fiscalYear', 'accountingBasis', 'inputTax'],
      timeZone: 'UTC',
      fiscalYear: { startMonth: 1, startDate: '2026-01-01', endDate: '2026-12-31' },
      accountingBasis: 'accrual',
      inputTax: 'cost',
      today,
    });
  });
});
