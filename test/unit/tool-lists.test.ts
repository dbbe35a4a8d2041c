import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { wireBytes } from '../../functions/mcp/tools/fields.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import type { CreditNoteSummary } from '../../shared/ledger/kinds/credit-note.ts';
import type { ExpenseSummary } from '../../shared/ledger/kinds/expense.ts';
import type { InvoiceSummary } from '../../shared/ledger/kinds/invoice.ts';
import type { PaymentTotal } from '../../shared/ledger/kinds/payment.ts';
import type { CreditNoteQuery, ExpenseQuery, InvoiceQuery, PaymentQuery } from '../support/questions.ts';
import { ask, today } from './paper-ledger.ts';

const invoice = (some: Partial<InvoiceSummary> = {}): InvoiceSummary => ({
  id: 'i1',
  currency: 'USD',
  total: 120_00,
  balance: 0,
  overpaid: 0,
  writtenOffAmount: 0,
  lifecycle: 'issued',
  settled: 120_00,
  status: 'paid',
  partiallyPaid: false,
  daysOverdue: 0,
  issued: '2026-10-01',
  futureDated: false,
  ...some,
});

const expense = (some: Partial<ExpenseSummary> = {}): ExpenseSummary => ({
  id: 'e1',
  currency: 'USD',
  amount: 10_00,
  date: '2026-11-02',
  ...some,
});

