import * as z from 'zod';
import { Refusal } from '../../../shared/ledger/errors.ts';
import { formatMoney } from '../../../shared/ledger/money.ts';
import { queryWords } from '../../../shared/ledger/search-words.ts';
import type { CustomerMatch } from '../../../shared/store/ledger-reader.ts';
import { defineTool } from '../tool.ts';
import { countThatFits } from './answer-size.ts';
import { limit, text } from './arguments.ts';
import * as output from './output.ts';
import { shownText } from './shown-text.ts';
import { type Fields, stated } from './stated.ts';

export const searchCustomers = defineTool({
  name: 'search_customers',
  title: 'Search customers',
  description:
    'Customers by words of name, organization, e-mail or phone, all of which must match; what each owes.',
  scope: 'customers:read',
  input: z.strictObject({ query: text, limit }),
  output: output.object(['customers', 'approximate', 'asOf', 'returned', 'complete'], ['totalCount'], {
    customers: output.listOf(
      output.object(['id', 'name'], ['organization', 'email', 'phone'], {
        open: output.listOf(output.object(['currency', 'count', 'balance'])),
      }),
    ),
  }),
  async run({ query, limit }, { reader, today }) {
    if (queryWords(query).length === 0) {
      throw new Refusal(
        'query has no letters or digits: expected a name, organization, e-mail address or phone number.',
      );
    }
    const matches = await reader.searchCustomers(query, limit, today);
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

/** A customer as the search shows one. */
const customerFields = ({ customer, open }: CustomerMatch): Fields => ({
  id: customer.id,
  ...stated({
    name: shownText(customer.name),
    organization: shownText(customer.organization),
    email: shownText(customer.email),
    phone: shownText(customer.phone),
    open: open.map(({ currency, count, balance }) => ({
      currency,
      count,
      balance: formatMoney(balance, currency),
    })),
  }),
});
