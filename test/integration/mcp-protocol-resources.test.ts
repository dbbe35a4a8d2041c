import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mcpUrl, personClaims } from '../unit/mcp-tokens.ts';
import { type Answer, start } from './mcp-protocol-setup.ts';

const several = personClaims({ 'cognito:groups': ['org_acme', 'org_zeta'] });
const businessOnly = personClaims({ scope: `${mcpUrl}/business:read` });

const { modern, legacy } = start();

const read = (uri: string, claims = personClaims()): Promise<Answer> =>
  modern('resources/read', { uri }, { claims });
const refusalOf = (answer: Answer): string => {
  assert.equal(answer.status, 200);
  assert.equal(answer.at('error.code'), -32602);
  return String(answer.at('error.message'));
};

test('resources and templates are listed in both generations', async () => {
  for (const ask of [modern, legacy]) {
    assert.deepEqual((await ask('resources/list')).at('result.resources'), [
      {
        uri: 'finance://rules',
        name: 'rules',
        title: 'Rules',
        description: 'How it is done.',
        mimeType: 'text/plain',
      },
    ]);
    assert.deepEqual((await ask('resources/templates/list')).at('result.resourceTemplates'), [
      {
        uriTemplate: 'finance://notes/{id}',
        name: 'note',
        title: 'A note',
        description: 'The note of one invoice.',
        mimeType: 'text/plain',
      },
    ]);
  }
});

test('a fixed text is read by anyone, whatever their organizations', async () => {
  for (const claims of [personClaims(), several, businessOnly]) {
    assert.deepEqual((await read('finance://rules', claims)).at('result.contents'), [
      { uri: 'finance://rules', mimeType: 'text/plain', text: 'Rules.' },
    ]);
  }
});

test('a text from the books is read from the caller’s own, and cleaned', async () => {
  assert.deepEqual((await read('finance://notes/i1')).at('result.contents'), [
    { uri: 'finance://notes/i1', mimeType: 'text/plain', text: 'To Anna' },
  ]);
  assert.equal(refusalOf(await read('finance://notes/z1')), 'There is no note z1.');
});

test('a text that is too large is refused whole rather than cut, which would break what it holds', async () => {
  assert.match(refusalOf(await read('finance://notes/endless')), /too large to return in full/);
});

test('an address that nobody serves is an error that repeats it', async () => {
  for (const uri of [
    'finance://nothing',
    'file:///etc/passwd',
    'finance://notes/',
    'finance://notes/i1?x=1',
    'x',
  ]) {
    for (const answer of [await read(uri), await legacy('resources/read', { uri })]) {
      assert.match(refusalOf(answer), /Resource not found/);
      assert.equal(answer.at('error.data.uri'), uri);
    }
  }
});

test('several organizations: the address has to name one of them', async () => {
  const templates = await modern('resources/templates/list', {}, { claims: several });
  assert.equal(templates.at('result.resourceTemplates.0.uriTemplate'), 'finance://notes/{id}{?organization}');
  assert.match(refusalOf(await read('finance://notes/i1', several)), /\?organization= .* one of acme, zeta/);
  const answer = await read('finance://notes/z1?organization=zeta', several);
  assert.equal(answer.at('result.contents.0.text'), 'To Cy');
  assert.equal(answer.at('result.contents.0.uri'), 'finance://notes/z1?organization=zeta');
  assert.equal(
    refusalOf(await read('finance://notes/z1?organization=acme', several)),
    'There is no note z1.',
  );
  assert.match(
    refusalOf(await read('finance://notes/x?organization=new', several)),
    /not one of this account/,
  );
});

test('one organization: its own name in the address is fine, another’s is not', async () => {
  assert.equal((await read('finance://notes/i2?organization=acme')).at('result.contents.0.text'), 'To Bo');
  assert.match(refusalOf(await read('finance://notes/z1?organization=zeta')), /not one of this account/);
});

test('without the scope nothing is read, and the missing one is named', async () => {
  assert.match(refusalOf(await read('finance://notes/i1', businessOnly)), /needs the scope invoices:read/);
});

