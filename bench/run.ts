/** `npm run bench`: measures, tells people on stderr and prints one JSON object. */

import { installPackages } from '../test/support/packages.ts';
import { measure } from './measure.ts';
import { parseOptions, usage } from './options.ts';
import { report } from './report.ts';

const options = parseOptions(process.argv.slice(2));
if (options === undefined) {
  console.error(usage);
  process.exitCode = 2;
} else {
  installPackages('bench/peers');
  const figures = await measure(options);
  console.error(report(figures));
  console.log(JSON.stringify(figures, undefined, 2));
}
