import { banking } from './banking.ts';
import { bills } from './bills.ts';
import { business } from './business.ts';
import { cashPosition } from './cash-position.ts';
import { commitments } from './commitments.ts';
import { comparisons } from './comparisons.ts';
import { customers } from './customers.ts';
import { expenses } from './expenses.ts';
import { groups } from './groups.ts';
import { invoices } from './invoices.ts';
import { lists } from './lists.ts';
import { moneyAndDates } from './money-and-dates.ts';
import { namesAndIds } from './names-and-ids.ts';
import { owedReports } from './owed-reports.ts';
import { payments } from './payments.ts';
import { records } from './records.ts';
import { sources } from './sources.ts';
import { summary } from './summary.ts';
import type { Topic } from './topic.ts';

/** The definitions of every figure and field in the tools' answers, in the order in which the index names them. */
export const topics: readonly Topic[] = [
  moneyAndDates,
  namesAndIds,
  invoices,
  lists,
  groups,
  comparisons,
  payments,
  owedReports,
  expenses,
  bills,
  summary,
  customers,
  cashPosition,
  banking,
  commitments,
  records,
  business,
  sources,
];

/** The address of the index. The pages are below it. */
export const definitionsAddress = 'finance://definitions';

export const addressOf = ({ name }: Topic): string => `${definitionsAddress}/${name}`;

export const pageOf = ({ title, text }: Topic): string => `# ${title}\n\n${text}`;

/** The index: what holds for all answers, and the pages with a line each. */
export const definitionsIndex = `# Definitions

How this server defines every figure. All answers come from the books as they were imported. Nothing is estimated. What get_cash_position and receivables_report call expected is the only look ahead; it is listed apart, and in no total.

Each page defines one topic:

${topics.map((topic) => `- ${addressOf(topic)}: ${topic.summary}`).join('\n')}
`;
