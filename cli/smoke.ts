import { Refusal } from '../shared/ledger/errors.ts';
import { printable } from '../shared/text.ts';
import { asksForHelp } from './arguments.ts';
import { exitCodes, tell } from './command.ts';
import { help, readArguments, type SmokeArguments } from './smoke/arguments.ts';
import { type Finding, findingOf } from './smoke/check.ts';
import { checks } from './smoke/checks.ts';
import { Site } from './smoke/site.ts';

/*
 * npm run smoke: tests a deployment from outside. See docs/operators.md.
 */

async function main(args: string[]): Promise<number> {
  if (asksForHelp(args)) {
    console.log(help);
    return exitCodes.done;
  }
  let options: SmokeArguments;
  try {
    options = await readArguments(args);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    tell(error.message);
    tell('For examples: npm run smoke -- --help');
    return exitCodes.badUsage;
  }
  const site = new Site(options);
  const findings: Finding[] = [];
  for (const check of checks) {
    const finding = await findingOf(check, site);
    findings.push(finding);
    if (!options.json) console.log(printable(`${finding.outcome}  ${finding.name}: ${finding.detail}`));
  }
  const count = (outcome: Finding['outcome']): number =>
    findings.filter((finding) => finding.outcome === outcome).length;
  const summary = { url: site.mcpUrl, passed: count('pass'), failed: count('fail'), skipped: count('skip') };
  console.log(
    options.json
      ? JSON.stringify({ ...summary, checks: findings })
      : `\n${site.mcpUrl}: ${summary.passed} passed, ${summary.failed} failed, ${summary.skipped} skipped`,
  );
  return summary.failed > 0 ? exitCodes.notDone : exitCodes.done;
}

process.exitCode = await main(process.argv.slice(2));