describe('a list of invoices', () => {
  test('leaves out what an invoice does not have, and every flag that is not raised', async () => {
    const { content } = await ask('list_invoices', {}, { listInvoices: async () => ({ rows: [invoice()] }) });
    assert.deepEqual(content.invoices, [
      { id: 'i1', total: '120.00', balance: '0.00', currency: 'USD', status: 'paid', issued: '2026-10-01' },
    ]);
  });

  test('shows everything that it has', async () => {
    const full = invoice({
      number: 'A-7',
      customer: 'Köhler & Söhne',
      customerId: 'C7',
      currency: 'BHD',
      total: 1_234,
      balance: 1_000,
      overpaid: 5,
      status: 'overdue',
      partiallyPaid: true,
      daysOverdue: 12,
      futureDated: true,
      due: '2026-11-09',
      paid: '2026-11-10',
    });
    const { content, rows } = await ask(
      'list_invoices',
      {},
      { listInvoices: async () => ({ rows: [full] }) },
    );
    assert.equal(rows, 1);
    assert.deepEqual(content.invoices, [
      {
        id: 'i1',
        number: 'A-7',
        customer: 'Köhler & Söhne',
        customerId: 'C7',
        total: '1.234',
        balance: '1.000',
        overpaid: '0.005',
        currency: 'BHD',
        status: 'overdue',
        partiallyPaid: true,
        daysOverdue: 12,
        futureDated: true,
        issued: '2026-10-01',
        due: '2026-11-09',
        paid: '2026-11-10',
      },
    ]);
  });

  test('states totals per currency, counts, and what is in no total', async () => {
    const { content } = await ask(
      'list_invoices',
      {},
      {
        listInvoices: async () => ({
          rows: [],
          totalCount: 5,
          totals: [
            { currency: 'EUR', count: 2, total: 3_50, balance: 50, writtenOffAmount: 0 },
            { currency: 'JPY', count: 1, total: 9, balance: 0, writtenOffAmount: 0 },
          ],
          notInTotals: 2,
        }),
      },
    );
    assert.deepEqual(content, {
      invoices: [],
      totals: [
        { currency: 'EUR', count: 2, total: '3.50', balance: '0.50' },
        { currency: 'JPY', count: 1, total: '9', balance: '0' },
      ],
      totalCount: 5,
      notInTotals: 2,
      asOf: today,
      returned: 0,
      complete: true,
    });
  });

  test('shows what was given up where something was, in rows and totals', async () => {
    const rows = [invoice({ status: 'written_off', writtenOffAmount: 70_00 })];
    const totals = [{ currency: 'USD', count: 1, total: 120_00, balance: 0, writtenOffAmount: 70_00 }];
    const { content } = await ask(
      'list_invoices',
      { status: 'written_off' },
      { listInvoices: async () => ({ rows, totals }) },
    );
    const [row] = content.invoices as Record<string, string>[];
    assert.deepEqual([row?.total, row?.balance, row?.writtenOffAmount], ['120.00', '0.00', '70.00']);
    assert.deepEqual(content.totals, [
      { currency: 'USD', count: 1, total: '120.00', balance: '0.00', writtenOffAmount: '70.00' },
    ]);
  });

  test('adds up drafts apart from what was invoiced, when drafts are asked for', async () => {
    const page = {
      rows: [],
      totalCount: 3,
      totals: [],
      notInTotals: 3,
      draftTotals: [{ currency: 'USD', count: 3, total: 45_00 }],
    };
    const answers = { listInvoices: async () => page };
    const { content } = await ask('list_invoices', { status: 'draft' }, answers);
    assert.deepEqual(content.totals, []);
    assert.deepEqual(content.draftTotals, [{ currency: 'USD', count: 3, total: '45.00' }]);
    assert.equal((await ask('list_invoices', {}, answers)).content.draftTotals, undefined);
  });

  test('takes a range of due days, and refuses one that runs backwards', async () => {
    const queries: InvoiceQuery[] = [];
    const answers = {
      listInvoices: async (query: InvoiceQuery) => {
        queries.push(query);
        return { rows: [] };
      },
    };
    await ask('list_invoices', { dueFrom: '2026-11-16', dueTo: '2026-11-22' }, answers);
    assert.deepEqual(queries, [
      { limit: 25, dueFrom: '2026-11-16', dueTo: '2026-11-22', asOf: today, hideLater: false },
    ]);
    await assert.rejects(
      ask('list_invoices', { dueFrom: '2026-11-22', dueTo: '2026-11-16' }, answers),
      /dueFrom 2026-11-22 is after dueTo 2026-11-16/,
    );
    for (const contradiction of [
      { dueFrom: '2026-11-21', status: 'overdue' },
      { dueFrom: '2026-10-23', minDaysOverdue: 30 },
    ]) {
      await assert.rejects(
        ask('list_invoices', contradiction, answers),
        /^Refusal: dueFrom \S+ is too late for overdue invoices: expected 2026-1\S+ or earlier/,
      );
    }
    await ask('list_invoices', { dueFrom: '2026-11-20', status: 'overdue' }, answers);
  });

  test('says of a day to come that only what is recorded counts, and nothing of any other day', async () => {
    const answers = { listInvoices: async () => ({ rows: [] }) };
    const { content } = await ask('list_invoices', { asOf: '2026-12-31' }, answers);
    assert.match(String(content.futureAsOf), /^asOf is after today \(2026-11-21\): this counts only what is/);
    for (const args of [{ asOf: today }, { asOf: '2026-01-31' }, {}]) {
      assert.equal((await ask('list_invoices', args, answers)).content.futureAsOf, undefined);
    }
  });

  test('says why there are no totals, and that a count of zero is a count', async () => {
    const absent = { rows: [], totalsAbsent: 'too many' };
    const without = await ask('list_invoices', {}, { listInvoices: async () => absent });
    assert.equal(without.content.totalsAbsent, 'too many');
    assert.ok(!('totals' in without.content) && !('totalCount' in without.content));
    const none = await ask(
      'list_invoices',
      {},
      { listInvoices: async () => ({ rows: [], totalCount: 0, totals: [] }) },
    );
    assert.equal(none.content.totalCount, 0);
    assert.deepEqual(none.content.totals, []);
  });

  test('hides later documents only when an as-of day was asked for', async () => {
    const queries: InvoiceQuery[] = [];
    const answers = {
      listInvoices: async (query: InvoiceQuery) => {
        queries.push(query);
        return { rows: [] };
      },
    };
    await ask('list_invoices', {}, answers);
    const { content } = await ask('list_invoices', { asOf: '2026-06-30', startDate: '2026-01-01' }, answers);
    assert.deepEqual(queries, [
      { limit: 25, asOf: today, hideLater: false },
      { limit: 25, asOf: '2026-06-30', hideLater: true, start: '2026-01-01' },
    ]);
    assert.equal(content.asOf, '2026-06-30');
    assert.equal(content.startDate, '2026-01-01');
  });

  test('refuses days in the wrong order', async () => {
    const call = ask('list_invoices', { startDate: '2026-02-01', endDate: '2026-01-31' }, {});
    await assert.rejects(
      call,
      (error: Error) => error instanceof Refusal && /is after endDate/.test(error.message),
    );
  });

  test('is complete when nothing is missing after it, and goes on where the page before ended', async () => {
    const queries: InvoiceQuery[] = [];
    const answers = {
      listInvoices: async (query: InvoiceQuery) => {
        queries.push(query);
        return query.after === undefined
          ? { rows: [invoice()], next: 'p#1' }
          : { rows: [invoice({ id: 'i2' })] };
      },
    };
    const first = (await ask('list_invoices', { limit: 1 }, answers)).content;
    assert.equal(first.complete, false);
    const cursor = first.nextCursor as string;
    const second = (await ask('list_invoices', { cursor }, answers, { today: '2026-11-22' })).content;
    assert.equal(second.complete, true);
    assert.ok(!('nextCursor' in second));
    assert.equal(second.asOf, today);
    assert.deepEqual(queries[1], { limit: 25, after: 'p#1', asOf: today, hideLater: false });
  });
});

