import { hash, randomBytes } from 'node:crypto';
import type { HttpRequest, HttpResponse } from '../../http.ts';
import type { Parts } from '../authorization-server.ts';
import { wellKnownDocuments } from '../clients/client-document.ts';
import { type Client, clientLabel } from '../clients/clients.ts';
import { DocumentError } from '../clients/document-fetch.ts';
import { isSameRedirect } from '../clients/redirect-uri.ts';
import type { Endpoint } from '../http.ts';
import { OAuthError } from '../oauth-error.ts';
import { answerUrl, onlyValue, readAuthorizationRequest } from './authorization-request.ts';
import { consentPage, refusalPage } from './consent-page.ts';
import { errorPage } from './page.ts';
import { newId, type Transaction } from './transaction.ts';

/** A mistake that the person is shown, because nobody knows yet where an answer may go. */
class UntrustedRequest extends Error {}

/** The authorization endpoint (RFC 6749, section 3.1): checks what a client asks for, and asks the person. */
export function authorize({ publicOrigin, clients, transactions, audit }: Parts): Endpoint {
  async function findClient(request: HttpRequest): Promise<Client> {
    const id = onlyValue(request, 'client_id');
    if (id === undefined) throw new UntrustedRequest('The application sent no client_id.');
    const known = await clients.recognize(id);
    if (!known) {
      throw new UntrustedRequest(
        'This server does not know the application, or no longer does. Remove the connection in the application and add it again.',
      );
    }
    try {
      return await clients.describe(known);
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      throw new UntrustedRequest(`The metadata document of the application ${error.message}.`);
    }
  }

  function trustedRedirect(request: HttpRequest, { redirectUris }: Client): string {
    const redirectUri = onlyValue(request, 'redirect_uri');
    if (redirectUri === undefined) throw new UntrustedRequest('The application sent no redirect_uri.');
    if (!redirectUris.some((registered) => isSameRedirect(registered, redirectUri))) {
      throw new UntrustedRequest('The application sent a redirect_uri that it has not registered.');
    }
    return redirectUri;
  }

  async function begin(request: HttpRequest, client: Client, redirectUri: string): Promise<HttpResponse> {
    const state = onlyValue(request, 'state');
    const label = clientLabel(client.id, client);
    try {
      const { challenge, names, offline } = readAuthorizationRequest(publicOrigin, request);
      const transaction: Transaction = {
        id: newId(),
        client: hash('sha256', client.id, 'base64url'),
        label,
        name: client.name,
        voucher: voucherOf(client),
        redirectUri,
        state,
        challenge,
        asked: names,
        offline,
        formToken: newId(),
        poolVerifier: randomBytes(32).toString('base64url'),
      };
      const cookies = await transactions.begin(request, transaction);
      audit('consent-shown', request, { client: label, clientName: client.name, scopes: names });
      return consentPage(transaction, cookies);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      audit('authorization-refused', request, { client: label, error: error.code });
      const { code, message } = error;
      if (!isTrusted(client)) {
        return refusalPage({ name: client.name, voucher: voucherOf(client), redirectUri, code, message });
      }
      const answer = { error: code, error_description: message };
      const url = answerUrl(publicOrigin, { redirectUri, state }, answer);
      return { status: 302, headers: { Location: url, 'Cache-Control': 'no-store' }, body: '' };
    }
  }

  return {
    methods: ['GET'],
    readableByAnyPage: false,
    async answer(request) {
      try {
        const client = await findClient(request);
        return await begin(request, client, trustedRedirect(request, client));
      } catch (error) {
        if (!(error instanceof UntrustedRequest)) throw error;
        audit('authorization-refused', request, { reason: error.message });
        return errorPage(400, 'This application cannot be connected', error.message);
      }
    },
  };
}

/**
 * Whether the browser may be sent to the client without a click. Anybody can register a client or publish a metadata
 * document, and an error can be provoked at will: sending the browser on would make an open redirector of this server
 * (RFC 9700, section 4.11.2). The operator's own clients and the applications that are known here are another matter.
 */
function isTrusted({ origin }: Client): boolean {
  return (
    origin.kind === 'configured' || (origin.kind === 'document' && wellKnownDocuments.has(origin.url.href))
  );
}

function voucherOf({ origin }: Client): Transaction['voucher'] {
  switch (origin.kind) {
    case 'document':
      return { host: origin.url.host };
    case 'configured':
      return 'operator';
    case 'registered':
      return 'nobody';
  }
}
