import { readCamt } from './camt.ts';
import { readMt940 } from './mt940.ts';
import { readOfx } from './ofx.ts';
import { readPlaid } from './plaid.ts';
import type { Pieces, StatementPart } from './statement.ts';

/** The families of formats of bank data, each with its reader. */
export const statementReaders = {
  camt: readCamt,
  mt940: readMt940,
  ofx: readOfx,
  plaid: readPlaid,
} satisfies Record<string, (pieces: Pieces) => AsyncGenerator<StatementPart>>;

export type StatementFamily = keyof typeof statementReaders;

/** How much of a file suffices to recognize it. */
export const recognizedWithin = 16_384;

/**
 * The family of formats that a file is in, by its first characters; undefined when it is none of them. The file's name
 * does not matter. What could be something else, such as another XML message, is not guessed.
 */
export function statementFamily(beginning: string): StatementFamily | undefined {
  const start = beginning.slice(0, recognizedWithin);
  if (/^\s*</.test(start) && /<(?:[\w.-]+:)?BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)[\s>]/.test(start))
    return 'camt';
  if (/^\s*(?:OFXHEADER:|<)/.test(start) && /<OFX>/i.test(start)) return 'ofx';
  if (/^\s*\{/.test(start) && /"override_accounts"\s*:\s*\[/.test(start)) return 'plaid';
  return hasSwiftHeader(start) ? 'mt940' : undefined;
}

/** Whether the text has the first fields of MT940 and MT942 in their order, each at the beginning of a line. */
function hasSwiftHeader(text: string): boolean {
  let rest = text;
  return [/^(?:\{[1-5]:.*\{4:)?:20:/m, /^:25P?:/m, /^:28C?:/m].every((field) => {
    const at = rest.search(field);
    rest = rest.slice(at + 1);
    return at >= 0;
  });
}
