/** The revision in which every request stands for itself. */
export const modernVersion = '2026-07-28';

/** Revisions that begin with `initialize`, newest first: the first is offered to a client that asks for another. */
export const legacyVersions: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];
