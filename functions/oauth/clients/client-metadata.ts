import { isPlainObject } from '../../../shared/json.ts';
import { OAuthError } from '../oauth-error.ts';
import { redirectTarget } from './redirect-uri.ts';

/** What a client says about itself (RFC 7591, section 2) in a registration, a metadata document or the configuration. */
export interface ClientMetadata {
  readonly name: string | undefined;
  readonly redirectUris: readonly string[];
}

const mostRedirectUris = 30;

/**
 * Reads the name and the redirect URIs. Other members are ignored, as RFC 7591 asks.
 * @throws {OAuthError}
 */
export function readClientMetadata(metadata: unknown): ClientMetadata {
  if (!isPlainObject(metadata)) {
    throw new OAuthError('invalid_client_metadata', 'The metadata must be a JSON object.');
  }
  const { client_name: name, redirect_uris: redirectUris } = metadata;
  if (name !== undefined && typeof name !== 'string') {
    throw new OAuthError('invalid_client_metadata', 'client_name must be a string.');
  }
  return {
    name: name === undefined ? undefined : cleanName(name),
    redirectUris: readRedirectUris(redirectUris),
  };
}

function readRedirectUris(uris: unknown): string[] {
  if (!Array.isArray(uris) || uris.length === 0 || uris.length > mostRedirectUris) {
    throw new OAuthError(
      'invalid_redirect_uri',
      `redirect_uris must be an array with 1 to ${mostRedirectUris} URIs.`,
    );
  }
  return uris.map((uri: unknown, index) => {
    if (typeof uri === 'string' && redirectTarget(uri)) return uri;
    throw new OAuthError(
      'invalid_redirect_uri',
      `redirect_uris[${index}] must be an https URI, an http URI of localhost, 127.0.0.1 or [::1], or a URI with the scheme of an editor such as cursor:// or a reverse domain name such as com.example.app:/, without a user name or fragment.`,
    );
  });
}

/** Characters; a longer one is cut. */
const longestName = 60;

/** Controls, format characters (reversed text, zero width), private and unassigned ones, lone surrogates. */
const unseen = /[\p{C}\p{Default_Ignorable_Code_Point}]/gu;
/** More marks on one letter than any script has; they would paint over the lines around. */
const piledMarks = /(\p{M}{3})\p{M}+/gu;

/**
 * The name that a client gives itself as one line of visible text, or undefined when nothing is left: it comes from
 * strangers, and is shown to people who decide by it.
 */
export function cleanName(name: string): string | undefined {
  const visible = name
    .toWellFormed()
    .replace(/\s+/gu, ' ')
    .replace(unseen, '')
    .replace(piledMarks, '$1')
    .replace(/ {2,}/g, ' ')
    .trim();
  const letters = [...visible];
  if (letters.length > longestName)
    return `${letters
      .slice(0, longestName - 1)
      .join('')
      .trimEnd()}…`;
  return visible === '' ? undefined : visible;
}
