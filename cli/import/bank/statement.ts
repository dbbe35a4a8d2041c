import { decimalsOf } from '../../../shared/ledger/currencies.ts';
import { type Day, endOfMonth, isDay } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';
import { quote } from '../../../shared/text.ts';

/*
 * Bank statements as plain values, whatever format their file has. Every reader (`readCamt`, `readMt940`, `readOfx`, `readPlaid`)
 * yields for each statement its beginning, its entries one by one, and its end, with refusals and warnings in between.
 * Nothing is computed or repaired: a figure is the bank's, or it is not there.
 */

export type StatementFormat = 'camt.052' | 'camt.053' | 'camt.054' | 'MT940' | 'MT942' | 'OFX' | 'Plaid';

/** What a statement is to the books: the bank's final word, a report during the day, or a notification of single entries. */
export type StatementForm = 'statement' | 'interim' | 'notification';

/** A plain decimal with all decimals of its currency: "-1234.50". Money in is positive, money out and what is owed negative. */
export type Amount = string;

export interface Money {
  amount: Amount;
  currency: string;
}

export type AccountType = 'checking' | 'savings' | 'card' | 'loan' | 'cash' | 'other';

export interface StatementAccount {
  iban?: string;
  /** The account number, where it is not an IBAN. */
  number?: string;
  /** What tells the account from others of its file, where it has no number. */
  reference?: string;
  bic?: string;
  /** The national code of the bank, such as a routing number or a Bankleitzahl. */
  bankCode?: string;
  /** The name of the bank. */
  institution?: string;
  currency?: string;
  type?: AccountType;
  name?: string;
  owner?: string;
}

export interface Statement {
  format: StatementFormat;
  /** The version of the format: "001.08" of camt.053, "211" of OFX. */
  version?: string;
  form: StatementForm;
  account: StatementAccount;
  /** The bank's name for the statement; some banks give every statement the same. */
  id?: string;
  /** The number of the electronic statement. */
  sequence?: string;
  /** The number of the statement on paper. */
  legalSequence?: string;
  page?: { number: string; last?: boolean };
  /** When the bank wrote it, as it is written. */
  created?: string;
  from?: Day;
  to?: Day;
}

export type BalanceType =
  | 'opening_booked'
  | 'closing_booked'
  | 'interim_booked'
  | 'available'
  | 'expected'
  | 'forward_available';

export interface StatementBalance extends Money {
  type: BalanceType;
  date: Day;
  /** Whether the bank says that the amount contains a credit limit. */
  includesCreditLimit?: boolean;
}

export interface Counterparty {
  /** The ultimate party, where the file names one. */
  name?: string;
  /** Who paid or received on behalf of the ultimate party. */
  agent?: string;
  account?: string;
  bic?: string;
}

export interface StatementEntry extends Money {
  status: 'booked' | 'pending';
  bookingDate?: Day;
  valueDate?: Day;
  /** When a card was used, or a payment was made. */
  transactionDate?: Day;
  /** The amount in the currency of the payment, with the sign of the entry, and the rate as it is written. */
  original?: Money & { rate?: string };
  /** What the entry contains of fees: negative if they were charged. */
  fee?: Money;
  counterparty?: Counterparty;
  /** The text of the payment, on one line. */
  remittance?: string;
  /** The structured reference of the payment, or else the reference that the customer gave it. */
  reference?: string;
  endToEndId?: string;
  mandateId?: string;
  checkNumber?: string;
  /** The bank's reference for the entry. */
  bankReference?: string;
  /** The identifier that the format gives the entry: unique within its account, but some banks reuse it. */
  providerId?: string;
  /** What kind of entry it is: "PMNT/RCDT/ESCT", "NTRF", "NTRF/166", "POS", or the bank's own code. */
  code?: string;
  /** The entry takes an earlier one back. The amount already has its final sign. */
  reversal?: boolean;
  returnReason?: string;
  /** How many payments a collective entry consists of. Their details are not read: the balance knows only the entry. */
  batchCount?: number;
  /** The entry replaces or deletes one of an earlier file. */
  corrects?: { providerId: string; action: 'replace' | 'delete' };
}

