import { isPlainObject } from '../../../shared/json.ts';
import { isCurrency } from '../../../shared/ledger/currencies.ts';
import { type Day, isDay } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';
import { describe } from '../../../shared/ledger/strict-shapes.ts';
import { quote } from '../../../shared/text.ts';
import {
  type AccountType,
  exactAmount,
  oneLine,
  type Pieces,
  partsAt,
  type StatementAccount,
  type StatementBalance,
  type StatementEntry,
  type StatementPart,
  stated,
  type Warn,
} from './statement.ts';

/*
 * The accounts of a custom user of Plaid's sandbox: one JSON object with "override_accounts". Positive amounts are money
 * out, and the balance of a card or a loan is what is owed. Of investments, only what is in cash belongs here.
 */

/** Far more than such a file has, which is read whole. */
const mostCharacters = 2_000_000;

/** JSON is one value: what is found in it is named by its path. */
const place = { line: 1, column: 1 };

/** Reads the accounts of a Plaid sandbox file, each as a statement. */
export async function* readPlaid(pieces: Pieces): AsyncGenerator<StatementPart> {
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    if (text.length > mostCharacters) {
      const limit = mostCharacters.toLocaleString('en');
      yield {
        ...place,
        part: 'refusal',
        message: `The file has more than ${limit} characters: it was not read.`,
      };
      return;
    }
  }
  let accounts: readonly unknown[] = [];
  yield* partsAt(place, () => {
    accounts = accountsIn(text);
    return undefined;
  });
  const named = new Map<string, number>();
  for (const [at, account] of accounts.entries()) {
    yield* accountParts(account, `override_accounts[${at}]`, named);
  }
}

/** The accounts in the file, with numbers as the texts that they are written as: as numbers they would not be exact. */
function accountsIn(text: string): readonly unknown[] {
  let document: unknown;
  try {
    const asWritten = (_key: string, value: unknown, { source }: { source?: string } = {}) =>
      typeof value === 'number' ? source : value;
    document = JSON.parse(text, asWritten);
  } catch (error) {
    // Of values in too many others, the engine says that its stack is full.
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    throw new Refusal(`The file is not valid JSON (${error.message}).`);
  }
  const accounts = isPlainObject(document) ? document.override_accounts : document;
  if (!Array.isArray(accounts)) {
    throw new Refusal(`override_accounts is ${describe(accounts)}: expected a list of accounts.`);
  }
  return accounts;
}

/** The parts at a place of the file, whose messages begin with its path. */
const located = (path: string, read: Parameters<typeof partsAt>[1]): StatementPart[] =>
  partsAt(place, read).map((part) =>
    part.part === 'refusal' || part.part === 'warning'
      ? { ...part, message: `${path}: ${part.message}` }
      : part,
  );

type Values = Readonly<Record<string, unknown>>;

const valuesOf = (value: unknown): Values => (isPlainObject(value) ? value : {});
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? oneLine(value) : undefined;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
 * An account as a statement.
 * @param path where the account stands in the file
 * @param named how many accounts before it have the same name and type, and no number
 */
function* accountParts(value: unknown, path: string, named: Map<string, number>): Generator<StatementPart> {
  const account = valuesOf(value);
  const type = accountTypeOf(account);
  if (!type) {
    const message = `${path}.type is ${describe(account.type)}: expected depository, credit, loan or investment.`;
    yield { ...place, part: 'refusal', message };
    return;
  }
  const read = listOf(account.transactions).map((transaction, at) =>
    located(`${path}.transactions[${at}]`, (warn) => ({
      part: 'entry',
      entry: entryOf(valuesOf(transaction), warn),
    })),
  );
  const entries = read.flat().flatMap((part) => (part.part === 'entry' ? [part.entry] : []));
  const days = entries.flatMap(({ bookingDate }) => bookingDate ?? []).sort();
  const currency = entries[0]?.currency;
  yield* located(path, (warn) => ({
    part: 'beginning',
    statement: {
      format: 'Plaid',
      form: 'statement',
      account: accountOf(account, type, currency, named, warn),
      ...stated({ from: days[0], to: days.at(-1) }),
    },
  }));
  yield* read.flat();
  const balances: StatementBalance[] = [];
  yield* located(path, (warn) => {
    balances.push(...balancesOf(account, type, { currency, day: days.at(-1) }, warn));
    return undefined;
  });
  const investments = [
    [listOf(account.holdings).length, 'holdings'],
    [listOf(account.investment_transactions).length, 'investment_transactions'],
  ] as const;
  const leftOut = investments.reduce((sum, [count]) => sum + count, 0);
  if (leftOut > 0) {
    const counts = investments.flatMap(([count, name]) => (count > 0 ? [`${count} ${name}`] : [])).join(', ');
    const message = `${path}: What belongs to investments was left out: ${counts}.`;
    yield { ...place, part: 'warning', message };
  }
  const refused = read.flat().filter(({ part }) => part === 'refusal').length;
  yield { ...place, part: 'end', balances, refused, leftOut, complete: true };
}

