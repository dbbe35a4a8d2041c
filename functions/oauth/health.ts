import type { Endpoint } from './endpoint.ts';
import { json } from './reply.ts';

/** Says that requests reach the front door. */
export const health: Endpoint = {
  methods: ['GET'],
  readableByAnyPage: true,
  answer: () => json(200, { status: 'ok' }),
};
