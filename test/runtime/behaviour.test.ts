import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { type Gateway, startGateway } from '../../local/gateway.ts';
import { listenOnLoopback } from '../../local/loopback.ts';
import type { LambdaConfiguration } from './execution-environment.ts';
import { LambdaFunction } from './lambda-function.ts';
import { absenceOfRuntimeClient } from './runtime-client.ts';

/*
 * What becomes of a function that does not answer: the runtime client tells Lambda, Lambda the gateway, and the
 * gateway tells the caller no more than that.
 */

const base: LambdaConfiguration = {
  name: 'behaviour',
  code: join(import.meta.dirname, 'fixtures'),
  handler: 'behaviour.handler',
  memory: 512,
  timeoutMs: 20_000,
  variables: {},
  accessKeyId: 'none',
  region: 'eu-west-1',
};

/** What the edge answers in a function's place. */
const failure = (message: string): string =>
  JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32603, message } });

describe('a function in the runtime client', { skip: absenceOfRuntimeClient() ?? false }, () => {
  const functions: LambdaFunction[] = [];
  function run(changes: Partial<LambdaConfiguration> = {}): LambdaFunction {
    const made = new LambdaFunction({ ...base, ...changes });
    functions.push(made);
    return made;
  }
  const ask = (target: LambdaFunction, behaviour: string) => target.invoke({ path: `/oauth/${behaviour}` });
  afterEach(async () => {
    for (const started of functions.splice(0)) await started.close();
  });

  it('is told the request, the time that is left and its memory', async () => {
    const target = run();
    const [first, second] = [await ask(target, 'context'), await ask(target, 'context')].map((answer) =>
      JSON.parse((answer as { body: string }).body),
    );
    assert.ok(first.remaining > 0 && first.remaining <= base.timeoutMs);
    assert.equal(first.memory, '512');
    assert.equal(first.arn, 'arn:aws:lambda:eu-west-1:000000000000:function:behaviour');
    assert.notEqual(first.requestId, second.requestId);
  });

  it('is used again, and started again only for calls at the same time', async () => {
    const target = run();
    for (let call = 0; call < 3; call++) await ask(target, 'answer');
    assert.equal(target.environments, 1);
    await Promise.all([ask(target, 'answer'), ask(target, 'answer'), ask(target, 'answer')]);
    assert.equal(target.environments, 3);
    await Promise.all([ask(target, 'answer'), ask(target, 'answer')]);
    assert.equal(target.environments, 3);
  });

  it('that throws fails the call, and stays', async () => {
    const target = run();
    await assert.rejects(ask(target, 'throw'), {
      errorType: 'TypeError',
      message: 'a detail of the program',
    });
    await ask(target, 'answer');
    assert.equal(target.environments, 1);
    assert.match(target.output, /\tERROR\tInvoke Error/);
  });

  it('that ends or takes too long is gone, and the next call gets another', async () => {
    const target = run({ timeoutMs: 1_000 });
    await assert.rejects(ask(target, 'exit'), {
      errorType: 'Runtime.ExitError',
      message: 'Runtime exited with error: exit status 3',
    });
    await assert.rejects(ask(target, 'hang'), {
      errorType: 'Sandbox.Timedout',
      message: 'Task timed out after 1.00 seconds',
    });
    await ask(target, 'answer');
    assert.equal(target.environments, 3);
  });

  it('that cannot be loaded fails every call with the reason', async () => {
    const target = run({ handler: 'unloadable.handler' });
    const reason = { message: 'The environment variable TABLE_NAME is not set.' };
    await assert.rejects(ask(target, 'answer'), reason);
    await assert.rejects(ask(target, 'answer'), reason);
    await assert.rejects(ask(run({ handler: 'missing.handler' }), 'answer'), {
      errorType: 'Runtime.ImportModuleError',
    });
  });

  describe('behind the gateway', () => {
    const target = new LambdaFunction(base);
    const hurried = new LambdaFunction({ ...base, timeoutMs: 1_000 });
    let gateway: Gateway;
    let patient: Gateway;

    before(async () => {
      // The first call would have to fit the gateway’s short timeout, start included.
      await target.invoke({ path: '/oauth/answer' });
      gateway = await open(target, 4_000);
      patient = await open(hurried, 20_000);
    });
    after(async () => {
      for (const opened of [gateway, patient]) await opened.close();
      for (const started of [target, hurried]) await started.close();
    });

    async function open(lambda: LambdaFunction, integrationTimeoutMs: number): Promise<Gateway> {
      const probe = await listenOnLoopback((_request, response) => response.end(), { port: 0 });
      await probe.close();
      const invoke = (event: unknown) => lambda.invoke(event) as Promise<never>;
      return startGateway({
        port: probe.port,
        publicOrigin: `http://localhost:${probe.port}`,
        functions: { mcp: invoke, oauth: invoke },
        userPool: { id: 'eu-west-1_LOCAL0001', jwks: { keys: [] } },
        integrationTimeoutMs,
      });
    }

    async function get(from: Gateway, behaviour: string): Promise<[number, string]> {
      const response = await fetch(`http://localhost:${from.port}/oauth/${behaviour}`);
      return [response.status, await response.text()];
    }

    it('answers', async () => {
      assert.deepEqual(await get(gateway, 'answer'), [200, 'answered']);
    });

    for (const behaviour of ['throw', 'exit', 'malformed']) {
      it(`is a 502 without a detail when it does this: ${behaviour}`, async () => {
        assert.deepEqual(await get(gateway, behaviour), [502, failure('Internal server error')]);
        assert.deepEqual(await get(gateway, 'answer'), [200, 'answered']);
      });
    }

    it('is a 502 after Lambda’s timeout, and a 504 after the gateway’s', async () => {
      assert.deepEqual(await get(patient, 'hang'), [502, failure('Internal server error')]);
      assert.deepEqual(await get(gateway, 'hang'), [504, failure('Endpoint request timed out')]);
      assert.deepEqual(await get(gateway, 'answer'), [200, 'answered']);
    });
  });
});
