import { deploy } from './deployment.ts';

/*
 * npm run deploy: cdk deploy, in such a way that a failed first deployment can be tried again. See docs/deploy.md.
 */

process.exitCode = await deploy(process.argv.slice(2));
