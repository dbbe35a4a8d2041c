import { Refusal } from '../shared/ledger/errors.ts';
import { type Verification, verifyBooks } from '../shared/store/verify.ts';
import { finishInterruptedWrite } from '../shared/store/writer.ts';
import { counted } from '../shared/text.ts';
import { asksForHelp, organizationOf, parsed, storeOf, storeOptions, storeUsage } from './arguments.ts';
import { kindName } from './command.ts';
import { findStore, storeFailure } from './store.ts';

/*
 * npm run verify: recounts every index and total of an organization from its records, and reports any difference.
 */

const usage = `npm run verify -- --org ID ${storeUsage} [--repair] [--json]`;

const exitCodes = { agrees: 0, differs: 1, badUsage: 2, storeFailed: 3 } as const;

const mostShown = 20;

async function main(args: string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(`${usage}
Recomputes every index and total from the records, and reports the differences. There should be none.
  --repair  finishes an interrupted import, then corrects the differences
  --json    prints the report as one JSON object
Exit code: 0 no differences, or they were corrected, 1 differences, 2 bad usage, 3 the store cannot be used.`);
    return exitCodes.agrees;
  }
  try {
    return await verify(args);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`${error.message}\nUsage: ${usage}\n`);
    return exitCodes.badUsage;
  }
}

async function verify(args: string[]): Promise<number> {
  const { values } = parsed({
    args,
    options: {
      org: { type: 'string' },
      ...storeOptions,
      repair: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const organization = organizationOf(values.org);
  const store = storeOf(values, process.env);
  try {
    const table = await findStore(store);
    if (values.repair) await finishInterruptedWrite(table, organization);
    const recount = await verifyBooks(table, organization, values.repair);
    console.log(values.json ? JSON.stringify(recount) : reportText(organization, recount, values.repair));
    return recount.differences.length > 0 && !values.repair ? exitCodes.differs : exitCodes.agrees;
  } catch (error) {
    process.stderr.write(`${storeFailure(error, store)}\n`);
    return exitCodes.storeFailed;
  }
}

function reportText(organization: string, recount: Verification, repaired: boolean): string {
  const { records, items, differences, unfinished } = recount;
  const counts = Object.entries(records).map(([kind, count]) => counted(count, kindName(kind)));
  const shown = differences
    .slice(0, mostShown)
    .map(({ index, sk, is }) => `  ${is}: ${index} ${JSON.stringify(sk)}`);
  const more = differences.length - shown.length;
  const found = counted(differences.length, 'difference');
  return [
    `Books of ${organization}: ${counts.join(', ')}`,
    `${counted(items, 'derived item')} compared with a recount of all records: ${found}${repaired && differences.length > 0 ? ', corrected' : ''}`,
    ...shown,
    ...(more > 0 ? [`  … and ${more.toLocaleString('en')} more`] : []),
    ...(unfinished
      ? ['An import is running or was interrupted: import again, or run this with --repair.']
      : []),
  ].join('\n');
}

process.exitCode = await main(process.argv.slice(2));
