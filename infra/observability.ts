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
/** Audit records of the sign-in function about somebody whom it did not let in. */
const refusals = ['registration-refused', 'authorization-refused', 'sign-in-failed', 'token-refused'];

const sum = { statistic: Stats.SUM, period };

/** What an operator is told without asking (alarms), and what there is to see (dashboard). */
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
    // A call that is refused before it is known whose books are meant has no intent, and names no organization.
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
    // A call may begin in one period and end in the next. Only where the function failed too is a record missing:
    // it dies of an error, of its memory or of its time between the two.
    const gap = new MathExpression({
      label: 'Intents without a call',
      expression: 'IF(FILL(errors, 0) > 0 AND intents > FILL(followed, 0), intents - FILL(followed, 0), 0)',
      usingMetrics: { intents, followed, errors: functions.mcp.metricErrors(sum) },
      period,
    });

    this.#alarm('Failures', failures, 5, 'Five requests in five minutes ended in an error of the server.');
    this.#alarm('ClaimsErrors', claimsErrors, 1, 'A token could not be made: the claims function failed.');
    this.#alarm(
      'Throttles',
      throttles,
      1,
      'Lambda turned calls away: raise the concurrency or the account limit.',
    );
    this.#alarm('SlowAnswers', p99, 5_000, 'One answer in a hundred takes five seconds or more.', 3);
    this.#alarm(
      'RefusedSignIns',
      refused,
      100,
      'A hundred sign-ins or tokens in five minutes were refused: somebody guesses, or a client is set up wrongly.',
    );
    this.#alarm(
      'Denied',
      denied,
      50,
      'Fifty calls in five minutes were denied: somebody tries, or a client is set up wrongly.',
    );
    this.#alarm('ProjectionLag', lag, 300_000, 'Totals are more than five minutes behind the records.');
    this.#alarm(
      'DeadLetters',
      dead,
      1,
      'Changes could not be projected: see "Dead letters" in docs/deploy.md.',
    );
    this.#alarm('AuditGap', gap, 1, 'A call began to read and left no record of how it ended.');

    // By itself X-Ray would also trace the first request of every second, which could cost almost as much as all the
    // rest of a call.
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
          graph('Milliseconds until answered', api.metricLatency({ statistic: Stats.p(50), period }), p99),
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
            'Functions at work',
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

  /** How many audit records of a kind there were. */
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
    // A policy of its own takes the place of the one that lets the whole account publish.
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
      // Nobody calling is no trouble.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (this.#topic) {
      const action = new SnsAction(this.#topic);
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }
}
