/** What the pages say about an application that wants to connect. All of it is HTML. */

import { escapeHtml } from '../../../shared/text.ts';
import { redirectTarget } from '../clients/redirect-uri.ts';
import type { Transaction } from './transaction.ts';

/**
 * The name in quotation marks, so that it cannot pass for our text, and isolated, so that right-to-left letters do not
 * reorder the text around it.
 */
export function quotedName({ name }: Pick<Transaction, 'name'>): string {
  return `“<bdi>${escapeHtml(name)}</bdi>”`;
}

/** Who vouches for the name. */
export function provenance(application: Pick<Transaction, 'name' | 'voucher'>): string {
  const { voucher } = application;
  const name = quotedName(application);
  if (voucher === 'operator') return `The operator of this server set up ${name}.`;
  if (voucher === 'nobody') {
    return `An application registered itself as ${name}. Nobody has checked that it is what it claims to be.`;
  }
  return `According to <strong>${escapeHtml(voucher.host)}</strong>, ${name} is one of its applications.`;
}

/** Who receives what is sent to a redirect URI. */
export function destination(redirectUri: string): string {
  const target = redirectTarget(redirectUri);
  switch (target?.kind) {
    case 'loopback':
      return `A program on this computer (${escapeHtml(target.host)})`;
    case 'app':
      return `The application that opens ${escapeHtml(target.scheme)}: links`;
    default:
      return escapeHtml(target?.host ?? '');
  }
}
