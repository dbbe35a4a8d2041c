import { hash } from 'node:crypto';
import type { HttpRequest, HttpResponse } from '../../http.ts';
import type { Parts } from '../authorization-server.ts';
import { targetName } from '../clients/redirect-uri.ts';
import type { Endpoint } from '../http.ts';
import { type AuthorizationAnswer, answerUrl, onlyValue } from './authorization-request.ts';
import { errorPage } from './page.ts';

/** The callback: the user pool sends people here, and they return to the client from here. */
export function callback({ publicOrigin, transactions, codes, audit }: Parts): Endpoint {
  async function answer(request: HttpRequest): Promise<HttpResponse> {
    const transaction = await transactions.find(request, onlyValue(request, 'state') ?? '');
    if (!transaction?.granted) {
      audit('sign-in-failed', request, { reason: 'no transaction in this browser' });
      return errorPage(
        400,
        'This sign-in has ended',
        'It is already complete, took longer than ten minutes, or was started in another browser. Start again in the application.',
      );
    }
    const {
      client,
      label,
      name,
      granted: scopes,
      offline,
      challenge,
      poolVerifier,
      redirectUri,
    } = transaction;
    const poolCode = onlyValue(request, 'code');
    let back: AuthorizationAnswer;
    if (poolCode === undefined) {
      back = failure(onlyValue(request, 'error'));
      audit('sign-in-failed', request, { client: label, error: back.error });
    } else {
      const redirectUriHash = hash('sha256', redirectUri, 'base64url');
      back = {
        code: await codes.seal({
          client,
          clientName: name,
          redirectTarget: targetName(redirectUri),
          scopes,
          offline,
          challenge,
          poolCode,
          poolVerifier,
          redirectUriHash,
        }),
      };
      audit('sign-in', request, { client: label, scopes });
    }
    return {
      status: 302,
      headers: {
        Location: answerUrl(publicOrigin, transaction, back),
        'Cache-Control': 'no-store',
        'Referrer-Policy': 'no-referrer',
      },
      cookies: [transactions.end(transaction)],
      body: '',
    };
  }

  return { methods: ['GET'], readableByAnyPage: false, answer };
}

function failure(error: string | undefined): Extract<AuthorizationAnswer, { error: string }> {
  if (error === 'access_denied') return { error, error_description: 'The user did not sign in.' };
  if (error === 'temporarily_unavailable')
    return { error, error_description: 'Sign-in is temporarily unavailable. Try again shortly.' };
  // Other errors of the pool concern the operator, not the client.
  console.error(JSON.stringify({ event: 'sign-in-refused', error: String(error).slice(0, 100) }));
  return {
    error: 'server_error',
    error_description: 'Sign-in failed. Try again, or ask the operator of this server.',
  };
}
