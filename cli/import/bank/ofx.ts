import { isCurrency } from '../../../shared/ledger/currencies.ts';
import type { Day } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';
import { quote } from '../../../shared/text.ts';
import { type OfxToken, TokenScanner } from './ofx-tokens.ts';
import {
  type AccountType,
  accountNumber,
  type BalanceType,
  calendarDay,
  exactAmount,
  oneLine,
  optional,
  type Pieces,
  type Place,
  partsAt,
  type Statement,
  type StatementAccount,
  type StatementBalance,
  type StatementEntry,
  type StatementPart,
  stated,
  statedReference,
  type Warn,
} from './statement.ts';

/*
 * OFX (and QFX) of both generations: 1 is SGML, in which values have no end tags; 2 is XML. Banks mix them, so one
 * reader takes both, and knows which elements contain others.
 */

/** The elements that contain others, of those that are read, and in what each can be. */
const parents: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    SIGNONMSGSRSV1: ['OFX'],
    SONRS: ['SIGNONMSGSRSV1'],
    FI: ['SONRS'],
    BANKMSGSRSV1: ['OFX'],
    CREDITCARDMSGSRSV1: ['OFX'],
    INVSTMTMSGSRSV1: ['OFX'],
    STMTTRNRS: ['BANKMSGSRSV1'],
    CCSTMTTRNRS: ['CREDITCARDMSGSRSV1'],
    INVSTMTTRNRS: ['INVSTMTMSGSRSV1'],
    STATUS: ['SONRS', 'STMTTRNRS', 'CCSTMTTRNRS', 'INVSTMTTRNRS'],
    STMTRS: ['STMTTRNRS'],
    CCSTMTRS: ['CCSTMTTRNRS'],
    INVSTMTRS: ['INVSTMTTRNRS'],
    BANKACCTFROM: ['STMTRS'],
    CCACCTFROM: ['CCSTMTRS'],
    INVACCTFROM: ['INVSTMTRS'],
    BANKTRANLIST: ['STMTRS', 'CCSTMTRS'],
    BANKTRANLISTP: ['STMTRS', 'CCSTMTRS'],
    INVTRANLIST: ['INVSTMTRS'],
    INVBANKTRAN: ['INVTRANLIST'],
    STMTTRN: ['BANKTRANLIST', 'INVBANKTRAN'],
    STMTTRNP: ['BANKTRANLISTP'],
    PAYEE: ['STMTTRN', 'STMTTRNP'],
    EXTDPAYEE: ['STMTTRN', 'STMTTRNP'],
    BANKACCTTO: ['STMTTRN', 'STMTTRNP'],
    CCACCTTO: ['STMTTRN', 'STMTTRNP'],
    CURRENCY: ['STMTTRN', 'STMTTRNP'],
    ORIGCURRENCY: ['STMTTRN', 'STMTTRNP'],
    LEDGERBAL: ['STMTRS', 'CCSTMTRS'],
    AVAILBAL: ['STMTRS', 'CCSTMTRS'],
    BALLIST: ['STMTRS', 'CCSTMTRS', 'INVBAL'],
    INVBAL: ['INVSTMTRS'],
  }),
);

/** Entries of an investment account that are not bank transactions: they trade, receive or move securities. */
const investmentEntries: ReadonlySet<string> = new Set(
  [
    'BUYDEBT BUYMF BUYOPT BUYOTHER BUYSTOCK CLOSUREOPT INCOME INVEXPENSE JRNLFUND JRNLSEC MARGININTEREST REINVEST',
    'RETOFCAP SELLDEBT SELLMF SELLOPT SELLOTHER SELLSTOCK SPLIT TRANSFER',
  ].flatMap((names) => names.split(' ')),
);

const statementElements: ReadonlySet<string> = new Set(['STMTRS', 'CCSTMTRS', 'INVSTMTRS']);

