import type { WriteReport } from '../../shared/store/writer.ts';
import { counted, quote } from '../../shared/text.ts';
import { kindName } from '../command.ts';
import type { SortOverview } from './overview.ts';
import type { Doubt } from './reading.ts';
import type { Encoding } from './text-file.ts';

/** What an import has done or, in a dry run, would do. `--json` prints this. */
export interface ImportReport {
  organization: string;
  dryRun: boolean;
  files: { file: string; format: 'ndjson' | 'csv'; encoding: Encoding; rows: number }[];
  records: SortOverview[];
  /** The first records of each kind in the interchange format; only in a dry run. */
  firstRecords?: unknown[];
  /** How many records were new, replaced or unchanged; absent if nothing was written. */
  written?: WriteReport;
  /** Places whose records were refused, each with all rows of its document. */
  refused: Refused[];
  refusedRows: number;
  /** Rows that the mapping leaves out, by reason. */
  leftOut: Record<string, number>;
  /** Why nothing was or, in a dry run, would be written: --strict, or a mapping that seems to be wrong about a column. */
  stopped?: 'strict' | 'doubts';
  /** Identical repeated records, which count once. */
  repeated: SortOverview[];
  /** Whether some of these have an amount, without --merge-equal. */
  mergedUnasked: boolean;
  /** Repeated records, where the mapping says to keep the first. */
  passedOver: SortOverview[];
  /** Files with ignored filled cells beyond the header: how many rows have any, and the first. */
  surplus: { file: string; rows: number; line: number; cell: string }[];
  /** Where the mapping seems to be wrong. */
  doubts: (Doubt & { file: string })[];
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
  const rest = lines.length > 1 ? ` The whole document is refused (lines ${shown}).` : '';
  return `${file}, line ${line}: ${reason}${rest}`;
}

/** One line for people about a column that does not fit the mapping. */
export function doubtLine({
  file,
  place,
  failed,
  tried,
  otherOrder,
}: ImportReport['doubts'][number]): string {
  const guess = otherOrder ? 'day and month seem to be swapped' : 'the mapping seems to be wrong';
  return `${file}: ${place}: ${amount(failed)} of ${amount(tried)} values could not be read: ${guess}, and the other values may be misread. Nothing is loaded without --force.`;
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
        : `Nothing was written into "${organization}", since ${whyStopped(report)}.`,
  );
  return parts.join('\n');
}

function whyStopped({ stopped, refusedRows, mergedUnasked }: ImportReport): string {
  if (stopped === 'doubts') return 'the mapping seems to be wrong about a column';
  const refused = `${counted(refusedRows, 'row')} ${refusedRows === 1 ? 'was' : 'were'} refused`;
  const reasons = [
    ...(refusedRows > 0 ? [refused] : []),
    ...(mergedUnasked ? ['identical records were repeated'] : []),
  ];
  return `--strict is set and ${reasons.join(' and ')}`;
}

function tail(report: ImportReport): string[] {
  const leftOut = Object.entries(report.leftOut).map(([reason, count]) => `${reason} (${amount(count)})`);
  return [
    ...(report.refusedRows > 0 ? [`refused rows: ${amount(report.refusedRows)}`] : []),
    ...(leftOut.length > 0 ? [`left out: ${leftOut.join(', ')}`] : []),
    ...(report.passedOver.length > 0 ? [`repeated, the first kept: ${listed(report.passedOver)}`] : []),
    ...(report.repeated.length > 0
      ? [`repeated and identical, counted once: ${listed(report.repeated)}`]
      : []),
    ...(report.mergedUnasked
      ? [
          'If they are separate records, give each its own id ({#equal} or {#} in a mapping). If not, use --merge-equal.',
        ]
      : []),
    ...report.surplus.map(
      ({ file, rows, line, cell }) =>
        `extra cells ignored in ${file}: ${counted(rows, 'row')}, first ${quote(cell)} on line ${line}`,
    ),
  ];
}

const listed = (sorts: readonly SortOverview[]): string =>
  sorts
    .map(({ sort, count, totals }) => {
      const money = Object.entries(totals).map(([currency, total]) => `${total} ${currency}`);
      return `${countedSort(count, sort)}${money.length > 0 ? ` (${money.join(', ')})` : ''}`;
    })
    .join('; ');

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

/** @example countedSort(2, 'payment, refund') === '2 refund payments' */
function countedSort(count: number, sort: string): string {
  const [kind = '', quality] = sort.split(', ');
  return counted(count, [quality?.replace('_', ' '), kindName(kind)].filter(Boolean).join(' '));
}

const amount = (count: number): string => count.toLocaleString('en');
