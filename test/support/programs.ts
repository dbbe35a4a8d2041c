import { spawnSync } from 'node:child_process';

/** Whether a program can be started on this machine. */
export const isInstalled = (program: string): boolean =>
  spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

/** Arguments with which Node runs a program that ends with the process that starts it, however that ends. */
export const endingWithParent = ['--import', import.meta.resolve('./ends-with-parent.ts')] as const;
