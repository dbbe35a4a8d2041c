import type { Tool as ListedTool } from '@modelcontextprotocol/server';
import { toJSONSchema } from 'zod';
import { isPlainObject } from '../../shared/json.ts';
import type { Caller } from './caller.ts';
import { takesOrganization } from './organization.ts';
import { isGranted, scopesOf, type Tool } from './tool.ts';
import { type Views, withView } from './view.ts';

/** The tools that there are, and what of them a caller is shown. */
export interface Registry {
  find(name: string): Tool | undefined;
  /**
   * `tools/list` for a caller: what the granted scopes allow, in a fixed order.
   * @param held the kinds of records that there are; tools about others are left out. All, where this is not known.
   * @param views named by the tools whose answers they show; left out for clients that show none
   * @throws {Error} when a tool uses a name that is the server's own
   */
  list(caller: Caller, held?: ReadonlySet<string>, views?: Views): readonly ListedTool[];
}

/** @throws {Error} when two tools have one name */
export function registryOf(tools: readonly Tool[]): Registry {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  if (byName.size < tools.length) throw new Error('Two tools have the same name.');
  // Most requests are calls, which need no list: the schemas are made when the first list is asked for, and kept.
  let described: readonly (readonly [Tool, ListedTool])[] | undefined;

  function offered(caller: Caller, held: ReadonlySet<string> | undefined): readonly ListedTool[] {
    described ??= tools.map((tool) => [tool, describe(tool)]);
    return described
      .filter(([tool]) => isGranted(tool, caller))
      .filter(([{ kinds }]) => !kinds || !held || kinds.some((kind) => held.has(kind)))
      .map(([, listed]) => listed);
  }

  function listed(caller: Caller, held: ReadonlySet<string> | undefined): readonly ListedTool[] {
    return takesOrganization(caller)
      ? offered(caller, held).map((tool) => askingForOrganization(tool, caller.organizations))
      : offered(caller, held);
  }

  return {
    find: (name) => byName.get(name),
    list: (caller, held, views) =>
      views ? listed(caller, held).map((tool) => withView(tool, views.of(tool.name))) : listed(caller, held),
  };
}

/** The public description of a tool. `securitySchemes` is how ChatGPT learns what to ask consent for. */
function describe(tool: Tool): ListedTool {
  const { name, title, description, output } = tool;
  const input = tool.input();
  if ('organization' in input.shape || 'organization' in propertiesOf(output)) {
    throw new Error(`The tool ${name} declares "organization", which the server adds to every tool.`);
  }
  const {
    $schema: _,
    required,
    ...schema
    // What JSON Schema cannot say (that a day exists in the calendar) is checked all the same, when it is called.
  } = toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  return {
    name,
    title,
    description,
    inputSchema: { ...schema, type: 'object', ...(required?.length && { required }) },
    outputSchema: naming(output),
    annotations: {
      title,
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    },
    securitySchemes: [{ type: 'oauth2', scopes: scopesOf(tool) }],
  } as ListedTool;
}

/**
 * The schema of an answer with the organization as its first field. The field is required and left without a schema of
 * its own: this list is sent to every model in every conversation, so its bytes are counted.
 */
const naming = (output: Tool['output']): Tool['output'] => ({
  ...output,
  required: ['organization', ...(Array.isArray(output.required) ? output.required : [])],
});

const propertiesOf = ({ properties }: Tool['output']): object =>
  isPlainObject(properties) ? properties : {};

const askingForOrganization = (tool: ListedTool, organizations: readonly string[]): ListedTool => ({
  ...tool,
  inputSchema: {
    ...tool.inputSchema,
    properties: {
      organization: {
        type: 'string',
        enum: [...organizations],
        description: 'Which organization; ask if unclear',
      },
      ...tool.inputSchema.properties,
    },
  } as ListedTool['inputSchema'],
});
