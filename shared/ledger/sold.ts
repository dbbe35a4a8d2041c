import type { Filing } from './kind.ts';
import type { Invoice } from './kinds/invoice.ts';
import { type Measured, measure, sumTallies, type Tally } from './measures.ts';
import { addMinor, type Minor } from './money.ts';

/** What was sold of a product: how many documents that count name it in lines, and what these lines add up to. */
export interface SoldTotal extends Measured<'count' | 'total'> {
  /** A decimal string: the sum of the quantities that lines have. */
  quantity: string;
}

/** Quantities have up to 12 decimals: whole units, millionths and what is below them add up exactly each for itself. */
export const sold = measure('sold', 'count', 'total', 'units', 'millionths', 'trillionths');

const million = 10n ** 6n;
const trillion = 10n ** 12n;

interface SoldEntry {
  id: string;
  currency: string;
  total: Minor;
  quantities: string[];
}

/** What an invoice sold of each product. Drafts and void documents sold nothing. */
export function soldIn({ id, currency, lifecycle, issued, lines }: Invoice): Filing[] {
  if (lifecycle === 'draft' || lifecycle === 'void') return [];
  const byProduct = Map.groupBy(lines, ({ productId }) => productId);
  return [...byProduct].flatMap(([productId, ofProduct]) => {
    if (productId === undefined) return [];
    const total = ofProduct.reduce((sum, line) => addMinor(sum, line.total), 0);
    const quantities = ofProduct.flatMap(({ quantity }) => quantity ?? []);
    return [{ key: [productId, issued], data: { id, currency, total, quantities } satisfies SoldEntry }];
  });
}

/** What one entry adds to the totals of its product. */
export function tallySold({ currency, total, quantities }: SoldEntry): Tally {
  const tallies = quantities.map((quantity) => {
    const scaled = trillionthsIn(quantity);
    return sold.of(currency, {
      units: Number(scaled / trillion),
      millionths: Number((scaled / million) % million),
      trillionths: Number(scaled % million),
    });
  });
  return sumTallies([sold.of(currency, { count: 1, total }), ...tallies]);
}

const quantityOf = ({
  units,
  millionths,
  trillionths,
}: Record<'units' | 'millionths' | 'trillionths', number>): string =>
  quantityText(BigInt(units) * trillion + BigInt(millionths) * million + BigInt(trillionths));

/** A quantity less another, both decimal strings. */
export const lessQuantity = (quantity: string, other: string): string =>
  quantityText(trillionthsIn(quantity) - trillionthsIn(other));

/** A decimal string as a whole number of trillionths. */
function trillionthsIn(quantity: string): bigint {
  const [whole = '0', fraction = ''] = quantity.replace('-', '').split('.');
  const size = BigInt(whole + fraction.padEnd(12, '0'));
  return quantity.startsWith('-') ? -size : size;
}

function quantityText(scaled: bigint): string {
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(13, '0');
  const fraction = digits.slice(-12).replace(/0+$/, '');
  return `${scaled < 0n ? '-' : ''}${digits.slice(0, -12)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** What a tally has of products, per currency. */
export const soldTotals = (tally: Tally): SoldTotal[] =>
  sold
    .in(tally)
    .map(({ currency, count, total, ...sums }) => ({ currency, count, total, quantity: quantityOf(sums) }));
