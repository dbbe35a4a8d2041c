import { FieldRefusal, Refusal } from './errors.ts';
import { formatMoney, type Minor } from './money.ts';
import type { CreditNote, Invoice, LedgerRecord } from './records.ts';

/** DynamoDB limits the size of an item; this leaves room for the keys and names that the store adds. */
const maximumBytes = 300_000;

/**
 * Checks rules that involve more than one field, and those that a shape cannot express.
 * @throws {Refusal} one sentence that says what was found and what was expected.
 */
export function checkRules(record: LedgerRecord): void {
  switch (record.kind) {
    case 'business': {
      const { minimumLeadDays = 0, maximumLeadDays = Number.POSITIVE_INFINITY } = record;
      if (minimumLeadDays > maximumLeadDays) {
        throw new Refusal(
          `minimumLeadDays is ${minimumLeadDays} and maximumLeadDays ${maximumLeadDays}: expected a minimum no greater than the maximum.`,
        );
      }
      return;
    }
    case 'invoice':
      checkInvoice(record);
      return;
    case 'credit_note':
      checkCreditNote(record);
      return;
    case 'payment':
      if (record.amount === 0) {
        throw new FieldRefusal(
          'amount',
          ' is 0: expected the amount received, or a negative amount for a refund.',
        );
      }
  }
}

function checkInvoice(invoice: Invoice): void {
  if (invoice.total < 0) {
    throw new FieldRefusal(
      'total',
      ` is ${formatMoney(invoice.total, invoice.currency)}: expected zero or more; to reduce what is owed, use a credit_note.`,
    );
  }
  if (invoice.writtenOff !== undefined && invoice.lifecycle !== 'written_off') {
    throw new FieldRefusal(
      'writtenOff',
      ` is set, but lifecycle is "${invoice.lifecycle}": expected lifecycle "written_off", or no writtenOff.`,
    );
  }
  checkSize(invoice, invoice.lines.length);
}

function checkCreditNote(note: CreditNote): void {
  const shown = (amount: Minor): string => formatMoney(amount, note.currency);
  if (note.total < 0 || (note.tax ?? 0) < 0) {
    const field = note.total < 0 ? 'total' : 'tax';
    throw new FieldRefusal(
      field,
      ` is ${shown(note[field] ?? 0)}: expected zero or more; a credit note reduces what is owed by a positive amount.`,
    );
  }
  let allocated = 0;
  note.allocations.forEach(({ amount }, at) => {
    if (amount <= 0) {
      throw new FieldRefusal(
        `allocations[${at}].amount`,
        ` is ${shown(amount)}: expected an amount greater than zero.`,
      );
    }
    allocated += amount;
  });
  if (allocated > note.total) {
    throw new Refusal(
      `allocations add up to more than the total ${shown(note.total)}: expected at most the total.`,
    );
  }
  checkSize(note, note.allocations.length);
}

function checkSize(record: Invoice | CreditNote, items: number): void {
  // Ten items with the longest allowed texts fit, so short documents need no byte count.
  if (items <= 10) return;
  const bytes = Buffer.byteLength(JSON.stringify(record));
  if (bytes > maximumBytes) {
    throw new Refusal(
      `The record has ${bytes.toLocaleString('en')} bytes: expected at most ${maximumBytes.toLocaleString('en')}; shorten the descriptions of its lines.`,
    );
  }
}
