import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { viewFile, viewNames } from '../../functions/mcp/view.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'synth-'));
after(() => rmSync(folder, { recursive: true }));

/** What `npm run synth` runs, on a machine without Docker, account and network. */
function synth(output: string, ...settings: string[]) {
  const cdk = join(root, 'node_modules/aws-cdk/bin/cdk');
  return spawnSync(
    process.execPath,
    [cdk, 'synth', '--quiet', '--output', output, ...settings.flatMap((one) => ['--context', one])],
    {
      cwd: root,
      encoding: 'utf8',
      env: {
        PATH: dirname(process.execPath),
        HOME: folder,
        AWS_EC2_METADATA_DISABLED: 'true',
        NODE_OPTIONS: `--require ${join(root, 'test/infra/no-network.cjs')}`,
      },
    },
  );
}

interface Report {
  pluginReports: {
    pluginName: string;
    conclusion: string;
    violations: unknown[];
    suppressedViolations?: { acknowledgedId: string; reason: string }[];
  }[];
}

const everything = [
  'stage=trial',
  'domain=mcp.example.com',
  'certificate=arn:aws:acm:us-east-1:111111111111:certificate/0',
  'operators=arn:aws:iam::111111111111:role/Ops',
  'breakGlassRole=arn:aws:iam::111111111111:role/Glass',
  'mfa=off',
  'emailFrom=access@example.com',
  'reservedConcurrency=20',
  'waf=true',
  'customerManagedKey=true',
  'archive=compliance',
  'alarmEmail=ops@example.com',
  'removal=destroy',
];

for (const [name, settings] of Object.entries({ 'by default': [], 'with every setting': everything })) {
  test(`synthesis ${name} needs no account, network or Docker, and passes the checks`, () => {
    const output = join(folder, name.replaceAll(' ', '-'));
    const { status, stderr, stdout } = synth(output, ...settings);
    assert.equal(status, 0, stdout + stderr);
    const { pluginReports: reports }: Report = JSON.parse(
      readFileSync(join(output, 'validation-report.json'), 'utf8'),
    );
    const ours = reports.find(({ pluginName }) => pluginName === 'AwsSolutions');
    assert.equal(ours?.conclusion, 'success');
    for (const { violations } of reports) assert.deepEqual(violations, []);
    for (const { acknowledgedId, reason } of ours?.suppressedViolations ?? []) {
      assert.ok(
        reason.length >= 40,
        `${acknowledgedId} is acknowledged without a reason that says something.`,
      );
    }
  });
}

test('each function is one file, that of the tools has the views beside it, and source maps stay at home', () => {
  const functions = join(folder, 'by-default', 'functions');
  assert.deepEqual(readdirSync(functions).toSorted(), ['claims', 'mcp', 'oauth', 'projections', 'rotation']);
  for (const name of readdirSync(functions)) {
    const beside = name === 'mcp' ? viewNames.map(viewFile) : [];
    const files = readdirSync(join(functions, name, 'code'), { recursive: true });
    assert.deepEqual(
      files.filter((file) => /\.\w+$/.test(String(file))).toSorted(),
      ['handler.cjs', ...beside].toSorted(),
    );
    assert.ok(existsSync(join(functions, name, 'handler.cjs.map')));
  }
});

test('the checks find what is wrong: an acknowledged rule is not switched off, and a template is validated', () => {
  const program = `
    import { CfnResource } from 'aws-cdk-lib';
    import { Queue } from 'aws-cdk-lib/aws-sqs';
    import { createApp } from '${join(root, 'infra/app.ts')}';
    const { app, stack } = createApp({ outdir: '${join(folder, 'probe')}', context: ${readFileSync(join(root, 'cdk.json'), 'utf8')}.context });
    new Queue(stack, 'Unprotected');
    new CfnResource(stack, 'Wrong', { type: 'AWS::SQS::Queue', properties: { DelaySeconds: 'soon' } });
    app.synth();
  `;
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ['--input-type=module-typescript', '--eval', program],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  assert.notEqual(status, 0);
  assert.match(stdout + stderr, /AwsSolutions-SQS4/);
  assert.match(stdout + stderr, /DelaySeconds: 'soon' is not of type 'integer'/);
});
