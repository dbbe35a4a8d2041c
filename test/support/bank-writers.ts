import type { StatementFamily } from '../../cli/import/bank/formats.ts';
import type { Day } from '../../shared/ledger/dates.ts';
import { formatMoney, type Minor } from '../../shared/ledger/money.ts';
import { escapeHtml } from '../../shared/text.ts';

/** The formats in which banks write statements. */
export type BankFamily = Exclude<StatementFamily, 'plaid'>;

/** A statement as a bank would write it, in each of the formats. */
export interface BankStatement {
  sequence: number;
  iban: string;
  currency: string;
  opening: Minor;
  closing: Minor;
  from: Day;
  to: Day;
  entries: BankEntry[];
}

export interface BankEntry {
  amount: Minor;
  bookingDate: Day;
  valueDate: Day;
  /** The other party. */
  name: string;
  text: string;
  reference: string;
  /** An earlier entry is taken back. */
  reversal: boolean;
}

/** Differences between banks that change nothing of what a statement says; the formats use them as they can. */
export interface Spelling {
  /** Of camt: version 02, 08, or no namespace. Of OFX: 1 or 2. Of MT940: free text, or the German form. */
  version: 0 | 1 | 2;
  /** Zeros that do not change an amount. */
  zeros: string;
  /** Whether elements stand on lines of their own, or MT940 has blocks around its messages. */
  isWide: boolean;
}

export const statementWriters: Readonly<
  Record<BankFamily, (statements: readonly BankStatement[], spelling: Spelling) => string>
> = { camt: writeCamt, mt940: writeMt940, ofx: writeOfx };

const unsigned = (amount: Minor, currency: string): string => formatMoney(Math.abs(amount), currency);

function writeCamt(statements: readonly BankStatement[], { version, zeros, isWide }: Spelling): string {
  const xmlns = [
    'urn:iso:std:iso:20022:tech:xsd:camt.053.001.02',
    'urn:iso:std:iso:20022:tech:xsd:camt.053.001.08',
  ];
  const money = (amount: Minor, currency: string): string => {
    const written = unsigned(amount, currency);
    const point = zeros !== '' && !written.includes('.') ? '.' : '';
    return `<Amt Ccy="${currency}">${written}${point}${zeros}</Amt><CdtDbtInd>${amount < 0 ? 'DBIT' : 'CRDT'}</CdtDbtInd>`;
  };
  const balance = (code: string, amount: Minor, currency: string, day: Day): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${money(amount, currency)}<Dt><Dt>${day}</Dt></Dt></Bal>`;
  const entry = (one: BankEntry, currency: string): string => {
    const role = one.amount < 0 !== one.reversal ? 'Cdtr' : 'Dbtr';
    const name = `<Nm>${escapeHtml(one.name)}</Nm>`;
    return [
      `<Ntry>${money(one.amount, currency)}<RvslInd>${one.reversal}</RvslInd>`,
      version === 1 ? '<Sts><Cd>BOOK</Cd></Sts>' : '<Sts>BOOK</Sts>',
      `<BookgDt><Dt>${one.bookingDate}</Dt></BookgDt>`,
      `<ValDt><DtTm>${one.valueDate}T23:59:59-11:00</DtTm></ValDt>`,
      `<AcctSvcrRef>${one.reference}</AcctSvcrRef><NtryDtls><TxDtls>`,
      `<RltdPties><${role}>${version === 1 ? `<Pty>${name}</Pty>` : name}</${role}></RltdPties>`,
      `<RmtInf><Ustrd>${escapeHtml(one.text)}</Ustrd></RmtInf>`,
      '</TxDtls></NtryDtls></Ntry>',
    ].join('');
  };
  const stmt = (one: BankStatement): string =>
    [
      `<Stmt><Id>S</Id><ElctrncSeqNb>${one.sequence}</ElctrncSeqNb>`,
      `<Acct><Id><IBAN>${one.iban}</IBAN></Id><Ccy>${one.currency}</Ccy></Acct>`,
      balance('OPBD', one.opening, one.currency, one.from),
      balance('CLBD', one.closing, one.currency, one.to),
      ...one.entries.map((each) => entry(each, one.currency)),
      '</Stmt>',
    ].join('');
  const namespace = xmlns[version];
  const root = namespace === undefined ? '<Document>' : `<Document xmlns="${namespace}">`;
  const text = `${root}<BkToCstmrStmt>${statements.map(stmt).join('')}</BkToCstmrStmt></Document>`;
  return `<?xml version="1.0" encoding="UTF-8"?>${isWide ? text.replaceAll('><', '>\n  <') : text}`;
}

/** The text in pieces of a length. */
const cut = (text: string, length: number): string[] =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
    text.slice(at * length, (at + 1) * length),
  );

function writeMt940(statements: readonly BankStatement[], { version, zeros, isWide }: Spelling): string {
  const date = (day: Day): string => day.slice(2).replaceAll('-', '');
  const money = (amount: Minor, currency: string): string => {
    const written = unsigned(amount, currency).replace('.', ',');
    return `${zeros}${written.includes(',') ? written : `${written},`}`;
  };
  const balance = (amount: Minor, currency: string, day: Day): string =>
    `${amount < 0 ? 'D' : 'C'}${date(day)}${currency}${money(amount, currency)}`;
  const information = ({ name, text }: BankEntry): string => {
    if (version === 0) return text;
    const purpose = cut(text, 27).map((part, at) => `?${20 + at}${part}`);
    const party = cut(name, 27).map((part, at) => `?${32 + at}${part}`);
    return `166?00UEBERWEISUNG${purpose.join('')}${party.join('')}`;
  };
  const entry = (one: BankEntry, currency: string): string => {
    const direction = one.amount < 0 !== one.reversal ? 'D' : 'C';
    const mark = `${one.reversal ? 'R' : ''}${direction}${isWide ? currency[2] : ''}`;
    const entryDate = date(one.bookingDate).slice(2);
    return [
      `:61:${date(one.valueDate)}${entryDate}${mark}${money(one.amount, currency)}NTRFNONREF//${one.reference}`,
      `:86:${cut(information(one), 65).join('\n')}`,
    ].join('\n');
  };
  const message = (one: BankStatement): string =>
    [
      isWide ? '{1:F01AAAANL2AXXXX0000000000}{2:O940AAAANL2AXXXXN}{4:' : 'AAAANL2A\n940',
      ':20:REF',
      `:25:${one.iban}`,
      `:28C:${one.sequence}/1`,
      `:60F:${balance(one.opening, one.currency, one.from)}`,
      ...one.entries.map((each) => entry(each, one.currency)),
      `:62F:${balance(one.closing, one.currency, one.to)}`,
      isWide ? '-}' : '-',
      '',
    ].join('\n');
  return statements.map(message).join('');
}

