import { changeColumns, money, wide, words } from './columns.ts';
import { bar, type Content, choice, element, figures } from './elements.ts';
import { listIn, numberIn, objectIn, textIn, wordsOf } from './fields.ts';
import { type Formats, isNegative, lengthOf } from './formats.ts';
import type { Fields } from './host.ts';
import { type Shown, show, type Titled } from './show.ts';
import { type Column, fitTables, pagedTable } from './table.ts';

/* Figures of a period with those of an earlier one; or what is owed: how old it is, by whom, when it is expected. */

function contentOf({ answer, formats }: Shown): Titled {
  const summarized = listIn(answer, 'currencies');
  const title = summarized.length > 0 ? 'Financial summary' : 'What is owed';
  return {
    title,
    content: [
      summarized.length > 0
        ? byCurrency(summarized, (entry) => periodContent(entry, answer, formats))
        : owedContent(answer, formats),
      ...notesOf(answer, formats),
    ],
  };
}

/** The entries of a list, one of which is shown at a time: currencies are never looked at as one. */
const byCurrency = (
  entries: readonly Fields[],
  contentOf: (entry: Fields) => readonly Content[],
): HTMLElement =>
  choice(
    'Currency',
    entries.map((entry) => [textIn(entry, 'currency'), () => contentOf(entry)] as const),
    () => fitTables(document),
  );

/** The figures that come before the others. */
const mainFigures = ['income', 'expenses', 'net'];

/** All figures of a period, in the order in which they are read. */
const figureNames = [
  ...mainFigures,
  'bills',
  'spend',
  'taxCollected',
  'inputTax',
  'outstanding',
  'overdue',
  'noDueDate',
  'futureDated',
  'unapplied',
  'invoiced',
  'credited',
  'tips',
  'received',
  'refunded',
];

function periodContent(entry: Fields, answer: Fields, formats: Formats): readonly Content[] {
  const daysOf = (from: Fields, end: string): string =>
    `${formats.day(textIn(from, 'startDate'))} – ${formats.day(textIn(from, end))}`;
  const earlier = objectIn(answer, 'comparedWith');
  const caption = [
    textIn(answer, 'organization'),
    daysOf(answer, textIn(answer, 'countedThrough') ? 'countedThrough' : 'endDate'),
    earlier && `compared with ${daysOf(earlier, 'endDate')}`,
  ];
  const currency = textIn(entry, 'currency');
  return [
    figures(mainFigures.map((name) => [wordsOf(name), formats.money(textIn(entry, name), currency)])),
    periodTable(entry, caption.filter(Boolean).join(' · '), formats),
  ];
}

/** A figure is an amount, or an amount of a number of documents; so is its change. */
function figureRow(entry: Fields, name: string): Fields {
  const counted = objectIn(entry, name);
  const change = objectIn(objectIn(entry, 'changes') ?? {}, name) ?? {};
  return {
    name,
    currency: entry.currency,
    amount: counted ? counted.amount : entry[name],
    count: counted?.count,
    change: objectIn(change, 'amount') ?? change,
  };
}

const changeIn = (row: Fields): Fields | undefined => objectIn(row, 'change');

function periodTable(entry: Fields, caption: string, formats: Formats): HTMLElement {
  const compared = objectIn(entry, 'changes') !== undefined;
  const rows = figureNames
    // What is above the table already is in it for its earlier figure alone.
    .filter((name) => entry[name] !== undefined && (compared || !mainFigures.includes(name)))
    .map((name) => figureRow(entry, name));
  const longest = Math.max(
    ...rows.flatMap((row) => [lengthOf(row.amount), lengthOf(changeIn(row)?.previous)]),
  );
  const lengths: Column<Fields> = {
    title: 'Now, and before',
    wide: true,
    drawing: true,
    cell: (row) =>
      element(
        'div',
        {},
        bar(lengthOf(row.amount) / longest),
        changeIn(row)?.previous !== undefined && bar(lengthOf(changeIn(row)?.previous) / longest, 'hatched'),
      ),
  };
  return pagedTable({
    caption,
    rows,
    formats,
    columns: [
      { title: 'Figure', cell: (row) => wordsOf(textIn(row, 'name')) },
      ...(compared && longest > 0 ? [lengths] : []),
      countColumn,
      money('Amount', 'amount'),
      ...changeColumns(changeIn),
    ],
  });
}

const countColumn: Column<Fields> = {
  title: 'Count',
  numeric: true,
  wide: true,
  cell: (row, formats) => {
    const count = numberIn(row, 'count');
    return count !== undefined && formats.count(count);
  },
};

