import { redirectTarget } from './redirect-uri.ts';

/** The hosts that clients may come from, as the operator decides. */
export interface ClientHosts {
  /** The only ones, or undefined for all. */
  readonly allowed: readonly string[] | undefined;
  readonly denied: readonly string[];
}

/** @param hosts names with commas between them; `*.example.com` stands for every name below that one */
export function readHosts(hosts: string | undefined): string[] | undefined {
  const names = (hosts ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  return names.length === 0 ? undefined : names;
}

/** @param host as URL parsers write it; its port, if any, does not count */
export function isAllowedHost({ allowed, denied }: ClientHosts, host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const covers = (pattern: string): boolean =>
    pattern.startsWith('*.') ? name.endsWith(pattern.slice(1)) : name === pattern;
  return !denied.some(covers) && (allowed?.some(covers) ?? true);
}

/** An operator who keeps a host out means whatever comes from there, also what registers itself. */
export function areAllowedRedirects(hosts: ClientHosts, redirectUris: readonly string[]): boolean {
  return redirectUris.every((uri) => {
    const target = redirectTarget(uri);
    return target?.kind !== 'web' || isAllowedHost(hosts, target.host);
  });
}
