import { ExecutionEnvironment, type LambdaConfiguration } from './execution-environment.ts';

/** A function as Lambda runs it: in as many environments as there are calls at once, each used again afterwards. */
export class LambdaFunction {
  readonly #configuration: LambdaConfiguration;
  readonly #environments: ExecutionEnvironment[] = [];
  readonly #idle: ExecutionEnvironment[] = [];

  constructor(configuration: LambdaConfiguration) {
    this.#configuration = configuration;
  }

  /** How many were started so far. */
  get environments(): number {
    return this.#environments.length;
  }

  /** Everything that they have printed: what goes to the log. */
  get output(): string {
    return this.#environments.map(({ output }) => output).join('');
  }

  /** @throws FunctionError */
  async invoke(event: unknown): Promise<unknown> {
    const used = this.#idle.pop();
    const environment = used && !used.finished ? used : await this.#start();
    try {
      return await environment.invoke(event);
    } finally {
      if (!environment.finished) this.#idle.push(environment);
    }
  }

  async close(): Promise<void> {
    for (const environment of this.#environments) await environment.stop();
  }

  async #start(): Promise<ExecutionEnvironment> {
    const environment = await ExecutionEnvironment.start(this.#configuration);
    this.#environments.push(environment);
    return environment;
  }
}