/** A bar for the amount of each row but the one of all others; what is late or less than nothing is hatched. */
function barColumn(name: string, rows: readonly Fields[]): Column<Fields> {
  const compared = rows.filter((row) => !row.all);
  const longest = Math.max(...compared.map((row) => lengthOf(row[name])));
  return {
    title: 'Compared',
    wide: true,
    drawing: true,
    cell: (row) =>
      !row.all &&
      bar(lengthOf(row[name]) / (longest || 1), row.late || isNegative(row[name]) ? 'hatched' : 'plain'),
  };
}

/** The sections of a report on what is owed. */
function owedContent(answer: Fields, formats: Formats): HTMLElement {
  const asOf = `as of ${formats.day(textIn(answer, 'asOf'))}`;
  const caption = [textIn(answer, 'organization'), asOf].filter(Boolean).join(' · ');
  const ageing = listIn(answer, 'ageing');
  const ratios = listIn(answer, 'ratios');
  const latePayers = listIn(answer, 'latePayers');
  const expected = listIn(answer, 'expected');
  const toLookAt = objectIn(answer, 'toLookAt');
  type Section = readonly [name: string, content: () => readonly Content[]];
  const perCurrency = (
    name: string,
    entries: readonly Fields[],
    table: (entry: Fields) => readonly Content[],
  ): Section[] => (entries.length === 0 ? [] : [[name, () => [byCurrency(entries, table)]]]);
  const sections: Section[] = [
    ...perCurrency('Ages', ageing, (entry) => agesContent(entry, caption, formats)),
    ...perCurrency(
      'By whom',
      ageing.filter((entry) => partiesIn(entry) !== undefined),
      (entry) => [partiesTable(entry, caption, formats)],
    ),
    ...perCurrency('Days and ratios', ratios, (entry) => [ratiosTable(entry, caption, formats)]),
    ...perCurrency(
      'Who is late',
      latePayers.filter((entry) => partiesIn(entry) !== undefined),
      (entry) => [lateTable(entry, caption, formats)],
    ),
    ...perCurrency('Expected', expected, (entry) => [expectedTable(entry, caption, formats)]),
    ...(toLookAt ? [['To look at', () => [candidatesTable(toLookAt, caption, formats)]] as const] : []),
  ];
  return sections.length === 0
    ? element('p', { class: 'message' }, 'Nothing is owed.')
    : choice('Show', sections, () => fitTables(document));
}

function agesContent(entry: Fields, caption: string, formats: Formats): readonly Content[] {
  const currency = textIn(entry, 'currency');
  const rows = listIn(entry, 'ages').map(
    (age): Fields => ({ ...age, currency, late: /^\d/.test(textIn(age, 'age')) }),
  );
  const count = numberIn(entry, 'count');
  const unapplied = textIn(entry, 'unapplied');
  return [
    figures([
      ['Balance', formats.money(textIn(entry, 'balance'), currency)],
      ...(unapplied === '' ? [] : [['Not applied', formats.money(unapplied, currency)] as const]),
      ...(count === undefined ? [] : [['Documents', formats.count(count)] as const]),
    ]),
    pagedTable({
      caption,
      rows,
      formats,
      columns: [
        {
          title: 'Age',
          cell: (row) => (row.late ? `${textIn(row, 'age')} days late` : wordsOf(textIn(row, 'age'))),
        },
        barColumn('balance', rows),
        countColumn,
        money('Balance', 'balance'),
      ],
    }),
  ];
}

const partiesIn = (entry: Fields): 'customers' | 'suppliers' | undefined =>
  (['customers', 'suppliers'] as const).find((name) => listIn(entry, name).length > 0);

function partiesTable(entry: Fields, caption: string, formats: Formats): HTMLElement {
  const currency = textIn(entry, 'currency');
  const parties = partiesIn(entry) ?? 'customers';
  const others = objectIn(entry, 'others');
  const rows: readonly Fields[] = [
    ...listIn(entry, parties).map((party) => ({ ...party, currency })),
    ...(others ? [{ ...others, currency, all: 'All others' }] : []),
  ];
  return pagedTable({
    caption,
    rows,
    formats,
    columns: [partyColumn(parties), barColumn('balance', rows), countColumn, money('Balance', 'balance')],
  });
}

/** The ratios of a report, and where each of them is: its object, within it another, and the field with the figure. */
const ratioNames: readonly (readonly [title: string, path: readonly string[], unit: string])[] = [
  ['Days sales outstanding', ['dso', 'simple', 'days'], ' days'],
  ['Days sales outstanding, counted back', ['dso', 'countBack', 'days'], ' days'],
  ['Days payable outstanding', ['dpo', 'simple', 'days'], ' days'],
  ['Days payable outstanding, counted back', ['dpo', 'countBack', 'days'], ' days'],
  ['Collection effectiveness', ['cei', 'percent'], '%'],
  ['Days to pay, weighted by amount', ['daysToPay', 'weighted'], ' days'],
  ['Days late, weighted by amount', ['daysLate', 'weighted'], ' days'],
];

