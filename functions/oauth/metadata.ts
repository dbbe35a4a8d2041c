import type { Endpoint } from './endpoint.ts';
import { json } from './reply.ts';

/** A public JSON document that changes only with a deployment. */
export function metadata(document: Readonly<Record<string, unknown>>): Endpoint {
  const reply = json(200, document, { 'Cache-Control': 'public, max-age=300' });
  return { methods: ['GET'], readableByAnyPage: true, answer: () => reply };
}