test('reading from the books is recorded like a call', async () => {
  const { modern: ask, audit } = start();
  const readRecorded = (uri: string, claims = personClaims()) => ask('resources/read', { uri }, { claims });
  await readRecorded('finance://rules');
  assert.equal(audit.length, 0);
  await readRecorded('finance://notes/i2');
  assert.deepEqual(
    audit.map((record) => [record.audit, record.tool, record.organization, record.outcome]),
    [
      ['intent', 'resources/read', 'acme', undefined],
      ['call', 'resources/read', 'acme', 'ok'],
    ],
  );
  assert.deepEqual(audit[1]?.arguments, { uri: 'finance://notes/i2' });
  assert.equal(audit[1]?.unitsRead, 0.5);
  await readRecorded('finance://notes/none');
  assert.equal(audit.at(-1)?.outcome, 'refused');
  await readRecorded('finance://notes/i1', businessOnly);
  assert.equal(audit.at(-1)?.outcome, 'denied');
  await readRecorded('finance://notes/i1?organization=zeta');
  assert.equal(audit.at(-1)?.outcome, 'denied');
});

test('a failure while reading is logged, recorded and not told', async () => {
  const { modern: ask, audit, failures } = start();
  const claims = personClaims({ 'cognito:groups': ['org_gone'] });
  const answer = await ask('resources/read', { uri: 'finance://notes/i1' }, { claims });
  assert.equal(answer.at('error.code'), -32603);
  assert.doesNotMatch(answer.text, /secret-detail/);
  assert.equal(audit.at(-1)?.outcome, 'error');
  assert.equal(failures.length, 1);
});

const getPrompt = (args: Record<string, string>, claims = personClaims(), name = 'look_back') =>
  modern('prompts/get', { name, arguments: args }, { claims });

test('a prompt becomes a person’s message', async () => {
  const answer = await getPrompt({ month: 'May', tone: 'brief' });
  assert.deepEqual(answer.at('result.messages'), [
    { role: 'user', content: { type: 'text', text: 'Look back at May, brief.' } },
  ]);
  assert.equal(answer.at('result.description'), 'Looks back.');
});

test('prompts with bad arguments are refused in words', async () => {
  assert.equal(refusalOf(await getPrompt({})), 'The argument month is missing: Which month.');
  assert.equal(refusalOf(await getPrompt({ month: '  ' })), 'The argument month is missing: Which month.');
  assert.equal(
    refusalOf(await getPrompt({ month: 'May', colour: 'red' })),
    'Unknown argument colour: expected only month, tone.',
  );
  assert.match(refusalOf(await getPrompt({ month: 'x'.repeat(300) })), /at most 200 characters/);
  assert.equal(
    refusalOf(await getPrompt({}, personClaims(), 'x')),
    'Unknown prompt: x. Expected one of look_back.',
  );
});

test('a prompt whose tools are not granted is neither offered nor given', async () => {
  assert.match(refusalOf(await getPrompt({ month: 'May' }, businessOnly)), /Unknown prompt: look_back/);
});

test('several organizations: a prompt asks whose books are meant', async () => {
  const listed = await modern('prompts/list', {}, { claims: several });
  assert.deepEqual(listed.at('result.prompts.0.arguments.2'), {
    name: 'organization',
    description: 'The organization: one of acme, zeta',
    required: true,
  });
  assert.match(
    refusalOf(await getPrompt({ month: 'May' }, several)),
    /organization is missing: The organization: one of acme, zeta/,
  );
  assert.match(
    refusalOf(await getPrompt({ month: 'May', organization: 'new' }, several)),
    /not one of this account/,
  );
  const answer = await getPrompt({ month: 'May', organization: 'zeta' }, several);
  assert.equal(answer.at('result.messages.0.content.text'), 'Look back at May for zeta.');
  assert.match(
    refusalOf(await getPrompt({ month: 'May', organization: 'acme' })),
    /Unknown argument organization/,
  );
});
