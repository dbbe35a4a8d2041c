import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type StatementFamily, statementReaders } from '../../cli/import/bank/formats.ts';
import type { Statement, StatementEntry, StatementPart } from '../../cli/import/bank/statement.ts';
import { type ReadStatement, type Tally, tallied } from '../../cli/import/bank/tally.ts';
import { statementRecord } from '../../cli/import/statement-records.ts';
import { inspectTextFile, readText } from '../../cli/import/text-file.ts';
import { rowOf } from '../../shared/ledger/kinds/statement.ts';
import { formatMoney } from '../../shared/ledger/money.ts';

const folder = join(import.meta.dirname, '../data/bank-statements');

/** The published samples of each family; their licences lie beside them. */
export const samples: Readonly<Record<StatementFamily, readonly string[]>> = {
  camt: [
    'camt052.v2.xml',
    'camt053.v2.all-balance-types.xml',
    'camt053.v2.five.decimals.xml',
    'camt053.v2.minimal.xml',
    'camt053.v2.multi.statement.xml',
    'camt053.v2.with-account-name.xml',
    'camt053.v4.xml',
    'camt053.v8.xml',
    'camt054.v2.xml',
  ],
  mt940: [
    'asnb.sta',
    'german-structured-86.sta',
    'jejik-abnamro.sta',
    'jejik-generic.sta',
    'jejik-ing.sta',
    'jejik-knab.sta',
    'jejik-rabobank-iban.sta',
    'jejik-sns.sta',
    'jejik-triodos.sta',
    'mt942.sta',
  ],
  ofx: [
    'anzcc.ofx',
    'bank_medium.ofx',
    'checking.ofx',
    'decimal_error.ofx',
    'investment_medium.ofx',
    'multiple_accounts.ofx',
    'ofx-v102-empty-tags.ofx',
    'suncorp.ofx',
    'vanguard.ofx',
  ],
  plaid: [
    'brokerage_custom_user.json',
    'business_account.json',
    'credit_card_custom_user.json',
    'transactions_checking+savings_custom_user.json',
  ],
};

export const samplePath = (family: StatementFamily, name: string): string => join(folder, family, name);

/** The text of a sample as it is in the file. */
export const sampleText = (family: StatementFamily, name: string): string =>
  readFileSync(samplePath(family, name), 'utf8');

/** What a sample comes to, read from the file as an import reads it. */
export async function readSample(family: StatementFamily, name: string): Promise<StatementPart[]> {
  const file = await inspectTextFile(samplePath(family, name));
  return Array.fromAsync(statementReaders[family](readText(file)));
}

/** The text in pieces of a length. */
export async function* inPieces(text: string, length = 65_536): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}

/** What a text comes to. */
export const readParts = (family: StatementFamily, text: string, length?: number): Promise<StatementPart[]> =>
  Array.fromAsync(statementReaders[family](inPieces(text, length)));

export const entriesOf = (parts: readonly StatementPart[]): StatementEntry[] =>
  parts.flatMap((part) => (part.part === 'entry' ? [part.entry] : []));

/** The lines and messages of refusals or warnings: "12: …". */
export const messagesOf = (parts: readonly StatementPart[], kind: 'refusal' | 'warning'): string[] =>
  parts.flatMap((part) => (part.part === kind ? [`${part.line}: ${part.message}`] : []));

/** What the closing balance has beyond the opening balance and the entries, as the record of a statement tells. */
export function differenceOf(read: ReadStatement): string | undefined {
  const currency = read.balances[0]?.currency ?? read.tallies[0]?.currency ?? 'EUR';
  const days = { from: '2026-01-01', to: '2026-01-01' };
  const { difference } = rowOf(statementRecord({ accountId: 'a', currency }, read, days, () => {}));
  return difference === undefined ? undefined : formatMoney(difference === 0 ? 0 : -difference, currency);
}

/** The statements with their entries, as an import collects them. */
export function statementsOf(
  parts: readonly StatementPart[],
): (ReadStatement & { entries: StatementEntry[] })[] {
  let statement: Statement | undefined;
  let entries: StatementEntry[] = [];
  let tallies: readonly Tally[] = [];
  return parts.flatMap((part) => {
    if (part.part === 'beginning') {
      ({ statement } = part);
      entries = [];
      tallies = [];
    } else if (part.part === 'entry') {
      entries.push(part.entry);
      tallies = tallied(tallies, part.entry);
    } else if (part.part === 'end' && statement) {
      const { balances, refused, complete } = part;
      return [{ statement, entries, tallies, balances, refused, complete }];
    }
    return [];
  });
}
