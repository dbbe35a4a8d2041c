import { Refusal } from '../shared/ledger/errors.ts';
import { DynamoLedgerReader } from '../shared/store/dynamo-ledger-reader.ts';
import type { Table } from '../shared/store/table.ts';
import { type WriteReport, writeRecords } from '../shared/store/writer.ts';
import { asksForHelp } from './arguments.ts';
import { exampleProfile } from './example-profile.ts';
import { type ImportArguments, parseArguments, usage } from './import/arguments.ts';
import { Findings, SourceFailure } from './import/findings.ts';
import { printable } from './import/printable.ts';
import { progress } from './import/progress.ts';
import { type ImportReport, refusedLine, reportText } from './import/report.ts';
import { openSources, type Source } from './import/source.ts';
import { findStore, storeFailure } from './store.ts';

/*
 * npm run import: loads records from NDJSON, and from CSV with a mapping file. See docs/import.md.
 */

const exitCodes = { allLoaded: 0, someRefused: 1, badUsage: 2, storeFailed: 3 } as const;

const tell = (line: string): void => void process.stderr.write(`${printable(line)}\n`);

async function main(args: string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(`${usage}\nSee docs/import.md.`);
    return exitCodes.allLoaded;
  }
  try {
    const options = parseArguments(args, process.env);
    return await importFiles(options, await openSources(options));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    tell(error.message);
    tell(`Usage: ${usage}`);
    return exitCodes.badUsage;
  }
}

async function importFiles(options: ImportArguments, sources: readonly Source[]): Promise<number> {
  const { dryRun, strict, organization, store } = options;
  const begun = performance.now();
  let findings: Findings | undefined;
  let written: WriteReport | undefined;

  if (dryRun || strict) {
    findings = newFindings('checked');
    for await (const _ of findings.records(sources));
  }
  const stopped = dryRun || (strict && findings !== undefined && findings.refusedRows > 0);
  let table: Table | undefined;
  if (!stopped && store) {
    try {
      table = await findStore(store);
    } catch (error) {
      tell(storeFailure(error, store));
      return exitCodes.storeFailed;
    }
    findings = newFindings('loaded');
    const outcome = await load(findings, sources, table, organization);
    if ('failed' in outcome) {
      tell(`${storeFailure(outcome.failed, store)} ${howToGoOn(outcome.soFar)}`);
      return outcome.failed instanceof SourceFailure ? exitCodes.badUsage : exitCodes.storeFailed;
    }
    written = outcome;
  }

  if (!findings) throw new Error('An import neither checks nor loads.');
  const report = reportOf(options, sources, findings, written, begun);
  console.log(options.json ? JSON.stringify(report) : printable(reportText(report)));
  if (table) await tellMissingProfile(table, organization);
  return findings.refusedRows > 0 ? exitCodes.someRefused : exitCodes.allLoaded;
}

const newFindings = (activity: string): Findings =>
  new Findings({ refused: (refused) => tell(refusedLine(refused)), rows: progress(activity, tell) });

async function load(
  findings: Findings,
  sources: readonly Source[],
  table: Table,
  organization: string,
): Promise<WriteReport | { failed: unknown; soFar: WriteReport | undefined }> {
  let soFar: WriteReport | undefined;
  try {
    return await writeRecords({
      table,
      organization,
      records: findings.records(sources),
      onProgress: (report) => {
        soFar = report;
      },
      onWait: () =>
        tell(
          'An earlier import has not given the books back; waiting some seconds to see whether it is at work.',
        ),
    });
  } catch (failed) {
    return { failed, soFar };
  }
}

/** A batch may have been written in part: nothing is said of what came after the last finished one. */
function howToGoOn(soFar: WriteReport | undefined): string {
  const count = soFar ? soFar.added + soFar.changed + soFar.unchanged : 0;
  const where = count > 0 ? `It happened after ${count.toLocaleString('en')} records. ` : '';
  return `${where}Run the same import again: what is there already stays as it is.`;
}

function reportOf(
  { organization, dryRun }: ImportArguments,
  sources: readonly Source[],
  findings: Findings,
  written: WriteReport | undefined,
  begun: number,
): ImportReport {
  return {
    organization,
    dryRun,
    files: sources.map(({ file, format, encoding }) => ({
      file,
      format,
      encoding,
      rows: findings.rowsOf.get(file) ?? 0,
    })),
    records: findings.overview.sorts(),
    ...(dryRun && { firstRecords: findings.overview.firstRecords }),
    ...(written && { written }),
    refused: findings.refused,
    refusedRows: findings.refusedRows,
    leftOut: findings.leftOut,
    repeated: findings.repeated,
    seconds: Math.round((performance.now() - begun) / 100) / 10,
  };
}

/** Without a profile the answers rest on assumptions that the operator should know, and can end with one line. */
async function tellMissingProfile(table: Table, organization: string): Promise<void> {
  // The import is done; when this cannot be read, only the advice is lost.
  const profile = await new DynamoLedgerReader(table, organization).business().catch(() => 'unknown');
  if (profile) return;
  tell(
    `"${organization}" has no business profile: its calendar is UTC and its basis accrual until one is imported. One line of NDJSON does, with your own values:\n${exampleProfile(organization)}`,
  );
}

process.exitCode = await main(process.argv.slice(2));
