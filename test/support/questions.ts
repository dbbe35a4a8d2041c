import { defined } from '../../shared/json.ts';
import type { Day } from '../../shared/ledger/dates.ts';
import type { PageOf, QueryOf } from '../../shared/ledger/kind.ts';
import type { CreditNoteFilters } from '../../shared/ledger/kinds/credit-note.ts';
import type { ExpenseFilters, ExpenseGrouping } from '../../shared/ledger/kinds/expense.ts';
import type { Kinds, ListedName } from '../../shared/ledger/kinds/index.ts';
import type { InvoiceFilters, InvoiceGrouping } from '../../shared/ledger/kinds/invoice.ts';
import type { PaymentFilters, PaymentGrouping } from '../../shared/ledger/kinds/payment.ts';
import { type OwedSort, owedOrder } from '../../shared/ledger/owed.ts';
import type { LedgerReader } from '../../shared/ledger/reader.ts';
import { openReader } from '../../shared/store/reader.ts';
import type { Table } from '../../shared/store/table.ts';

/*
 * Questions to a reader in the words of tests: filters, days and order side by side, and what a page says besides.
 */

interface PageRequest {
  limit: number;
  after?: string;
}

interface Days {
  start?: Day;
  end?: Day;
}

export interface InvoiceQuery extends PageRequest, Days, InvoiceFilters {
  sort?: OwedSort;
  groupBy?: InvoiceGrouping;
  asOf: Day;
  hideLater: boolean;
}

export interface CreditNoteQuery extends PageRequest, Days, CreditNoteFilters {
  oldestFirst?: boolean;
  asOf: Day;
}

export interface ExpenseQuery extends PageRequest, Days, ExpenseFilters {
  groupBy?: ExpenseGrouping;
}

export interface PaymentQuery extends PageRequest, Required<Days>, PaymentFilters {
  groupBy?: PaymentGrouping;
}

/** Any day that nothing is later than. */
const end: Day = '9999-12-31';

/** A reader with a question for each list. */
export const questionsTo = (reader: LedgerReader) => {
  const list = async <Name extends ListedName>(name: Name, query: QueryOf<Kinds[Name]>) => {
    const page = (await reader.list(name, query)) as PageOf<Kinds[Name]>;
    const { meant, matched, ...rest } = page;
    return {
      ...rest,
      ...(meant && meant),
      ...(matched?.vendor && { vendors: matched.vendor }),
      ...(matched?.category && { categories: matched.category }),
    } as unknown as Omit<PageOf<Kinds[Name]>, 'meant' | 'matched'> & {
      customerId?: string;
      vendors?: { names: string[]; count: number };
      categories?: { names: string[]; count: number };
    };
  };
  return {
    organization: reader.organization,
    get unitsRead() {
      return reader.unitsRead;
    },
    business: () => reader.single('business'),
    periodFigures: reader.periodFigures.bind(reader),
    receivables: reader.receivables.bind(reader),
    findInvoices: (by: { id: string } | { number: string }, asOf: Day) => reader.find('invoice', by, asOf),
    searchCustomers: (query: string, limit: number, asOf: Day) =>
      reader.search('customer', query, limit, asOf),
    listInvoices: ({ limit, after, sort, groupBy, asOf, hideLater, ...filters }: InvoiceQuery) =>
      list('invoice', {
        filters,
        ...owedOrder(filters, sort),
        asOf,
        hideLater,
        ...(groupBy && { groupBy }),
        ...defined({ limit, after }),
      }),
    listCreditNotes: ({ limit, after, oldestFirst, asOf, ...filters }: CreditNoteQuery) =>
      list('credit_note', {
        filters,
        order: 'issued',
        reverse: !oldestFirst,
        asOf,
        hideLater: true,
        ...defined({ limit, after }),
      }),
    listExpenses: ({ limit, after, groupBy, ...filters }: ExpenseQuery) =>
      list('expense', {
        filters,
        order: filters.minAmount === undefined ? 'date' : 'amount',
        reverse: true,
        asOf: end,
        ...(groupBy && { groupBy }),
        ...defined({ limit, after }),
      }),
    listPayments: ({ limit, after, groupBy, ...filters }: PaymentQuery) =>
      list('payment', {
        filters,
        order: 'date',
        reverse: true,
        asOf: end,
        ...(groupBy && { groupBy }),
        ...defined({ limit, after }),
      }),
    listCustomers: ({ limit, after, asOf }: PageRequest & { asOf: Day }) =>
      list('customer', {
        filters: {},
        order: 'name',
        reverse: false,
        asOf,
        ...defined({ limit, after }),
      }),
  };
};

export type Questions = ReturnType<typeof questionsTo>;

/** A reader of the books in a table, with a question for each list. */
export const readerOf = (table: Table, organization: string): Questions =>
  questionsTo(openReader(table, organization));
