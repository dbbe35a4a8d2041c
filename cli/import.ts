import type { BankAccount } from '../shared/ledger/kinds/bank-account.ts';
import { openReader } from '../shared/store/reader.ts';
import { allRecords, type WriteReport, writeRecords } from '../shared/store/writer.ts';
import { counted } from '../shared/text.ts';
import { progress, type Report, runCommand, tell, Unusable } from './command.ts';
import { exampleProfile } from './example-profile.ts';
import { failureOf } from './failure.ts';
import { help, type ImportArguments, parseArguments, usage } from './import/arguments.ts';
import { Findings, SourceFailure } from './import/findings.ts';
import { ensureOrganization } from './import/organization.ts';
import { OwnAccounts } from './import/own-accounts.ts';
import { doubtLine, type ImportReport, type Refused, refusedLine, reportText } from './import/report.ts';
import { openSources, type Source } from './import/source.ts';
import type { Location } from './location.ts';
import { findStore } from './store.ts';

/*
 * npm run import: loads records from NDJSON, from CSV with a mapping file, and from bank statements. See docs/import.md.
 */

async function importFiles(args: string[]): Promise<Report> {
  const options = parseArguments(args);
  const { organization } = options;
  const sources = await openSources(options, () => accountsInBooks(options));
  const store = options.dryRun ? undefined : options.store;
  const begun = performance.now();

  const note = store && (await ensureOrganization(options, store));
  if (note) tell(note);
  // Everything is read before anything is written, to find out whether the mapping fits.
  let findings = newFindings('checked', (refused) => tell(refusedLine(refused)));
  for await (const _ of findings.records(sources));
  let loaded: Loaded | undefined;
  if (store && reasonToStop(options, findings) === undefined) {
    findings = newFindings('loaded', () => {});
    loaded = await load(findings, sources, store, organization);
  }

  const report = reportOf(options, sources, findings, loaded?.written, begun);
  return {
    text: reportText(report),
    json: report,
    notes: [
      ...report.doubts.map(doubtLine),
      ...(loaded?.hasProfile === false ? [missingProfile(organization)] : []),
    ],
    notDone: !isClean(options, findings) || report.stopped !== undefined,
  };
}

/** The bank accounts of the books, if it is known where these are: statements name an account by its number. */
async function accountsInBooks({ organization, store }: ImportArguments): Promise<OwnAccounts> {
  const accounts = new OwnAccounts();
  if (!store) return accounts;
  try {
    for await (const record of allRecords(await findStore(store), organization, { names: ['bank_account'] }))
      accounts.add(record as BankAccount);
  } catch (error) {
    throw new Unusable(failureOf(error, store));
  }
  return accounts;
}

/** Whether every row has become a record of its own, or was merged because the operator asked for it. */
const isClean = ({ mergeEqual }: ImportArguments, { refusedRows, mergedMoney }: Findings): boolean =>
  refusedRows === 0 && (mergeEqual || !mergedMoney);

/** The reason to load nothing, if there is one. */
function reasonToStop(options: ImportArguments, findings: Findings): ImportReport['stopped'] {
  if (findings.doubts.length > 0 && !options.force) return 'doubts';
  const strictly = isClean(options, findings) && findings.warnings.length === 0;
  return options.strict && !strictly ? 'strict' : undefined;
}

const newFindings = (activity: string, refused: (refused: Refused) => void): Findings =>
  new Findings({ refused, rows: progress(activity, tell) });

interface Loaded {
  readonly written: WriteReport;
  readonly hasProfile: boolean;
}

async function load(
  findings: Findings,
  sources: readonly Source[],
  store: Location,
  organization: string,
): Promise<Loaded> {
  const table = await findStore(store);
  let soFar: WriteReport | undefined;
  try {
    const written = await writeRecords({
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
    // The import is done. If the profile cannot be read, only advice is lost.
    const profile = await openReader(table, organization)
      .single('business')
      .catch(() => 'unknown');
    return { written, hasProfile: profile !== undefined };
  } catch (error) {
    const message = `${failureOf(error, store)} ${howToGoOn(soFar)}`;
    throw error instanceof SourceFailure ? new SourceFailure(message) : new Unusable(message);
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
      rows: findings.readings.get(file)?.rows ?? 0,
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
    warnings: findings.warnings,
    seconds: Math.round((performance.now() - begun) / 100) / 10,
  };
}

/** Without a profile, answers rest on assumptions that the operator should know, and can replace with one line. */
const missingProfile = (organization: string): string =>
  `"${organization}" has no business profile, so its calendar is UTC and its basis is accrual. To add one, import this line of NDJSON with your own values:\n${exampleProfile(organization)}`;

await runCommand({
  name: 'npm run import',
  usage,
  help,
  outcomes: {
    done: 'everything was loaded',
    notDone: 'some rows were not',
    unusable: 'the user pool or the store failed',
  },
  action: importFiles,
});
