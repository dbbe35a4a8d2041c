import type { parseArgs } from 'node:util';
import { Refusal } from '../shared/ledger/errors.ts';
import { printable, quote } from '../shared/text.ts';
import { flag, type Options, onlyWord, parsed } from './arguments.ts';

/*
 * What all commands share: parsing, help, output and exit codes.
 */

/** What was done, for people and for programs. */
export interface Report {
  readonly text: string;
  readonly json: object;
  /** Advice that is not part of the report: lines for standard error. */
  readonly notes?: readonly string[];
  /** Whether something was not done, although it was reported. */
  readonly notDone?: boolean;
}

/** What a command or a subcommand does; it is given what follows its name. */
export type Action = (args: string[]) => Promise<Report>;

export interface Command {
  /** As it is typed: "npm run organizations". */
  readonly name: string;
  /** What can follow the name, on one line. Without it, bad usage leads to the examples in the help. */
  readonly usage?: string;
  readonly help: string;
  /** What the exit codes mean for this command. */
  readonly outcomes?: Outcomes;
  readonly action: Action | Readonly<Record<string, Action>>;
}

interface Outcomes {
  readonly done: string;
  readonly notDone: string;
  /** Undefined for a command that uses neither the user pool nor the table. */
  readonly unusable?: string;
}

/** The command was understood but cannot be done now. The message says why and what to do. */
export class NotDone extends Refusal {
  override name = 'NotDone';
}

/** The user pool or the table could not be used. The message is one sentence. */
export class Unusable extends Refusal {
  override name = 'Unusable';
}

const exitCodes = { done: 0, notDone: 1, badUsage: 2, unusable: 3 } as const;

const usualOutcomes: Outcomes = {
  done: 'done',
  notDone: 'not done (the message says why)',
  unusable: 'the user pool or the table cannot be used',
};

export const tell = (line: string): void => void process.stderr.write(`${printable(line)}\n`);

/** Runs a command with the arguments of this process, and sets its exit code. */
export async function runCommand(command: Command): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    console.log(helpText(command));
    return;
  }
  try {
    const { text, json, notes = [], notDone = false } = await perform(command, args);
    console.log(args.includes('--json') ? JSON.stringify(json) : printable(text));
    for (const note of notes) tell(note);
    process.exitCode = notDone ? exitCodes.notDone : exitCodes.done;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    tell(error.message);
    process.exitCode = exitCodeOf(error);
    if (process.exitCode !== exitCodes.badUsage) return;
    const { name, usage } = command;
    tell(usage === undefined ? `For examples: ${name} -- --help` : `Usage: ${name} -- ${usage}`);
  }
}

function helpText({ name, usage, help, outcomes = usualOutcomes }: Command): string {
  const { done, notDone, unusable } = outcomes;
  return `${usage === undefined ? '' : `${name} -- ${usage}\n`}${help}

Exit code: 0 ${done}, 1 ${notDone}, 2 bad usage${unusable === undefined ? '' : `, 3 ${unusable}`}.`;
}

function exitCodeOf(refusal: Refusal): number {
  if (refusal instanceof NotDone) return exitCodes.notDone;
  return refusal instanceof Unusable ? exitCodes.unusable : exitCodes.badUsage;
}

async function perform({ action }: Command, args: string[]): Promise<Report> {
  if (typeof action === 'function') return action(args);
  const names = Object.keys(action).join(', ');
  const [name, ...rest] = args;
  if (name === undefined) throw new Refusal(`The subcommand is missing: expected one of ${names}.`);
  const subcommand = Object.hasOwn(action, name) ? action[name] : undefined;
  if (!subcommand) throw new Refusal(`${quote(name)} is not a subcommand: expected one of ${names}.`);
  return subcommand(rest);
}

/** The values of a command's own options, and of `--json`, which every command takes. */
export type Values<Own extends Options> = ReturnType<
  typeof parseArgs<{ options: Own & { json: typeof flag } }>
>['values'];

interface Syntax<Own extends Options> {
  readonly options: Own;
  /** What its one argument is, as the help names it: "ID". Without it, there is no argument. */
  readonly argument?: string;
}

/** An action that is given the values of its options and, if there is one, its argument. */
export const action =
  <const Own extends Options>(
    { options, argument }: Syntax<Own>,
    act: (values: Values<Own>, argument: string) => Promise<Report>,
  ): Action =>
  (args) => {
    const { values, positionals } = parsed({
      args,
      allowPositionals: argument !== undefined,
      options: { ...options, json: flag },
    });
    return act(values as Values<Own>, argument === undefined ? '' : onlyWord(positionals, argument));
  };

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

const millisecondsBetweenLines = 1000;

/** Prints the progress and speed of long work once a second. Short work prints nothing. */
export function progress(activity: string, print: (line: string) => void): (rows: number) => void {
  const begun = performance.now();
  let told = begun;
  return (rows) => {
    const now = performance.now();
    if (now - told < millisecondsBetweenLines) return;
    told = now;
    const rate = Math.round(rows / ((now - begun) / 1000));
    print(`${activity}: ${rows.toLocaleString('en')} rows, ${rate.toLocaleString('en')} rows/s`);
  };
}
