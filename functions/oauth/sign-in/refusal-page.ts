/** Why an application that nobody vouches for cannot be connected. */

import { escapeHtml } from '../../../shared/text.ts';
import type { HttpResponse } from '../../http.ts';
import { destination, provenance } from './application.ts';
import type { AuthorizationErrorCode } from './client-answer.ts';
import { pageResponse } from './page.ts';
import type { Transaction } from './transaction.ts';

export interface Refusal extends Pick<Transaction, 'name' | 'voucher' | 'redirectUri'> {
  readonly code: AuthorizationErrorCode;
  /** A sentence for the developer of the application. */
  readonly message: string;
}

/** The page names the host that would have received the answer, and has no link to it. */
export function refusalPage(refusal: Refusal): HttpResponse {
  return pageResponse({
    status: 400,
    title: 'This application cannot be connected',
    content: [
      '<h1>This application cannot be connected</h1>',
      `<p>${provenance(refusal)} Its request contains an error that only its developer can fix.</p>`,
      '<dl>',
      `<dt>Error</dt><dd>${refusal.code}: ${escapeHtml(refusal.message)}</dd>`,
      `<dt>You would have been sent back to</dt><dd>${destination(refusal.redirectUri)}</dd>`,
      '</dl>',
      '<p class="note">Nothing was sent there. You can close this page.</p>',
    ],
  });
}
