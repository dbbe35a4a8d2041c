/** Where Lambda runs a function: one process of the runtime client, which answers one event at a time. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { FunctionError } from './function-error.ts';
import { RuntimeApi } from './runtime-api.ts';
import { runtimeClient } from './runtime-client.ts';

/** A function as Lambda is told of it. */
export interface LambdaConfiguration {
  readonly name: string;
  /** The folder that was uploaded. */
  readonly code: string;
  /** File and export, e.g. `handler.handler`. */
  readonly handler: string;
  /** Megabytes; told to the function, and not a limit here. */
  readonly memory: number;
  readonly timeoutMs: number;
  readonly variables: Readonly<Record<string, string>>;
  /** What its role would give it; AWS's own variables come with them. */
  readonly accessKeyId: string;
  readonly region: string;
}

export class ExecutionEnvironment {
  /** Resolves when the function is loaded; rejects when it could not be. */
  readonly initialized: Promise<void>;
  readonly #configuration: LambdaConfiguration;
  readonly #api: RuntimeApi;
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown[]>;
  /** Rejects when the process ends. */
  readonly #ended: Promise<never>;
  #output = '';
  #finished = false;

  /** Starts the process. */
  constructor(configuration: LambdaConfiguration, api: RuntimeApi) {
    this.#configuration = configuration;
    this.#api = api;
    this.#process = spawn(process.execPath, [runtimeClient], {
      cwd: configuration.code,
      env: environmentOf(configuration, api.address),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exited = once(this.#process, 'exit');
    this.#ended = this.#exited.then(([status]) => {
      this.#finished = true;
      throw new FunctionError('Runtime.ExitError', `Runtime exited with error: exit status ${status}`);
    });
    this.#ended.catch(() => {});
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
    this.initialized = Promise.race([api.initialized, this.#ended]);
    this.initialized.catch(() => {});
  }

  static async start(configuration: LambdaConfiguration): Promise<ExecutionEnvironment> {
    return new ExecutionEnvironment(configuration, await startRuntimeApi(configuration));
  }

  /** Everything that it has printed: what goes to the log. */
  get output(): string {
    return this.#output;
  }

  /** Whether it takes no further event. */
  get finished(): boolean {
    return this.#finished;
  }

  /**
   * @returns what the function answered
   * @throws FunctionError when it threw, ended, took too long or could not be loaded
   */
  async invoke(event: unknown): Promise<unknown> {
    const { timeoutMs } = this.#configuration;
    try {
      await this.initialized;
    } catch (error) {
      await this.stop();
      throw error;
    }
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(
        new FunctionError(
          'Sandbox.Timedout',
          `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
        ),
      );
      // Lambda does not wait either for what is under way.
      void this.stop();
    }, timeoutMs);
    try {
      const answer = this.#api.invoke(event, Date.now() + timeoutMs);
      return await Promise.race([answer, late.promise, this.#ended]);
    } finally {
      clearTimeout(timer);
    }
  }

  async stop(): Promise<void> {
    this.#finished = true;
    this.#process.kill('SIGKILL');
    await this.#exited;
    await this.#api.close();
  }
}

export const startRuntimeApi = ({ name, region }: LambdaConfiguration): Promise<RuntimeApi> =>
  RuntimeApi.start(`arn:aws:lambda:${region}:000000000000:function:${name}`);

/** What a function finds in its environment, and nothing of this process's own. */
function environmentOf(configuration: LambdaConfiguration, runtimeApi: string): Record<string, string> {
  const { name, code, handler, memory, variables, accessKeyId, region } = configuration;
  return {
    ...variables,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: 'Text',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/11/21/[$LATEST]0',
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    LAMBDA_TASK_ROOT: code,
    _HANDLER: handler,
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
  };
}
