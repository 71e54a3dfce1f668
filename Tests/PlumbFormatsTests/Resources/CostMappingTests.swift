// Budgets, anomalies and schedules as both tongues write them; and that no input breaks a mapping.

import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbFormats

@Suite struct CostMappingTests {
    @Test func aBudgetIsReadInsideItsResource() throws {
        let graph = try Graph.mapped(
            """
            Topic: {type: AWS::SNS::Topic}
            Budget:
              type: AWS::Budgets::Budget
              properties:
                Budget:
                  BudgetName: digits
                  BudgetType: COST
                  TimeUnit: MONTHLY
                  BudgetLimit: {Amount: 2500, Unit: USD}
                  CostFilters: {TagKeyValue: ["user:ml:endpoint$digits"], Service: [Amazon SageMaker]}
                NotificationsWithSubscribers:
                  - Notification:
                      {NotificationType: ACTUAL, ComparisonOperator: GREATER_THAN, Threshold: 80}
                    Subscribers:
                      [{SubscriptionType: SNS, Address: "${Topic}"}, {SubscriptionType: EMAIL, Address: a@b.c}]
            Euros:
              type: AWS::Budgets::Budget
              properties:
                Budget:
                  BudgetLimit: {Amount: 2500, Unit: EUR}
                  AutoAdjustData: {AutoAdjustType: HISTORICAL}
                  FilterExpression: {And: [{Tags: {Key: ml:team, Values: [a, b]}}, {Dimensions: {Key: SERVICE}}]}
            """)
        let budget = try #require(graph.budgets.first)
        #expect(budget.head.name == "digits")
        #expect(budget.limitUSD == 2500)
        #expect(budget.isAutoAdjusting == false)
        #expect(budget.tagFilters == .known(["user:ml:endpoint$digits"]))
        #expect(budget.notifications.value?.first?.subscribers == .known(["${Topic}", "a@b.c"]))
        #expect(budget.notifications.value?.first?.thresholdType.isAbsent == true)
        let euros = try #require(graph.budgets[id: "Euros"])
        #expect(euros.limitUSD.isAbsent)
        #expect(euros.isAutoAdjusting == true)
        #expect(euros.tagFilters == .known(["user:ml:team$a", "user:ml:team$b"]))
    }

    @Test func aPlansBudgetNamesItsReceiversInTwoLists() throws {
        let graph = try Graph.mapped(
            """
            aws_budgets_budget.this:
              type: aws_budgets_budget
              properties:
                limit_amount: "2500"
                limit_unit: USD
                cost_filter: [{name: Service, values: [x]}, {name: TagKeyValue, values: ["user:ml:endpoint$digits"]}]
                auto_adjust_data: []
                planned_limit: []
                notification:
                  - {threshold: 50, notification_type: ACTUAL, subscriber_email_addresses: [a@b.c],
                     subscriber_sns_topic_arns: null}
                  - {threshold: 80, subscriber_email_addresses: [], subscriber_sns_topic_arns: null}
            aws_ce_cost_allocation_tag.team:
              {type: aws_ce_cost_allocation_tag, properties: {tag_key: ml:team, status: Inactive}}
            """, .plan)
        let budget = try #require(graph.budgets.first)
        #expect(budget.limitUSD == 2500)
        #expect(budget.plannedLimitsUSD.value?.isEmpty != false)
        #expect(budget.isAutoAdjusting == false)
        #expect(budget.tagFilters == .known(["user:ml:endpoint$digits"]))
        #expect(budget.notifications.value?.map { $0.subscribers.value?.count } == [1, 0])
        #expect(graph.costAllocationTags.first?.name == "ml:team")
        #expect(graph.costAllocationTags.first?.isActive == false)
    }

    private static func impact(_ kind: String, _ value: Int) -> String {
        #"{"Dimensions": {"Key": "ANOMALY_TOTAL_IMPACT_\#(kind)", "Values": ["\#(value)"]}}"#
    }

