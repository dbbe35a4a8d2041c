import { qualifiedScope, type ScopeName } from '../../../shared/edge.ts';
import type { HttpRequest, HttpResponse } from '../../http.ts';
import type { Parts } from '../authorization-server.ts';
import { type Endpoint, type Form, readForm } from '../http.ts';
import { OAuthError } from '../oauth-error.ts';
import { answerUrl } from './authorization-request.ts';
import { consentPage, fields } from './consent-page.ts';
import { errorPage, onwardPage } from './page.ts';
import { isSameText, type Transaction } from './transaction.ts';

/** Takes the person's answer to the question whether a client may read the books. */
export function consent({ publicOrigin, transactions, userPool, audit }: Parts): Endpoint {
  async function grant(
    request: HttpRequest,
    transaction: Transaction,
    scopes: ScopeName[],
  ): Promise<HttpResponse> {
    const cookie = await transactions.update({ ...transaction, granted: scopes });
    audit('consent-granted', request, { client: transaction.label, scopes });
    const url = userPool.signInUrl({
      state: transaction.id,
      scopes: scopes.map((name) => qualifiedScope(publicOrigin, name)),
      verifier: transaction.poolVerifier,
    });
    return onwardPage(url, 'Taking you to the sign-in page.', [cookie]);
  }

  function deny(request: HttpRequest, transaction: Transaction): HttpResponse {
    audit('consent-denied', request, { client: transaction.label });
    const url = answerUrl(publicOrigin, transaction, {
      error: 'access_denied',
      error_description: 'The user did not allow access.',
    });
    return onwardPage(url, 'You did not allow access. Taking you back to the application.', [
      transactions.end(transaction),
    ]);
  }

  async function decide(request: HttpRequest, form: Form): Promise<HttpResponse> {
    const transaction = await transactions.find(request, form.get(fields.id) ?? '');
    if (!transaction) {
      return errorPage(
        400,
        'This request has ended',
        'It was already answered, is more than ten minutes old, or was opened in another browser. Start again in the application.',
      );
    }
    if (!isSameText(form.get(fields.token) ?? '', transaction.formToken)) return refused;
    switch (form.get(fields.decision)) {
      case 'allow': {
        const scopes = transaction.asked.filter((name) => form.has(name));
        if (scopes.length > 0) return grant(request, transaction, scopes);
        return consentPage(
          { ...transaction, granted: [] },
          [],
          'Tick at least one box, or choose “Do not allow”.',
        );
      }
      case 'deny':
        return deny(request, transaction);
      default:
        return refused;
    }
  }

  return {
    methods: ['POST'],
    readableByAnyPage: false,
    async answer(request) {
      // Browsers send the origin of the page with the form.
      if ((request.headers.get('origin') ?? publicOrigin) !== publicOrigin) return refused;
      try {
        return await decide(request, readForm(request));
      } catch (error) {
        if (error instanceof OAuthError) return errorPage(error.status, refusal.title, refusal.explanation);
        throw error;
      }
    },
  };
}

const refusal = {
  title: 'This response was not accepted',
  explanation: 'It did not come from the consent page. Start again in the application.',
};
const refused = errorPage(403, refusal.title, refusal.explanation);
