import { printable } from '../shared/text.ts';
import { action, runCommand } from './command.ts';
import { help, options, targetOf } from './smoke/arguments.ts';
import { type Finding, findingOf } from './smoke/check.ts';
import { checks } from './smoke/checks.ts';
import { Site } from './smoke/site.ts';

/*
 * npm run smoke: tests a deployment from outside. See docs/operators.md.
 */

const smoke = action({ argument: 'URL', options }, async (values, url) => {
  const site = new Site(await targetOf(url, values));
  const findings: Finding[] = [];
  for (const check of checks) {
    const finding = await findingOf(check, site);
    findings.push(finding);
    if (!values.json) console.log(printable(`${finding.outcome}  ${finding.name}: ${finding.detail}`));
  }
  const count = (outcome: Finding['outcome']): number =>
    findings.filter((finding) => finding.outcome === outcome).length;
  const summary = { url: site.mcpUrl, passed: count('pass'), failed: count('fail'), skipped: count('skip') };
  return {
    text: `\n${site.mcpUrl}: ${summary.passed} passed, ${summary.failed} failed, ${summary.skipped} skipped`,
    json: { ...summary, checks: findings },
    notDone: summary.failed > 0,
  };
});

await runCommand({
  name: 'npm run smoke',
  help,
  outcomes: { done: 'nothing failed', notDone: 'something failed' },
  action: smoke,
});
