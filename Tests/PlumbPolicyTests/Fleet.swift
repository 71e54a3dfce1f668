// Large graphs: many endpoints in one template, each with what belongs to it, and some things that all share.

import PlumbModel

/// A template of many endpoints, in the shape of those that generators write: ten resources for each endpoint.
enum Fleet {
    /// Resources of each endpoint; the topic, key, bucket and trail that all share come on top.
    static let resourcesPerEndpoint = 10

    /// Where every fact stands: as in a template in a folder, the path is too long to be kept in place.
    private static let place = Place(file: ["generated", "templates", "fleet.yaml"].joined(separator: "/"), line: 1)
    private static func said<Value>(_ value: Value) -> Fact<Value> { .known(value, at: place) }

    /// The graph of `count` endpoints, as a CloudFormation template would give it.
    static func graph(endpoints count: Int, asOf day: Day) -> Graph {
        var graph = Graph(source: .cloudformation, environment: .production, asOf: day)
        graph.region = "us-east-1"
        addShared(to: &graph)
        for number in 0..<count { addEndpoint(number, to: &graph) }
        return graph
    }

    private static func addShared(to graph: inout Graph) {
        graph.topics.append(
            Topic("AlarmTopic", at: Place(file: place.file, line: 10)) { topic in
                var subscription = Subscription()
                subscription.protocolName = said("email")
                subscription.endpoint = said("oncall@example.org")
                topic.subscriptions = said([subscription])
            })
        graph.keys.append(
            Key("DataKey", at: Place(file: place.file, line: 20)) { key in
                key.isCustomerManaged = said(true)
                key.isEnabled = said(true)
                key.isRotating = said(true)
            })
        graph.buckets.append(
            Bucket("ModelBucket", at: Place(file: place.file, line: 30)) { bucket in
                bucket.head.name = said("models-example")
                bucket.isVersioned = said(true)
                var encryption = BucketEncryption()
                encryption.algorithm = said("aws:kms")
                encryption.key = said(.resource("DataKey"))
                bucket.encryption = said(encryption)
            })
        graph.trails.append(
            Trail("AuditTrail", at: Place(file: place.file, line: 40)) { trail in
                trail.isLogging = said(true)
                trail.isMultiRegion = said(true)
                trail.validatesLogFiles = said(true)
                trail.bucket = said(.resource("ModelBucket"))
            })
    }

    private static func addEndpoint(_ number: Int, to graph: inout Graph) {
        let name = "model-\(number)"
        let line = 100 + number * 200
        func place(_ offset: Int) -> Place { Place(file: Self.place.file, line: line + offset) }
        func head(_ id: String, _ offset: Int) -> ResourceHead {
            var head = ResourceHead(id: "\(id)\(number)", at: place(offset))
            head.tags = said([
                "ml:endpoint": name, "ml:environment": "production", "ml:team": "vision", "ml:workload": "cpu",
            ])
            return head
        }
        addServing(name, number, head, to: &graph)
        addAlarms(name, number, head, to: &graph)
        addScaling(name, number, head, to: &graph)
        addRole(name, head, to: &graph)
        var budget = Budget(head: head("Budget", 180))
        budget.kind = said("COST")
        budget.timeUnit = said("MONTHLY")
        budget.limitUSD = said(900)
        budget.tagFilters = said(["user:ml:endpoint$\(name)"])
        budget.notifications = said(
            [(80.0, "ACTUAL"), (100, "FORECASTED")].map { threshold, kind in
                var notification = BudgetNotification()
                notification.kind = said(kind)
                notification.comparison = said("GREATER_THAN")
                notification.threshold = said(threshold)
                notification.thresholdType = said("PERCENTAGE")
                notification.subscribers = said([.known("finance@example.org")])
                return notification
            })
        graph.budgets.append(budget)
        var declaration = Declaration(endpointName: name)
        declaration.workload = said(.cpu)
        declaration.team = said("vision")
        graph.declarations.append(declaration)
    }

    private static func addServing(
        _ name: String, _ number: Int, _ head: (String, Int) -> ResourceHead, to graph: inout Graph
    ) {
        var model = Model(head: head("Model", 0))
        model.image = said("111122223333.dkr.ecr.us-east-1.amazonaws.com/worker:1")
        model.dataURL = said("s3://models-example/\(name)/model.tar.gz")
        model.role = said(.resource("Role\(number)"))
        graph.models.append(model)
        var config = EndpointConfig(head: head("Config", 20))
        var variant = Variant()
        variant.name = said("AllTraffic")
        variant.model = said(.resource(model.id))
        variant.instanceType = said("ml.m5.xlarge")
        variant.initialInstanceCount = said(2)
        variant.weight = said(1)
        config.variants = said([variant])
        config.key = said(.resource("DataKey"))
        graph.endpointConfigs.append(config)
        var endpoint = Endpoint(head: head("Endpoint", 40))
        endpoint.head.name = said(name)
        endpoint.config = said(.resource(config.id))
        endpoint.rollbackAlarms = said(["errors", "latency", "health"].map { .known("\(name)-\($0)") })
        var policy = BlueGreenPolicy()
        policy.routing = said(.canary)
        policy.canarySize = said(CapacitySize(.capacityPercent, 10))
        policy.waitIntervalSeconds = said(600)
        policy.terminationWaitSeconds = said(600)
        policy.maximumExecutionTimeoutSeconds = said(3600)
        endpoint.blueGreen = said(policy)
        graph.endpoints.append(endpoint)
    }

