import type { WriteReport } from '../../shared/store/writer.ts';
import { counted, quote } from '../../shared/text.ts';
import { columns, kindName } from '../command.ts';
import type { SortOverview } from './overview.ts';
import type { Doubt } from './reading.ts';
import type { SourceFormat } from './source.ts';
import type { Encoding } from './text-file.ts';

/** What an import has done or, in a dry run, would do. `--json` prints this. */
export interface ImportReport {
  organization: string;
  dryRun: boolean;
  files: { file: string; format: SourceFormat; encoding: Encoding; rows: number }[];
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
  /** What bank statements have that was not read as it is written, or does not add up. */
  warnings: Warning[];
  seconds: number;
}

export interface Warning {
  file: string;
  line: number;
  message: string;
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
export function doubtLine(doubt: ImportReport['doubts'][number]): string {
  const { file, place, failed, tried, otherOrder } = doubt;
  const guess = otherOrder ? 'day and month seem to be swapped' : 'the mapping seems to be wrong';
  return `${file}: ${place}: ${amount(failed)} of ${amount(tried)} values could not be read: ${guess}, and the other values may be misread. Nothing is loaded without --force.`;
}

const formatNames: Record<SourceFormat, string> = {
  csv: 'CSV',
  ndjson: 'NDJSON',
  camt: 'camt (ISO 20022)',
  mt940: 'MT940',
  ofx: 'OFX',
  plaid: 'Plaid sandbox',
};

/** More warnings than this are counted. */
const mostWarnings = 20;

/** The report for people. */
export const reportText = (report: ImportReport): string => [...linesOf(report)].join('\n');

function* linesOf(report: ImportReport): Generator<string> {
  for (const { file, format, encoding, rows } of report.files) {
    const note =
      encoding === 'utf-8'
        ? ''
        : encoding === 'windows-1252'
          ? ', read as Windows-1252 since it is not valid UTF-8'
          : `, read as ${encoding}`;
    yield `${file}: ${counted(rows, 'row')} of ${formatNames[format]}${note}`;
  }
  yield `\n${recordTable(report.records)}`;
  const { refusedRows, leftOut, passedOver, repeated, firstRecords = [] } = report;
  if (refusedRows > 0) yield `refused rows: ${amount(refusedRows)}`;
  const reasons = Object.entries(leftOut).map(([reason, count]) => `${reason} (${amount(count)})`);
  if (reasons.length > 0) yield `left out: ${reasons.join(', ')}`;
  if (passedOver.length > 0) yield `repeated, the first kept: ${listed(passedOver)}`;
  if (repeated.length > 0) yield `repeated and identical, counted once: ${listed(repeated)}`;
  if (report.mergedUnasked) {
    yield 'If they are separate records, give each its own id ({#equal} or {#} in a mapping). If not, use --merge-equal.';
  }
  for (const { file, rows, line, cell } of report.surplus) {
    yield `extra cells ignored in ${file}: ${counted(rows, 'row')}, first ${quote(cell)} on line ${line}`;
  }
  for (const { file, line, message } of report.warnings.slice(0, mostWarnings)) {
    yield `${file}${line > 0 ? `, line ${line}` : ''}: warning: ${message}`;
  }
  if (report.warnings.length > mostWarnings)
    yield `and ${amount(report.warnings.length - mostWarnings)} more warnings`;
  if (firstRecords.length > 0) yield '\nThe first records:';
  for (const record of firstRecords) yield JSON.stringify(record);
  yield `\n${conclusion(report)}`;
}

function conclusion(report: ImportReport): string {
  const { written, dryRun, organization, seconds, refusedRows } = report;
  if (dryRun) return `Dry run: nothing was written into "${organization}" (${seconds} s).`;
  if (!written) return `Nothing was written into "${organization}", since ${whyStopped(report)}.`;
  const { added, changed, unchanged } = written;
  const leftOut = Object.values(report.leftOut).reduce((sum, count) => sum + count, 0);
  return `Into "${organization}": ${amount(added)} added, ${amount(changed)} changed, ${amount(unchanged)} unchanged, ${amount(refusedRows)} refused, ${amount(leftOut)} left out, in ${seconds} s.`;
}

function whyStopped({ stopped, refusedRows, mergedUnasked, warnings }: ImportReport): string {
  if (stopped === 'doubts') return 'the mapping seems to be wrong about a column';
  const refused = `${counted(refusedRows, 'row')} ${refusedRows === 1 ? 'was' : 'were'} refused`;
  const reasons = [
    ...(refusedRows > 0 ? [refused] : []),
    ...(mergedUnasked ? ['identical records were repeated'] : []),
    ...(warnings.length > 0 ? ['there are warnings'] : []),
  ];
  return `--strict is set and ${reasons.join(' and ')}`;
}

const listed = (sorts: readonly SortOverview[]): string =>
  sorts
    .map(({ sort, count, totals }) => {
      const money = moneyIn(totals);
      return `${countedSort(count, sort)}${money && ` (${money})`}`;
    })
    .join('; ');

function recordTable(records: readonly SortOverview[]): string {
  if (records.length === 0) return 'No records.';
  const counts = records.map(({ count }) => amount(count));
  const width = Math.max(...counts.map(({ length }) => length));
  const rows = records.map(({ sort, firstDay, lastDay, totals }, at) => [
    sort,
    (counts[at] ?? '').padStart(width),
    firstDay ? `${firstDay} to ${lastDay}` : '',
    moneyIn(totals),
  ]);
  return columns(rows);
}

const moneyIn = (totals: SortOverview['totals']): string =>
  Object.entries(totals)
    .map(([currency, total]) => `${total} ${currency}`)
    .join(', ');

/** @example countedSort(2, 'payment, refund') === '2 refund payments' */
function countedSort(count: number, sort: string): string {
  const [kind = '', quality] = sort.split(', ');
  return counted(count, [quality?.replace('_', ' '), kindName(kind)].filter(Boolean).join(' '));
}

const amount = (count: number): string => count.toLocaleString('en');
