import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { account, type PolicyDocument } from '../infra/synthesized.ts';

export type Decision = 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied';

export interface Question {
  readonly action: string;
  readonly resource: string;
  /** ARN of the session or user that asks. */
  readonly principal: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  readonly identityPolicies: readonly PolicyDocument[];
  /** The policy of the table, or the trust policy of the role that is to be taken on. */
  readonly resourcePolicy?: PolicyDocument;
}

/** The simulator as a running program; see README.md for why it is one. */
export class Simulator {
  readonly #process = spawn(process.execPath, [fileURLToPath(new URL('simulator.mjs', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  readonly #answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  /** Answers come in the order of the questions. */
  #previous: Promise<unknown> = Promise.resolve();

  close(): void {
    this.#process.stdin.end();
  }

  /** Every action of a service, with the kinds of resource that it is about. */
  async actionsOf(service: string): Promise<Readonly<Record<string, readonly string[]>>> {
    const { actions } = await this.#ask({ actionsOf: service });
    return actions as Record<string, string[]>;
  }

  async decide(question: Question): Promise<Decision> {
    const { action, resource, principal, context, identityPolicies, resourcePolicy } = question;
    const answer = await this.#ask({
      simulation: {
        request: {
          principal,
          action,
          resource: { resource, accountId: account },
          contextVariables: context,
        },
        identityPolicies: identityPolicies.map((policy, index) => ({ name: `policy${index}`, policy })),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy,
      },
    });
    // What the simulator cannot decide must not pass for a denial.
    assert.ok(answer.result, `${action} on ${resource}: ${JSON.stringify(answer.error)}`);
    return answer.result as Decision;
  }

  #ask(request: object): Promise<Record<string, unknown>> {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = this.#previous.then(async () => {
      const { value, done } = await this.#answers.next();
      if (done) throw new Error('The simulator has stopped. Is it installed (npm test -- policy)?');
      return JSON.parse(value) as Record<string, unknown>;
    });
    this.#previous = answer.catch(() => undefined);
    return answer;
  }
}
