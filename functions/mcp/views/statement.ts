import { day, money, term, wide, words } from './columns.ts';
import { type Content, choice, element } from './elements.ts';
import { listIn, numberIn, objectIn, textIn, wordsOf } from './fields.ts';
import type { Formats } from './formats.ts';
import type { Fields } from './host.ts';
import { type Shown, show, type Titled } from './show.ts';
import { fitTables, pagedTable } from './table.ts';

/* The cash position: balances by kind and day, what moved, what came in, what is pending, and what is expected. */

type Section = readonly [name: string, content: () => readonly Content[]];

/** Lines that warnings may take. */
const mostWarnings = 4;

function contentOf({ answer, formats }: Shown): Titled {
  const title = 'Cash position';
  const asOf = `as of ${formats.day(textIn(answer, 'asOf'))}`;
  const about = [title, textIn(answer, 'organization'), asOf].filter(Boolean).join(' · ');
  return {
    title,
    content: [
      element('p', { class: 'note first' }, about),
      choice('Show', sectionsOf(answer, formats), () => fitTables(document)),
      ...warningsOf(answer, formats),
    ],
  };
}

/** The lists of the answer, each with a name; those without rows are left out. */
function sectionsOf(answer: Fields, formats: Formats): Section[] {
  const period = `${formats.day(textIn(answer, 'startDate'))} – ${formats.day(textIn(answer, 'endDate'))}`;
  const incoming = objectIn(answer, 'incoming') ?? {};
  const subscriptions = objectIn(answer, 'subscriptions') ?? {};
  const listed = (name: string, caption: string, part: Fields | undefined): Section[] => {
    const rows = listIn(part ?? {}, 'rows');
    if (rows.length === 0) return [];
    const totals = listIn(part ?? {}, 'totals');
    return [[name, () => [...sumsOf(totals, rows.length, formats), paymentsTable(caption, rows, formats)]]];
  };
  const expected = (name: string, caption: string, part: Fields): Section[] => {
    const rows = listIn(part, 'expected');
    return rows.length === 0 ? [] : [[name, () => [paymentsTable(caption, rows, formats)]]];
  };
  return [
    ['Balances', () => [balancesTable(answer, formats)]],
    ['Movements', () => [movementsTable(listIn(answer, 'moved'), `In and out · ${period}`, formats)]],
    ...listed('Received', `Received and booked · ${period}`, objectIn(incoming, 'booked')),
    ...listed('Pending', 'Announced by the bank, not booked yet', objectIn(incoming, 'pending')),
    ...listed('Invoices due', `Open invoices due · ${period}`, objectIn(incoming, 'invoicesDue')),
    ...listed('Contracts', `Due under contracts · ${period}`, objectIn(incoming, 'contracts')),
    ...expected('Regular income', `Expected regularly · ${period}`, incoming),
    ...listed(
      'Charged regularly',
      `Charged regularly, as far as a pattern shows · ${period}`,
      objectIn(subscriptions, 'chargedByPattern'),
    ),
    ...expected('Subscriptions', `Subscriptions expected · ${period}`, subscriptions),
  ];
}

const paymentsTable = (caption: string, rows: readonly Fields[], formats: Formats): HTMLElement =>
  pagedTable({
    caption,
    rows,
    formats,
    columns: [
      words('Counterparty', 'counterparty', 'customer', 'contract', 'text', 'number', 'id'),
      wide(words('Text', 'text', 'number', 'contract')),
      day('Day', 'date', 'due'),
      term('Frequency', 'frequency'),
      money('Amount', 'amount'),
    ],
  });

/** What all rows of a list come to, in each currency; the answer has its first rows only. */
const sumsOf = (totals: readonly Fields[], shown: number, formats: Formats): Content[] =>
  totals.map((total) => {
    const count = numberIn(total, 'count');
    const amount = formats.money(textIn(total, 'total'), textIn(total, 'currency'));
    const number = count === undefined ? '' : ` in ${formats.count(count)}`;
    const part =
      count !== undefined && count > shown ? `, of which the first ${formats.count(shown)} are listed` : '';
    return element('p', { class: 'note first' }, `Total ${amount}${number}${part}`);
  });

/** Every balance of every account, as the bank states it: of which kind it is, and of which day. */
function balancesTable(answer: Fields, formats: Formats): HTMLElement {
  const rows = listIn(answer, 'accounts').flatMap((account): Fields[] => {
    const number = textIn(account, 'number');
    const name = textIn(account, 'name') || textIn(account, 'id');
    const described = {
      account: number === '' ? name : `${name} ··${number}`,
      institution: textIn(account, 'institution'),
    };
    const balances = ['booked', 'available'].flatMap((kind): Fields[] => {
      const balance = objectIn(account, kind);
      return balance ? [balance] : [];
    });
    if (balances.length === 0) return [{ ...described, type: 'no balance' }];
    return balances.map((balance) => ({ ...balance, ...described }));
  });
  return pagedTable({
    caption: 'Balances, as the bank states them',
    rows,
    formats,
    columns: [
      words('Account', 'account'),
      wide(words('Bank', 'institution')),
      term('Kind', 'type'),
      day('Day', 'date'),
      money('Balance', 'amount'),
    ],
  });
}

const movementsTable = (moved: readonly Fields[], caption: string, formats: Formats): HTMLElement =>
  pagedTable({
    caption,
    rows: moved,
    formats,
    columns: [
      words('Currency', 'currency'),
      wide(money('In', 'in')),
      wide(money('Out', 'out')),
      wide(money('Transfers in', 'transfersIn')),
      wide(money('Transfers out', 'transfersOut')),
      money('Net', 'net'),
    ],
  });

/** What keeps the figures from being complete: connections that have ended, gaps between statements. */
function warningsOf(answer: Fields, formats: Formats): Content[] {
  const connections = listIn(answer, 'connections').map(
    (connection) =>
      `${textIn(connection, 'name')}: ${wordsOf(textIn(connection, 'status')).toLowerCase()}, data of ${formats.day(textIn(connection, 'updated').slice(0, 10))}`,
  );
  const accounts = new Map(
    listIn(answer, 'accounts').map((account) => [textIn(account, 'id'), textIn(account, 'name')]),
  );
  const findings = listIn(answer, 'statementFindings').map((finding) => {
    const account = accounts.get(textIn(finding, 'accountId')) || textIn(finding, 'accountId');
    const days = ['from', 'to'].map((name) => formats.day(textIn(finding, name))).filter(Boolean);
    return `${account}: ${wordsOf(textIn(finding, 'finding')).toLowerCase()} in the statements, ${days.join(' – ')}`;
  });
  const moreAccounts = numberIn(answer, 'moreAccounts');
  const absent = textIn(answer, 'totalsAbsent');
  return [
    ...connections,
    ...findings,
    moreAccounts !== undefined && `${formats.count(moreAccounts)} more accounts are not shown.`,
    absent !== '' && `There are no totals: ${absent}`,
  ]
    .filter((text) => text !== false)
    .slice(0, mostWarnings)
    .map((text) => element('p', { class: 'note danger' }, text));
}

show('statement', contentOf);
