import { isCurrency } from '../../../shared/ledger/currencies.ts';
import { type Day, daysBetween } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';
import { quote } from '../../../shared/text.ts';
import { detailsOf, joinedLines } from './mt940-details.ts';
import {
  type BalanceType,
  calendarDay,
  exactAmount,
  hasIbanShape,
  isIban,
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
  withSign,
} from './statement.ts';

/*
 * SWIFT MT940 (statement) and MT942 (report during the day), as banks write them: with and without the blocks of a
 * SWIFT message, with any text before the first field, and with fields of their own.
 */

/** A field of a message, such as ":61:…", with its lines; those after the first continue it. */
interface Field extends Place {
  tag: string;
  lines: string[];
  /** Whether some of its text was left out because there was too much. */
  isCut: boolean;
}

/** The fields of a message before its first balance or entry. */
interface Header {
  fields: Map<string, Field>;
  place: Place;
  isInterim: boolean;
}

interface OpenStatement extends Place {
  /** The account as it is written. */
  account: string;
  currency: string;
  balances: StatementBalance[];
  refused: number;
  isInterim: boolean;
  /** Whether there was a final closing balance, even one that could not be read. */
  isClosed: boolean;
  /** The intermediate balance with which the last page ended. */
  pageEnd?: StatementBalance | undefined;
}

/** An entry whose further fields may follow. */
interface OpenEntry {
  line: Field;
  /** :86: */
  information?: Field;
  /** :NS: */
  bankDefined?: Field;
}

/** The fields of a header that say something about the statement; a bank may have others. */
const headerTags: ReadonlySet<string> = new Set(['20', '25', '25P', '28', '28C', '13', '13D', '34F', 'NS']);

/** Far more than a field of a message can have: six lines of 65 characters. */
const longestField = 20_000;
const mostBalances = 1_000;

/** Reads the statements of an MT940 or MT942 file. Pages of one statement are joined. */
export async function* readMt940(pieces: Pieces): AsyncGenerator<StatementPart> {
  const scanner = new Scanner();
  const walk = new Walk();
  for await (const piece of pieces) {
    for (const field of scanner.scan(piece)) {
      for (const part of walk.field(field)) yield part;
    }
  }
  for (const field of scanner.end()) yield* walk.field(field);
  yield* walk.end();
}

class Walk {
  #header: Header | undefined;
  #open: OpenStatement | undefined;
  #entry: OpenEntry | undefined;
  /** Whether the next message is an MT942, as the SWIFT block before it says. */
  #announcedInterim = false;
  #found = false;

