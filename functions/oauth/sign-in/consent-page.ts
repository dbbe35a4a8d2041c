/** The question whether an application may read the books. */

import { edgeScopes } from '../../../shared/edge.ts';
import { redirectTarget } from '../clients/redirect-uri.ts';
import type { Reply } from '../reply.ts';
import { escapeHtml, pageReply } from './page.ts';
import type { Transaction } from './transaction.ts';

/** A field of the form: the transaction's id, and the answer. */
export const fields = { id: 'sign_in', token: 'form_token', decision: 'decision' } as const;

/** @param mistake what was wrong with the form that was sent */
export function consentPage(transaction: Transaction, cookies: readonly string[], mistake?: string): Reply {
  // The name is quoted, so that it cannot pass for our words, and isolated, so that letters that run from right to
  // left do not reorder what stands around it.
  const name = `“<bdi>${escapeHtml(transaction.name)}</bdi>”`;
  return pageReply({
    status: mistake === undefined ? 200 : 400,
    title: 'Allow access?',
    cookies,
    content: [
      `<h1>Allow ${name} to read your books?</h1>`,
      mistake === undefined ? '' : `<p class="mistake" id="mistake" role="alert">${escapeHtml(mistake)}</p>`,
      `<p>${origin(transaction.voucher, name)}</p>`,
      `<dl><dt>The answer goes to</dt><dd>${destination(transaction.redirectUri)}</dd></dl>`,
      warning(transaction.redirectUri),
      `<form method="post" action="/oauth/consent" autocomplete="off">`,
      `<input type="hidden" name="${fields.id}" value="${escapeHtml(transaction.id)}">`,
      `<input type="hidden" name="${fields.token}" value="${escapeHtml(transaction.formToken)}">`,
      `<fieldset${mistake === undefined ? '' : ' aria-describedby="mistake"'}>`,
      '<legend>It may</legend>',
      ...scopeBoxes(transaction),
      '</fieldset>',
      '<p class="note">It can only read, nothing can be changed. You sign in next; before that it gets nothing.</p>',
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

/** @param name HTML */
function origin(voucher: Transaction['voucher'], name: string): string {
  if (voucher === 'operator') return `The operator of this server has set up ${name}.`;
  if (voucher === 'nobody') {
    return `An application registered itself under the name ${name}. Nobody has checked that it is what it says.`;
  }
  return `${name} is an application of <strong>${escapeHtml(voucher.host)}</strong>, by what that website says.`;
}

function destination(redirectUri: string): string {
  const target = redirectTarget(redirectUri);
  switch (target?.kind) {
    case 'loopback':
      return `A program on this computer (${escapeHtml(target.host)})`;
    case 'app':
      return `The application that opens ${escapeHtml(target.scheme)} links`;
    default:
      return escapeHtml(target?.host ?? '');
  }
}

/** On loopback anything that runs there may listen, and any application may claim a scheme. */
function warning(redirectUri: string): string {
  if (redirectTarget(redirectUri)?.kind === 'web') return '';
  return '<p class="warning">Go on only if you have just started this yourself, in an application on this device. If a message or a website sent you here, do not allow it.</p>';
}
