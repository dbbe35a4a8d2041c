import { isCurrency } from '../../shared/ledger/currencies.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import {
  organizationOf,
  parsed,
  type StoreLocation,
  storeOf,
  storeOptions,
  storeUsage,
} from '../arguments.ts';

export interface ImportArguments {
  organization: string;
  files: string[];
  /** Where the books are; undefined in a dry run that names no store. */
  store: StoreLocation | undefined;
  dryRun: boolean;
  strict: boolean;
  /** Create the organization if it does not exist. */
  create: boolean;
  /** Count identical records with an amount once. */
  mergeEqual: boolean;
  /** Load what can be read even if the mapping seems to be wrong. */
  force: boolean;
  json: boolean;
  mapFile: string | undefined;
  /** The currency of records that name none. */
  currency: string | undefined;
}

export const usage = `npm run import -- --org ID ${storeUsage} [--create] [--dry-run] [--map FILE] [--currency CODE] [--strict] [--merge-equal] [--force] [--json] FILE…`;

export const help = `${usage}
Loads records from NDJSON, and from CSV with a mapping file. See docs/import.md.
  --dry-run        checks the files and prints what would be loaded; writes nothing
  --map FILE       the mapping file for CSV: what its columns mean
  --create         creates the organization if it does not exist
  --currency CODE  the currency of records for which neither the mapping nor the row names one
  --strict         writes nothing if any row is refused, or if identical records with an amount are repeated
  --merge-equal    counts identical records with an amount once
  --force          loads what can be read even if the mapping seems to be wrong
  --json           prints the report as one JSON object
Exit code: 0 everything was loaded, 1 some rows were not, 2 bad usage, 3 the user pool or the store failed.`;

/**
 * Reads the arguments of the import command.
 * @throws {Refusal} one sentence about the first that is wrong.
 */
export function parseArguments(args: string[], environment: NodeJS.ProcessEnv): ImportArguments {
  const { values, positionals: files } = parsed({
    args,
    allowPositionals: true,
    options: {
      org: { type: 'string' },
      ...storeOptions,
      map: { type: 'string' },
      currency: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      create: { type: 'boolean', default: false },
      'merge-equal': { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const organization = organizationOf(values.org);
  if (values.currency !== undefined && !isCurrency(values.currency)) {
    throw new Refusal(
      `--currency ${quote(values.currency)}: expected an ISO 4217 code such as USD, EUR or JPY.`,
    );
  }
  if (files.length === 0) throw new Refusal('No file is named: expected at least one FILE.');
  const twice = files.find((file, at) => files.indexOf(file) !== at);
  if (twice !== undefined) throw new Refusal(`${quote(twice)} is named twice: expected each FILE once.`);
  return {
    organization,
    files,
    store: storeOf(values, environment, { optional: values['dry-run'] }),
    dryRun: values['dry-run'],
    strict: values.strict,
    create: values.create,
    mergeEqual: values['merge-equal'],
    force: values.force,
    json: values.json,
    mapFile: values.map,
    currency: values.currency,
  };
}
