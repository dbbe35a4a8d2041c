import type { Minor } from '../../../shared/ledger/money.ts';
import { compareTexts } from '../../../shared/text.ts';
import { countThatFits, type Fields, shownText, stated } from './fields.ts';

/** One group in one currency, as readers give it. */
export interface GroupEntry {
  currency: string;
  key?: string;
  name?: string;
}

/** How groups become fields of an answer. */
export interface GroupLayout<Entry extends GroupEntry> {
  /** What they are grouped by. */
  by: string;
  total(entry: Entry): Fields;
  /** What they are ordered by, the largest first. */
  amount(entry: Entry): Minor;
}

/** Half of an answer: groups may be as many as customers, and the rows themselves need room. */
const mostBytes = 30_000;

/**
 * The groups: months in their order, others by currency from the largest amount down. `groupCount` is how many there
 * are; of very many, only the first are shown.
 */
export function groupFields<Entry extends GroupEntry>(
  groups: readonly Entry[] | undefined,
  { by, total, amount }: GroupLayout<Entry>,
): Fields {
  if (!groups) return {};
  const byKey = (a: Entry, b: Entry): number => compareTexts(a.key ?? '', b.key ?? '');
  const inOrder = (a: Entry, b: Entry): number =>
    by === 'month'
      ? byKey(a, b) || compareTexts(a.currency, b.currency)
      : compareTexts(a.currency, b.currency) || amount(b) - amount(a) || byKey(a, b);
  const sorted = [...groups].sort(inOrder).map((group) => ({
    ...stated(keyFields(group, by)),
    ...total(group),
  }));
  return { groups: sorted.slice(0, countThatFits(sorted, [], mostBytes)), groupCount: sorted.length };
}

/** A group of records is shown by name and id, one of names as the books write it, others by their keys. */
export const keyFields = ({ key, name }: GroupEntry, by: string): Fields =>
  idGroupings.includes(by) ? { [by]: shownText(name), [`${by}Id`]: key } : { [by]: shownText(name ?? key) };

const idGroupings = ['customer', 'product', 'supplier', 'project', 'costGroup', 'account', 'contract'];