describe('a list of credit notes', () => {
  const documents = 'credit_notes';
  const note: CreditNoteSummary = {
    id: 'n1',
    number: 'CN-1',
    customer: 'Acme',
    customerId: 'C1',
    currency: 'USD',
    total: 50_00,
    issued: '2026-10-01',
    unapplied: 20_00,
  };

  test('shows what of each is applied to no invoice, with totals, under a noun of its own', async () => {
    const queries: CreditNoteQuery[] = [];
    const asked = { documents, customerId: 'C1', status: 'open', sort: 'issued_asc', asOf: '2026-10-31' };
    const { content } = await ask('list_invoices', asked, {
      listCreditNotes: async (query) => {
        queries.push(query);
        return {
          rows: [note],
          totalCount: 1,
          totals: [{ currency: 'USD', count: 1, total: 50_00, unapplied: 20_00 }],
        };
      },
    });
    assert.deepEqual(queries, [
      { customerId: 'C1', asOf: '2026-10-31', unapplied: true, oldestFirst: true, limit: 25 },
    ]);
    assert.deepEqual(content, {
      creditNotes: [{ ...note, total: '50.00', unapplied: '20.00' }],
      totals: [{ currency: 'USD', count: 1, total: '50.00', unapplied: '20.00' }],
      totalCount: 1,
      asOf: '2026-10-31',
      returned: 1,
      complete: true,
    });
  });

  for (const [args, said] of [
    [{ status: 'overdue' }, /^status overdue applies to invoices only: expected open \(/],
    [{ minDaysOverdue: 3 }, /^minDaysOverdue applies to invoices only/],
    [{ dueTo: '2026-11-30' }, /^dueTo applies to invoices only/],
    [{ sort: 'due_asc' }, /^sort due_asc applies to invoices only: expected issued_desc or issued_asc/],
  ] as const) {
    test(`refuses ${JSON.stringify(args)}, which credit notes do not have`, async () => {
      await assert.rejects(ask('list_invoices', { documents, ...args }, {}), {
        name: 'Refusal',
        message: said,
      });
    });
  }
});

describe('an answer', () => {
  const long = (count: number) => ({
    vendor: '山'.repeat(count),
    category: '川'.repeat(count),
    type: 'T'.repeat(count),
    description: '"\\'.repeat(count),
  });

  test('cuts long texts and says so with an ellipsis', async () => {
    const rows = [expense(long(500))];
    const { content } = await ask('list_expenses', {}, { listExpenses: async () => ({ rows }) });
    const [row] = content.expenses as Record<string, string>[];
    assert.equal(row?.vendor, `${'山'.repeat(199)}…`);
    assert.equal(row?.description?.length, 200);
    assert.ok(row.description.endsWith('…'));
  });

  test('drops characters that hide or reorder text, and texts that have nothing else', async () => {
    const rows = [expense({ vendor: '\u202eACME\u202c\u200b\u{e0041}', category: '\u200b\u2060' })];
    const { content } = await ask('list_expenses', {}, { listExpenses: async () => ({ rows }) });
    const [row] = content.expenses as Record<string, string>[];
    assert.equal(row?.vendor, 'ACME');
    assert.ok(row && !('category' in row));
  });

  test('stays below 60 KB on the wire: a page too large is read again with fewer rows, and goes on there', async () => {
    const books = Array.from({ length: 100 }, (_, at) => expense({ id: `e${at}`, ...long(200) }));
    const limits: number[] = [];
    const answers = {
      listExpenses: async ({ limit, after }: ExpenseQuery) => {
        limits.push(limit);
        const from = after === undefined ? 0 : Number(after);
        const rows = books.slice(from, from + limit);
        const next = from + limit < books.length ? { next: String(from + limit) } : {};
        return { rows, ...next, totalCount: books.length, totals: [] };
      },
    };
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const { content } = await ask('list_expenses', { limit: 100, ...(cursor && { cursor }) }, answers);
      const rows = content.expenses as { id: string }[];
      assert.ok(wireBytes(content) < 60_000);
      assert.ok(rows.length > 0 && rows.length < 100);
      assert.equal(content.returned, rows.length);
      assert.equal(content.totalCount, 100);
      assert.equal(content.complete, content.nextCursor === undefined);
      ids.push(...rows.map(({ id }) => id));
      cursor = content.nextCursor as string | undefined;
    } while (cursor !== undefined);
    assert.deepEqual(
      ids,
      books.map(({ id }) => id),
    );
    assert.equal(limits[0], 100);
  });
});

