import {
  type Counterparty,
  exactAmount,
  hasIbanShape,
  isBic,
  oneLine,
  optional,
  type StatementEntry,
  stated,
  statedReference,
  type Warn,
  withSign,
} from './statement.ts';

/*
 * What MT940 says about an entry in text, for which every country has conventions of its own: the German subfields
 * "?20…?33" with tags such as "EREF+", the Dutch codes "/EREF/…/NAME/…/REMI/…", the fields :NS: of some banks, and free
 * text.
 */

export interface EntryTexts {
  customerReference: string | undefined;
  /** What follows the line of :61:. */
  supplementary: string | undefined;
  /** The lines of :86:. */
  information: readonly string[];
  /** The lines of :NS:. */
  bankDefined: readonly string[];
}

type Details = Pick<
  StatementEntry,
  | 'original'
  | 'fee'
  | 'counterparty'
  | 'remittance'
  | 'reference'
  | 'endToEndId'
  | 'mandateId'
  | 'returnReason'
> & {
  /** The three digits that German banks write before the subfields (Geschäftsvorfallcode). */
  transactionType?: string;
};

/** What the texts of an entry say, as far as they follow a convention; otherwise they are its text. */
export function detailsOf(texts: EntryTexts, isDebit: boolean, warn: Warn): Details {
  const { information, bankDefined, supplementary } = texts;
  const details =
    germanDetails(information, isDebit) ??
    dutchDetails(information, isDebit) ??
    bankDefinedDetails(bankDefined) ??
    repeatedParty(texts) ??
    stated<Details>({ remittance: joinedLines(information) ?? plainSupplement(supplementary) }) ??
    {};
  const account = [texts.customerReference, supplementary].find(
    (text) => text !== undefined && hasIbanShape(text),
  );
  const { counterparty = {}, ...others } = details;
  const isAccount = counterparty.account === texts.customerReference;
  return {
    ...stated({ reference: isAccount ? undefined : ownReference(texts.customerReference) }),
    ...others,
    ...stated({ counterparty: stated<Counterparty>({ account, ...counterparty }) }),
    ...chargesIn(supplementary, isDebit, warn),
  };
}

/** The customer's reference, where it is one: banks also write an account there, or which tag of :86: has it. */
const ownReference = (text: string | undefined): string | undefined =>
  text === undefined || hasIbanShape(text) || /^[EKMP]REF\+?$/.test(text) ? undefined : text;

/** A supplement in codes, such as "/OCMT/USD10,/", is not text. */
const plainSupplement = (text: string | undefined): string | undefined =>
  text === undefined || text.startsWith('/') || hasIbanShape(text) ? undefined : text;

/** SWIFT lines have 65 characters, of which a bank may use 64. */
const fullLine = 64;

/** Lines as one text. A word may go on in the next line if its line is full. */
export const joinedLines = (lines: readonly string[], full = fullLine): string | undefined =>
  oneLine(
    lines.reduce(
      (text, line, at) => `${text}${(lines[at - 1]?.length ?? full) >= full ? '' : ' '}${line}`,
      '',
    ),
  );

const fullSubfield = 27;

/** The German form: three digits, then subfields of two digits, each after the same character, usually "?". */
function germanDetails(information: readonly string[], isDebit: boolean): Details | undefined {
  const written = information.join('');
  const [, type, mark = ''] = /^(\d{3})([?>@])(?=00|10|2\d|3\d)/.exec(written) ?? [];
  if (type === undefined) return undefined;
  const subfields = written
    .slice(3)
    .split(mark)
    .reduce<{ number: string; text: string }[]>((fields, part) => {
      const [, number, text = ''] = /^(\d\d)(.*)$/s.exec(part) ?? [];
      const last = fields.at(-1);
      if (number !== undefined) fields.push({ number, text });
      // The character is also one of the text.
      else if (last) last.text += `${mark}${part}`;
      return fields;
    }, []);
  const text = (pattern: RegExp, full: number): string | undefined =>
    joinedLines(
      subfields.filter(({ number }) => pattern.test(number)).map(({ text }) => text),
      full,
    );
  const purpose = sepaTags(text(/^(?:2\d|6[0-3])$/, fullSubfield) ?? '');
  const bank = text(/^30$/, fullSubfield);
  return {
    ...stated<Details>({
      transactionType: type === '000' ? undefined : type,
      remittance: purpose.get('SVWZ') ?? purpose.get('') ?? text(/^00$/, fullSubfield),
      endToEndId: statedReference(purpose.get('EREF')),
      mandateId: statedReference(purpose.get('MREF')),
      counterparty: partyOf(
        {
          // A name of 54 characters is cut into two subfields.
          name: text(/^3[23]$/, fullSubfield),
          ultimate: purpose.get(isDebit ? 'ABWE' : 'ABWA'),
        },
        purpose.get('IBAN') ?? text(/^31$/, fullSubfield),
        purpose.get('BIC') ?? (bank !== undefined && isBic(bank) ? bank : undefined),
      ),
    }),
  };
}

/** The texts after the tags of SEPA payments, and with an empty name what stands before the first. */
function sepaTags(purpose: string): ReadonlyMap<string, string> {
  const parts = purpose.split(/\b(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)\+/);
  const texts = new Map<string, string>();
  for (let at = 0; at < parts.length; at += 2) {
    const text = oneLine(parts[at]);
    if (text !== undefined) texts.set(at === 0 ? '' : (parts[at - 1] ?? ''), text);
  }
  return texts;
}

