import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { Refusal } from '../../shared/ledger/errors.ts';
import { recognizedWithin } from './bank/formats.ts';

export type Encoding = 'utf-8' | 'windows-1252';

/** A text file and its encoding. */
export interface TextFile {
  path: string;
  encoding: Encoding;
  /** The first character that is not whitespace or a byte order mark. */
  firstCharacter: string;
  /** The first characters, by which formats are recognized. */
  beginning: string;
}

/**
 * Reads through a whole file: if its bytes are valid UTF-8, it is UTF-8; other text is read as Windows-1252, which
 * older office programs write.
 * @throws {Refusal} when the file is missing, unreadable, empty or not text.
 */
export async function inspectTextFile(path: string): Promise<TextFile> {
  const shown = JSON.stringify(path);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let firstCharacter = '';
  let beginning = '';
  let isUtf8 = true;
  try {
    const about = await stat(path);
    if (!about.isFile())
      throw new Refusal(
        `${shown} is not a regular file: expected a CSV or NDJSON file, or a bank statement.`,
      );
    if (about.size === 0) throw new Refusal(`${shown} is empty.`);
    let isStart = true;
    for await (const chunk of createReadStream(path)) {
      const bytes = chunk as Buffer;
      if (isStart) refuseKnownBinary(shown, bytes);
      if (isStart)
        beginning = withPlainLineEnds(bytes.toString('utf8').replace(/^\uFEFF/, '')).slice(
          0,
          recognizedWithin,
        );
      isStart = false;
      if (bytes.includes(0)) {
        throw new Refusal(`${shown} is not a text file: expected CSV or NDJSON, in UTF-8 or Windows-1252.`);
      }
      firstCharacter ||= /[^\s\uFEFF]/u.exec(bytes.toString('utf8'))?.[0] ?? '';
      isUtf8 &&= isValid(decoder, bytes);
    }
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(unreadable(shown, error));
  }
  if (!firstCharacter) throw new Refusal(`${shown} is empty: it contains only whitespace.`);
  return { path, encoding: isUtf8 && isValid(decoder) ? 'utf-8' : 'windows-1252', firstCharacter, beginning };
}

/**
 * The text of the file in pieces, without byte order mark, every line ended by "\n" whatever the file has.
 * A piece may end anywhere, but never between the two characters of a Windows line end.
 */
export async function* readText({ path, encoding }: TextFile): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  let heldReturn = '';
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    const text = heldReturn + decoder.decode(chunk as Buffer, { stream: true });
    heldReturn = text.endsWith('\r') ? '\r' : '';
    yield withPlainLineEnds(heldReturn ? text.slice(0, -1) : text);
  }
  yield withPlainLineEnds(heldReturn + decoder.decode());
}

const withPlainLineEnds = (text: string): string =>
  text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;

/** Without bytes, whether the text can end here. */
function isValid(decoder: TextDecoder, bytes?: Uint8Array): boolean {
  try {
    decoder.decode(bytes, { stream: bytes !== undefined });
    return true;
  } catch {
    return false;
  }
}

const knownBinaries: readonly (readonly [start: number[], sentence: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'is a spreadsheet or a ZIP archive: save the sheet as CSV (UTF-8) first.'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'is an Excel workbook: save the sheet as CSV (UTF-8) first.'],
  [[0x25, 0x50, 0x44, 0x46], 'is a PDF: export the data as CSV instead.'],
  [[0x1f, 0x8b], 'is compressed with gzip: unpack it first.'],
  [[0xff, 0xfe], 'is written in UTF-16: save it as CSV (UTF-8) first.'],
  [[0xfe, 0xff], 'is written in UTF-16: save it as CSV (UTF-8) first.'],
];

function refuseKnownBinary(shown: string, bytes: Buffer): void {
  for (const [start, sentence] of knownBinaries) {
    if (start.every((byte, at) => bytes[at] === byte)) throw new Refusal(`${shown} ${sentence}`);
  }
}

function unreadable(shown: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return `There is no file ${shown}.`;
  if (code === 'EACCES' || code === 'EPERM') return `You are not allowed to read the file ${shown}.`;
  return `The file ${shown} cannot be read (${code ?? 'unknown reason'}).`;
}
