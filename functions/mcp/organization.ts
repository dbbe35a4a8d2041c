import { Refusal } from '../../shared/ledger/errors.ts';
import type { Caller } from './caller.ts';
import { cleanText } from './untrusted.ts';

/** Somebody asked for books that are not theirs. It never says whether such books exist. */
export class ForeignOrganization extends Refusal {
  override name = 'ForeignOrganization';
}

/** Whether this caller is asked whose books are meant. */
export const takesOrganization = ({ organizations }: Caller): boolean => organizations.length > 1;

/**
 * The organization that a call is about: the caller's only one, or the one of several that was asked for. Nobody is
 * ever put into a default one.
 * @param asked what the caller named, if anything
 * @param where how to name it, for the message: "the argument organization"
 */
export function chooseOrganization({ organizations }: Caller, asked: unknown, where: string): string {
  const [only, ...others] = organizations;
  if (asked === undefined) {
    if (only !== undefined && others.length === 0) return only;
    throw new Refusal(
      `This account has several organizations: expected ${where}, one of ${organizations.join(', ')}.`,
    );
  }
  if (typeof asked === 'string' && organizations.includes(asked)) return asked;
  throw new ForeignOrganization(
    `${cleanText(JSON.stringify(asked), 80)} is not one of this account's organizations: expected ${where}, one of ${organizations.join(', ')}.`,
  );
}
