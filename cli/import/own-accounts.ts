import { accountKey, type BankAccount } from '../../shared/ledger/kinds/bank-account.ts';

/** An account of the organization that has an id of its own. */
export type OwnAccount = Pick<BankAccount, 'id' | 'currency'>;

/**
 * The organization's own accounts, by their numbers: statements name an account by its number. Accounts in several
 * currencies may have one number.
 */
export class OwnAccounts {
  readonly #byNumber = new Map<string, OwnAccount[]>();

  /** Adds an account, unless a statement is all that tells of it, or it has no number. */
  add({ id, currency, number, provisional }: BankAccount): void {
    if (number === undefined || provisional) return;
    const key = accountKey(number);
    const others = (this.#byNumber.get(key) ?? []).filter((account) => account.id !== id);
    this.#byNumber.set(key, [...others, { id, currency }]);
  }

  /** The account with a number: the one in that currency, or else the first by its id. */
  at(number: string, currency: string | undefined): OwnAccount | undefined {
    const accounts = this.#byNumber.get(accountKey(number)) ?? [];
    return (
      accounts.find((account) => account.currency === currency) ??
      accounts.toSorted((a, b) => (a.id < b.id ? -1 : 1))[0]
    );
  }
}
