import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleSettings } from '../infra/bundle.ts';
import { bundle, here } from './bundle.ts';
import type { Era } from './event.ts';

/** The product, a plain server of the MCP SDK, and awslabs' adapter for stdio servers. */
export const contestantNames = ['finance-mcp', 'sdk', 'stdio-adapter'] as const;
export type ContestantName = (typeof contestantNames)[number];

/** A server that answers the same seven tools from the same table. */
interface Entrant {
  /** The Lambda function, and a program that is deployed with it. */
  handler: string;
  stdioServer?: string;
  era: Era;
  alias?: Record<string, string>;
}

const entrants: Record<ContestantName, Entrant> = {
  'finance-mcp': {
    handler: here('../functions/mcp/handler.ts'),
    era: 'modern',
    alias: bundleSettings.alias,
  },
  sdk: { handler: here('peers/servers/sdk-handler.ts'), era: 'modern' },
  'stdio-adapter': {
    handler: here('peers/servers/stdio-handler.ts'),
    stdioServer: here('peers/servers/stdio-server.ts'),
    // It begins every call with `initialize`, which only the older generation has.
    era: 'legacy',
  },
};

/** An entrant as it is deployed. */
export interface Contestant {
  name: ContestantName;
  era: Era;
  bundle: string;
  /** Of all its files, without source maps. */
  bundleBytes: number;
  /** What its process needs beside the common environment. */
  environment: Record<string, string>;
}

export interface Terms {
  /** Whose books the stdio server reads: its adapter hands it no token. */
  organization: string;
  /** Leaves out the adapter too, which keeps nothing: it starts a process for every call. */
  storeKept?: boolean;
}

/** Bundles the contestants into a folder, which is removed when the work is over. */
export async function withContestants<Result>(
  { organization, storeKept = false }: Terms,
  work: (contestants: readonly Contestant[]) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'finance-mcp-bench-'));
  try {
    const contestants: Contestant[] = [];
    for (const name of contestantNames) {
      const { handler, stdioServer, era, alias = {} } = entrants[name];
      if (storeKept && stdioServer) continue;
      const options = { alias, storeKept };
      const path = join(folder, `${name}.cjs`);
      const serverPath = join(folder, `${name}-server.cjs`);
      const handlerBytes = await bundle(handler, path, options);
      const serverBytes = stdioServer ? await bundle(stdioServer, serverPath, options) : 0;
      contestants.push({
        name,
        era,
        bundle: path,
        bundleBytes: handlerBytes + serverBytes,
        environment: stdioServer ? { STDIO_SERVER: serverPath, ORGANIZATION: organization } : {},
      });
    }
    return await work(contestants);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
