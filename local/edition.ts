/** The whole product on one machine: the functions unchanged, with stand-ins for the AWS services around them. */

import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimsHandler } from '../functions/claims/trigger.ts';
import { bundleViews } from '../functions/mcp/view-bundle.ts';
import { writeAuditRecordsTo } from '../shared/audit-log.ts';
import { allowedOrigins, mcpUrl } from '../shared/edge.ts';
import { groupOf } from '../shared/organization.ts';
import { openTable } from '../shared/store/table.ts';
import { claimDataDirectory, dataFiles } from './data-directory.ts';
import type { DemoPerson } from './demo/people.ts';
import type { DemoOptions } from './demo.ts';
import { startDynamoDB } from './dynamodb.ts';
import { filesBucket, startFiles } from './files.ts';
import { type FunctionEnvironment, functionsInProcess } from './functions.ts';
import { type EdgeFunctions, startGateway } from './gateway.ts';
import { jsonFile } from './json-file.ts';
import { listenOnLoopback } from './loopback.ts';
import {
  functionsAccessKey,
  operatorAccessKey,
  ReaderSessions,
  readerRoleArn,
  startSts,
} from './reader-role.ts';
import { openSecrets } from './secrets.ts';
import { brokerClientId, machineSecret } from './user-pool/app-clients.ts';
import { region, startUserPool, userPoolId } from './user-pool.ts';
import { startViewHost } from './view-host.ts';

export const tableName = 'finance-mcp';

/** Where the MCP Inspector's page is served on a developer's machine. */
const inspectorOrigins = ['http://localhost:6274', 'http://127.0.0.1:6274'];

/** What a new edition is filled with. */
export interface Demo {
  readonly people: readonly DemoPerson[];
  /** Loads the books that are not there yet. */
  load(options: DemoOptions): Promise<void>;
}

export interface EditionOptions {
  /** The MCP endpoint's port; sign-in, DynamoDB, the files and the page of the views take the next four. */
  readonly port: number;
  /** Folder for all data; in memory without it. */
  readonly dataDir: string | undefined;
  readonly demo: Demo | undefined;
  readonly log: (line: string) => void;
  /** Runs the functions elsewhere than in this process. */
  readonly openFunctions?: (environment: FunctionEnvironment) => Promise<EdgeFunctions>;
}

export interface Edition {
  readonly mcpUrl: string;
  readonly publicOrigin: string;
  /** The page that shows the views. */
  readonly viewsUrl: string;
  /** All organizations, in alphabetical order. */
  readonly organizations: readonly string[];
  /** The file that the functions add their audit records to. */
  readonly auditFile: string;
  close(): Promise<void>;
}

/**
 * Starts everything. Unless the functions run elsewhere, a process can hold one edition.
 * @throws PortInUseError, DataDirectoryError
 */
