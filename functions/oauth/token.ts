/** The token endpoint (RFC 6749, section 3.2). */

import { grantClientCredentials } from './client-credentials.ts';
import type { Configuration } from './configuration.ts';
import type { Endpoint } from './endpoint.ts';
import { readForm } from './form.ts';
import { errorReply, OAuthError } from './oauth-error.ts';
import type { Reply } from './reply.ts';
import type { Request } from './request.ts';

/** One of the ways to a token. It throws OAuthError for a refusal. */
type Grant = (
  configuration: Configuration,
  request: Request,
  form: ReadonlyMap<string, string>,
) => Promise<Reply>;

const grants = new Map<string, Grant>([['client_credentials', grantClientCredentials]]);

export function token(configuration: Configuration): Endpoint {
  async function answer(request: Request): Promise<Reply> {
    const form = readForm(request);
    const grantType = form.get('grant_type');
    if (grantType === undefined)
      throw new OAuthError('invalid_request', 'The parameter grant_type is missing.');
    const grant = grants.get(grantType);
    if (!grant) {
      const known = [...grants.keys()].join(', ');
      throw new OAuthError('unsupported_grant_type', `The grant types that work here: ${known}.`);
    }
    return grant(configuration, request, form);
  }

  return {
    methods: ['POST'],
    readableByAnyPage: false,
    async answer(request) {
      try {
        return await answer(request);
      } catch (error) {
        if (error instanceof OAuthError) return errorReply(error);
        throw error;
      }
    },
  };
}
