/**
 * Where a client may have answers sent to. Everything is compared as it is written: whatever a parser would make
 * equal (case, encoded letters, dots in a path) is different here.
 */

export type RedirectTarget =
  /** A website. */
  | { readonly kind: 'web'; readonly host: string }
  /** A program on the person's own computer that listens on some port. */
  | { readonly kind: 'loopback'; readonly host: string }
  /** An application that has this scheme registered at the person's operating system. */
  | { readonly kind: 'app'; readonly scheme: string };

/** Characters. It travels in a cookie of the browser, where there is little room. */
export const longestRedirectUri = 512;

/** RFC 3986, without the fragment, which OAuth forbids. */
const uriCharacters = /^[\w\-.~:/?[\]@!$&'()*+,;=%]+$/;
const loopback = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?([/?].*)?$/;
const website = /^https:\/\/(?:[a-zA-Z\d.-]+|\[[a-fA-F\d:.]+\])(?::\d{1,5})?(?:[/?].*)?$/;
/** `com.example.app:/callback` (RFC 8252, section 7.1) or `cursor://callback`, as editors have it. */
const application = /^(?:([a-z][a-z\d+-]*(?:\.[a-z\d+-]+)+):\/|([a-z][a-z\d+-]{2,}):\/\/)/;

/** Schemes that browsers and operating systems serve themselves. */
const foreignSchemes = new Set([
  'about',
  'blob',
  'content',
  'data',
  'file',
  'filesystem',
  'ftp',
  'http',
  'https',
  'intent',
  'javascript',
  'mailto',
  'resource',
  'sms',
  'tel',
  'vbscript',
  'view-source',
  'wss',
]);
const foreignPrefixes = /^(?:ms-|search-ms|chrome|edge|moz-|safari-|x-)/;

/** @returns undefined for what cannot be a redirect URI */
export function redirectTarget(uri: string): RedirectTarget | undefined {
  if (uri.length > longestRedirectUri || !uriCharacters.test(uri)) return undefined;
  const parsed = URL.parse(uri);
  if (parsed?.username !== '' || parsed.password !== '') return undefined;
  if (loopback.test(uri)) return { kind: 'loopback', host: parsed.hostname };
  if (website.test(uri)) return { kind: 'web', host: parsed.host };
  const [, reverseDomain, name] = application.exec(uri) ?? [];
  const scheme = reverseDomain ?? name;
  if (scheme === undefined || foreignSchemes.has(scheme) || foreignPrefixes.test(scheme)) return undefined;
  return { kind: 'app', scheme };
}

/**
 * Whether a client that registered one URI may use another. On loopback the port is free, because the operating
 * system chooses it (RFC 8252, section 7.3); everything else must be the same.
 */
export function isSameRedirect(registered: string, used: string): boolean {
  if (!redirectTarget(used)) return false;
  if (registered === used) return true;
  const [first, second] = [loopback.exec(registered), loopback.exec(used)];
  return (
    first !== null && second !== null && first[1] === second[1] && (first[2] ?? '/') === (second[2] ?? '/')
  );
}
