import type { Day } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';
import { quote } from '../../../shared/text.ts';
import { add, parseDecimal, writeDecimal } from '../decimal.ts';
import {
  type AccountType,
  type Amount,
  accountNumber,
  type BalanceType,
  type Counterparty,
  calendarDay,
  exactAmount,
  type Money,
  oneLine,
  optional,
  type Pieces,
  type Place,
  partsAt,
  type Statement,
  type StatementAccount,
  type StatementBalance,
  type StatementEntry,
  type StatementForm,
  type StatementFormat,
  type StatementPart,
  stated,
  statedReference,
  type Warn,
  withSign,
} from './statement.ts';
import { childrenOf, elementAt, readXml, textAt, type XmlElement, type XmlPart } from './xml.ts';

/*
 * ISO 20022 bank-to-customer messages: camt.052 (report), camt.053 (statement) and camt.054 (notification), of all
 * versions. Elements are found by their local names, because namespaces differ between versions, and some files have
 * none.
 */

interface Message {
  format: StatementFormat;
  form: StatementForm;
}

const messages: ReadonlyMap<string, Message> = new Map([
  ['BkToCstmrAcctRpt', { format: 'camt.052', form: 'interim' }],
  ['BkToCstmrStmt', { format: 'camt.053', form: 'statement' }],
  ['BkToCstmrDbtCdtNtfctn', { format: 'camt.054', form: 'notification' }],
]);

/** The element of one statement in each of the messages. */
const statementElements: ReadonlySet<string> = new Set(['Rpt', 'Stmt', 'Ntfctn']);

/** What stands in a statement before its balances. */
const headElements: ReadonlySet<string> = new Set([
  'Id',
  'StmtPgntn',
  'RptPgntn',
  'NtfctnPgntn',
  'ElctrncSeqNb',
  'LglSeqNb',
  'CreDtTm',
  'FrToDt',
  'Acct',
]);

/** A statement in the course of being read. */
interface OpenStatement extends Place {
  /** The first of each head element. */
  head: Map<string, XmlElement>;
  balances: StatementBalance[];
  /** The previous closing balance, and where it stands. */
  previous?: Place & { balance: StatementBalance };
  begun: boolean;
  refused: number;
  leftOut: number;
}

/** Far more than the days for which a statement could name balances in advance. */
const mostBalances = 1_000;

/** Reads the statements of a camt file. */
export async function* readCamt(pieces: Pieces): AsyncGenerator<StatementPart> {
  const walk = new Walk();
  const style = { containers: new Set([...statementElements, 'GrpHdr']), countedOnly: 'TxDtls' };
  for await (const found of readXml(pieces, style)) {
    for (const part of walk.part(found)) yield part;
  }
  yield* walk.end();
}

class Walk {
  #message: Message | undefined;
  #version: string | undefined;
  /** The page of the message, in versions whose statements have none. */
  #page: XmlElement | undefined;
  #open: OpenStatement | undefined;
  /** Whether there was a statement, or the reason why there was none. */
  #found = false;

  *part(part: XmlPart): Generator<StatementPart> {
    const { line, column } = part;
    if ('opens' in part) {
      this.#opened(part);
    } else if ('closes' in part) {
      if (this.#open && statementElements.has(part.closes)) yield* this.#finish(this.#open, true);
    } else if ('broken' in part) {
      const statement = this.#open;
      this.#found = true;
      if (statement) yield* this.#begin(statement);
      yield { line, column, part: 'refusal', message: part.broken };
      if (statement) yield* this.#finish(statement, false);
    } else if ('oversized' in part) {
      if (this.#open && part.oversized === 'Ntry') {
        yield* this.#begin(this.#open);
        this.#open.refused++;
      }
      const message = `<${part.oversized}> is too large to be read: expected an ordinary element of a statement.`;
      yield { line, column, part: 'refusal', message };
    } else if (this.#open) {
      yield* this.#element(part.element, part.countedOnly, this.#open);
    } else if (part.within === 'GrpHdr' && part.element.name === 'MsgPgntn') {
      this.#page = part.element;
    }
  }

  *end(): Generator<StatementPart> {
    if (this.#found) return;
    const message = 'The file has no statement: expected <Stmt>, <Rpt> or <Ntfctn> of a camt message.';
    yield { line: 1, column: 1, part: 'refusal', message };
  }

  #opened({ opens, attributes, line, column }: Extract<XmlPart, { opens: string }>): void {
    const message = messages.get(opens);
    if (message) {
      this.#message = message;
      this.#page = undefined;
    }
    this.#version = versionIn(attributes) ?? this.#version;
    if (this.#message && statementElements.has(opens)) {
      this.#found = true;
      this.#open = { line, column, head: new Map(), balances: [], begun: false, refused: 0, leftOut: 0 };
    }
  }

  *#element(element: XmlElement, countedOnly: number, statement: OpenStatement): Generator<StatementPart> {
    const { name, line, column } = element;
    if (name === 'Ntry') {
      yield* this.#begin(statement);
      const parts = partsAt(element, (warn) => {
        const entry = entryOf(element, countedOnly, warn);
        if (!entry) statement.leftOut++;
        return entry && { part: 'entry', entry };
      });
      if (parts.some(({ part }) => part === 'refusal')) statement.refused++;
      yield* parts;
    } else if (name === 'Bal') {
      yield* this.#begin(statement);
      yield* partsAt(element, (warn) => {
        const balance = balanceOf(element, warn);
        if (balance && balanceCode(element) === 'PRCD') statement.previous ??= { line, column, balance };
        else if (balance && statement.balances.length < mostBalances) statement.balances.push(balance);
        else if (balance) warn('The balance was left out: the statement has too many.');
        return undefined;
      });
    } else if (!statement.begun && headElements.has(name) && !statement.head.has(name)) {
      statement.head.set(name, element);
    }
  }

