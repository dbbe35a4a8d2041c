import type { Site } from './site.ts';

/** One promise of a deployment, and how it is put to the test. */
export interface Check {
  /** What is promised, in a few words. */
  readonly name: string;
  /**
   * Puts it to the test. Gives a sentence about what was seen.
   * @throws {Failed} when the promise is not kept
   * @throws {Skipped} when it cannot be tested here
   */
  run(site: Site): Promise<string>;
}

export interface Finding {
  readonly name: string;
  readonly outcome: 'pass' | 'fail' | 'skip';
  /** One sentence: what was seen, what is wrong, or what is missing for the test. */
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
