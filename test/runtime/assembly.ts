/** What `npm run synth` makes, and `cdk deploy` would upload. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { FunctionEnvironment } from '../../local/functions.ts';
import type { LambdaConfiguration } from './execution-environment.ts';

const root = join(import.meta.dirname, '../..');

interface FunctionProperties {
  readonly Code: { readonly S3Key: string };
  readonly Handler: string;
  readonly Runtime: string;
  readonly MemorySize: number;
  readonly Timeout: number;
  /** A text, or what CloudFormation makes one of. */
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
}

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
}

interface AssetManifest {
  readonly files: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

/** Around a function: what else its environment holds, and whose rights it has. */
export interface Surroundings {
  /** What takes the place of references to other resources, by the variable's name. */
  readonly references: FunctionEnvironment;
  /** Variables that the template does not have: where the stand-ins for AWS are. */
  readonly added: FunctionEnvironment;
  readonly accessKeyId: string;
  readonly region: string;
}

export class Assembly {
  readonly #folder: string;
  readonly #template: Template;
  readonly #assets: AssetManifest;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#template = this.#read('FinanceMcp.template.json');
    this.#assets = this.#read('FinanceMcp.assets.json');
  }

  /** Synthesizes as `npm run synth` does, into a folder for this run. */
  static synthesize(): Assembly {
    const folder = mkdtempSync(join(tmpdir(), 'finance-mcp-assembly-'));
    execFileSync(
      process.execPath,
      [join(root, 'node_modules/aws-cdk/bin/cdk'), 'synth', '--quiet', '--output', folder],
      {
        cwd: root,
        // The program that cdk starts is `node`: this one.
        env: { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}` },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    return new Assembly(folder);
  }

  /** The variables that the template gives a function. */
  variableNames(idPrefix: string): string[] {
    return Object.keys(this.#properties(idPrefix).Environment.Variables);
  }

  /**
   * A function as the template has it: its uploaded code, its handler, its variables and no others than those.
   * @param idPrefix what its logical id begins with
   */
  configuration(
    idPrefix: string,
    { references, added, accessKeyId, region }: Surroundings,
  ): LambdaConfiguration {
    const properties = this.#properties(idPrefix);
    if (properties.Runtime !== 'nodejs24.x') throw new Error(`${idPrefix} runs on ${properties.Runtime}.`);
    const variables = Object.entries(properties.Environment.Variables).map(([name, value]) => {
      const text = typeof value === 'string' ? value : references[name];
      if (text === undefined) throw new Error(`What shall stand for the references in ${name}?`);
      return [name, text];
    });
    return {
      name: idPrefix,
      code: this.#code(properties.Code.S3Key),
      handler: properties.Handler,
      memory: properties.MemorySize,
      timeoutMs: properties.Timeout * 1000,
      variables: { ...Object.fromEntries(variables), ...added },
      accessKeyId,
      region,
    };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #properties(idPrefix: string): FunctionProperties {
    const found = Object.entries(this.#template.Resources).filter(
      ([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith(idPrefix),
    );
    const [[, resource] = []] = found;
    if (found.length !== 1) throw new Error(`Expected one function ${idPrefix}, found ${found.length}.`);
    return resource?.Properties as FunctionProperties;
  }

  /** The folder that is uploaded under a key. */
  #code(key: string): string {
    const file = Object.values(this.#assets.files).find(({ destinations }) =>
      Object.values(destinations).some(({ objectKey }) => objectKey === key),
    );
    if (!file) throw new Error(`No asset is uploaded as ${key}.`);
    return join(this.#folder, file.source.path);
  }

  #read<Content>(name: string): Content {
    return JSON.parse(readFileSync(join(this.#folder, name), 'utf8')) as Content;
  }
}
