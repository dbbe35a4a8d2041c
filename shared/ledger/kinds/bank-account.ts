import { hash } from 'node:crypto';
import { canonicalJson } from '../../json.ts';
import type { Fields, RecordOf } from '../fields.ts';
import type { Kind } from '../kind.ts';
import { type NamedTypes, named } from '../named.ts';

export const accountTypes = ['checking', 'savings', 'card', 'loan', 'cash', 'other'] as const;

const shape = (is: Fields) => ({
  name: is.name,
  institution: is.name.exactOptional(),
  type: is.oneOf(accountTypes).default('other'),
  currency: is.currency,
  number: is.label
    .describe('the IBAN or account number; answers show the last four characters')
    .exactOptional(),
  bic: is.label.exactOptional(),
  connectionId: is.id.describe('where its data come from').exactOptional(),
  creditLimit: is.money.exactOptional(),
  closed: is.day.exactOptional(),
  provisional: is.flag
    .describe('`true` if a statement is all that tells of it; never replaces an account without this field')
    .exactOptional(),
});

/** An account at a bank, a card or a cash box. */
export type BankAccount = RecordOf<'bank_account', typeof shape>;

/** The last four letters and digits of an account number, by which people tell accounts apart. */
export const lastFour = (number: string): string => number.replace(/[^\p{L}\p{N}]/gu, '').slice(-4);

/** An account number as it is compared: without spaces, in capitals. */
export const accountKey = (number: string): string => number.replace(/\s/g, '').toUpperCase();

/** The id of an account that only statements tell of. It does not show the number. */
export const accountIdOf = (number: string): string =>
  `${lastFour(accountKey(number))}-${hash('sha256', accountKey(number)).slice(0, 10)}`;

export const bankAccount: Kind<NamedTypes<BankAccount>> = {
  name: 'bank_account',
  shape,
  // Statements may call an account differently: whatever their order, the same one counts.
  rank: (account) => (account.provisional ? `0 ${canonicalJson(account)}` : '1'),
  overview: ({ closed, provisional }) =>
    closed ? { apart: 'closed' } : provisional ? { apart: 'provisional' } : {},
  ...named<BankAccount>(
    { one: 'bank account', several: 'bank accounts' },
    ({ name, institution = '', number = '' }) => ({
      name,
      organization: [institution, lastFour(number)].filter(Boolean).join(' '),
    }),
  ),
};
