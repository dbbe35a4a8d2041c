import type { RecordKind } from '../../shared/ledger/records.ts';
import type { WriteReport } from '../../shared/store/writer.ts';
import type { SortOverview } from './overview.ts';
import type { Encoding } from './text-file.ts';

/** What an import has done, or in a dry run would do. With `--json` this is what is printed. */
export interface ImportReport {
  organization: string;
  dryRun: boolean;
  files: { file: string; format: 'ndjson' | 'csv'; encoding: Encoding; rows: number }[];
  records: SortOverview[];
  /** The first records of each kind in the interchange format; only in a dry run. */
  firstRecords?: unknown[];
  /** How many records were new, replaced, or as they were; absent where nothing was written. */
  written?: WriteReport;
  /** Places whose records were not taken, each with every row of the document that it is about. */
  refused: Refused[];
  refusedRows: number;
  /** Rows that the mapping leaves out, by reason. */
  leftOut: Record<string, number>;
  /** Records that came again as they were, by kind. */
  repeated: Partial<Record<RecordKind, number>>;
  seconds: number;
}

export interface Refused {
  file: string;
  line: number;
  /** All rows of the document, where it has several. */
  lines?: readonly number[];
  reason: string;
}

/** One line for people: "books.csv, line 7: …". */
export function refusedLine({ file, line, lines = [], reason }: Refused): string {
  const shown = lines.slice(0, 10).join(', ') + (lines.length > 10 ? ', …' : '');
  const rest = lines.length > 1 ? ` Its whole document is refused (lines ${shown}).` : '';
  return `${file}, line ${line}: ${reason}${rest}`;
}

/** The report for people. */
export function reportText(report: ImportReport): string {
  const { written, dryRun, organization, seconds } = report;
  const parts = [
    ...report.files.map(({ file, format, encoding, rows }) => {
      const note = encoding === 'windows-1252' ? ', read as Windows-1252 since it is not valid UTF-8' : '';
      return `${file}: ${counted(rows, 'row')} of ${format === 'csv' ? 'CSV' : 'NDJSON'}${note}`;
    }),
    '',
    ...recordTable(report.records),
    ...tail(report),
  ];
  if (report.firstRecords && report.firstRecords.length > 0) {
    parts.push('', 'The first records:', ...report.firstRecords.map((record) => JSON.stringify(record)));
  }
  const amounts =
    written &&
    `${amount(written.added)} added, ${amount(written.changed)} changed, ${amount(written.unchanged)} unchanged`;
  parts.push(
    '',
    dryRun
      ? `Dry run: nothing was written into "${organization}" (${seconds} s).`
      : amounts
        ? `Into "${organization}": ${amounts}, ${amount(report.refusedRows)} refused, ${amount(leftOutRows(report))} left out, in ${seconds} s.`
        : `Nothing was written into "${organization}", since --strict is set and ${counted(report.refusedRows, 'row')} ${report.refusedRows === 1 ? 'was' : 'were'} refused.`,
  );
  return parts.join('\n');
}

function tail(report: ImportReport): string[] {
  const repeated = Object.entries(report.repeated).map(([kind, count]) => `${amount(count)} ${kind}`);
  const leftOut = Object.entries(report.leftOut).map(([reason, count]) => `${amount(count)} ${reason}`);
  return [
    ...(report.refusedRows > 0 ? [`refused rows: ${amount(report.refusedRows)}`] : []),
    ...(leftOut.length > 0 ? [`left out: ${leftOut.join(', ')}`] : []),
    ...(repeated.length > 0 ? [`the same again, counted once: ${repeated.join(', ')}`] : []),
  ];
}

function recordTable(records: readonly SortOverview[]): string[] {
  if (records.length === 0) return ['No records.'];
  const rows = records.map(({ sort, count, firstDay, lastDay, totals }) => [
    sort,
    amount(count),
    firstDay ? `${firstDay} to ${lastDay}` : '',
    Object.entries(totals)
      .map(([currency, total]) => `${total} ${currency}`)
      .join(', '),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map(([sort = '', count = '', days = '', totals = '']) =>
    `${sort.padEnd(widths[0] ?? 0)}  ${count.padStart(widths[1] ?? 0)}  ${days.padEnd(widths[2] ?? 0)}  ${totals}`.trimEnd(),
  );
}

const leftOutRows = ({ leftOut }: ImportReport): number =>
  Object.values(leftOut).reduce((sum, count) => sum + count, 0);

const amount = (count: number): string => count.toLocaleString('en');
const counted = (count: number, noun: string): string => `${amount(count)} ${noun}${count === 1 ? '' : 's'}`;
