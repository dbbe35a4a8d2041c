import type { Fields, RecordOf } from '../fields.ts';
import type { Kind } from '../kind.ts';
import { type NamedTypes, named } from '../named.ts';

/** The kinds of records that a file can belong to. */
export const attachedKinds = [
  'invoice',
  'bill',
  'expense',
  'payment',
  'contract',
  'bank_transaction',
] as const;

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

export const attachment: Kind<NamedTypes<Attachment>> = {
  name: 'attachment',
  shape,
  overview: ({ created, type }) => ({ ...(created !== undefined && { day: created }), apart: type }),
  ...named<Attachment>({ one: 'attachment', several: 'attachments' }, ({ name, linkedTo }) => ({
    name,
    organization: linkedTo.map(({ id }) => id).join(' '),
  })),
};
