import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseArguments } from '../../functions/mcp/arguments.ts';
import { tools } from '../../functions/mcp/tools/index.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { statusFilters } from '../../shared/ledger/kinds/invoice.ts';
import { owedSorts } from '../../shared/ledger/owed.ts';
import { namedPeriods } from '../../shared/ledger/periods.ts';

function parse(name: string, given: Record<string, unknown>): Record<string, unknown> {
  const tool = tools.find((candidate) => candidate.name === name);
  assert.ok(tool, `${name} exists`);
  return parseArguments(tool.input(), given, []) as Record<string, unknown>;
}

function refuses(name: string, given: Record<string, unknown>, ...said: (string | RegExp)[]): void {
  assert.throws(
    () => parse(name, given),
    (error: Error) => {
      assert.ok(error instanceof Refusal, String(error));
      for (const part of said) {
        if (typeof part === 'string') assert.ok(error.message.includes(part), error.message);
        else assert.match(error.message, part);
      }
      return true;
    },
  );
}

describe('every argument that is wrong is named, with what was expected', () => {
  for (const day of [
    '2026-02-30',
    '2026-13-01',
    '31.12.2026',
    '2026-1-1',
    '',
    '0000-01-01',
    '1899-12-31',
    '9999-12-31',
    20260101,
    null,
  ]) {
    test(`a day written ${JSON.stringify(day)}`, () => {
      refuses(
        'list_invoices',
        { startDate: day },
        'startDate',
        'existing date in the format YYYY-MM-DD between 1900 and 2199',
      );
    });
  }

  for (const limit of [-1, 101, 1e9, 2.5, '25', null, Number.NaN]) {
    test(`a limit of ${limit}`, () => {
      for (const name of ['list_invoices', 'list_expenses']) {
        refuses(name, { limit }, 'limit', 'a whole number from 0 to 100');
      }
    });
  }

  test('a currency in small letters, with the code that was meant', () => {
    refuses('list_invoices', { currency: 'eur' }, 'currency', 'in capitals: EUR');
  });

  for (const currency of ['XXX', 'EURO', '€', '', 'us', 978]) {
    test(`the currency ${JSON.stringify(currency)}`, () => {
      refuses('list_expenses', { currency }, 'currency', 'expected an ISO 4217 code such as USD');
    });
  }

  test('a word that is none of a list, with the list', () => {
    refuses('list_invoices', { status: 'unpaid' }, 'status', '"unpaid"', statusFilters.join(', '));
    refuses('list_invoices', { sort: 'newest' }, 'sort', owedSorts.join(', '));
    refuses('get_financial_summary', { period: 'this_decade' }, 'period', namedPeriods.join(', '));
    refuses('get_financial_summary', { basis: 'Accrual' }, 'basis', 'accrual, cash');
    refuses('get_financial_summary', { compareTo: 'budget' }, 'compareTo', 'previous_period, previous_year');
  });

  test('an amount that is no decimal text', () => {
    for (const minAmount of [-100, 1e21, true, '1,000', '-5', '1e3', '.5', 'ten', '']) {
      refuses('list_expenses', { minAmount }, 'minAmount', 'such as "250.00"');
    }
  });

  test('days overdue out of range', () => {
    for (const minDaysOverdue of [0, -3, 1.5, 1e9, '30']) {
      refuses('list_invoices', { minDaysOverdue }, 'minDaysOverdue', 'days from 1 to 36500');
    }
  });

  test('an empty, overlong or unprintable text', () => {
    for (const query of ['', '   ', 'a'.repeat(201), 'a\u0000b', '\ud800', true, ['a'], { text: 'a' }]) {
      refuses('search_customers', { query }, 'query', 'expected text of 1 to 200 characters');
    }
  });

  test('an argument that the tool does not take, with those that it takes', () => {
    refuses('get_invoice', { id: 'INV-1' }, 'Unknown argument id', 'invoiceId, invoiceNumber');
    refuses('get_business', { name: 'x' }, 'takes no arguments');
    refuses('get_invoice', { id: 'INV-1', nr: 1, x: 2 }, 'Unknown arguments id, nr, x: expected only');
  });

  test('a required argument that is missing', () => {
    refuses('payments_report', { startDate: '2026-01-01' }, 'endDate is missing', 'YYYY-MM-DD');
    refuses('payments_report', { endDate: '2026-01-01' }, 'startDate is missing', 'YYYY-MM-DD');
  });
});

describe('arguments that are right', () => {
  test('nothing but what is required, and a limit of 25', () => {
    for (const name of ['list_invoices', 'list_expenses', 'search_customers'])
      assert.deepEqual(parse(name, {}), { limit: 25 });
    for (const name of ['get_financial_summary', 'get_business', 'get_invoice']) {
      assert.deepEqual(parse(name, {}), {});
    }
    const days = { startDate: '2024-02-29', endDate: '2026-12-31' };
    assert.deepEqual(parse('payments_report', days), { ...days, limit: 25 });
  });

  test('the ends of the ranges', () => {
    for (const limit of [0, 1, 100]) assert.equal(parse('list_invoices', { limit }).limit, limit);
    for (const minDaysOverdue of [1, 36_500]) {
      assert.equal(parse('list_invoices', { minDaysOverdue }).minDaysOverdue, minDaysOverdue);
    }
    assert.equal(parse('list_expenses', { minAmount: '0' }).minAmount, '0');
    assert.equal(parse('search_customers', { query: 'ü'.repeat(200) }).query, 'ü'.repeat(200));
  });

  test('a number where a text is expected, as command lines and models write ids and amounts', () => {
    assert.equal(parse('get_invoice', { invoiceId: 11077 }).invoiceId, '11077');
    assert.equal(parse('list_expenses', { minAmount: 99.95 }).minAmount, '99.95');
    assert.equal(parse('search_customers', { query: 7 }).query, '7');
  });
});
