import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENT_CAPABILITIES_META_KEY, type Tool as ListedTool } from '@modelcontextprotocol/server';
import { isPlainObject } from '../../shared/json.ts';
import type { HttpRequest } from '../http.ts';
import type { Question } from './route.ts';

/*
 * Views show a tool's answer inside the conversation (MCP Apps, SEP-1865 of 2026-01-26). Each is one HTML file without
 * data: the host gives it the answer of the tool. Only clients that announce the extension see them.
 */

/** The extension that clients announce. */
const extension = 'io.modelcontextprotocol/ui';

/** The type of a view. */
export const viewType = 'text/html;profile=mcp-app';

/** The views, with the tools whose answers each of them shows. */
export const viewedTools = {
  list: {
    title: 'List',
    description: 'Shows the rows of a list, its totals and groups.',
    tools: [
      'list_invoices',
      'list_expenses',
      'payments_report',
      'search_customers',
      'list_bills',
      'list_bank_transactions',
      'list_commitments',
      'find_records',
    ],
  },
  summary: {
    title: 'Summary',
    description: 'Shows figures with those of an earlier period; what is owed, by age, party and week.',
    tools: ['get_financial_summary', 'receivables_report', 'payables_report'],
  },
  statement: {
    title: 'Statement',
    description: 'Shows balances by kind and day, what moved, what is pending and what is expected.',
    tools: ['get_cash_position'],
  },
} as const;

export type ViewName = keyof typeof viewedTools;

export const viewNames = Object.keys(viewedTools) as ViewName[];

/** The file of a view, from the folder of the function's code. */
export const viewFile = (name: ViewName): string => join('views', `${name}.html`);

/** One view, as clients find it. */
export interface View {
  name: ViewName;
  /** It changes with the content: hosts cache by address. */
  uri: string;
  html: string;
}

/** The views of one deployment. Nothing is read before the first of them is asked for. */
export interface Views {
  all(): readonly View[];
  /** The view at an address; for that of an earlier version, which an old conversation may have, today's. */
  at(uri: string): View | undefined;
  /** The view that shows a tool's answers. */
  of(toolName: string): View | undefined;
}

/**
 * The views in a folder.
 * @param folder the folder of the function's code
 * @throws {Error} when they are first asked for, if a file is missing
 */
export function viewsIn(folder: string): Views {
  let made: readonly View[] | undefined;
  const all = () => {
    made ??= viewNames.map((name) => viewOf(name, readFileSync(join(folder, viewFile(name)), 'utf8')));
    return made;
  };
  const named = (name: string | undefined) =>
    name === undefined ? undefined : all().find((view) => view.name === name);
  return {
    all,
    at: (uri) => named(/^ui:\/\/finance\/([a-z]+)-[0-9a-f]{1,64}\.html$/.exec(uri)?.[1]),
    of: (toolName) =>
      named(viewNames.find((name) => (viewedTools[name].tools as readonly string[]).includes(toolName))),
  };
}

function viewOf(name: ViewName, html: string): View {
  const version = createHash('sha256').update(html).digest('hex').slice(0, 12);
  return { name, uri: `ui://finance/${name}-${version}.html`, html };
}

/**
 * What hosts are told of every view: it makes no requests, and the frame around it is the host's. Stated in full,
 * because hosts differ in what they assume.
 */
const frame = {
  ui: {
    csp: { connectDomains: [], resourceDomains: [], frameDomains: [], baseUriDomains: [] },
    prefersBorder: true,
  },
};

/** A view in `resources/list`. */
export const listedView = ({ name, uri }: View) => ({
  uri,
  name: `view-${name}`,
  title: viewedTools[name].title,
  description: viewedTools[name].description,
  mimeType: viewType,
  _meta: frame,
});

/** A view as `resources/read` answers it, under the address that was asked for. */
export const viewContents = (uri: string, { html }: View) => ({
  uri,
  mimeType: viewType,
  text: html,
  _meta: frame,
});

/** A listed tool with its view. Hosts that know an earlier draft of the extension look for the flat field. */
export const withView = (tool: ListedTool, view: View | undefined): ListedTool =>
  view
    ? {
        ...tool,
        _meta: {
          ui: { resourceUri: view.uri, visibility: ['model', 'app'] },
          'ui/resourceUri': view.uri,
        },
      }
    : tool;

/**
 * The session id of older clients that show views. They announce the extension once, in `initialize`, and no later
 * request says so again; but they repeat the session id. So it says that alone: nothing is stored, and one that is
 * invented changes nothing but what is offered.
 */
const sessionPrefix = 'views-';

/** The session id with which `initialize` is answered; undefined for clients that announce no views. */
export const viewsSession = ({ kind, message }: Question, requestId: string): string | undefined =>
  kind === 'legacy' && message.method === 'initialize' && announced(message.params?.capabilities)
    ? `${sessionPrefix}${requestId}`
    : undefined;

/** Whether the client that asks shows views. */
export function showsViews({ kind, message }: Question, headers: HttpRequest['headers']): boolean {
  return kind === 'modern'
    ? announced(message.params?._meta?.[CLIENT_CAPABILITIES_META_KEY])
    : (headers.get('mcp-session-id') ?? '').startsWith(sessionPrefix);
}

/** Whether a client's capabilities have the extension, with the type that views have. */
function announced(capabilities: unknown): boolean {
  const extensions = isPlainObject(capabilities) ? capabilities.extensions : undefined;
  const ours = isPlainObject(extensions) ? extensions[extension] : undefined;
  return isPlainObject(ours) && Array.isArray(ours.mimeTypes) && ours.mimeTypes.includes(viewType);
}
