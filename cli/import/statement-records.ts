import { hash } from 'node:crypto';
import { canonicalJson } from '../../shared/json.ts';
import { isCurrency } from '../../shared/ledger/currencies.ts';
import type { Day } from '../../shared/ledger/dates.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { parseRecord } from '../../shared/ledger/format.ts';
import { lastFour } from '../../shared/ledger/kinds/bank-account.ts';
import { fileConnection } from '../../shared/ledger/kinds/connection.ts';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import type { Statement as StatementRecord } from '../../shared/ledger/kinds/statement.ts';
import { quote } from '../../shared/text.ts';
import type { Statement, StatementBalance, StatementEntry, Warn } from './bank/statement.ts';
import type { ReadStatement } from './bank/tally.ts';
import { parseDecimal } from './decimal.ts';
import type { OwnAccounts } from './own-accounts.ts';

/*
 * The records that a bank statement becomes.
 */

/** The account of a statement in the books. */
export interface AccountPlace {
  accountId: string;
  currency: string;
  /** Its IBAN or account number, where the statement has one. */
  number?: string;
}

/** The days of a statement. */
export interface Days {
  from: Day;
  to: Day;
}

/** A record of these fields, without those that are undefined. */
const recordOf = (wire: object): LedgerRecord => parseRecord(JSON.parse(JSON.stringify(wire)));

const longestName = 200;
const longestText = 4000;

/** The text as far as the books can keep it. */
function fitted(
  what: string,
  text: string | undefined,
  warn: Warn,
  longest = longestName,
): string | undefined {
  if (text === undefined || text.length <= longest) return text;
  warn(`The ${what} ${quote(text)} has ${text.length} characters: those after ${longest} were left out.`);
  // A character outside the basic plane is two units, which are not to be parted.
  return text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '');
}

/** The account as the statement has it, for books that do not know it. */
export function accountRecord(
  { accountId, currency, number }: AccountPlace,
  { account: { name, owner, institution, bic, type } }: Statement,
  warn: Warn,
): LedgerRecord {
  const bank = fitted("bank's name", institution, warn);
  return recordOf({
    kind: 'bank_account',
    id: accountId,
    name:
      fitted("account's name", name ?? owner, warn) ??
      [bank?.slice(0, longestName - 5) ?? 'Account', number && lastFour(number)].filter(Boolean).join(' '),
    institution: bank,
    type,
    currency,
    number,
    bic,
    provisional: true,
  });
}

/** The number by which the bank counts its statements. */
const countedBy = ({ sequence, legalSequence }: Statement): number | undefined =>
  [sequence, legalSequence].map(wholeNumber).find((number) => number !== undefined);

/** Banks that do not count write zeros. */
const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^(?=0*[1-9])\d{1,6}$/.test(text) ? Number(text) : undefined;

/** That there are data of its account from a moment. */
export const connectionRecord = (
  { accountId }: AccountPlace,
  { account: { institution } }: Statement,
  updated: string,
): LedgerRecord =>
  recordOf({
    kind: 'connection',
    id: fileConnection(accountId),
    name: institution?.slice(0, longestName) ?? 'Statement files',
    updated,
  });

/** The newest balance of each type and currency. The opening balance belongs to the statement alone. */
export function balanceRecords(
  { accountId }: AccountPlace,
  { statement, balances }: ReadStatement,
): LedgerRecord[] {
  const newest = new Map(
    balances
      .filter(({ type }) => type !== 'opening_booked')
      .toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
      .map((balance) => [`${balance.type} ${balance.currency}`, balance]),
  );
  return [...newest.values()].map(({ type, amount, currency, date, includesCreditLimit }) =>
    recordOf({
      kind: 'balance',
      id: `${accountId}/${type}/${currency}`,
      accountId,
      type,
      currency,
      amount,
      date,
      sequence: countedBy(statement),
      includesCreditLimit,
    }),
  );
}

/** The statement itself, by which its entries are checked. Its id depends on all that it says. */
export function statementRecord(
  { accountId, currency }: AccountPlace,
  { statement, balances, tallies }: ReadStatement,
  { from, to }: Days,
  warn: Warn,
): StatementRecord {
  const amountOf = (type: StatementBalance['type']) =>
    balances.find((balance) => balance.type === type && balance.currency === currency)?.amount;
  const tally = tallies.find((each) => each.currency === currency);
  const said = {
    number: fitted("statement's name", statement.id, warn),
    sequence: countedBy(statement),
    page: wholeNumber(statement.page?.number),
    from,
    to,
    opening: amountOf('opening_booked'),
    closing: amountOf('closing_booked'),
    entryCount: tally?.count ?? 0,
    sum: tally?.sum ?? '0',
  };
  const digest = hash('sha256', canonicalJson({ ...said, currency })).slice(0, 10);
  return recordOf({
    kind: 'statement',
    id: `${accountId}/${from}/${to}/${digest}`,
    accountId,
    currency,
    ...said,
  }) as StatementRecord;
}

/** The day of an entry: when it was booked, or else what is next to it. */
export const dayOfEntry = ({ bookingDate, valueDate, transactionDate }: StatementEntry): Day | undefined =>
  bookingDate ?? valueDate ?? transactionDate;

/**
 * What tells an entry from others: its day, its amount and the bank's reference, or else its texts. Equal entries of a
 * day are told apart by their order.
 */
