import * as z from 'zod';
import type { ScopeName } from '../../../shared/edge.ts';
import { NotFound, Refusal } from '../../../shared/ledger/errors.ts';
import { writeRecord } from '../../../shared/ledger/format.ts';
import { type AttachedKind, attachedKinds } from '../../../shared/ledger/kinds/attachment.ts';
import { lastFour } from '../../../shared/ledger/kinds/bank-account.ts';
import type { LedgerRecord } from '../../../shared/ledger/kinds/index.ts';
import { queryWords } from '../../../shared/ledger/search-words.ts';
import { attachmentFields, attachmentScopes, downloadOf, visibleAttachment } from '../attachment.ts';
import { type Answer, defineTool, MissingScope, type ToolContext } from '../tool.ts';
import { cursor, limit, oneOf, text } from './arguments.ts';
import { pageStart } from './cursor.ts';
import { countThatFits, type Fields, stated } from './fields.ts';
import * as output from './output.ts';
import { pageAnswer } from './page-answer.ts';

/** The kinds that can be looked for, with the scopes that show them: all of these are needed. */
const scopesOf = {
  customer: ['customers:read'],
  supplier: ['expenses:read'],
  product: ['invoices:read'],
  project: ['invoices:read'],
  cost_group: ['expenses:read'],
  tax_group: ['expenses:read'],
  bank_account: ['banking:read'],
  connection: ['banking:read'],
  contract: ['contracts:read'],
  // A list of files tells of records of all kinds. One file by its id needs less: see `visibleAttachment`.
  attachment: attachmentScopes,
} as const satisfies Partial<Record<LedgerRecord['kind'], readonly ScopeName[]>>;

type FoundKind = keyof typeof scopesOf;
const foundKinds = Object.keys(scopesOf) as FoundKind[];

/** What can be asked for. A counterparty is a customer or a supplier. */
const askable = [...foundKinds, 'counterparty'] as const;

const kindsMeant = (asked: (typeof askable)[number]): readonly [FoundKind, ...FoundKind[]] =>
  asked === 'counterparty' ? ['customer', 'supplier'] : [asked];

export const findRecords = defineTool({
  name: 'find_records',
  title: 'Find records',
  description:
    'Master data by words (query), by id (the whole record), or all by name. A counterparty is a customer or supplier.',
  // Each of them shows some record: payments:read the files of payments.
  scope: [...new Set(Object.values(scopesOf).flat())],
  kinds: foundKinds.filter((kind) => kind !== 'customer' && kind !== 'product'),
  input: () =>
    z.strictObject({
      kind: oneOf(askable),
      query: text.exactOptional(),
      id: text.exactOptional(),
      limit,
      cursor: cursor.exactOptional(),
    }),
  output: output.object(
    ['records', 'asOf', 'returned', 'complete'],
    ['totalCount', 'totalsAbsent', 'approximate', 'nextCursor'],
    {
      records: output.listOf(output.object(['kind', 'id'], ['name'])),
      download: {
        ...output.object(['url', 'validUntil']),
        description: 'Secret link to the file, for the person: whoever has it can read the file',
      },
    },
  ),
  async run({ kind, query, id, ...page }, context) {
    const given = Object.entries({ query, id, cursor: page.cursor }).flatMap(([name, value]) =>
      value === undefined ? [] : [name],
    );
    if (given.length > 1) {
      throw new Refusal(`${given.join(' and ')} exclude each other: expected at most one of them.`);
    }
    if (kind === 'attachment' && id !== undefined) return file(id, context);
    const kinds = kindsMeant(kind);
    const missing = kinds
      .flatMap((meant): readonly ScopeName[] => scopesOf[meant])
      .find((scope) => !context.scopes.includes(scope));
    if (missing) throw new MissingScope(missing);
    if (id !== undefined) return wholeRecord(kinds, id, context);
    if (query !== undefined) return searched(kinds, query, page.limit, context);
    return listed(kinds, { kind, ...page }, context);
  },
});

/** The record with that id, of the first of these kinds that has one. */
async function wholeRecord(
  [kind, ...others]: readonly FoundKind[],
  id: string,
  context: ToolContext,
): Promise<Answer> {
  const { reader, today } = context;
  try {
    const [record] = await reader.find(kind as 'supplier', { id }, today);
    const files = isAttachedKind(kind) ? await attachmentFields({ kind, id: record.id }, context) : {};
    return oneRecord({ ...shown(record), ...files }, context);
  } catch (error) {
    if (error instanceof NotFound && others.length > 0) return wholeRecord(others, id, context);
    throw error;
  }
}

