import { largestMessage } from '../../shared/edge.ts';
import type { HttpRequest } from '../http.ts';
import { errorCodes, Rejection } from './rejection.ts';

/** Objects and lists within each other; the deepest sensible request has four. */
const deepest = 32;

/**
 * The one JSON value that a POST carries. That it is a JSON-RPC message is for `routeOf` to say.
 * @throws {Rejection} 406, 413, 415, or 400 when it is no JSON, a batch, or nested too deeply to be looked at by
 *   functions that call themselves
 */
export function readMessage({ headers, body }: HttpRequest): unknown {
  if (mediaType(headers.get('content-type') ?? '') !== 'application/json') {
    throw new Rejection(415, 'The request has the wrong Content-Type: expected application/json.');
  }
  if (!takesJson(headers.get('accept'))) {
    throw new Rejection(
      406,
      'This server answers with application/json, which the Accept header does not allow.',
    );
  }
  if (body.length > largestMessage.bytes || Buffer.byteLength(body) > largestMessage.bytes) {
    throw new Rejection(413, largestMessage.exceeded);
  }
  const message = parsed(body);
  if (Array.isArray(message)) {
    throw new Rejection(400, 'Batches are not supported: expected a single JSON-RPC message, not an array.', {
      code: errorCodes.invalidRequest,
    });
  }
  if (isDeeperThan(deepest, message)) {
    throw new Rejection(400, `The body is nested too deeply: expected at most ${deepest} levels.`, {
      code: errorCodes.invalidRequest,
    });
  }
  return message;
}

const isDeeperThan = (levels: number, value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner)));

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Rejection(400, 'The body is not valid JSON: expected a JSON-RPC message.', {
      code: errorCodes.parseError,
    });
  }
}

const mediaType = (value: string): string => value.split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** Lenient: connectors of real clients send no Accept at all, or only one of the two types that the protocol names. */
const takesJson = (accept: string | undefined): boolean =>
  accept === undefined ||
  accept.trim() === '' ||
  accept.split(',').some((range) => ['application/json', 'application/*', '*/*'].includes(mediaType(range)));
