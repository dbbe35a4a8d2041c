import * as z from 'zod';
import { earlierOf } from '../../../shared/ledger/dates.ts';
import { accountingBases } from '../../../shared/ledger/kinds/business.ts';
import { namedPeriods } from '../../../shared/ledger/periods.ts';
import { defineTool } from '../tool.ts';
import { day, oneOf } from './arguments.ts';
import { comparedDays, comparedWithFields, comparisons } from './comparison.ts';
import { futureAsOf, stated } from './fields.ts';
import * as output from './output.ts';
import { currencyEntries, netExcludesInputTax } from './summary-figures.ts';
import { summaryPeriod } from './summary-period.ts';

const countedAmount = output.object(['amount', 'count']);

export const getFinancialSummary = defineTool({
  name: 'get_financial_summary',
  title: 'Financial summary',
  description:
    'Income, expenses, net and tax for a period; outstanding, overdue and unapplied amounts on a date; per currency.',
  scope: 'business:read',
  input: () =>
    z.strictObject({
      startDate: day.exactOptional(),
      endDate: day.exactOptional(),
      period: oneOf(namedPeriods).exactOptional(),
      basis: oneOf(accountingBases).exactOptional(),
      compareTo: oneOf(comparisons).exactOptional(),
      asOf: day.exactOptional(),
    }),
  output: output.object(
    ['startDate', 'endDate', 'countedThrough', 'asOf', 'basis', 'taxBasis', 'currencies'],
    ['comparedWith', 'netExcludesInputTax', 'futureAsOf'],
    {
      currencies: output.listOf(
        output.object(
          ['currency', 'income', 'expenses', 'net', 'taxCollected', 'inputTax'],
          ['unapplied', 'invoiced', 'credited', 'received', 'refunded', 'bills', 'spend', 'changes'],
          {
            outstanding: countedAmount,
            overdue: countedAmount,
          },
        ),
      ),
    },
  ),
  async run(args, { reader, profile, today }) {
    const asOf = args.asOf ?? today;
    const { basis = profile.accountingBasis } = args;
    const accounting = { basis, inputTax: profile.inputTax ?? 'cost' } as const;
    const period = summaryPeriod(args, asOf, profile.fiscalYearStartMonth);
    const counted = { start: period.start, end: earlierOf(period.end, asOf) };
    const comparedWith = args.compareTo && comparedDays(period, args.compareTo, asOf);
    const [during, receivables, compared] = await Promise.all([
      reader.periodFigures(period, asOf),
      reader.receivables(asOf),
      comparedWith && reader.periodFigures(comparedWith, asOf),
    ]);
    const figures = { period: during, receivables, ...(compared && { compared }) };
    const currencies = currencyEntries(figures, accounting, profile.currency);
    return {
      content: {
        startDate: period.start,
        endDate: period.end,
        countedThrough: counted.end,
        asOf,
        ...stated({
          futureAsOf: futureAsOf(asOf, today),
          basis,
          netExcludesInputTax: netExcludesInputTax(accounting),
        }),
        taxBasis: 'document_date',
        ...(comparedWith &&
          args.compareTo && {
            comparedWith: comparedWithFields(counted, comparedWith, args.compareTo),
          }),
        currencies,
      },
      rows: currencies.length,
    };
  },
});