  *field(field: Field): Generator<StatementPart> {
    const { tag, line, column } = field;
    if (field.isCut) {
      const message = `:${tag}: is too long: the rest of its text was left out.`;
      yield { line, column, part: 'warning', message };
    }
    if (tag === '86' || tag === 'NS') {
      if (this.#entry && tag === '86') this.#entry.information ??= field;
      else if (this.#entry) this.#entry.bankDefined ??= field;
      else if (tag === 'NS') this.#header?.fields.set('NS', field);
      return;
    }
    yield* this.#finishEntry();
    switch (tag) {
      case 'message':
        this.#announcedInterim = field.lines[0] === '942';
        break;
      case 'end':
        yield* this.#finishMessage();
        break;
      case '20':
        yield* this.#finishMessage();
        this.#header = {
          fields: new Map([[tag, field]]),
          place: { line, column },
          isInterim: this.#announcedInterim,
        };
        break;
      case '60F':
      case '60M':
        yield* this.#opening(field);
        break;
      case '61':
        yield* this.#begin();
        if (this.#open) this.#entry = { line: field };
        else yield this.#misplaced(field);
        break;
      case '62F':
      case '62M':
      case '64':
      case '65':
        yield* this.#begin();
        if (this.#open) yield* this.#balance(field, this.#open);
        else yield this.#misplaced(field);
        break;
      default:
        if (tag === '34F' && this.#header) this.#header.isInterim = true;
        if (this.#header && headerTags.has(tag) && !this.#header.fields.has(tag)) {
          this.#header.fields.set(tag, field);
        }
    }
  }

  *end(): Generator<StatementPart> {
    yield* this.#finishEntry();
    yield* this.#finishMessage();
    yield* this.#finishStatement();
    if (!this.#found) {
      const message =
        'The file has no statement: expected :20:, :25: and :28C:, each at the beginning of a line.';
      yield { line: 1, column: 1, part: 'refusal', message };
    }
  }

  #misplaced({ tag, line, column }: Field): StatementPart {
    const message = `:${tag}: belongs to no statement: expected :20: and :25: before it.`;
    return { line, column, part: 'refusal', message };
  }

  /** Begins the statement of a message, if that has not happened. */
  *#begin(opening?: Field): Generator<StatementPart> {
    const header = this.#header;
    if (!header) return;
    this.#header = undefined;
    yield* this.#finishStatement();
    const account = header.fields.get('25') ?? header.fields.get('25P');
    const currency =
      balanceShape.exec(opening?.lines[0] ?? '')?.groups?.currency ??
      /^[A-Z]{3}/.exec(header.fields.get('34F')?.lines[0] ?? '')?.[0] ??
      '';
    const written = account?.lines[0]?.trim() ?? '';
    this.#open = {
      ...header.place,
      account: written,
      currency,
      balances: [],
      refused: 0,
      isInterim: header.isInterim,
      isClosed: false,
    };
    this.#found = true;
    yield* partsAt(header.place, (warn) => {
      if (!account) warn('The statement names no account: expected :25:.');
      return { part: 'beginning', statement: statementOf(header, written, currency) };
    });
  }

  /** Begins a statement with its opening balance, or continues the one whose last page ended. */
  *#opening(field: Field): Generator<StatementPart> {
    const { line, column, tag } = field;
    const header = this.#header;
    const before = this.#open;
    const account = header?.fields.get('25') ?? header?.fields.get('25P');
    if (tag === '60M' && before?.pageEnd && header && account?.lines[0]?.trim() === before.account) {
      const { pageEnd } = before;
      this.#header = undefined;
      before.pageEnd = undefined;
      yield* partsAt(field, (warn) => {
        const { amount, currency } = balanceIn(field, 'opening_booked', before.currency, warn);
        if (amount !== pageEnd.amount || currency !== pageEnd.currency) {
          warn(
            `The page begins with ${amount} ${currency}, but the page before it ended with ${pageEnd.amount} ${pageEnd.currency}.`,
          );
        }
        return undefined;
      });
      return;
    }
    if (!header) {
      yield this.#misplaced(field);
      return;
    }
    yield* this.#begin(field);
    if (tag === '60M') {
      const message =
        'The statement begins with an intermediate balance (:60M:): an earlier page is missing.';
      yield { line, column, part: 'warning', message };
    }
    if (this.#open) yield* this.#keepBalance(field, this.#open, 'opening_booked');
  }

  *#balance(field: Field, statement: OpenStatement): Generator<StatementPart> {
    if (field.tag !== '62M') {
      statement.isClosed ||= field.tag === '62F';
      yield* this.#keepBalance(field, statement, balanceTypes[field.tag] ?? 'available');
      return;
    }
    yield* partsAt(field, (warn) => {
      statement.pageEnd = balanceIn(field, 'closing_booked', statement.currency, warn);
      return undefined;
    });
  }

  *#keepBalance(field: Field, statement: OpenStatement, type: BalanceType): Generator<StatementPart> {
    yield* partsAt(field, (warn) => {
      const balance = balanceIn(field, type, statement.currency, warn);
      if (statement.balances.length < mostBalances) statement.balances.push(balance);
      else warn('The statement has too many balances: this one was left out.');
      return undefined;
    });
  }

  *#finishEntry(): Generator<StatementPart> {
    const entry = this.#entry;
    const statement = this.#open;
    this.#entry = undefined;
    if (!entry || !statement) return;
    const parts = partsAt(entry.line, (warn) => ({
      part: 'entry',
      entry: entryOf(entry, statement.currency, warn),
    }));
    if (parts.some(({ part }) => part === 'refusal')) statement.refused++;
    yield* parts;
  }

  /** A message may have nothing but its header. */
  *#finishMessage(): Generator<StatementPart> {
    if (this.#header?.fields.has('25') || this.#header?.fields.has('25P')) yield* this.#begin();
    this.#header = undefined;
    if (!this.#open?.pageEnd) yield* this.#finishStatement();
  }

  *#finishStatement(): Generator<StatementPart> {
    const statement = this.#open;
    if (!statement) return;
    this.#open = undefined;
    const { line, column, balances, refused, isInterim, isClosed, pageEnd } = statement;
    if (pageEnd) balances.push(pageEnd);
    if (!isClosed && !isInterim) {
      const message = pageEnd
        ? 'The statement ends with an intermediate balance (:62M:): a later page is missing.'
        : 'The statement has no closing balance: expected :62F:.';
      yield { line, column, part: 'warning', message };
    }
    const complete = isClosed || isInterim;
    yield { line, column, part: 'end', balances, refused, leftOut: 0, complete };
  }
}

