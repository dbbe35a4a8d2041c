/** Finds the token endpoint as a client does, from the challenge of the MCP endpoint, and gets a machine token. */
export async function machineToken(mcpUrl: string, organization: string, scope?: string): Promise<string> {
  const challenge = (await fetch(mcpUrl, { method: 'POST' })).headers.get('www-authenticate') ?? '';
  const [, metadataUrl = ''] = /resource_metadata="([^"]+)"/.exec(challenge) ?? [];
  const resource = (await (await fetch(metadataUrl)).json()) as { authorization_servers: string[] };
  const server = new URL('/.well-known/oauth-authorization-server', resource.authorization_servers[0]);
  const { token_endpoint: endpoint } = (await (await fetch(server)).json()) as { token_endpoint: string };
  const response = await fetch(endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: `machine-${organization}`,
      client_secret: 'local-only',
      ...(scope !== undefined && { scope }),
    }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}
