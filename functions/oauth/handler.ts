/** What Lambda calls. */

import { writeAuditRecord } from '../../shared/audit-log.ts';
import { readConfiguration } from './configuration.ts';
import { frontDoor } from './front-door.ts';
import { secretsOf } from './sealing/secrets.ts';

export const handler = frontDoor({
  configuration: readConfiguration(process.env),
  readSecrets: secretsOf(process.env),
  record: writeAuditRecord,
});
