import * as z from 'zod';
import { type FieldType, fields } from './fields.ts';
import type { AnyKind } from './kind.ts';
import { kinds } from './kinds/index.ts';
import { fields as strict } from './strict-shapes.ts';

/*
 * The shapes of kinds in the interchange format, and what they say of their fields.
 */

const made = new Map<AnyKind, z.ZodObject>();

/** The shape of records of a kind. */
export function shapeOf(kind: AnyKind): z.ZodObject {
  const { name, single, shape } = kind;
  const known = made.get(kind);
  if (known) return known;
  const id = single ? z.literal(name, `"${name}", or no id`).default(name) : fields.id;
  const whole = strict({ kind: z.literal(name), id, ...shape(fields) });
  made.set(kind, whole);
  return whole;
}

/** What a shape says of a field. */
export interface FieldFact {
  type: FieldType;
  required: boolean;
}

export type FieldFacts = ReadonlyMap<string, FieldFact>;

/**
 * The fields of a kind of record, with their types. Fields of an address are named like "address.city". Lists (lines,
 * allocations) are left out, see `listOf`.
 */
export const fieldsOf = (kind: string): FieldFacts => factsOf(shapeOf(kindNamed(kind)).shape);

/** What lists are called, in records and in mappings. */
export type ListName = 'lines' | 'allocations';

/** The list in a kind of record, with the fields of its items; undefined if it has none. */
export function listOf(kind: string): { name: ListName; fields: FieldFacts } | undefined {
  for (const [name, entry] of Object.entries(shapeOf(kindNamed(kind)).shape)) {
    const schema = unwrapped(entry);
    if (schema instanceof z.ZodArray)
      return { name: name as ListName, fields: factsOf((schema.element as z.ZodObject).shape) };
  }
  return undefined;
}

const kindNamed = (name: string): AnyKind => kinds[name as keyof typeof kinds];

const isOptional = (entry: z.core.$ZodType): entry is z.ZodExactOptional | z.ZodDefault =>
  entry instanceof z.ZodExactOptional || entry instanceof z.ZodDefault;

const unwrapped = (entry: z.core.$ZodType): z.core.$ZodType => (isOptional(entry) ? entry.unwrap() : entry);

function factsOf(shape: z.core.$ZodShape): FieldFacts {
  const facts = new Map<string, FieldFact>();
  for (const [field, entry] of Object.entries(shape)) {
    const schema = unwrapped(entry);
    if (field === 'kind' || schema instanceof z.ZodArray) continue;
    if (schema instanceof z.ZodObject) {
      for (const part of Object.keys(schema.shape)) {
        facts.set(`${field}.${part}`, { type: 'text', required: false });
      }
    } else {
      const type = ((schema as z.ZodType).meta()?.type ?? 'text') as FieldType;
      facts.set(field, { type, required: !isOptional(entry) });
    }
  }
  return facts;
}
