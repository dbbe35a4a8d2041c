import { isRecord } from './json-rpc.ts';

/*
 * What every request of 2026-07-28 says of itself in `params._meta`, in place of the handshake of older revisions.
 * https://modelcontextprotocol.io/specification/2026-07-28/basic
 */

const versionKey = 'io.modelcontextprotocol/protocolVersion';
const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';
const clientInfoKey = 'io.modelcontextprotocol/clientInfo';
const logLevelKey = 'io.modelcontextprotocol/logLevel';

const logLevels: readonly unknown[] = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
];

type Params = Readonly<Record<string, unknown>> | undefined;

const metaOf = (params: Params): Readonly<Record<string, unknown>> | undefined =>
  isRecord(params?._meta) ? params._meta : undefined;

/** Whether a message claims to be of a revision in which each stands for itself, rightly or not. */
export const claimsRevision = (params: Params): boolean => versionKey in (metaOf(params) ?? {});

/** The revision that a message claims; undefined when it claims none, or not in words. */
export function claimedRevision(params: Params): string | undefined {
  const version = metaOf(params)?.[versionKey];
  return typeof version === 'string' ? version : undefined;
}

/** What is wrong with what a request says of itself. */
export interface EnvelopeProblem {
  key: string;
  problem: string;
}

export function envelopeProblem(params: Params): EnvelopeProblem | undefined {
  const meta = metaOf(params) ?? {};
  const { [versionKey]: version, [capabilitiesKey]: capabilities, [clientInfoKey]: client } = meta;
  if (version === undefined) return { key: versionKey, problem: 'missing' };
  if (capabilities === undefined) return { key: capabilitiesKey, problem: 'missing' };
  if (typeof version !== 'string') return { key: versionKey, problem: 'expected a text' };
  if (!isRecord(capabilities)) return { key: capabilitiesKey, problem: 'expected an object' };
  if (client !== undefined && !isImplementation(client)) {
    return { key: clientInfoKey, problem: 'expected an object with name and version' };
  }
  const { [logLevelKey]: level } = meta;
  if (level !== undefined && !logLevels.includes(level)) {
    return { key: logLevelKey, problem: `expected one of ${logLevels.join(', ')}` };
  }
  return undefined;
}

export const isImplementation = (value: unknown): boolean =>
  isRecord(value) && typeof value.name === 'string' && typeof value.version === 'string';

/** The keys without which no request of that revision is complete, of which this one lacks some. */
export function missingKeys(params: Params): string[] {
  const meta = metaOf(params);
  if (!meta) return ['_meta'];
  return [versionKey, capabilitiesKey].filter((key) => !(key in meta));
}
