import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readSettings } from '../../infra/settings.ts';
import { synthesize, synthesizeAll } from './synthesized.ts';

/* What docs/deploy.md says about a deployed stack is true of the template. */

const guide = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
const { stack, firewall } = synthesizeAll({
  waf: true,
  archive: 'governance',
  alarmEmail: 'ops@example.com',
});

test('the resources that the guide looks up in the stack exist, each once', () => {
  const parts = [...guide.matchAll(/part (AWS::\w+::\w+) (\w+)/g)];
  assert.ok(parts.length > 10);
  for (const [, type = '', prefix = ''] of parts) assert.ok(stack.one(type, prefix));
});

test('the outputs that the guide names exist', () => {
  const named = [...guide.matchAll(/outputs? `(\w+)`/g)].map(([, name = '']) => name);
  assert.ok(named.length >= 4);
  for (const name of named) assert.ok(stack.outputs[name], name);
});

test('the settings of the guide’s examples are accepted', () => {
  const signIn = readFileSync(new URL('../../docs/sign-in.md', import.meta.url), 'utf8');
  const examples = [...`${guide}${signIn}`.matchAll(/```json\n([\s\S]*?)```/g)]
    .map(([, json = '']) => JSON.parse(json) as Record<string, unknown>)
    .filter((json) => !('mcpServers' in json));
  assert.ok(examples.length >= 4);
  for (const example of examples) readSettings(example);
  for (const [line] of guide.matchAll(/(?: -c \w+=\w+)+/g)) {
    const pairs = [...line.matchAll(/-c (\w+)=(\w+)/g)].map(([, name = '', value = '']) => [name, value]);
    if (!pairs.some(([name]) => name === 'name')) readSettings(Object.fromEntries(pairs));
  }
});

test('what a failed first deployment leaves behind is in the guide, each with what it costs', () => {
  const everything = synthesize({ customerManagedKey: true, archive: 'governance' });
  const kept = everything.resources
    .filter(({ deletionPolicy }) => deletionPolicy === 'Retain')
    .map(({ type }) => type);
  const table = guide.slice(guide.indexOf('| left behind |'), guide.indexOf('## Settings'));
  const listed = [...table.matchAll(/`(AWS::\w+::\w+)`/g)].map(([, type = '']) => type);
  assert.deepEqual(new Set(listed), new Set(kept));
});

test('every alarm has a line that says what to do', () => {
  const rows = guide.slice(guide.indexOf('| alarm |'), guide.indexOf('To see who is refused'));
  for (const { id } of stack.all('AWS::CloudWatch::Alarm')) {
    const name = id.replace(/^Observability(.*)Alarm[\dA-F]{8}$/, '$1');
    assert.match(rows, new RegExp(`\\b${name}\\b`), name);
  }
});

/** The sum that a table of the guide gives, when it is the sum of the amounts above it. */
function sumIn(heading: string): string {
  const [, section = ''] = guide.split(`${heading}\n`);
  const [rows = '', sum = ''] = section.split(/\| \*\*total\*\* \| \| \*\*(\$[\d.]+)\*\* \|/);
  const amounts = [...rows.matchAll(/\| \$(\d+\.\d\d) \|$/gm)].map(([, amount]) => Number(amount));
  assert.ok(amounts.length > 4);
  assert.equal(sum, `$${amounts.reduce((total, amount) => total + amount, 0).toFixed(2)}`);
  return sum;
}

test('the calculation of a million tool calls counts every request that comes with them', () => {
  const [, connections = '', requests = ''] =
    /a million calls are then ([\d,]+) connections and \*\*([\d,]+) requests/i.exec(guide) ?? [];
  const number = (text: string): number => Number(text.replaceAll(',', ''));
  assert.equal(number(requests), 1_000_000 + number(connections) * 5);
  sumIn('### A million tool calls');
  for (const priced of [
    'API Gateway, REST',
    'Lambda, requests',
    'CloudFront, requests',
    'CloudFront, function',
  ])
    assert.match(guide, new RegExp(`^\\| ${priced}[^|]*\\| ${requests} × `, 'm'), priced);
});

test('the calculation of the cost when nobody calls counts what the stack has', () => {
  const byDefault = synthesize();
  const alarms = byDefault.all('AWS::CloudWatch::Alarm');
  const metrics = alarms.flatMap(({ properties }) =>
    (properties.Metrics ?? [properties]).filter(
      (metric: { Expression?: string }) => metric.Expression === undefined,
    ),
  );
  assert.ok(guide.includes(`${alarms.length} alarms on ${metrics.length} metrics`));
  assert.ok(guide.includes(`${byDefault.all('AWS::SecretsManager::Secret').length} secrets (`));
  assert.ok(guide.includes(`${byDefault.all('AWS::Logs::MetricFilter').length} × $0.30`));
  assert.equal(sumIn('### When nobody calls'), '$1.12');
  const { Rules } = firewall!.one('AWS::WAFv2::WebACL').properties;
  assert.ok(guide.includes(`$5.00 + ${Rules.length} rules`));
});