describe('a list of expenses', () => {
  test('flags what is dated later and shows tax and credits only when there are any', async () => {
    const { content } = await ask(
      'list_expenses',
      { startDate: '2026-11-01' },
      {
        listExpenses: async () => ({
          rows: [
            expense({ date: '2026-11-22', tax: 0, reference: 'PO 7' }),
            expense({ id: 'e2', amount: -3_00, tax: -20 }),
          ],
          totalCount: 2,
          totals: [
            { currency: 'CHF', count: 1, total: 1_00, credits: 0 },
            { currency: 'USD', count: 2, total: 7_00, credits: -3_00 },
          ],
        }),
      },
    );
    assert.deepEqual(content, {
      expenses: [
        {
          id: 'e1',
          amount: '10.00',
          currency: 'USD',
          date: '2026-11-22',
          reference: 'PO 7',
          futureDated: true,
        },
        { id: 'e2', amount: '-3.00', tax: '-0.20', currency: 'USD', date: '2026-11-02' },
      ],
      totals: [
        { currency: 'CHF', count: 1, total: '1.00' },
        { currency: 'USD', count: 2, total: '7.00', credits: '-3.00' },
      ],
      totalCount: 2,
      startDate: '2026-11-01',
      asOf: today,
      returned: 2,
      complete: true,
    });
  });
});

