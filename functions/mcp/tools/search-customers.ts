import * as z from 'zod';
import { Refusal } from '../../../shared/ledger/errors.ts';
import type { CustomerMatch } from '../../../shared/ledger/kinds/customer.ts';
import { formatMoney } from '../../../shared/ledger/money.ts';
import { queryWords } from '../../../shared/ledger/search-words.ts';
import { type Answer, defineTool, type ToolContext } from '../tool.ts';
import { cursor, limit, text } from './arguments.ts';
import { pageStart } from './cursor.ts';
import { countThatFits, type Fields, shownText, stated } from './fields.ts';
import * as output from './output.ts';
import { pageAnswer } from './page-answer.ts';

export const searchCustomers = defineTool({
  name: 'search_customers',
  title: 'Search customers',
  description:
    'Find customers by words in name, organization, e-mail or phone (all must match), or list all; with open balances.',
  scope: 'customers:read',
  input: () => z.strictObject({ query: text.exactOptional(), limit, cursor: cursor.exactOptional() }),
  output: output.object(
    ['customers', 'approximate', 'asOf', 'returned', 'complete'],
    ['totalCount', 'nextCursor'],
    {
      customers: output.listOf(
        output.object(['id', 'name'], ['organization', 'email', 'phone'], {
          open: output.listOf(output.object(['currency', 'count', 'balance'], ['unapplied'])),
        }),
      ),
    },
  ),
  async run(args, context) {
    const { query, limit } = args;
    const { reader, today } = context;
    if (query === undefined) return listed(args, context);
    if (args.cursor !== undefined) {
      throw new Refusal('cursor continues the list of all customers: expected it without query.');
    }
    if (queryWords(query).length === 0) {
      throw new Refusal(
        'query has no letters or digits: expected a name, organization, e-mail address or phone number.',
      );
    }
    const matches = await reader.search('customer', query, limit, today);
    const all = matches.rows.map(customerFields);
    const customers = all.slice(0, countThatFits(all, []));
    return {
      content: {
        customers,
        ...stated({ totalsAbsent: matches.totalsAbsent, totalCount: matches.totalCount }),
        approximate: matches.approximate,
        asOf: today,
        returned: customers.length,
        complete: customers.length === matches.totalCount,
      },
      rows: customers.length,
    };
  },
});

/** All customers, by name. */
async function listed(
  args: { limit: number; cursor?: string },
  { reader, today }: ToolContext,
): Promise<Answer> {
  const start = pageStart('search_customers', args, { reader, today });
  const { content, rows } = await pageAnswer({
    noun: 'customers',
    start,
    limit: args.limit,
    read: (page) =>
      reader.list('customer', { filters: {}, order: 'name', reverse: false, asOf: start.today, ...page }),
    row: customerFields,
    total: () => ({}),
    beside: () => ({ asOf: start.today }),
  });
  return { content: { ...content, approximate: false }, rows };
}

/** A customer as it appears in search results. */
const customerFields = ({ customer, open }: CustomerMatch): Fields => ({
  id: customer.id,
  ...stated({
    name: shownText(customer.name),
    organization: shownText(customer.organization),
    email: shownText(customer.email),
    phone: shownText(customer.phone),
    open: open.map(({ currency, count, balance, unapplied }) => ({
      currency,
      count,
      balance: formatMoney(balance, currency),
      ...(unapplied !== 0 && { unapplied: formatMoney(unapplied, currency) }),
    })),
  }),
});
