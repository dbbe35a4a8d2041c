import { type DemoPerson, demoPeople } from '../../local/demo/people.ts';
import type { BrowserContext, Page } from './browser.ts';

/** One of those who can sign in to the local edition. */
export function demoPerson(username: string): DemoPerson {
  const found = demoPeople.find((person) => person.username === username);
  if (!found) throw new Error(`Nobody of the demo is called ${username}.`);
  return found;
}

/**
 * What a person does whom a client sent to the browser: allows it, signs in, and is taken back.
 * @param untick beginnings of the sentences of what the client shall not read
 * @returns the address at which the client got its answer
 */
export async function connect(
  context: BrowserContext,
  authorizeUrl: string,
  person: DemoPerson,
  { untick = [] }: { untick?: readonly RegExp[] } = {},
): Promise<URL> {
  const page = await context.newPage();
  const answer = answerTo(page, authorizeUrl);
  await page.goto(authorizeUrl);
  for (const sentence of untick) await page.getByLabel(sentence).uncheck();
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  await page.getByLabel('Username').fill(person.username);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  return answer;
}

/** The same person, who does not allow it. */
export async function refuse(context: BrowserContext, authorizeUrl: string): Promise<URL> {
  const page = await context.newPage();
  const answer = answerTo(page, authorizeUrl);
  await page.goto(authorizeUrl);
  await page.getByRole('button', { name: 'Do not allow' }).click();
  return answer;
}

/** The request by which the browser brings the answer to the client. */
async function answerTo(page: Page, authorizeUrl: string): Promise<URL> {
  const redirectUri = new URL(authorizeUrl).searchParams.get('redirect_uri') ?? '';
  const request = await page.waitForRequest((candidate) => candidate.url().startsWith(redirectUri));
  return new URL(request.url());
}
