import type { Reply } from './reply.ts';
import type { Request } from './request.ts';

/** What answers at one path. */
export interface Endpoint {
  readonly methods: readonly ('GET' | 'POST')[];
  /** Whether scripts of any web page may read the answer. */
  readonly readableByAnyPage: boolean;
  answer(request: Request): Reply | Promise<Reply>;
}