    private static let impacts: [(String, Double)] = [
        (impact("ABSOLUTE", 90), 90),
        (#"{"And": [\#(impact("PERCENTAGE", 40)), \#(impact("ABSOLUTE", 70))]}"#, 70),
        (#"{"Or": [\#(impact("ABSOLUTE", 500)), \#(impact("ABSOLUTE", 70))]}"#, 70),
    ]

    @Test(arguments: impacts)
    func anAnomalysThresholdIsInDollars(_ expression: String, _ dollars: Double) throws {
        var inventory = Inventory()
        inventory.append(
            SourceResource(
                id: "Told", type: "AWS::CE::AnomalySubscription",
                properties: Property(.map([.init(key: "ThresholdExpression", value: .text(expression))])),
                head: ResourceHead(id: "Told")))
        var graph = Graph(source: .cloudformation, environment: .production, asOf: .judged)
        CostMapping.add(to: &graph, from: inventory, in: .template)
        #expect(graph.anomalySubscriptions.first?.thresholdUSD == .known(dollars))
    }

    @Test func schedulesNameTheEndpointInTheirInput() throws {
        let graph = try Graph.mapped(
            #"""
            Endpoint: {type: AWS::SageMaker::Endpoint, name: digits}
            Stop:
              type: AWS::Scheduler::Schedule
              properties:
                ScheduleExpression: cron(0 20 ? * MON-FRI *)
                State: DISABLED
                Target:
                  Arn: arn:aws:scheduler:::aws-sdk:sagemaker:deleteEndpoint
                  Input: '{"EndpointName": "digits"}'
            Function:
              type: AWS::Lambda::Function
              properties:
                Code: {ZipFile: "boto3.client('sagemaker').delete_endpoint(EndpointName='digits')"}
            Called:
              type: AWS::Scheduler::Schedule
              properties: {ScheduleExpression: cron(0 20 ? * * *), Target: {Arn: "${Function.Arn}"}}
            Quiet:
              type: AWS::Scheduler::Schedule
              properties: {Target: {Arn: "arn:aws:scheduler:::aws-sdk:cloudwatch:disableAlarmActions", Input: "{}"}}
            Nightly:
              type: AWS::Events::Rule
              properties: {ScheduleExpression: cron(0 20 ? * * *), Targets: [{Arn: "${Function.Arn}"}]}
            """#)
        #expect(graph.schedules[id: "Stop"]?.endpointName == "digits")
        #expect(graph.schedules[id: "Stop"]?.isEnabled == false)
        #expect(graph.functions.first?.purpose == "stop-endpoint")
        #expect(graph.schedules[id: "Called"]?.endpointName == "digits")
        #expect(graph.schedules[id: "Called"]?.targetARN == "${Function.Arn}")
        #expect(graph.schedules[id: "Quiet"]?.endpointName.isAbsent == true)
        #expect(graph.schedules[id: "Nightly"]?.timezone.isAbsent == true)
    }

    /// Whatever stands in a property, a mapping answers: each of a sample's properties is replaced by each odd value.
    @Test(arguments: [Tongue.template, .plan]) func oddValuesBreakNoMapping(_ tongue: Tongue) throws {
        let yaml = tongue == .template ? ServingMappingTests.template : ServingMappingTests.plan
        let inventory = try Inventory.sample(yaml)
        let odd: [Property] = [
            Property(.absent), .text(""), .text("${"), .text("-1e400"), Property(.unknown("for a test")),
            Property(.list([])), Property(.list([Property(.absent), .text("x"), Property(.map([]))])),
            Property(.map([])),
            Property(.map([.init(key: "Name", value: Property(.list([])))])),
        ]
        var random = SeededGenerator(seed: 7)
        for _ in 0..<400 {
            var changed = Inventory()
            changed.directory = inventory.directory
            for resource in inventory.resources {
                var copy = resource
                copy.properties = resource.properties.disturbed(by: odd, &random, depth: 0)
                changed.append(copy)
            }
            var graph = Graph(source: .cloudformation, environment: .production, asOf: .judged)
            if tongue == .template {
                CloudFormationMapping.fill(&graph, from: changed)
            } else {
                PlanMapping.fill(&graph, from: changed)
            }
            #expect(
                graph.endpoints.count == inventory["AWS::SageMaker::Endpoint"].count
                    + inventory["aws_sagemaker_endpoint"].count)
        }
    }
}

extension Property {
    /// A copy in which about one value of eight is an odd one.
    fileprivate func disturbed(by odd: [Property], _ random: inout SeededGenerator, depth: Int) -> Property {
        if depth > 0, Int.random(in: 0..<8, using: &random) == 0 { return odd.randomElement(using: &random) ?? self }
        switch state {
        case .map(let fields):
            return Property(
                .map(
                    fields.map { field in
                        Field(key: field.key, value: field.value.disturbed(by: odd, &random, depth: depth + 1))
                    }), at: place)
        case .list(let items):
            return Property(.list(items.map { $0.disturbed(by: odd, &random, depth: depth + 1) }), at: place)
        default: return self
        }
    }
}
