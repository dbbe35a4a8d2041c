import { definitionsIndex, pageOf, topics } from '../../functions/mcp/definitions/index.ts';

/** All definitions together: the index and every page. */
export const allDefinitions = [definitionsIndex, ...topics.map(pageOf)].join('\n');

/** The names of all fields of an answer, at any depth. */
export function fieldsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...fieldsOf(inner)]);
}

/** Whether a page defines the field: its name is a word of the text. */
export const isDefined = (field: string): boolean => new RegExp(`\\b${field}\\b`).test(allDefinitions);
