import type { Tool } from '../tool.ts';
import { findRecords } from './find-records.ts';
import { getBusiness } from './get-business.ts';
import { getCashPosition } from './get-cash-position.ts';
import { getFinancialSummary } from './get-financial-summary.ts';
import { getInvoice } from './get-invoice.ts';
import { listBankTransactions } from './list-bank-transactions.ts';
import { listBills } from './list-bills.ts';
import { listCommitments } from './list-commitments.ts';
import { listExpenses } from './list-expenses.ts';
import { listInvoices } from './list-invoices.ts';
import { payablesReport } from './payables-report.ts';
import { paymentsReport } from './payments-report.ts';
import { receivablesReport } from './receivables-report.ts';
import { searchCustomers } from './search-customers.ts';

/** Every tool, in the order in which clients are shown them. */
export const tools: readonly Tool[] = [
  listInvoices,
  getInvoice,
  getFinancialSummary,
  listExpenses,
  paymentsReport,
  receivablesReport,
  searchCustomers,
  getBusiness,
  listBills,
  payablesReport,
  getCashPosition,
  listBankTransactions,
  listCommitments,
  findRecords,
];
