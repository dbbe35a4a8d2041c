import type { Day } from '../../shared/ledger/dates.ts';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import type { Invoice } from '../../shared/ledger/kinds/invoice.ts';
import { type AtBank, type BankSources, bankDataOn, bankRecords } from './northwind-bank.ts';
import { purchases, type SettledBill } from './northwind-bills.ts';
import { customerContracts, supplierContracts } from './northwind-contracts.ts';
import { costGroups, taxGroups } from './northwind-cost-groups.ts';
import { northwindProjects } from './northwind-projects.ts';
import { contractors, northwindSuppliers } from './northwind-suppliers.ts';

interface Sales extends Omit<BankSources, 'billPayments'> {
  invoices: readonly Invoice[];
}

/** The side of the books that pays, and the bank: suppliers, bills, contracts, accounts and what belongs to them. */
export function payableRecords(today: Day, { invoices, ...sources }: Sales): LedgerRecord[] {
  const suppliers = northwindSuppliers();
  const bank = bankDataOn(today);
  const supplierRecords = [...suppliers.map(({ record }) => record), ...contractors];
  const nameOf = new Map(supplierRecords.map(({ id, name }) => [id, name]));
  const agreements = supplierContracts(today, bank);
  const paid = ({ bill, settlements }: SettledBill, atBank: Omit<AtBank, 'counterparty' | 'number'>) =>
    settlements
      .filter((settlement) => settlement.kind === 'bill_payment')
      .map((payment) => ({
        ...payment,
        ...(bank.has(payment.currency, payment.date) && { bankTransactionId: bank.transactionOf(payment) }),
        atBank: { ...atBank, counterparty: nameOf.get(bill.supplierId!)!, number: bill.number! },
      }));
  const bills = [
    ...purchases(suppliers, today).map((settled) => ({ settled, atBank: { category: 'Goods' } })),
    ...agreements.flatMap(({ bills, atBank }) => bills.map((settled) => ({ settled, atBank }))),
  ].map(({ settled, atBank }) => ({ ...settled, payments: paid(settled, atBank) }));
  const contracts = [...agreements, ...customerContracts(today, invoices)];
  return [
    ...supplierRecords,
    ...costGroups,
    ...taxGroups,
    ...northwindProjects(today),
    // A bill beside what settles it: they are written together, and its balance is computed once.
    ...bills.flatMap(({ bill, settlements, payments }) => [
      bill,
      ...settlements.filter((settlement) => settlement.kind === 'supplier_credit'),
      ...payments.map(({ atBank: _atBank, ...payment }) => payment),
    ]),
    ...contracts.map(({ contract }) => contract),
    ...contracts.flatMap(({ lines }) => lines),
    ...bankRecords(today, bank, { ...sources, billPayments: bills.flatMap(({ payments }) => payments) }),
  ];
}
