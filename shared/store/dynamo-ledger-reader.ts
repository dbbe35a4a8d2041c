import type { Day } from '../ledger/dates.ts';
import { Refusal } from '../ledger/errors.ts';
import type { Period } from '../ledger/periods.ts';
import type { BusinessProfile } from '../ledger/records.ts';
import { Books, beingChanged } from './books.ts';
import { listCreditNotes } from './credit-list.ts';
import { listCustomers } from './customer-list.ts';
import { ofCustomer } from './customer-names.ts';
import { searchCustomers } from './customer-search.ts';
import { listExpenses } from './expense-list.ts';
import { periodFigures, receivables } from './figures.ts';
import { findInvoices } from './invoice-detail.ts';
import { listInvoices } from './invoice-list.ts';
import type {
  CreditNotePage,
  CreditNoteQuery,
  CustomerMatches,
  CustomerPage,
  CustomerQuery,
  ExpensePage,
  ExpenseQuery,
  Found,
  InvoiceDetail,
  InvoicePage,
  InvoiceQuery,
  LedgerReader,
  PaymentPage,
  PaymentQuery,
  PeriodFigures,
  ReceivableFigures,
} from './ledger-reader.ts';
import { listPayments } from './payment-list.ts';
import type { Table } from './table.ts';

/**
 * Reads the books of one organization from the table. It serves one call: items that several parts of the answer need
 * are read once, so a reader that is kept longer sees the books as they were when it was created.
 */
export class DynamoLedgerReader implements LedgerReader {
  readonly organization: string;
  readonly #table: Table;
  readonly #books: Books;

  /** @throws {RangeError} when the text cannot name an organization. */
  constructor(table: Table, organization: string) {
    this.organization = organization;
    this.#table = table;
    this.#books = new Books(table, organization);
  }

  get unitsRead(): number {
    return this.#table.unitsRead;
  }

  async business(): Promise<BusinessProfile | undefined> {
    return (await this.#books.head()).profile;
  }

  listInvoices(query: InvoiceQuery): Promise<InvoicePage> {
    return ofCustomer(this.#books, query, (meant) => listInvoices(this.#books, meant));
  }

  listCreditNotes(query: CreditNoteQuery): Promise<CreditNotePage> {
    return ofCustomer(this.#books, query, (meant) => listCreditNotes(this.#books, meant));
  }

  findInvoices(by: { id: string } | { number: string }, asOf: Day): Promise<Found<InvoiceDetail>> {
    return findInvoices(this.#books, by, asOf);
  }

  async periodFigures(period: Period, asOf: Day): Promise<PeriodFigures[]> {
    await this.#refuseWhileChanging();
    return periodFigures(this.#books, period, asOf);
  }

  async receivables(asOf: Day): Promise<ReceivableFigures[]> {
    await this.#refuseWhileChanging();
    return receivables(this.#books, asOf);
  }

  listExpenses(query: ExpenseQuery): Promise<ExpensePage> {
    return listExpenses(this.#books, query);
  }

  listPayments(query: PaymentQuery): Promise<PaymentPage> {
    return ofCustomer(this.#books, query, (meant) => listPayments(this.#books, meant));
  }

  listCustomers(query: CustomerQuery): Promise<CustomerPage> {
    return listCustomers(this.#books, query);
  }

  searchCustomers(query: string, limit: number, asOf: Day): Promise<CustomerMatches> {
    return searchCustomers(this.#books, query, limit, asOf);
  }

  async #refuseWhileChanging(): Promise<void> {
    if (await this.#books.isBeingChanged()) {
      throw new Refusal(`No figures at the moment: ${beingChanged}. Lists are available meanwhile.`);
    }
  }
}
