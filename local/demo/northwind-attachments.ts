import type { Attachment } from '../../shared/ledger/kinds/attachment.ts';
import type { Bill } from '../../shared/ledger/kinds/bill.ts';
import type { Contract } from '../../shared/ledger/kinds/contract.ts';
import { formatMoney } from '../../shared/ledger/money.ts';
import { type AttachedFile, attachedFile } from './files.ts';

/** The files of contracts and of bills in euros: short texts. */
export const attachedFiles = (contracts: readonly Contract[], bills: readonly Bill[]): AttachedFile[] => [
  ...contracts.map((contract) =>
    file(
      {
        name: `Contract ${contract.name}.txt`,
        type: 'contract',
        created: contract.start,
      },
      { kind: 'contract', id: contract.id },
      [
        contract.name,
        `From ${contract.start}${contract.end === undefined ? '' : ` to ${contract.end}`}`,
        ...(contract.noticeDays === undefined ? [] : [`Notice: ${contract.noticeDays} days before the end`]),
      ],
    ),
  ),
  ...bills
    .filter(({ currency }) => currency === 'EUR')
    .map((bill) =>
      file(
        {
          name: `Bill ${bill.number}.txt`,
          type: 'invoice',
          created: bill.issued,
        },
        { kind: 'bill', id: bill.id },
        [
          `Bill ${bill.number} of ${bill.issued}`,
          ...bill.lines.map(({ name, total }) => `${name}: ${formatMoney(total, bill.currency)}`),
          `Total: ${formatMoney(bill.total, bill.currency)} ${bill.currency}`,
        ],
      ),
    ),
];

function file(
  attachment: Pick<Attachment, 'name' | 'type' | 'created'>,
  linkedTo: Attachment['linkedTo'][number],
  lines: readonly string[],
): AttachedFile {
  const text = lines.map((line) => `${line}\n`).join('');
  const id = `${linkedTo.kind}-${linkedTo.id}`;
  return attachedFile({ id, mimeType: 'text/plain', ...attachment }, linkedTo, Buffer.from(text));
}
