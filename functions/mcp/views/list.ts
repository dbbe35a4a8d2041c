import { changeColumns, day, money, moneyIn, term, wide, words } from './columns.ts';
import { bar, type Content, choice, element, figures, outside, short } from './elements.ts';
import { listIn, numberIn, objectIn, textIn, wordsOf } from './fields.ts';
import { type Formats, isNegative, lengthOf } from './formats.ts';
import type { Fields } from './host.ts';
import { answerIn, type Shown, show, type Titled } from './show.ts';
import { type Column, fitTables, pagedTable, plainTable } from './table.ts';

/* The answer of any list: its totals per currency, its groups, and its rows. */

/** What a kind of rows looks like. */
interface Kind {
  readonly title: string;
  /** The tool that goes on with the list. */
  readonly tool: string;
  readonly columns: readonly Column<Fields>[];
}

/** A status with what goes with it, such as how late. That part is paid is seen from the balance. */
const state: Column<Fields> = {
  title: 'Status',
  wide: true,
  cell: (row, formats) => {
    const late = numberIn(row, 'daysOverdue');
    const parts = [
      wordsOf(textIn(row, 'status')),
      late !== undefined && `${formats.count(late)} ${late === 1 ? 'day' : 'days'}`,
      row.futureDated === true && 'later date',
      row.transfer === true && 'own transfer',
      row.failed === true && 'failed',
      row.recurring === true && 'recurring',
    ].filter((part) => part !== false && part !== '');
    return parts.length > 0 && short(parts.join(', '), textIn(row, 'status') === 'overdue' ? 'danger' : '');
  },
};

/** Balances of a customer, one for each currency. */
const openBalances: Column<Fields> = {
  title: 'Open balance',
  numeric: true,
  cell: (row, formats) => {
    const balances = listIn(row, 'open').map((open) => element('div', {}, moneyIn(open, 'balance', formats)));
    return balances.length > 0 && element('div', {}, ...balances);
  },
};

/** Whatever else a record has that is short, with its names. */
const otherFields: Column<Fields> = {
  title: 'Details',
  wide: true,
  cell: (row) => {
    const others = Object.entries(row).filter(
      ([name, value]) =>
        !['id', 'name', 'kind', 'number'].includes(name) &&
        ['string', 'number', 'boolean'].includes(typeof value),
    );
    return (
      others.length > 0 &&
      outside(
        others
          .slice(0, 3)
          .map(([name, value]) => `${wordsOf(name)}: ${value}`)
          .join(' · '),
      )
    );
  },
};

/** The kinds of rows, by the field of the answer that holds them. */
const kinds: Readonly<Record<string, Kind>> = {
  invoices: {
    title: 'Invoices',
    tool: 'list_invoices',
    columns: [
      words('Customer', 'customer', 'number', 'id'),
      wide(words('Number', 'number')),
      day('Due', 'due'),
      state,
      money('Balance', 'balance'),
      { ...money('Total', 'total'), wide: true },
    ],
  },
  creditNotes: {
    title: 'Credit notes',
    tool: 'list_invoices',
    columns: [
      words('Customer', 'customer', 'number', 'id'),
      wide(words('Number', 'number')),
      day('Issued', 'issued'),
      money('Unapplied', 'unapplied'),
      { ...money('Total', 'total'), wide: true },
    ],
  },
  bills: {
    title: 'Bills',
    tool: 'list_bills',
    columns: [
      words('Supplier', 'supplier', 'number', 'id'),
      wide(words('Number', 'number')),
      day('Due', 'due'),
      state,
      money('Balance', 'balance'),
      { ...money('Total', 'total'), wide: true },
    ],
  },
  expenses: {
    title: 'Expenses',
    tool: 'list_expenses',
    columns: [
      words('Vendor', 'vendor', 'description', 'id'),
      wide(words('Category', 'category')),
      wide(words('Description', 'description')),
      day('Date', 'date'),
      money('Amount', 'amount'),
    ],
  },
  payments: {
    title: 'Payments',
    tool: 'payments_report',
    columns: [
      words('Customer', 'customer', 'reference', 'id'),
      wide(words('Invoice', 'invoiceNumber', 'invoiceId')),
      term('Method', 'method'),
      day('Date', 'date'),
      state,
      money('Amount', 'amount'),
    ],
  },
  customers: {
    title: 'Customers',
    tool: 'search_customers',
    columns: [
      words('Name', 'name', 'id'),
      wide(words('Organization', 'organization')),
      wide(words('E-mail', 'email')),
      wide(words('Phone', 'phone')),
      openBalances,
    ],
  },
  transactions: {
    title: 'Bank transactions',
    tool: 'list_bank_transactions',
    columns: [
      words('Counterparty', 'counterparty', 'text', 'id'),
      wide(words('Text', 'text')),
      day('Date', 'date'),
      state,
      money('Amount', 'amount'),
    ],
  },
  lines: {
    title: 'Commitments',
    tool: 'list_commitments',
    columns: [
      words('Contract', 'contract', 'counterparty', 'id'),
      wide(words('Counterparty', 'counterparty')),
      day('Due', 'due'),
      term('Direction', 'direction'),
      state,
      money('Amount', 'amount'),
    ],
  },
  contracts: {
    title: 'Contracts',
    tool: 'list_commitments',
    columns: [
      words('Contract', 'name', 'id'),
      wide(words('Counterparty', 'counterparty')),
      state,
      day('Cancel by', 'cancelBy'),
      day('End', 'end'),
      money('Total', 'total'),
    ],
  },
  records: {
    title: 'Records',
    tool: 'find_records',
    columns: [words('Name', 'name', 'number', 'id'), term('Kind', 'kind'), otherFields],
  },
};

