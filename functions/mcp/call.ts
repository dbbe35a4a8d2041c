import { type CallToolResult, ProtocolError, type ResourceLink } from '@modelcontextprotocol/server';
import { bearerChallenge, type ScopeName } from '../../shared/edge.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { parseArguments } from './arguments.ts';
import type { Download } from './attachment.ts';
import { Attempt } from './attempt.ts';
import type { Outcome } from './audit.ts';
import { chooseOrganization, ForeignOrganization, takesOrganization } from './organization.ts';
import type { Registry } from './registry.ts';
import { errorCodes, internalErrorSentence, logFailure, missingScopeSentence } from './rejection.ts';
import type { Session } from './session.ts';
import { isGranted, MissingScope, scopesOf, Withheld } from './tool.ts';
import { cleanRecord, cleanText } from './untrusted.ts';

/** Bytes that a result may have; it carries its content twice, as JSON and as text that holds the same JSON. */
const largestResult = 59_500;

/**
 * Answers `tools/call`. What a model can put right comes back as a result that says so, not as a protocol error.
 * @throws {ProtocolError} for an unknown tool
 */
export async function callTool(
  registry: Registry,
  name: string,
  given: Readonly<Record<string, unknown>>,
  session: Session,
): Promise<CallToolResult> {
  const { caller } = session;
  const attempt = new Attempt(session, name, given);
  const tool = registry.find(name);
  if (!tool) {
    const names = registry.list(caller).map((listed) => listed.name);
    const text = `Unknown tool: ${cleanText(name, 80)}. Expected one of ${names.join(', ')}.`;
    attempt.end('refused', 0, text);
    throw new ProtocolError(errorCodes.invalidParams, text);
  }
  if (!isGranted(tool, caller)) {
    const [scope] = scopesOf(tool) as [ScopeName];
    const text = missingScopeSentence(scope);
    attempt.end('denied', 0, text);
    return withChallenge(failed(text), scope, session);
  }
  try {
    const several = takesOrganization(caller);
    const { organization: asked, ...rest } = given;
    const organization = chooseOrganization(caller, several ? asked : undefined, 'the argument organization');
    attempt.organization = organization;
    const args = parseArguments(tool.input(), several ? rest : given, several ? ['organization'] : []);
    const answer = await tool.run(args, await attempt.open(organization));
    const { download } = answer;
    const content = {
      ...cleanRecord({ organization, ...answer.content }),
      // Signed, and longer than texts may be.
      ...(download && {
        download: { url: download.link.url, validUntil: download.link.validUntil.toISOString() },
      }),
    };
    const text = sized(JSON.stringify(content));
    attempt.end('ok', answer.rows, text, download && { downloadUntil: download.link.validUntil });
    return {
      content: [{ type: 'text', text }, ...(download ? [resourceLink(download)] : [])],
      structuredContent: content,
    };
  } catch (error) {
    const { outcome, text } = explained(error, session);
    attempt.end(outcome, 0, text);
    const result = failed(text);
    return error instanceof MissingScope ? withChallenge(result, error.scope, session) : result;
  }
}

/** What names the resource for a client. */
const resourceLink = ({ uri, name, mimeType, size }: Download): ResourceLink => ({
  type: 'resource_link',
  uri,
  name: cleanText(name, 200),
  mimeType,
  size,
});

/** @throws {Refusal} when the answer is too large for a conversation; lists avoid that themselves. */
function sized(text: string): string {
  if (Buffer.byteLength(text) + Buffer.byteLength(JSON.stringify(text)) <= largestResult) return text;
  throw new Refusal('The answer would be too large: ask for less, with a lower limit or narrower filters.');
}

function explained(error: unknown, { requestId, log }: Session): { outcome: Outcome; text: string } {
  if (error instanceof ForeignOrganization || error instanceof MissingScope)
    return { outcome: 'denied', text: error.message };
  if (error instanceof Refusal) {
    return {
      outcome: error instanceof Withheld ? 'denied' : 'refused',
      text: cleanText(error.message),
    };
  }
  logFailure(log, requestId, error);
  return { outcome: 'error', text: internalErrorSentence(requestId) };
}

const failed = (text: string): CallToolResult => ({ isError: true, content: [{ type: 'text', text }] });

/**
 * The protocol would have a 403 with a challenge in its header here, but API Gateway renames that header when a
 * function sends it. In the result it arrives, and it is where ChatGPT looks for it.
 */
const withChallenge = (
  result: CallToolResult,
  scope: ScopeName,
  { publicOrigin }: Session,
): CallToolResult => ({
  ...result,
  _meta: {
    'mcp/www_authenticate': [
      bearerChallenge(publicOrigin, [scope], {
        error: 'insufficient_scope',
        error_description: missingScopeSentence(scope),
      }),
    ],
  },
});
