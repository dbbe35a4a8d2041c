/** What `npm start` prints before it is ready: who can sign in, and how a program gets a token. */

import type { DemoPerson } from './demo/people.ts';
import { machineSecret } from './user-pool/app-clients.ts';

export interface IntroductionOptions {
  readonly publicOrigin: string;
  readonly viewsUrl: string;
  /** Undefined when everything is in memory. */
  readonly dataDir: string | undefined;
  readonly auditFile: string;
  /** Those that exist. */
  readonly organizations: readonly string[];
  /** The people of the demo; none when it was not loaded. */
  readonly people: readonly DemoPerson[];
}

export function introduction(options: IntroductionOptions): string {
  const { publicOrigin, viewsUrl, dataDir, auditFile, organizations, people } = options;
  const { port } = new URL(publicOrigin);
  const example = organizations[0] ?? 'acme';
  const lines = [
    'Finance MCP, local edition',
    dataDir === undefined
      ? 'Data: in memory, lost when this stops (to keep it: --data DIR)'
      : `Data: kept in ${dataDir}`,
    `Audit records: ${auditFile}${dataDir === undefined ? ' (deleted when this stops)' : ''}`,
    '',
    organizations.length > 0
      ? `Organizations: ${organizations.join(', ')}`
      : `Organizations: none yet. To create one: npm run organizations -- create ${example} --local ${port || 80}`,
  ];
  if (people.length > 0) {
    lines.push(
      'People:',
      ...people.map(
        ({ username, password, organizations: own }) =>
          `  ${username}, password ${password} (${own.join(' and ')})`,
      ),
    );
  }
  lines.push(
    '',
    `Each organization has a machine client: machine-${example}, secret ${machineSecret}. To get a token:`,
    `  curl -s ${publicOrigin}/oauth/token -d grant_type=client_credentials -d client_id=machine-${example} -d client_secret=${machineSecret}`,
    '',
    `Views, as clients show them in a conversation: ${viewsUrl}`,
    '',
  );
  return lines.join('\n');
}
