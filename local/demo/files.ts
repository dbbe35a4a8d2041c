import { hash } from 'node:crypto';
import type { Attachment } from '../../shared/ledger/kinds/attachment.ts';

/** An attachment with its file. */
export interface AttachedFile {
  readonly record: Attachment;
  readonly bytes: Buffer;
}

/** Three invented files of Northwind: a text, a PDF, and an HTML page, which must never be shown as a page. */
export const northwindFiles = (): AttachedFile[] => [
  attachedFile(
    { id: 'file-receipt', name: 'Receipt.txt', mimeType: 'text/plain', type: 'receipt' },
    { kind: 'invoice', id: '10707' },
    Buffer.from('Around the Horn\nDeposit on invoice 10707 received, with thanks.\nNorthwind Traders\n'),
  ),
  attachedFile(
    { id: 'file-invoice-10707', name: 'Invoice 10707.pdf', mimeType: 'application/pdf', type: 'invoice' },
    { kind: 'invoice', id: '10707' },
    onePagePdf('Northwind Traders: invoice 10707'),
  ),
  attachedFile(
    { id: 'file-confirmation', name: 'Order confirmation.html', mimeType: 'text/html', type: 'other' },
    { kind: 'invoice', id: '10707' },
    Buffer.from(
      '<!doctype html><title>Order 10707</title><h1>Order 10707</h1><script>document.title = "run"</script>\n',
    ),
  ),
];

/** A file that belongs to one record, with what the books say of it. */
export const attachedFile = (
  attachment: Pick<Attachment, 'id' | 'name' | 'mimeType' | 'type' | 'created'>,
  linkedTo: Attachment['linkedTo'][number],
  bytes: Buffer,
): AttachedFile => ({
  record: {
    kind: 'attachment',
    ...attachment,
    bytes: bytes.length,
    sha256: hash('sha256', bytes),
    linkedTo: [linkedTo],
  },
  bytes,
});

/** A PDF with one line of text, without parentheses or backslashes. */
function onePagePdf(text: string): Buffer {
  const drawn = `BT /F1 18 Tf 72 720 Td (${text}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, at) => {
    const offset = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const count = objects.length + 1;
  const table = `xref\n0 ${count}\n0000000000 65535 f \n${offsets.join('')}`;
  const trailer = `trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(file + table + trailer, 'latin1');
}
