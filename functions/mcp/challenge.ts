import type { ScopeName } from '../../shared/edge.ts';

/** The scope is named on purpose: what needs which is public, and the person can grant it. */
export const missingScopeSentence = (scope: ScopeName): string =>
  `This needs the scope ${scope}, which was not granted: connect again and allow it.`;
