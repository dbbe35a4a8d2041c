/*
 * How a file is served. Its name and type come from outside, and a browser must neither run nor show it.
 */

/** Types that nothing runs. Everything else, such as HTML, SVG and XML, is served as bytes without a type. */
const harmless = new Set([
  'text/plain',
  'text/csv',
  'text/markdown',
  'application/json',
  'application/pdf',
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/heic',
  'image/tiff',
  'application/zip',
  'application/msword',
  'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
]);

const unknownType = 'application/octet-stream';

/** The type that a file is served with, from the type that its record states. */
export function servedType(mimeType: string): string {
  const [type = ''] = mimeType.toLowerCase().split(';');
  return harmless.has(type.trim()) ? type.trim() : unknownType;
}

/** Whether files of this served type are text. */
export const isText = (type: string): boolean => type.startsWith('text/') || type === 'application/json';

const longestName = 120;

/** Characters that end a header's value, name folders, mean something to a shell or system, or change what is seen. */
const unsafe = /[\p{C}\p{Zl}\p{Zp}"*/:<>?\\|%]/gu;

/** The header that makes a browser save a file under its name (RFC 6266): never shown, and in no other folder. */
export function contentDisposition(name: string): string {
  const safe =
    [...name.toWellFormed().normalize('NFC').replaceAll(unsafe, '_')]
      .slice(-longestName)
      .join('')
      .replace(/^[.\s]+|[.\s]+$/g, '') || 'attachment';
  const plain = safe.replaceAll(/[^\x20-\x7e]/g, '_');
  const encoded = encodeURIComponent(safe).replaceAll(
    /['()]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