export async function startEdition(options: EditionOptions): Promise<Edition> {
  const { port, demo, log, openFunctions = functionsInProcess } = options;
  // As browsers and URL parsers write it: without the port where that is the default.
  const { origin: publicOrigin } = new URL(`http://localhost:${port}`);
  const closing: (() => void | Promise<void>)[] = [];
  async function close(): Promise<void> {
    // Last started, first closed, so that nothing loses what it still needs.
    for (const step of closing.splice(0).reverse()) await step();
  }

  try {
    // The gateway starts last. A port in use must be reported before the books are loaded.
    const probe = await listenOnLoopback((_request, response) => response.end(), { port });
    await probe.close();

    let dataDir: string | undefined;
    if (options.dataDir !== undefined) {
      const directory = claimDataDirectory(options.dataDir);
      closing.push(directory.release);
      dataDir = directory.path;
    }

    const folder = dataDir ?? temporaryFolder(closing);
    const auditFile = join(folder, dataFiles.audit);
    writeFileSync(auditFile, '', { flag: 'a', mode: 0o600 });
    writeAuditRecordsTo((line) => appendFileSync(auditFile, line));

    const sessions = new ReaderSessions();
    const sts = await startSts(sessions);
    closing.push(sts.close);
    const dynamoDB = await startDynamoDB({
      port: port + 2,
      tableName,
      region,
      sessions,
      ...(dataDir === undefined ? {} : { dataDir: join(dataDir, dataFiles.dynamoDB) }),
    });
    closing.push(dynamoDB.close);
    const files = await startFiles({
      port: port + 3,
      directory: join(folder, dataFiles.files),
      sessions,
    });
    closing.push(files.close);

    const secrets = await openSecrets(
      dataDir === undefined ? undefined : jsonFile(join(dataDir, dataFiles.secrets)),
    );
    const userPool = await startUserPool({
      port: port + 1,
      publicOrigin,
      people: demo?.people.map((person) => ({ ...person, groups: person.organizations.map(groupOf) })) ?? [],
      brokerSecret: secrets.brokerClient,
      preTokenTrigger: claimsHandler(
        openTable({
          tableName,
          region,
          endpoint: dynamoDB.endpoint,
          credentials: { accessKeyId: operatorAccessKey, secretAccessKey: 'local' },
        }),
      ),
      ...(dataDir === undefined ? {} : { dataDir: join(dataDir, dataFiles.userPool) }),
    });
    closing.push(userPool.close);

    const codeFolder = temporaryFolder(closing);
    bundleViews(codeFolder);
    const { origin: viewsUrl } = new URL(`http://localhost:${port + 4}`);
    const environment: FunctionEnvironment = {
      // Where Lambda puts what is uploaded; of that, the functions read the views.
      LAMBDA_TASK_ROOT: codeFolder,
      PUBLIC_ORIGIN: publicOrigin,
      AWS_REGION: region,
      USER_POOL_ID: userPoolId,
      USER_POOL_JWKS: JSON.stringify(userPool.jwks),
      USER_POOL_URL: userPool.url,
      BROKER_CLIENT_ID: brokerClientId,
      BROKER_CLIENT_SECRET: secrets.brokerClient,
      SEALING_SECRET: secrets.sealing,
      // A client under development serves its metadata document on the same machine.
      CLIENT_METADATA_LOOPBACK: 'allowed',
      ALLOWED_ORIGINS: allowedOrigins(publicOrigin, [...inspectorOrigins, viewsUrl]).join(','),
      TABLE_NAME: tableName,
      AWS_ENDPOINT_URL_DYNAMODB: dynamoDB.endpoint,
      FILES_BUCKET: filesBucket,
      AWS_ENDPOINT_URL_S3: files.endpoint,
      AWS_ENDPOINT_URL_STS: sts.endpoint,
      READER_ROLE_ARN: readerRoleArn,
      AWS_ACCESS_KEY_ID: functionsAccessKey,
      AWS_SECRET_ACCESS_KEY: 'local',
    };
    const [functions] = await Promise.all([
      openFunctions(environment),
      demo?.load({ endpoint: dynamoDB.endpoint, filesEndpoint: files.endpoint, tableName, log }),
    ]);

    const gateway = await startGateway({
      port,
      publicOrigin,
      functions,
      userPool: { id: userPoolId, jwks: userPool.jwks },
    });
    closing.push(gateway.close);
    const viewHost = await startViewHost({
      port: port + 4,
      settings: () => ({
        mcpUrl: mcpUrl(publicOrigin),
        tokenUrl: `${publicOrigin}/oauth/token`,
        machineSecret,
        organizations: userPool.organizations(),
      }),
    });
    closing.push(viewHost.close);
    const organizations = userPool.organizations();
    return { mcpUrl: mcpUrl(publicOrigin), publicOrigin, viewsUrl, organizations, auditFile, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A folder that only its owner can read, deleted when the edition closes. */
function temporaryFolder(closing: (() => void)[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'finance-mcp-'));
  closing.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
