import { parseArgs } from 'node:util';

export const parts = ['start', 'runtime', 'warm', 'bytes', 'units', 'import', 'statements'] as const;
export type Part = (typeof parts)[number];

export interface Options {
  parts: readonly Part[];
  /** First calls of each contestant, and readings of each statement file. */
  runs: number;
  /** Warm calls of each contestant. */
  calls: number;
  /** Invoices in the books that units and import are measured on. */
  sizes: readonly number[];
}

export const usage = `Benchmarks. All of them, or the parts that are named:

  npm run bench -- [${parts.join('] [')}] [flags]

  --runs N       first calls of each contestant, readings of each statement file (default 21)
  --calls N      warm calls of each contestant (default 600)
  --sizes N,…    invoices in the generated books (default 1000,10000,100000)
`;

/** The options; undefined when they make no sense. */
export function parseOptions(args: readonly string[]): Options | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        runs: { type: 'string', default: '21' },
        calls: { type: 'string', default: '600' },
        sizes: { type: 'string', default: '1000,10000,100000' },
      },
    });
    const numbers = [values.runs, values.calls, ...values.sizes.split(',')].map(Number);
    const [runs = 0, calls = 0, ...sizes] = numbers;
    const chosen = positionals.map((name) => parts.find((known) => known === name));
    const wrong = numbers.some((number) => !Number.isInteger(number) || number < 1);
    if (wrong || chosen.includes(undefined)) return undefined;
    return { parts: chosen.length > 0 ? (chosen as Part[]) : parts, runs, calls, sizes };
  } catch {
    return undefined;
  }
}