/** An open element, with the values in it by name; those of elements within it are named "CURRENCY.CURSYM". */
interface OpenElement extends Place {
  name: string;
  values: Map<string, string>;
}

interface OpenStatement extends Place {
  element: string;
  account: Map<string, string>;
  begun: boolean;
  balances: StatementBalance[];
  refused: number;
  /** Entries that are not bank transactions, by the name of their element. */
  leftOut: Map<string, number>;
}

/** Reads the statements of an OFX or QFX file. */
export async function* readOfx(pieces: Pieces): AsyncGenerator<StatementPart> {
  const scanner = new TokenScanner();
  const walk = new Walk();
  for await (const piece of pieces) {
    for (const token of scanner.scan(piece)) {
      for (const part of walk.token(token)) yield part;
    }
  }
  for (const token of scanner.end()) yield* walk.token(token);
  yield* walk.end();
}

/** Far more values than an element has, each of which may be as long as a token. */
const mostValues = 200;

class Walk {
  readonly #open: OpenElement[] = [];
  #statement: OpenStatement | undefined;
  #version: string | undefined;
  #created: string | undefined;
  #institution: string | undefined;
  #found = false;
  #last: Place = { line: 1, column: 1 };
  /** The element whose value comes next. */
  #named: string | undefined;

  *token(token: OfxToken): Generator<StatementPart> {
    this.#last = token;
    if ('header' in token) {
      this.#version ??= /VERSION[:=]\s*"?(\d{3})/.exec(token.header)?.[1];
    } else if ('text' in token) {
      this.#value(token.text);
      if (token.isCut) {
        const { line, column } = token;
        yield {
          line,
          column,
          part: 'warning',
          message: 'The text is too long: the rest of it was left out.',
        };
      }
    } else if ('opens' in token) {
      yield* this.#opened(token, token.opens);
    } else {
      this.#named = undefined;
      if (this.#open.some(({ name }) => name === token.closes)) {
        while (this.#open.length > 0) {
          const { name } = this.#open.at(-1)!;
          yield* this.#closed(true);
          if (name === token.closes) break;
        }
      }
    }
  }

  *end(): Generator<StatementPart> {
    if (this.#open.length > 0) {
      const { line, column } = this.#last;
      const { name } = this.#open.at(-1)!;
      const message = `The file ends within <${name}>: expected </${name}> and the rest of the file.`;
      yield { line, column, part: 'refusal', message };
    }
    while (this.#open.length > 0) yield* this.#closed(false);
    if (!this.#found) {
      const message = 'The file has no statement: expected <STMTRS>, <CCSTMTRS> or <INVSTMTRS>.';
      yield { line: 1, column: 1, part: 'refusal', message };
    }
  }

  #value(text: string): void {
    const name = this.#named;
    this.#named = undefined;
    const value = text.trim();
    if (name === undefined || value === '') return;
    // Some banks write a value where an element belongs: <CURRENCY>USD.
    if (this.#open.at(-1)?.name === name) this.#open.pop();
    let path = name;
    for (const { name, values } of this.#open.toReversed()) {
      if (!values.has(path) && values.size < mostValues) values.set(path, value);
      // What encloses an entry or a balance has values of its own, not theirs.
      if (!embedded.has(name)) return;
      path = `${name}.${path}`;
    }
  }

  *#opened(place: Place, name: string): Generator<StatementPart> {
    this.#named = name;
    if (name !== 'OFX' && !parents.has(name)) {
      if (investmentEntries.has(name) && this.#open.at(-1)?.name === 'INVTRANLIST') this.#leaveOut(name);
      return;
    }
    const allowed = parents.get(name) ?? [];
    const at = this.#open.findLastIndex((open) => allowed.includes(open.name));
    if (name !== 'OFX' && at < 0) return;
    // Elements that cannot contain this one have ended without a tag.
    while (this.#open.length > at + 1) yield* this.#closed(true);
    const { line, column } = place;
    this.#open.push({ line, column, name, values: new Map() });
    if (statementElements.has(name)) {
      this.#found = true;
      this.#statement = {
        line,
        column,
        element: name,
        account: new Map(),
        begun: false,
        balances: [],
        refused: 0,
        leftOut: new Map(),
      };
    }
  }

  #leaveOut(name: string): void {
    const leftOut = this.#statement?.leftOut;
    leftOut?.set(name, (leftOut.get(name) ?? 0) + 1);
  }

