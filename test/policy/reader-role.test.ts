import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { fileKey } from '../../shared/files/file-key.ts';
import { recordKinds } from '../../shared/ledger/kinds/index.ts';
import { registry } from '../../shared/ledger/registry.ts';
import { isOrganizationId } from '../../shared/organization.ts';
import { derivedNames, partitionsOf } from '../../shared/store/keys.ts';
import {
  account,
  arn,
  type PolicyDocument,
  region,
  type Statement,
  synthesize,
} from '../infra/synthesized.ts';
import { Simulator } from './simulation.ts';

const stack = synthesize();
const simulator = new Simulator();
after(() => simulator.close());

const reader = stack.one('AWS::IAM::Role', 'Reader');
const policy = stack.policyOf(reader.id);
const table = arn('AWS::DynamoDB::Table', stack.one('AWS::DynamoDB::Table').id);
const bucket = arn('AWS::S3::Bucket', stack.one('AWS::S3::Bucket').id);
const bucketPolicy = stack.one('AWS::S3::BucketPolicy').properties.PolicyDocument as PolicyDocument;
const session = `arn:aws:sts::${account}:assumed-role/${reader.id}/org`;

const reads = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];
const actions = await simulator.actionsOf('dynamodb');
const s3Actions = await simulator.actionsOf('s3');

/** One resource of each kind, all of them of this table where they can be. */
const resources: Readonly<Record<string, string>> = {
  table,
  index: `${table}/index/any`,
  stream: `${table}/stream/2026-11-21T00:00:00.000`,
  backup: `${table}/backup/01234567890123-abcdefgh`,
  export: `${table}/export/01234567890123-abcdefgh`,
  import: `${table}/import/01234567890123-abcdefgh`,
  'global-table': `arn:aws:dynamodb::${account}:global-table/${table.split('/').at(-1)}`,
};

const targetsOf = (action: string): readonly string[] => {
  const kinds = actions[action] ?? [];
  return kinds.length === 0 ? ['*'] : kinds.map((kind) => resources[kind] ?? assert.fail(kind));
};

const organization = fc.stringMatching(/^[a-z0-9][a-z0-9-]{1,20}$/);
/** Organizations whose names are made to be mistaken for this one. */
const neighbour = (of: string) =>
  fc
    .oneof(
      organization,
      organization.map((more) => `${of}${more}`),
      fc.constantFrom(`${of}2`, `${of}-`, of.slice(0, -1), `${of.slice(1)}0`),
    )
    .filter((other) => isOrganizationId(other) && other !== of);

const partition = (of: string) =>
  fc.oneof(
    fc.constantFrom(...recordKinds).map((kind) => partitionsOf(of).records(kind)),
    fc.constantFrom(...derivedNames(registry)).map((index) => partitionsOf(of).derived(index)),
  );
/** Keys that no code of ours makes, and one that holds what readers have no business with. */
const strangeKey = (of: string) =>
  fc.constantFrom(
    '',
    of,
    `R#${of}`,
    `D#${of}`,
    `r#${of}#invoice`,
    `R#${of.toUpperCase()}#invoice`,
    `R##${of}#`,
    'R#*#invoice',
    `M#${of}`,
    `X#${of}#invoice`,
  );

const isOwn = (of: string, key: string): boolean => key.startsWith(`R#${of}#`) || key.startsWith(`D#${of}#`);

const questions = organization.chain((own) =>
  fc.record({
    own: fc.constant(own),
    keys: fc.array(
      fc.oneof({ weight: 3, arbitrary: partition(own) }, neighbour(own).chain(partition), strangeKey(own)),
      { minLength: 1, maxLength: 4 },
    ),
  }),
);

const everythingAllowed: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/**
 * Everything that the reader role promises.
 * @throws {AssertionError} about the first promise that is broken
 */
