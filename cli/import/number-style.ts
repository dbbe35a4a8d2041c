import { decimalsOf } from '../../shared/ledger/currencies.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { literalPattern } from './literal-pattern.ts';

/** How a file writes its numbers. */
export interface NumberStyle {
  /** "." unless told. */
  decimal?: '.' | ',' | undefined;
  /** What stands between groups of digits; a blank also stands for the narrow and the unbreakable one. */
  thousands?: ',' | '.' | "'" | ' ' | undefined;
  /** Texts that may stand before or after an amount: "$", "CHF". */
  symbols?: string[] | undefined;
  /** Whether (12.50) is -12.50. */
  parentheses?: boolean | undefined;
  /** Whether amounts are counted in the currency's minor unit: 1250 USD is 12.50. */
  minorUnits?: boolean | undefined;
}

export interface NumberReader {
  /** A plain decimal such as "-1234.5", for a quantity. */
  decimal(text: string): string;
  /** A plain decimal in major units of the currency, for an amount or a price. */
  money(text: string, currency: string): string;
  /** -1, 0 or 1; nothing counts as zero. */
  sign(text: string): number;
}

/**
 * Makes the reader of a style. Every method throws a `Refusal` for a text that is no number in that style: a comma
 * is never guessed to be one thing or the other.
 * @throws {Refusal} when decimals and thousands are told apart by the same character.
 */
export function numberReader(style: NumberStyle): NumberReader {
  const { decimal: point = '.', thousands, symbols = [], parentheses = false, minorUnits = false } = style;
  if (point === thousands) {
    throw new Refusal(
      `decimals and thousands are both ${JSON.stringify(point)}; expected two different characters.`,
    );
  }
  const separator = thousands === ' ' ? String.raw`[ \u00A0\u202F]` : thousands && literalPattern(thousands);
  // Groups of two before the last three digits are how amounts are written in India.
  const grouped = separator ? String.raw`\d{1,3}(?:${separator}\d{2,3})*${separator}\d{3}|` : '';
  const digits = `(${grouped}${String.raw`\d*`})(?:${literalPattern(point)}(${String.raw`\d+`}))?`;
  const symbol = `(${symbols.map((text) => literalPattern(text)).join('|') || '(?!)'})?`;
  const shape = [symbol, String.raw`(\()?`, '([-+])?', symbol, digits, symbol, String.raw`(\))?`, symbol];
  const number = new RegExp(`^${shape.join(String.raw`\s*`)}$`);

  const plain = (text: string): string => {
    const match = number.exec(text.replace('\u2212', '-'));
    const [, symbol1, open, sign, symbol2, whole = '', fraction = '', symbol3, close, symbol4] = match ?? [];
    const symbolCount = [symbol1, symbol2, symbol3, symbol4].filter(Boolean).length;
    const bracketed = open !== undefined;
    if (
      !(whole || fraction) ||
      symbolCount > 1 ||
      bracketed !== (close !== undefined) ||
      (bracketed && (!parentheses || sign))
    ) {
      throw new Refusal(`${JSON.stringify(text.slice(0, 40))} is no number written ${exampleOf(style)}.`);
    }
    const integer = whole.replaceAll(/\D/g, '') || '0';
    return `${bracketed || sign === '-' ? '-' : ''}${integer}${fraction && `.${fraction}`}`;
  };

  return {
    decimal: plain,
    money: (text, currency) => (minorUnits ? shiftPoint(plain(text), decimalsOf(currency)) : plain(text)),
    sign: (text) => (text === '' ? 0 : signOf(plain(text))),
  };
}

const signOf = (plain: string): number => (/[1-9]/.test(plain) ? (plain.startsWith('-') ? -1 : 1) : 0);

/** Moves the decimal point of a plain decimal to the left: "1250" by 2 is "12.50". */
function shiftPoint(plain: string, places: number): string {
  if (places === 0) return plain;
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(plain) ?? [];
  const digits = whole.padStart(places + 1, '0');
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}${fraction}`;
}

function exampleOf({
  decimal = '.',
  thousands = undefined,
  symbols = [],
  parentheses,
  minorUnits,
}: NumberStyle): string {
  const amount = minorUnits ? '123450' : `1${thousands ?? ''}234${decimal}50`;
  const also = [
    ...(symbols.length > 0 ? [`with or without ${symbols.join(' ')}`] : []),
    ...(parentheses ? ['negative ones also in parentheses'] : []),
  ];
  return [amount, ...also].join(', ');
}
