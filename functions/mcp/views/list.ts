import { bar, type Content, choice, element, figures, outside } from './elements.ts';
import { listIn, numberIn, textIn, wordsOf } from './fields.ts';
import { type Formats, isNegative, lengthOf } from './formats.ts';
import type { Fields } from './host.ts';
import { answerIn, type Shown, show } from './show.ts';
import { type Column, fitTables, pagedTable } from './table.ts';

/* The answer of any list: its totals per currency, its groups, and its rows. */

type Cell = (row: Fields, formats: Formats) => Content;

interface RowColumn {
  readonly title: string;
  readonly cell: Cell;
  readonly numeric?: boolean;
  readonly wide?: boolean;
}

/** What a kind of rows looks like. */
interface Kind {
  readonly title: string;
  /** The tool that goes on with the list. */
  readonly tool: string;
  readonly columns: readonly RowColumn[];
}

const words = (title: string, ...names: readonly string[]): RowColumn => ({
  title,
  cell: (row) => {
    const name = names.find((each) => textIn(row, each) !== '');
    return name === undefined ? undefined : outside(textIn(row, name));
  },
});

const wide = (column: RowColumn): RowColumn => ({ ...column, wide: true });

const day = (title: string, name: string): RowColumn => ({
  title,
  wide: true,
  cell: (row, formats) => formats.day(textIn(row, name)),
});

const money = (title: string, name: string): RowColumn => ({
  title,
  numeric: true,
  cell: (row, formats) => moneyOf(row, name, formats),
});

const moneyOf = (row: Fields, name: string, formats: Formats): Content => {
  const amount = textIn(row, name);
  if (amount === '') return undefined;
  return element('span', { class: 'amount' }, formats.money(amount, textIn(row, 'currency')));
};

/** A status with what goes with it: how late, partly paid, dated later. */
const state: RowColumn = {
  title: 'Status',
  wide: true,
  cell: (row, formats) => {
    const late = numberIn(row, 'daysOverdue');
    const parts = [
      wordsOf(textIn(row, 'status')),
      late !== undefined && `${formats.count(late)} ${late === 1 ? 'day' : 'days'}`,
      row.partiallyPaid === true && 'partly paid',
      row.futureDated === true && 'later date',
      row.transfer === true && 'own transfer',
      row.failed === true && 'failed',
      row.recurring === true && 'recurring',
    ].filter((part) => part !== false && part !== '');
    return (
      parts.length > 0 && element('span', { class: late === undefined ? '' : 'danger' }, parts.join(', '))
    );
  },
};

/** Balances of a customer, one for each currency. */
const openBalances: RowColumn = {
  title: 'Open balance',
  numeric: true,
  cell: (row, formats) => {
    const balances = listIn(row, 'open').map((open) => element('div', {}, moneyOf(open, 'balance', formats)));
    return balances.length > 0 && element('div', {}, ...balances);
  },
};

/** Whatever else a record has that is short, with its names. */
const otherFields: RowColumn = {
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
      { title: 'Method', wide: true, cell: (row) => wordsOf(textIn(row, 'method')) },
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
      { title: 'Direction', wide: true, cell: (row) => wordsOf(textIn(row, 'direction')) },
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
    columns: [
      words('Name', 'name', 'number', 'id'),
      { title: 'Kind', wide: true, cell: (row) => wordsOf(textIn(row, 'kind')) },
      otherFields,
    ],
  },
};

/** Currencies whose totals are shown; with more, the others are counted. */
const mostCurrencies = 4;

function contentOf(shown: Shown): readonly Content[] {
  const { answer, formats } = shown;
  const noun = Object.keys(kinds).find((name) => Array.isArray(answer[name]));
  const kind = noun === undefined ? undefined : kinds[noun];
  if (noun === undefined || kind === undefined) {
    return [element('p', { class: 'message' }, 'This answer has no rows that can be shown here.')];
  }
  const rows = listIn(answer, noun);
  const groups = listIn(answer, 'groups');
  const asOf = textIn(answer, 'asOf') || textIn(answer, 'countedThrough');
  const caption = [kind.title, textIn(answer, 'organization'), asOf && `as of ${formats.day(asOf)}`]
    .filter(Boolean)
    .join(' · ');
  const refit = () => fitTables(document);
  const single = noun === 'records' && rows.length === 1 && answer.totalCount === undefined;
  return [
    totalsOf(listIn(answer, 'totals'), formats),
    choice(
      'Show',
      [
        ...(groups.length > 0 ? [['Groups', () => [groupsTable(groups, caption, formats)]] as const] : []),
        ...(rows.length > 0
          ? [
              [
                kind.title,
                () => [
                  single
                    ? wholeRecord(rows[0]!, caption, formats)
                    : rowsTable({ noun, kind, rows, caption }, shown),
                ],
              ] as const,
            ]
          : []),
      ],
      refit,
    ),
    rows.length + groups.length === 0 &&
      element(
        'p',
        { class: 'message' },
        answer.totalCount ? 'Totals alone were asked for.' : `No ${kind.title.toLowerCase()} match.`,
      ),
    ...notesOf(answer, formats),
  ];
}

