/** The number of concurrent requests in one bulk operation. */
const parallelism = 16;

/** Runs the work over all items, a bounded number at a time; the first failure ends it. */
export async function inParallel<Value, Result>(
  values: readonly Value[],
  work: (value: Value) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(values.length);
  let next = 0;
  const worker = async () => {
    while (next < values.length) {
      const at = next++;
      results[at] = await work(values[at]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallelism, values.length) }, worker));
  return results;
}

/** The values in lists of this size; the last may be shorter. */
export const chunks = <Value>(values: readonly Value[], size: number): Value[][] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, at) =>
    values.slice(at * size, (at + 1) * size),
  );