  /** Ends the innermost element. */
  *#closed(complete: boolean): Generator<StatementPart> {
    const element = this.#open.pop();
    const statement = this.#statement;
    if (!element) return;
    const { name, values } = element;
    if (name === 'SONRS') this.#created = values.get('DTSERVER');
    else if (name === 'FI') this.#institution = values.get('ORG');
    else if (name === 'STATUS') yield* statusOf(element);
    if (!statement) return;
    if (name === 'BANKACCTFROM' || name === 'CCACCTFROM' || name === 'INVACCTFROM') {
      statement.account = values;
    } else if (name === 'STMTTRN' || name === 'STMTTRNP') {
      yield* this.#begin(statement);
      if (complete) yield* this.#entry(element, statement);
      else statement.refused++;
    } else if (name === 'LEDGERBAL' || name === 'AVAILBAL') {
      if (complete) yield* this.#balance(element, statement);
    } else if (name === 'INVBAL') {
      if (complete) yield* this.#cash(element, statement);
    } else if (statementElements.has(name)) {
      yield* this.#begin(statement, element);
      yield* this.#finish(statement, complete);
    }
  }

  /** Yields the beginning of a statement, when its first entry ends, or it ends itself. */
  *#begin(statement: OpenStatement, element = this.#elementOf(statement)): Generator<StatementPart> {
    if (statement.begun) return;
    statement.begun = true;
    yield* partsAt(statement, (warn) => {
      const written = element?.values.get('CURDEF');
      if (written === undefined || !isCurrency(written)) {
        warn(`<CURDEF> is ${quote(written ?? '')}: expected the currency of the account, such as USD.`);
      }
      const list = statement.element === 'INVSTMTRS' ? 'INVTRANLIST' : 'BANKTRANLIST';
      const day = (name: string): Day | undefined =>
        optional('period', warn, () => writtenDay(element?.values.get(`${list}.${name}`), warn));
      const about: Statement = {
        format: 'OFX',
        ...stated({ version: this.#version }),
        form: 'statement',
        account: accountOf(statement, written, this.#institution),
        ...stated({ created: this.#created, from: day('DTSTART'), to: day('DTEND') }),
      };
      return { part: 'beginning', statement: about };
    });
  }

  #elementOf(statement: OpenStatement): OpenElement | undefined {
    return this.#open.find(({ name }) => name === statement.element);
  }

  *#entry(element: OpenElement, statement: OpenStatement): Generator<StatementPart> {
    const currency = this.#elementOf(statement)?.values.get('CURDEF') ?? '';
    const parts = partsAt(element, (warn) => ({
      part: 'entry',
      entry: entryOf(element.values, currency, element.name === 'STMTTRNP', warn),
    }));
    if (parts.some(({ part }) => part === 'refusal')) statement.refused++;
    yield* parts;
  }

  *#balance({ name, values, line, column }: OpenElement, statement: OpenStatement): Generator<StatementPart> {
    const type = name === 'LEDGERBAL' ? 'closing_booked' : 'available';
    yield* this.#keepBalance({ line, column }, statement, type, values.get('BALAMT'), values.get('DTASOF'));
  }

  /** Of the balances of an investment account, only its cash is the bank's. */
  *#cash({ values, line, column }: OpenElement, statement: OpenStatement): Generator<StatementPart> {
    const date = this.#elementOf(statement)?.values.get('DTASOF');
    yield* this.#keepBalance({ line, column }, statement, 'available', values.get('AVAILCASH'), date);
  }

  *#keepBalance(
    place: Place,
    statement: OpenStatement,
    type: BalanceType,
    amount: string | undefined,
    date: string | undefined,
  ): Generator<StatementPart> {
    const currency = this.#elementOf(statement)?.values.get('CURDEF') ?? '';
    yield* partsAt(place, (warn) => {
      if (amount === undefined) {
        warn('The balance has no amount: it was left out.');
        return undefined;
      }
      const exact = exactAmount(amount, currency, '.,', warn);
      const day = writtenDay(date, warn);
      if (day === undefined) throw new Refusal('The balance has no date: expected <DTASOF>.');
      if (!statement.balances.some((balance) => balance.type === type)) {
        statement.balances.push({ type, amount: exact, currency, date: day });
      }
      return undefined;
    });
  }

  *#finish(statement: OpenStatement, complete: boolean): Generator<StatementPart> {
    this.#statement = undefined;
    const { line, column, balances, refused, leftOut } = statement;
    const count = [...leftOut.values()].reduce((sum, one) => sum + one, 0);
    if (count > 0) {
      const counts = [...leftOut].map(([name, count]) => `${count} ${name}`).join(', ');
      const message = `Entries that are not bank transactions were left out: ${counts}.`;
      yield { line, column, part: 'warning', message };
    }
    yield { line, column, part: 'end', balances, refused, leftOut: count, complete };
  }
}

