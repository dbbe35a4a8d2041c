import { text } from 'node:stream/consumers';
import { Refusal } from '../shared/ledger/errors.ts';

/**
 * Reads secrets that another program pipes in, one on each line. As arguments, they would stay in the shell history and
 * be visible in the list of processes.
 * @param names what is expected, in order, for the messages: "the password"
 * @throws {Refusal} when there are more or fewer, or somebody would have to type them visibly
 */
export async function secretsFromInput(names: readonly string[], option: string): Promise<string[]> {
  if (names.length === 0) return [];
  const expected = `${names.join(' and ')} on standard input, ${names.length === 1 ? 'on one line' : 'one on each line'}`;
  if (process.stdin.isTTY) {
    throw new Refusal(
      `${option} does not read from a terminal, because the text would be visible: expected ${expected}, from a pipe.`,
    );
  }
  const lines = (await text(process.stdin)).replace(/\r?\n$/, '').split(/\r?\n/);
  if (lines.length !== names.length || lines.includes(''))
    throw new Refusal(`${option}: expected ${expected}.`);
  return lines;
}