/** Currencies whose totals are shown; with more, the others are counted. */
const mostCurrencies = 4;

function contentOf(shown: Shown): Titled {
  const { answer, formats } = shown;
  const noun = Object.keys(kinds).find((name) => Array.isArray(answer[name]));
  const kind = noun === undefined ? undefined : kinds[noun];
  if (noun === undefined || kind === undefined) {
    const text = 'This answer has no rows that can be shown here.';
    return { title: 'List', content: [element('p', { class: 'message' }, text)] };
  }
  const rows = listIn(answer, noun);
  const groups = listIn(answer, 'groups');
  const asOf = textIn(answer, 'asOf') || textIn(answer, 'countedThrough');
  const compared = objectIn(answer, 'comparedWith');
  const caption = [
    kind.title,
    textIn(answer, 'organization'),
    asOf && `as of ${formats.day(asOf)}`,
    compared &&
      `compared with ${formats.day(textIn(compared, 'startDate'))} – ${formats.day(textIn(compared, 'endDate'))}`,
  ]
    .filter(Boolean)
    .join(' · ');
  const single = noun === 'records' && rows.length === 1 && answer.totalCount === undefined;
  const parts: [name: string, content: () => readonly Content[]][] = [];
  if (groups.length > 0) {
    const by = wordsOf(groupingOf(groups, measuresIn(groups, shown.args))).toLowerCase();
    parts.push([`By ${by}`, () => [groupsTable(groups, `${caption} · by ${by}`, shown)]]);
  }
  if (single) parts.push([kind.title, () => [wholeRecord(rows[0]!, caption, formats)]]);
  else if (rows.length > 0) parts.push([kind.title, () => [rowsTable({ noun, kind, rows, caption }, shown)]]);
  const nothing = answer.totalCount
    ? 'Totals alone were asked for.'
    : `No ${kind.title.toLowerCase()} match.`;
  return {
    title: kind.title,
    content: [
      totalsOf(listIn(answer, 'totals'), kind, shown),
      parts.length > 0
        ? choice('Show', parts, () => fitTables(document))
        : element('p', { class: 'message' }, nothing),
      ...notesOf(answer, formats),
    ],
  };
}

/** The totals: figures where there is one currency, a table where there are several. */
function totalsOf(totals: readonly Fields[], kind: Kind, { args, formats }: Shown): Content {
  const [only] = totals;
  if (!only) return undefined;
  const names = measuresIn(totals, args);
  const label = (name: string): string => (name === 'count' ? kind.title : wordsOf(name));
  const valueIn = (total: Fields, name: string): string =>
    typeof total[name] === 'number'
      ? formats.count(total[name])
      : formats.money(textIn(total, name), textIn(total, 'currency'));
  if (totals.length === 1) return figures(names.map((name) => [label(name), valueIn(only, name)]));
  const shown = totals.slice(0, mostCurrencies);
  const others = totals.length - shown.length;
  return element(
    'div',
    { class: 'totals' },
    plainTable({
      caption: 'Totals',
      formats,
      rows: shown,
      columns: [
        words('Currency', 'currency'),
        ...names.map((name, index) => ({
          title: label(name),
          numeric: true,
          wide: index > 0,
          cell: (total: Fields) => total[name] !== undefined && valueIn(total, name),
        })),
      ],
    }),
    others > 0 &&
      element('p', { class: 'note' }, `Totals of ${formats.count(others)} more currencies are not shown.`),
  );
}

/** Amounts that say most about totals, the first of them most of all. */
const weights = ['net', 'total', 'received', 'failed', 'in', 'incoming', 'outgoing', 'balance', 'unapplied'];

/** The fields of totals or groups that are amounts or counts: first the amount that says most, the count last. */
function measuresIn(entries: readonly Fields[], { status, groupBy }: Fields): string[] {
  const names = [...new Set(entries.flatMap((entry) => Object.keys(entry)))].filter((name) =>
    entries.some((entry) =>
      name.endsWith('ount') ? typeof entry[name] === 'number' : isAmount(textIn(entry, name)) && !isKey(name),
    ),
  );
  // Of documents that are owed, the balance says more than what was invoiced.
  const owed = groupBy === 'age' || ['open', 'overdue', 'partial', 'unpaid'].includes(String(status));
  const rank = (name: string): number => {
    if (name === 'count') return 99;
    if (owed && name === 'balance') return -1;
    const place = weights.indexOf(name);
    return place === -1 ? weights.length : place;
  };
  return names.sort((a, b) => rank(a) - rank(b));
}

