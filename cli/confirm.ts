import { createInterface } from 'node:readline/promises';
import { NotDone } from './command.ts';

/**
 * Asks the operator to type a name before something that cannot be undone.
 * @param consequence completes the sentence "This …"
 * @param yes says that it was confirmed on the command line
 * @throws {NotDone} when something else is typed, or nothing
 */
export async function confirm(consequence: string, name: string, yes: boolean): Promise<void> {
  if (yes) return;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  let typed: string | undefined;
  try {
    // Without this, a standard input that closes before an answer would end the process.
    const ended = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
    typed = await Promise.race([lines.question(`This ${consequence}. Type ${name} to confirm: `), ended]);
  } finally {
    lines.close();
    // Without a terminal, no line break was typed after the question.
    if (!process.stdin.isTTY) process.stderr.write('\n');
  }
  if (typed?.trim() !== name) {
    throw new NotDone(`Not confirmed, so nothing was done: expected ${name}, or --yes.`);
  }
}
