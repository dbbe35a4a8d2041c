import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { bundleViews } from '../functions/mcp/view-bundle.ts';
import { allowedOrigins, edgeLimits, mcpUrl } from '../shared/edge.ts';
import { Api } from './api.ts';
import { Archive } from './archive.ts';
import { Edge } from './edge.ts';
import { FilesBucket } from './files.ts';
import { BundledFunction } from './function.ts';
import { Observability } from './observability.ts';
import { OperatorRole } from './operator-role.ts';
import { Projections } from './projections.ts';
import { ReaderRole } from './reader-role.ts';
import { SealingSecret } from './sealing-secret.ts';
import type { Settings } from './settings.ts';
import { SignIn, SignInBroker } from './sign-in.ts';
import { BooksTable, partitionPrefixes } from './table.ts';

export interface FinanceMcpStackProps extends StackProps {
  readonly settings: Settings;
  /** The firewall in front of CloudFront, if there is one. */
  readonly webAclArn: string | undefined;
}

/**
 * Everything in one deployment except its firewall.
 *
 * The order is that of the dependencies: the edge knows the API by its id only, what the functions are told knows the
 * edge, and what answers at the API knows the functions.
 */
export class FinanceMcpStack extends Stack {
  readonly #removalPolicy: RemovalPolicy;

