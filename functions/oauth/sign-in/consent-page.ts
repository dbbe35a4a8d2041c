/** The consent page. */

import { edgeScopes } from '../../../shared/edge.ts';
import { escapeHtml } from '../../../shared/text.ts';
import type { HttpResponse } from '../../http.ts';
import { redirectTarget } from '../clients/redirect-uri.ts';
import { destination, provenance, quotedName } from './application.ts';
import { pageResponse } from './page.ts';
import type { Transaction } from './transaction.ts';

/** A field of the form: the transaction's id, and the answer. */
export const fields = { id: 'sign_in', token: 'form_token', decision: 'decision' } as const;

/** @param mistake what was wrong with the form that was sent */
export function consentPage(
  transaction: Transaction,
  cookies: readonly string[],
  mistake?: string,
): HttpResponse {
  return pageResponse({
    status: mistake === undefined ? 200 : 400,
    title: 'Allow access?',
    cookies,
    content: [
      `<h1>Allow ${quotedName(transaction)} to read your books?</h1>`,
      mistake === undefined ? '' : `<p class="mistake" id="mistake" role="alert">${escapeHtml(mistake)}</p>`,
      `<p>${provenance(transaction)}</p>`,
      `<dl><dt>Access is sent to</dt><dd>${destination(transaction.redirectUri)}</dd></dl>`,
      warning(transaction.redirectUri),
      `<form method="post" action="/oauth/consent" autocomplete="off">`,
      `<input type="hidden" name="${fields.id}" value="${escapeHtml(transaction.id)}">`,
      `<input type="hidden" name="${fields.token}" value="${escapeHtml(transaction.formToken)}">`,
      `<fieldset${mistake === undefined ? '' : ' aria-describedby="mistake"'}>`,
      '<legend>It will be able to</legend>',
      ...scopeBoxes(transaction),
      '</fieldset>',
      '<p>You sign in on the next page. <strong>The account you sign in with decides whose books are read.</strong> If it belongs to several organizations, the application can read the books of all of them.</p>',
      '<p class="note">The application can read, but it cannot change anything. It gets no access until you have signed in.</p>',
      // The first button is the one that the Enter key presses.
      '<p class="actions">',
      `<button name="${fields.decision}" value="deny">Do not allow</button>`,
      `<button class="main" name="${fields.decision}" value="allow">Allow</button>`,
      '</p>',
      '</form>',
    ],
  });
}

function scopeBoxes({ asked, granted }: Transaction): string[] {
  return edgeScopes
    .filter((scope) => asked.includes(scope.name))
    .map(({ name, sentence }) => {
      const checked = (granted ?? asked).includes(name) ? ' checked' : '';
      return `<label><input type="checkbox" name="${name}" value="yes"${checked}><span>${escapeHtml(sentence)}</span></label>`;
    });
}

/** Any program can listen on loopback, and any application can claim a scheme. */
function warning(redirectUri: string): string {
  if (redirectTarget(redirectUri)?.kind === 'web') return '';
  return '<p class="warning">Continue only if you have just started this yourself in an application on this device. If a message or a website sent you here, do not allow it.</p>';
}
