/*
 * The bundle takes this file for the SDK's `@modelcontextprotocol/server/_shims` (esbuild: `alias`), whose validator
 * brings Ajv: 150 KB and about 10 ms of every cold start. The SDK would use it for the answers to questions that a
 * server asks its client, and this server asks none.
 */
export { default as process } from 'node:process';

export class DefaultJsonSchemaValidator {
  getValidator(): never {
    throw new Error('This server asks clients nothing, so there is nothing to validate.');
  }
}
