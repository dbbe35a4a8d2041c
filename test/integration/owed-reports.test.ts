import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseArguments } from '../../functions/mcp/arguments.ts';
import { openBooks } from '../../functions/mcp/tool.ts';
import { tools } from '../../functions/mcp/tools/index.ts';
import { scopeNames } from '../../shared/edge.ts';
import { addDays, daysBetween } from '../../shared/ledger/dates.ts';
import type { AnyRecord } from '../../shared/ledger/kind.ts';
import type { Invoice } from '../../shared/ledger/kinds/invoice.ts';
import type { Payment } from '../../shared/ledger/kinds/payment.ts';
import type { LedgerReader } from '../../shared/ledger/reader.ts';
import { registry } from '../../shared/ledger/registry.ts';
import { openReader } from '../../shared/store/reader.ts';
import { verifyBooks } from '../../shared/store/verify.ts';
import { writeRecords } from '../../shared/store/writer.ts';
import { allRecords, type SomeBooks, someBooks, someCustomerId, someDay } from '../support/books.ts';
import { memoryReader } from '../support/memory-reader.ts';
import { memoryTable } from '../support/memory-table.ts';
import { isKnownCustomer, recountUnapplied } from '../support/recount.ts';
import {
  type Asked,
  recountAgeing,
  recountCandidates,
  recountExpected,
  recountRatios,
  type SettledDocument,
  type Unapplied,
  windowOf,
} from '../support/recount-owed.ts';

/*
 * The reports on what is owed, against a recount of all records, as of any day.
 */

type Fields = Record<string, unknown>;

const { table, open } = await memoryTable();
const runs = Number(process.env.RUNS ?? 12);

let organizations = 0;
const nextOrganization = () => `org-${++organizations}`;

/** Asks as the server does. */
async function ask(reader: LedgerReader, name: string, args: Fields): Promise<Fields> {
  const tool = tools.find((candidate) => candidate.name === name);
  assert.ok(tool, name);
  const library = { openReader: async () => reader, now: () => new Date('2026-01-01T12:00:00Z') };
  const { content } = await tool.run(
    parseArguments(tool.input(), args, []),
    await openBooks(library, 'org', scopeNames),
  );
  return content;
}

const documentsOf = (books: SomeBooks): SettledDocument[] =>
  books.invoices.map((invoice) => {
    const { id, number, customerId, currency, lifecycle, writtenOff, issued, due, total } = invoice;
    const party = books.customers.find((customer) => customer.id === customerId)?.name;
    const settlements = [
      ...books.payments.filter((p) => p.invoiceId === id && !p.failed && p.currency === currency),
      ...books.credits
        .filter((c) => c.lifecycle === 'issued' && c.currency === currency)
        .flatMap((c) => c.allocations.filter((a) => a.invoiceId === id)),
    ];
    return {
      id,
      ...(number !== undefined && { number }),
      ...(customerId !== undefined && { partyId: customerId }),
      ...(party !== undefined && { party }),
      currency,
      lifecycle,
      ...(writtenOff !== undefined && { writtenOff }),
      issued,
      ...(due !== undefined && { due }),
      total,
      settlements: settlements.map(({ date, amount }) => ({ date, amount })),
    };
  });

/** The same books on the side that pays: suppliers, bills, payments of bills and suppliers' credits. */
function turned(books: SomeBooks): { books: SomeBooks; records: AnyRecord[] } {
  const invoices = books.invoices.map(({ writtenOff: _day, ...invoice }) => ({
    ...invoice,
    lifecycle: invoice.lifecycle === 'written_off' ? ('issued' as const) : invoice.lifecycle,
  }));
  const payments = books.payments.filter(({ failed }) => !failed);
  const records = [
    ...books.customers.map((customer) => ({ ...customer, kind: 'supplier' })),
    ...invoices.map(({ customerId, viewed: _viewed, tip: _tip, ...invoice }) => ({
      ...invoice,
      kind: 'bill',
      ...(customerId !== undefined && { supplierId: customerId }),
    })),
    ...payments.map(({ customerId, invoiceId, ...payment }) => ({
      ...payment,
      kind: 'bill_payment',
      ...(invoiceId !== undefined && { billId: invoiceId }),
      ...(customerId !== undefined && { supplierId: customerId }),
    })),
    ...books.credits.map(({ customerId, allocations, ...credit }) => ({
      ...credit,
      kind: 'supplier_credit',
      allocations: allocations.map(({ invoiceId, ...allocation }) => ({ ...allocation, billId: invoiceId })),
      ...(customerId !== undefined && { supplierId: customerId }),
    })),
  ];
  return { books: { ...books, invoices, payments }, records };
}

/** Which report is asked, and books of its kind. */
const sides = [
  {
    tool: 'receivables_report',
    party: 'customer',
    made: (books: SomeBooks) => ({ books, records: allRecords(books) as AnyRecord[] }),
  },
  { tool: 'payables_report', party: 'supplier', made: turned },
] as const;

const unappliedOn = (books: SomeBooks, asOf: string): Unapplied[] =>
  recountUnapplied(books, asOf).map(({ currency, customerId, amount }) => ({
    currency,
    amount,
    ...(customerId !== undefined && { partyId: customerId }),
  }));

