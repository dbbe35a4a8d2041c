import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import { type StatementFamily, statementReaders } from './bank/formats.ts';
import type { StatementEntry } from './bank/statement.ts';
import type { OwnAccounts } from './own-accounts.ts';
import type { Reading } from './reading.ts';
import { orRefused } from './refusals.ts';
import type { Entry } from './source.ts';
import { dayOfEntry, identityOf, transactionRecord } from './statement-records.ts';
import { countBefore, type RunStatement } from './statement-run.ts';
import { readText, type TextFile } from './text-file.ts';

/**
 * Reads the statements of a file as records.
 * @param statements what the run knows of the statements in this file
 * @throws {Refusal} when the file has other statements than these.
 */
export async function* readStatements(
  file: TextFile,
  family: StatementFamily,
  { statements, accounts }: { statements: readonly RunStatement[]; accounts: OwnAccounts },
  reading: Reading,
): AsyncGenerator<Entry> {
  let at = 0;
  let open: OpenStatement | undefined;
  for await (const part of statementReaders[family](readText(file))) {
    const { line } = part;
    switch (part.part) {
      case 'beginning': {
        const statement = statements[at++];
        if (!statement) throw new Refusal(`The file ${quote(file.path)} changed while it was read.`);
        open = { statement, unplaced: [], counts: new Map() };
        for (const message of statement.warnings) reading.warn(line, message);
        if (statement.refused !== undefined) yield { lines: [line], refused: statement.refused };
        else if (statement.place) yield { lines: [line], records: recordsIn(statement) };
        break;
      }
      case 'entry':
        if (open?.statement.place) yield transactionIn(open, part.entry, line, accounts, reading);
        else open?.unplaced.push(line);
        break;
      case 'warning':
        reading.warn(line, part.message);
        break;
      case 'refusal':
        yield { lines: [line], refused: part.message };
        break;
      case 'end':
        if (open && !open.statement.place) yield unplaced(open);
        for (let count = 0; count < part.leftOut; count++)
          yield { lines: [line], leftOut: 'not a bank transaction' };
        open = undefined;
    }
  }
}

interface OpenStatement {
  statement: RunStatement;
  /** The lines of entries of which the account is not known. */
  unplaced: number[];
  /** How many equal entries there were so far. */
  counts: Map<string, number>;
}

/** Overlapping statements tell the same once more: that is no repetition to report. */
const recordsIn = ({ told, record }: RunStatement) =>
  [...told, ...(record ? [record] : [])].map((record) => ({ record, overlaps: true }));

/** Why the records of a statement have no account. */
function unplaced({ statement: { line, read }, unplaced }: OpenStatement): Entry {
  const { iban, number, reference } = read.statement.account;
  if ((iban ?? number ?? reference) !== undefined && unplaced.length === 0) {
    return { lines: [line], leftOut: 'statement without entries and balances' };
  }
  const refused =
    (iban ?? number ?? reference) === undefined
      ? 'The statement names no account: expected an IBAN or account number.'
      : 'The statement has no day and no currency: expected balances, or entries with a day.';
  return { lines: [line, ...unplaced], refused };
}

function transactionIn(
  { statement, counts }: OpenStatement,
  entry: StatementEntry,
  line: number,
  accounts: OwnAccounts,
  reading: Reading,
): Entry {
  const { place, seen, read } = statement;
  const identity = identityOf(entry);
  const count = (counts.get(identity) ?? 0) + 1;
  counts.set(identity, count);
  const ordinal = count + countBefore(statement, dayOfEntry(entry) ?? '', identity);
  const { form } = read.statement;
  const made = orRefused(() => ({
    records: [
      {
        record: transactionRecord(place!, entry, { form, ordinal, seen: seen! }, accounts, (message) =>
          reading.warn(line, message),
        ),
        overlaps: true,
      },
    ],
  }));
  return { lines: [line], ...made };
}