const isAmount = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text);

/** Names and ids of groups can be figures as well. */
const isKey = (name: string): boolean =>
  /(^id|Id|^month|^customer|^vendor|^category|^product|^account)$/.test(name);

/** The field by which there are groups. */
const groupingOf = (groups: readonly Fields[], measures: readonly string[]): string =>
  groups
    .flatMap((group) => Object.keys(group))
    .find(
      (name) =>
        !['currency', 'changes', 'own'].includes(name) && !name.endsWith('Id') && !measures.includes(name),
    ) ?? 'group';

/** Groups whose names are words of the tools, not of the books. */
const termGroupings = ['age', 'status', 'method', 'direction'];

/** The groups, with a bar for the amount that says most about them. */
function groupsTable(groups: readonly Fields[], caption: string, { args, formats }: Shown): HTMLElement {
  const measures = measuresIn(groups, args);
  const by = groupingOf(groups, measures);
  const [main = ''] = measures;
  const longest = new Map<string, number>();
  for (const group of groups) {
    const currency = textIn(group, 'currency');
    longest.set(currency, Math.max(longest.get(currency) ?? 0, lengthOf(group[main])));
  }
  return pagedTable<Fields>({
    caption,
    rows: groups,
    formats,
    columns: [
      {
        title: wordsOf(by),
        cell: (group) => {
          const name = textIn(group, by);
          if (name === '') return element('i', {}, 'None');
          if (by === 'age' && name !== 'not_due') return `${name} days late`;
          if (termGroupings.includes(by)) return wordsOf(name);
          return by === 'month' ? formats.day(name) : outside(name);
        },
      },
      {
        title: `${wordsOf(main)} compared`,
        wide: true,
        drawing: true,
        cell: (group) =>
          bar(
            lengthOf(group[main]) / (longest.get(textIn(group, 'currency')) || 1),
            isNegative(group[main]) ? 'hatched' : 'plain',
          ),
      },
      ...measures.map((name) => ({
        title: wordsOf(name),
        numeric: true,
        wide: name !== main,
        cell: (group: Fields) =>
          typeof group[name] === 'number' ? formats.count(group[name]) : moneyIn(group, name, formats),
      })),
      ...changeColumns((group) => objectIn(objectIn(group, 'changes') ?? {}, main)),
    ],
  });
}

interface Rows {
  readonly noun: string;
  readonly kind: Kind;
  readonly rows: readonly Fields[];
  readonly caption: string;
}

function rowsTable({ noun, kind, rows, caption }: Rows, { answer, args, formats, host }: Shown): HTMLElement {
  let cursor = textIn(answer, 'nextCursor');
  return pagedTable({
    caption,
    rows,
    count: numberIn(answer, 'totalCount'),
    formats,
    columns: kind.columns,
    more:
      cursor !== '' && host.callsTools
        ? async () => {
            const following = answerIn(await host.callTool(kind.tool, { ...args, cursor }));
            cursor = textIn(following, 'nextCursor');
            return { rows: listIn(following, noun), complete: cursor === '' };
          }
        : undefined,
  });
}

/** One record with everything that it has. */
const wholeRecord = (record: Fields, caption: string, formats: Formats): HTMLElement =>
  pagedTable({
    caption,
    rows: Object.entries(record),
    formats,
    columns: [
      { title: 'Field', cell: ([name]) => wordsOf(name) },
      {
        title: 'Value',
        cell: ([, value]) => outside(typeof value === 'object' ? JSON.stringify(value) : String(value)),
      },
    ],
  });

/** What has to be known to read the list. */
function notesOf(answer: Fields, formats: Formats): Content[] {
  const count = numberIn(answer, 'totalCount');
  const returned = numberIn(answer, 'returned') ?? 0;
  const groupCount = numberIn(answer, 'groupCount');
  const left = groupCount === undefined ? 0 : groupCount - listIn(answer, 'groups').length;
  const absent = textIn(answer, 'totalsAbsent');
  const notInTotals = numberIn(answer, 'notInTotals');
  return [
    answer.complete === false &&
      returned > 0 &&
      count !== undefined &&
      `The totals count all ${formats.count(count)} that match, not only the rows shown.`,
    absent && `There are no totals: ${absent}`,
    left > 0 && `${formats.count(left)} smaller groups are not shown.`,
    answer.approximate === true && 'Nothing has these words; these are similar.',
    notInTotals && `Drafts and void documents, which are not in the totals: ${formats.count(notInTotals)}.`,
    textIn(answer, 'futureAsOf'),
  ].flatMap((text) => (text ? [element('p', { class: 'note' }, text)] : []));
}

show('list', contentOf);
