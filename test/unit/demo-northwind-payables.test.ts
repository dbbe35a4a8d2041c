import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { northwindBooks } from '../../local/demo/northwind.ts';
import { addDays, daysBetween, startOfWeek } from '../../shared/ledger/dates.ts';
import { billStatuses } from '../../shared/ledger/kinds/bill.ts';
import type { LedgerRecord, RecordKind } from '../../shared/ledger/kinds/index.ts';
import { registry } from '../../shared/ledger/registry.ts';
import { findingsIn } from '../../shared/ledger/statements.ts';
import { memoryReader } from '../support/memory-reader.ts';

type Of<Kind extends RecordKind> = Extract<LedgerRecord, { kind: Kind }>;

const today = '2026-11-21';

const kindIn = <Kind extends RecordKind>(records: readonly LedgerRecord[], kind: Kind) =>
  records.filter((record): record is Of<Kind> => record.kind === kind);

const ofKind = <Kind extends RecordKind>(day: string, kind: Kind) =>
  kindIn(northwindBooks(day).records, kind);

/** Any day of some decades: rules may depend on the weekday, the month's length and leap years. */
const anyDay = fc.integer({ min: 0, max: 20_000 }).map((count) => addDays('2020-01-01', count));

/** Every weekday once. */
const aWeek = Array.from({ length: 7 }, (_, count) => addDays('2026-11-16', count));

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

const isForGoods = ({ id }: Of<'bill'>) => id.startsWith('B-');

const weeksOfData = 56;
const opening = { operating: 350_000_00, euro: 5_000_00 } as const;

describe('bills in the demo', () => {
  it('are what suppliers sold of each month, at a quarter of the list price, rounded half a cent up', () => {
    const bills = ofKind(today, 'bill').filter(isForGoods);
    assert.equal(bills.length, 351);
    const total = (currency: string) =>
      sum(bills.filter((bill) => bill.currency === currency).map((bill) => bill.total));
    assert.deepEqual([total('USD'), total('EUR')], [19_542_356, 3_574_957]);
    for (const bill of bills) assert.equal(bill.total, sum(bill.lines.map((line) => line.total)), bill.id);
    const gumbo = bills.flatMap(({ lines }) => lines).find(({ productId }) => productId === '5');
    assert.equal(gumbo?.rate, '5.34');
  });

  it('are in euros where the supplier is German', () => {
    const records = northwindBooks(today).records;
    const german = kindIn(records, 'supplier')
      .filter(({ address }) => address?.country === 'Germany')
      .map(({ id }) => id);
    for (const { id, currency, supplierId } of kindIn(records, 'bill')) {
      assert.equal(currency === 'EUR', german.includes(supplierId ?? ''), id);
    }
  });

  it('are in the cost group that all their goods have in common', () => {
    const bills = ofKind(today, 'bill');
    const groupOf = (productIds: string) =>
      bills.find(({ lines }) => lines.map(({ productId }) => productId).join() === productIds)?.costGroupId;
    assert.equal(groupOf('13'), 'goods-8');
    assert.equal(groupOf('13,14'), 'food');
    assert.equal(groupOf('1,2,3'), 'goods');
  });

  it('have every status on every day of the week, and ages of every kind', async () => {
    for (const day of aWeek) {
      const reader = memoryReader(northwindBooks(day).records, registry);
      const count = async (filters: object) =>
        (await reader.list('bill', { filters, order: 'issued', reverse: true, limit: 0, asOf: day }))
          .totalCount;
      for (const status of billStatuses) {
        assert.ok(((await count({ status })) ?? 0) > 0, `${status} on ${day}`);
      }
      for (const days of [1, 31, 61, 91]) {
        const dueTo = addDays(day, -days);
        const filters = { status: 'overdue', dueFrom: addDays(dueTo, days === 91 ? -400 : -29), dueTo };
        assert.ok(((await count(filters)) ?? 0) > 0, `${days} days late on ${day}`);
      }
    }
  });

  it('move by whole weeks with their payments, as everything from the source does', () => {
    const dated = (day: string) =>
      northwindBooks(day).records.flatMap((record) => {
        if (record.kind === 'bill' && isForGoods(record)) return [[record.id, record.issued] as const];
        return [];
      });
    const reference = dated(today);
    fc.assert(
      fc.property(anyDay, (day) => {
        const weeks = daysBetween(startOfWeek(today), startOfWeek(day));
        assert.deepEqual(
          dated(day),
          reference.map(([id, issued]) => [id, addDays(issued, weeks)]),
        );
      }),
      { numRuns: 10 },
    );
  });
});

