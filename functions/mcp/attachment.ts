import { isText, servedType } from '../../shared/files/download.ts';
import type { FileLink } from '../../shared/files/file-store.ts';
import { NotFound, Refusal } from '../../shared/ledger/errors.ts';
import type { Attachment } from '../../shared/ledger/kinds/attachment.ts';
import type { Contents } from './resource.ts';
import type { ToolContext } from './tool.ts';

/*
 * The file of an attachment: as a resource, which is its content for the model, and as a link, which is for the person.
 */

export const attachmentsAddress = 'finance://attachments/';

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

/** Makes a link to the file of an attachment; undefined when no file is stored. */
export async function downloadOf(
  { id, name, mimeType }: Attachment,
  { files }: ToolContext,
): Promise<Download | undefined> {
  const stored = await files?.find(id, 0);
  if (!files || !stored) return undefined;
  return {
    link: await files.link(id, { name, mimeType }),
    uri: `${attachmentsAddress}${encodeURIComponent(id)}`,
    name,
    mimeType: servedType(mimeType),
    size: stored.size,
  };
}

/**
 * Reads the file of an attachment: text where it is text, otherwise bytes.
 * @throws {Refusal} when there is no such attachment, no file of it, or too large a file
 */
export async function fileContents(id: string, { reader, files, today }: ToolContext): Promise<Contents> {
  const [attachment] = await reader.find('attachment', { id }, today);
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
