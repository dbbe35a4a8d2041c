import { endOfMonth, isDay } from '../../shared/ledger/dates.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import type { Prompt } from './prompt.ts';
import { assertInOrder } from './tools/arguments.ts';
import { cleanText } from './untrusted.ts';

const overdueFollowUp: Prompt = {
  name: 'overdue_follow_up',
  title: 'Overdue invoices to follow up',
  description: 'Overdue customers with amounts and days overdue, and a draft reminder for each.',
  arguments: [
    { name: 'customer', description: 'Only this customer', required: false },
    {
      name: 'minDaysOverdue',
      description: 'Only invoices overdue by at least this many days',
      required: false,
    },
  ],
  scope: ['invoices:read', 'customers:read'],
  render({ customer, minDaysOverdue }, organization) {
    if (minDaysOverdue !== undefined && !/^[1-9]\d{0,3}$/.test(minDaysOverdue)) {
      throw expected('minDaysOverdue', minDaysOverdue, 'a number of days from 1 to 9999');
    }
    const late = minDaysOverdue === undefined ? '' : ` by ${minDaysOverdue} days or more`;
    const filters = [
      'status overdue',
      ...(minDaysOverdue === undefined ? [] : [`minDaysOverdue ${minDaysOverdue}`]),
      ...(customer === undefined ? [] : ['the customerId']),
    ];
    return message(organization, [
      `Which invoices${customer === undefined ? '' : ` of ${quoted(customer)}`} are overdue${late}?`,
      ...(customer === undefined ? [] : [findCustomer(customer)]),
      `Call list_invoices with ${filters.join(', ')}. ${readOn}`,
      'Show them by customer, the longest overdue first: number, balance, due date and days overdue.',
      'Then draft a short, polite reminder to each customer that names those invoices and their balances.',
    ]);
  },
};

const monthInReview: Prompt = {
  name: 'month_in_review',
  title: 'Month in review',
  description: 'Income, expenses, payments received and open invoices, compared with the month before.',
  arguments: [{ name: 'month', description: 'YYYY-MM (default: last month)', required: false }],
  scope: ['business:read', 'expenses:read', 'payments:read', 'invoices:read'],
  render({ month }, organization) {
    if (month !== undefined && !isDay(`${month}-01`))
      throw expected('month', month, 'a month such as 2026-03');
    const days =
      month === undefined
        ? 'period last_month'
        : `startDate ${month}-01 and endDate ${endOfMonth(`${month}-01`)}`;
    return message(organization, [
      `How did ${month ?? 'last month'} go?`,
      `Call get_financial_summary with ${days} and compareTo previous_period.`,
      'With the startDate and endDate that it returns, call payments_report with groupBy method, and list_expenses with minAmount 0, which lists the largest first.',
      'Call list_invoices with status overdue for invoices overdue today.',
      'Report income, expenses, net and tax collected with their changes; payments received by method; total expenses from the summary, and the largest ones; outstanding and overdue amounts. State the basis and the dates.',
    ]);
  },
};

const customerStatement: Prompt = {
  name: 'customer_statement',
  title: 'Customer statement',
  description: 'Invoices, payments and open balance of one customer.',
  arguments: [
    { name: 'customer', description: 'Name, organization, e-mail or phone', required: true },
    { name: 'startDate', description: 'YYYY-MM-DD (default: first day of the year)', required: false },
    { name: 'endDate', description: 'YYYY-MM-DD (default: today)', required: false },
  ],
  scope: ['invoices:read', 'payments:read', 'customers:read'],
  render({ customer = '', startDate, endDate }, organization) {
    for (const [name, day] of Object.entries({ startDate, endDate })) {
      if (day !== undefined && !isDay(day)) throw expected(name, day, 'an existing date such as 2026-03-31');
    }
    assertInOrder(startDate, endDate);
    const start =
      startDate ?? (endDate === undefined ? 'the first day of this year' : `${endDate.slice(0, 4)}-01-01`);
    const end = endDate ?? 'today';
    return message(organization, [
      `Write a statement of account for ${quoted(customer)} from ${start} to ${end}.`,
      findCustomer(customer),
      `With the customerId, startDate (${start}) and endDate (${end}), call list_invoices with sort issued_asc, and payments_report. ${readOn}`,
      'Call list_invoices with the customerId and status open for everything owed today, including invoices issued before the period.',
      'Show the invoices and the payments by date, refunds marked as such, then the totals per currency from the tools, and the open invoices.',
    ]);
  },
};

/** The prompts that clients show in a menu, in this order. */
export const prompts: readonly Prompt[] = [overdueFollowUp, monthInReview, customerStatement];

const findCustomer = (customer: string): string =>
  `Find the customer with search_customers, query ${quoted(customer)}; if several match, ask which one is meant.`;

const readOn = 'If nextCursor is present, there are more rows; totals already cover all of them.';

const exactFigures =
  'Give amounts as the tools return them, each with its currency. Take sums from totals: do not add up rows, and never add different currencies. finance://definitions leads to the definition of every figure.';

const message = (organization: string | undefined, steps: readonly string[]): string =>
  [
    ...steps,
    ...(organization === undefined ? [] : [`Pass organization ${quoted(organization)} in every call.`]),
    exactFigures,
  ].join('\n');

const quoted = (text: string): string => JSON.stringify(cleanText(text.trim(), 120));

const expected = (name: string, given: string, what: string): Refusal =>
  new Refusal(`The argument ${name} was ${quoted(given)}: expected ${what}.`);
