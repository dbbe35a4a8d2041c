import { hash } from 'node:crypto';
import type { Endpoint } from '../http.ts';

/**
 * The HTTP surface and the tools as OpenAPI 3.1. The document is made when the project is built (`npm run generate`), since
 * this function has none of the tools; it is loaded when it is asked for first, so that it delays no start.
 */
export function openApi(publicOrigin: string): Endpoint {
  let made: { body: string; etag: string } | undefined;

  async function make() {
    const { default: document } = await import('./openapi.json', { with: { type: 'json' } });
    const { openapi, info, ...rest } = document;
    const body = JSON.stringify({ openapi, info, servers: [{ url: publicOrigin }], ...rest });
    return { body, etag: `"${hash('sha256', body, 'base64url')}"` };
  }

  return {
    methods: ['GET'],
    readableByAnyPage: true,
    async answer({ headers }) {
      made ??= await make();
      const { body, etag } = made;
      const common = { 'Cache-Control': 'public, max-age=300', ETag: etag };
      const known = (headers.get('if-none-match') ?? '')
        .split(',')
        .map((tag) => tag.trim().replace(/^W\//, ''));
      if (known.includes(etag) || known.includes('*')) return { status: 304, headers: common, body: '' };
      return { status: 200, headers: { ...common, 'Content-Type': 'application/json' }, body };
    },
  };
}
