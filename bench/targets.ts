import type { ContestantName } from './contestants.ts';
import type { Figures } from './measure.ts';
import { ratioOf, round } from './statistics.ts';
import type { QuestionKind } from './units.ts';

/** What a figure should be at most, and what it is. */
export interface Verdict {
  target: string;
  atMost: number;
  figure: number;
  met: boolean;
}

/** Read units that one call may take, whatever the size of the books. */
const mostUnits: Partial<Record<QuestionKind, number>> = {
  list: 3,
  get: 3,
  summary: 20,
  cash: 20,
  search: 3,
};

/** A report costs what its customers cost, so its target is that of the smallest books, of 1,000 invoices. */
const mostReportUnits = 20;

/** Units may differ by this between the smallest and the largest books: one page's edge more or less. */
const flatWithin = 1;

/** Compares the figures that were measured with what they should be. */
export function judge(figures: Omit<Figures, 'targets'>): Verdict[] {
  return [
    ...startVerdicts(figures),
    ...warmVerdicts(figures),
    ...byteVerdicts(figures),
    ...unitVerdicts(figures),
  ];
}

const verdict = (target: string, atMost: number, figure: number, decimals = 2): Verdict => ({
  target,
  atMost,
  figure: round(figure, decimals),
  met: figure <= atMost,
});

function startVerdicts({ start }: Omit<Figures, 'targets'>): Verdict[] {
  if (!start) return [];
  const ratio = ratioOf(start['finance-mcp'].runsMs, start.sdk.runsMs);
  return [verdict('process start to first answer, against the plain SDK server', 0.8, ratio)];
}

function warmVerdicts({ warm, warmWithoutStore }: Omit<Figures, 'targets'>): Verdict[] {
  if (!warm || !warmWithoutStore) return [];
  const against = (figures: typeof warm, tool: keyof typeof warm, other: ContestantName): number =>
    (figures[tool]['finance-mcp']?.median ?? Number.NaN) / (figures[tool][other]?.median ?? Number.NaN);
  return [
    verdict('warm list_invoices, against the plain SDK server', 0.5, against(warm, 'list_invoices', 'sdk')),
    verdict('warm get_business, against the plain SDK server', 0.5, against(warm, 'get_business', 'sdk')),
    verdict(
      'warm list_invoices without the store, against the plain SDK server',
      0.5,
      against(warmWithoutStore, 'list_invoices', 'sdk'),
    ),
    verdict(
      'warm get_business without the store, against the plain SDK server',
      0.5,
      against(warmWithoutStore, 'get_business', 'sdk'),
    ),
    verdict(
      'warm list_invoices, against the stdio adapter',
      0.05,
      against(warm, 'list_invoices', 'stdio-adapter'),
      3,
    ),
  ];
}

function byteVerdicts({ bytes }: Omit<Figures, 'targets'>): Verdict[] {
  return bytes
    ? [verdict('bytes of tools/list, with every kind of records', 24_000, bytes['finance-mcp'].toolsList)]
    : [];
}

/** The dearest question of each kind in any books, and how far those that cost the same in all differ between the sizes. */
function unitVerdicts({ growth = [] }: Omit<Figures, 'targets'>): Verdict[] {
  const measured = growth.flatMap(({ units = {} }) => Object.entries(units));
  if (measured.length === 0) return [];
  const kinds = Object.entries(mostUnits).map(([kind, most]) => {
    const ofKind = measured.filter(([, figures]) => figures.kind === kind);
    return verdict(
      `read units, ${kind}`,
      most,
      Math.max(...ofKind.map(([, { billedUnits }]) => billedUnits)),
    );
  });
  // A cash position reads the newest of what the books have, up to bounds, and a report what its customers cost: in
  // small books both grow.
  const judged = measured.filter(([, { kind }]) => !['other', 'cash', 'report'].includes(kind));
  const differences = [...Map.groupBy(judged, ([label]) => label).values()].map((entries) => {
    const units = entries.map(([, { billedUnits }]) => billedUnits);
    return Math.max(...units) - Math.min(...units);
  });
  const [smallest] = growth.toSorted((a, b) => a.invoices - b.invoices);
  const reports = Object.values(smallest?.units ?? {}).filter(({ kind }) => kind === 'report');
  const dearest = Math.max(...reports.map(({ billedUnits }) => billedUnits));
  kinds.push(verdict('read units, report in the smallest books', mostReportUnits, dearest));
  return [...kinds, verdict('read units, difference between sizes', flatWithin, Math.max(...differences))];
}
