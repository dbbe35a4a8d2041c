import type { Fields, RecordOf } from '../fields.ts';
import type { Kind } from '../kind.ts';
import { type NamedTypes, named } from '../named.ts';

const shape = (is: Fields) => ({
  name: is.name.describe('the bank or the service'),
  status: is.oneOf(['active', 'needs_sign_in', 'error', 'disabled']).default('active'),
  reason: is.prose.describe('why it needs a new sign-in, or failed').exactOptional(),
  sourceStatus: is.label.describe('the status in the source system').exactOptional(),
  updated: is.instant
    .describe('when its data were last fetched; an older record never replaces a newer one')
    .exactOptional(),
  expires: is.day.describe('when the consent ends').exactOptional(),
});

/** Where the data of bank accounts come from, and whether it still works. */
export type Connection = RecordOf<'connection', typeof shape>;

/** The id of the connection that stands for the statement files of an account. */
export const fileConnection = (accountId: string): string => `file:${accountId}`;

export const connection: Kind<NamedTypes<Connection>> = {
  name: 'connection',
  shape,
  rank: ({ updated }) => updated,
  overview: ({ status }) => (status === 'active' ? {} : { apart: status }),
  ...named<Connection>({ one: 'connection', several: 'connections' }),
};
