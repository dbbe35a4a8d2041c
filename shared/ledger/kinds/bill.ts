import { defined } from '../../json.ts';
import { attributed, documentOverview, party } from '../declaring.ts';
import type { Fields, RecordOf } from '../fields.ts';
import type { Kind, Shown, TypesWith } from '../kind.ts';
import { type Measured, measure, type Tally } from '../measures.ts';
import { type OwedFilters, type OwedOrder, owedDocuments, owedRow } from '../owed.ts';
import { checkSize } from '../record-size.ts';
import { type FiledSettlement, settledOn, settlementsIn } from '../settlements.ts';
import { balanceOf, type OwedRow, rowAsOf } from '../standing.ts';
import type { BillPayment } from './bill-payment.ts';
import type { Supplier } from './supplier.ts';
import type { FiledSupplierCredit } from './supplier-credit.ts';

const shape = (is: Fields) => ({
  number: is.label.describe("the supplier's number").exactOptional(),
  supplierId: is.id.exactOptional(),
  currency: is.currency,
  lifecycle: is
    .oneOf(['draft', 'issued', 'void'])
    .describe('there is no value for paid, partly paid or overdue: these are derived from payments and dates')
    .default('issued'),
  issued: is.day.describe("the bill's date"),
  received: is.day.exactOptional(),
  due: is.day.exactOptional(),
  sourceStatus: is.label.describe('the status in the source system').exactOptional(),
  subtotal: is.money.exactOptional(),
  tax: is.money.exactOptional(),
  total: is.money.describe(
    'not negative: to reduce it, use a supplier credit. Never recomputed from the lines',
  ),
  lines: is.items({
    productId: is.id.exactOptional(),
    name: is.name,
    description: is.prose.exactOptional(),
    quantity: is.decimal.exactOptional(),
    rate: is.price.describe('the price of one unit').exactOptional(),
    tax: is.money.exactOptional(),
    total: is.money,
  }),
  costGroupId: is.id.exactOptional(),
  projectId: is.id.exactOptional(),
  contractId: is.id.exactOptional(),
  reference: is.label.describe('what to quote when paying').exactOptional(),
  purchaseOrder: is.label.exactOptional(),
  notes: is.prose.exactOptional(),
});

/** A purchase invoice: what a supplier is owed. */
export type Bill = RecordOf<'bill', typeof shape>;

export interface BillRow extends OwedRow {
  supplierId?: string;
  /** The supplier's name, where the supplier is known. */
  supplier?: string;
  costGroupId?: string;
  projectId?: string;
  contractId?: string;
  reference?: string;
}

export const billStatuses = ['draft', 'unpaid', 'partial', 'paid', 'overdue', 'open', 'void'] as const;
export type BillStatus = (typeof billStatuses)[number];

export interface BillFilters extends OwedFilters {
  status?: BillStatus;
  supplierId?: string;
  projectId?: string;
  costGroupId?: string;
}

/** What totals of bills have. */
export const billFigures = ['count', 'total', 'balance'] as const;

/** Bills, by their stored status. */
export const billed = measure('billed', 'count', 'total', 'balance', 'tax');

const tally = (row: BillRow): Tally =>
  billed.of(
    row.currency,
    { count: 1, total: row.total, balance: balanceOf(row), tax: row.tax ?? 0 },
    bills.storedStatus(row),
  );

export const bills = owedDocuments({
  kind: 'bill',
  noun: 'bills',
  credit: 'supplier_credit',
  party: 'supplier',
  closed: ['void', 'draft'],
  unpaid: ['unpaid'],
  unpaidStatus: (_row: BillRow) => 'unpaid',
  measure: billed,
  figures: billFigures,
  tally,
  series: { all: 'books', open: 'billsDue', due: 'billsByDue', party: 'supplier', history: 'bill.history' },
});

function toRow(bill: Bill, { supplier }: Shown, filed: readonly object[]): BillRow {
  const { supplierId, costGroupId, projectId, contractId, reference } = bill;
  return defined({
    ...owedRow(bill, settlementsIn(bill.currency, filed)),
    supplierId,
    supplier: (supplier as Supplier | undefined)?.name,
    costGroupId,
    projectId,
    contractId,
    reference,
  });
}

export type BillSummary = ReturnType<typeof bills.standing>;
export type BillTotal = Measured<(typeof billFigures)[number]>;
export type BillDetail = ReturnType<typeof toDetail>;

type Filed = FiledSettlement<BillPayment, FiledSupplierCredit>;

function toDetail(bill: Bill, { supplier }: BillRow, filed: readonly Filed[], asOf: string) {
  const { settlements: _settlements, ...settled } = settledOn(bill.currency, filed, asOf);
  const byThen = filed.filter((entry) => (entry.kind === 'payment' ? entry.payment : entry).date <= asOf);
  const row = toRow(
    bill,
    { supplier: supplier === undefined ? undefined : ({ name: supplier } as never) },
    byThen,
  );
  return { ...bills.standing(row, asOf), bill, ...settled };
}

const byIssue = { day: ({ issued }: BillRow) => issued, tally };
const ofProject = attributed<BillRow>({
  field: 'projectId',
  kind: 'project',
  index: 'project',
  series: 'bill.project',
  ...byIssue,
});
const ofCostGroup = attributed<BillRow>({
  field: 'costGroupId',
  kind: 'cost_group',
  index: 'costGroup',
  series: 'bill.cost_group',
  ...byIssue,
});

export const billGroupings = ['supplier', 'month', 'status', 'age', 'project', 'costGroup'] as const;

type Types = TypesWith<{
  record: Bill;
  row: BillRow;
  shown: BillSummary;
  filters: BillFilters;
  order: OwedOrder;
  totals: ReturnType<typeof bills.list.totals>;
  grouping: (typeof billGroupings)[number];
  group: BillTotal;
  detail: BillDetail;
}>;

export const bill: Kind<Types> = {
  name: 'bill',
  shape,
  check(bill) {
    bills.checkTotal(bill);
    checkSize(bill, bill.lines.length);
  },
  overview: documentOverview,
  shows: { supplier: party('supplier').reference },
  row: toRow,
  indexes: { ...bills.indexes, project: ofProject.index, costGroup: ofCostGroup.index },
  asOf: rowAsOf,
  changed: bills.changed,
  list: {
    ...bills.list,
    filters: { ...bills.list.filters, projectId: ofProject.filter, costGroupId: ofCostGroup.filter },
    present: async (row, asOf, books) => bills.standing(await bills.paidThen(row, asOf, books), asOf),
    groups: {
      supplier: bills.partyGroup,
      ...bills.groups,
      project: ofProject.group,
      costGroup: ofCostGroup.group,
    },
    group: bills.group,
  },
  find: {
    noun: 'bill',
    keys: bills.keys,
    detail: ({ row, record, settlements }, asOf) => toDetail(record, row, settlements as Filed[], asOf),
  },
};