describe('contracts in the demo', () => {
  it('bill a line once, for its amount, and say which bill and which bank transaction it became', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const { records } = northwindBooks(day);
        const bills = new Map(kindIn(records, 'bill').map((bill) => [bill.id, bill]));
        const transactions = new Map(kindIn(records, 'bank_transaction').map((row) => [row.id, row]));
        const lines = kindIn(records, 'schedule_line').filter(({ billId }) => billId !== undefined);
        assert.equal(new Set(lines.map(({ billId }) => billId)).size, lines.length);
        for (const { billId, amount, contractId, due, transactionId } of lines) {
          const bill = bills.get(billId ?? '');
          assert.deepEqual([bill?.total, bill?.contractId, bill?.due], [amount, contractId, due]);
          if (transactionId) assert.equal(transactions.get(transactionId)?.amount, -amount);
        }
        assert.equal(
          lines.length,
          [...bills.values()].filter(({ contractId }) => contractId !== undefined).length,
        );
      }),
      { numRuns: 10 },
    );
  });

  it('go both ways, and one of each sort is there on any day', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const { records } = northwindBooks(day);
        const contracts = kindIn(records, 'contract');
        const has = (test: (contract: Of<'contract'>) => boolean) => contracts.some(test);
        assert.ok(has(({ direction }) => direction === 'client'));
        assert.ok(has(({ status, end = '' }) => status === 'terminated' && end < day));
        assert.ok(has(({ status, end = '' }) => status === 'active' && end < day));
        assert.ok(has(({ status, start }) => status === 'draft' && start > day));
        // One must be cancelled within ten weeks.
        assert.ok(
          has(({ autoRenews, end = '', noticeDays = 0 }) => {
            const days = daysBetween(day, addDays(end, -noticeDays));
            return autoRenews === true && days >= 0 && days <= 70;
          }),
        );
        const lines = kindIn(records, 'schedule_line');
        assert.ok(lines.some(({ invoiceId }) => invoiceId !== undefined));
        assert.ok(lines.some(({ due, invoiceId, billId }) => due > day && !invoiceId && !billId));
      }),
      { numRuns: 20 },
    );
  });
});

describe('the bank in the demo', () => {
  it('has booked every payment, bill payment and expense of its days once, on its day, and for its amount', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const { records } = northwindBooks(day);
        const start = addDays(startOfWeek(day), -7 * weeksOfData);
        const end: Record<string, string> = { USD: day, EUR: addDays(startOfWeek(day), -7) };
        const isSeen = ({ currency, date }: { currency: string; date: string }) =>
          start <= date && date <= (end[currency] ?? '');
        const booked = bookedIn(records);
        assert.ok(booked.every(isSeen));
        const linked = (kind: string) =>
          booked.flatMap((row) =>
            row.links.filter((link) => link.kind === kind).map(({ id }) => [id, row.date]),
          );
        const expected = {
          payment: kindIn(records, 'payment').filter((payment) => !payment.failed),
          bill_payment: kindIn(records, 'bill_payment'),
          expense: kindIn(records, 'expense'),
        };
        const amounts = new Map<string, number>();
        for (const [kind, all] of Object.entries(expected)) {
          const seen = all.filter(isSeen);
          assert.ok(seen.length > 300, kind);
          assert.deepEqual(linked(kind).sort(), seen.map(({ id, date }) => [id, date]).sort(), kind);
          for (const { id, amount } of seen) {
            amounts.set(`${kind} ${id}`, kind === 'payment' ? amount : -amount);
          }
        }
        for (const { id, links, amount } of booked) {
          if (links.length === 0) continue;
          const settled = links.map((link) => amounts.get(`${link.kind} ${link.id}`) ?? 0);
          assert.equal(sum(settled), amount, id);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('explains everything else: fees, interest, and transfers that have two sides', () => {
    const booked = bookedIn(northwindBooks(today).records);
    const others = Map.groupBy(
      booked.filter(({ links }) => links.length === 0),
      ({ category = 'Transfer' }) => category,
    );
    assert.deepEqual([...others.keys()].sort(), ['Bank fees', 'Interest', 'Transfer']);
    assert.deepEqual(
      others.get('Transfer')?.map(({ amount, currency, date, transferAccountId }) => ({
        amount,
        currency,
        date,
        transferAccountId,
      })),
      [0, 13, 26, 39, 52].flatMap((weeks) => {
        const date = addDays('2025-10-20', 7 * weeks);
        return [
          { amount: -6_600_00, currency: 'USD', date, transferAccountId: 'euro' },
          { amount: 6_000_00, currency: 'EUR', date, transferAccountId: 'operating' },
        ];
      }),
    );
  });

  it('has balances that are the opening and all booked transactions, and never below zero', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const { records } = northwindBooks(day);
        const balances = new Map(kindIn(records, 'balance').map((balance) => [balance.id, balance]));
        for (const account of ['operating', 'euro'] as const) {
          const rows = bookedIn(records).filter(({ accountId }) => accountId === account);
          let balance: number = opening[account];
          for (const { date, amount } of rows.toSorted((a, b) => compare(a.date, b.date))) {
            balance += amount;
            assert.ok(balance > 0, `${account} on ${date}`);
          }
          assert.equal(balances.get(`${account}-closing_booked`)?.amount, balance);
          const reserved = kindIn(records, 'bank_transaction').filter(
            ({ status, accountId, amount }) => status === 'pending' && accountId === account && amount < 0,
          );
          assert.equal(
            balances.get(`${account}-available`)?.amount,
            balance + sum(reserved.map(({ amount }) => amount)),
          );
        }
      }),
      { numRuns: 10 },
    );
  });

  it('has statements that add up, one of which is missing', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const { records } = northwindBooks(day);
        const booked = bookedIn(records);
        const statements = kindIn(records, 'statement').map((statement) => ({ ...statement, difference: 0 }));
        for (const { id, accountId, from, to, opening = 0, closing, sum: stated, entryCount } of statements) {
          const own = booked.filter(
            (row) => row.accountId === accountId && from <= row.date && row.date <= to,
          );
          assert.deepEqual([own.length, sum(own.map(({ amount }) => amount))], [entryCount, stated], id);
          assert.equal(closing, opening + stated, id);
          assert.ok(to < day, id);
        }
        const findings = findingsIn(statements);
        assert.deepEqual(
          findings.map(({ accountId, finding }) => [accountId, finding]),
          [['operating', 'gap']],
        );
        const [gap] = findings;
        const inGap = booked.filter(
          ({ accountId, date }) =>
            accountId === 'operating' && (gap?.from ?? '') <= date && date <= (gap?.to ?? ''),
        );
        assert.equal(gap?.amount, sum(inGap.map(({ amount }) => amount)));
      }),
      { numRuns: 10 },
    );
  });

  it('has a card payment and a credit that are pending, as of the last data of their account', () => {
    const { records } = northwindBooks(today);
    const pending = kindIn(records, 'bank_transaction').filter(({ status }) => status === 'pending');
    const connections = kindIn(records, 'connection');
    assert.deepEqual(
      pending.map(({ amount, seen }) => [amount > 0, seen]),
      [
        [false, connections[0]?.updated],
        [true, connections[0]?.updated],
      ],
    );
    const invoice = kindIn(records, 'invoice').find(({ number }) => pending[1]?.text === `Invoice ${number}`);
    assert.equal(invoice?.lifecycle, 'issued');
    assert.deepEqual(
      connections.map(({ status, reason }) => [status, reason !== undefined]),
      [
        ['active', false],
        ['needs_sign_in', true],
      ],
    );
  });
});

