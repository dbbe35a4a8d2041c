/** A piece of JSON Schema 2020-12, as OpenAPI 3.1 has it. */
export type Schema = Readonly<Record<string, unknown>>;

export const string: Schema = { type: 'string' };

export const object = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  more: Schema = {},
): Schema => ({ type: 'object', properties, required, ...more });

/** A component, as other parts of the document refer to it. */
export const component = (section: string, name: string) => ({ $ref: `#/components/${section}/${name}` });

export const schema = (name: string): Schema => component('schemas', name);

/** The schema of a document that always has the same fields, from the document. */
export function schemaOf(value: unknown): Schema {
  if (Array.isArray(value)) return { type: 'array', items: value.length > 0 ? schemaOf(value[0]) : {} };
  if (typeof value !== 'object' || value === null) return { type: typeof value };
  const fields = Object.entries(value).map(([name, field]) => [name, schemaOf(field)]);
  return object(Object.fromEntries(fields), Object.keys(value));
}

export const json = (of: Schema) => ({ 'application/json': { schema: of } });

export const text = (mediaType: string) => ({ [mediaType]: { schema: string } });
