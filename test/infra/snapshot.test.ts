import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { synthesize } from './synthesized.ts';

/*
 * The template as it is reviewed. After a change that is meant:
 *   node --test --test-update-snapshots test/infra/snapshot.test.ts
 */
test('the template is the one that was reviewed', (context) => {
  const { template } = synthesize();
  context.assert.fileSnapshot(template, fileURLToPath(new URL('template.json', import.meta.url)), {
    serializers: [normalized],
  });
});

/** Without what follows from the code of functions and from other parts of the template: names by hash. */
const normalized = (template: unknown): string =>
  JSON.stringify(template, null, 2)
    .replace(/[0-9a-f]{64}\.zip/g, '<hash>.zip')
    .replace(/(ApiDeployment[0-9A-F]{8})[0-9a-f]{32}/g, '$1<hash>');
