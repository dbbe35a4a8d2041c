import { parseArgs } from 'node:util';
import { isCurrency } from '../shared/ledger/currencies.ts';
import { Refusal } from '../shared/ledger/errors.ts';
import { isOrganizationId } from '../shared/ledger/records.ts';
import { quote } from '../shared/ledger/strict-shapes.ts';

export interface ImportArguments {
  organization: string;
  files: string[];
  /** Where the books are; undefined in a dry run that names no place. */
  store: { localPort: number } | { tableName: string } | undefined;
  dryRun: boolean;
  strict: boolean;
  json: boolean;
  mapFile: string | undefined;
  /** The currency of records that name none. */
  currency: string | undefined;
}

export const usage =
  'npm run import -- --org ID [--local PORT | --table NAME] [--dry-run] [--map FILE] [--currency CODE] [--strict] [--json] FILE…';

/**
 * Reads the arguments of the import command.
 * @throws {Refusal} one sentence about the first that is wrong.
 */
export function parseArguments(args: string[], environment: NodeJS.ProcessEnv): ImportArguments {
  const { values, positionals: files } = parsed(args);
  const organization = values.org;
  if (organization === undefined) throw new Refusal('--org is missing: expected the id of an organization.');
  if (!isOrganizationId(organization)) {
    throw new Refusal(
      `--org ${quote(organization)} is no organization id: expected 2 to 63 small letters, digits and hyphens, not beginning with a hyphen.`,
    );
  }
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
    store: storeOf(values.local, values.table, environment.TABLE_NAME, values['dry-run']),
    dryRun: values['dry-run'],
    strict: values.strict,
    json: values.json,
    mapFile: values.map,
    currency: values.currency,
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        org: { type: 'string' },
        local: { type: 'string' },
        table: { type: 'string' },
        map: { type: 'string' },
        currency: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        strict: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split('\n');
    throw new Refusal(sentence.endsWith('.') ? sentence : `${sentence}.`);
  }
}

function storeOf(
  local: string | undefined,
  table: string | undefined,
  tableOfEnvironment: string | undefined,
  dryRun: boolean,
): ImportArguments['store'] {
  if (local !== undefined) {
    if (table !== undefined)
      throw new Refusal('--local and --table exclude each other: expected one of them.');
    const localPort = Number(local);
    // The local edition's DynamoDB listens two ports further up.
    if (!/^\d+$/.test(local) || localPort < 1 || localPort > 65_533) {
      throw new Refusal(`--local ${quote(local)}: expected the port of the local edition, such as 3000.`);
    }
    return { localPort };
  }
  const tableName = table || tableOfEnvironment;
  if (tableName) return { tableName };
  if (dryRun) return undefined;
  throw new Refusal(
    'Nothing says where the books are: expected --local PORT, or --table NAME (or TABLE_NAME) for AWS.',
  );
}
