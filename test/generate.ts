import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { listNames, mapping, recordRule } from '../cli/import/mapping.ts';
import { openApiDocument } from '../openapi/document.ts';
import type { FieldType } from '../shared/ledger/fields.ts';
import type { RecordKind } from '../shared/ledger/kinds/index.ts';
import { kinds, recordKinds } from '../shared/ledger/kinds/index.ts';
import { type FieldFact, fieldsOf, listOf, shapeOf } from '../shared/ledger/shapes.ts';

/*
 * npm run generate: writes what the declarations of records, mappings and tools say into the files that people, editors and
 * programs read: the tables of fields in docs/import.md, the JSON Schema of mapping files, and the OpenAPI document.
 */

type JsonSchema = z.core.JSONSchema.JSONSchema;
type Facts = ReadonlyMap<string, FieldFact>;

const pathOf = (file: string): string => join(import.meta.dirname, '..', file);

/** Each file that is generated, in whole or in part, with the text that it should have. */
export const generated: Readonly<Record<string, () => string>> = {
  'cli/import/mapping.schema.json': () => `${JSON.stringify(mappingSchema(), null, 2)}\n`,
  'functions/oauth/site/openapi.json': () => `${JSON.stringify(openApiDocument, null, 2)}\n`,
  'docs/import.md': () => withTables(readFileSync(pathOf('docs/import.md'), 'utf8')),
};

function mappingSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(mapping, {
    override({ zodSchema, jsonSchema }) {
      if (zodSchema === recordRule) jsonSchema.allOf = recordRule.shape.kind.options.map(fieldsByKind);
    },
  });
  return {
    $schema,
    title: 'Mapping of a CSV file to records',
    description: 'Says what the columns of a CSV file mean. Explained with an example in docs/import.md.',
    ...schema,
  };
}

/** What a rule for a kind may have in addition to what every rule may have. */
function fieldsByKind(kind: RecordKind) {
  const list = listOf(kind);
  const itemsOf = (name: string) =>
    list?.name === name && { properties: { fields: mappedFields(kind, list.fields, `${name}[].`) } };
  const fields = mappedFields(kind, fieldsOf(kind));
  return {
    if: { required: ['kind'], properties: { kind: { const: kind } } },
    // biome-ignore lint/suspicious/noThenProperty: this is a keyword of JSON Schema
    then: { properties: { fields, ...Object.fromEntries(listNames.map((name) => [name, itemsOf(name)])) } },
  };
}

/** The fields that a rule may set, and those that it must. The currency can also be set for all rules at once. */
function mappedFields(kind: RecordKind, facts: Facts, path = '') {
  const fields = fieldsIn(kind);
  return {
    additionalProperties: false,
    required: [...facts].flatMap(([name, { required }]) => (required && name !== 'currency' ? [name] : [])),
    properties: Object.fromEntries(
      [...facts.keys()].map((name) => {
        const field = fields.find((field) => field.name === path + name);
        const description = [field?.type, field?.content].filter(Boolean).join(': ').replaceAll('`', '');
        return [name, { description }];
      }),
    ),
  };
}

/** The text with the table of fields under the heading of each kind of record. */
const withTables = (text: string): string =>
  recordKinds.reduce((before, kind) => {
    const table = new RegExp(`(\n### ${kind}\n[^|#]*)(?:\\|.*\n)+`);
    if (!table.test(before)) throw new Error(`docs/import.md has no table under the heading ${kind}.`);
    return before.replace(table, (_, heading: string) => heading + tableOf(kind));
  }, text);

/** Fields that follow each other share a row if the same is said of them. */
function tableOf(kind: RecordKind): string {
  const rows: { names: string[]; said: string; path: string }[] = [];
  for (const { name, required, type, content } of fieldsIn(kind)) {
    const shown = required ? `**\`${name}\`**` : `\`${name}\``;
    const said = `${type} | ${content}`;
    const path = name.slice(0, name.lastIndexOf('.') + 1);
    const last = rows.at(-1);
    if (last?.said === said && last.path === path) last.names.push(shown);
    else rows.push({ names: [shown], said, path });
  }
  const lines = rows.map(({ names, said }) => `| ${names.join(', ')} | ${said} |\n`);
  return `| field | type | content |\n| --- | --- | --- |\n${lines.join('')}`;
}

interface Field {
  /** With its path: "address.city", "lines[].total". */
  name: string;
  required: boolean;
  type: string;
  content: string;
}

function fieldsIn(kind: RecordKind): Field[] {
  const walk = (
    { properties = {}, required = [] }: JsonSchema,
    facts: Facts | undefined,
    path = '',
  ): Field[] =>
    Object.entries(properties as Record<string, JsonSchema>)
      .filter(([name]) => path !== '' || name !== 'kind')
      .flatMap(([name, property]) => {
        const full = path + name;
        const content = property.description ?? '';
        const type = typeOf(property, facts?.get(name)?.type);
        const field = { name: full, required: required.includes(name), type, content };
        if (property.type === 'object') return [field, ...walk(property, undefined, `${full}.`)];
        if (property.type !== 'array') return [field];
        return [field, ...walk(property.items as JsonSchema, listOf(kind)?.fields, `${full}[].`)];
      });
  return walk(z.toJSONSchema(shapeOf(kinds[kind]), { io: 'input' }), fieldsOf(kind));
}

const typeNames: Record<FieldType, string> = {
  money: 'money',
  price: 'decimal',
  decimal: 'decimal',
  day: 'day',
  currency: 'ISO 4217 code',
  id: 'id',
  flag: '`true` or `false`',
  text: 'text',
};

function typeOf(property: JsonSchema, type: FieldType = 'text'): string {
  const { const: only, enum: words, default: usual, minimum, maximum, maxItems } = property;
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (words) return words.map((word) => `\`${word}\`${word === usual ? ' (default)' : ''}`).join(', ');
  if (maxItems !== undefined) return `list of at most ${maxItems.toLocaleString('en')} objects`;
  if (property.type === 'object') return 'object';
  return property.type === 'integer' ? `whole number from ${minimum} to ${maximum}` : typeNames[type];
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(generated)) writeFileSync(pathOf(file), text());
}