async function examine(readerPolicy: PolicyDocument): Promise<void> {
  const decide = (
    action: string,
    resource: string,
    context: Record<string, string | readonly string[]>,
    ...besides: PolicyDocument[]
  ) =>
    simulator.decide({
      action,
      resource,
      principal: session,
      context,
      identityPolicies: [readerPolicy, ...besides],
    });

  // One organization’s session reads its own partitions, all of them and no others, however they are mixed.
  await fc.assert(
    fc.asyncProperty(questions, fc.constantFrom(...reads), async ({ own, keys }, action) => {
      const decision = await decide(action, table, {
        'aws:PrincipalTag/org': own,
        'dynamodb:LeadingKeys': keys,
      });
      assert.equal(
        decision === 'Allowed',
        keys.every((key) => isOwn(own, key)),
        `${action} ${keys} as ${own}`,
      );
    }),
    { numRuns: 300 },
  );

  const own = { 'aws:PrincipalTag/org': 'acme', 'dynamodb:LeadingKeys': ['R#acme#invoice'] };
  for (const action of Object.keys(actions)) {
    for (const target of targetsOf(action)) {
      const ofOwnTable = reads.includes(action) && target === table;
      const what = `${action} on ${target}`;
      assert.equal((await decide(action, target, own)) === 'Allowed', ofOwnTable, what);
      // Scan, PartiQL and whatever else names no key.
      const keyless = await decide(action, target, { 'aws:PrincipalTag/org': 'acme' });
      assert.notEqual(keyless, 'Allowed', `${what} without a key`);
      const untagged = await decide(action, target, { 'dynamodb:LeadingKeys': ['R#acme#invoice'] });
      assert.notEqual(untagged, 'Allowed', `${what} without a tag`);
      if (!reads.includes(action)) {
        const strayed = await decide(action, target, own, everythingAllowed);
        assert.equal(strayed, 'ExplicitlyDenied', `${what}, with a policy attached that allows everything`);
      }
    }
  }

  // A tag is text, and not a pattern.
  for (const tag of ['*', '?', 'ac*', '', `\${aws:PrincipalTag/org}`]) {
    for (const key of ['R#acme#invoice', 'D#acme#summary', 'R##invoice']) {
      const decision = await decide('dynamodb:Query', table, {
        'aws:PrincipalTag/org': tag,
        'dynamodb:LeadingKeys': [key],
      });
      if (key !== `R#${tag}#invoice`)
        assert.notEqual(decision, 'Allowed', `${key} as ${JSON.stringify(tag)}`);
    }
  }

  const elsewhere = {
    'sts:AssumeRole': arn('AWS::IAM::Role', reader.id),
    's3:GetObject': 'arn:aws:s3:::any/object',
    'kms:Decrypt': `arn:aws:kms:${region}:${account}:key/any`,
    'iam:PassRole': `arn:aws:iam::${account}:role/any`,
  };
  for (const [action, resource] of Object.entries(elsewhere)) {
    assert.equal(await decide(action, resource, own, everythingAllowed), 'ExplicitlyDenied', action);
  }
}

test('the reader role reads one organization, whatever is asked of it', async () => {
  await examine(policy);
});

/** The policy with each statement changed. */
const changed = (change: (statement: Statement) => Statement | undefined): PolicyDocument => ({
  ...policy,
  Statement: policy.Statement.flatMap((statement) => change(structuredClone(statement)) ?? []),
});

const withoutCondition = (name: string) =>
  changed(({ Condition = {}, ...statement }) => {
    const { [name]: _, ...others } = Condition;
    return { ...statement, Condition: others };
  });

