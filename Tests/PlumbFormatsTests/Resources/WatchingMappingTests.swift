// Alarms, dashboards, topics, rules and probes as both tongues write them.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct WatchingMappingTests {
    @Test func anAlarmOfOneMetricIsOneRow() throws {
        let graph = try Graph.mapped(
            """
            Topic: {type: AWS::SNS::Topic}
            Alarm:
              type: AWS::CloudWatch::Alarm
              name: digits-p99
              properties:
                Namespace: AWS/SageMaker
                MetricName: ModelLatency
                ExtendedStatistic: p99
                Dimensions: [{Name: EndpointName, Value: digits}, {Name: VariantName, Value: main}]
                Period: "60"
                EvaluationPeriods: 3
                Threshold: 5e5
                ComparisonOperator: GreaterThanThreshold
                TreatMissingData: notBreaching
                AlarmActions: ["${Topic}"]
            """)
        let alarm = try #require(graph.alarms.first)
        let definition = try #require(alarm.definition.value)
        #expect(definition.threshold == 500_000)
        #expect(definition.datapointsToAlarm == 3)
        #expect(alarm.metrics.first?.dimension("VariantName") == "main")
        #expect(alarm.actions == .known([.known(.resource("Topic"))]))
    }

    @Test func metricMathReturnsWhatItSays() throws {
        let template = try Graph.mapped(
            """
            Alarm:
              type: AWS::CloudWatch::Alarm
              properties:
                Metrics:
                  - {Id: rate, Expression: errors / FILL(requests, 1)}
                  - Id: errors
                    ReturnData: false
                    MetricStat:
                      {Metric: {Namespace: AWS/SageMaker, MetricName: Invocation5XXErrors}, Period: 60, Stat: Sum}
                  - Id: requests
                    ReturnData: "false"
                    MetricStat: {Metric: {Namespace: AWS/SageMaker, MetricName: Invocations}, Period: 60, Stat: Sum}
                EvaluationPeriods: 2
                Threshold: 0.01
                ComparisonOperator: GreaterThanThreshold
            """)
        let rows = try #require(template.alarms.first?.queries.value)
        #expect(rows.map(\.returnsData) == [true, false, false])
        #expect(template.alarms.first?.effectivePeriodSeconds == 60)
        let plan = try Graph.mapped(
            """
            aws_cloudwatch_metric_alarm.this:
              type: aws_cloudwatch_metric_alarm
              properties:
                metric_query:
                  - {id: rate, expression: errors / requests, return_data: true, metric: []}
                  - id: errors
                    return_data: null
                    expression: ""
                    metric: [{namespace: AWS/SageMaker, metric_name: Invocation5XXErrors, period: 60, stat: Sum,
                              dimensions: {EndpointName: digits, VariantName: main}}]
                threshold: 0.01
            """, .plan)
        let planned = try #require(plan.alarms.first?.queries.value)
        #expect(planned.map(\.returnsData) == [true, false])
        #expect(planned[1].expression.isAbsent)
        #expect(planned[1].dimensions.value?.first?.value == "digits")
        #expect(planned[1].periodSeconds == 60)
    }

    @Test func bandsThatCloudWatchLearnsAreUnknown() throws {
        let graph = try Graph.mapped(
            """
            Alarm:
              type: AWS::CloudWatch::Alarm
              properties: {ThresholdMetricId: band, ComparisonOperator: GreaterThanUpperThreshold}
            """)
        #expect(graph.alarms.first?.threshold.isUnknown == true)
        #expect(graph.alarms.first?.comparison.isUnknown == true)
    }

    @Test func compositesAndMuteRulesNameAlarmsByTheirNames() throws {
        let graph = try Graph.mapped(
            """
            Errors: {type: AWS::CloudWatch::Alarm, name: digits-errors}
            Any:
              type: AWS::CloudWatch::CompositeAlarm
              properties:
                AlarmRule: (ALARM(${Errors.Arn}) OR ALARM('digits-health')) OR ALARM("digits-p99")
                ActionsSuppressor: arn:aws:cloudwatch:eu-west-1:111122223333:alarm:digits-errors
            Mute:
              type: AWS::CloudWatch::AlarmMuteRule
              properties: {MuteTargets: {AlarmNames: ["${Errors}"]}, Rule: {Schedule: {Expression: cron(0 22 * * *)}}}
            """)
        #expect(
            graph.compositeAlarms.first?.rule
                == #"(ALARM("digits-errors") OR ALARM("digits-health")) OR ALARM("digits-p99")"#)
        #expect(graph.compositeAlarms.first?.actionsSuppressor == "digits-errors")
        #expect(graph.alarmMuteRules.first?.alarmNames == .known(["digits-errors"]))
    }

    @Test func aDashboardIsReadThroughItsShorthand() throws {
        let body = #"""
            {"widgets": [{"type": "text"}, {"type": "metric", "properties": {"metrics": [
            ["AWS/SageMaker", "Invocations", "EndpointName", "digits", "VariantName", "main", {"stat": "Sum"}],
            [".", "ModelLatency", ".", ".", ".", "."], ["...", "canary"], [{"expression": "m1 / m2"}],
            [{"expression":
            "SEARCH('{AWS/SageMaker,EndpointName,VariantName} MetricName=\"Invocation5XXErrors\"', 'Sum')"}]
            ]}}]}
            """#
        var inventory = try Inventory.sample(ServingMappingTests.template)
        inventory.append(
            SourceResource(
                id: "Board", type: "AWS::CloudWatch::Dashboard",
                properties: Property(.map([.init(key: "DashboardBody", value: .text(body))])),
                head: ResourceHead(id: "Board")))
        var graph = Graph(source: .cloudformation, environment: .production, asOf: .judged)
        CloudFormationMapping.fill(&graph, from: inventory)
        let metrics = try #require(graph.dashboards.first?.metrics.value)
        #expect(metrics.prefix(3).map(\.name) == ["Invocations", "ModelLatency", "ModelLatency"])
        #expect(metrics[1].dimensions == metrics[0].dimensions)
        #expect(metrics[2].dimension("VariantName") == "canary")
        #expect(metrics[2].dimension("EndpointName") == "digits")
        #expect(metrics.dropFirst(3).map(\.name) == ["Invocation5XXErrors", "Invocation5XXErrors"])
    }

    @Test func whatIsNoDashboardIsUnknown() throws {
        let graph = try Graph.mapped(
            """
            Board: {type: AWS::CloudWatch::Dashboard, properties: {DashboardBody: "{\\"widgets\\": [[["}}
            """)
        #expect(graph.dashboards.first?.metrics.isUnknown == true)
    }

    @Test func aTopicHasItsSubscriptionsAndPolicy() throws {
        let graph = try Graph.mapped(
            """
            Topic: {type: AWS::SNS::Topic, properties: {Subscription: [{Protocol: email, Endpoint: a@b.c}]}}
            Silent: {type: AWS::SNS::Topic, properties: {KmsMasterKeyId: alias/aws/sns}}
            More: {type: AWS::SNS::Subscription, properties: {TopicArn: "${Topic}", Protocol: https}}
            Policy:
              type: AWS::SNS::TopicPolicy
              properties:
                Topics: ["${Topic}"]
                PolicyDocument:
                  Statement:
                    {Effect: Allow, Principal: {Service: cloudwatch.amazonaws.com}, Action: "sns:Publish",
                     Resource: "*"}
            """)
        let topic = try #require(graph.topics[id: "Topic"])
        #expect(topic.subscriptions.value?.compactMap(\.protocolName.value) == ["email", "https"])
        #expect(topic.policy.value?.statements.count == 1)
        let silent = try #require(graph.topics[id: "Silent"])
        #expect(silent.subscriptions == .known([]))
        #expect(silent.policy.isAbsent)
        #expect(silent.key == .known(.external("alias/aws/sns")))
    }

    @Test func rulesMeanTheAlarmsThatTheirFiltersLetThrough() throws {
        let graph = try Graph.mapped(
            """
            Errors: {type: AWS::CloudWatch::Alarm, name: digits-errors}
            Other: {type: AWS::CloudWatch::Alarm, name: letters-errors}
            Function: {type: AWS::Lambda::Function, name: rollback}
            Live: {type: AWS::Lambda::Alias, properties: {FunctionName: "${Function}"}}
            Allowed:
              type: AWS::Lambda::Permission
              properties: {FunctionName: "${Live}", Principal: events.amazonaws.com}
            Prefix:
              type: AWS::Events::Rule
              properties:
                EventPattern:
                  source: [aws.cloudwatch]
                  detail-type: [CloudWatch Alarm State Change]
                  detail: {alarmName: [{prefix: digits-}], state: {value: [ALARM]}}
                Targets: [{Id: t, Arn: "${Live}"}]
            Nobody:
              type: AWS::Events::Rule
              properties:
                State: DISABLED
                EventPattern:
                  source: [aws.cloudwatch]
                  detail-type: [CloudWatch Alarm State Change]
                  detail: {alarmName: [{prefix: numbers-}]}
            Recovered:
              type: AWS::Events::Rule
              properties:
                EventPattern:
                  source: [aws.cloudwatch]
                  detail-type: [CloudWatch Alarm State Change]
                  detail: {state: {value: [OK]}}
            Deaf:
              type: AWS::Events::Rule
              properties:
                EventPattern: '{"source": ["aws.sagemaker"], "detail-type": ["CloudWatch Alarm State Change"]}'
            """)
        let prefix = try #require(graph.eventRules[id: "Prefix"])
        #expect(prefix.names == .known(["digits-errors"]))
        #expect(prefix.targets == .known([.known(.resource("Function"))]))
        #expect(prefix.detailTypes == .known(["CloudWatch Alarm State Change"]))
        #expect(graph.functions.first?.invokers == .known(["events.amazonaws.com"]))
        let nobody = try #require(graph.eventRules[id: "Nobody"])
        #expect(nobody.names.value?.isEmpty == false)
        #expect(nobody.names.value?.contains("digits-errors") == false)
        #expect(nobody.isEnabled == false)
        #expect(graph.eventRules[id: "Recovered"]?.detailTypes == .known(["CloudWatch Alarm State Change to OK"]))
        #expect(graph.eventRules[id: "Deaf"]?.detailTypes == .known([]))
    }

    @Test func targetsOfAPlanAreJoinedToTheirRules() throws {
        let graph = try Graph.mapped(
            """
            aws_lambda_function.f: {type: aws_lambda_function, kind: AWS::Lambda::Function, name: f}
            aws_cloudwatch_event_rule.r:
              type: aws_cloudwatch_event_rule
              kind: AWS::Events::Rule
              name: r
              properties: {is_enabled: null, state: null, event_bus_name: default}
            aws_cloudwatch_event_target.t:
              {type: aws_cloudwatch_event_target, properties: {rule: r, arn: "${aws_lambda_function.f.Arn}"}}
            """, .plan)
        #expect(graph.eventRules.first?.targets == .known([.known(.resource("aws_lambda_function.f"))]))
        #expect(graph.eventRules.first?.isEnabled.isAbsent == true)
        #expect(graph.functions.first?.invokers == .known([]))
    }

    @Test func aCanaryIsOfTheEndpointThatItsEnvironmentNames() throws {
        let graph = try Graph.mapped(
            """
            Endpoint: {type: AWS::SageMaker::Endpoint, name: digits}
            Told:
              type: AWS::Synthetics::Canary
              properties: {RunConfig: {EnvironmentVariables: {TARGET: digits}}, Schedule: {Expression: rate(1 minute)}}
            Silent: {type: AWS::Synthetics::Canary, properties: {Code: {S3Bucket: scripts}}}
            """)
        #expect(graph.canaries[id: "Told"]?.endpointName == "digits")
        #expect(graph.canaries[id: "Silent"]?.endpointName.isUnknown == true)
    }
}
