/*
 * Preloaded into what a test run starts: it ends when the process that started it is gone. A process that is killed,
 * or fails before its tests begin, gets no chance to end what it has started.
 */

const parent = process.ppid;

/** Milliseconds between two looks. */
const interval = 250;

setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, interval).unref();
