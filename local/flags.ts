/** The flags of `npm start`. */

import { parseArgs } from 'node:util';

export interface Flags {
  readonly port: number;
  readonly dataDir: string | undefined;
  readonly empty: boolean;
  readonly help: boolean;
}

/** A flag that is unknown or has an invalid value. The message says what was expected. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

export const usage = `Finance MCP, local edition: everything on this machine, no account needed.

  npm start -- [flags]

  --port N     the MCP endpoint's port (default 3000); sign-in uses N+1, DynamoDB N+2, files N+3, views N+4
  --data DIR   keep all data in this folder (default: in memory, lost when it stops)
  --empty      start without the demo organizations
  -h, --help   show this help
`;

const highestPort = 65_531;

/** @throws FlagError */
export function parseFlags(args: readonly string[]): Flags {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      empty: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  let port = 3000;
  let dataDir: string | undefined;
  let empty = false;
  let help = false;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw unknown(token.value);
    switch (token.name) {
      case 'port':
        port = portNumber(token.value);
        break;
      case 'data':
        if (!token.value) throw new FlagError('--data needs a folder: --data DIR.');
        dataDir = token.value;
        break;
      case 'empty':
      case 'help':
        if (token.value !== undefined) throw new FlagError(`--${token.name} takes no value.`);
        if (token.name === 'empty') empty = true;
        else help = true;
        break;
      default:
        throw unknown(token.rawName);
    }
  }
  return { port, dataDir, empty, help };
}

function portNumber(text: string | undefined): number {
  const port = /^\d{1,5}$/.test(text ?? '') ? Number(text) : 0;
  if (port < 1 || port > highestPort) {
    throw new FlagError(
      `--port needs a whole number from 1 to ${highestPort}${text ? `, not ${text}` : ''}. The four ports after it are used too.`,
    );
  }
  return port;
}

function unknown(word: string): FlagError {
  return new FlagError(`${word} is not a flag of this command. Run npm start -- --help to see them.`);
}
