/** Fields of an answer, in the order in which they are read. */
export type Fields = Record<string, unknown>;

/** The fields that have a value: without absent values, empty texts and lists, and flags that are false. */
export const stated = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) =>
        value !== undefined &&
        value !== false &&
        value !== '' &&
        !(Array.isArray(value) && value.length === 0),
    ),
  );