    private static func addAlarms(
        _ name: String, _ number: Int, _ head: (String, Int) -> ResourceHead, to graph: inout Graph
    ) {
        func row(_ id: String, _ metric: String, _ statistic: String, _ namespace: String = "AWS/SageMaker")
            -> AlarmQuery
        {
            var row = AlarmQuery()
            row.id = said(id)
            row.namespace = said(namespace)
            row.metricName = said(metric)
            row.statistic = said(statistic)
            row.periodSeconds = said(60)
            row.dimensions = said([
                DimensionFact("EndpointName", .known(name)), DimensionFact("VariantName", "AllTraffic"),
            ])
            return row
        }
        func add(
            _ kind: String, _ offset: Int, _ rows: [AlarmQuery], _ comparison: ComparisonOperator, _ threshold: Double,
            _ missing: MissingDataTreatment
        ) {
            var alarm = Alarm(head: head("\(kind)Alarm", offset))
            alarm.head.name = said("\(name)-\(kind.lowercased())")
            alarm.queries = said(rows)
            alarm.comparison = said(comparison)
            alarm.threshold = said(threshold)
            alarm.periodSeconds = said(60)
            alarm.evaluationPeriods = said(3)
            alarm.datapointsToAlarm = said(2)
            alarm.missingData = said(missing)
            alarm.actions = said([.known(.resource("AlarmTopic"))])
            graph.alarms.append(alarm)
        }
        var rate = AlarmQuery()
        rate.id = said("rate")
        rate.expression = said("100 * errors / FILL(requests, 1)")
        rate.returnsData = said(true)
        var rows = [row("errors", "Invocation5XXErrors", "Sum"), row("requests", "Invocations", "Sum"), rate]
        rows[0].returnsData = false
        rows[1].returnsData = false
        add("Errors", 60, rows, .greaterThanThreshold, 1, .notBreaching)
        add("Latency", 80, [row("p99", "ModelLatency", "p99")], .greaterThanThreshold, 500_000, .notBreaching)
        add(
            "Health", 100, [row("probe", "ProbeSuccess", "Minimum", "Plumbline/Endpoints")], .lessThanThreshold, 1,
            .breaching)
    }

    private static func addScaling(
        _ name: String, _ number: Int, _ head: (String, Int) -> ResourceHead, to graph: inout Graph
    ) {
        let resource = "endpoint/\(name)/variant/AllTraffic"
        var target = ScalableTarget(head: head("Target", 120))
        target.resourceID = said(resource)
        target.dimension = said("sagemaker:variant:DesiredInstanceCount")
        target.minimum = said(2)
        target.maximum = said(8)
        graph.scalableTargets.append(target)
        var policy = ScalingPolicy(head: head("Scaling", 140))
        policy.kind = said(.targetTracking)
        policy.target = said(.resource(target.id))
        policy.resourceID = said(resource)
        policy.targetValue = said(70)
        policy.predefinedMetric = said("SageMakerVariantInvocationsPerInstance")
        policy.scaleInCooldownSeconds = said(300)
        policy.scaleOutCooldownSeconds = said(60)
        graph.scalingPolicies.append(policy)
    }

    private static func addRole(_ name: String, _ head: (String, Int) -> ResourceHead, to graph: inout Graph) {
        var role = Role(head: head("Role", 160))
        role.trust = said(
            PolicyDocument([
                PolicyStatement(.allow) {
                    $0.principals = [PolicyPrincipal("Service", "sagemaker.amazonaws.com")]
                    $0.actions = ["sts:AssumeRole"]
                }
            ]))
        role.policies = said([
            PolicyDocument([
                PolicyStatement(.allow, sid: "Read") {
                    $0.actions = ["s3:GetObject"]
                    $0.resources = ["arn:aws:s3:::models-example/\(name)/*"]
                },
                PolicyStatement(.allow, sid: "Key") {
                    $0.actions = ["kms:Decrypt"]
                    $0.resources = ["${DataKey.Arn}"]
                },
                PolicyStatement(.allow, sid: "Alarms") {
                    $0.actions = ["cloudwatch:DescribeAlarms"]
                    $0.resources = ["arn:aws:cloudwatch:us-east-1:${AWS::AccountId}:alarm:\(name)-*"]
                },
            ])
        ])
        graph.roles.append(role)
    }
}
