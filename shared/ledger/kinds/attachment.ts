import type { Fields, RecordOf } from '../fields.ts';
import type { Kind, Query } from '../kind.ts';
import { type NamedTypes, named, placeOf } from '../named.ts';

/** The kinds of records that a file can belong to. */
export const attachedKinds = [
  'invoice',
  'bill',
  'expense',
  'payment',
  'contract',
  'bank_transaction',
] as const;
export type AttachedKind = (typeof attachedKinds)[number];

const shape = (is: Fields) => ({
  name: is.name.describe('the name of the file'),
  mimeType: is.label,
  bytes: is.wholeNumber(0, 100_000_000),
  sha256: is.label.exactOptional(),
  type: is.oneOf(['invoice', 'receipt', 'contract', 'statement', 'other']).default('other'),
  created: is.day.exactOptional(),
  linkedTo: is.items({ kind: is.oneOf(attachedKinds), id: is.id }).describe('the records that it belongs to'),
});

/** A file that belongs to records. The file itself is stored apart. */
export type Attachment = RecordOf<'attachment', typeof shape>;

export interface AttachmentFilters {
  /** A record that it belongs to, as `linkOf` writes it. */
  linkedTo?: string;
}

type Types = Omit<NamedTypes<Attachment>, 'filters'> & { filters: AttachmentFilters };

/** A record that files belong to, in one text: its kind and its id. */
export const linkOf = ({ kind, id }: { kind: AttachedKind; id: string }): string => `${kind}:${id}`;

/** The records that a file belongs to, each once. */
const linksOf = ({ linkedTo }: Pick<Attachment, 'linkedTo'>): string[] => [...new Set(linkedTo.map(linkOf))];

const attachments = named<Attachment>(
  { one: 'attachment', several: 'attachments' },
  ({ name, linkedTo }) => ({
    name,
    organization: linkedTo.map(({ id }) => id).join(' '),
  }),
);

export const attachment: Kind<Types> = {
  name: 'attachment',
  shape,
  overview: ({ created, type }) => ({ ...(created !== undefined && { day: created }), apart: type }),
  ...attachments,
  indexes: {
    ...attachments.indexes,
    linked: { of: (row) => linksOf(row).map((link) => ({ key: [link, ...placeOf(row)] })) },
  },
  list: {
    ...attachments.list,
    filters: {
      linkedTo: {
        by: 'code',
        test: (row, { filters: { linkedTo = '' } }: Query<Types>) => linksOf(row).includes(linkedTo),
      },
    },
    plan: ({ filters: { linkedTo } }) => ({
      ways:
        linkedTo === undefined
          ? []
          : [{ index: 'linked', prefix: [linkedTo], order: 'name', covers: ['linkedTo'] }],
      answers: [],
    }),
  },
};
