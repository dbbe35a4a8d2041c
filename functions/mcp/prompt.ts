import { type GetPromptResult, type ListPromptsResult, ProtocolError } from '@modelcontextprotocol/server';
import type { ScopeName } from '../../shared/edge.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import type { Caller } from './caller.ts';
import { chooseOrganization, takesOrganization } from './organization.ts';
import { errorCodes } from './rejection.ts';
import { cleanText } from './untrusted.ts';

export interface PromptArgument {
  name: string;
  description: string;
  required: boolean;
}

/** A question that a person picks from a menu; it becomes the first message of a conversation. */
export interface Prompt {
  name: string;
  title: string;
  description: string;
  arguments: readonly PromptArgument[];
  /** Every scope that the tools it leads to need; without all of them it is not offered. */
  scope: readonly ScopeName[];
  /**
   * The message. The server has checked the arguments (only known ones, every required one, each of them short) and
   * passes `organization` when the caller has several, so that the message can name it.
   * @throws {Refusal} for an argument that is not as expected; its message reaches the client.
   */
  render(args: Record<string, string>, organization?: string): string;
}

/** The most characters in a prompt's argument. */
const longestArgument = 200;

export function listPrompts(prompts: readonly Prompt[], caller: Caller): ListPromptsResult {
  return {
    prompts: offered(prompts, caller).map((prompt) => ({
      name: prompt.name,
      title: prompt.title,
      description: prompt.description,
      arguments: [...argumentsOf(prompt, caller)],
    })),
  };
}

/**
 * Answers `prompts/get`.
 * @throws {ProtocolError} -32602 for an unknown prompt and for arguments that are missing, unknown or too long
 */
export function getPrompt(
  prompts: readonly Prompt[],
  name: string,
  given: Readonly<Record<string, string>>,
  caller: Caller,
): GetPromptResult {
  const choice = offered(prompts, caller);
  const prompt = choice.find((candidate) => candidate.name === name);
  if (!prompt) {
    throw invalid(
      `Unknown prompt: ${cleanText(name, 80)}. Expected one of ${choice.map((candidate) => candidate.name).join(', ')}.`,
    );
  }
  const { organization: asked, ...args } = checkedArguments(argumentsOf(prompt, caller), given);
  const text = refusalsAsErrors(() =>
    prompt.render(
      args,
      takesOrganization(caller) ? chooseOrganization(caller, asked, 'the argument organization') : undefined,
    ),
  );
  return {
    description: prompt.description,
    messages: [{ role: 'user', content: { type: 'text', text } }],
  };
}

const offered = (prompts: readonly Prompt[], { scopes }: Caller): readonly Prompt[] =>
  prompts.filter((prompt) => prompt.scope.every((scope) => scopes.includes(scope)));

const argumentsOf = (prompt: Prompt, caller: Caller): readonly PromptArgument[] =>
  takesOrganization(caller)
    ? [
        ...prompt.arguments,
        {
          name: 'organization',
          description: `The organization: one of ${caller.organizations.join(', ')}`,
          required: true,
        },
      ]
    : prompt.arguments;

function checkedArguments(
  known: readonly PromptArgument[],
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = known.map(({ name }) => name);
  for (const [name, value] of Object.entries(given)) {
    if (!names.includes(name)) {
      const expected = names.length > 0 ? `only ${names.join(', ')}` : 'none';
      throw invalid(`Unknown argument ${cleanText(name, 60)}: expected ${expected}.`);
    }
    if (value.length > longestArgument) {
      throw invalid(`The argument ${name} is too long: expected at most ${longestArgument} characters.`);
    }
  }
  const missing = known.filter(({ name, required }) => required && !given[name]?.trim());
  if (missing.length > 0) {
    throw invalid(
      missing.map(({ name, description }) => `The argument ${name} is missing: ${description}.`).join(' '),
    );
  }
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, cleanText(value)]));
}

function refusalsAsErrors(run: () => string): string {
  try {
    return run();
  } catch (error) {
    throw error instanceof Refusal ? invalid(cleanText(error.message)) : error;
  }
}

const invalid = (message: string): ProtocolError => new ProtocolError(errorCodes.invalidParams, message);