function writeOfx(statements: readonly BankStatement[], { version, zeros, isWide }: Spelling): string {
  const isXml = version === 1;
  const value = (name: string, text: string): string =>
    `<${name}>${escapeHtml(text)}${isXml ? `</${name}>` : ''}${isWide ? '\n' : ''}`;
  const element = (name: string, ...content: string[]): string => `<${name}>${content.join('')}</${name}>`;
  const date = (day: Day): string => `${day.replaceAll('-', '')}235959[-11:SST]`;
  const money = (amount: Minor, currency: string): string => {
    const written = formatMoney(amount, currency);
    const point = zeros !== '' && !written.includes('.') ? '.' : '';
    const withZeros = `${written}${point}${zeros}`;
    return version === 2 ? withZeros.replace('.', ',') : withZeros;
  };
  const entry = (one: BankEntry, currency: string): string =>
    element(
      'STMTTRN',
      value('TRNTYPE', 'OTHER'),
      value('DTPOSTED', date(one.bookingDate)),
      value('DTAVAIL', date(one.valueDate)),
      value('TRNAMT', money(one.amount, currency)),
      value('FITID', one.reference),
      value('NAME', one.name),
      value('MEMO', one.text),
    );
  const response = (one: BankStatement): string =>
    element(
      'STMTTRNRS',
      value('TRNUID', String(one.sequence)),
      element(
        'STMTRS',
        value('CURDEF', one.currency),
        element(
          'BANKACCTFROM',
          value('BANKID', '1'),
          value('ACCTID', one.iban),
          value('ACCTTYPE', 'CHECKING'),
        ),
        element(
          'BANKTRANLIST',
          value('DTSTART', date(one.from)),
          value('DTEND', date(one.to)),
          ...one.entries.map((each) => entry(each, one.currency)),
        ),
        element(
          'LEDGERBAL',
          value('BALAMT', money(one.closing, one.currency)),
          value('DTASOF', date(one.to)),
        ),
      ),
    );
  const header = isXml
    ? '<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>'
    : 'OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\n\n';
  return `${header}${element('OFX', element('BANKMSGSRSV1', ...statements.map(response)))}`;
}
