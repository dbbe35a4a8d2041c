import * as z from 'zod';
import { type FieldType, fields } from './fields.ts';
import type { AnyKind } from './kind.ts';
import { kinds, type RecordKind } from './kinds/index.ts';
import { fields as strict } from './strict-shapes.ts';

/*
 * The shapes of kinds in the interchange format, and what they say of their fields.
 */

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
export const fieldsOf = (kind: RecordKind | AnyKind): FieldFacts => declared(kind).fields;

/** What lists are called, in records and in mappings. */
export type ListName = 'lines' | 'allocations' | 'rates' | 'links' | 'linkedTo';

/** The list in a kind of record, with the fields of its items; undefined if it has none. */
export const listOf = (kind: RecordKind | AnyKind): { name: ListName; fields: FieldFacts } | undefined =>
  declared(kind).list;

/** The shape of records of a kind. */
export const shapeOf = (kind: RecordKind | AnyKind): z.ZodObject => declared(kind).shape;

interface Declared {
  shape: z.ZodObject;
  fields: FieldFacts;
  list?: { name: ListName; fields: FieldFacts };
}

const made = new Map<AnyKind, Declared>();

/** What a kind declares of its fields; made once. */
function declared(named: RecordKind | AnyKind): Declared {
  const kind: AnyKind = typeof named === 'string' ? kinds[named] : named;
  const known = made.get(kind);
  if (known) return known;
  const { name, single } = kind;
  const id = single
    ? z.literal(name, `"${name}", or no id`).describe('or left out').default(name)
    : fields.id;
  const shape = strict({ kind: z.literal(name), id, ...kind.shape(fields) });
  const [list] = Object.entries(shape.shape).flatMap(([called, entry]) => {
    const schema = unwrapped(entry);
    if (!(schema instanceof z.ZodArray)) return [];
    return [{ name: called as ListName, fields: factsOf((schema.element as z.ZodObject).shape) }];
  });
  const facts = { shape, fields: factsOf(shape.shape), ...(list && { list }) };
  made.set(kind, facts);
  return facts;
}

const isOptional = (entry: z.core.$ZodType): entry is z.ZodExactOptional | z.ZodDefault =>
  entry instanceof z.ZodExactOptional || entry instanceof z.ZodDefault;

const unwrapped = (entry: z.core.$ZodType): z.core.$ZodType => (isOptional(entry) ? entry.unwrap() : entry);

function factsOf(shape: z.core.$ZodShape): FieldFacts {
  const facts = new Map<string, FieldFact>();
  for (const [field, entry] of Object.entries(shape)) {
    const schema = unwrapped(entry);
    const isKind = field === 'kind' && schema instanceof z.ZodLiteral;
    if (isKind || schema instanceof z.ZodArray) continue;
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
