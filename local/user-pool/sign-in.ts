/** The sign-in page: `/login`. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import { escapeHtml } from '../../shared/text.ts';
import { readBody } from '../request-body.ts';
import { page, pageHeaders } from './page.ts';
import type { People } from './people.ts';

const formBytes = 4_096;

/** Shows the form of a pending authorization request (GET) and takes it (POST). */
export async function signIn(
  provider: Provider,
  people: People,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = new URLSearchParams(request.url?.split('?')[1]).get('request');
  let pending: string;
  try {
    pending = (await provider.interactionDetails(request, response)).uid;
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return sendExpired(response);
    throw error;
  }
  // The cookie belongs to one request. A form in another tab must not complete it.
  if (pending !== asked) return sendExpired(response);
  if (request.method === 'GET') return send(response, 200, signInForm(pending));
  if (request.method !== 'POST') {
    response.writeHead(405, { allow: 'GET, POST' }).end();
    return;
  }

  const body = await readBody(request, formBytes);
  if (body === undefined) return send(response, 413, signInForm(pending, 'That was too long.'));
  const form = new URLSearchParams(body.toString('utf8'));
  const person = await people.signIn(form.get('username') ?? '', form.get('password') ?? '');
  if (!person) return send(response, 401, signInForm(pending, 'Incorrect username or password.'));
  await provider.interactionFinished(
    request,
    response,
    { login: { accountId: person.sub } },
    { mergeWithLastSubmission: false },
  );
}

function signInForm(pending: string, mistake?: string): string {
  const alert =
    mistake === undefined ? '' : `<p class="error" id="mistake" role="alert">${escapeHtml(mistake)}</p>`;
  const described = mistake === undefined ? '' : ' aria-describedby="mistake"';
  return page('Sign in', [
    alert,
    `<form method="post" action="/login?request=${encodeURIComponent(pending)}">`,
    '<label for="username">Username or email</label>',
    `<input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus${described}>`,
    '<label for="password">Password</label>',
    `<input id="password" name="password" type="password" autocomplete="current-password" required${described}>`,
    '<button type="submit">Sign in</button>',
    '</form>',
    '<p class="note">Local edition: the people and their passwords are printed where it was started.</p>',
  ]);
}

function sendExpired(response: ServerResponse): void {
  const text = '<p>It took too long, or was finished in another window. Start again in the application.</p>';
  send(response, 400, page('This sign-in has ended', [text]));
}

function send(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, pageHeaders).end(html);
}
