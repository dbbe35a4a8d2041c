import { writeAuditRecord } from '../../shared/audit-log.ts';
import { filesOf } from '../../shared/files/open-files.ts';
import { readersOf } from '../../shared/store/open-reader.ts';
import { readerClients } from '../../shared/store/reader-clients.ts';
import { readConfiguration } from './configuration.ts';
import { mcpHandler } from './endpoint.ts';
import { prompts } from './prompts.ts';
import { resources, resourceTemplates } from './resources.ts';
import { tools } from './tools/index.ts';
import { viewsIn } from './view.ts';

const configuration = readConfiguration(process.env);
const { tableName, readerRoleArn, filesBucket, codeFolder } = configuration;
const clientOf = readerClients(readerRoleArn);
const now = () => new Date();

/** The Lambda function behind `/mcp`, put together from its environment. */
export const handler = mcpHandler({
  configuration,
  openReader: readersOf({ tableName, clientOf }),
  ...(filesBucket !== undefined && { openFiles: filesOf({ bucketName: filesBucket, clientOf, now }) }),
  now,
  tools,
  resources,
  resourceTemplates,
  prompts,
  ...(codeFolder !== undefined && { views: viewsIn(codeFolder) }),
  record: writeAuditRecord,
  log: (record) => console.error(JSON.stringify(record)),
});
