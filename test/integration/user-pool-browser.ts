/** As much of a browser as signing in needs: cookies, forms, and redirects that are followed one by one. */

import assert from 'node:assert/strict';

interface Cookie {
  readonly value: string;
  readonly path: string;
}

export interface Browser {
  get(url: string): Promise<Response>;
  /** @param headers that a browser would not send by itself */
  post(url: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  /** Cookies as they would be sent to the root of a site. */
  cookies(): Map<string, string>;
  setCookie(name: string, value: string): void;
  /** Another one with the same cookies. */
  copy(): Browser;
}

export function openBrowser(cookies: Iterable<[string, Cookie]> = []): Browser {
  const jar = new Map<string, Cookie>(cookies);

  async function visit(url: string, init: RequestInit): Promise<Response> {
    const { pathname } = new URL(url);
    const cookie = [...jar]
      .filter(([, { path }]) => pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { cookie, accept: 'text/html', ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) keep(line);
    return response;
  }

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split(/; */);
    const [name = '', value = ''] = pair.split('=');
    const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
    if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
    else jar.set(name, { value, path });
  }

  return {
    get: (url) => visit(url, {}),
    cookies: () => new Map([...jar].map(([name, { value }]) => [name, value])),
    setCookie: (name, value) => jar.set(name, { value, path: '/' }),
    copy: () => openBrowser(jar),
    post: (url, form, headers = {}) =>
      visit(url, { method: 'POST', body: new URLSearchParams(form), headers }),
  };
}

/** Where a redirect leads, as an absolute URL. */
export function locationOf(response: Response): URL {
  const location = response.headers.get('location');
  assert.ok(location, `no redirect but status ${response.status}`);
  return new URL(location, response.url);
}

/** Follows redirects as long as they stay at the pool. */
export async function follow(browser: Browser, response: Response): Promise<URL | Response> {
  let current = response;
  while (current.status >= 300 && current.status < 400) {
    const next = locationOf(current);
    if (next.origin !== new URL(current.url).origin) return next;
    current = await browser.get(next.href);
  }
  return current;
}

/**
 * Opens an authorization URL, fills in the form and submits it.
 * @returns the callback URL, or the page that came instead
 */
export async function signIn(
  browser: Browser,
  authorizeUrl: string,
  username: string,
  password: string,
): Promise<URL | Response> {
  const page = await follow(browser, await browser.get(authorizeUrl));
  if (page instanceof URL) return page;
  const html = await page.text();
  const action = /<form method="post" action="([^"]+)"/.exec(html)?.[1];
  assert.ok(action, `no sign-in form on a page with status ${page.status}`);
  return follow(browser, await browser.post(new URL(action, page.url).href, { username, password }));
}
