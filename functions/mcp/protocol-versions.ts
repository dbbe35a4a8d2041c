/** The revision in which every request stands for itself. */
export const modernVersion = '2026-07-28';

/**
 * Revisions that begin with `initialize`, newest first: the first is offered to a client that asks for another.
 * 2025-03-26 is not among them, because it demands that batches be taken; its clients are offered the newest.
 */
export const legacyVersions: readonly string[] = ['2025-11-25', '2025-06-18', '2024-11-05'];
