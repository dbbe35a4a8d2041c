import * as z from 'zod';
import { defineTool } from '../tool.ts';
import { day, mostShown, someOf, text, windowMonths } from './arguments.ts';
import * as output from './output.ts';
import { type OwedSide, owedReport, sections } from './owed-report.ts';

const receivables: OwedSide = {
  noun: 'invoices',
  party: 'customer',
  parties: 'customers',
  outstanding: 'dso',
  numbersOfParty: false,
  async list(reader, { filters: { partyId, ...filters }, ...query }) {
    const { rows, meant, ...page } = await reader.list('invoice', {
      ...query,
      filters: { ...filters, ...(partyId !== undefined && { customerId: partyId }) },
    });
    return {
      ...page,
      rows: rows.map(({ customerId, customer, ...row }) => ({
        ...row,
        ...(customerId !== undefined && { partyId: customerId }),
        ...(customer !== undefined && { party: customer }),
      })),
      groups: page.groups?.flatMap((group) => ('balance' in group ? [group] : [])) ?? [],
      ...(meant?.customerId !== undefined && { partyMeant: meant.customerId }),
    };
  },
  unapplied: (reader, customerIds, asOf) => reader.unapplied('invoice', customerIds, asOf),
  collection: (reader, query) => reader.collection('invoice', query),
};

export const receivablesReport = defineTool({
  name: 'receivables_report',
  title: 'Receivables report',
  description:
    'Who owes how much and for how long (ageing), DSO and CEI, who pays late, expected cash by week. include to_look_at: duplicates, gaps in numbers, overpaid invoices, old drafts.',
  scope: 'invoices:read',
  input: () =>
    z.strictObject({
      include: someOf(sections).exactOptional(),
      customerId: text.exactOptional(),
      asOf: day.exactOptional(),
      months: windowMonths,
      limit: mostShown,
    }),
  output: output.object(['asOf', 'window']),
  run: ({ customerId, ...args }, context) =>
    owedReport(receivables, { ...args, ...(customerId !== undefined && { partyId: customerId }) }, context),
});
