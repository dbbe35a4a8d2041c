/** Notes a request of a caller. @returns 0, or after how many seconds the caller's next one will be taken */
export type CallerLimit = (caller: string) => number;

interface Allowance {
  /** How many requests are left, fractions included. */
  left: number;
  /** Milliseconds since 1970 at which that was so. */
  at: number;
}

/** As many callers are remembered; those who have not asked for a minute look like new ones anyway. */
const mostCallers = 10_000;

/**
 * Limits each caller to a number of requests in a minute: all of them may come at once, and are then given back evenly.
 * Every execution environment of the function counts for itself, and each serves one request at a time: who keeps
 * several requests under way gets as many times more. It is a brake for programs that have run wild, not a wall.
 */
export function callerLimit(perMinute: number, now: () => Date): CallerLimit {
  const perMs = perMinute / 60_000;
  const allowances = new Map<string, Allowance>();
  return (caller) => {
    const at = now().getTime();
    const known = allowances.get(caller);
    const left = known ? Math.min(perMinute, known.left + Math.max(0, at - known.at) * perMs) : perMinute;
    const taken = left >= 1;
    // Set anew at each request, the first one in the map is the one that has been silent for longest.
    allowances.delete(caller);
    allowances.set(caller, { left: taken ? left - 1 : left, at });
    if (allowances.size > mostCallers) allowances.delete(allowances.keys().next().value!);
    return taken ? 0 : Math.ceil((1 - left) / perMs / 1_000);
  };
}
