import { endOfMonth, isDay } from '../../shared/ledger/dates.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import type { Prompt } from './prompt.ts';
import { assertInOrder } from './tools/arguments.ts';
import { cleanText } from './untrusted.ts';

const overdueFollowUp: Prompt = {
  name: 'overdue_follow_up',
  title: 'Overdue invoices to follow up',
  description: 'Who is late, by how much and for how long, with a draft reminder for each.',
  arguments: [
    { name: 'customer', description: 'Only this customer', required: false },
    { name: 'minDaysOverdue', description: 'Only invoices late by this many days or more', required: false },
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
      'Show them by customer, the longest overdue first: number, balance, due day and days overdue.',
      'Then draft a short, polite reminder to each customer that names those invoices and their balances.',
    ]);
  },
};

const monthInReview: Prompt = {
  name: 'month_in_review',
  title: 'Month in review',
  description: 'Income, expenses, money received and what is owed, beside the month before.',
  arguments: [{ name: 'month', description: 'YYYY-MM; the last full month if left out', required: false }],
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
      'With the startDate and endDate that it answers, call payments_report with groupBy method, and list_expenses with minAmount 0, which lists the largest first.',
      'Call list_invoices with status overdue for what is late today.',
      'Tell income, expenses, net and tax collected with their changes; money received by method; expenses in total, as the summary has them, and the largest ones; what is outstanding and overdue. Name the basis and the days.',
    ]);
  },
};

const customerStatement: Prompt = {
  name: 'customer_statement',
  title: 'Customer statement',
  description: 'What one customer was invoiced, has paid and still owes.',
  arguments: [
    { name: 'customer', description: 'Name, organization, e-mail or phone', required: true },
    { name: 'startDate', description: 'YYYY-MM-DD; the first day of the year if left out', required: false },
    { name: 'endDate', description: 'YYYY-MM-DD; today if left out', required: false },
  ],
  scope: ['invoices:read', 'payments:read', 'customers:read'],
  render({ customer = '', startDate, endDate }, organization) {
    for (const [name, day] of Object.entries({ startDate, endDate })) {
      if (day !== undefined && !isDay(day)) throw expected(name, day, 'a real day such as 2026-03-31');
    }
    assertInOrder(startDate, endDate);
    const start =
      startDate ?? (endDate === undefined ? 'the first day of this year' : `${endDate.slice(0, 4)}-01-01`);
    const end = endDate ?? 'today';
    return message(organization, [
      `Write a statement of account for ${quoted(customer)} from ${start} to ${end}.`,
      findCustomer(customer),
      `With the customerId, startDate (${start}) and endDate (${end}), call list_invoices with sort issued_asc, and payments_report. ${readOn}`,
      'Call list_invoices with the customerId and status open for what is owed today, from earlier days too.',
      'Show the invoices and the payments by date, refunds marked as such, then the totals per currency that the tools answered, and what is open.',
    ]);
  },
};

/** Questions that people pick from a menu, in the order in which they are shown. */
export const prompts: readonly Prompt[] = [overdueFollowUp, monthInReview, customerStatement];

const findCustomer = (customer: string): string =>
  `Find the customer with search_customers, query ${quoted(customer)}; if several match, ask which one is meant.`;

const readOn = 'While nextCursor is there, more rows follow; totals cover all of them already.';

const exactFigures =
  'Give amounts as the tools answer them, each with its currency. Take sums from totals: do not add up rows, and never add different currencies. finance://definitions says how each figure is defined.';

const message = (organization: string | undefined, steps: readonly string[]): string =>
  [
    ...steps,
    ...(organization === undefined ? [] : [`Pass organization ${quoted(organization)} in every call.`]),
    exactFigures,
  ].join('\n');

const quoted = (text: string): string => JSON.stringify(cleanText(text.trim(), 120));

const expected = (name: string, given: string, what: string): Refusal =>
  new Refusal(`The argument ${name} was ${quoted(given)}: expected ${what}.`);
