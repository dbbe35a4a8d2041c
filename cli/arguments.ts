import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Refusal } from '../shared/ledger/errors.ts';
import { isOrganizationId } from '../shared/organization.ts';
import { quote } from '../shared/text.ts';

export type Options = NonNullable<ParseArgsConfig['options']>;

/** An option with a value. */
export const value = { type: 'string' } as const;

/** An option that is given or not. */
export const flag = { type: 'boolean', default: false } as const;

/**
 * Parses a command line.
 * @throws {Refusal} one sentence about the first argument that cannot be parsed.
 */
export function parsed<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split('\n');
    throw new Refusal(sentence.endsWith('.') ? sentence : `${sentence}.`);
  }
}

/**
 * The one argument of a command.
 * @param what it is, as the help names it: "ID"
 * @throws {Refusal} when there is none, or more than one.
 */
export function onlyWord(positionals: readonly string[], what: string): string {
  const [word, more] = positionals;
  if (word === undefined) throw new Refusal(`${what} is missing: expected exactly one.`);
  if (more !== undefined)
    throw new Refusal(`Unexpected argument ${quote(more)}: expected exactly one ${what}.`);
  return word;
}

/** @throws {Refusal} when the text cannot name an organization. */
export function organizationNamed(text: string, option = ''): string {
  if (isOrganizationId(text)) return text;
  throw new Refusal(
    `${option}${quote(text)} is not an organization id: expected 2 to 63 lowercase letters, digits and hyphens, starting with a letter or digit.`,
  );
}

/** What `--org` names. @throws {Refusal} when it is missing or cannot name an organization. */
export function organizationOf(org: string | undefined): string {
  if (org === undefined) throw new Refusal('--org is missing: expected the id of an organization.');
  return organizationNamed(org, '--org ');
}
