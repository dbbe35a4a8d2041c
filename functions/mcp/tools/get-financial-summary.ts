import * as z from 'zod';
import { earlierOf } from '../../../shared/ledger/dates.ts';
import { namedPeriods } from '../../../shared/ledger/periods.ts';
import { accountingBases } from '../../../shared/ledger/records.ts';
import { defineTool } from '../tool.ts';
import { day, oneOf } from './arguments.ts';

import * as output from './output.ts';
import { currencyEntries } from './summary-figures.ts';
import { comparedDays, comparisons, summaryPeriod } from './summary-period.ts';

const counted = output.object(['amount', 'count']);

export const getFinancialSummary = defineTool({
  name: 'get_financial_summary',
  title: 'Financial summary',
  description:
    'Income, expenses, net and tax of a period; outstanding and overdue as of a day; per currency.',
  scope: 'business:read',
  input: z.strictObject({
    startDate: day.exactOptional(),
    endDate: day.exactOptional(),
    period: oneOf(namedPeriods).exactOptional(),
    basis: oneOf(accountingBases).exactOptional(),
    compareTo: oneOf(comparisons).exactOptional(),
    asOf: day.exactOptional(),
  }),
  output: output.object(
    ['startDate', 'endDate', 'countedThrough', 'asOf', 'basis', 'taxBasis', 'currencies'],
    ['comparedWith'],
    {
      currencies: output.listOf(
        output.object(
          ['currency', 'income', 'expenses', 'net', 'taxCollected'],
          ['invoiced', 'credited', 'received', 'refunded', 'changes'],
          {
            outstanding: counted,
            overdue: counted,
          },
        ),
      ),
    },
  ),
  async run(args, { reader, profile, today }) {
    const asOf = args.asOf ?? today;
    const basis = args.basis ?? profile.accountingBasis;
    const period = summaryPeriod(args, asOf, profile.fiscalYearStartMonth);
    const comparedWith = args.compareTo && comparedDays(period, args.compareTo, asOf);
    const [during, receivables, compared] = await Promise.all([
      reader.periodFigures(period, asOf),
      reader.receivables(asOf),
      comparedWith && reader.periodFigures(comparedWith, asOf),
    ]);
    const figures = { period: during, receivables, ...(compared && { compared }) };
    const currencies = currencyEntries(figures, basis, profile.currency);
    return {
      content: {
        startDate: period.start,
        endDate: period.end,
        countedThrough: earlierOf(period.end, asOf),
        asOf,
        basis,
        taxBasis: 'document_date',
        ...(comparedWith && {
          comparedWith: {
            startDate: comparedWith.start,
            endDate: comparedWith.end,
            ...(comparedWith.partial && { partial: true }),
          },
        }),
        currencies,
      },
      rows: currencies.length,
    };
  },
});
