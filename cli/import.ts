import { Refusal } from '../shared/ledger/errors.ts';
import { openReader } from '../shared/store/reader.ts';
import type { Table } from '../shared/store/table.ts';
import { type WriteReport, writeRecords } from '../shared/store/writer.ts';
import { counted, printable } from '../shared/text.ts';
import { asksForHelp } from './arguments.ts';
import { tell, Unusable } from './command.ts';
import { exampleProfile } from './example-profile.ts';
import { help, type ImportArguments, parseArguments, usage } from './import/arguments.ts';
import { Findings, SourceFailure } from './import/findings.ts';
import { ensureOrganization } from './import/organization.ts';
import { progress } from './import/progress.ts';
import { doubtLine, type ImportReport, type Refused, refusedLine, reportText } from './import/report.ts';
import { openSources, type Source } from './import/source.ts';
import { findStore, storeFailure } from './store.ts';

/*
 * npm run import: loads records from NDJSON, and from CSV with a mapping file. See docs/import.md.
 */

const exitCodes = { allLoaded: 0, notAll: 1, badUsage: 2, storeFailed: 3 } as const;

async function main(args: string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(help);
    return exitCodes.allLoaded;
  }
  try {
    const options = parseArguments(args, process.env);
    return await importFiles(options, await openSources(options));
  } catch (error) {
    if (error instanceof Unusable) {
      tell(error.message);
      return exitCodes.storeFailed;
    }
    if (!(error instanceof Refusal)) throw error;
    tell(error.message);
    tell(`Usage: ${usage}`);
    return exitCodes.badUsage;
  }
}

async function importFiles(options: ImportArguments, sources: readonly Source[]): Promise<number> {
  const { organization } = options;
  const store = options.dryRun ? undefined : options.store;
  const begun = performance.now();
  let written: WriteReport | undefined;
  let table: Table | undefined;

  const note = store && (await ensureOrganization({ ...options, store }, process.env));
  if (note) tell(note);
  // Everything is read before anything is written, to find out whether the mapping fits.
  let findings = newFindings('checked', (refused) => tell(refusedLine(refused)));
  for await (const _ of findings.records(sources));
  if (store && reasonToStop(options, findings) === undefined) {
    try {
      table = await findStore(store);
    } catch (error) {
      tell(storeFailure(error, store));
      return exitCodes.storeFailed;
    }
    findings = newFindings('loaded', () => {});
    const outcome = await load(findings, sources, table, organization);
    if ('failed' in outcome) {
      tell(`${storeFailure(outcome.failed, store)} ${howToGoOn(outcome.soFar)}`);
      return outcome.failed instanceof SourceFailure ? exitCodes.badUsage : exitCodes.storeFailed;
    }
    written = outcome;
  }

  const report = reportOf(options, sources, findings, written, begun);
  console.log(options.json ? JSON.stringify(report) : printable(reportText(report)));
  for (const doubt of report.doubts) tell(doubtLine(doubt));
  if (table) await tellMissingProfile(table, organization);
  return isClean(options, findings) && !report.stopped ? exitCodes.allLoaded : exitCodes.notAll;
}

/** Whether every row has become a record of its own, or was merged because the operator asked for it. */
const isClean = ({ mergeEqual }: ImportArguments, { refusedRows, mergedMoney }: Findings): boolean =>
  refusedRows === 0 && (mergeEqual || !mergedMoney);

/** The reason to load nothing, if there is one. */
function reasonToStop(options: ImportArguments, findings: Findings): ImportReport['stopped'] {
  if (findings.doubts.length > 0 && !options.force) return 'doubts';
  return options.strict && !isClean(options, findings) ? 'strict' : undefined;
}

const newFindings = (activity: string, refused: (refused: Refused) => void): Findings =>
  new Findings({ refused, rows: progress(activity, tell) });

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
          'Another import holds the write lock: waiting a few seconds to see whether it is still running.',
        ),
    });
  } catch (failed) {
    return { failed, soFar };
  }
}

/** The last batch may have been written in part, so only finished batches are counted. */
function howToGoOn(soFar: WriteReport | undefined): string {
  const count = soFar ? soFar.added + soFar.changed + soFar.unchanged : 0;
  const where = count > 0 ? `Loaded so far: at least ${counted(count, 'record')}. ` : '';
  return `${where}Run the same import again: records that are already loaded stay unchanged.`;
}

function reportOf(
  options: ImportArguments,
  sources: readonly Source[],
  findings: Findings,
  written: WriteReport | undefined,
  begun: number,
): ImportReport {
  const { organization, dryRun, mergeEqual } = options;
  const stopped = written ? undefined : reasonToStop(options, findings);
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
    ...(stopped && { stopped }),
    refused: findings.refused,
    refusedRows: findings.refusedRows,
    leftOut: findings.leftOut,
    repeated: findings.repeated.sorts(),
    mergedUnasked: findings.mergedMoney && !mergeEqual,
    passedOver: findings.passedOver.sorts(),
    surplus: [...findings.readings].flatMap(([file, { surplus }]) => (surplus ? [{ file, ...surplus }] : [])),
    doubts: findings.doubts,
    seconds: Math.round((performance.now() - begun) / 100) / 10,
  };
}

/** Without a profile, answers rest on assumptions that the operator should know, and can replace with one line. */
async function tellMissingProfile(table: Table, organization: string): Promise<void> {
  // The import is done. If the profile cannot be read, only this advice is lost.
  const profile = await openReader(table, organization)
    .single('business')
    .catch(() => 'unknown');
  if (profile) return;
  tell(
    `"${organization}" has no business profile, so its calendar is UTC and its basis is accrual. To add one, import this line of NDJSON with your own values:\n${exampleProfile(organization)}`,
  );
}

process.exitCode = await main(process.argv.slice(2));
