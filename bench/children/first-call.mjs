/*
 * Answers one event with a bundle, as a new Lambda environment does, and writes to descriptor 3 how long that took.
 * Plain JavaScript: stripping types would be measured too.
 */

import { readFileSync, writeSync } from 'node:fs';

const [bundle, eventFile, spawnedAt] = process.argv.slice(2);
const event = JSON.parse(readFileSync(eventFile, 'utf8'));
const begun = process.hrtime.bigint();
const { handler } = await import(bundle);
const imported = process.hrtime.bigint();
const answer = await handler(event, {});
const answered = process.hrtime.bigint();

const milliseconds = (from, to) => Number(to - BigInt(from)) / 1e6;
const timing = {
  total: milliseconds(spawnedAt, answered),
  import: milliseconds(begun, imported),
  call: milliseconds(imported, answered),
};
writeSync(3, JSON.stringify({ timing, answer }));
process.exit();
