import { writeAuditRecord } from '../../shared/audit-log.ts';
import { authorizationServer } from './authorization-server.ts';
import { readConfiguration } from './configuration.ts';
import { secretsOf } from './sealing/secrets.ts';

/** The Lambda function behind the pages, `/openapi.json`, `/oauth/*` and `/.well-known/*`, put together from its environment. */
export const handler = authorizationServer({
  configuration: readConfiguration(process.env),
  readSecrets: secretsOf(process.env),
  record: writeAuditRecord,
});