const balanceTypes: Readonly<Record<string, BalanceType>> = {
  '62F': 'closing_booked',
  '64': 'available',
  '65': 'forward_available',
};

function statementOf({ fields, isInterim }: Header, account: string, currency: string): Statement {
  const [, number = '', page] =
    /^(\d+)(?:\/(\d+))?/.exec((fields.get('28C') ?? fields.get('28'))?.lines[0] ?? '') ?? [];
  return {
    format: isInterim ? 'MT942' : 'MT940',
    form: isInterim ? 'interim' : 'statement',
    account: {
      ...accountOf(account, currency),
      ...stated({
        bic: oneLine(fields.get('25P')?.lines[1]),
        currency: isCurrency(currency) ? currency : undefined,
        owner: bankDefined(fields.get('NS'), '22'),
        name: bankDefined(fields.get('NS'), '23'),
      }),
    },
    ...stated({
      id: oneLine(fields.get('20')?.lines[0]),
      // Banks that do not number their statements write zeros.
      sequence: /[1-9]/.test(number) ? number : undefined,
      page: page === undefined ? undefined : { number: page },
      created: oneLine((fields.get('13D') ?? fields.get('13'))?.lines[0]),
    }),
  };
}

/** A line of a field :NS:, which begins with the number of what it says: 22 is the owner of the account, 23 its name. */
const bankDefined = (field: Field | undefined, number: string): string | undefined =>
  oneLine(field?.lines.find((line) => line.startsWith(number))?.slice(number.length));

/** The account of :25:, with the bank before a slash, or with its currency at the end. */
function accountOf(written: string, currency: string): StatementAccount {
  const [, bank, rest = ''] = /^(?:([^/]+)\/)?(.*)$/.exec(written) ?? [];
  const compact = rest.replaceAll(' ', '').toUpperCase();
  const bare = currency !== '' && compact.endsWith(currency) ? compact.slice(0, -currency.length) : compact;
  const number = bare !== compact && (isIban(bare) || !isIban(compact)) ? bare : compact;
  const account = hasIbanShape(number) ? { iban: number } : stated({ number: number || undefined });
  if (bank === undefined) return { ...account };
  return /^\d+$/.test(bank) ? { ...account, bankCode: bank } : { ...account, institution: bank };
}

const balanceShape = /^(?<mark>R?[CD])(?<date>\d{6})(?<currency>[A-Z]{3})?(?<amount>.+)$/;

function balanceIn(field: Field, type: BalanceType, currencyBefore: string, warn: Warn): StatementBalance {
  const written = field.lines.join('').trim();
  const { mark, date, currency = currencyBefore, amount } = balanceShape.exec(written)?.groups ?? {};
  if (mark === undefined || date === undefined || amount === undefined) {
    throw new Refusal(
      `:${field.tag}: is ${quote(written)}: expected C or D, the day as YYMMDD, the currency and the amount.`,
    );
  }
  const exact = exactAmount(amount, currency, ',', warn);
  const isDebit = mark === 'D' || mark === 'RC';
  return { type, amount: withSign(exact, isDebit), currency, date: dayOf(date, warn) };
}

/** The day YYMMDD, of the years 1969 to 2068, as POSIX has them. */
function dayOf(date: string, warn: Warn): Day {
  const [, year = '', month, day] = /^(..)(..)(..)$/.exec(date) ?? [];
  return calendarDay(`${year >= '69' ? '19' : '20'}${year}-${month}-${day}`, warn);
}

/** The day MMDD in the year that brings it nearest to another day. */
function nearestDay(date: string, other: Day, warn: Warn): Day {
  const [month = '', day = ''] = [date.slice(0, 2), date.slice(2)];
  const year = Number(other.slice(0, 4));
  const [nearest = year] = [year - 1, year, year + 1].sort(
    (one, two) => distance(one, month, day, other) - distance(two, month, day, other),
  );
  return calendarDay(`${nearest}-${month}-${day}`, warn);
}

function distance(year: number, month: string, day: string, other: Day): number {
  const candidate = optional(
    '',
    () => {},
    () => calendarDay(`${year}-${month}-${day}`, () => {}),
  );
  return candidate === undefined ? Number.POSITIVE_INFINITY : Math.abs(daysBetween(candidate, other));
}

/**
 * :61: is the value date, the entry date without its year, the mark, the third letter of the currency, the amount, the
 * type, the customer's reference, and the bank's after "//". The mark "RC" takes a credit back; "CR" is C and a letter
 * of EUR.
 */
