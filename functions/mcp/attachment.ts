import type { ScopeName } from '../../shared/edge.ts';
import { isText, servedType } from '../../shared/files/download.ts';
import type { FileLink } from '../../shared/files/file-store.ts';
import { NotFound, Refusal } from '../../shared/ledger/errors.ts';
import { type AttachedKind, type Attachment, linkOf } from '../../shared/ledger/kinds/attachment.ts';
import { quoted } from '../../shared/text.ts';
import type { Contents } from './resource.ts';
import { MissingScope, type ToolContext, Withheld } from './tool.ts';
import { countThatFits, type Fields } from './tools/fields.ts';

/*
 * The files of records: who may see which, and the file of one as a resource, which is its content for the model, and
 * as a link, which is for the person.
 */

export const attachmentsAddress = 'finance://attachments/';

/** What shows the records of each kind that a file can belong to, and so the file. */
const scopeOf: Record<AttachedKind, ScopeName> = {
  invoice: 'invoices:read',
  bill: 'expenses:read',
  expense: 'expenses:read',
  payment: 'payments:read',
  bank_transaction: 'banking:read',
  contract: 'contracts:read',
};

/** Each of which shows some files. All of them show every file, also one that belongs to no record. */
export const attachmentScopes: readonly ScopeName[] = [...new Set(Object.values(scopeOf))];

/** Bytes of a file that can be read as a resource. In base64 they are 120,000 characters; clients cut off from 150,000. */
const largestFile = 90_000;

/** Bytes of such a file as it is returned. */
export const largestContents = Math.ceil(largestFile / 3) * 4;

/** Where the file of an attachment can be had. */
export interface Download {
  readonly link: FileLink;
  /** Of the resource. */
  readonly uri: string;
  /** Untrusted text. */
  readonly name: string;
  readonly mimeType: string;
  /** Bytes. */
  readonly size: number;
}

/** The address of a file, as this caller has to ask for it. */
function uriOf(id: string, { reader, severalOrganizations }: ToolContext): string {
  const uri = `${attachmentsAddress}${encodeURIComponent(id)}`;
  return severalOrganizations ? `${uri}?organization=${reader.organization}` : uri;
}

/**
 * An attachment that belongs to at least one record that the caller may read, with those of its records that the caller
 * may read. One that belongs to no record needs the scopes of all kinds.
 * @throws {NotFound} in the same words whether there is none or the caller may not see it: no id may be guessed
 * @throws {MissingScope} when the caller may read no record that could have files
 */
export async function visibleAttachment(
  id: string,
  { reader, today, scopes }: ToolContext,
): Promise<Attachment> {
  const granted = attachmentScopes.filter((scope) => scopes.includes(scope));
  if (granted.length === 0) throw new MissingScope(attachmentScopes[0] as ScopeName);
  // Whoever may see all of them is told the nearest ids.
  if (granted.length === attachmentScopes.length) return (await reader.find('attachment', { id }, today))[0];
  const none = `No attachment with the id ${quoted(id)} belongs to a record that the granted scopes show (${granted.join(', ')}).`;
  const [attachment] = await reader.find('attachment', { id }, today).catch((error: unknown) => {
    throw error instanceof NotFound ? new NotFound(none) : error;
  });
  const linkedTo = attachment.linkedTo.filter(({ kind }) => granted.includes(scopeOf[kind]));
  if (linkedTo.length === 0) throw new Withheld(none);
  return { ...attachment, linkedTo };
}

/** The most files of a record that are shown with it, and the bytes that they may take. */
const mostShown = 10;
const mostShownBytes = 6_000;

/**
 * The files of a record that the caller may read, by name, where there are any; the answers of whole records have these
 * fields. Where no file is in the books, nothing is read.
 */
export async function attachmentFields(
  record: { kind: AttachedKind; id: string },
  context: ToolContext,
): Promise<Fields> {
  const { reader, today } = context;
  if (!(await reader.kinds()).includes('attachment')) return {};
  const page = await reader.list('attachment', {
    filters: { linkedTo: linkOf(record) },
    order: 'name',
    reverse: false,
    limit: mostShown,
    asOf: today,
  });
  const all = page.rows.map(({ id, name, mimeType, bytes, type }) => ({
    id,
    name,
    mimeType,
    bytes,
    type,
    uri: uriOf(id, context),
  }));
  const attachments = all.slice(0, countThatFits(all, [], mostShownBytes));
  if (all.length === 0) return {};
  const more = page.next !== undefined || attachments.length < all.length;
  return {
    attachments,
    ...(more &&
      (page.totalCount === undefined
        ? { attachmentCountAbsent: page.totalsAbsent }
        : { attachmentCount: page.totalCount })),
  };
}

/** Makes a link to the file of an attachment; undefined when no file is stored. */
export async function downloadOf(
  { id, name, mimeType }: Attachment,
  context: ToolContext,
): Promise<Download | undefined> {
  const { files } = context;
  const stored = await files?.find(id, 0);
  if (!files || !stored) return undefined;
  return {
    link: await files.link(id, { name, mimeType }),
    uri: uriOf(id, context),
    name,
    mimeType: servedType(mimeType),
    size: stored.size,
  };
}

/**
 * Reads the file of an attachment: text where it is text, otherwise bytes.
 * @throws {Refusal} when there is no such attachment for this caller, no file of it, or too large a file
 */
export async function fileContents(id: string, context: ToolContext): Promise<Contents> {
  const { files } = context;
  const attachment = await visibleAttachment(id, context);
  const stored = await files?.find(attachment.id, largestFile);
  if (!stored) throw new NotFound('The file of this attachment is not stored here: only its record is.');
  if (!stored.bytes) {
    throw new Refusal(
      `The file has ${stored.size.toLocaleString('en')} bytes, and at most ${largestFile.toLocaleString('en')} can be read: use the link in the answer of find_records with kind attachment and this id.`,
    );
  }
  const mimeType = servedType(attachment.mimeType);
  const text = isText(mimeType) ? textIn(stored.bytes) : undefined;
  return text === undefined ? { mimeType, blob: stored.bytes.toString('base64') } : { mimeType, text };
}

/** The bytes as text; undefined when they are not UTF-8. */
function textIn(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