describe('the payments report', () => {
  const total = (some: Partial<PaymentTotal>): PaymentTotal => ({
    currency: 'USD',
    count: 0,
    received: 0,
    refundCount: 0,
    refunded: 0,
    net: 0,
    ...some,
  });
  const year = { startDate: '2026-01-01', endDate: '2026-12-31' };

  test('counts to today when the range ends later, and says so', async () => {
    const queries: PaymentQuery[] = [];
    const { content } = await ask('payments_report', year, {
      listPayments: async (query) => {
        queries.push(query);
        return { rows: [] };
      },
    });
    assert.deepEqual(queries, [{ limit: 25, start: '2026-01-01', end: today }]);
    const { startDate, endDate, countedThrough } = content;
    assert.deepEqual({ startDate, endDate, countedThrough }, { ...year, countedThrough: today });
  });

  test('refuses a range that begins after today', async () => {
    const call = ask('payments_report', { startDate: '2026-11-22', endDate: '2026-12-31' }, {});
    await assert.rejects(
      call,
      (error: Error) => error instanceof Refusal && /is after today/.test(error.message),
    );
  });

  test('tells refunds from payments, and keeps the own word of the source only where it says more', async () => {
    const payment = { currency: 'USD', date: '2026-03-01', method: 'bank_transfer' } as const;
    const { content } = await ask('payments_report', year, {
      listPayments: async () => ({
        rows: [
          { id: 'p1', ...payment, amount: 5_00, sourceMethod: 'Bank Transfer', invoiceNumber: 'A-1' },
          { id: 'p2', ...payment, amount: -2_00, sourceMethod: 'SEPA' },
        ],
        totalCount: 2,
        totals: [total({ count: 1, received: 5_00, refundCount: 1, refunded: -2_00, net: 3_00 })],
      }),
    });
    assert.deepEqual(content.payments, [
      {
        id: 'p1',
        type: 'payment',
        date: '2026-03-01',
        invoiceNumber: 'A-1',
        method: 'bank_transfer',
        amount: '5.00',
        currency: 'USD',
      },
      {
        id: 'p2',
        type: 'refund',
        date: '2026-03-01',
        method: 'bank_transfer',
        sourceMethod: 'SEPA',
        amount: '-2.00',
        currency: 'USD',
      },
    ]);
    assert.deepEqual(content.totals, [
      { currency: 'USD', count: 1, received: '5.00', refundCount: 1, refunded: '-2.00', net: '3.00' },
    ]);
  });

  test('claims nothing as received of charges that failed', async () => {
    const queries: PaymentQuery[] = [];
    const row = { id: 'p1', currency: 'USD', amount: 5_00, date: '2026-03-01', method: 'card' } as const;
    const sums = total({ count: 2, received: 8_00, refundCount: 1, refunded: -1_00, net: 7_00 });
    const { content } = await ask(
      'payments_report',
      { ...year, only: 'failed', groupBy: 'method' },
      {
        listPayments: async (query) => {
          queries.push(query);
          return { rows: [row], totals: [sums], groups: [{ key: 'card', ...sums }] };
        },
      },
    );
    assert.deepEqual(queries, [
      { limit: 25, start: '2026-01-01', end: today, only: 'failed', groupBy: 'method' },
    ]);
    const [payment] = content.payments as Record<string, unknown>[];
    assert.deepEqual([payment?.id, payment?.failed], ['p1', true]);
    assert.deepEqual(content.totals, [{ currency: 'USD', count: 3, failed: '7.00' }]);
    assert.deepEqual(content.groups, [{ method: 'card', currency: 'USD', count: 3, failed: '7.00' }]);
  });

  test('puts the largest customers first, within each currency, and months in their order', async () => {
    const groups: (PaymentTotal & { key?: string; name?: string })[] = [
      { key: 'C1', name: 'One', ...total({ count: 1, received: 5_00, net: 5_00 }) },
      { key: 'C2', name: 'Two', ...total({ count: 1, received: 9_00, net: 9_00 }) },
      { ...total({ currency: 'EUR', count: 1, received: 1, net: 1 }) },
    ];
    const byCustomer = await ask(
      'payments_report',
      { ...year, groupBy: 'customer' },
      { listPayments: async () => ({ rows: [], groups }) },
    );
    assert.deepEqual(byCustomer.content.groups, [
      { currency: 'EUR', count: 1, received: '0.01', net: '0.01' },
      { customer: 'Two', customerId: 'C2', currency: 'USD', count: 1, received: '9.00', net: '9.00' },
      { customer: 'One', customerId: 'C1', currency: 'USD', count: 1, received: '5.00', net: '5.00' },
    ]);
    assert.equal(byCustomer.content.groupCount, 3);

    const months = ['2026-03', '2026-01', '2026-02'].map((key) => ({ key, ...total({}) }));
    const byMonth = await ask(
      'payments_report',
      { ...year, groupBy: 'month' },
      { listPayments: async () => ({ rows: [], groups: months }) },
    );
    assert.deepEqual(
      (byMonth.content.groups as { month: string }[]).map(({ month }) => month),
      ['2026-01', '2026-02', '2026-03'],
    );
  });

  test('leaves room for payments when there are very many groups, and says how many there are', async () => {
    const groups = Array.from({ length: 5000 }, (_, at) => ({
      key: `customer-${at}`,
      name: 'N'.repeat(200),
      ...total({ count: 1, received: at, net: at }),
    }));
    const row = { id: 'p', currency: 'USD', amount: 1, date: '2026-01-01', method: 'card' } as const;
    const { content } = await ask(
      'payments_report',
      { ...year, groupBy: 'customer' },
      { listPayments: async ({ limit }) => ({ rows: Array.from({ length: limit }, () => row), groups }) },
    );
    assert.equal(content.groupCount, 5000);
    assert.equal((content.groups as { customerId: string }[])[0]?.customerId, 'customer-4999');
    assert.equal(content.returned, 25);
    assert.ok(wireBytes(content) < 60_000);
  });
});

