import { compareTexts } from '../../text.ts';
import { ageNames, ageOf } from '../ages.ts';
import type { Day } from '../dates.ts';
import { addMinor, type Minor } from '../money.ts';
import type { OwedRow, Standing } from '../standing.ts';

/** A document as a list shows it on a day, and the other party. */
export interface OwedDocument extends OwedRow, Standing<string> {
  partyId?: string;
  party?: string;
}

/** What is owed, of one age. */
export interface Aged {
  age: string;
  count: number;
  balance: Minor;
}

/** What one party owes, or is owed, in one currency; without an id what names no party. */
export interface PartyBalance {
  partyId?: string;
  party?: string;
  count: number;
  balance: Minor;
  /** In their order; ages without anything are left out. */
  ages: Aged[];
}

/** The balances of each party in one currency, the largest first. */
export function balancesByParty(open: readonly OwedDocument[], asOf: Day): PartyBalance[] {
  return [...Map.groupBy(open, ({ partyId }) => partyId)]
    .map(([partyId, rows]) => {
      const party = rows.find((row) => row.party !== undefined)?.party;
      return {
        ...(partyId !== undefined && { partyId }),
        ...(party !== undefined && { party }),
        ...balanceOf(rows),
        ages: agesOf(rows, asOf),
      };
    })
    .sort((a, b) => b.balance - a.balance || compareTexts(a.partyId ?? '', b.partyId ?? ''));
}

/** What these documents have of each age. */
function agesOf(rows: readonly OwedDocument[], asOf: Day): Aged[] {
  const byAge = Map.groupBy(rows, (row) => ageOf(row, asOf) ?? '');
  return ageNames.flatMap((age) => {
    const members = byAge.get(age);
    return members ? [{ age, ...balanceOf(members) }] : [];
  });
}

const balanceOf = (rows: readonly OwedDocument[]) => ({
  count: rows.length,
  balance: rows.reduce((sum, { balance }) => addMinor(sum, balance), 0),
});
