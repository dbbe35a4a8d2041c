import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { createApp } from '../../infra/app.ts';

export const account = '111111111111';
export const region = 'eu-west-1';
export const edgeDomain = 'd111111abcdef8.cloudfront.net';

export interface Resource {
  readonly id: string;
  readonly type: string;
  /** With every reference replaced by what it would be in the account above. */
  // biome-ignore lint/suspicious/noExplicitAny: a template is JSON of AWS's shapes, and each test names the part it is about.
  readonly properties: any;
  readonly deletionPolicy: string | undefined;
  /** What happens to the old resource when an update replaces it. */
  readonly replacePolicy: string | undefined;
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

/** A template as CloudFormation would understand it. */
export class Synthesized {
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, string>>;
  /** As it is deployed, with its references. */
  readonly template: Template;
  readonly terminationProtection: boolean;
  readonly stackName: string;
  /** The region that the stack is bound to; undefined where the operator chooses. */
  readonly region: string | undefined;
  /** Names of the stacks that are deployed before it. */
  readonly after: readonly string[];

  constructor(artifact: CloudFormationStackArtifact) {
    const { terminationProtection, stackName, environment, dependencies } = artifact;
    const template: Template = artifact.template;
    this.stackName = stackName;
    this.region = environment.region === 'unknown-region' ? undefined : environment.region;
    this.after = dependencies.flatMap((one) =>
      CloudFormationStackArtifact.isCloudFormationStackArtifact(one) ? [one.stackName] : [],
    );
    this.template = template;
    this.terminationProtection = terminationProtection ?? false;
    this.resources = Object.entries(template.Resources).map(([id, resource]) => ({
      id,
      type: resource.Type,
      properties: resolved(resource.Properties ?? {}, template),
      deletionPolicy: resource.DeletionPolicy,
      replacePolicy: resource.UpdateReplacePolicy,
    }));
    this.outputs = Object.fromEntries(
      Object.entries(template.Outputs).map(([name, { Value }]) => [name, String(resolved(Value, template))]),
    );
  }

  all(type: string): readonly Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The one resource of a type, or the one whose id begins like this. */
  one(type: string, idPrefix = ''): Resource {
    const found = this.all(type).filter(({ id }) => id.startsWith(idPrefix));
    if (found.length !== 1) throw new Error(`Expected one ${type} ${idPrefix}, found ${found.length}.`);
    return found[0]!;
  }

  /** Everything that the role's own policies say. */
  policyOf(roleId: string): PolicyDocument {
    const documents = this.all('AWS::IAM::Policy')
      .filter(({ properties }) => properties.Roles.includes(roleId))
      .map(({ properties }) => properties.PolicyDocument as PolicyDocument);
    return { Version: '2012-10-17', Statement: documents.flatMap(({ Statement }) => Statement) };
  }

  /** The role that a function runs as. */
  roleOf(functionIdPrefix: string): Resource {
    const { properties } = this.one('AWS::Lambda::Function', functionIdPrefix);
    return this.resources.find(({ id }) => properties.Role === arn('AWS::IAM::Role', id))!;
  }
}

interface Template {
  readonly Resources: Readonly<
    Record<
      string,
      { Type: string; Properties?: unknown; DeletionPolicy?: string; UpdateReplacePolicy?: string }
    >
  >;
  readonly Outputs: Readonly<Record<string, { Value: unknown }>>;
}

/** The context that `cdk` would hand over, apart from settings. */
export const cdkContext: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'),
).context;

/** Synthesizes the stack. Its checks are what `synth.test.ts` is about; here they would only take time. */
export function synthesize(settings: Readonly<Record<string, unknown>> = {}): Synthesized {
  return synthesizeAll(settings).stack;
}

/** Synthesizes the stack and, where the settings ask for one, its firewall's. */
export function synthesizeAll(settings: Readonly<Record<string, unknown>>): {
  stack: Synthesized;
  firewall: Synthesized | undefined;
} {
  const outdir = mkdtempSync(join(tmpdir(), 'synthesized-'));
  try {
    const { app, stack, firewall } = createApp({ outdir, context: settings });
    const assembly = app.synth({ skipValidation: true });
    const read = ({ artifactId }: { artifactId: string }) =>
      new Synthesized(assembly.getStackArtifact(artifactId));
    return { stack: read(stack), firewall: firewall && read(firewall) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

export const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** The ARN that a resource of the template would have. */
export function arn(type: string, id: string): string {
  const [, service = '', kind = ''] = type.toLowerCase().split('::');
  if (service === 's3') return `arn:aws:s3:::${id.toLowerCase()}`;
  if (service === 'iam') return `arn:aws:iam::${account}:${kind}/${id}`;
  return `arn:aws:${service}:${region}:${account}:${kind}/${id}`;
}

const pseudo: Readonly<Record<string, string>> = {
  'AWS::AccountId': account,
  'AWS::Region': region,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/finance-mcp/0a1b2c3d-0000-0000-0000-000000000000`,
};

function resolved(value: unknown, template: Template): unknown {
  if (Array.isArray(value)) return value.map((member) => resolved(member, template));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[name, argument] = ['', undefined]] = entries;
  if (entries.length === 1) {
    if (name === 'Ref') return reference(String(argument), template);
    if (name === 'Fn::GetAtt') return attribute(argument as [string, string], template);
    if (name === 'Fn::Join') {
      const [separator, parts] = resolved(argument, template) as [string, string[]];
      return parts.join(separator);
    }
    if (name === 'Fn::Split') {
      const [separator, text] = resolved(argument, template) as [string, string];
      return text.split(separator);
    }
    if (name === 'Fn::Select') {
      const [index, parts] = resolved(argument, template) as [number, string[]];
      return parts[Number(index)];
    }
    if (name === 'Fn::GetStackOutput') {
      const { StackName, OutputName, Region } = argument as Record<string, string>;
      return `${Region}/${StackName}/${OutputName}`;
    }
    if (name === 'Fn::Sub') return String(argument).replace(/\$\{([^}]+)\}/g, (_, id) => String(pseudo[id]));
  }
  return Object.fromEntries(entries.map(([key, member]) => [key, resolved(member, template)]));
}

function reference(id: string, template: Template): string {
  const type = template.Resources[id]?.Type;
  if (type === undefined) return pseudo[id] ?? id;
  if (type === 'AWS::Cognito::UserPool') return `${region}_AbCdEfGhI`;
  if (type === 'AWS::Cognito::UserPoolResourceServer') {
    const { Identifier } = resolved(template.Resources[id]?.Properties, template) as { Identifier: string };
    return Identifier;
  }
  return type === 'AWS::SecretsManager::Secret' ? arn(type, id) : id;
}

function attribute([id, name]: [string, string], template: Template): string {
  if (name === 'DomainName') return edgeDomain;
  const type = template.Resources[id]?.Type ?? '';
  if (name === 'StreamArn') return `${arn(type, id)}/stream/2026-11-21T00:00:00.000`;
  return /arn$/i.test(name) ? arn(type, id) : `${id}.${name}`;
}