const isAttachedKind = (kind: string | undefined): kind is AttachedKind =>
  (attachedKinds as readonly (string | undefined)[]).includes(kind);

/** An attachment, with a link to its file where one is stored. */
async function file(id: string, context: ToolContext): Promise<Answer> {
  const attachment = await visibleAttachment(id, context);
  const download = await downloadOf(attachment, context);
  const answer = oneRecord({ ...shown(attachment), stored: download !== undefined }, context);
  return { ...answer, ...(download && { download }) };
}

const oneRecord = (record: Fields, { today }: ToolContext): Answer => ({
  content: { records: [record], asOf: today, returned: 1, complete: true },
  rows: 1,
});

/** The records that the words find, kind by kind. */
async function searched(
  kinds: readonly FoundKind[],
  query: string,
  limit: number,
  { reader, today }: ToolContext,
): Promise<Answer> {
  if (queryWords(query).length === 0) {
    throw new Refusal('query has no letters or digits: expected words of a name.');
  }
  const found = await Promise.all(
    kinds.map(async (kind) => ({
      kind,
      ...(await reader.search(kind as 'supplier', query, limit, today)),
    })),
  );
  const exact = found.filter(({ approximate }) => !approximate);
  // Near spellings of one kind are no answer where another kind has the very words.
  const counted = exact.some(({ rows }) => rows.length > 0) ? exact : found;
  const all = counted.flatMap(({ kind, rows }) => rows.map((row) => short(kind, row)));
  const records = all.slice(0, Math.min(limit, countThatFits(all, [])));
  const totalsAbsent = counted.find((matches) => matches.totalsAbsent)?.totalsAbsent;
  const totalCount = counted.reduce((sum, matches) => sum + (matches.totalCount ?? 0), 0);
  return {
    content: {
      records,
      ...(totalsAbsent === undefined ? { totalCount } : { totalsAbsent }),
      approximate: counted.some(({ approximate, rows }) => approximate && rows.length > 0),
      asOf: today,
      returned: records.length,
      complete: totalsAbsent === undefined && records.length === totalCount,
    },
    rows: records.length,
  };
}

/** All records by name, those of one kind after those of the other. A position begins with the kind that it is in. */
async function listed(
  kinds: readonly [FoundKind, ...FoundKind[]],
  args: { kind: string; limit: number; cursor?: string },
  { reader, today }: ToolContext,
): Promise<Answer> {
  const start = pageStart('find_records', args, { reader, today });
  const read = (kind: FoundKind, page: { limit: number; after?: string }) =>
    reader.list(kind as 'supplier', {
      filters: {},
      order: 'name',
      reverse: false,
      asOf: start.today,
      ...page,
    });
  const kind = kinds.find((each) => start.after?.startsWith(`${each}/`)) ?? kinds[0];
  const after = start.after?.slice(kind.length + 1) || undefined;
  const following = kinds[kinds.indexOf(kind) + 1];
  const others = await Promise.all(
    kinds.filter((other) => other !== kind).map((other) => read(other, { limit: 0 })),
  );
  return pageAnswer({
    noun: 'records',
    start,
    limit: args.limit,
    async read({ limit }) {
      const page = await read(kind, { limit, ...(after !== undefined && { after }) });
      const next =
        page.next !== undefined ? `${kind}/${page.next}` : following !== undefined && `${following}/`;
      return {
        rows: page.rows.map((row) => short(kind, row)),
        ...(next !== false && { next }),
        ...(page.totalsAbsent === undefined
          ? {
              totalCount: others.reduce((sum, other) => sum + (other.totalCount ?? 0), page.totalCount ?? 0),
            }
          : { totalsAbsent: page.totalsAbsent }),
      };
    },
    row: (row: Fields) => row,
    total: () => ({}),
    beside: () => ({ asOf: start.today }),
  });
}

/** Long texts and lists, which only the whole record has. */
const longFields = ['address', 'notes', 'description', 'rates', 'sha256'];

/** A record as it appears in lists. */
function short(kind: FoundKind, row: object): Fields {
  // A customer is listed with open balances, which search_customers shows.
  const own = 'customer' in row ? (row.customer as object) : row;
  const fields = shown({ ...own, kind } as LedgerRecord);
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !longFields.includes(name)));
}

/** A record in the interchange format, but for numbers of accounts. */
function shown(record: LedgerRecord): Fields {
  const { kind, id, number, provisional: _provisional, ...fields } = writeRecord(record) as Fields;
  const isAccount = kind === 'bank_account' && number !== undefined;
  return { kind, id, ...stated({ ...fields, number: isAccount ? lastFour(String(number)) : number }) };
}