/** The ratios, or why there are none. */
function ratiosTable(entry: Fields, caption: string, formats: Formats): HTMLElement {
  const rows = ratioNames.flatMap(([title, path, unit]): Fields[] => {
    const place = path
      .slice(0, -1)
      .reduce<Fields | undefined>((fields, name) => objectIn(fields ?? {}, name), entry);
    if (!place) return [];
    const figure = textIn(place, path.at(-1) ?? '');
    const value = figure === '' ? textIn(place, 'notComputable') : `${formats.decimal(figure)}${unit}`;
    return [{ title, value }];
  });
  return pagedTable({
    caption,
    rows,
    formats,
    columns: [
      { title: 'Ratio', cell: (row) => textIn(row, 'title') },
      { title: 'Value', numeric: true, cell: (row) => textIn(row, 'value') },
    ],
  });
}

function lateTable(entry: Fields, caption: string, formats: Formats): HTMLElement {
  const parties = partiesIn(entry) ?? 'customers';
  const rows = listIn(entry, parties);
  return pagedTable({
    caption,
    rows,
    formats,
    columns: [
      partyColumn(parties),
      barColumn('weighted', rows),
      { ...countColumn, title: 'Settled' },
      {
        title: 'Of these late',
        numeric: true,
        wide: true,
        cell: (row) => formats.count(numberIn(row, 'lateCount') ?? 0),
      },
      {
        title: 'Days late, weighted',
        numeric: true,
        cell: (row) => formats.decimal(textIn(row, 'weighted')),
      },
    ],
  });
}

const partyColumn = (parties: 'customers' | 'suppliers'): Column<Fields> =>
  words(
    parties === 'customers' ? 'Customer' : 'Supplier',
    'all',
    'customer',
    'supplier',
    'customerId',
    'supplierId',
  );

/** What is expected: what is late, each week by its first day, what comes later, what has no day. */
function expectedTable(entry: Fields, caption: string, formats: Formats): HTMLElement {
  const currency = textIn(entry, 'currency');
  const weeks = listIn(entry, 'weeks');
  const later = objectIn(entry, 'later');
  // A week has an amount for each way to tell the day, of which the due day is the first.
  const ways = ['byDueDay', ...[...weeks, later ?? {}].flatMap((week) => Object.keys(week))].filter(
    (name, index, all) => name !== 'startDate' && all.indexOf(name) === index,
  );
  const [main = '', ...others] = ways;
  const single = (name: string, label: string): Fields[] =>
    lengthOf(entry[name]) === 0 ? [] : [{ label, currency, [main]: entry[name], late: name === 'overdue' }];
  const rows: readonly Fields[] = [
    ...single('overdue', 'Overdue'),
    ...weeks.map((week) => ({
      ...week,
      currency,
      label: `Week from ${formats.day(textIn(week, 'startDate'))}`,
    })),
    ...(later ? [{ ...later, currency, label: 'Later' }] : []),
    ...single('noDueDate', 'Without a due date'),
  ];
  return pagedTable({
    caption,
    rows,
    formats,
    columns: [
      { title: 'When', cell: (row) => textIn(row, 'label') },
      barColumn(main, rows),
      money(wordsOf(main), main),
      ...others.map((name) => wide(money(wordsOf(name), name))),
    ],
  });
}

/** The checks, with how much each of them found. */
const candidatesTable = (toLookAt: Fields, caption: string, formats: Formats): HTMLElement =>
  pagedTable({
    caption,
    rows: Object.keys(toLookAt)
      .filter((name) => name !== 'lookedAt')
      .map((name): Fields => ({ name, count: objectIn(toLookAt, name)?.count })),
    formats,
    columns: [
      { title: 'Check', cell: (row) => wordsOf(textIn(row, 'name')) },
      { ...countColumn, title: 'Found', wide: false },
    ],
  });

/** What has to be known to read the figures. */
function notesOf(answer: Fields, formats: Formats): Content[] {
  const [endDate, counted, basis] = ['endDate', 'countedThrough', 'basis'].map((name) =>
    textIn(answer, name),
  ) as [string, string, string];
  const part = counted !== '' && counted < endDate ? `; the period ends on ${formats.day(endDate)}` : '';
  return [
    basis && `On the ${basis} basis${part}.`,
    answer.netExcludesInputTax === true && 'Net is without the tax on purchases.',
    textIn(answer, 'partiesAbsent'),
    textIn(answer, 'habitsAbsent'),
    textIn(answer, 'futureAsOf'),
  ].flatMap((text) => (text ? [element('p', { class: 'note' }, text)] : []));
}

show('summary', contentOf);
