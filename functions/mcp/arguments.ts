import * as v from 'valibot';
import { Refusal } from '../../shared/ledger/errors.ts';
import type { Tool } from './tool.ts';
import { cleanText } from './untrusted.ts';

type Input = Tool['input'];

/**
 * The arguments as a tool takes them, defaults filled in.
 * @throws {Refusal} naming each argument that is wrong, what was given and what was expected.
 */
export function parseArguments(
  input: Input,
  given: unknown,
  alsoTaken: readonly string[],
): v.InferOutput<Input> {
  const parsed = v.safeParse(input, given);
  if (parsed.success) return parsed.output;
  const spelled = v.safeParse(input, numbersAsTexts(given, parsed.issues));
  if (spelled.success) return spelled.output;
  const taken = [...Object.keys(input.entries), ...alsoTaken];
  const sentences = parsed.issues.map((issue) => sentenceOf(issue, input, taken));
  throw new Refusal([...new Set(sentences)].slice(0, mostSentences).join(' '));
}

/**
 * The arguments with numbers written out where a text was expected. An id or an amount that looks like a number comes
 * as one from command lines and from models, and means the same.
 */
function numbersAsTexts(given: unknown, issues: readonly v.InferIssue<Input>[]): unknown {
  const numbers = issues.flatMap(({ type, path, input }) =>
    type === 'string' &&
    path?.length === 1 &&
    typeof input === 'number' &&
    /^-?\d+(\.\d+)?$/.test(String(input))
      ? [[String(path[0].key), String(input)]]
      : [],
  );
  return numbers.length === 0 ? given : { ...(given as object), ...Object.fromEntries(numbers) };
}

const mostSentences = 6;

function sentenceOf(issue: v.InferIssue<Input>, input: Input, taken: readonly string[]): string {
  const key = String(issue.path?.[0]?.key ?? '');
  const name = cleanText(key, 60);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const expected = taken.length === 0 ? 'none: it takes no arguments' : `only ${taken.join(', ')}`;
    return `Unknown argument ${name}: expected ${expected}.`;
  }
  if (issue.type === 'strict_object')
    return `The argument ${name} is missing: ${whatIsExpected(input, key)}.`;
  return `The argument ${name} was ${cleanText(JSON.stringify(issue.input) ?? 'undefined', 80)}: ${expectation(issue)}.`;
}

/** An absent key is the object's complaint; what was expected, only the argument's own schema can say. */
function whatIsExpected(input: Input, key: string): string {
  const schema = input.entries[key];
  const issue = schema && v.safeParse(schema as v.GenericSchema, undefined).issues?.[0];
  return issue ? expectation(issue) : 'expected a value';
}

/** Schemas say themselves what they expect; valibot's own words are for those that do not. */
const expectation = (issue: v.BaseIssue<unknown>): string =>
  issue.message.startsWith('Invalid ')
    ? `expected ${issue.expected ?? 'another value'}`
    : issue.message.replace(/\.$/, '');
