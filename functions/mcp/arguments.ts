import type * as z from 'zod';
import { Refusal } from '../../shared/ledger/errors.ts';
import type { Tool } from './tool.ts';
import { cleanText } from './untrusted.ts';

type Input = ReturnType<Tool['input']>;
type Given = Readonly<Record<string, unknown>>;

/**
 * The arguments as a tool takes them, defaults filled in.
 * @throws {Refusal} naming each argument that is wrong, what was given and what was expected.
 */
export function parseArguments(input: Input, given: Given, alsoTaken: readonly string[]): z.output<Input> {
  const parsed = input.safeParse(given);
  if (parsed.success) return parsed.data;
  const spelled = input.safeParse(numbersAsTexts(given, parsed.error.issues));
  if (spelled.success) return spelled.data;
  const taken = [...Object.keys(input.shape), ...alsoTaken];
  const sentences = parsed.error.issues.map((issue) => sentenceOf(issue, given, taken));
  throw new Refusal([...new Set(sentences)].slice(0, mostSentences).join(' '));
}

/**
 * The arguments with numbers written out where a text was expected. An id or an amount that looks like a number comes
 * as one from command lines and from models, and means the same.
 */
function numbersAsTexts(given: Given, issues: readonly z.core.$ZodIssue[]): Given {
  const numbers = issues.flatMap((issue) => {
    const name = String(issue.path[0]);
    const value = given[name];
    return issue.code === 'invalid_type' &&
      issue.expected === 'string' &&
      typeof value === 'number' &&
      /^-?\d+(\.\d+)?$/.test(String(value))
      ? [[name, String(value)]]
      : [];
  });
  return { ...given, ...Object.fromEntries(numbers) };
}

const mostSentences = 6;
const mostNames = 10;

function sentenceOf(issue: z.core.$ZodIssue, given: Given, taken: readonly string[]): string {
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.slice(0, mostNames).map((key) => cleanText(key, 60));
    const more = issue.keys.length > mostNames ? ` and ${issue.keys.length - mostNames} more` : '';
    const expected = taken.length === 0 ? 'none: it takes no arguments' : `only ${taken.join(', ')}`;
    return `Unknown argument${issue.keys.length > 1 ? 's' : ''} ${names.join(', ')}${more}: expected ${expected}.`;
  }
  const name = String(issue.path[0]);
  if (!Object.hasOwn(given, name)) return `The argument ${name} is missing: ${issue.message}.`;
  return `The argument ${name} was ${cleanText(JSON.stringify(given[name]) ?? 'undefined', 80)}: ${issue.message}.`;
}
