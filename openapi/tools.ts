import type { Caller } from '../functions/mcp/caller.ts';
import { registryOf } from '../functions/mcp/registry.ts';
import { scopesOf } from '../functions/mcp/tool.ts';
import { tools } from '../functions/mcp/tools/index.ts';
import { scopeNames } from '../shared/edge.ts';
import { object, type Schema, schema, string } from './schema.ts';

/* The tools as schemas: what they take and answer, as their registry describes them. */

/** Somebody who may see every tool. */
const caller: Caller = {
  subject: '',
  clientId: '',
  session: undefined,
  organizations: ['acme'],
  scopes: scopeNames,
};

/** "list_invoices" as the beginning of the names of its schemas: "ListInvoices". */
const pascalCase = (name: string): string =>
  name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

export const inputName = (tool: string): string => `${pascalCase(tool)}Input`;
export const outputName = (tool: string): string => `${pascalCase(tool)}Output`;

const listed = registryOf(tools).list(caller);

const organization = {
  type: 'string',
  description: 'Required if the account has several organizations, and refused otherwise.',
};

/** The input and the output of each tool, and the call and the result that carry them. */
export const toolSchemas: Readonly<Record<string, Schema>> = {
  ...Object.fromEntries(
    listed.flatMap(({ name, title, description, inputSchema, outputSchema }) => [
      [
        inputName(name),
        {
          title,
          description: `The arguments of ${name}. ${description} Scope: ${neededFor(name)}.`,
          ...inputSchema,
          properties: { organization, ...inputSchema.properties },
        },
      ],
      [
        outputName(name),
        { title, description: `The structuredContent of the result of ${name}.`, ...outputSchema },
      ],
    ]),
  ),
  ToolCall: {
    description: 'The params of tools/call.',
    oneOf: listed.map(({ name, inputSchema }) =>
      object(
        { name: { const: name }, arguments: schema(inputName(name)), _meta: { type: 'object' } },
        inputSchema.required ? ['name', 'arguments'] : ['name'],
      ),
    ),
  },
  ToolResult: object(
    {
      content: {
        type: 'array',
        description:
          'structuredContent as JSON text, and the file that it is about; with isError, what was wrong and what was expected.',
        items: {
          anyOf: [
            object({ type: { const: 'text' }, text: string }, ['type', 'text']),
            object({ type: { const: 'resource_link' }, uri: string, name: string }, ['type', 'uri', 'name']),
          ],
        },
      },
      structuredContent: { anyOf: listed.map(({ name }) => schema(outputName(name))) },
      isError: { type: 'boolean' },
      _meta: { type: 'object' },
    },
    ['content'],
    { description: 'The result of tools/call.' },
  ),
};

function neededFor(name: string): string {
  const tool = tools.find((candidate) => candidate.name === name);
  return tool ? scopesOf(tool).join(' or ') : '';
}
