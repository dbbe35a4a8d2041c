import type { ScopeName } from '../../shared/edge.ts';

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
