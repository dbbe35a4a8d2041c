import { deploy } from './deployment.ts';

/*
 * npm run deploy: runs cdk deploy so that a failed first deployment can be retried. See docs/deploy.md. Arguments, help
 * and exit codes are those of cdk, so this is the one command that does not use the runner of command.ts.
 */

process.exitCode = await deploy(process.argv.slice(2));
