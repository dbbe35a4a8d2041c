/** What the front door is told by its environment. */

export interface Configuration {
  /** Origin of the product, e.g. `https://d111111abcdef8.cloudfront.net`, without a slash at its end. */
  readonly publicOrigin: string;
  /** Base URL of the user pool's sign-in endpoints, without a slash at its end. */
  readonly userPoolUrl: string;
}

/** @throws Error that names the variable which is missing or wrong */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const publicOrigin = webAddress(environment, 'PUBLIC_ORIGIN');
  if (new URL(publicOrigin).origin !== publicOrigin) {
    throw new Error(`PUBLIC_ORIGIN must be an origin such as https://example.com, not ${publicOrigin}.`);
  }
  return { publicOrigin, userPoolUrl: webAddress(environment, 'USER_POOL_URL') };
}

function webAddress(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') {
    throw new Error(`The environment variable ${name} is missing. Set it to a web address.`);
  }
  const protocol = URL.parse(value)?.protocol;
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new Error(`The environment variable ${name} must be a web address, not ${value}.`);
  }
  return value.replace(/\/$/, '');
}
