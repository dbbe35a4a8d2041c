import * as z from 'zod';
import { addDays, earlierOf } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';
import { type ContractSummary, contractStatuses, directions } from '../../../shared/ledger/kinds/contract.ts';
import type { LineSummary, LineTotal } from '../../../shared/ledger/kinds/schedule-line.ts';
import { formatMoney } from '../../../shared/ledger/money.ts';
import { type Answer, defineTool, type ToolContext } from '../tool.ts';
import { assertInOrder, cursor, day, limit, oneOf, periodOf, text } from './arguments.ts';
import { pageStart } from './cursor.ts';
import { descriptionLength, type Fields, shownText, stated } from './fields.ts';
import { groupFields } from './groups.ts';
import * as output from './output.ts';
import { pageAnswer } from './page-answer.ts';

const lineStatuses = ['open', 'overdue', 'invoiced', 'paid', 'cancelled'] as const;

const input = () =>
  z.strictObject({
    direction: oneOf(directions).exactOptional(),
    status: oneOf([...lineStatuses, ...contractStatuses]).exactOptional(),
    contractId: text.exactOptional(),
    counterpartyId: text.exactOptional(),
    projectId: text.exactOptional(),
    startDate: day.exactOptional(),
    endDate: day.exactOptional(),
    cancelBy: day.exactOptional(),
    groupBy: oneOf(['month', 'direction', 'contract']).exactOptional(),
    limit,
    cursor: cursor.exactOptional(),
  });

type Arguments = z.output<ReturnType<typeof input>>;

export const listCommitments = defineTool({
  name: 'list_commitments',
  title: 'Commitments',
  description:
    'Lines due under contracts, open unless status is given; cancelBy or a contract status: contracts.',
  scope: 'contracts:read',
  kinds: ['contract', 'schedule_line'],
  input,
  output: output.leanPage('lines', ['id', 'due', 'amount'], ['currency', 'count', 'incoming', 'outgoing']),
  run(args, context) {
    assertInOrder(args.startDate, args.endDate);
    const contracts =
      args.cancelBy !== undefined ||
      (args.status !== undefined && (contractStatuses as readonly string[]).includes(args.status));
    if (contracts) assertOfContracts(args);
    return contracts ? contractsAnswer(args, context) : linesAnswer(args, context);
  },
});

/** @throws {Refusal} for filters that contracts do not have. */
function assertOfContracts(args: Arguments): void {
  const { contractId, startDate, endDate, groupBy, status } = args;
  if (status !== undefined && !(contractStatuses as readonly string[]).includes(status)) {
    throw new Refusal(
      `No contract has the status ${status}, and cancelBy is about contracts: expected one of ${contractStatuses.join(', ')}, or no status.`,
    );
  }
  const ofLines = Object.entries({ contractId, startDate, endDate, groupBy }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  if (ofLines.length === 0) return;
  throw new Refusal(
    `${ofLines.join(' and ')} can be asked of lines, and cancelBy and the status of a contract list contracts: expected one or the other.`,
  );
}

async function linesAnswer(args: Arguments, context: ToolContext): Promise<Answer> {
  const { status = 'open', direction, contractId, counterpartyId, projectId, groupBy, limit } = args;
  const start = pageStart('list_commitments', args, context);
  const yesterday = addDays(start.today, -1);
  const end = status === 'overdue' ? earlierOf(args.endDate ?? yesterday, yesterday) : args.endDate;
  const state = status === 'overdue' ? 'open' : status;
  return pageAnswer({
    noun: 'lines',
    start,
    limit,
    read: (page) =>
      context.reader.list('schedule_line', {
        filters: {
          state: state as 'open',
          ...(direction && { direction }),
          ...(contractId !== undefined && { contractId }),
          ...(counterpartyId !== undefined && { counterpartyId }),
          ...(projectId !== undefined && { projectId }),
          ...periodOf(args.startDate, end),
        },
        order: 'due',
        reverse: false,
        asOf: start.today,
        ...(groupBy && { groupBy }),
        ...page,
      }),
    row: (line: LineSummary) => lineFields(line, start.today),
    total: totalFields,
    beside: ({ meant, groups }) => ({
      ...groupFields(groups, {
        by: groupBy ?? '',
        total: totalFields,
        amount: ({ incoming, outgoing }) => incoming + outgoing,
      }),
      contractId: meant?.contractId,
      startDate: args.startDate,
      endDate: args.endDate,
      asOf: start.today,
    }),
  });
}

function contractsAnswer(args: Arguments, context: ToolContext): Promise<Answer> {
  const { direction, status, counterpartyId, projectId, cancelBy, limit } = args;
  const start = pageStart('list_commitments', args, context);
  return pageAnswer({
    noun: 'contracts',
    start,
    limit,
    read: (page) =>
      context.reader.list('contract', {
        filters: {
          ...(direction && { direction }),
          ...(status && { status: status as 'active' }),
          ...(counterpartyId !== undefined && { counterpartyId }),
          ...(projectId !== undefined && { projectId }),
          ...(cancelBy !== undefined && { cancelBy }),
        },
        order: 'name',
        reverse: false,
        asOf: start.today,
        ...page,
      }),
    row: contractFields,
    total: () => ({}),
    beside: () => ({ cancelBy, asOf: start.today }),
  });
}

const totalFields = ({ currency, count, incoming, outgoing }: LineTotal): Fields => ({
  currency,
  count,
  incoming: formatMoney(incoming, currency),
  outgoing: formatMoney(outgoing, currency),
});

const lineFields = (line: LineSummary, today: string): Fields => ({
  id: line.id,
  ...stated({
    contractId: line.contractId,
    contract: shownText(line.contract),
    direction: line.direction,
    counterparty: shownText(line.counterparty),
    counterpartyId: line.counterpartyId,
    projectId: line.projectId,
    due: line.due,
    amount: formatMoney(line.amount, line.currency),
    tax: !!line.tax && formatMoney(line.tax, line.currency),
    currency: line.currency,
    status: line.state === 'open' && line.due < today ? 'overdue' : line.state,
    description: shownText(line.description, descriptionLength),
    invoiceId: line.invoiceId,
    billId: line.billId,
    transactionId: line.transactionId,
  }),
});

/** A contract as it stands on the as-of day. */
export const contractFields = (contract: ContractSummary): Fields => ({
  id: contract.id,
  ...stated({
    name: shownText(contract.name),
    number: shownText(contract.number),
    direction: contract.direction,
    counterparty: shownText(contract.counterparty),
    counterpartyId: contract.counterpartyId,
    projectId: contract.projectId,
    costGroupId: contract.costGroupId,
    status: contract.status,
    start: contract.start,
    end: contract.end,
    cancelBy: contract.cancelBy,
    autoRenews: contract.autoRenews,
    noticeDays: contract.noticeDays,
    termMonths: contract.termMonths,
    billing: contract.billing,
    total: contract.total !== undefined && formatMoney(contract.total, contract.currency),
    currency: contract.currency,
  }),
});
