import { legacyVersions, modernVersion } from '../../functions/mcp/protocol-versions.ts';
import { tools } from '../../functions/mcp/tools/index.ts';
import { isPlainObject } from '../../shared/json.ts';
import { counted } from '../../shared/text.ts';
import { type Check, expect, Skipped } from './check.ts';
import type { Site } from './site.ts';

const [newestLegacy = ''] = legacyVersions;

/** What a client with a token can do. */
export const mcpChecks: readonly Check[] = [
  {
    name: `introduction (${modernVersion})`,
    async run(site) {
      await site.withClient(site.requireToken(), async () => {});
      return `server/discover offers ${modernVersion}.`;
    },
  },
  {
    name: `introduction (${newestLegacy} and before)`,
    async run(site) {
      for (const version of legacyVersions) {
        await site.withClient(site.requireToken(), async () => {}, version);
      }
      return `initialize works with ${legacyVersions.join(', ')}.`;
    },
  },
  {
    name: 'list of tools',
    async run(site) {
      const { tools: listed } = await site.withClient(site.requireToken(), (client) => client.listTools());
      expect(listed.length > 0, 'tools/list is empty.');
      for (const { name, annotations } of listed) {
        expect(annotations?.readOnlyHint === true, `The tool ${name} does not have readOnlyHint.`);
      }
      site.tools = listed.map(({ name }) => name);
      return `The token can use ${listed.length} of ${tools.length} tools, all of them read-only.`;
    },
  },
  ...tools.map(({ name }) => toolCheck(name)),
];

/** A check that calls the tool as a model would. */
function toolCheck(name: string): Check {
  return {
    name: `tool ${name}`,
    async run(site) {
      const token = site.requireToken();
      if (!site.tools?.includes(name)) throw new Skipped('The token cannot use this tool.');
      const questions = questionsTo(name, site);
      let answer: Awaited<ReturnType<typeof callTool>> | undefined;
      for (const args of questions) {
        answer = await callTool(site, name, args, token);
        if (!answer.isError) break;
      }
      expect(answer?.isError === false, `The tool refuses ${JSON.stringify(questions.at(-1))}.`);
      const { content } = answer;
      const { organization } = content;
      expect(typeof organization === 'string', 'The answer does not name an organization.');
      site.organization ??= organization;
      expect(
        organization === site.organization,
        `The answer is for ${organization}, but an earlier one was for ${site.organization}.`,
      );
      remember(site, content);
      return `The answer is for ${organization}${rowsSentence(content)}.`;
    },
  };
}

/** Arguments that fit any books; one must be answered. @throws {Skipped} when these books have nothing to ask for */
function questionsTo(name: string, { invoiceId, customer }: Site): Record<string, unknown>[] {
  const today = new Date().toISOString().slice(0, 10);
  switch (name) {
    case 'list_invoices':
    case 'list_expenses':
      return [{ limit: 5 }];
    case 'get_invoice':
      if (invoiceId === undefined) throw new Skipped('These books have no invoice to test with.');
      return [{ invoiceId }];
    case 'payments_report':
      return [{ startDate: `${Number(today.slice(0, 4)) - 1}-01-01`, endDate: today, limit: 5 }];
    case 'search_customers':
      return [{ query: customer ?? 'a' }];
    case 'find_records':
      // Each kind needs scopes of its own, and the token may have those of any.
      return ['customer', 'supplier', 'product', 'bank_account', 'contract'].map((kind) => ({
        kind,
        limit: 5,
      }));
    default:
      return [{}];
  }
}

function remember(site: Site, content: Record<string, unknown>): void {
  const [first] = Array.isArray(content.invoices) ? content.invoices : [];
  if (!isPlainObject(first)) return;
  if (typeof first.id === 'string') site.invoiceId ??= first.id;
  if (typeof first.customer === 'string') site.customer ??= first.customer;
}

const rowsSentence = ({ returned, totalCount }: Record<string, unknown>): string =>
  returned === undefined
    ? ''
    : `, ${totalCount === undefined ? '' : `${String(returned)} of `}${counted(Number(totalCount ?? returned), 'row')}`;

/** Calls a tool. @throws {Failed} when the answer is not a result */
export async function callTool(
  site: Site,
  name: string,
  args: Record<string, unknown>,
  token: string,
): Promise<{ content: Record<string, unknown>; isError: boolean }> {
  const { structuredContent: content, isError } = await site.withClient(token, (client) =>
    client.callTool({ name, arguments: args }),
  );
  return { content: isPlainObject(content) ? content : {}, isError: isError === true };
}
