import { decimalsOf } from '../../shared/ledger/currencies.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { type Decimal, parseDecimal } from './decimal.ts';
import type { NumberStyle } from './mapping.ts';
import { remembering } from './text.ts';

export type NumberReader = ReturnType<typeof numberReader>;

/**
 * Makes the reader of a style. Every method throws a `Refusal` for a text that is not a number in that style: the
 * meaning of a comma is never guessed.
 * @throws {Refusal} when decimals and thousands have the same separator.
 */
export function numberReader(style: NumberStyle) {
  const { decimal: point = '.', thousands, symbols = [], signs = {} } = style;
  const { parentheses = false, trailingMinus = false, minorUnits = false } = style;
  if (point === thousands) {
    throw new Refusal(
      `"decimal" and "thousands" are both ${JSON.stringify(point)}: expected two different characters.`,
    );
  }
  const separator = thousands === ' ' ? String.raw`[ \u00A0\u202F]` : thousands && RegExp.escape(thousands);
  // Groups of two before the last three digits are how amounts are written in India.
  const grouped = separator ? String.raw`\d{1,3}(?:${separator}\d{2,3})*${separator}\d{3}|` : '';
  const digits = `(${grouped}${String.raw`\d*`})(?:${RegExp.escape(point)}(${String.raw`\d+`}))?`;
  const meanings = new Map(Object.entries(signs).map(([text, meaning]) => [text.toUpperCase(), meaning]));
  const symbol = `(${symbols.map(RegExp.escape).join('|') || '(?!)'})?`;
  const word = `(${[...meanings.keys()].map(RegExp.escape).join('|') || '(?!)'})?`;
  const shape = [
    ...[word, symbol, String.raw`(\()?`, '([-+])?', symbol],
    digits,
    ...[symbol, trailingMinus ? '(-)?' : '((?!))?', String.raw`(\))?`, symbol, word],
  ];
  const number = new RegExp(`^${shape.join(String.raw`\s*`)}$`, 'i');

  const plain = (text: string): string => {
    const match = number.exec(text.replace('\u2212', '-')) ?? [];
    const [, word1, symbol1, open, sign, symbol2, whole = '', fraction = ''] = match;
    const [symbol3, minus, close, symbol4, word2] = match.slice(8);
    const symbolCount = [symbol1, symbol2, symbol3, symbol4].filter(Boolean).length;
    // Two of them could contradict each other.
    const signCount = [word1, word2, open, sign, minus].filter(Boolean).length;
    if (
      !(whole || fraction) ||
      symbolCount > 1 ||
      signCount > 1 ||
      (open === undefined) !== (close === undefined) ||
      (open !== undefined && !parentheses)
    ) {
      throw new Refusal(
        `${JSON.stringify(text.slice(0, 40))} is not a number: expected one such as ${exampleOf(style)}.`,
      );
    }
    const said = meanings.get((word1 ?? word2 ?? '').toUpperCase());
    const negative = open !== undefined || minus !== undefined || sign === '-' || said === 'negative';
    return `${negative ? '-' : ''}${whole.replaceAll(/\D/g, '') || '0'}${fraction && `.${fraction}`}`;
  };
  return {
    /** The number as it is written. */
    decimal: remembering((text): Decimal => parseDecimal(plain(text))),
    /** A number that is an amount, or an amount times something, in major units of the currency. */
    inMajorUnits: ({ units, decimals }: Decimal, currency: string): Decimal => ({
      units,
      decimals: minorUnits ? decimals + decimalsOf(currency) : decimals,
    }),
  };
}

/** Spreadsheets and data frames sometimes write whole numbers this way: 7290.0 is 7290. */
export const asWholeNumber = (text: string): string => text.replace(/^(-?\d+)\.0+$/, '$1');

function exampleOf(style: NumberStyle): string {
  const { decimal = '.', thousands = '', symbols = [], signs = {} } = style;
  const also = [
    ...(symbols.length > 0 ? [`with or without ${symbols.join(' ')}`] : []),
    ...(style.parentheses ? ['negative amounts also in parentheses'] : []),
    ...(style.trailingMinus ? ['negative amounts also with a trailing minus'] : []),
    ...(Object.keys(signs).length > 0 ? [`with or without ${Object.keys(signs).join(' ')}`] : []),
  ];
  return [style.minorUnits ? '123450' : `1${thousands}234${decimal}50`, ...also].join(', ');
}
