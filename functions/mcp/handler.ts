import { writeAuditRecord } from '../../shared/audit-log.ts';
import { readersOf } from '../../shared/store/open-reader.ts';
import { readConfiguration } from './configuration.ts';
import { mcpHandler } from './endpoint.ts';
import { prompts } from './prompts.ts';
import { resources, resourceTemplates } from './resources.ts';
import { tools } from './tools/index.ts';

const configuration = readConfiguration(process.env);

/** The Lambda function behind `/mcp`, put together from its environment. */
export const handler = mcpHandler({
  configuration,
  openReader: readersOf(configuration),
  now: () => new Date(),
  tools,
  resources,
  resourceTemplates,
  prompts,
  record: writeAuditRecord,
  log: (record) => console.error(JSON.stringify(record)),
});
