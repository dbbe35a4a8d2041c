import { type Verification, verifyBooks } from '../shared/store/verify.ts';
import { finishInterruptedWrite } from '../shared/store/writer.ts';
import { counted } from '../shared/text.ts';
import { flag, organizationOf, value } from './arguments.ts';
import { action, kindName, runCommand } from './command.ts';
import { storeOf, storeOptions, storeUsage } from './location.ts';
import { withStore } from './store.ts';

/*
 * npm run verify: recounts every index and total of an organization from its records, and reports any difference.
 */

const mostShown = 20;

const verify = action(
  { options: { ...storeOptions, org: value, repair: flag } },
  async ({ repair, ...values }) => {
    const organization = organizationOf(values.org);
    const recount = await withStore(storeOf(values), async (table) => {
      if (repair) await finishInterruptedWrite(table, organization);
      return verifyBooks(table, organization, repair);
    });
    return {
      text: reportText(organization, recount, repair),
      json: recount,
      notDone: recount.differences.length > 0 && !repair,
    };
  },
);

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

await runCommand({
  name: 'npm run verify',
  usage: `--org ID ${storeUsage} [--repair] [--json]`,
  help: `Recomputes every index and total from the records, and reports the differences. There should be none.
  --repair  finishes an interrupted import, then corrects the differences
  --json    prints the report as one JSON object`,
  outcomes: {
    done: 'no differences, or they were corrected',
    notDone: 'differences',
    unusable: 'the store cannot be used',
  },
  action: verify,
});
