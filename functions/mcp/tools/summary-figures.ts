import type { AccountingBasis, InputTaxTreatment } from '../../../shared/ledger/kinds/business.ts';
import { addMinor, formatMoney, type Minor } from '../../../shared/ledger/money.ts';
import type { PeriodFigures } from '../../../shared/ledger/reports/income.ts';
import type { ReceivableFigures } from '../../../shared/ledger/reports/receivables.ts';
import { changeFields, type Fields, stated } from './fields.ts';

/** The result of a period in one currency. */
interface Result {
  income: Minor;
  expenses: Minor;
  net: Minor;
  taxCollected: Minor;
  inputTax: Minor;
}

/** How a business accounts for its result. */
export interface Accounting {
  basis: AccountingBasis;
  inputTax: InputTaxTreatment;
}

/** On the cash basis, income includes the tax collected, so expenses include theirs. */
export const netExcludesInputTax = ({ basis, inputTax }: Accounting): boolean =>
  basis === 'accrual' && inputTax === 'recovered';

/** The reader's figures for a summary, each with one entry per currency. */
interface SummaryFigures {
  period: readonly PeriodFigures[];
  receivables: readonly ReceivableFigures[];
  /** Present when the summary compares. */
  compared?: readonly PeriodFigures[];
}

/**
 * The entries of a summary: one for every currency that occurs in any figure, the base currency first. Books
 * without any figure have one entry of zeros in the base currency, if it is known.
 */
export function currencyEntries(
  figures: SummaryFigures,
  accounting: Accounting,
  baseCurrency: string | undefined,
): Fields[] {
  const { period, receivables, compared } = figures;
  const occurring = new Set([...period, ...receivables, ...(compared ?? [])].map(({ currency }) => currency));
  if (occurring.size === 0 && baseCurrency !== undefined) occurring.add(baseCurrency);
  const isOther = (currency: string) => Number(currency !== baseCurrency);
  const currencies = [...occurring].sort((a, b) => isOther(a) - isOther(b) || (a < b ? -1 : 1));
  return currencies.map((currency) => {
    const during = of(period, currency);
    const result = resultOf(during, accounting);
    return {
      ...resultFields(result, currency),
      ...billFields(during, result, accounting, currency),
      ...receivableFields(of(receivables, currency), currency),
      ...componentFields(during, currency),
      ...(compared && {
        changes: changesBetween(resultOf(of(compared, currency), accounting), result, currency),
      }),
    };
  });
}

/**
 * Accrual income: documents less credit notes, without tax and tips; expenses by their dates. Cash income: payments
 * less refunds, whatever they were for; expenses by their days of payment, where known. Tax goes by the document's
 * date on either basis. Sources: finance://definitions.
 */
export function resultOf(figures: PeriodFigures | undefined, accounting: Accounting): Result {
  if (!figures) return { income: 0, expenses: 0, net: 0, taxCollected: 0, inputTax: 0 };
  const { invoiced, credited, received, refunded, spent, spentCredits, spentMoved } = figures;
  const cash = accounting.basis === 'cash';
  const income = cash
    ? addMinor(received.total, refunded.total)
    : [-invoiced.tax, -invoiced.tip, -credited.total, credited.tax].reduce(addMinor, invoiced.total);
  const expenses = [spentCredits.total, cash ? spentMoved : 0].reduce(addMinor, spent.total);
  const inputTax = addMinor(spent.tax, spentCredits.tax);
  return {
    income,
    expenses,
    net: [-expenses, netExcludesInputTax(accounting) ? inputTax : 0].reduce(addMinor, income),
    taxCollected: addMinor(invoiced.tax, -credited.tax),
    inputTax,
  };
}

const of = <Entry extends { currency: string }>(entries: readonly Entry[], currency: string) =>
  entries.find((entry) => entry.currency === currency);

const resultFields = (result: Result, currency: string): Fields => ({
  currency,
  income: formatMoney(result.income, currency),
  expenses: formatMoney(result.expenses, currency),
  net: formatMoney(result.net, currency),
  taxCollected: formatMoney(result.taxCollected, currency),
  inputTax: formatMoney(result.inputTax, currency),
});

/**
 * What suppliers billed less what they credited, on the cash basis what they were paid; and all that was spent: that
 * and the expenses, of which those that pay a bill are in the bills already.
 */
function billFields(
  figures: PeriodFigures | undefined,
  { expenses }: Result,
  { basis }: Accounting,
  currency: string,
): Fields {
  if (!figures) return {};
  const { billed, supplierCredited, paidOut, spentOnBills } = figures;
  if (billed.count + supplierCredited.count + paidOut.count === 0) return {};
  const cash = basis === 'cash';
  const bills = cash ? paidOut.total : addMinor(billed.total, -supplierCredited.total);
  const twice = cash ? spentOnBills.paid : spentOnBills.total;
  return {
    bills: formatMoney(bills, currency),
    spend: formatMoney([expenses, -twice].reduce(addMinor, bills), currency),
  };
}

const receivableFields = (owed: ReceivableFigures | undefined, currency: string): Fields => ({
  outstanding: counted(owed?.outstanding, currency) ?? none(currency),
  overdue: counted(owed?.overdue, currency) ?? none(currency),
  ...stated({
    noDueDate: counted(owed?.noDueDate, currency),
    futureDated: counted(owed?.futureDated, currency),
    unapplied: counted(owed?.unapplied, currency),
  }),
});

/** The components of the period's figures; empty ones are left out. */
const componentFields = (figures: PeriodFigures | undefined, currency: string): Fields =>
  stated({
    invoiced: counted(figures?.invoiced, currency),
    credited: counted(figures?.credited, currency),
    tips: !!figures?.invoiced.tip && formatMoney(figures.invoiced.tip, currency),
    received: counted(figures?.received, currency),
    refunded: counted(figures?.refunded, currency),
  });

interface Counted {
  count: number;
  total: Minor;
}

const none = (currency: string) => ({ amount: formatMoney(0, currency), count: 0 });

const counted = (part: Counted | undefined, currency: string) =>
  part && part.count > 0 ? { amount: formatMoney(part.total, currency), count: part.count } : undefined;

const changesBetween = (before: Result, now: Result, currency: string): Fields => ({
  income: changeFields(now.income, before.income, currency),
  expenses: changeFields(now.expenses, before.expenses, currency),
  net: changeFields(now.net, before.net, currency),
  taxCollected: changeFields(now.taxCollected, before.taxCollected, currency),
});
