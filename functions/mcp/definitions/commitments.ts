import type { Topic } from './topic.ts';

export const commitments: Topic = {
  name: 'commitments',
  title: 'Commitments',
  summary: 'Contracts and the lines due under them: statuses, cancelBy, and what is not counted twice.',
  text: `list_commitments lists the lines due under contracts. With cancelBy, or with the status of a contract, it lists contracts instead, under contracts.

## Lines

| status | meaning |
|---|---|
| cancelled | cancelled in the books; or neither paid nor invoiced, and due after the end of a terminated contract |
| paid | the source names the bank transaction that paid it (transactionId) |
| invoiced | it became an invoice or a bill (invoiceId, billId) |
| overdue | none of these, and due before today |
| open | none of these. The filter open, which is the default, includes overdue lines |

- A line is counted once: when it has become an invoice or a bill, that document counts (list_invoices, list_bills), and the line is no longer open. Lines of a draft contract are in no list.
- amount is not negative; direction says who pays: "client" (they pay us) or "supplier" (we pay them). tax is a part of amount. Totals: incoming is the sum of lines of contracts with clients, outgoing that of contracts with suppliers, and count the number of lines. A line whose contract is not in the books is in neither sum.
- startDate and endDate are about the due date. The earliest is first.
- Only recorded lines are listed; nothing is projected beyond them.

## Contracts

| status | meaning |
|---|---|
| draft | not agreed yet |
| terminated | terminated in the books |
| ended | its last day is before today |
| active | none of these |

- end: the last day. A contract with autoRenews and termMonths is renewed for so many months, again and again: of an active one, end is the end of the term with which it can still be ended, which is the next term once it is too late for the running one. Without termMonths, it is not known for how long it is renewed, and end is the recorded one. A contract without end runs until it is terminated.
- cancelBy, in rows: the last day on which to cancel so that the contract ends on end, which is end minus noticeDays. It is there for active contracts that renew themselves (autoRenews) or have a period of notice (noticeDays), and not if that day has passed.
- The argument cancelBy lists the contracts that have such a day between today and the one given.
- billing is one of fixed, recurring, time_and_material, milestone. total is the value of the contract, where known; contracts have no totals.
- counterparty and counterpartyId: the customer or supplier. projectId and costGroupId: what the contract is attributed to.
`,
};
