import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfiguration } from '../../functions/mcp/configuration.ts';
import { environment } from './mcp-tokens.ts';

test('the environment is read', () => {
  const configuration = readConfiguration(environment);
  assert.equal(configuration.mcpUrl, 'https://finance.example/mcp');
  assert.equal(configuration.brokerClientId, 'the-broker');
  assert.deepEqual([...configuration.allowedOrigins], ['https://claude.ai', 'https://chatgpt.com']);
  assert.equal(configuration.userPoolKeys?.keys.length, 1);
});

test('how many requests a caller may send is up to the deployment', () => {
  assert.equal(readConfiguration(environment).requestsPerCaller, undefined);
  assert.equal(readConfiguration({ ...environment, REQUESTS_PER_CALLER: '300' }).requestsPerCaller, 300);
});

test('the pool’s keys may be left to be fetched', () => {
  const { USER_POOL_JWKS: _, ...rest } = environment;
  assert.equal(readConfiguration(rest).userPoolKeys, undefined);
});

for (const name of ['PUBLIC_ORIGIN', 'USER_POOL_ID', 'BROKER_CLIENT_ID', 'ALLOWED_ORIGINS', 'TABLE_NAME']) {
  test(`${name} has to be set`, () => {
    for (const value of [undefined, '']) {
      assert.throws(() => readConfiguration({ ...environment, [name]: value }), {
        message: `The environment variable ${name} is not set.`,
      });
    }
  });
}

const malformed: readonly (readonly [name: string, value: string])[] = [
  ['PUBLIC_ORIGIN', 'finance.example'],
  ['PUBLIC_ORIGIN', 'https://finance.example/'],
  ['PUBLIC_ORIGIN', 'https://finance.example/mcp'],
  ['USER_POOL_ID', 'pool'],
  ['USER_POOL_ID', 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Abc'],
  ['USER_POOL_JWKS', '{'],
  ['USER_POOL_JWKS', '[]'],
  ['USER_POOL_JWKS', '{"keys":{}}'],
  ['REQUESTS_PER_CALLER', '0'],
  ['REQUESTS_PER_CALLER', 'many'],
  ['ALLOWED_ORIGINS', '*'],
  ['ALLOWED_ORIGINS', 'https://claude.ai,null'],
  ['ALLOWED_ORIGINS', 'https://claude.ai,'],
];

for (const [name, value] of malformed) {
  test(`${name}=${value} is refused by its name, with what was expected`, () => {
    assert.throws(
      () => readConfiguration({ ...environment, [name]: value }),
      (error: Error) => {
        assert.ok(error.message.includes(name));
        assert.match(error.message, /expected /);
        return true;
      },
    );
  });
}