/** Elements whose values also belong to the element around them. */
const embedded: ReadonlySet<string> = new Set([
  'PAYEE',
  'EXTDPAYEE',
  'BANKACCTTO',
  'CCACCTTO',
  'CURRENCY',
  'ORIGCURRENCY',
  'BANKTRANLIST',
  'INVTRANLIST',
]);

/** A bank that cannot answer says why, and gives no statement. */
function statusOf({ values, line, column }: OpenElement): StatementPart[] {
  if (values.get('SEVERITY')?.toUpperCase() !== 'ERROR') return [];
  const said = [values.get('CODE'), values.get('MESSAGE')].filter((part) => part !== undefined).join(' ');
  const message = `The bank answered with the error ${quote(said)}: expected a statement.`;
  return [{ line, column, part: 'refusal', message }];
}

const accountTypes: ReadonlyMap<string, AccountType> = new Map([
  ['CHECKING', 'checking'],
  ['SAVINGS', 'savings'],
  ['MONEYMRKT', 'savings'],
  ['CD', 'savings'],
  ['CREDITLINE', 'loan'],
]);

function accountOf(
  { element, account }: OpenStatement,
  currency: string | undefined,
  institution: string | undefined,
): StatementAccount {
  const written = account.get('ACCTTYPE')?.toUpperCase();
  const type = written === undefined ? undefined : (accountTypes.get(written) ?? 'other');
  return {
    ...accountNumber(account.get('ACCTID')),
    ...stated({
      bankCode: account.get('BANKID'),
      institution: institution ?? account.get('BROKERID'),
      currency: currency !== undefined && isCurrency(currency) ? currency : undefined,
      type: element === 'CCSTMTRS' ? ('card' as const) : element === 'INVSTMTRS' ? ('other' as const) : type,
    }),
  };
}

const transactionTypes: ReadonlySet<string> = new Set(
  'CREDIT DEBIT INT DIV FEE SRVCHG DEP ATM POS XFER CHECK PAYMENT CASH DIRECTDEP DIRECTDEBIT REPEATPMT HOLD OTHER'.split(
    ' ',
  ),
);

