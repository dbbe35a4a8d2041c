import * as z from 'zod';
import type { Day } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';
import {
  type BankTransactionRow,
  type BankTransactionTotal,
  bankExceptions,
} from '../../../shared/ledger/kinds/bank-transaction.ts';
import { addMinor, formatMoney } from '../../../shared/ledger/money.ts';
import { defineTool } from '../tool.ts';
import { amount, assertInOrder, cursor, day, limit, oneOf, periodOf, text } from './arguments.ts';
import { pageStart } from './cursor.ts';
import { descriptionLength, type Fields, shownText, stated } from './fields.ts';
import { groupFields } from './groups.ts';
import * as output from './output.ts';
import { pageAnswer } from './page-answer.ts';
import { suggestionFields } from './suggestions.ts';

export const listBankTransactions = defineTool({
  name: 'list_bank_transactions',
  title: 'Bank transactions',
  description:
    'Bank transactions, newest first; totals of money in and out, transfers between own accounts apart.',
  scope: 'banking:read',
  kinds: ['bank_transaction', 'bank_account'],
  input: () =>
    z.strictObject({
      accountId: text.exactOptional(),
      startDate: day.exactOptional(),
      endDate: day.exactOptional(),
      direction: oneOf(['in', 'out']).exactOptional(),
      counterparty: text.exactOptional(),
      text: text.exactOptional(),
      category: text.exactOptional(),
      minAmount: amount.exactOptional(),
      only: oneOf(bankExceptions).exactOptional(),
      groupBy: oneOf(['month', 'counterparty', 'category', 'account']).exactOptional(),
      limit,
      cursor: cursor.exactOptional(),
    }),
  output: output.leanPage(
    'transactions',
    ['id', 'date', 'amount', 'currency'],
    ['currency', 'count', 'in', 'out'],
  ),
  async run(args, context) {
    const { startDate, endDate, limit, cursor: _cursor, groupBy, ...filters } = args;
    assertInOrder(startDate, endDate);
    if (filters.only === 'transfers' && filters.direction !== undefined) {
      throw new Refusal(
        'direction leaves out transfers between own accounts: expected only transfers without direction.',
      );
    }
    const start = pageStart('list_bank_transactions', args, context);
    return pageAnswer({
      noun: 'transactions',
      start,
      limit,
      async read(page) {
        const found = await context.reader.list('bank_transaction', {
          filters: { ...filters, ...periodOf(startDate, endDate) },
          order: filters.minAmount === undefined ? ('date' as const) : ('amount' as const),
          reverse: true,
          asOf: start.today,
          ...(groupBy && { groupBy }),
          ...page,
        });
        const suggested =
          filters.only === 'unmatched' ? await suggestionFields(context, found.rows) : undefined;
        return {
          ...found,
          rows: found.rows.map((row) => ({ row, suggestions: suggested?.byId.get(row.id) })),
          suggestionsFrom: suggested?.from,
        };
      },
      row: ({ row, suggestions }: { row: BankTransactionRow; suggestions: Fields[] | undefined }) => ({
        ...transactionFields(row, start.today),
        ...stated({ suggestions }),
      }),
      total: totalFields,
      beside: ({ suggestionsFrom, meant, matched: { counterparty, category } = {}, groups }) => ({
        ...groupFields(groups, {
          by: groupBy ?? '',
          total: totalFields,
          amount: (group) => Math.max(Math.abs(group.in), Math.abs(group.out)),
        }),
        accountId: meant?.accountId,
        counterparties: counterparty?.names.map((name) => shownText(name)),
        counterpartyCount: counterparty?.count,
        categories: category?.names.map((name) => shownText(name)),
        categoryCount: category?.count,
        suggestionsFrom,
        startDate,
        endDate,
        asOf: start.today,
      }),
    });
  },
});

/** Money in and out; `net` leaves transfers out. */
export const totalFields = (total: BankTransactionTotal): Fields => {
  const { currency, count, transfersIn, transfersOut } = total;
  return {
    currency,
    count,
    in: formatMoney(total.in, currency),
    out: formatMoney(total.out, currency),
    net: formatMoney(addMinor(total.in, total.out), currency),
    ...(transfersIn !== 0 && { transfersIn: formatMoney(transfersIn, currency) }),
    ...(transfersOut !== 0 && { transfersOut: formatMoney(transfersOut, currency) }),
  };
};

/** A transaction as it appears in lists. */
export const transactionFields = (row: BankTransactionRow, today: Day): Fields => ({
  id: row.id,
  ...stated({
    accountId: row.accountId,
    status: row.status !== 'booked' && row.status,
    date: row.date,
    valueDate: row.valueDate !== row.date && row.valueDate,
    amount: formatMoney(row.amount, row.currency),
    currency: row.currency,
    originalAmount: row.originalAmount,
    originalCurrency: row.originalCurrency,
    fee: row.fee !== undefined && row.fee !== 0 && formatMoney(row.fee, row.currency),
    counterparty: shownText(row.counterparty),
    counterpartyAccount: shownText(row.counterpartyAccount),
    transfer: row.transfer,
    text: shownText(row.text, descriptionLength),
    reference: shownText(row.reference ?? row.endToEndId),
    method: row.method,
    category: shownText(row.category),
    recurring: row.recurring,
    reversal: row.reversal,
    batchCount: row.batchCount,
    balanceAfter: row.balanceAfter !== undefined && formatMoney(row.balanceAfter, row.currency),
    links: row.links,
    futureDated: row.date > today,
  }),
});
