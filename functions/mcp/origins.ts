/** What a request's Origin allows: whether it is served at all, and what a browser may do with the answer. */
export interface OriginVerdict {
  allowed: boolean;
  headers: Record<string, string>;
}

/**
 * Judges an Origin header, for the 403 and for CORS alike. Programs send none, which is fine; a web page is served
 * when its origin is on the list, character by character. `null` (sandboxed frames, files) never is.
 */
export function judgeOrigin(origin: string | undefined, allowed: ReadonlySet<string>): OriginVerdict {
  if (origin === undefined) return { allowed: true, headers: { vary: 'origin' } };
  if (!allowed.has(origin)) return { allowed: false, headers: { vary: 'origin' } };
  return {
    allowed: true,
    headers: {
      vary: 'origin',
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'WWW-Authenticate, Mcp-Session-Id',
    },
  };
}

/** What a preflight is told beside the verdict's headers. */
export const preflightHeaders = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers':
    'Authorization, Content-Type, Accept, Mcp-Protocol-Version, Mcp-Method, Mcp-Name, Mcp-Session-Id',
  'access-control-max-age': '7200',
} as const;