function entryOf(
  values: ReadonlyMap<string, string>,
  accountCurrency: string,
  isPending: boolean,
  warn: Warn,
): StatementEntry {
  const written = values.get('TRNAMT');
  if (written === undefined) throw new Refusal('The transaction has no amount: expected <TRNAMT>.');
  // CURRENCY says in which currency the amount is; ORIGCURRENCY says from which it was converted.
  const currency = values.get('CURRENCY.CURSYM') ?? accountCurrency;
  if (currency === '') {
    throw new Refusal('The currency of the transaction is not known: expected <CURDEF> or <CURSYM>.');
  }
  const amount = exactAmount(written, currency, '.,', warn);
  const bookingDate = isPending ? undefined : writtenDay(values.get('DTPOSTED'), warn);
  if (!isPending && bookingDate === undefined) {
    throw new Refusal('The transaction has no date: expected <DTPOSTED>.');
  }
  const code = values.get('TRNTYPE')?.toUpperCase();
  if (code !== undefined && !transactionTypes.has(code)) {
    warn(`<TRNTYPE> is ${quote(code)}, which OFX does not define.`);
  }
  if ((code === 'DEBIT' && /^[^-]*[1-9]/.test(amount)) || (code === 'CREDIT' && amount.startsWith('-'))) {
    warn(`The amount ${amount} contradicts its type ${code}: the amount counts.`);
  }
  const day = (what: string, name: string): Day | undefined =>
    optional(what, warn, () => writtenDay(values.get(name), warn));
  const fitid = values.get('FITID');
  const checkNumber = values.get('CHECKNUM');
  return {
    status: isPending ? 'pending' : 'booked',
    amount,
    currency,
    ...stated({
      bookingDate,
      valueDate: day('value date', 'DTAVAIL'),
      transactionDate: day('transaction date', isPending ? 'DTTRAN' : 'DTUSER'),
      original: originalOf(values, amount),
      counterparty: stated({
        name: oneLine(values.get('NAME') ?? values.get('PAYEE.NAME') ?? values.get('EXTDPAYEE.NAME')),
        account: oneLine(values.get('BANKACCTTO.ACCTID') ?? values.get('CCACCTTO.ACCTID')),
      }),
      remittance: oneLine(values.get('MEMO')),
      reference: statedReference(values.get('REFNUM')),
      checkNumber: checkNumber !== undefined && /[^0]/.test(checkNumber) ? checkNumber : undefined,
      bankReference: fitid,
      providerId: fitid,
      code,
      corrects: correctionOf(values, warn),
    }),
  };
}

/**
 * The amount in its own currency, where that is not the account's. An amount that was not converted (CURRENCY) is the
 * original itself, and the rate leads to the account's currency. Of one that was converted (ORIGCURRENCY), OFX tells
 * only the currency and the rate, so that the original amount is not known exactly.
 */
function originalOf(values: ReadonlyMap<string, string>, amount: string): StatementEntry['original'] {
  const currency = values.get('CURRENCY.CURSYM');
  if (currency === undefined) return undefined;
  return { amount, currency, ...stated({ rate: values.get('CURRENCY.CURRATE') }) };
}

function correctionOf(values: ReadonlyMap<string, string>, warn: Warn): StatementEntry['corrects'] {
  const providerId = values.get('CORRECTFITID');
  if (providerId === undefined) return undefined;
  const action = values.get('CORRECTACTION')?.toUpperCase();
  if (action === 'REPLACE' || action === 'DELETE') {
    return { providerId, action: action === 'REPLACE' ? 'replace' : 'delete' };
  }
  warn(`<CORRECTACTION> is ${quote(action ?? '')}: expected REPLACE or DELETE. The correction was left out.`);
  return undefined;
}

/** The day that is written, YYYYMMDD. The time after it and its zone do not move it: banks write zones at random. */
function writtenDay(text: string | undefined, warn: Warn): Day | undefined {
  if (text === undefined) return undefined;
  const [, year, month, date] = /^(\d{4})(\d{2})(\d{2})(?:\D|\d{2}|$)/.exec(text) ?? [];
  return calendarDay(year === undefined ? text : `${year}-${month}-${date}`, warn);
}
