import { type Check, expect, Skipped } from './check.ts';
import { callTool } from './mcp-checks.ts';
import type { Site } from './site.ts';

/** Tools that need no argument. Every token can use at least one of them. */
const simpleTools = ['get_business', 'list_invoices', 'list_expenses'];

/** That no client can read the data of another organization. */
export const isolationChecks: readonly Check[] = [
  {
    name: 'no answer for an altered token',
    async run(site) {
      const parts = site.requireToken().split('.');
      for (const [at, part] of parts.entries()) {
        const altered = parts.with(at, withOtherCharacter(part)).join('.');
        const { status } = await site.askForTools(altered);
        const which = ['header', 'claims', 'signature'][at];
        expect(status === 401, `A token with one altered byte in its ${which} gets ${status}: expected 401.`);
      }
      return 'A token with one altered byte in its header, claims or signature gets 401.';
    },
  },
  {
    name: "no way into another organization's books by asking",
    async run(site) {
      const token = site.requireToken();
      const name = simpleTool(site);
      const other = (await otherOrganization(site, name)) ?? 'somebody-else';
      const { content, isError } = await callTool(site, name, { organization: other }, token);
      expect(
        isError && Object.keys(content).length === 0,
        `${name} returns data for the organization "${other}": expected a refusal.`,
      );
      return `${name} refuses a request for the organization "${other}".`;
    },
  },
  {
    name: "no way into another organization's books by id",
    async run(site) {
      site.requireToken();
      const { otherToken, invoiceId } = site;
      if (otherToken === undefined) {
        throw new Skipped('This check needs a machine client of another organization: --other-org-client.');
      }
      const other = await otherOrganization(site, simpleTool(site));
      expect(
        other !== site.organization,
        `Both clients belong to "${other}": expected clients of two organizations.`,
      );
      if (invoiceId === undefined) throw new Skipped('These books have no invoice to test with.');
      const found = await callTool(site, 'get_invoice', { invoiceId }, otherToken);
      const { asked, answered } = { asked: site.organization, answered: found.content.organization };
      expect(
        found.isError || answered === other,
        `The client of "${other}" can read the invoice ${invoiceId} of "${asked}".`,
      );
      if (found.isError) return `The client of "${other}" cannot read an invoice of "${asked}".`;
      // Both have an invoice of this id, which importers choose: then it must be another invoice.
      const own = await callTool(site, 'get_invoice', { invoiceId }, site.requireToken());
      expect(
        own.content.organization === asked,
        `An invoice of "${asked}" is returned as another organization's.`,
      );
      return `"${other}" and "${asked}" have an invoice with the same id, and each client gets its own.`;
    },
  },
];

function simpleTool({ tools }: Site): string {
  const name = simpleTools.find((one) => tools?.includes(one));
  if (name === undefined) throw new Skipped('The token cannot use any tool that this check needs.');
  return name;
}

/** Whose books the other client reads; undefined without such a client. */
async function otherOrganization(site: Site, name: string): Promise<string | undefined> {
  if (site.otherToken === undefined) return undefined;
  const { content } = await callTool(site, name, {}, site.otherToken);
  return String(content.organization);
}

/** The text with one character in its middle replaced: at the end, not all bits of Base64 count. */
function withOtherCharacter(text: string): string {
  const at = Math.floor(text.length / 2);
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}