/** Where in the file something starts; the first line and the first column are 1. */
export interface Place {
  line: number;
  column: number;
}

export interface StatementBeginning {
  part: 'beginning';
  statement: Statement;
}

export interface EntryPart {
  part: 'entry';
  entry: StatementEntry;
}

export interface StatementEnd {
  part: 'end';
  /** Balances stand before the entries in some formats and after them in others. */
  balances: StatementBalance[];
  /** How many entries could not be read. */
  refused: number;
  /** How many entries are not part of the books, such as trades of securities. */
  leftOut: number;
  /** False when the file breaks off within the statement. */
  complete: boolean;
}

/** What cannot be read. Reading goes on after it wherever that is possible. */
export interface RefusedPart {
  part: 'refusal';
  message: string;
}

/** What was read, but not as it is written, or what was left out. */
export interface WarningPart {
  part: 'warning';
  message: string;
}

export type StatementPart = Place &
  (StatementBeginning | EntryPart | StatementEnd | RefusedPart | WarningPart);

/** The text of a file, in pieces that may end anywhere, every line ended by "\n". */
export type Pieces = AsyncIterable<string>;

/** Reports what was read, but not as it is written. */
export type Warn = (message: string) => void;

/** The parts at a place: first the warnings, then what is read there, or why it is refused. */
export function partsAt<Content extends StatementBeginning | EntryPart | StatementEnd>(
  place: Place,
  read: (warn: Warn) => Content | undefined,
): StatementPart[] {
  const { line, column } = place;
  const parts: StatementPart[] = [];
  try {
    const content = read((message) => parts.push({ line, column, part: 'warning', message }));
    if (content) parts.push({ line, column, ...content });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    parts.push({ line, column, part: 'refusal', message: error.message });
  }
  return parts;
}

/** The limit of the books for digits before the decimals. */
const mostDigits = 15;

/**
 * Reads an amount. Separators of thousands are accepted, with a warning, where they cannot be decimals: in "1,234.50"
 * and "1.234.567", but not in "1,234".
 * @param marks the characters that the format allows before the decimals.
 * @throws {Refusal} when it is not an amount, or has more decimals than the currency; zeros at the end do not count.
 */
export function exactAmount(written: string, currency: string, marks: '.' | ',' | '.,', warn: Warn): Amount {
  const decimals = decimalsOf(currency);
  const text = written.trim();
  const { sign, whole, fraction } = plainParts(text, marks) ?? groupedParts(text, marks, warn) ?? {};
  if (whole === undefined || fraction === undefined) {
    throw new Refusal(
      `${quote(text)} is not an amount: expected digits and decimals, such as "1234${marks[0]}50".`,
    );
  }
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > decimals) {
    throw new Refusal(`${quote(text)} has more decimals than ${currency} has (${decimals}).`);
  }
  const digits = whole.replace(/^0+(?=\d)/, '') || '0';
  if (digits.length > mostDigits) {
    throw new Refusal(
      `${quote(text)} is too large: expected at most ${mostDigits} digits before the decimals.`,
    );
  }
  const amount = decimals === 0 ? digits : `${digits}.${significant.padEnd(decimals, '0')}`;
  return withSign(amount, sign === '-');
}

interface AmountParts {
  sign: string;
  whole: string;
  fraction: string;
}

function plainParts(text: string, marks: string): AmountParts | undefined {
  const [, sign = '', whole = '', mark, fraction = ''] = /^([+-]?)(\d*)(?:([.,])(\d*))?$/.exec(text) ?? [];
  const isAmount = (whole !== '' || fraction !== '') && (mark === undefined || marks.includes(mark));
  return isAmount ? { sign, whole, fraction } : undefined;
}

