import { Aws, Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  Alarm,
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryWidget,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, type IFilterPattern, type LogGroup } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { CfnSamplingRule } from 'aws-cdk-lib/aws-xray';
import { Construct } from 'constructs';
import type { Settings } from './settings.ts';

export interface ObservabilityProps {
  readonly settings: Settings;
  readonly api: RestApi;
  readonly functions: Readonly<Record<'mcp' | 'oauth' | 'claims' | 'projections', IFunction>>;
  readonly auditLog: LogGroup;
  readonly deadLetters: Queue;
}

const period = Duration.minutes(5);
/** Audit records of the sign-in function about refused requests. */
const refusals = ['registration-refused', 'authorization-refused', 'sign-in-failed', 'token-refused'];

const sum = { statistic: Stats.SUM, period };

/** Alarms, metrics and the dashboard for operators. */
export class Observability extends Construct {
  readonly dashboard: Dashboard;
  readonly #settings: Settings;
  readonly #auditLog: LogGroup;
  readonly #topic: Topic | undefined;

  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id);
    const { settings, api, functions, auditLog, deadLetters } = props;
    this.#settings = settings;
    this.#auditLog = auditLog;
    this.#topic = this.#mailbox();

    const intents = this.#audited('Intents', FilterPattern.stringValue('$.audit', '=', 'intent'));
    // A call that is refused before its organization is known has no intent, and names no organization.
    const followed = this.#audited(
      'FollowedIntents',
      FilterPattern.all(
        FilterPattern.stringValue('$.audit', '=', 'call'),
        FilterPattern.exists('$.organization'),
      ),
    );
    const denied = this.#audited(
      'Denied',
      FilterPattern.any(
        FilterPattern.stringValue('$.audit', '=', 'denial'),
        FilterPattern.stringValue('$.outcome', '=', 'denied'),
      ),
    );

    const refused = this.#audited(
      'RefusedSignIns',
      FilterPattern.any(...refusals.map((event) => FilterPattern.stringValue('$.audit', '=', event))),
    );

    const failures = api.metricServerError(sum);
    const claimsErrors = functions.claims.metricErrors(sum);
    const throttles = new MathExpression({
      label: 'Throttled',
      expression: 'mcp + oauth',
      usingMetrics: { mcp: functions.mcp.metricThrottles(sum), oauth: functions.oauth.metricThrottles(sum) },
      period,
    });
    const p99 = api.metricLatency({ statistic: Stats.p(99), period });
    const lag = functions.projections.metric('IteratorAge', { statistic: Stats.MAXIMUM, period });
    const dead = deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period });
    // A call may start in one period and end in the next. A record is missing only if the function failed as well:
    // by an error, or by running out of memory or time between the two records.
    const gap = new MathExpression({
      label: 'Intents without a call',
      expression: 'IF(FILL(errors, 0) > 0 AND intents > FILL(followed, 0), intents - FILL(followed, 0), 0)',
      usingMetrics: { intents, followed, errors: functions.mcp.metricErrors(sum) },
      period,
    });

    this.#alarm('Failures', failures, 5, 'Five or more requests in five minutes failed with a server error.');
    this.#alarm(
      'ClaimsErrors',
      claimsErrors,
      1,
      'A token could not be issued because the claims function failed.',
    );
    this.#alarm(
      'Throttles',
      throttles,
      1,
      'Lambda throttled requests: raise reservedConcurrency or the account quota.',
    );
    this.#alarm('SlowAnswers', p99, 5_000, 'One response in a hundred (p99) takes five seconds or more.', 3);
    this.#alarm(
      'RefusedSignIns',
      refused,
      100,
      'A hundred or more sign-in or token requests in five minutes were refused: possible guessing, or a misconfigured client.',
    );
    this.#alarm(
      'Denied',
      denied,
      50,
      'Fifty or more calls in five minutes were denied: possible probing, or a misconfigured client.',
    );
    this.#alarm('ProjectionLag', lag, 300_000, 'Totals are more than five minutes behind the records.');
    this.#alarm(
      'DeadLetters',
      dead,
      1,
      'Some changes could not be processed: see "Dead letters" in docs/deploy.md.',
    );
    this.#alarm(
      'AuditGap',
      gap,
      1,
      'A call started to read the books, but there is no record of how it ended.',
    );

    // By default X-Ray also traces the first request of every second, which could cost almost as much as everything
    // else in a call.
    new CfnSamplingRule(this, 'Traces', {
      samplingRule: {
        ruleName: `finance-mcp-${settings.stage}`,
        version: 1,
        priority: 1_000,
        serviceType: 'AWS::ApiGateway::Stage',
        serviceName: `${api.restApiName}/${settings.stage}`,
        fixedRate: 0.05,
        reservoirSize: 0,
        host: '*',
        httpMethod: '*',
        urlPath: '*',
        resourceArn: '*',
      },
    });

    const graph = (title: string, ...left: IMetric[]): GraphWidget =>
      new GraphWidget({ title, left, width: 8, leftYAxis: { min: 0 } });
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `finance-mcp-${settings.stage}`,
      defaultInterval: Duration.hours(12),
      widgets: [
        [
          graph('Requests and failures', api.metricCount(sum), api.metricClientError(sum), failures),
          graph('Latency, milliseconds', api.metricLatency({ statistic: Stats.p(50), period }), p99),
          graph('Throttled', throttles),
        ],
        [
          graph('Denied calls, refused sign-ins', denied, refused),
          graph('Intents and calls', intents, followed, gap),
          graph('Errors of the functions', ...Object.values(functions).map((one) => one.metricErrors(sum))),
        ],
        [
          graph('Projection lag, milliseconds', lag),
          graph('Dead letters', dead),
          graph(
            'Concurrent executions',
            functions.mcp.metric('ConcurrentExecutions', { statistic: Stats.MAXIMUM, period }),
          ),
        ],
        [
          new LogQueryWidget({
            title: 'Calls by organization and tool',
            logGroupNames: [auditLog.logGroupName],
            queryLines: [
              'filter audit = "call"',
              'stats count() as calls, sum(rows) as rows, sum(unitsRead) as units by organization, tool, outcome',
              'sort calls desc',
            ],
            width: 24,
          }),
        ],
      ],
    });
  }

  /** The number of audit records of one kind. */
  #audited(name: string, filterPattern: IFilterPattern): IMetric {
    return this.#auditLog
      .addMetricFilter(name, {
        filterPattern,
        metricNamespace: `FinanceMcp/${this.#settings.stage}`,
        metricName: name,
      })
      .metric(sum);
  }

  #mailbox(): Topic | undefined {
    const { alarmEmail } = this.#settings;
    if (alarmEmail === undefined) return undefined;
    const topic = new Topic(this, 'Alarms', { displayName: 'Finance MCP alarms', enforceSSL: true });
    // This policy replaces the default one, which lets the whole account publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    topic.addSubscription(new EmailSubscription(alarmEmail));
    return topic;
  }

  #alarm(
    name: string,
    metric: IMetric,
    threshold: number,
    alarmDescription: string,
    evaluationPeriods = 1,
  ): void {
    const alarm = new Alarm(this, `${name}Alarm`, {
      metric,
      threshold,
      alarmDescription,
      evaluationPeriods,
      // No calls are no problem.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (this.#topic) {
      const action = new SnsAction(this.#topic);
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }
}
