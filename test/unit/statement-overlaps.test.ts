import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays } from '../../shared/ledger/dates.ts';
import {
  type BankEntry,
  type BankFamily,
  type BankStatement,
  statementWriters,
} from '../support/bank-writers.ts';
import { temporaryFiles } from '../support/import-files.ts';
import { FilledBooks } from '../support/statement-runs.ts';

const runs = Number(process.env.RUNS ?? 60);
const write = temporaryFiles();
const first = '2026-03-01';
const families = Object.keys(statementWriters) as BankFamily[];

/** Entries of some days, many of them equal, of which the bank has its own reference or none. */
const history = fc.array(
  fc.record({
    day: fc.nat(11),
    amount: fc.constantFrom(-250, -250, -250, 250, 100_00),
    name: fc.constantFrom('Cafe', 'Acme'),
    isReferenced: fc.boolean(),
  }),
  { maxLength: 25 },
);

type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

const entriesIn = (all: History): BankEntry[] =>
  all
    .toSorted((a, b) => a.day - b.day)
    .map(({ day, amount, name, isReferenced }, at) => ({
      amount,
      bookingDate: addDays(first, day),
      valueDate: addDays(first, day),
      name,
      text: 'Lunch',
      reference: isReferenced ? `R${at}` : 'NONREF',
      reversal: false,
    }));

/** The statement that a bank would write of consecutive entries. */
function statementOf(
  all: readonly BankEntry[],
  [from, to]: [number, number],
  about: Pick<BankStatement, 'from' | 'to' | 'sequence'>,
): BankStatement {
  const balance = (count: number) => all.slice(0, count).reduce((sum, { amount }) => sum + amount, 5_000);
  return {
    iban: 'NL26VAYB8060476890',
    currency: 'EUR',
    opening: balance(from),
    closing: balance(to),
    entries: all.slice(from, to),
    ...about,
  };
}

/** In which of so many parts each of the statements is. */
const parts = fc.infiniteStream(fc.nat(2));
const order = fc.infiniteStream(fc.nat(1_000));

let files = 0;

/** Writes statements into files, in any order. */
function writeFiles(
  family: BankFamily,
  version: 0 | 1 | 2,
  statements: readonly BankStatement[],
  { file, order }: { file: Iterator<number>; order: Iterator<number> },
): string[] {
  const shuffled = statements
    .map((statement) => ({ statement, key: order.next().value as number }))
    .sort((a, b) => a.key - b.key);
  const inFiles = Map.groupBy(shuffled, () => file.next().value as number);
  return [...inFiles.values()].map((of) => {
    const text = statementWriters[family](
      of.map(({ statement }) => statement),
      { version, zeros: '', isWide: true },
    );
    return write(`${++files}.txt`, text);
  });
}

for (const family of families) {
  test(`${family}: overlapping statements of whole days, in any order and run, give each entry once`, async () => {
    const windows = fc.array(fc.tuple(fc.nat(11), fc.nat(6)), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        history,
        windows,
        fc.constantFrom<0 | 1 | 2>(0, 1, 2),
        parts,
        parts,
        order,
        async (all, windows, version, file, run, order) => {
          const entries = entriesIn(all);
          const statements = windows.map(([start, length]) => {
            const [from, to] = [addDays(first, start), addDays(first, start + length)];
            const [before, within] = [
              entries.filter(({ bookingDate }) => bookingDate < from).length,
              entries.filter(({ bookingDate }) => from <= bookingDate && bookingDate <= to).length,
            ];
            return statementOf(entries, [before, before + within], { from, to, sequence: 0 });
          });
          const covered = entries.filter((entry) =>
            statements.some(({ entries }) => entries.includes(entry)),
          );
          const once = new FilledBooks();
          const whole = statementOf(covered, [0, covered.length], {
            from: first,
            to: addDays(first, 20),
            sequence: 0,
          });
          await once.import(...writeFiles(family, version, [whole], { file, order }));

          const inOneRun = new FilledBooks();
          const paths = writeFiles(family, version, statements, { file, order });
          await inOneRun.import(...paths);
          assert.deepEqual(inOneRun.refused, []);
          assert.deepEqual(inOneRun.written('bank_transaction'), once.written('bank_transaction'));
          assert.equal(inOneRun.records('bank_transaction').length, covered.length);
          assert.deepEqual(
            inOneRun.warnings.filter((warning) => /different entries|add up/.test(warning)),
            [],
          );

          // In several runs, in another order, and once more.
          const inRuns = new FilledBooks();
          const ofRuns = Map.groupBy(paths.toReversed(), () => run.next().value as number);
          for (const files of [...ofRuns.values(), paths]) await inRuns.import(...files);
          assert.deepEqual(inRuns.written(), inOneRun.written());
        },
      ),
      { numRuns: runs },
    );
  });
}

for (const family of families.filter((family) => family !== 'ofx')) {
  test(`${family}: statements that split days keep every entry, in any order`, async () => {
    const cuts = fc.uniqueArray(fc.nat(24), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        history,
        cuts,
        fc.boolean(),
        parts,
        order,
        async (all, cuts, areNumbered, file, order) => {
          const entries = entriesIn(all.map((entry) => ({ ...entry, day: entry.day % 3 })));
          const ends = [...cuts.filter((cut) => cut > 0 && cut < entries.length), entries.length].sort(
            (a, b) => a - b,
          );
          let day = first;
          const statements = ends.map((end, at) => {
            const start = ends[at - 1] ?? 0;
            const from = day;
            day = entries[end - 1]?.bookingDate ?? day;
            return statementOf(entries, [start, end], { from, to: day, sequence: areNumbered ? at + 1 : 0 });
          });
          // Without numbers, only balances tell statements of a day apart: one that comes back could be the same statement.
          const balances = [...statements.map(({ opening }) => opening), statements.at(-1)?.closing];
          fc.pre(areNumbered || new Set(balances).size === balances.length);
          const [whole, split] = [new FilledBooks(), new FilledBooks()];
          const one = statementOf(entries, [0, entries.length], { from: first, to: day, sequence: 0 });
          await whole.import(...writeFiles(family, 0, [one], { file, order }));
          await split.import(...writeFiles(family, 0, statements, { file, order }));
          assert.deepEqual(split.refused, []);
          assert.deepEqual(split.warnings, []);
          assert.deepEqual(split.written('bank_transaction'), whole.written('bank_transaction'));
          assert.equal(split.records('bank_transaction').length, entries.length);
        },
      ),
      { numRuns: runs },
    );
  });
}
