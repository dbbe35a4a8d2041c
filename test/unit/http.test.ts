import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { requestOf, resultOf } from '../../functions/http.ts';

const event = (changes: Partial<APIGatewayProxyEvent>): APIGatewayProxyEvent =>
  ({
    httpMethod: 'POST',
    path: '/mcp',
    headers: { 'Content-Type': 'application/json', Origin: 'https://claude.ai' },
    multiValueHeaders: { 'Content-Type': ['application/json'], Origin: ['https://claude.ai'] },
    body: '{"a":"é"}',
    isBase64Encoded: false,
    requestContext: { requestId: 'r1' },
    ...changes,
  }) as APIGatewayProxyEvent;

test('an event becomes a request, its headers by lower case names', () => {
  assert.deepEqual(requestOf(event({})), {
    id: 'r1',
    method: 'POST',
    path: '/mcp',
    query: new Map(),
    headers: new Map([
      ['content-type', 'application/json'],
      ['origin', 'https://claude.ai'],
    ]),
    body: '{"a":"é"}',
  });
});

test('a header that came twice shows both values, so that neither escapes a check', () => {
  const { headers } = requestOf(
    event({ multiValueHeaders: { Origin: ['https://evil.example', 'https://claude.ai'] } }),
  );
  assert.equal(headers.get('origin'), 'https://evil.example, https://claude.ai');
});

test('cookies in several headers are read as one list', () => {
  const { headers } = requestOf(event({ multiValueHeaders: { Cookie: ['a=1', 'b=2; c=3'] } }));
  assert.equal(headers.get('cookie'), 'a=1; b=2; c=3');
});

test('every value of a parameter is kept, in the order in which they came', () => {
  const { query } = requestOf(
    event({ multiValueQueryStringParameters: { scope: ['a', 'b'], state: ['é'] } }),
  );
  assert.deepEqual(
    [...query],
    [
      ['scope', ['a', 'b']],
      ['state', ['é']],
    ],
  );
});

test('a body in Base64 is read as what it stands for', () => {
  const body = Buffer.from('{"a":"é"}').toString('base64');
  assert.equal(requestOf(event({ body, isBase64Encoded: true })).body, '{"a":"é"}');
});

test('an event may have no body and no headers at all', () => {
  const { body, headers } = requestOf(
    event({ body: null, headers: null, multiValueHeaders: null } as unknown as Partial<APIGatewayProxyEvent>),
  );
  assert.equal(body, '');
  assert.equal(headers.size, 0);
});

test('an answer becomes what a proxy integration expects', () => {
  assert.deepEqual(resultOf({ status: 202, headers: { vary: 'origin' }, body: '' }), {
    statusCode: 202,
    headers: { vary: 'origin' },
    body: '',
  });
  assert.deepEqual(resultOf({ status: 200, headers: {}, cookies: ['a=1', 'b=2'], body: '' }), {
    statusCode: 200,
    headers: {},
    multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
    body: '',
  });
});
