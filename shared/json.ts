/** Whether the value is a JSON object, not a list. */
export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON with object keys in alphabetical order, so that equal values are written identically and can be compared as text. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    isPlainObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

/** What is left of a type when what may be undefined may be absent instead. */
type Defined<Value> = {
  [Name in keyof Value as undefined extends Value[Name] ? never : Name]: Value[Name];
} & {
  [Name in keyof Value as undefined extends Value[Name] ? Name : never]?: Exclude<Value[Name], undefined>;
};

/** The object without the fields that are undefined: what is not known is not there. */
export function defined<Value extends object>(value: Value): Defined<Value> {
  const known: Partial<Value> = {};
  for (const name in value) if (value[name] !== undefined) known[name] = value[name];
  return known as unknown as Defined<Value>;
}
