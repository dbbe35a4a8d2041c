import type { ParseArgsConfig } from 'node:util';
import { Refusal } from '../shared/ledger/errors.ts';
import { printable, quote } from '../shared/text.ts';
import { asksForHelp } from './arguments.ts';

/*
 * What the commands with subcommands share: parsing, output and exit codes.
 */

/** What was done, for people and for programs. */
export interface Report {
  readonly text: string;
  readonly json: object;
}

/** One of the things that a command does; it is given what follows its name. */
export type Subcommand = (args: string[]) => Promise<Report>;

export interface Command {
  /** As it is typed: "npm run organizations". */
  readonly name: string;
  readonly help: string;
  readonly subcommands: Readonly<Record<string, Subcommand>>;
}

/** The command was understood but cannot be done now. The message says why and what to do. */
export class NotDone extends Refusal {
  override name = 'NotDone';
}

/** The user pool or the table could not be used. The message is one sentence. */
export class Unusable extends Error {
  override name = 'Unusable';
}

export const exitCodes = { done: 0, notDone: 1, badUsage: 2, unusable: 3 } as const;

/** What every help ends with. */
export const exitCodesText =
  'Exit code: 0 done, 1 not done (the message says why), 2 bad usage, 3 the user pool or the table cannot be used.';

export const tell = (line: string): void => void process.stderr.write(`${printable(line)}\n`);

/** Runs a command. @returns its exit code */
export async function runCommand(command: Command, args: string[]): Promise<number> {
  const { name, help, subcommands } = command;
  if (asksForHelp(args)) {
    console.log(help);
    return exitCodes.done;
  }
  try {
    const [first, ...rest] = args;
    const { text, json } = await subcommandOf(subcommands, first)(rest);
    console.log(args.includes('--json') ? JSON.stringify(json) : printable(text));
    return exitCodes.done;
  } catch (error) {
    if (error instanceof Unusable || error instanceof NotDone) {
      tell(error.message);
      return error instanceof NotDone ? exitCodes.notDone : exitCodes.unusable;
    }
    if (!(error instanceof Refusal)) throw error;
    tell(error.message);
    tell(`For examples: ${name} -- --help`);
    return exitCodes.badUsage;
  }
}

function subcommandOf(subcommands: Command['subcommands'], name: string | undefined): Subcommand {
  const names = Object.keys(subcommands).join(', ');
  if (name === undefined) throw new Refusal(`The subcommand is missing: expected one of ${names}.`);
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (!subcommand) throw new Refusal(`${quote(name)} is not a subcommand: expected one of ${names}.`);
  return subcommand;
}

/** Options that every subcommand takes. */
export const commonOptions = {
  local: { type: 'string' },
  stack: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

/**
 * The one word that a subcommand is about.
 * @param what it is, as the help names it: "ID"
 */
export function onlyWord(positionals: readonly string[], what: string): string {
  const [word, ...more] = positionals;
  if (word === undefined) throw new Refusal(`${what} is missing: expected exactly one.`);
  if (more.length > 0)
    throw new Refusal(`Unexpected argument ${quote(more[0] ?? '')}: expected exactly one ${what}.`);
  return word;
}

/** Rows with aligned columns, two spaces apart. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** What a record of a kind is called in a sentence: "credit note" for credit_note. */
export const kindName = (kind: string): string =>
  kind === 'business' ? 'business profile' : kind.replace('_', ' ');