export function identityOf(entry: StatementEntry): string {
  const { amount, currency, counterparty, remittance } = entry;
  const reference = entry.providerId ?? entry.bankReference;
  const said = reference === undefined ? [counterparty?.name, remittance] : [reference];
  return hash('sha256', JSON.stringify([dayOfEntry(entry), amount, currency, ...said])).slice(0, 20);
}

/**
 * An entry as a transaction. What a report during the day or a notification tells is pending until a statement has it:
 * the bank may give it another reference there.
 * @param ordinal which one of equal entries it is; the first is 1
 * @param seen when the bank reported it
 */
export function transactionRecord(
  { accountId, number }: AccountPlace,
  entry: StatementEntry,
  { form, ordinal, seen }: { form: Statement['form']; ordinal: number; seen: string },
  accounts: OwnAccounts,
  warn: Warn,
): LedgerRecord {
  const { amount, currency, counterparty, batchCount } = entry;
  const date = dayOfEntry(entry);
  if (date === undefined) throw new Refusal('The entry has no day: expected a booking or value date.');
  if (entry.corrects) {
    const { action, providerId } = entry.corrects;
    const both = action === 'replace' ? 'both count' : 'it still counts';
    warn(
      `The entry ${quote(entry.providerId ?? '')} asks to ${action} ${quote(providerId)} of an earlier file, which was left as it is: ${both}.`,
    );
  }
  const booked = form === 'statement' && entry.status === 'booked';
  const other = counterparty?.account;
  const own = other === undefined ? undefined : accounts.at(other, currency)?.id;
  const text = [
    entry.remittance,
    entry.reference !== undefined && entry.checkNumber !== undefined && `(check ${entry.checkNumber})`,
    entry.returnReason !== undefined && `(return: ${entry.returnReason})`,
  ]
    .filter(Boolean)
    .join(' ');
  return recordOf({
    kind: 'bank_transaction',
    id: `${accountId}/${identityOf(entry)}${ordinal > 1 ? `-${ordinal}` : ''}${booked ? '' : '/pending'}`,
    accountId,
    status: booked ? 'booked' : 'pending',
    ...(!booked && { seen }),
    date,
    valueDate: entry.valueDate,
    transactionDate: entry.transactionDate,
    currency,
    amount,
    ...originalOf(entry, warn),
    fee: feeOf(entry, warn),
    counterparty: fitted("counterparty's name", counterparty?.name, warn),
    counterpartyAccount: fitted("counterparty's account", other, warn),
    transferAccountId: own !== accountId && other !== number ? own : undefined,
    text: fitted('text', text, warn, longestText) || undefined,
    reference: fitted('reference', entry.reference ?? entry.checkNumber, warn),
    endToEndId: fitted('end-to-end id', entry.endToEndId, warn),
    mandateId: fitted('mandate id', entry.mandateId, warn),
    bankReference: fitted("bank's reference", entry.providerId ?? entry.bankReference, warn),
    code: fitted('code', entry.code, warn),
    method: methodOf(entry.code),
    reversal: entry.reversal,
    batchCount: batchCount !== undefined && batchCount <= mostInBatch ? batchCount : undefined,
  });
}

const mostInBatch = 1_000_000;

/** The amount before the bank converted it, if the books can keep it. */
function originalOf({ original }: StatementEntry, warn: Warn): object {
  if (!original) return {};
  const { amount, currency, rate } = original;
  if (!isCurrency(currency)) {
    warn(
      `The original amount ${quote(`${amount} ${currency}`)} was left out: expected an ISO 4217 currency.`,
    );
    return {};
  }
  const isRate = rate !== undefined && /^\d{1,15}(\.\d{1,12})?$/.test(rate);
  if (rate !== undefined && !isRate) {
    warn(`The rate ${quote(rate)} was left out: expected digits and at most 12 decimals.`);
  }
  return { originalAmount: amount, originalCurrency: currency, ...(isRate && { rate }) };
}

/** The fee in an entry, if it can be a part of it. */
function feeOf({ fee, amount, currency }: StatementEntry, warn: Warn): string | undefined {
  if (!fee) return undefined;
  const [part, whole] = [fee.amount, amount].map((text) => parseDecimal(text.replace('-', '')));
  if (fee.currency === currency && part && whole && part.units <= whole.units) return fee.amount;
  warn(
    `The fee ${fee.amount} ${fee.currency} was left out: expected a part of the amount ${amount} ${currency}.`,
  );
  return undefined;
}

/** How the money moved, by the codes of ISO 20022 (family or subfamily), SWIFT and OFX. */
const methods: readonly (readonly [method: string, code: RegExp])[] = [
  ['direct_debit', /\b(RDDT|IDDT|ESDD|N?DDT|DIRECTDEBIT)\b/],
  ['card', /\b(CCRD|MCRD|POSD|POSC|POS)\b/],
  ['cash', /\b(CNTR|CWDL|ATM|CASH)\b/],
  ['check', /\b(ICHQ|RCHQ|NCHK|CHECK)\b/],
  ['fee', /\b(CHRG|NCHG|SRVCHG|FEE)\b/],
  ['interest', /\b(INTR|NINT|INT)\b/],
  ['standing_order', /\b(STDO|NSTO|REPEATPMT)\b/],
  ['transfer', /\b(RCDT|ICDT|ESCT|NTRF|XFER|DIRECTDEP|PAYMENT)\b/],
];

const methodOf = (code = ''): string | undefined => methods.find(([, pattern]) => pattern.test(code))?.[0];
