import * as z from 'zod';
import { defineTool } from '../tool.ts';
import { day, mostShown, someOf, text, windowMonths } from './arguments.ts';
import * as output from './output.ts';
import { type OwedSide, owedReport, sections } from './owed-report.ts';

const payables: OwedSide = {
  noun: 'bills',
  party: 'supplier',
  parties: 'suppliers',
  outstanding: 'dpo',
  numbersOfParty: true,
  async list(reader, { filters: { partyId, ...filters }, ...query }) {
    const {
      rows,
      meant,
      groups = [],
      ...page
    } = await reader.list('bill', {
      ...query,
      filters: { ...filters, ...(partyId !== undefined && { supplierId: partyId }) },
    });
    return {
      ...page,
      rows: rows.map(({ supplierId, supplier, ...row }) => ({
        ...row,
        ...(supplierId !== undefined && { partyId: supplierId }),
        ...(supplier !== undefined && { party: supplier }),
      })),
      groups,
      ...(meant?.supplierId !== undefined && { partyMeant: meant.supplierId }),
    };
  },
  unapplied: (reader, supplierIds, asOf) => reader.unapplied('bill', supplierIds, asOf),
  collection: (reader, query) => reader.collection('bill', query),
};

export const payablesReport = defineTool({
  name: 'payables_report',
  title: 'Payables report',
  description:
    'Whom we owe how much and for how long (ageing), DPO, whom we pay late, expected payments by week. include to_look_at: duplicates, overpaid bills, old drafts.',
  scope: 'expenses:read',
  kinds: ['bill'],
  input: () =>
    z.strictObject({
      include: someOf(sections).exactOptional(),
      supplierId: text.exactOptional(),
      asOf: day.exactOptional(),
      months: windowMonths,
      limit: mostShown,
    }),
  output: output.object(['asOf', 'window']),
  run: ({ supplierId, ...args }, context) =>
    owedReport(payables, { ...args, ...(supplierId !== undefined && { partyId: supplierId }) }, context),
});