const withPatterns = (change: (pattern: string) => string) =>
  changed((statement) =>
    JSON.parse(JSON.stringify(statement).replace(/[RD]#\$\{aws:PrincipalTag\/org\}#\*/g, change)),
  );

const mutants: Record<string, { mutant: PolicyDocument; breaks: RegExp }> = {
  'without the Null test': { mutant: withoutCondition('Null'), breaks: /without a key/ },
  'without the partition keys': {
    mutant: withoutCondition('ForAllValues:StringLike'),
    breaks: /Property failed/,
  },
  'without the organization in the pattern': {
    mutant: withPatterns((pattern) => pattern.replace(/#.*/, '#*')),
    breaks: /Property failed/,
  },
  'without the kind of partition in the pattern': {
    mutant: withPatterns((pattern) => pattern.replace(/^[RD]/, '*')),
    breaks: /Property failed/,
  },
  'without the end of the organization in the pattern': {
    mutant: withPatterns((pattern) => pattern.replace('#*', '*')),
    breaks: /Property failed/,
  },
  'without the derived items': {
    mutant: withPatterns((pattern) => pattern.replace(/^D/, 'R')),
    breaks: /Property failed/,
  },
  'without the denial of everything else': {
    mutant: changed((statement) => (statement.Effect === 'Deny' ? undefined : statement)),
    breaks: /with a policy attached that allows everything/,
  },
};

for (const [name, { mutant, breaks }] of Object.entries(mutants)) {
  test(`the examination notices a policy ${name}`, async () => {
    assert.notDeepEqual(mutant, policy);
    await assert.rejects(examine(mutant), breaks);
  });
}

/** What an action can be about in this bucket. */
const s3Targets: Readonly<Record<string, string>> = {
  bucket,
  object: `${bucket}/${fileKey('acme', 'a1')}`,
};
assert.ok(s3Actions['s3:ListBucket']?.includes('bucket') && s3Actions['s3:PutObject']?.includes('object'));

const objectOf = (organization: string, id = 'a1') => `${bucket}/${fileKey(organization, id)}`;

/**
 * Everything that the reader role promises about files.
 * @throws {AssertionError} about the first promise that is broken
 */
async function examineFiles(readerPolicy: PolicyDocument, onBucket = bucketPolicy): Promise<void> {
  const mayDo = async (
    action: string,
    resource: string,
    context: Record<string, string>,
    ...besides: PolicyDocument[]
  ): Promise<boolean> => {
    const decision = await simulator.decide({
      action,
      resource,
      principal: session,
      context: {
        'aws:SecureTransport': 'true',
        'aws:PrincipalArn': arn('AWS::IAM::Role', reader.id),
        ...context,
      },
      identityPolicies: [readerPolicy, ...besides],
      resourcePolicy: onBucket,
    });
    return decision === 'Allowed';
  };
  const id = fc.string({ minLength: 1, maxLength: 40 });
  const cases = organization.chain((own) => fc.record({ own: fc.constant(own), other: neighbour(own), id }));
  await fc.assert(
    fc.asyncProperty(cases, async ({ own, other, id }) => {
      const tagged = { 'aws:PrincipalTag/org': own };
      assert.equal(await mayDo('s3:GetObject', objectOf(own, id), tagged), true, `${own} reads its own`);
      assert.equal(await mayDo('s3:GetObject', objectOf(other, id), tagged), false, `${own} reads ${other}`);
      const strayed = await mayDo('s3:GetObject', objectOf(other, id), tagged, everythingAllowed);
      assert.equal(strayed, false, `${own} reads ${other}, with a policy attached that allows everything`);
    }),
    { numRuns: 100 },
  );

  const own = { 'aws:PrincipalTag/org': 'acme' };
  for (const [action, kinds] of Object.entries(s3Actions)) {
    if (action === 's3:GetObject') continue;
    for (const kind of kinds) {
      const target = s3Targets[kind];
      if (target === undefined) continue;
      assert.equal(await mayDo(action, target, own, everythingAllowed), false, `${action} on ${target}`);
    }
  }
  assert.equal(await mayDo('s3:GetObject', objectOf('acme'), {}), false, 'without a tag');
  for (const tag of ['*', '?', 'ac*', '', `\${aws:PrincipalTag/org}`]) {
    const wide = await mayDo('s3:GetObject', objectOf('acme'), { 'aws:PrincipalTag/org': tag });
    assert.equal(wide, false, `as ${JSON.stringify(tag)}`);
  }
  const link = { ...own, 's3:authType': 'REST-QUERY-STRING' };
  const aged = (ms: number) =>
    mayDo('s3:GetObject', objectOf('acme'), { ...link, 's3:signatureAge': String(ms) });
  assert.equal(await aged(300_000), true, 'a link of five minutes');
  assert.equal(await aged(300_001), false, 'an older link');
  const plain = await mayDo('s3:GetObject', objectOf('acme'), { ...own, 'aws:SecureTransport': 'false' });
  assert.equal(plain, false, 'without TLS');
}

test('the reader role reads the files of one organization, and lists none', async () => {
  await examineFiles(policy);
});

const fileMutants: Record<string, { mutant: PolicyDocument; onBucket?: PolicyDocument; breaks: RegExp }> = {
  'without the end of the organization in the key': {
    mutant: changed((statement) =>
      JSON.parse(JSON.stringify(statement).replaceAll('{aws:PrincipalTag/org}/*', '{aws:PrincipalTag/org}*')),
    ),
    breaks: /Property failed/,
  },
  'without the denial of other files': {
    mutant: changed((statement) => (statement.Sid === 'NoOtherFiles' ? undefined : statement)),
    breaks: /Property failed/,
  },
  'without the denial of everything else': {
    mutant: changed((statement) => (statement.Sid === 'NothingElse' ? undefined : statement)),
    breaks: /s3:\w+ on /,
  },
  'with links of any age': {
    mutant: policy,
    onBucket: {
      ...bucketPolicy,
      Statement: bucketPolicy.Statement.filter(
        ({ Condition }) => Condition?.NumericGreaterThan === undefined,
      ),
    },
    breaks: /an older link/,
  },
};

for (const [name, { mutant, onBucket, breaks }] of Object.entries(fileMutants)) {
  test(`the examination of files notices a policy ${name}`, async () => {
    await assert.rejects(examineFiles(mutant, onBucket), breaks);
  });
}

test('nobody else reads or stores files, whatever their own policies allow', async () => {
  const may = async (principal: string, action: string) =>
    (await simulator.decide({
      action,
      resource: objectOf('acme'),
      principal,
      context: { 'aws:SecureTransport': 'true', 'aws:PrincipalArn': principal },
      identityPolicies: [everythingAllowed],
      resourcePolicy: bucketPolicy,
    })) === 'Allowed';
  const operators = arn('AWS::IAM::Role', stack.one('AWS::IAM::Role', 'Operators').id);
  for (const action of ['s3:GetObject', 's3:PutObject']) {
    assert.equal(await may(operators, action), true, action);
    for (const { id } of stack.all('AWS::IAM::Role')) {
      const role = arn('AWS::IAM::Role', id);
      if (role !== operators && id !== reader.id)
        assert.equal(await may(role, action), false, `${id} ${action}`);
    }
    assert.equal(await may(`arn:aws:iam::${account}:role/Administrator`, action), false, action);
  }
  assert.equal(await may(`arn:aws:iam::${account}:role/Administrator`, 's3:DeleteObjectVersion'), true);
});

const trust = reader.properties.AssumeRolePolicyDocument as PolicyDocument;
const mcp = stack.roleOf('Mcp');

/** Whether a role's session may take on the reader role with these tags. */
async function mayTakeOn(
  roleId: string,
  tags: Readonly<Record<string, string>>,
  trusting = trust,
  identityPolicies = [stack.policyOf(roleId)],
): Promise<boolean> {
  const context = {
    ...Object.fromEntries(Object.entries(tags).map(([name, value]) => [`aws:RequestTag/${name}`, value])),
    ...(Object.keys(tags).length > 0 && { 'aws:TagKeys': Object.keys(tags) }),
  };
  const decisions = ['sts:AssumeRole', 'sts:TagSession'].map((action) =>
    simulator.decide({
      action,
      resource: arn('AWS::IAM::Role', reader.id),
      principal: `arn:aws:sts::${account}:assumed-role/${roleId}/session`,
      context,
      identityPolicies,
      resourcePolicy: trusting,
    }),
  );
  return (await Promise.all(decisions)).every((decision) => decision === 'Allowed');
}

test('the function behind /mcp takes on the reader role for an organization, and with no other tag', async () => {
  assert.equal(await mayTakeOn(mcp.id, { org: 'acme' }), true);
  assert.equal(await mayTakeOn(mcp.id, {}), false);
  assert.equal(await mayTakeOn(mcp.id, { org: '' }), false);
  assert.equal(await mayTakeOn(mcp.id, { team: 'acme' }), false);
  assert.equal(await mayTakeOn(mcp.id, { org: 'acme', admin: 'true' }), false);
});

test('nobody else takes it on, even with the right to take on every role', async () => {
  const everyRole: PolicyDocument = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }],
  };
  for (const { id } of stack.all('AWS::IAM::Role')) {
    if (id !== mcp.id) assert.equal(await mayTakeOn(id, { org: 'acme' }, trust, [everyRole]), false, id);
  }
});

test('the examination of the trust notices what is missing from it', async () => {
  const without = (name: string): PolicyDocument => ({
    ...trust,
    Statement: trust.Statement.map(({ Condition = {}, ...statement }) => {
      const { [name]: _, ...others } = Condition;
      return { ...statement, Condition: others };
    }),
  });
  assert.equal(
    await mayTakeOn(mcp.id, { org: 'acme', admin: 'true' }, without('ForAllValues:StringEquals')),
    true,
  );
  assert.equal(await mayTakeOn(mcp.id, { org: '' }, without('StringLike')), true);
});
