import type { AccountingBasis, InputTaxTreatment } from '../../../shared/ledger/kinds/business.ts';
import { addMinor, formatMoney, type Minor } from '../../../shared/ledger/money.ts';
import type { PeriodFigures } from '../../../shared/ledger/reports/income.ts';
import type { ReceivableFigures } from '../../../shared/ledger/reports/receivables.ts';
import { changeFields, countChange } from './comparison.ts';
import { type Fields, stated } from './fields.ts';

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
    return {
      currency,
      ...moneyFields({ ...resultOf(during, accounting) }, currency),
      ...(hasBills(during) && moneyFields(billsOf(during, accounting), currency)),
      ...receivableFields(of(receivables, currency), currency),
      ...componentFields(during, currency),
      ...(compared && {
        changes: changesBetween(of(compared, currency), during, accounting, currency),
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

/** Whether there is any bill, supplier's credit or payment of a bill. */
const hasBills = (figures: PeriodFigures | undefined): boolean =>
  figures !== undefined && figures.billed.count + figures.supplierCredited.count + figures.paidOut.count > 0;

/**
 * What suppliers billed less what they credited, on the cash basis what they were paid; and all that was spent: that
 * and the expenses, of which those that pay a bill are in the bills already.
 */
function billsOf(
  figures: PeriodFigures | undefined,
  accounting: Accounting,
): Record<'bills' | 'spend', Minor> {
  if (!figures) return { bills: 0, spend: 0 };
  const { billed, supplierCredited, paidOut, spentOnBills } = figures;
  const cash = accounting.basis === 'cash';
  const bills = cash ? paidOut.total : addMinor(billed.total, -supplierCredited.total);
  const twice = cash ? spentOnBills.paid : spentOnBills.total;
  return { bills, spend: [resultOf(figures, accounting).expenses, -twice].reduce(addMinor, bills) };
}

const moneyFields = (amounts: Record<string, Minor>, currency: string): Fields =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, formatMoney(amount, currency)]));

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

/** The figures of a period that have a number of documents or payments beside their amount. */
const countedFigures = ['invoiced', 'credited', 'received', 'refunded'] as const;

const nothing: Counted = { count: 0, total: 0 };

/** How every figure of the period differs from the earlier one; without bills and components that neither has. */
function changesBetween(
  before: PeriodFigures | undefined,
  now: PeriodFigures | undefined,
  accounting: Accounting,
  currency: string,
): Fields {
  const changes = (amounts: Record<string, Minor>, earlier: Record<string, Minor>): Fields =>
    Object.fromEntries(
      Object.entries(amounts).map(([name, amount]) => [
        name,
        changeFields(amount, earlier[name] ?? 0, currency),
      ]),
    );
  const counted = countedFigures.flatMap((name) => {
    const [own, earlier] = [now?.[name] ?? nothing, before?.[name] ?? nothing];
    if (own.count + earlier.count === 0) return [];
    const amount = changeFields(own.total, earlier.total, currency);
    return [[name, { amount, count: countChange(own.count, earlier.count) }]];
  });
  const [tips, earlierTips] = [now?.invoiced.tip ?? 0, before?.invoiced.tip ?? 0];
  return {
    ...changes({ ...resultOf(now, accounting) }, { ...resultOf(before, accounting) }),
    ...((hasBills(now) || hasBills(before)) &&
      changes(billsOf(now, accounting), billsOf(before, accounting))),
    ...Object.fromEntries(counted),
    ...((tips !== 0 || earlierTips !== 0) && { tips: changeFields(tips, earlierTips, currency) }),
  };
}
