/** `npm run bench`: measures, tells people on stderr and prints one JSON object. */

import '../local/node-version.cjs';
import { parseOptions, usage } from './options.ts';

const options = parseOptions(process.argv.slice(2));
if (options === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else {
  // Only now: the peers are installed before what imports them is loaded.
  const { installPeers } = await import('./install-peers.ts');
  installPeers();
  const { measure } = await import('./measure.ts');
  const { report } = await import('./report.ts');
  const figures = await measure(options);
  console.error(report(figures));
  console.log(JSON.stringify(figures, undefined, 2));
}