describe('a search for customers', () => {
  const customer = { kind: 'customer', id: 'C1', name: 'Łódź Traders', phone: '+48 42 638' } as const;

  test('shows contact and what is owed, and is complete when all that match are there', async () => {
    const { content } = await ask(
      'search_customers',
      { query: 'lodz' },
      {
        searchCustomers: async () => ({
          rows: [{ customer, open: [{ currency: 'PLN', count: 2, balance: 12_30, unapplied: 0 }] }],
          totalCount: 1,
          approximate: false,
        }),
      },
    );
    assert.deepEqual(content, {
      customers: [
        {
          id: 'C1',
          name: 'Łódź Traders',
          phone: '+48 42 638',
          open: [{ currency: 'PLN', count: 2, balance: '12.30' }],
        },
      ],
      totalCount: 1,
      approximate: false,
      asOf: today,
      returned: 1,
      complete: true,
    });
  });

  test('shows money that is applied to no invoice beside what is owed', async () => {
    const open = [{ currency: 'USD', count: 0, balance: 0, unapplied: 500_00 }];
    const { content } = await ask(
      'search_customers',
      { query: 'lodz' },
      { searchCustomers: async () => ({ rows: [{ customer, open }], totalCount: 1, approximate: false }) },
    );
    const [found] = content.customers as { open: unknown }[];
    assert.deepEqual(found?.open, [{ currency: 'USD', count: 0, balance: '0.00', unapplied: '500.00' }]);
  });

  test('lists all customers without a query, page by page', async () => {
    const queries: { limit: number; after?: string; asOf: string }[] = [];
    const answers = {
      listCustomers: async (query: { limit: number; after?: string; asOf: string }) => {
        queries.push(query);
        return query.after === undefined
          ? { rows: [{ customer, open: [] }], totalCount: 2, next: 'lodz traders#C1' }
          : { rows: [{ customer: { ...customer, id: 'C2' }, open: [] }], totalCount: 2 };
      },
    };
    const { content } = await ask('search_customers', { limit: 1 }, answers);
    const { nextCursor, ...first } = content;
    assert.deepEqual(first, {
      customers: [{ id: 'C1', name: 'Łódź Traders', phone: '+48 42 638' }],
      totalCount: 2,
      asOf: today,
      returned: 1,
      complete: false,
      approximate: false,
    });
    const second = await ask('search_customers', { cursor: nextCursor }, answers);
    assert.deepEqual([second.content.returned, second.content.complete], [1, true]);
    assert.deepEqual(queries, [
      { limit: 1, asOf: today },
      { limit: 25, after: 'lodz traders#C1', asOf: today },
    ]);
    await assert.rejects(
      ask('search_customers', { query: 'lodz', cursor: nextCursor }, answers),
      /cursor continues the list of all customers: expected it without query/,
    );
  });

  test('is not complete when more match, or when nobody knows how many', async () => {
    const rows = [{ customer, open: [] }];
    const more = { searchCustomers: async () => ({ rows, totalCount: 2, approximate: true }) };
    const { content } = await ask('search_customers', { query: 'lodz', limit: 1 }, more);
    assert.deepEqual([content.complete, content.approximate], [false, true]);
    const unknown = { searchCustomers: async () => ({ rows, totalsAbsent: 'too many', approximate: false }) };
    assert.equal((await ask('search_customers', { query: 'lodz' }, unknown)).content.complete, false);
  });

  test('refuses a query in which there is nothing to look for', async () => {
    await assert.rejects(
      ask('search_customers', { query: '%%% --' }, {}),
      /no letters or digits: expected a name/,
    );
  });
});