/** Customers with habits: most invoices are theirs and are paid at once or in two parts, beside whatever happens to them. */
const someHabits = someBooks.map((books): SomeBooks => {
  const paid = books.invoices.map((invoice, at): Invoice => {
    if (at % 4 === 0) return invoice;
    const total = invoice.total + 1;
    const due = addDays(invoice.issued, at % 3 === 0 ? 10 : 30);
    return { ...invoice, customerId: at % 3 === 0 ? 'c0' : 'c#1', currency: 'USD', total, due };
  });
  const payments = paid.flatMap(({ id, currency, issued, total }, at): Payment[] => {
    const first = { kind: 'payment', currency, method: 'card', invoiceId: id } as const;
    const [date, later] = [addDays(issued, (at * 7) % 50), addDays(issued, (at * 11) % 90)];
    if (at % 4 === 0 || at % 7 === 0) return [];
    if (at % 5 > 0 || total < 2) return [{ ...first, id: `${id}-1`, date, amount: total }];
    return [
      { ...first, id: `${id}-1`, date, amount: 1 },
      { ...first, id: `${id}-2`, date: later, amount: total - 1 },
    ];
  });
  return { ...books, invoices: paid, payments: [...books.payments, ...payments] };
});

const someQuestion = fc.record({
  asOf: someDay,
  months: fc.constantFrom(1, 2, 12, 30),
  limit: fc.constantFrom(0, 1, 10),
  partyId: fc.option(someCustomerId, { nil: undefined, freq: 3 }),
});
type Question = typeof someQuestion extends fc.Arbitrary<infer Asked> ? Asked : never;

/** The candidates of an answer, as the recount has them. */
function candidatesIn({ lookedAt, duplicates, numberGaps, overpaid, noDueDate, oldDrafts }: Fields): Fields {
  const shown = (check: unknown) => (check as { shown: Fields[] }).shown;
  const count = (check: unknown) => (check as { count: number }).count;
  const ids = ({ documents }: Fields) =>
    (documents as Fields[])
      .map(({ id }) => id)
      .sort()
      .join(' ');
  const alike = (asked: string) =>
    shown(duplicates)
      .filter(({ reason }) => reason === asked)
      .map(ids)
      .sort();
  return {
    lookedAt: count(lookedAt),
    sameNumber: alike('same_number'),
    sameTotal: alike('same_party_total_day'),
    ...(numberGaps !== undefined && {
      missing: shown(numberGaps)
        .map(({ missing }) => Number(missing))
        .sort((a, b) => a - b),
    }),
    overpaid: shown(overpaid)
      .map(({ id }) => id)
      .sort(),
    noDueDate: count(noDueDate),
    oldDrafts: count(oldDrafts),
  };
}

for (const { tool, party, made } of sides) {
  describe(tool, () => {
    const asking = ({ partyId, ...question }: Question) => ({
      args: { ...question, ...(partyId !== undefined && { [`${party}Id`]: partyId }) },
      asked: { ...question, party, ...(partyId !== undefined && { partyId }) } satisfies Asked,
    });

    it('has the ages, ratios, late payers and expected amounts of a recount of all records, as of any day', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(someBooks, someHabits, someHabits),
          fc.array(someQuestion, { minLength: 4, maxLength: 4 }),
          async (some, questions) => {
            const organization = nextOrganization();
            const { books, records } = made(some);
            await writeRecords({ table, organization, records });
            const documents = documentsOf(books);
            for (const question of questions) {
              if (question.partyId !== undefined && !isKnownCustomer(books, question.partyId)) continue;
              const { args, asked } = asking(question);
              const { startDate, endDate } = windowOf(asked);
              const expected = {
                window: { startDate, endDate, days: daysBetween(startDate, endDate) + 1 },
                ageing: recountAgeing(documents, unappliedOn(books, asked.asOf), asked),
                ...recountRatios(documents, asked),
                expected: recountExpected(documents, asked),
              };
              for (const reader of [openReader(open(), organization), memoryReader(records, registry)]) {
                const found = await ask(reader, tool, args);
                const { asOf: _asOf, futureAsOf: _future, [`${party}Id`]: _id, ...answer } = found;
                assert.deepEqual(answer, expected, JSON.stringify(args));
              }
            }
            const { differences } = await verifyBooks(table, organization);
            assert.deepEqual(differences, []);
          },
        ),
        { numRuns: runs },
      );
    });

    it('has the candidates of a recount of all records, as of any day', async () => {
      await fc.assert(
        fc.asyncProperty(
          someBooks,
          fc.array(someQuestion, { minLength: 4, maxLength: 4 }),
          async (some, questions) => {
            const organization = nextOrganization();
            // Few days and amounts, so that some are alike.
            const invoices = some.invoices.map((invoice, at) => ({
              ...invoice,
              ...(at % 2 === 0 && { total: 100 + (at % 3), currency: 'USD', customerId: 'c0' }),
              ...(at % 5 !== 0 && { number: `INV-${at % 7 === 0 ? at * 9 : at}` }),
            }));
            const { books, records } = made({ ...some, invoices });
            await writeRecords({ table, organization, records });
            for (const question of questions) {
              if (question.partyId !== undefined && !isKnownCustomer(books, question.partyId)) continue;
              const { args, asked } = asking(question);
              const reader = openReader(open(), organization);
              const { toLookAt } = await ask(reader, tool, { ...args, include: ['to_look_at'] });
              assert.deepEqual(
                candidatesIn(toLookAt as Fields),
                recountCandidates(documentsOf(books), asked),
              );
            }
          },
        ),
        { numRuns: runs },
      );
    });
  });
}