const lineShape =
  /^(?<value>\d{6})(?<entry>\d{4}| {4})?(?<mark>E[CD]|R?[CD])[A-Z]?(?<amount>[\d., ']+)(?:(?<type>[A-Z][A-Z0-9]{3})(?<references>.*))?$/;

function entryOf(
  { line, information, bankDefined }: OpenEntry,
  currency: string,
  warn: Warn,
): StatementEntry {
  const [written = '', ...further] = line.lines;
  const {
    value,
    entry,
    mark,
    amount,
    type,
    references = '',
  } = lineShape.exec(written.trimEnd())?.groups ?? {};
  if (value === undefined || mark === undefined || amount === undefined) {
    throw new Refusal(
      `:61: is ${quote(written)}: expected YYMMDD, MMDD, one of C, D, RC, RD, EC and ED, the amount and the type.`,
    );
  }
  if (currency === '') {
    throw new Refusal(
      'The currency of the entry is not known: expected it in :60F: or :34F: before the entry.',
    );
  }
  if (type === undefined) warn('The entry has no type: expected one such as NTRF after the amount.');
  const isDebit = mark === 'D' || mark === 'RC' || mark === 'ED';
  const exact = exactAmount(amount, currency, ',', warn);
  const valueDate = dayOf(value, warn);
  const [customerReference, bankReference] = referencesIn(references);
  const details = detailsOf(
    {
      customerReference,
      supplementary: joinedLines(further),
      information: information?.lines ?? [],
      bankDefined: bankDefined?.lines ?? [],
    },
    isDebit,
    warn,
  );
  const { transactionType, ...texts } = details;
  return {
    status: mark.startsWith('E') ? 'pending' : 'booked',
    amount: withSign(exact, isDebit),
    currency,
    ...stated({
      bookingDate: entry?.trim()
        ? optional('entry date', warn, () => nearestDay(entry, valueDate, warn))
        : undefined,
    }),
    valueDate,
    ...texts,
    ...stated({
      bankReference,
      code: [type, transactionType].filter((part) => part !== undefined).join('/') || undefined,
      reversal: mark.startsWith('R') || undefined,
    }),
  };
}

function referencesIn(text: string): [customer: string | undefined, bank: string | undefined] {
  const at = text.indexOf('//');
  if (at < 0) return [statedReference(text), undefined];
  return [statedReference(text.slice(0, at)), statedReference(text.slice(at + 2))];
}

/**
 * Takes a file apart into its fields, in their order, with `message` for the block before one, and `end` for the line
 * "-".
 */
class Scanner {
  #line = 1;
  /** The beginning of a line whose end has not come; of one that is longer than any field, no more than that. */
  #begun = '';
  #field: Field | undefined;
  #size = 0;

  *scan(piece: string): Generator<Field> {
    const [first = '', ...others] = piece.split('\n');
    this.#begun = `${this.#begun}${first}`.slice(0, longestField + 1);
    for (const next of others) {
      yield* this.#lineEnds();
      this.#begun = next.slice(0, longestField + 1);
    }
  }

  *end(): Generator<Field> {
    yield* this.#lineEnds();
    if (this.#field) yield this.#field;
  }

  *#lineEnds(): Generator<Field> {
    const line = this.#line++;
    const isCut = this.#begun.length > longestField;
    const text = this.#begun.slice(0, longestField);
    const block = /^\s*\{[1-5]:.*?(?:\{4:|$)/.exec(text)?.[0];
    const type = block === undefined ? undefined : /\{2:[IO](\d{3})/.exec(block)?.[1];
    const rest = block === undefined ? text : text.slice(block.length);
    const start = /^:(\d\d[A-Z]?|NS):(.*)$/.exec(rest);
    const isEnd = /^-(?:\}.*|XXX)?\s*$/.test(rest);
    if (this.#field && (block !== undefined || start || isEnd)) {
      yield this.#field;
      this.#field = undefined;
    }
    if (type !== undefined) yield { tag: 'message', lines: [type], line, column: 1, isCut: false };
    if (start) {
      const [, tag = '', content = ''] = start;
      this.#field = { tag, lines: [content], line, column: (block?.length ?? 0) + 1, isCut };
      this.#size = content.length;
    } else if (isEnd) {
      yield { tag: 'end', lines: [], line, column: 1, isCut: false };
    } else if (this.#field) {
      this.#size += rest.length + 1;
      const isFull = this.#size > longestField;
      if (!isFull) this.#field.lines.push(rest);
      this.#field.isCut ||= isCut || isFull;
    }
  }
}