  *#begin(statement: OpenStatement): Generator<StatementPart> {
    if (statement.begun || !this.#message) return;
    statement.begun = true;
    const { format, form } = this.#message;
    yield* partsAt(statement, (warn) => ({
      part: 'beginning',
      statement: {
        format,
        ...stated({ version: this.#version }),
        form,
        ...headOf(statement.head, this.#page, warn),
      },
    }));
  }

  *#finish(statement: OpenStatement, complete: boolean): Generator<StatementPart> {
    yield* this.#begin(statement);
    this.#open = undefined;
    const { line, column, balances, previous, refused, leftOut } = statement;
    if (previous) {
      yield* partsAt(previous, (warn) => {
        addPrevious(previous.balance, balances, warn);
        return undefined;
      });
    }
    yield { line, column, part: 'end', balances, refused, leftOut, complete };
  }
}

/** The version of the message in the name of its namespace: "001.08". */
function versionIn(attributes: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(attributes)) {
    const version = name.startsWith('xmlns') ? /:camt\.05[234]\.(\d{3}\.\d{2})$/.exec(value)?.[1] : undefined;
    if (version) return version;
  }
  return undefined;
}

type Head = Omit<Statement, 'format' | 'form' | 'version'>;

function headOf(
  head: ReadonlyMap<string, XmlElement>,
  messagePage: XmlElement | undefined,
  warn: Warn,
): Head {
  const period = head.get('FrToDt');
  const pagination = head.get('StmtPgntn') ?? head.get('RptPgntn') ?? head.get('NtfctnPgntn') ?? messagePage;
  const last = textAt(pagination, 'LastPgInd');
  const number = textAt(pagination, 'PgNb');
  const day = (name: string): Day | undefined =>
    optional('period', warn, () => writtenDay(textAt(period, `${name}Tm`) ?? textAt(period, name), warn));
  return {
    account: accountOf(head.get('Acct'), warn),
    ...stated({
      id: head.get('Id')?.text.trim() || undefined,
      sequence: head.get('ElctrncSeqNb')?.text.trim() || undefined,
      legalSequence: head.get('LglSeqNb')?.text.trim() || undefined,
      page:
        number === undefined
          ? undefined
          : { number, ...stated({ last: last === undefined ? undefined : last === 'true' }) },
      created: head.get('CreDtTm')?.text.trim() || undefined,
      from: day('FrDt'),
      to: day('ToDt'),
    }),
  };
}

/** ISO 20022 external cash account types. */
const accountTypes: ReadonlyMap<string, AccountType> = new Map([
  ['CACC', 'checking'],
  ['TRAN', 'checking'],
  ['SVGS', 'savings'],
  ['ONDP', 'savings'],
  ['LOAN', 'loan'],
  ['CASH', 'cash'],
  ['CARD', 'card'],
]);

function accountOf(account: XmlElement | undefined, warn: Warn): StatementAccount {
  if (!account) warn('The statement names no account: expected <Acct>.');
  const type = textAt(account, 'Tp/Cd');
  const servicer = elementAt(account, 'Svcr/FinInstnId');
  return {
    ...accountNumber(textAt(account, 'Id/IBAN') ?? textAt(account, 'Id/Othr/Id')),
    ...stated({
      bic: bicOf(servicer),
      bankCode: textAt(servicer, 'ClrSysMmbId/MmbId'),
      institution: oneLine(textAt(servicer, 'Nm')),
      currency: textAt(account, 'Ccy'),
      type: type === undefined ? undefined : (accountTypes.get(type) ?? 'other'),
      name: oneLine(textAt(account, 'Nm')),
      owner: nameOf(elementAt(account, 'Ownr')),
    }),
  };
}

/** ISO 20022 balance types. PRCD is the previous closing balance. */
const balanceTypes: ReadonlyMap<string, BalanceType> = new Map([
  ['OPBD', 'opening_booked'],
  ['PRCD', 'opening_booked'],
  ['CLBD', 'closing_booked'],
  ['ITBD', 'interim_booked'],
  ['CLAV', 'available'],
  ['ITAV', 'available'],
  ['XPCD', 'expected'],
  ['FWAV', 'forward_available'],
]);

const balanceCode = (balance: XmlElement): string | undefined =>
  textAt(balance, 'Tp/CdOrPrtry/Cd') ?? textAt(balance, 'Tp/CdOrPrtry/Prtry');

/** The previous closing balance is the opening balance. Where there is one, it should say the same once more. */
function addPrevious(previous: StatementBalance, balances: StatementBalance[], warn: Warn): void {
  const opening = balances.find(({ type }) => type === 'opening_booked');
  if (!opening) {
    balances.unshift(previous);
  } else if (opening.amount !== previous.amount || opening.currency !== previous.currency) {
    const [one, other] = [previous, opening].map(({ amount, currency }) => `${amount} ${currency}`);
    warn(`The previous closing balance ${one} was left out: the opening balance is ${other}.`);
  }
}

function balanceOf(balance: XmlElement, warn: Warn): StatementBalance | undefined {
  const code = balanceCode(balance);
  const type = balanceTypes.get(code ?? '');
  if (!type) {
    warn(
      `The balance of type ${quote(code ?? '')} was left out: expected ${[...balanceTypes.keys()].join(', ')}.`,
    );
    return undefined;
  }
  const date = writtenDay(textAt(balance, 'Dt/Dt') ?? textAt(balance, 'Dt/DtTm'), warn);
  if (date === undefined) throw new Refusal(`The balance ${code} has no date: expected <Dt>.`);
  const limit = elementAt(balance, 'CdtLine');
  return {
    type,
    ...signedMoney(balance, warn),
    date,
    ...stated({ includesCreditLimit: limit && textAt(limit, 'Incl') === 'true' }),
  };
}

/** The amount of a balance or an entry, with the sign that its indicator says. */
function signedMoney(element: XmlElement, warn: Warn): Money {
  const isDebit = isDebitIn(element);
  const { amount, currency } = moneyOf(elementAt(element, 'Amt'), warn);
  return { amount: withSign(amount, isDebit), currency };
}

function isDebitIn(element: XmlElement): boolean {
  const indicator = textAt(element, 'CdtDbtInd');
  if (indicator !== 'CRDT' && indicator !== 'DBIT') {
    throw new Refusal(`<CdtDbtInd> is ${quote(indicator ?? '')}: expected CRDT or DBIT.`);
  }
  return indicator === 'DBIT';
}

/** An amount as it is written: without a sign, because an indicator beside it says the direction. */
function moneyOf(element: XmlElement | undefined, warn: Warn): Money {
  const written = element?.text.trim();
  const currency = element?.attributes.Ccy?.trim();
  if (!written || !currency) throw new Refusal('There is no amount: expected <Amt Ccy="…"> with digits.');
  if (written.startsWith('-')) {
    throw new Refusal(`${quote(written)} has a sign: expected an amount without one, and <CdtDbtInd>.`);
  }
  return { amount: exactAmount(written, currency, '.', warn), currency };
}

/** The day of a date or of a date with a time; undefined when there is none. The time and its zone do not move the day. */
function writtenDay(text: string | undefined, warn: Warn): Day | undefined {
  if (text === undefined) return undefined;
  const day = /^(\d{4}-\d{2}-\d{2})(?:T[\d:.]*)?(?:Z|[+-]\d{2}:\d{2})?$/.exec(text)?.[1];
  return calendarDay(day ?? text, warn);
}

/** An entry; undefined when it only informs and is not part of the books. */
function entryOf(entry: XmlElement, countedOnly: number, warn: Warn): StatementEntry | undefined {
  const status = statusOf(entry, warn);
  if (!status) return undefined;
  const { amount, currency } = signedMoney(entry, warn);
  const isDebit = isDebitIn(entry);
  const details = childrenOf(entry, 'NtryDtls');
  const payments = details.flatMap((element) => childrenOf(element, 'TxDtls'));
  const batchCount = batchCountOf(details, payments.length + countedOnly);
  // What the first of many payments says is not true of the entry.
  const payment = batchCount === undefined ? payments[0] : undefined;
  const isReversal = textAt(entry, 'RvslInd') === 'true' || textAt(entry, 'RvslInd') === '1';
  const day = (what: string, element: XmlElement | undefined): Day | undefined =>
    optional(what, warn, () => writtenDay(textAt(element, 'Dt') ?? textAt(element, 'DtTm'), warn));
  const bookingDate = writtenDay(textAt(entry, 'BookgDt/Dt') ?? textAt(entry, 'BookgDt/DtTm'), warn);
  const valueDate = day('value date', elementAt(entry, 'ValDt'));
  if (status === 'booked' && !bookingDate && !valueDate) {
    throw new Refusal('The entry has no date: expected <BookgDt> or <ValDt>.');
  }
  return {
    status,
    amount,
    currency,
    ...stated({
      bookingDate,
      valueDate,
      transactionDate: optional('transaction date', warn, () =>
        writtenDay(textAt(payment, 'RltdDts/TxDtTm') ?? textAt(payment, 'RltdDts/AccptncDtTm'), warn),
      ),
      original: optional('original amount', warn, () =>
        originalOf([payment, entry], currency, isDebit, warn),
      ),
      fee: optional('fee', warn, () => feeOf(elementAt(entry, 'Chrgs') ? entry : payment, warn)),
      counterparty: counterpartyOf(payment, isDebit, isReversal),
      ...textsOf(entry, payment),
      endToEndId: statedReference(textAt(payment, 'Refs/EndToEndId')),
      mandateId: statedReference(textAt(payment, 'Refs/MndtId')),
      checkNumber: statedReference(textAt(payment, 'Refs/ChqNb')),
      bankReference: statedReference(textAt(entry, 'AcctSvcrRef') ?? textAt(payment, 'Refs/AcctSvcrRef')),
      code: codeOf(elementAt(entry, 'BkTxCd')) ?? codeOf(elementAt(payment, 'BkTxCd')),
      reversal: isReversal || undefined,
      returnReason: oneLine(
        textAt(payment, 'RtrInf/Rsn/Cd') ??
          textAt(payment, 'RtrInf/Rsn/Prtry') ??
          textAt(payment, 'RtrInf/AddtlInf'),
      ),
      batchCount,
    }),
  };
}

/** Text in versions 02 and 03, a code in an element of its own since 04. */
function statusOf(entry: XmlElement, warn: Warn): StatementEntry['status'] | undefined {
  const status = textAt(entry, 'Sts/Cd') ?? textAt(entry, 'Sts') ?? '';
  if (status === 'BOOK') return 'booked';
  if (status === 'PDNG' || status === 'FUTR') return 'pending';
  if (status === 'INFO') {
    warn('The entry was left out: its status INFO says that it does not change the balance.');
    return undefined;
  }
  throw new Refusal(`The entry has the status ${quote(status)}: expected BOOK, PDNG, FUTR or INFO.`);
}

/** How many payments a collective entry has; undefined for one with at most one. */
function batchCountOf(details: readonly XmlElement[], listed: number): number | undefined {
  const declared = details
    .map((element) => textAt(element, 'Btch/NbOfTxs'))
    .filter((count) => count !== undefined && /^\d{1,15}$/.test(count))
    .reduce((sum, count) => sum + Number(count), 0);
  const count = Math.max(declared, listed);
  return count > 1 ? count : undefined;
}

/** What was paid in another currency than the account's. */
function originalOf(
  elements: readonly (XmlElement | undefined)[],
  currency: string,
  isDebit: boolean,
  warn: Warn,
): StatementEntry['original'] {
  for (const element of elements) {
    for (const name of ['InstdAmt', 'TxAmt'] as const) {
      const detail = elementAt(element, `AmtDtls/${name}`);
      const written = elementAt(detail, 'Amt');
      if (!written || written.attributes.Ccy === currency) continue;
      const money = moneyOf(written, warn);
      const rate = textAt(detail, 'CcyXchg/XchgRate') ?? textAt(element, 'AmtDtls/TxAmt/CcyXchg/XchgRate');
      return { amount: withSign(money.amount, isDebit), currency: money.currency, ...stated({ rate }) };
    }
  }
  return undefined;
}

/** Charges in an entry. Version 02 repeats `Chrgs`; since 04 it has a total and records. */
function feeOf(element: XmlElement | undefined, warn: Warn): Money | undefined {
  const charges = childrenOf(element, 'Chrgs');
  const total = elementAt(element, 'Chrgs/TtlChrgsAndTaxAmt');
  if (total) {
    const { amount, currency } = moneyOf(total, warn);
    return { amount: withSign(amount, true), currency };
  }
  const records = charges.flatMap((charge) =>
    elementAt(charge, 'Amt') ? [charge] : childrenOf(charge, 'Rcrd'),
  );
  const fees = records.map((record) => {
    const { amount, currency } = moneyOf(elementAt(record, 'Amt'), warn);
    return { amount: withSign(amount, textAt(record, 'CdtDbtInd') !== 'CRDT'), currency };
  });
  const [first] = fees;
  if (!first) return undefined;
  if (fees.some(({ currency }) => currency !== first.currency)) {
    throw new Refusal(
      'there are charges in several currencies, which cannot be added: expected one currency.',
    );
  }
  return { amount: sumOf(fees.map(({ amount }) => amount)), currency: first.currency };
}

function sumOf(amounts: readonly Amount[]): Amount {
  return writeDecimal(amounts.map(parseDecimal).reduce(add));
}

/**
 * Who paid when money came in, and who received when money went out. In a reversal, the parties keep the roles that
 * they had in the payment that it takes back.
 */
function counterpartyOf(
  payment: XmlElement | undefined,
  isDebit: boolean,
  isReversal: boolean,
): Counterparty | undefined {
  const role = isDebit !== isReversal ? 'Cdtr' : 'Dbtr';
  const parties = elementAt(payment, 'RltdPties');
  const party = elementAt(parties, role);
  const name = nameOf(party);
  const ultimate = nameOf(elementAt(parties, `Ultmt${role}`));
  return stated({
    name: ultimate ?? name,
    agent: ultimate === name || ultimate === undefined ? undefined : name,
    account: oneLine(textAt(parties, `${role}Acct/Id/IBAN`) ?? textAt(parties, `${role}Acct/Id/Othr/Id`)),
    bic: bicOf(elementAt(payment, `RltdAgts/${role}Agt/FinInstnId`)),
  });
}

/** The name of a party; since version 08, it is within `Pty`, or the party is a bank. */
const nameOf = (party: XmlElement | undefined): string | undefined =>
  oneLine(textAt(party, 'Nm') ?? textAt(party, 'Pty/Nm') ?? textAt(party, 'Agt/FinInstnId/Nm'));

const bicOf = (institution: XmlElement | undefined): string | undefined =>
  textAt(institution, 'BICFI') ?? textAt(institution, 'BIC');

/**
 * The texts of an entry. Several structured references, each of another invoice, are no reference of the entry: they
 * become part of its text.
 */
function textsOf(
  entry: XmlElement,
  payment: XmlElement | undefined,
): Pick<{ [Key in keyof StatementEntry]: StatementEntry[Key] | undefined }, 'remittance' | 'reference'> {
  const information = elementAt(payment, 'RmtInf');
  const structured = childrenOf(information, 'Strd');
  const references = [...new Set(structured.map((part) => oneLine(textAt(part, 'CdtrRefInf/Ref'))))].filter(
    (reference) => reference !== undefined,
  );
  const texts = [
    ...childrenOf(information, 'Ustrd').map(({ text }) => text),
    ...(references.length > 1 ? references : []),
  ];
  const additional = structured.flatMap((part) => childrenOf(part, 'AddtlRmtInf')).map(({ text }) => text);
  return {
    remittance:
      oneLine(texts.join(' ')) ??
      oneLine(additional.join(' ')) ??
      oneLine(textAt(payment, 'AddtlTxInf')) ??
      oneLine(textAt(entry, 'AddtlNtryInf')),
    reference: references.length === 1 ? references[0] : undefined,
  };
}

/** The bank transaction code: domain, family and subfamily, or else the bank's own. */
function codeOf(code: XmlElement | undefined): string | undefined {
  const parts = [textAt(code, 'Domn/Cd'), textAt(code, 'Domn/Fmly/Cd'), textAt(code, 'Domn/Fmly/SubFmlyCd')];
  const domain = parts.filter((part) => part !== undefined);
  return domain.length > 0 ? domain.join('/') : textAt(code, 'Prtry/Cd');
}
