import {
  type BatchGetItemCommandOutput,
  DynamoDBClient,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { readConfiguration } from '../functions/mcp/configuration.ts';
import { mcpHandler } from '../functions/mcp/endpoint.ts';
import { tools } from '../functions/mcp/tools/index.ts';
import { addDays, addMonths, type Day, startOfMonth } from '../shared/ledger/dates.ts';
import { openReader } from '../shared/store/reader.ts';
import { Table } from '../shared/store/table.ts';
import { resultOf } from './answer.ts';
import { accountIdAt, customerIdAt, invoiceIdAt, organization, uniqueWordAt } from './books.ts';
import { environmentFor, tableName } from './environment.ts';
import { callOf, eventOf, type Question } from './event.ts';
import { progress } from './progress.ts';

/** A kind of question that the targets are about, or another. */
export type QuestionKind = 'list' | 'get' | 'summary' | 'cash' | 'search' | 'report' | 'other';

interface Probe {
  kind: QuestionKind;
  /** What is asked, for people. */
  label: string;
  question: Question;
}

export interface UnitFigures {
  kind: QuestionKind;
  /** As the audit record has them: what the local table says. */
  units: number;
  /** As DynamoDB bills them: half a unit for a request that finds nothing, which the local table gives for free. */
  billedUnits: number;
  requests: number;
}

/** Read units of one call of each kind, through the function. By label. */
export async function measureUnits(
  endpoint: string,
  invoiceCount: number,
  today: Day,
): Promise<Record<string, UnitFigures>> {
  const { client, taken } = countingClient(endpoint);
  let audited = 0;
  const handler = mcpHandler({
    configuration: readConfiguration(environmentFor(endpoint)),
    openReader: async (name) => openReader(new Table(client, tableName), name),
    now: () => new Date(`${today}T12:00:00Z`),
    tools,
    resources: [],
    resourceTemplates: [],
    prompts: [],
    record: ({ audit, unitsRead }) => {
      if (audit === 'call') audited = Number(unitsRead);
    },
    log: (record) => console.error(JSON.stringify(record)),
  });
  const figures: [string, UnitFigures][] = [];
  for (const { kind, label, question } of probes(invoiceCount, today)) {
    progress(`units: ${label} at ${invoiceCount} invoices`);
    taken();
    resultOf(await handler(eventOf(question, 'modern', organization)));
    figures.push([label, { kind, units: audited, ...taken() }]);
  }
  client.destroy();
  return Object.fromEntries(figures);
}

function probes(invoiceCount: number, today: Day): readonly Probe[] {
  const someInvoice = invoiceIdAt(Math.floor(invoiceCount / 2));
  const customerId = customerIdAt(3);
  const lastMonth = startOfMonth(addMonths(today, -1));
  const month = { startDate: lastMonth, endDate: addDays(startOfMonth(today), -1) };
  const probe = (
    kind: QuestionKind,
    label: string,
    tool: string,
    args: Record<string, unknown> = {},
  ): Probe => ({
    kind,
    label,
    question: callOf(tool, args),
  });
  return [
    probe('list', 'list_invoices', 'list_invoices'),
    probe('list', 'list_invoices, overdue', 'list_invoices', { status: 'overdue' }),
    probe('list', 'list_invoices, paid', 'list_invoices', { status: 'paid' }),
    probe('list', 'list_invoices, of a customer', 'list_invoices', { customerId }),
    probe('list', 'list_invoices, of a month', 'list_invoices', month),
    probe('list', 'list_invoices, due in a month', 'list_invoices', {
      dueFrom: month.startDate,
      dueTo: month.endDate,
    }),
    probe('list', 'list_invoices, credit notes', 'list_invoices', { documents: 'credit_notes' }),
    probe('list', 'list_expenses', 'list_expenses'),
    probe('list', 'list_expenses, of a vendor', 'list_expenses', { vendor: 'Vendor 7' }),
    probe('list', 'payments_report, of a month', 'payments_report', month),
    probe('get', 'get_invoice, by id', 'get_invoice', { invoiceId: someInvoice }),
    probe('get', 'get_invoice, by number', 'get_invoice', { invoiceNumber: someInvoice.toUpperCase() }),
    probe('summary', 'get_financial_summary', 'get_financial_summary'),
    probe('summary', 'get_financial_summary, compared', 'get_financial_summary', {
      period: 'last_quarter',
      compareTo: 'previous_year',
    }),
    probe('report', 'receivables_report', 'receivables_report'),
    probe('report', 'payables_report', 'payables_report'),
    probe('other', 'receivables_report, of a customer', 'receivables_report', { customerId }),
    probe('other', 'receivables_report, what to look at', 'receivables_report', { include: ['to_look_at'] }),
    probe('search', 'search_customers, one match', 'search_customers', { query: uniqueWordAt(3) }),
    probe('list', 'list_bills', 'list_bills'),
    probe('list', 'list_bills, open', 'list_bills', { status: 'open' }),
    probe('list', 'list_bills, of a supplier', 'list_bills', { supplierId: 's-3' }),
    probe('list', 'list_bank_transactions', 'list_bank_transactions'),
    probe('list', 'list_bank_transactions, of an account and month', 'list_bank_transactions', {
      accountId: accountIdAt(2),
      ...month,
    }),
    probe('list', 'list_bank_transactions, pending', 'list_bank_transactions', { only: 'pending' }),
    probe('list', 'list_commitments', 'list_commitments'),
    probe('list', 'list_commitments, of a month', 'list_commitments', month),
    probe('cash', 'get_cash_position', 'get_cash_position'),
    probe('other', 'list_commitments, to cancel', 'list_commitments', { cancelBy: addMonths(today, 3) }),
    ...(['month', 'counterparty', 'category', 'account'] as const).map((groupBy) =>
      probe('other', `list_bank_transactions, by ${groupBy}`, 'list_bank_transactions', {
        groupBy,
        limit: 0,
      }),
    ),
    ...(['supplier', 'age', 'project', 'costGroup'] as const).map((groupBy) =>
      probe('other', `list_bills, by ${groupBy}`, 'list_bills', { groupBy, limit: 0 }),
    ),
    probe('other', 'find_records, suppliers', 'find_records', { kind: 'supplier' }),
    // Several filters at once may cost the rows that the most selective one matches.
    probe('other', 'list_invoices, paid of a customer', 'list_invoices', { customerId, status: 'paid' }),
    probe('other', 'payments_report, of a month by customer', 'payments_report', {
      ...month,
      groupBy: 'customer',
    }),
    // The groups of totals cost what holds these: by customer, vendor and product, they are as many as the books have.
    ...(['customer', 'month', 'status', 'age', 'product'] as const).map((groupBy) =>
      probe('other', `list_invoices, by ${groupBy}`, 'list_invoices', { groupBy, limit: 0 }),
    ),
    ...(['vendor', 'category', 'month'] as const).map((groupBy) =>
      probe('other', `list_expenses, by ${groupBy}`, 'list_expenses', { groupBy, limit: 0 }),
    ),
    probe('other', 'search_customers, a common first name', 'search_customers', { query: 'Ana' }),
    probe('other', 'search_customers, all', 'search_customers'),
    probe('other', 'search_customers, with a typing error', 'search_customers', {
      query: misspelt(uniqueWordAt(3)),
    }),
    probe('other', 'get_business', 'get_business'),
  ];
}

const misspelt = (word: string): string => `${word.slice(0, 2)}x${word.slice(3)}`;

/** A client of the table that counts what is asked; `taken` says what has been since it was last asked. */
function countingClient(endpoint: string) {
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  let requests = 0;
  let billedUnits = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { ConsumedCapacity: consumed } = result.output as BatchGetItemCommandOutput | QueryCommandOutput;
      const units = [consumed ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
      requests++;
      billedUnits += Math.max(units, 0.5);
      return result;
    },
    { step: 'initialize' },
  );
  const taken = () => {
    const counted = { requests, billedUnits };
    requests = 0;
    billedUnits = 0;
    return counted;
  };
  return { client, taken };
}
