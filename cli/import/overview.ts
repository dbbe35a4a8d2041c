import type { Day } from '../../shared/ledger/dates.ts';
import { writeRecord } from '../../shared/ledger/format.ts';
import type { AnyKind } from '../../shared/ledger/kind.ts';
import { kinds, type LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import { formatMoney } from '../../shared/ledger/money.ts';

/** Records of one sort: their number, days and total in each currency. */
export interface SortOverview {
  /** The kind, and what sets it apart: "invoice", "invoice, void", "payment, refund". */
  sort: string;
  count: number;
  firstDay?: Day;
  lastDay?: Day;
  /** Decimal strings by currency, never added up across them. */
  totals: Record<string, string>;
}

const firstRecordsShown = 3;

/** Sums up the records of a run. */
export class Overview {
  readonly #sorts = new Map<string, Omit<SortOverview, 'sort' | 'totals'> & { sums: Map<string, bigint> }>();
  /** The first records of each kind, in the interchange format. */
  readonly firstRecords: unknown[] = [];
  readonly #shown = new Map<string, number>();

  add(record: LedgerRecord): void {
    const kind: AnyKind = kinds[record.kind];
    const { day, amount, apart } = kind.overview?.(record) ?? {};
    const sort = apart === undefined ? record.kind : `${record.kind}, ${apart}`;
    const known = this.#sorts.get(sort) ?? { count: 0, sums: new Map<string, bigint>() };
    this.#sorts.set(sort, known);
    known.count++;
    if (day !== undefined) {
      if (known.firstDay === undefined || day < known.firstDay) known.firstDay = day;
      if (known.lastDay === undefined || day > known.lastDay) known.lastDay = day;
    }
    if (amount !== undefined && 'currency' in record && record.currency) {
      // Sums of a whole file may leave the range in which numbers are exact.
      const sum = known.sums.get(record.currency) ?? 0n;
      known.sums.set(record.currency, sum + BigInt(amount));
    }
    const shown = this.#shown.get(record.kind) ?? 0;
    if (shown < firstRecordsShown) {
      this.#shown.set(record.kind, shown + 1);
      this.firstRecords.push(writeRecord(record));
    }
  }

  /** Whether any of the records has an amount. */
  get hasMoney(): boolean {
    return [...this.#sorts.values()].some(({ sums }) => sums.size > 0);
  }

  /** In alphabetical order. */
  sorts(): SortOverview[] {
    return inOrder(this.#sorts).map(([sort, { sums, ...sorted }]) => ({
      sort,
      ...sorted,
      totals: Object.fromEntries(inOrder(sums).map(([code, sum]) => [code, written(sum, code)])),
    }));
  }
}

const inOrder = <Value>(named: ReadonlyMap<string, Value>): [string, Value][] =>
  [...named].sort(([a], [b]) => (a < b ? -1 : 1));

function written(sum: bigint, currency: string): string {
  const minor = Number(sum);
  return Number.isSafeInteger(minor) ? formatMoney(minor, currency) : 'too large to show exactly';
}
