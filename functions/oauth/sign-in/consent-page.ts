import { edgeScopes } from '../../../shared/edge.ts';
import { escapeHtml } from '../../../shared/text.ts';
import type { HttpResponse } from '../../http.ts';
import { redirectTarget } from '../clients/redirect-uri.ts';
import type { OAuthErrorCode } from '../oauth-error.ts';
import { pageResponse } from './page.ts';
import type { Transaction } from './transaction.ts';

/* The pages about an application that wants to connect: may it, or why it cannot. */

/** A field of the form: the transaction's id, and the answer. */
export const fields = { id: 'sign_in', token: 'form_token', decision: 'decision' } as const;

/**
 * The consent page.
 * @param mistake what was wrong with the form that was sent
 */
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

export interface Refusal extends Pick<Transaction, 'name' | 'voucher' | 'redirectUri'> {
  readonly code: OAuthErrorCode;
  /** A sentence for the developer of the application. */
  readonly message: string;
}

/**
 * Why an application that nobody vouches for cannot be connected. The page names the host that would have received the
 * answer, and has no link to it.
 */
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

/**
 * The name in quotation marks, so that it cannot pass for our text, and isolated, so that right-to-left letters do not
 * reorder the text around it.
 */
function quotedName({ name }: Pick<Transaction, 'name'>): string {
  return `“<bdi>${escapeHtml(name)}</bdi>”`;
}

/** Who vouches for the name. */
function provenance(application: Pick<Transaction, 'name' | 'voucher'>): string {
  const { voucher } = application;
  const name = quotedName(application);
  if (voucher === 'operator') return `The operator of this server set up ${name}.`;
  if (voucher === 'nobody') {
    return `An application registered itself as ${name}. Nobody has checked that it is what it claims to be.`;
  }
  return `According to <strong>${escapeHtml(voucher.host)}</strong>, ${name} is one of its applications.`;
}

/** Who receives what is sent to a redirect URI. */
function destination(redirectUri: string): string {
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