const dutchCodes =
  'EREF|PREF|MARF|CSID|TRTP|IBAN|BIC|NAME|REMI|BENM|ORDP|ULTB|ULTD|ULTC|CNTP|RTRN|ISDT|ADDR|ID|TRCD|PURP|BUSP|SVCL|ACCW|INIT|CREF|RREF|IREF|CHGS|EXCH|OCMT';

/** The Dutch form: codes between slashes, each followed by what it says. */
function dutchDetails(information: readonly string[], isDebit: boolean): Details | undefined {
  const written = joinedLines(information) ?? '';
  if (!new RegExp(`^/(?:${dutchCodes})/`).test(written)) return undefined;
  const parts = written.split(new RegExp(`/(${dutchCodes})(?=/)`));
  const texts = new Map<string, string>();
  let party = '';
  for (let at = 1; at < parts.length; at += 2) {
    const code = parts[at] ?? '';
    const text = oneLine(parts[at + 1]?.replace(/^\//, '').replace(/\/+$/, ''));
    // A code without text is the party of which the next codes speak.
    if (text === undefined) {
      if (/^(?:ULT[BCD]|BENM|ORDP)$/.test(code)) party = code.startsWith('ULT') ? 'ULT' : '';
      continue;
    }
    const key = code === 'NAME' ? `${party}NAME` : code;
    if (!texts.has(key)) texts.set(key, text);
  }
  const [account, bic, name] = texts.get('CNTP')?.split('/') ?? texts.get('ACCW')?.split(',') ?? [];
  const remittance = texts.get('REMI');
  const structured = /^STRD\/(?:[A-Z]+\/)?(.+)$/.exec(remittance ?? '')?.[1];
  const ultimate = isDebit ? (texts.get('ULTB') ?? texts.get('ULTC')) : texts.get('ULTD');
  return {
    ...stated<Details>({
      remittance: structured === undefined ? oneLine(remittance?.replace(/^USTD\/\//, '')) : undefined,
      reference: structured,
      endToEndId: statedReference(texts.get('EREF')),
      mandateId: statedReference(texts.get('MARF')),
      returnReason: texts.get('RTRN'),
      counterparty: partyOf(
        { name: texts.get('NAME') ?? oneLine(name), ultimate: texts.get('ULTNAME') ?? ultimate },
        texts.get('IBAN') ?? oneLine(account),
        texts.get('BIC') ?? oneLine(bic),
      ),
    }),
  };
}

function partyOf(
  { name, ultimate }: { name: string | undefined; ultimate: string | undefined },
  account: string | undefined,
  bic: string | undefined,
): Counterparty | undefined {
  return stated<Counterparty>({
    name: ultimate ?? name,
    agent: ultimate === undefined || ultimate === name ? undefined : name,
    account,
    bic,
  });
}

/** The fields :NS: of an entry: 01 to 14 are lines of its text, 15 and 16 the name of the counterparty, 17 the kind. */
function bankDefinedDetails(lines: readonly string[]): Details | undefined {
  const text = (first: string, last: string): string | undefined =>
    joinedLines(
      lines
        .filter((line) => line.slice(0, 2) >= first && line.slice(0, 2) <= last)
        .map((line) => line.slice(2)),
      fullSubfield,
    );
  return stated<Details>({
    remittance: text('01', '14') ?? text('17', '17'),
    counterparty: stated<Counterparty>({ name: text('15', '16') }),
  });
}

/** Some banks write account and name of the counterparty in :61:, and repeat both in the first line of :86:. */
function repeatedParty({ customerReference, supplementary, information }: EntryTexts): Details | undefined {
  const [first, ...others] = information;
  if (customerReference === undefined || supplementary === undefined) return undefined;
  if (oneLine(first) !== `${customerReference} ${supplementary}`) return undefined;
  return {
    ...stated<Details>({ remittance: joinedLines(others) }),
    counterparty: { name: supplementary, account: customerReference },
  };
}

/** The original amount and the charges that German banks write after the line of :61: "/OCMT/USD10,/CHGS/EUR1,50/". */
function chargesIn(
  supplementary: string | undefined,
  isDebit: boolean,
  warn: Warn,
): Pick<StatementEntry, 'original' | 'fee'> {
  const money = (code: string): { amount: string; currency: string } | undefined =>
    optional('amount in a supplement', warn, () => {
      const pattern = new RegExp(`/${code}/([A-Z]{3})([^/]+)`);
      const [, currency = '', amount] = pattern.exec(supplementary ?? '') ?? [];
      return amount === undefined
        ? undefined
        : { amount: exactAmount(amount, currency, ',', warn), currency };
    });
  const original = money('OCMT');
  const fee = money('CHGS');
  const rate = /\/EXCH\/([\d.,]+)/.exec(supplementary ?? '')?.[1];
  return {
    ...stated({
      original: original && {
        amount: withSign(original.amount, isDebit),
        currency: original.currency,
        ...stated({ rate }),
      },
      fee: fee && { amount: withSign(fee.amount, true), currency: fee.currency },
    }),
  };
}
