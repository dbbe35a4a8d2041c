import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import { recognizedWithin, type StatementFamily, statementFamily } from './bank/formats.ts';

/** The name of an encoding as `TextDecoder` has it: "utf-8". */
export type Encoding = string;

/** A text file and its encoding. */
export interface TextFile {
  path: string;
  encoding: Encoding;
  /** The first character that is not whitespace or a byte order mark. */
  firstCharacter: string;
  /** The format, if its first characters are those of a bank statement. */
  family?: StatementFamily;
}

/**
 * Reads through a whole file: if its bytes are valid UTF-8, it is UTF-8. Other text is read in the encoding that the
 * file declares, or else as Windows-1252, which older office programs write. A bank statement may also be UTF-16.
 * @throws {Refusal} when the file is missing, unreadable, empty or not text, or declares an encoding that is not its own.
 */
export async function inspectTextFile(path: string): Promise<TextFile> {
  const shown = JSON.stringify(path);
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let firstCharacter = '';
  let isUtf8 = true;
  let start: Start | undefined;
  try {
    const about = await stat(path);
    if (!about.isFile())
      throw new Refusal(
        `${shown} is not a regular file: expected a CSV or NDJSON file, or a bank statement.`,
      );
    if (about.size === 0) throw new Refusal(`${shown} is empty.`);
    for await (const chunk of createReadStream(path)) {
      const bytes = chunk as Buffer;
      start ??= startOf(shown, bytes);
      if (!start.wide && bytes.includes(0)) {
        throw new Refusal(
          `${shown} is not a text file: expected UTF-8, the encoding that it declares, or Windows-1252.`,
        );
      }
      firstCharacter ||= /[^\s\uFEFF]/u.exec(start.wide ? start.text : bytes.toString('utf8'))?.[0] ?? '';
      isUtf8 &&= isValid(utf8, bytes);
      if (start.decoder) start.fits &&= isValid(start.decoder, bytes);
    }
    isUtf8 &&= isValid(utf8);
    if (start?.decoder) start.fits &&= isValid(start.decoder);
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(unreadable(shown, error));
  }
  if (!firstCharacter) throw new Refusal(`${shown} is empty: it contains only whitespace.`);
  const family = start && statementFamily(start.text);
  return { path, encoding: encodingOf(shown, isUtf8, start), firstCharacter, ...(family && { family }) };
}

/** What the first bytes of a file tell. */
interface Start {
  text: string;
  /** Whether its byte order mark is that of UTF-16. */
  wide: boolean;
  /** The encoding that it declares. */
  declared: string | undefined;
  /** For that encoding, if it is known. */
  decoder: TextDecoder | undefined;
  /** Whether all bytes so far are text in that encoding. */
  fits: boolean;
}

function startOf(shown: string, bytes: Buffer): Start {
  const mark = bytes.subarray(0, 2).toString('hex');
  const wide = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : undefined;
  if (!wide) refuseKnownBinary(shown, bytes);
  const text = withPlainLineEnds(new TextDecoder(wide).decode(bytes)).slice(0, recognizedWithin);
  if (wide && !statementFamily(text)) {
    throw new Refusal(`${shown} is written in UTF-16: save it as CSV (UTF-8) first.`);
  }
  const declared = wide ?? declaredEncoding(text);
  return { text, wide: wide !== undefined, declared, decoder: decoderOf(declared), fits: true };
}

/** The encoding that the prolog of XML or the header of OFX names. */
function declaredEncoding(text: string): string | undefined {
  const inProlog = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"'>]*)["']/.exec(text)?.[1];
  if (inProlog !== undefined) return inProlog;
  const header = /^\s*OFXHEADER:[^<]*/.exec(text)?.[0] ?? '';
  const charset = /\bCHARSET:\s*([\w-]+)/.exec(header)?.[1]?.toLowerCase() ?? 'none';
  if (charset === 'none' || charset === 'csunicode') return undefined;
  if (/^125\d$/.test(charset)) return `windows-${charset}`;
  return /^8859-/.test(charset) ? `iso-${charset}` : charset;
}

function decoderOf(declared: string | undefined): TextDecoder | undefined {
  try {
    return declared === undefined ? undefined : new TextDecoder(declared, { fatal: true });
  } catch {
    return undefined;
  }
}

function encodingOf(shown: string, isUtf8: boolean, start: Start | undefined): Encoding {
  const { declared, decoder, fits = false, wide = false } = start ?? {};
  if (isUtf8 && !wide) return 'utf-8';
  if (declared === undefined || decoder?.encoding === 'utf-8') return 'windows-1252';
  if (!decoder) {
    throw new Refusal(
      `${shown} declares the encoding ${quote(declared)}, which cannot be read: expected it in UTF-8.`,
    );
  }
  if (!fits) {
    throw new Refusal(
      `${shown} declares the encoding ${quote(declared)}, but has bytes that are not text in it.`,
    );
  }
  return decoder.encoding;
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
  [
    [0x50, 0x4b, 0x03, 0x04],
    'is a spreadsheet or a ZIP archive: save the sheet as CSV (UTF-8), or unpack the archive first.',
  ],
  [[0xd0, 0xcf, 0x11, 0xe0], 'is an Excel workbook: save the sheet as CSV (UTF-8) first.'],
  [
    [0x25, 0x50, 0x44, 0x46],
    'is a PDF: export the data as CSV, or a statement as camt, MT940 or OFX, instead.',
  ],
  [[0x1f, 0x8b], 'is compressed with gzip: unpack it first.'],
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