function groupedParts(text: string, marks: string, warn: Warn): AmountParts | undefined {
  const grouped = /^([+-]?)(\d{1,3}([.,' ])\d{3}(?:\3\d{3})*)(?:([.,])(\d*))?$/.exec(text);
  if (!grouped) return undefined;
  const [, sign = '', groups = '', separator = '', mark, fraction = ''] = grouped;
  const parts = groups.split(separator);
  const isClear = mark === undefined ? parts.length > 2 : mark !== separator && marks.includes(mark);
  if (!isClear) return undefined;
  warn(`${quote(text)} has separators of thousands, which the format does not allow: they were left out.`);
  return { sign, whole: parts.join(''), fraction };
}

/** The amount turned negative, or left as it is; zero has no sign. */
export const withSign = (amount: Amount, negative: boolean): Amount =>
  negative && /[1-9]/.test(amount) ? `-${amount}` : amount;

/**
 * Reads a day. Some banks count 30 days to every month: a day such as 30 February is read, with a warning, as the last
 * day of its month.
 * @param text year, month and day of the month: "2026-11-21".
 * @throws {Refusal} when there is no such month, or no month has such a day.
 */
export function calendarDay(text: string, warn: Warn): Day {
  if (isDay(text)) return text;
  const [, month = '', date = ''] = /^(\d{4}-\d{2})-(\d{2})$/.exec(text) ?? [];
  if (!isDay(`${month}-01`) || date < '01' || date > '31') {
    throw new Refusal(`${quote(text)} is not a day: expected year, month and day, such as 2026-11-21.`);
  }
  const last = endOfMonth(`${month}-01`);
  warn(`${text} does not exist: read as ${last}.`);
  return last;
}

/**
 * Reads a part of an entry that the books can do without: what is wrong with it becomes a warning, and it is left out.
 */
export function optional<Result>(
  what: string,
  warn: Warn,
  read: () => Result | undefined,
): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    warn(`The ${what} was left out: ${error.message}`);
    return undefined;
  }
}

/** The text on one line, without blanks around it; undefined when nothing is left. */
export const oneLine = (text: string | undefined): string | undefined =>
  text?.replaceAll(/\s+/g, ' ').trim() || undefined;

/** A reference that says something: banks write "NOTPROVIDED" and "NONREF" where there is none. */
export function statedReference(text: string | undefined): string | undefined {
  const reference = oneLine(text);
  return reference && /^(?:NOT ?PROVIDED|NONREF)$/i.test(reference) ? undefined : reference;
}

const ibanShape = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/;

/** Whether the text looks like an IBAN; its check digits may be wrong, as in anonymized files. */
export const hasIbanShape = (text: string): boolean => ibanShape.test(text);

/** Whether the text is an IBAN with right check digits (ISO 13616: modulo 97 of the rearranged digits is 1). */
export function isIban(text: string): boolean {
  if (!ibanShape.test(text)) return false;
  const digits = `${text.slice(4)}${text.slice(0, 4)}`.replaceAll(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  );
  return BigInt(digits) % 97n === 1n;
}

/** Whether the text looks like a BIC (ISO 9362). */
export const isBic = (text: string): boolean => /^[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/.test(text);

/** The number of an account as an IBAN if it is one: some banks write it where another number belongs. */
export function accountNumber(written: string | undefined): Pick<StatementAccount, 'iban' | 'number'> {
  const number = oneLine(written);
  if (number === undefined) return {};
  const compact = number.replaceAll(' ', '').toUpperCase();
  return isIban(compact) ? { iban: compact } : { number };
}

/** The value without its properties that are undefined; undefined when none is left. */
export function stated<Value extends object>(
  value: {
    [Key in keyof Value]: Value[Key] | undefined;
  },
): Value | undefined {
  const entries = Object.entries(value).filter(([, property]) => property !== undefined);
  return entries.length > 0 ? (Object.fromEntries(entries) as Value) : undefined;
}
