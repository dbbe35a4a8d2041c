import type { Check } from './check.ts';
import { frontChecks, leakCheck } from './front-checks.ts';
import { isolationChecks } from './isolation-checks.ts';
import { mcpChecks } from './mcp-checks.ts';
import { refusalChecks } from './refusal-checks.ts';
import { signInChecks } from './sign-in-checks.ts';

/** All checks. Some need what an earlier one has found. */
export const checks: readonly Check[] = [
  ...frontChecks,
  ...signInChecks,
  ...refusalChecks,
  ...mcpChecks,
  ...isolationChecks,
  leakCheck,
];
