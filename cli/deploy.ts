import { deploy } from './deployment.ts';

/*
 * npm run deploy: runs cdk deploy so that a failed first deployment can be retried. See docs/deploy.md.
 */

process.exitCode = await deploy(process.argv.slice(2));