/** The totals: figures where there is one currency, a table where there are several. */
function totalsOf(totals: readonly Fields[], formats: Formats): Content {
  const [only] = totals;
  if (!only) return undefined;
  const names = measuresIn(totals);
  const valueIn = (total: Fields, name: string): string =>
    typeof total[name] === 'number'
      ? formats.count(total[name])
      : formats.money(textIn(total, name), textIn(total, 'currency'));
  if (totals.length === 1) return figures(names.map((name) => [wordsOf(name), valueIn(only, name)]));
  const shown = totals.slice(0, mostCurrencies);
  const others = totals.length - shown.length;
  return element(
    'div',
    { class: 'totals' },
    pagedTable({
      caption: 'Totals',
      rows: shown,
      formatCount: formats.count,
      columns: [
        { title: 'Currency', cell: (total) => textIn(total, 'currency') },
        ...names.map((name) => ({
          title: wordsOf(name),
          numeric: true,
          cell: (total: Fields) => (total[name] === undefined ? undefined : valueIn(total, name)),
        })),
      ],
    }),
    others > 0 &&
      element('p', { class: 'note' }, `Totals of ${formats.count(others)} more currencies are not shown.`),
  );
}

/** The fields of totals or groups that are amounts or counts, but for the currency. */
const measuresIn = (entries: readonly Fields[]): string[] => {
  const names = new Set(entries.flatMap((entry) => Object.keys(entry)));
  return [...names].filter(
    (name) =>
      entries.some(
        (entry) => typeof entry[name] === 'number' || /^-?\d+(\.\d+)?$/.test(textIn(entry, name)),
      ) && !/(Id|^id|^month|^year)$/.test(name),
  );
};

/** The groups, with a bar for the amount that says most about them: the last one, which is what they come down to. */
function groupsTable(groups: readonly Fields[], caption: string, formats: Formats): HTMLElement {
  const measures = measuresIn(groups);
  const by = groups
    .flatMap((group) => Object.keys(group))
    .find(
      (name) =>
        !measures.includes(name) &&
        name !== 'currency' &&
        !name.endsWith('Id') &&
        typeof groups[0]?.[name] !== 'object',
    );
  const amounts = measures.filter((name) => groups.some((group) => typeof group[name] === 'string'));
  const shownAmount = amounts.at(-1);
  const longest = new Map<string, number>();
  for (const group of groups) {
    const currency = textIn(group, 'currency');
    longest.set(currency, Math.max(longest.get(currency) ?? 0, lengthOf(group[shownAmount ?? ''])));
  }
  const columns: readonly Column<Fields>[] = [
    {
      title: wordsOf(by ?? 'group'),
      cell: (group) => {
        const name = textIn(group, by ?? '');
        if (name === '') return element('i', {}, 'None');
        return by === 'month' ? formats.day(name) : outside(name);
      },
    },
    ...(shownAmount === undefined
      ? []
      : [
          {
            title: 'Share of the largest',
            wide: true,
            cell: (group: Fields) =>
              bar(
                lengthOf(group[shownAmount]) / (longest.get(textIn(group, 'currency')) || 1),
                isNegative(group[shownAmount]) ? 'hatched' : 'plain',
              ),
          },
        ]),
    ...measures.map((name) => ({
      title: wordsOf(name),
      numeric: true,
      wide: name !== shownAmount,
      cell: (group: Fields) =>
        typeof group[name] === 'number' ? formats.count(group[name]) : moneyOf(group, name, formats),
    })),
  ];
  return pagedTable({
    caption: `${caption} · by ${wordsOf(by ?? 'group').toLowerCase()}`,
    columns,
    rows: groups,
    formatCount: formats.count,
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
    formatCount: formats.count,
    columns: kind.columns.map(({ cell, ...column }) => ({
      ...column,
      cell: (row: Fields) => cell(row, formats),
    })),
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
    formatCount: formats.count,
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
      `The totals count all ${formats.count(count)}, not only the rows shown.`,
    absent && `There are no totals: ${absent}`,
    left > 0 && `${formats.count(left)} smaller groups are not shown.`,
    answer.approximate === true && 'Nothing has these words; these are similar.',
    notInTotals && `Drafts and void documents, which are not in the totals: ${formats.count(notInTotals)}.`,
    textIn(answer, 'futureAsOf'),
  ].flatMap((text) => (text ? [element('p', { class: 'note' }, text)] : []));
}

show('list', contentOf);
