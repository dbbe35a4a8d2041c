import { isCurrency } from '../../shared/ledger/currencies.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { quote } from '../../shared/text.ts';
import { flag, organizationOf, parsed, value } from '../arguments.ts';
import { locationOf, storeOf, storeOptions, storeUsage } from '../location.ts';

export const usage = `--org ID ${storeUsage} [--create] [--dry-run] [--map FILE] [--currency CODE] [--strict] [--merge-equal] [--force] [--json] FILE…`;

export const help = `Loads records from NDJSON, from CSV with a mapping file, and from bank statements: camt.052, camt.053, camt.054, MT940,
MT942, OFX and QFX. What a file is, its content tells. See docs/import.md.
  --dry-run        checks the files and prints what would be loaded; writes nothing
  --map FILE       the mapping file for CSV: what its columns mean
  --create         creates the organization if it does not exist
  --currency CODE  the currency of records for which neither the mapping nor the row names one
  --strict         writes nothing if any row is refused, if identical records with an amount are repeated, or if there are
                   warnings about bank statements
  --merge-equal    counts identical records with an amount once
  --force          loads what can be read even if the mapping seems to be wrong
  --json           prints the report as one JSON object`;

export type ImportArguments = ReturnType<typeof parseArguments>;

/**
 * Reads the arguments of the import command.
 * @throws {Refusal} one sentence about the first that is wrong.
 */
export function parseArguments(args: string[]) {
  const { values, positionals: files } = parsed({
    args,
    allowPositionals: true,
    options: {
      ...storeOptions,
      org: value,
      map: value,
      currency: value,
      'dry-run': flag,
      strict: flag,
      create: flag,
      'merge-equal': flag,
      force: flag,
      json: flag,
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
    /** Where the books are; undefined in a dry run that names no store. */
    store: values['dry-run'] ? locationOf(values) : storeOf(values),
    dryRun: values['dry-run'],
    strict: values.strict,
    /** Create the organization if it does not exist. */
    create: values.create,
    /** Count identical records with an amount once. */
    mergeEqual: values['merge-equal'],
    /** Load what can be read even if the mapping seems to be wrong. */
    force: values.force,
    mapFile: values.map,
    /** The currency of records that name none. */
    currency: values.currency,
  };
}
