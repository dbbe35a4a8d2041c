import type { Site } from './site.ts';

/** One promise of a deployment, and how it is tested. */
export interface Check {
  /** What is promised, in a few words. */
  readonly name: string;
  /**
   * Tests it.
   * @returns a sentence about the result
   * @throws {Failed} when the promise is not kept
   * @throws {Skipped} when it cannot be tested here
   */
  run(site: Site): Promise<string>;
}

export interface Finding {
  readonly name: string;
  readonly outcome: 'pass' | 'fail' | 'skip';
  /** One sentence: the result, what is wrong, or what the test needs. */
  readonly detail: string;
}

export class Failed extends Error {
  override name = 'Failed';
}

export class Skipped extends Error {
  override name = 'Skipped';
}

/** @throws {Failed} with the sentence unless the condition holds */
export function expect(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Failed(otherwise);
}

export async function findingOf({ name, run }: Check, site: Site): Promise<Finding> {
  try {
    return { name, outcome: 'pass', detail: await run(site) };
  } catch (error) {
    if (error instanceof Skipped) return { name, outcome: 'skip', detail: error.message };
    if (error instanceof Failed) return { name, outcome: 'fail', detail: error.message };
    throw error;
  }
}
