import type { Day } from '../shared/ledger/dates.ts';
import { openTable } from '../shared/store/table.ts';
import { writeRecords } from '../shared/store/writer.ts';
import { generateBooks, organization } from './books.ts';
import { startDynamoDB } from './dynamodb.ts';
import { region, tableName } from './environment.ts';
import { progress } from './progress.ts';
import { round } from './statistics.ts';
import { measureUnits, type UnitFigures } from './units.ts';

/** What books of one size cost. */
export interface SizeFigures {
  invoices: number;
  import: { rows: number; seconds: number; rowsPerSecond: number };
  units?: Record<string, UnitFigures>;
}

/** Any day: the books are made as of it, and it is the clock of the questions. */
const today: Day = '2026-11-20';

/** Loads generated books of each size, and asks everything of them when told to. */
export async function measureGrowth(
  sizes: readonly number[],
  { withUnits }: { withUnits: boolean },
): Promise<SizeFigures[]> {
  const figures: SizeFigures[] = [];
  for (const invoices of sizes) {
    const dynamoDB = await startDynamoDB();
    try {
      const imported = await load(dynamoDB.endpoint, invoices);
      const units = withUnits ? { units: await measureUnits(dynamoDB.endpoint, invoices, today) } : {};
      figures.push({ invoices, import: imported, ...units });
    } finally {
      await dynamoDB.close();
    }
  }
  return figures;
}

const rowsPerReport = 10_000;

async function load(endpoint: string, invoices: number): Promise<SizeFigures['import']> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const table = openTable({ tableName, endpoint, region, credentials });
  const started = performance.now();
  let reported = 0;
  const { added } = await writeRecords({
    table,
    organization,
    records: generateBooks(invoices, today),
    onProgress: (report) => {
      if (report.added < reported + rowsPerReport) return;
      reported = report.added;
      const seconds = (performance.now() - started) / 1000;
      progress(`import: ${report.added} rows of books with ${invoices} invoices in ${seconds.toFixed(0)} s`);
    },
  });
  const seconds = (performance.now() - started) / 1000;
  return { rows: added, seconds: round(seconds, 1), rowsPerSecond: Math.round(added / seconds) };
}