const bookedIn = (records: readonly LedgerRecord[]) =>
  kindIn(records, 'bank_transaction').filter(({ status }) => status === 'booked');

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

describe('the side of the demo that pays', () => {
  it('has nothing happen after today but bills of the same week', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        for (const record of northwindBooks(day).records) {
          if (record.kind === 'bill_payment') assert.ok(record.date <= day, record.id);
          if (record.kind === 'supplier_credit') assert.ok(record.issued <= day, record.id);
          if (record.kind === 'bank_transaction') assert.ok(record.date <= day, record.id);
          if (record.kind === 'balance') assert.ok(record.date <= day, record.id);
          if (record.kind === 'bill') assert.ok(record.issued < addDays(startOfWeek(day), 7), record.id);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('names only records that are there', () => {
    const { records } = northwindBooks(today);
    const known = new Set(records.map(({ kind, id }) => `${kind} ${id}`));
    const fields = {
      supplierId: ['supplier'],
      billId: ['bill'],
      costGroupId: ['cost_group'],
      parentId: ['cost_group'],
      projectId: ['project'],
      contractId: ['contract'],
      counterpartyId: ['customer', 'supplier'],
      accountId: ['bank_account'],
      transferAccountId: ['bank_account'],
      connectionId: ['connection'],
      bankTransactionId: ['bank_transaction'],
      transactionId: ['bank_transaction'],
    } as const;
    const seen = new Set<string>();
    for (const record of records) {
      for (const [field, kinds] of Object.entries(fields)) {
        const id = (record as unknown as Record<string, string | undefined>)[field];
        if (id === undefined) continue;
        seen.add(field);
        assert.ok(
          kinds.some((kind) => known.has(`${kind} ${id}`)),
          `${record.id}: ${field} ${id}`,
        );
      }
      const links =
        record.kind === 'bank_transaction'
          ? record.links
          : record.kind === 'attachment'
            ? record.linkedTo
            : [];
      for (const { kind, id } of links) assert.ok(known.has(`${kind} ${id}`), `${record.id}: ${kind} ${id}`);
    }
    assert.deepEqual([...seen].sort(), Object.keys(fields).sort());
  });

  it('has cost groups without circles, four levels at most', () => {
    const parents = new Map(ofKind(today, 'cost_group').map(({ id, parentId }) => [id, parentId]));
    for (const id of parents.keys()) {
      let depth = 0;
      for (let at: string | undefined = id; at !== undefined; at = parents.get(at)) depth++;
      assert.ok(depth <= 4, id);
    }
  });

  it('tells of each attached file how long it is, and its hash', () => {
    const { records, files = [] } = northwindBooks(today);
    assert.ok(files.length > 40);
    assert.equal(files.length, kindIn(records, 'attachment').length);
    const known = new Map(kindIn(records, 'attachment').map((attachment) => [attachment.id, attachment]));
    assert.deepEqual(
      files.map(({ record }) => known.get(record.id)),
      files.map(({ record }) => record),
    );
    for (const { record, bytes } of files) {
      assert.equal(record.bytes, bytes.length);
      assert.equal(record.sha256, createHash('sha256').update(bytes).digest('hex'));
    }
  });
});