const accountTypes: ReadonlyMap<string, AccountType> = new Map([
  ['checking', 'checking'],
  ['savings', 'savings'],
  ['money market', 'savings'],
  ['cd', 'savings'],
]);

/** The type of an account; undefined when Plaid has no such type. */
function accountTypeOf({ type, subtype }: Values): AccountType | undefined {
  if (type === 'depository') return accountTypes.get(textOf(subtype) ?? '') ?? 'other';
  if (type === 'credit') return 'card';
  return type === 'loan' ? 'loan' : type === 'investment' ? 'other' : undefined;
}

/** An account without a number is known by its type and name, and by its order among those that have the same. */
function accountOf(
  account: Values,
  type: AccountType,
  currency: string | undefined,
  named: Map<string, number>,
  warn: Warn,
): StatementAccount {
  const [meta, numbers] = [valuesOf(account.meta), valuesOf(account.numbers)];
  const [short, official, subtype] = [meta.name, meta.official_name, account.subtype].map(textOf);
  const number = textOf(numbers.account);
  let reference: string | undefined;
  if (number === undefined) {
    const name = ['Plaid', account.type, subtype, official, short].filter(Boolean).join(' ');
    const count = (named.get(name) ?? 0) + 1;
    named.set(name, count);
    reference = count > 1 ? `${name} ${count}` : name;
    warn(`The account has no number: it is known by its type and name, ${quote(reference)}.`);
  }
  return {
    ...stated({
      number,
      reference,
      bankCode: textOf(numbers.ach_routing),
      currency,
      name: official ?? short ?? subtype,
    }),
    type,
  };
}

/** Both balances are of the last day that the file knows of its account; without one, they are not known to be of any. */
function balancesOf(
  { starting_balance: current, force_available_balance: available }: Values,
  type: AccountType,
  { currency, day: date }: { currency: string | undefined; day: Day | undefined },
  warn: Warn,
): StatementBalance[] {
  const written = [current, available].filter((amount) => amount !== undefined);
  if (written.length === 0) return [];
  if (currency === undefined || date === undefined) {
    warn(`Its balances (${written.join(', ')}) were left out: no transaction tells their currency and day.`);
    return [];
  }
  const isOwed = type === 'card' || type === 'loan';
  const balance = (type: StatementBalance['type'], amount: unknown, turned: boolean): StatementBalance[] =>
    amount === undefined ? [] : [{ type, amount: amountOf(amount, currency, turned, warn), currency, date }];
  return [...balance('interim_booked', current, isOwed), ...balance('available', available, false)];
}

/** An exact amount, turned where the file counts in the other direction. */
function amountOf(written: unknown, currency: string, turned: boolean, warn: Warn): string {
  if (typeof written !== 'string') {
    throw new Refusal(`The amount is ${describe(written)}: expected a number.`);
  }
  const amount = exactAmount(written, currency, '.', warn);
  if (!turned) return amount;
  return amount.startsWith('-') ? amount.slice(1) : /[1-9]/.test(amount) ? `-${amount}` : amount;
}

function entryOf(transaction: Values, warn: Warn): StatementEntry {
  const { currency = 'USD', amount, description } = transaction;
  if (typeof currency !== 'string' || !isCurrency(currency)) {
    throw new Refusal(`currency is ${describe(currency)}: expected an ISO 4217 code such as USD.`);
  }
  const [posted, transacted] = [transaction.date_posted, transaction.date_transacted].map(textOf);
  for (const [field, day] of Object.entries({ date_posted: posted, date_transacted: transacted })) {
    if (day === undefined || !isDay(day)) {
      throw new Refusal(`${field} is ${describe(transaction[field])}: expected a day such as 2026-11-21.`);
    }
  }
  return {
    status: 'booked',
    amount: amountOf(amount, currency, true, warn),
    currency,
    ...stated({
      bookingDate: posted,
      transactionDate: transacted,
      remittance: textOf(description),
    }),
  };
}
