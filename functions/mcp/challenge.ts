import type { ScopeName } from '../../shared/edge.ts';
import { resourceMetadataUrl } from '../../shared/edge.ts';

/** A `WWW-Authenticate` value (RFC 6750, RFC 9728); scopes are given by their short names. */
export function bearerChallenge(
  publicOrigin: string,
  wanted: readonly ScopeName[],
  parameters: Readonly<Record<string, string>> = {},
): string {
  const all = {
    ...parameters,
    resource_metadata: resourceMetadataUrl(publicOrigin),
    scope: wanted.join(' '),
  };
  return `Bearer ${Object.entries(all)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`;
}

/** The scope is named on purpose: what needs which is public, and the person can grant it. */
export const missingScopeSentence = (scope: ScopeName): string =>
  `This needs the scope ${scope}, which was not granted: connect again and allow it.`;
