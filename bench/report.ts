import type { Figures } from './measure.ts';
import type { Spread } from './statistics.ts';
import type { WarmFigures } from './warm.ts';

type Row = readonly (string | number)[];

/** The figures as tables in Markdown, for people. */
export function report(figures: Figures): string {
  const { start, runtime, warm, warmWithoutStore, bytes, growth, statements, targets } = figures;
  return [
    ...(start ? [startTable(start)] : []),
    ...(runtime ? [runtimeTables(runtime)] : []),
    ...(warm ? [warmTable('Warm tools/call (ms)', warm)] : []),
    ...(warmWithoutStore
      ? [warmTable('Warm tools/call, the store’s answers kept in memory (ms)', warmWithoutStore)]
      : []),
    ...(bytes ? [bytesTable(bytes)] : []),
    ...(growth ? growthTables(growth) : []),
    ...(statements ? [statementTable(statements)] : []),
    ...(targets.length > 0 ? [targetTable(targets)] : []),
  ].join('\n');
}

const table = (title: string, header: Row, rows: readonly Row[]): string =>
  [`\n${title}\n`, header, header.map(() => '---'), ...rows]
    .map((row) => (typeof row === 'string' ? row : `| ${row.join(' | ')} |`))
    .join('\n');

const range = ({ median, min, max }: Spread): string =>
  `${median.toFixed(0)} (${min.toFixed(0)} to ${max.toFixed(0)})`;

const startTable = (figures: NonNullable<Figures['start']>): string =>
  table(
    `Process start to first answered tool call: median ms (least to most) of ${figures.sdk.totalMs.count} runs`,
    ['', 'total', 'of it loading', 'of it answering', 'bundle bytes'],
    Object.entries(figures).map(([name, { totalMs, importMs, callMs, bundleBytes }]) => [
      name,
      range(totalMs),
      range(importMs),
      range(callMs),
      bundleBytes,
    ]),
  );

function runtimeTables(figures: NonNullable<Figures['runtime']>): string {
  const title = 'Cold start in Lambda’s runtime client';
  if ('skipped' in figures) return `\n${title}: not measured. ${figures.skipped}`;
  const { coldStarts, ratios } = figures;
  return [
    table(
      `${title}: median ms (least to most) of ${coldStarts.hello.totalMs.count} runs`,
      ['', 'until it asks for an event', 'until the first answer'],
      Object.entries(coldStarts).map(([name, { initMs, totalMs }]) => [name, range(initMs), range(totalMs)]),
    ),
    table('The same, run by run', ['', 'ratio'], Object.entries(ratios)),
  ].join('\n');
}

const warmTable = (title: string, figures: WarmFigures): string =>
  table(
    title,
    ['', '', 'p50', 'p99', 'calls'],
    Object.entries(figures).flatMap(([tool, contestants]) =>
      Object.entries(contestants).map(([name, { median, p99, count }]) => [tool, name, median, p99, count]),
    ),
  );

const bytesTable = (figures: NonNullable<Figures['bytes']>): string =>
  table(
    'Bytes',
    ['', 'result of tools/list', 'answer of list_invoices with 25 rows'],
    Object.entries(figures).map(([name, { toolsList, listInvoices }]) => [name, toolsList, listInvoices]),
  );

function growthTables(growth: NonNullable<Figures['growth']>): string[] {
  const sizes = growth.map(({ invoices }) => `${invoices} invoices`);
  const labels = Object.keys(growth[0]?.units ?? {});
  const unitRows = labels.map((label) => [
    label,
    ...growth.map(({ units }) => {
      const { billedUnits = Number.NaN, units: audited, requests } = units?.[label] ?? {};
      return `${billedUnits} (${audited}; ${requests})`;
    }),
  ]);
  const importRows = growth.map(({ invoices, import: { rows, seconds, rowsPerSecond } }) => [
    invoices,
    rows,
    seconds,
    rowsPerSecond,
  ]);
  return [
    ...(labels.length > 0
      ? [table('Read units as billed (as the local table counts; requests)', ['', ...sizes], unitRows)]
      : []),
    table('Import', ['invoices', 'rows', 'seconds', 'rows per second'], importRows),
  ];
}

const statementTable = (figures: NonNullable<Figures['statements']>): string =>
  table(
    'Bank statements: median per second (least to most)',
    ['', 'entries', 'MB', 'MB read', 'entries read', 'entries read and recorded'],
    Object.entries(figures).map(([family, { entries, megabytes, ...perSecond }]) => [
      family,
      entries,
      megabytes,
      range(perSecond.megabytesPerSecond),
      range(perSecond.entriesPerSecond),
      range(perSecond.recordedPerSecond),
    ]),
  );

const targetTable = (targets: Figures['targets']): string =>
  table(
    'Targets',
    ['', 'at most', 'is', ''],
    targets.map(({ target, atMost, figure, met }) => [target, atMost, figure, met ? 'met' : 'missed']),
  );
