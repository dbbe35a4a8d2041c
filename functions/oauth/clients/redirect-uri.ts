/*
 * Where a client may have answers sent to. Everything is compared as it is written: whatever a parser would make
 * equal (case, encoded letters, dots in a path) is different here.
 */

export type RedirectTarget =
  /** A website. */
  | { readonly kind: 'web'; readonly host: string }
  /** A program on the person's own computer that listens on some port. */
  | { readonly kind: 'loopback'; readonly host: string }
  /** An application that the person's operating system opens for this scheme. */
  | { readonly kind: 'app'; readonly scheme: string };

/** Characters. It travels in a cookie of the browser, where there is little room. */
export const longestRedirectUri = 512;

/** RFC 3986, without the fragment, which OAuth forbids. */
const uriCharacters = /^[\w\-.~:/?[\]@!$&'()*+,;=%]+$/;
const loopback = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?([/?].*)?$/;
const website = /^https:\/\/(?:[a-zA-Z\d.-]+|\[[a-fA-F\d:.]+\])(?::\d{1,5})?(?:[/?].*)?$/;
/**
 * A private-use scheme: the reverse of a domain name, as `com.example.app:/callback` (RFC 8252, section 7.1). The
 * first label is a top-level domain, which has no hyphen: `x-apple.systempreferences` is not one.
 */
const reverseDomain = /^([a-z]{2,}(?:\.[a-z\d-]+)+):\//;
const editor = /^([a-z-]+):\/\//;

/**
 * Schemes without a dot that MCP clients use: Cursor's own, and those of editors for their extensions, such as Cline.
 * Every other one may start any program that is installed, with a command line of the sender's choice.
 */
const editorSchemes: ReadonlySet<string> = new Set([
  'cursor',
  'vscode',
  'vscode-insiders',
  'vscodium',
  'windsurf',
]);

/** @returns undefined for what cannot be a redirect URI */
export function redirectTarget(uri: string): RedirectTarget | undefined {
  if (uri.length > longestRedirectUri || !uriCharacters.test(uri)) return undefined;
  const parsed = URL.parse(uri);
  if (parsed?.username !== '' || parsed.password !== '') return undefined;
  if (loopback.test(uri)) return { kind: 'loopback', host: parsed.hostname };
  if (website.test(uri)) return { kind: 'web', host: parsed.host };
  const scheme = reverseDomain.exec(uri)?.[1] ?? editor.exec(uri)?.[1];
  if (scheme === undefined || !(scheme.includes('.') || editorSchemes.has(scheme))) return undefined;
  return { kind: 'app', scheme };
}

/** The part of a redirect URI that says where it leads, for the audit; the rest may be a secret of the client. */
export function targetName(uri: string): string {
  const target = redirectTarget(uri);
  return target?.kind === 'app' ? target.scheme : (target?.host ?? '');
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