  constructor(scope: Construct, id: string, { settings, webAclArn, ...props }: FinanceMcpStackProps) {
    super(scope, id, props);
    // If the first deployment fails, what it created is still empty and is deleted. The table and the user pool are
    // protected from deletion from the start, and remain even then.
    this.#removalPolicy =
      settings.removal === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
    const functionLog = this.#logGroup('FunctionLog', settings.logDays);
    const auditLog = this.#logGroup('AuditLog', settings.auditDays);

    const books = new BooksTable(this, 'Books', settings);
    const files = new FilesBucket(this, 'Files', { settings, books });
    const claims = new BundledFunction(this, 'Claims', {
      entry: 'functions/claims/handler.ts',
      description: 'Adds the organization of a machine client to its tokens',
      // It reads one item, but Cognito waits at most five seconds for it, including a cold start.
      memory: 512,
      timeout: Duration.seconds(5),
      environment: { TABLE_NAME: books.table.tableName },
      logGroup: functionLog,
    });
    books.allow(claims.role!, {
      actions: ['dynamodb:GetItem'],
      partitions: [`${partitionPrefixes.machineClients}*`],
    });

    const api = new Api(this, 'Api', { settings, logGroup: this.#logGroup('AccessLog', settings.logDays) });
    const edge = new Edge(this, 'Edge', { settings, api: api.api, originKey: api.originKey, webAclArn });
    const { publicOrigin } = edge;
    const signIn = new SignIn(this, 'SignIn', { settings, claims, publicOrigin });
    const broker = new SignInBroker(this, 'Broker', signIn, publicOrigin);
    const sealing = new SealingSecret(this, 'Sealing', { removalPolicy: this.#removalPolicy });

    const mcp = new BundledFunction(this, 'Mcp', {
      entry: 'functions/mcp/handler.ts',
      addFiles: bundleViews,
      description: 'Serves MCP requests, with the books of one organization at a time',
      // A warm call is short work around reads that wait for DynamoDB; a whole processor would be paid for waiting.
      // With half of one, what remains to be computed (a signature, a summary, the first connections) stays unnoticed.
      memory: 1_024,
      timeout: Duration.millis(edgeLimits.integrationTimeoutMs),
      environment: {
        PUBLIC_ORIGIN: publicOrigin,
        USER_POOL_ID: signIn.pool.userPoolId,
        BROKER_CLIENT_ID: broker.client.userPoolClientId,
        ALLOWED_ORIGINS: allowedOrigins(publicOrigin, settings.allowedOrigins).join(','),
        TABLE_NAME: books.table.tableName,
        FILES_BUCKET: files.bucket.bucketName,
        REQUESTS_PER_CALLER: String(settings.requestsPerCaller),
      },
      logGroup: auditLog,
      reservedConcurrency: settings.reservedConcurrency,
    });
    const reader = new ReaderRole(this, 'Reader', { books, files, assumedBy: mcp.role! });
    mcp.addEnvironment('READER_ROLE_ARN', reader.role.roleArn);

    const oauth = new BundledFunction(this, 'OAuth', {
      entry: 'functions/oauth/handler.ts',
      description: 'The authorization server: discovery, sign-in and the landing page; has no access to data',
      // Sealing is quick; most of the time is spent waiting for the user pool.
      memory: 512,
      timeout: Duration.millis(edgeLimits.integrationTimeoutMs),
      environment: {
        PUBLIC_ORIGIN: publicOrigin,
        USER_POOL_URL: signIn.url,
        BROKER_CLIENT_ID: broker.client.userPoolClientId,
        SEALING_SECRET_ARN: sealing.secret.secretArn,
        CLIENTS: settings.clients,
        CLIENT_HOSTS_ALLOWED: settings.clientHostsAllowed.join(','),
        CLIENT_HOSTS_DENIED: settings.clientHostsDenied.join(','),
        OPERATOR_NAME: settings.operatorName ?? '',
        SUPPORT_EMAIL: settings.supportEmail ?? '',
        SUPPORT_URL: settings.supportUrl ?? '',
        PRIVACY_URL: settings.privacyUrl ?? '',
        // The privacy page says how long records are kept.
        AUDIT_DAYS: String(settings.auditDays),
        LOG_DAYS: String(settings.logDays),
        ARCHIVE_DAYS: settings.archive === 'off' ? '' : String(settings.archiveDays),
      },
      // Refused sign-ins are audit records as well.
      logGroup: auditLog,
    });
    sealing.secret.grantRead(oauth);
    sealing.rotate({ settings, pool: signIn.pool, client: broker.client, logGroup: functionLog });

    const projections = new Projections(this, 'Projections', { books, logGroup: functionLog });
    const operators = new OperatorRole(this, 'Operators', { settings, books, files, signIn });
    const administrators = [
      operators.role.roleArn,
      ...(settings.breakGlassRole ? [settings.breakGlassRole] : []),
    ];
    books.closeToAllBut(
      [reader.role.roleArn, claims.role!.roleArn, projections.function.role!.roleArn, ...administrators],
      projections.function.role!,
    );
    files.closeToAllBut([reader.role.roleArn, ...administrators]);

    api.serve({ publicOrigin, functions: { mcp, oauth }, pool: signIn.pool });
    if (settings.archive !== 'off') new Archive(this, 'Archive', { settings, auditLog });
    const { dashboard } = new Observability(this, 'Observability', {
      settings,
      api: api.api,
      functions: { mcp, oauth, claims, projections: projections.function },
      auditLog,
      deadLetters: projections.deadLetters,
    });

    this.#outputs({
      McpUrl: [mcpUrl(publicOrigin), 'The MCP URL, which people paste into their MCP client'],
      LandingPage: [`${publicOrigin}/`, 'The landing page, with instructions for connecting'],
      SignInDomain: [signIn.url, 'Where people enter their passwords'],
      TableName: [books.table.tableName, 'The table with the books (TABLE_NAME for the commands)'],
      FilesBucket: [files.bucket.bucketName, 'The bucket with the files (FILES_BUCKET for the commands)'],
      UserPoolId: [
        signIn.pool.userPoolId,
        'The user pool with people, organizations and machine clients (USER_POOL_ID for the commands)',
      ],
      OperatorRoleArn: [operators.role.roleArn, 'The role to assume before you run the commands'],
      EdgeDomain: [edge.distribution.domainName, 'The target of the CNAME record for a domain of your own'],
      Dashboard: [dashboard.dashboardName, 'The CloudWatch dashboard'],
      AuditLogGroup: [auditLog.logGroupName, 'The log group of the audit records'],
      NextStep: [
        `npm run organizations -- create ID --stack ${this.stackName}`,
        'Creates the first organization; continue with docs/deploy.md',
      ],
    });
  }

  #logGroup(id: string, retention: RetentionDays): LogGroup {
    return new LogGroup(this, id, { retention, removalPolicy: this.#removalPolicy });
  }

  #outputs(outputs: Record<string, readonly [value: string, description: string]>): void {
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description });
    }
  }
}
