import { CLIENT_INFO_META_KEY } from '@modelcontextprotocol/server';
import { isPlainObject } from '../../shared/json.ts';
import type { HttpRequest } from './http.ts';
import type { Question } from './route.ts';
import { cleanText } from './untrusted.ts';

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
