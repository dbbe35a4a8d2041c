export type Environment = Readonly<Record<string, string | undefined>>;

/** The value of a variable. An empty one counts as not set, because a deployment passes on every setting. */
export const optional = (environment: Environment, name: string): string | undefined =>
  environment[name] === '' ? undefined : environment[name];

/** @throws {Error} when the variable is not set. */
export function required(environment: Environment, name: string): string {
  const value = optional(environment, name);
  if (value === undefined) throw new Error(`The environment variable ${name} is not set.`);
  return value;
}

/** The error about a variable with a value that cannot be used. */
export const malformed = (name: string, value: string, expected: string): Error =>
  new Error(`The environment variable ${name} is ${JSON.stringify(value)}: expected ${expected}.`);

/** @throws {Error} when the value is not an origin. */
export function originIn(name: string, value: string): string {
  if (URL.parse(value)?.origin === value) return value;
  const expected = 'an origin such as https://mcp.example.com, without a path or a slash at the end';
  throw malformed(name, value, expected);
}
