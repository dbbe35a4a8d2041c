import { parseArguments } from '../../cli/import/arguments.ts';
import { Findings } from '../../cli/import/findings.ts';
import { OwnAccounts } from '../../cli/import/own-accounts.ts';
import { openSources } from '../../cli/import/source.ts';
import { writeRecord } from '../../shared/ledger/format.ts';
import type { AnyKind } from '../../shared/ledger/kind.ts';
import { kinds, type LedgerRecord } from '../../shared/ledger/kinds/index.ts';

/** Books that several imports fill, as the store keeps them, but in memory. */
export class FilledBooks {
  readonly #records = new Map<string, LedgerRecord>();
  /** The sentences of the last import: warnings and refusals, with the line where there is one. */
  warnings: string[] = [];
  refused: string[] = [];
  leftOut: Readonly<Record<string, number>> = {};

  /** Imports files in one run. */
  async import(...files: string[]): Promise<void> {
    const accounts = new OwnAccounts();
    for (const record of this.#records.values()) if (record.kind === 'bank_account') accounts.add(record);
    const sources = await openSources(
      parseArguments(['--org', 'acme', '--dry-run', ...files]),
      async () => accounts,
    );
    const findings = new Findings({ refused: () => {}, rows: () => {} });
    for await (const record of findings.records(sources)) this.#keep(record);
    const sentence = ({ line, text }: { line: number; text: string }) => `${line}: ${text}`;
    this.warnings = findings.warnings.map(({ line, message }) => sentence({ line, text: message }));
    this.refused = findings.refused.map(({ line, reason }) => sentence({ line, text: reason }));
    this.leftOut = findings.leftOut;
  }

  #keep(record: LedgerRecord): void {
    const key = `${record.kind} ${record.id}`;
    const { rank }: AnyKind = kinds[record.kind];
    const [before, now] = [this.#records.get(key), rank?.(record)];
    if (before && now !== undefined && now < (rank?.(before) ?? '')) return;
    this.#records.set(key, record);
  }

  /** The records of a kind, or all of them, by their ids. */
  records(kind?: string): LedgerRecord[] {
    return [...this.#records]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, record]) => (kind === undefined || record.kind === kind ? [record] : []));
  }

  /** The same in the interchange format. */
  written(kind?: string): Record<string, unknown>[] {
    return this.records(kind).map((record) => writeRecord(record) as Record<string, unknown>);
  }
}
