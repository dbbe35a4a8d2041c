/**
 * Metadata documents of applications that many people use, for when their hosts cannot be reached: some answer cloud
 * addresses with 403 now and then. Where a document can be fetched, what it says there counts.
 */

import type { ClientMetadata } from './client-metadata.ts';

export const wellKnownDocuments: ReadonlyMap<string, ClientMetadata> = new Map([
  [
    'https://claude.ai/oauth/mcp-oauth-client-metadata',
    {
      name: 'Claude',
      redirectUris: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'],
    },
  ],
  [
    'https://claude.ai/oauth/claude-code-client-metadata',
    { name: 'Claude Code', redirectUris: ['http://localhost/callback', 'http://127.0.0.1/callback'] },
  ],
  [
    'https://chatgpt.com/oauth/client.json',
    { name: 'ChatGPT', redirectUris: ['https://chatgpt.com/connector_platform_oauth_redirect'] },
  ],
  [
    'https://vscode.dev/oauth/client-metadata.json',
    {
      name: 'Visual Studio Code',
      redirectUris: [
        'http://127.0.0.1:33418/',
        'http://127.0.0.1/',
        'https://vscode.dev/redirect',
        'https://insiders.vscode.dev/redirect',
      ],
    },
  ],
  [
    'https://zed.dev/oauth/client-metadata.json',
    { name: 'Zed', redirectUris: ['http://127.0.0.1/callback'] },
  ],
]);
