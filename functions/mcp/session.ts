import { CLIENT_INFO_META_KEY } from '@modelcontextprotocol/server';
import { isPlainObject } from '../../shared/json.ts';
import type { HttpRequest } from '../http.ts';
import type { Audit, Write } from './audit.ts';
import type { Caller } from './caller.ts';
import type { Question } from './route.ts';
import type { Library } from './tool.ts';
import { cleanText } from './untrusted.ts';

/** Everything that answering one request of one caller may use. Made anew for each, and shared with none. */
export interface Session {
  requestId: string;
  caller: Caller;
  /** The program that asks, as it calls itself, for the audit record. */
  client: string | undefined;
  /** Whether it shows views: what is listed then names them. */
  showsViews: boolean;
  /** The public origin, which challenges name. */
  publicOrigin: string;
  library: Library;
  audit: Audit;
  /** Where failures are logged. */
  log: Write;
}

/**
 * The program that asks, as it calls itself: name and version where the request gives them, which every request of
 * 2026-07-28 and every handshake does; otherwise its `User-Agent`. Nothing vouches for it.
 */
export function clientNameOf(
  { message: { method, params } }: Question,
  headers: HttpRequest['headers'],
): string | undefined {
  const info = method === 'initialize' ? params?.clientInfo : params?._meta?.[CLIENT_INFO_META_KEY];
  const named = isPlainObject(info) && typeof info.name === 'string';
  const name = named ? `${info.name} ${info.version ?? ''}`.trim() : headers.get('user-agent');
  return name === undefined ? undefined : cleanText(name, 100);
}