describe('groups of a list', () => {
  const sum = { count: 2, total: 30_00, balance: 10_00, writtenOffAmount: 0 };

  test('are ordered by what they come to, or by what is owed where they are ages, and are counted', async () => {
    const groups = [
      { key: '1-30', currency: 'USD', ...sum, balance: 5_00 },
      { key: 'not_due', currency: 'USD', ...sum, total: 20_00 },
      { key: 'not_due', currency: 'EUR', ...sum },
    ];
    const { content } = await ask(
      'list_invoices',
      { groupBy: 'age' },
      {
        listInvoices: async () => ({ rows: [], groups }),
      },
    );
    assert.deepEqual(
      (content.groups as Record<string, unknown>[]).map(({ age, currency, balance }) => [
        age,
        currency,
        balance,
      ]),
      [
        ['not_due', 'EUR', '10.00'],
        ['not_due', 'USD', '10.00'],
        ['1-30', 'USD', '5.00'],
      ],
    );
    assert.equal(content.groupCount, 3);
  });

  test('of ages are of what is owed; other statuses have none', async () => {
    const queries: { status?: string }[] = [];
    const listInvoices = async (query: { status?: string }) => {
      queries.push(query);
      return { rows: [], groups: [] };
    };
    await ask('list_invoices', { groupBy: 'age' }, { listInvoices });
    await ask('list_invoices', { groupBy: 'age', status: 'overdue' }, { listInvoices });
    assert.deepEqual(
      queries.map(({ status }) => status),
      ['open', 'overdue'],
    );
    await assert.rejects(
      ask('list_invoices', { groupBy: 'age', status: 'paid' }, { listInvoices }),
      /have no age, since nothing is owed: expected groupBy age with status open, overdue/,
    );
  });

  test('are of invoices, not of credit notes', async () => {
    await assert.rejects(
      ask('list_invoices', { groupBy: 'month', documents: 'credit_notes' }, {}),
      /groupBy applies to invoices only/,
    );
  });

  test('of products say what was sold: the quantity and the total of lines', async () => {
    const groups = [{ key: 'p1', name: 'Chai', currency: 'USD', count: 3, total: 99_00, quantity: '12.5' }];
    const { content } = await ask(
      'list_invoices',
      { groupBy: 'product', limit: 0 },
      {
        listInvoices: async () => ({ rows: [], totalCount: 3, totals: [], groups }),
      },
    );
    assert.deepEqual(content.groups, [
      { product: 'Chai', productId: 'p1', currency: 'USD', count: 3, quantity: '12.5', total: '99.00' },
    ]);
    // Without rows, the list is not complete.
    assert.deepEqual([content.returned, content.complete, content.nextCursor], [0, false, undefined]);
  });

  test('of vendors are called as the books write them', async () => {
    const groups = [
      { key: 'acme gmbh', name: 'ACME GmbH', currency: 'EUR', count: 1, total: 5_00, credits: 0 },
    ];
    const { content } = await ask(
      'list_expenses',
      { groupBy: 'vendor' },
      {
        listExpenses: async () => ({ rows: [], groups }),
      },
    );
    assert.deepEqual(content.groups, [{ vendor: 'ACME GmbH', currency: 'EUR', count: 1, total: '5.00' }]);
  });
});
