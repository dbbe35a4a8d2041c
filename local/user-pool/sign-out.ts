/** Ending the browser's session: `/logout?client_id=…&logout_uri=…`. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { brokerClientId } from './app-clients.ts';
import { page, pageHeaders } from './page.ts';

/** @param logoutUri the one address that the app client may send people to afterwards; matched exactly */
export async function signOut(
  provider: Provider,
  logoutUri: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = new URLSearchParams(request.url?.split('?')[1]);
  if (asked.get('client_id') !== brokerClientId || asked.get('logout_uri') !== logoutUri) {
    const text = '<p>The client_id or the logout_uri is not registered.</p>';
    response.writeHead(400, pageHeaders).end(page('Sign-out is not possible', [text]));
    return;
  }
  const context = provider.createContext(request, response);
  const session = await provider.Session.get(context);
  await session.destroy();
  context.cookies.set(provider.cookieName('session'), null);
  response.writeHead(302, { location: logoutUri, 'cache-control': 'no-store' }).end();
}
