import { isMainThread, Worker, workerData } from 'node:worker_threads';

/*
 * Preloaded into what a test run starts: it ends when the process that started it is gone. A process that is killed,
 * or fails before its tests begin, gets no chance to end what it has started. A thread of its own looks, since no
 * timer of the thread of a test runs while the test computes.
 */

/** Milliseconds between two looks. */
const interval = 250;

if (isMainThread) {
  new Worker(new URL(import.meta.url), { execArgv: [], workerData: process.ppid }).unref();
} else {
  setInterval(() => {
    if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL');
  }, interval);
}
