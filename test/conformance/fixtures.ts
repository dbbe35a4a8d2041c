import * as z from 'zod';
import type { Prompt } from '../../functions/mcp/prompt.ts';
import type { Resource, ResourceTemplate } from '../../functions/mcp/resource.ts';
import { defineTool, type Tool } from '../../functions/mcp/tool.ts';
import { Refusal } from '../../shared/ledger/errors.ts';

/*
 * What some of the suite's scenarios ask for by name. They go through the same server as the tools of the product.
 */

const scope = 'business:read';

/** Tools that the suite calls to see what else comes with the answer: nothing may. */
const watched = ['test_streaming_elicitation', 'test_logging_tool'].map((name) =>
  defineTool({
    name,
    title: 'Plain answer',
    description: 'Answers a text.',
    scope,
    input: () => z.strictObject({}),
    output: { type: 'object' },
    run: async () => ({ content: { text: 'Nothing else comes with this.' }, rows: 0 }),
  }),
);

export const fixtureTools: readonly Tool[] = [
  ...watched,
  defineTool({
    name: 'test_simple_text',
    title: 'Simple text',
    description: 'Answers a text.',
    scope,
    input: () => z.strictObject({}),
    output: { type: 'object' },
    run: async () => ({ content: { text: 'This is a simple text response for testing.' }, rows: 0 }),
  }),
  defineTool({
    name: 'test_error_handling',
    title: 'Error',
    description: 'Always refuses.',
    scope,
    input: () => z.strictObject({}),
    output: { type: 'object' },
    run: async () => {
      throw new Refusal('This tool intentionally returns an error for testing');
    },
  }),
];

export const fixtureResources: readonly Resource[] = [
  {
    uri: 'test://static-text',
    name: 'static-text',
    title: 'Static text',
    description: 'A text.',
    mimeType: 'text/plain',
    read: () => 'This is the content of the static text resource.',
  },
];

export const fixtureTemplates: readonly ResourceTemplate[] = [
  {
    uriTemplate: 'test://template/{id}/data',
    name: 'template-data',
    title: 'Template data',
    description: 'Data by id.',
    mimeType: 'application/json',
    scope: [scope],
    match: (uri) => {
      const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
      return id === undefined ? undefined : { id };
    },
    read: async ({ id }) => ({
      mimeType: 'application/json',
      text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
    }),
  },
];

export const fixturePrompts: readonly Prompt[] = [
  {
    name: 'test_simple_prompt',
    title: 'Simple prompt',
    description: 'A prompt.',
    arguments: [],
    scope: [],
    render: () => 'This is a simple prompt for testing.',
  },
  {
    name: 'test_prompt_with_arguments',
    title: 'Prompt with arguments',
    description: 'A prompt with arguments.',
    arguments: [
      { name: 'arg1', description: 'First test argument', required: true },
      { name: 'arg2', description: 'Second test argument', required: true },
    ],
    scope: [],
    render: ({ arg1, arg2 }) => `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`,
  },
];
