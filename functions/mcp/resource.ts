import {
  type CacheHint,
  type ListResourcesResult,
  type ListResourceTemplatesResult,
  ProtocolError,
  type ReadResourceResult,
} from '@modelcontextprotocol/server';
import type { ScopeName } from '../../shared/edge.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { Attempt } from './attempt.ts';
import type { Caller } from './caller.ts';
import { chooseOrganization, ForeignOrganization, takesOrganization } from './organization.ts';
import { errorCodes, missingScopeSentence } from './rejection.ts';
import type { Session } from './session.ts';
import { isGranted, scopesOf, type ToolContext, Withheld } from './tool.ts';
import { cleanText } from './untrusted.ts';
import { listedView, type Views, viewContents } from './view.ts';

interface Description {
  name: string;
  title: string;
  description: string;
}

/** A text that is the same for every caller: it reads no books, so it needs no scope and no organization. */
export interface Resource extends Description {
  uri: string;
  mimeType: string;
  read(): string;
}

/** What is read: a text, or bytes in base64. */
export type Contents = { mimeType: string; text: string } | { mimeType: string; blob: string };

/**
 * A family of resources in the books of one organization. The server takes a `?organization=` off the address before
 * it asks `match`, so no template has to know about organizations.
 */
export interface ResourceTemplate extends Description {
  /** RFC 6570, level 1: `finance://invoices/{invoiceId}`. */
  uriTemplate: string;
  /** The type of all of them, where they have one. */
  mimeType?: string;
  /** Of several, any one shows the family, and `read` refuses what the others are for. */
  scope: ScopeName | readonly ScopeName[];
  /** Bytes that one of them may have; without it, as many as a text from the books. */
  largest?: number;
  /** The decoded parameters when the address is one of this family, otherwise undefined. */
  match(uri: string): Record<string, string> | undefined;
  /** @throws {NotFound} when there is no such thing; its message reaches the client. */
  read(params: Record<string, string>, context: ToolContext): Promise<Contents>;
}

/** Bytes that a text from the books may have; a conversation takes no more. */
const largestText = 60_000;

/** How long a client may keep what it has read: a fixed text for an hour, a view, whose address has its version, for
 * a day; the books change with every import. */
const fixedTextLife = { ttlMs: 3_600_000, cacheScope: 'public' } as const;
const viewLife = { ttlMs: 86_400_000, cacheScope: 'public' } as const;
const booksLife = { ttlMs: 0, cacheScope: 'private' } as const;

/** @param views left out for clients that show none */
export function listResources(resources: readonly Resource[], views?: Views): ListResourcesResult {
  return {
    resources: [
      ...resources.map(({ read: _, ...listed }) => listed),
      ...(views ? views.all().map(listedView) : []),
    ],
  };
}

export function listTemplates(
  templates: readonly ResourceTemplate[],
  caller: Caller,
): ListResourceTemplatesResult {
  return {
    resourceTemplates: templates
      .filter((template) => isGranted(template, caller))
      .map(({ scope: _scope, largest: _largest, match: _match, read: _read, uriTemplate, ...listed }) => ({
        uriTemplate: takesOrganization(caller) ? `${uriTemplate}{?organization}` : uriTemplate,
        ...listed,
      })),
  };
}

/**
 * Answers `resources/read`.
 * @returns beside the answer, how long a client may keep it
 * @throws {ProtocolError} -32602 when there is no such resource, or not for this caller
 */
export async function readResource(
  resources: readonly Resource[],
  templates: readonly ResourceTemplate[],
  views: Views | undefined,
  uri: string,
  session: Session,
): Promise<ReadResourceResult & { life: CacheHint }> {
  const fixed = resources.find((resource) => resource.uri === uri);
  if (fixed) {
    return { contents: [{ uri, mimeType: fixed.mimeType, text: fixed.read() }], life: fixedTextLife };
  }
  const view = views?.at(uri);
  if (view) return { contents: [viewContents(uri, view)], life: viewLife };
  const address = addressOf(uri);
  for (const template of templates) {
    const params = address && template.match(address.uri);
    if (params) {
      const contents = await readFamily(template, uri, params, address.organization, session);
      return { contents: [{ uri, ...contents }], life: booksLife };
    }
  }
  throw notReadable(
    uri,
    'Resource not found: expected an address that resources/list or its templates give.',
  );
}

async function readFamily(
  template: ResourceTemplate,
  uri: string,
  params: Record<string, string>,
  asked: string | undefined,
  session: Session,
): Promise<Contents> {
  const { caller } = session;
  const attempt = new Attempt(session, 'resources/read', { uri });
  if (!isGranted(template, caller)) {
    const message = missingScopeSentence(scopesOf(template)[0] as ScopeName);
    attempt.end('denied', 0, message);
    throw notReadable(uri, message);
  }
  try {
    const organization = chooseOrganization(caller, asked, '?organization= at the end of the address');
    const contents = clean(await template.read(params, await attempt.open(organization)));
    const text = 'text' in contents ? contents.text : contents.blob;
    if (Buffer.byteLength(text) > (template.largest ?? largestText)) {
      throw new Refusal('The resource is too large to return in full: ask a tool for the part you need.');
    }
    attempt.end('ok', 1, text);
    return contents;
  } catch (error) {
    if (!(error instanceof Refusal)) {
      attempt.end('error', 0, '');
      throw error;
    }
    const message = cleanText(error.message);
    const denied = error instanceof ForeignOrganization || error instanceof Withheld;
    attempt.end(denied ? 'denied' : 'refused', 0, message);
    throw notReadable(uri, message);
  }
}

const clean = (contents: Contents): Contents =>
  'text' in contents ? { ...contents, text: cleanText(contents.text, Number.POSITIVE_INFINITY) } : contents;

/** An address without its `?organization=`; undefined when something else is asked for behind the question mark. */
function addressOf(uri: string): { uri: string; organization: string | undefined } | undefined {
  const [path = '', query, ...rest] = uri.split('?');
  if (query === undefined) return { uri, organization: undefined };
  const parameters = new URLSearchParams(query);
  const names = [...parameters.keys()];
  if (rest.length > 0 || names.length !== 1 || names[0] !== 'organization') return undefined;
  return { uri: path, organization: parameters.get('organization') ?? undefined };
}

const notReadable = (uri: string, message: string): ProtocolError =>
  new ProtocolError(errorCodes.invalidParams, message, { uri: cleanText(uri, 200) });
