// Large graphs: many endpoints in one template, each with what belongs to it, and some things that all share.

import PlumbModel

/// A template of many endpoints, in the shape of those that generators write: ten resources for each endpoint.
enum Fleet {
    /// Resources of each endpoint; the topic, key, bucket and trail that all share come on top.
    static let resourcesPerEndpoint = 10

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
            Topic("AlarmTopic", at: Place(file: "template.yaml", line: 10)) { topic in
                var subscription = Subscription()
                subscription.protocolName = "email"
                subscription.endpoint = "oncall@example.org"
                topic.subscriptions = .known([subscription])
            })
        graph.keys.append(
            Key("DataKey", at: Place(file: "template.yaml", line: 20)) { key in
                key.isCustomerManaged = true
                key.isEnabled = true
                key.isRotating = true
            })
        graph.buckets.append(
            Bucket("ModelBucket", at: Place(file: "template.yaml", line: 30)) { bucket in
                bucket.head.name = "models-example"
                bucket.isVersioned = true
                var encryption = BucketEncryption()
                encryption.algorithm = "aws:kms"
                encryption.key = .known(.resource("DataKey"))
                bucket.encryption = .known(encryption)
            })
        graph.trails.append(
            Trail("AuditTrail", at: Place(file: "template.yaml", line: 40)) { trail in
                trail.isLogging = true
                trail.isMultiRegion = true
                trail.validatesLogFiles = true
                trail.bucket = .known(.resource("ModelBucket"))
            })
    }

    private static func addEndpoint(_ number: Int, to graph: inout Graph) {
        let name = "model-\(number)"
        let line = 100 + number * 200
        func place(_ offset: Int) -> Place { Place(file: "template.yaml", line: line + offset) }
        func head(_ id: String, _ offset: Int) -> ResourceHead {
            var head = ResourceHead(id: "\(id)\(number)", at: place(offset))
            head.tags = .known([
                "ml:endpoint": name, "ml:environment": "production", "ml:team": "vision", "ml:workload": "cpu",
            ])
            return head
        }
        addServing(name, number, head, to: &graph)
        addAlarms(name, number, head, to: &graph)
        addScaling(name, number, head, to: &graph)
        addRole(name, head, to: &graph)
        var budget = Budget(head: head("Budget", 180))
        budget.kind = "COST"
        budget.timeUnit = "MONTHLY"
        budget.limitUSD = 900
        budget.tagFilters = .known(["user:ml:endpoint$\(name)"])
        budget.notifications = .known(
            [(80.0, "ACTUAL"), (100, "FORECASTED")].map { threshold, kind in
                var notification = BudgetNotification()
                notification.kind = .known(kind)
                notification.comparison = "GREATER_THAN"
                notification.threshold = .known(threshold)
                notification.thresholdType = "PERCENTAGE"
                notification.subscribers = .known([.known("finance@example.org")])
                return notification
            })
        graph.budgets.append(budget)
        var declaration = Declaration(endpointName: name)
        declaration.workload = .known(.cpu)
        declaration.team = "vision"
        graph.declarations.append(declaration)
    }

    private static func addServing(
        _ name: String, _ number: Int, _ head: (String, Int) -> ResourceHead, to graph: inout Graph
    ) {
        var model = Model(head: head("Model", 0))
        model.image = "111122223333.dkr.ecr.us-east-1.amazonaws.com/worker:1"
        model.dataURL = .known("s3://models-example/\(name)/model.tar.gz")
        model.role = .known(.resource("Role\(number)"))
        graph.models.append(model)
        var config = EndpointConfig(head: head("Config", 20))
        var variant = Variant()
        variant.name = "AllTraffic"
        variant.model = .known(.resource(model.id))
        variant.instanceType = "ml.m5.xlarge"
        variant.initialInstanceCount = 2
        variant.weight = 1
        config.variants = .known([variant])
        config.key = .known(.resource("DataKey"))
        graph.endpointConfigs.append(config)
        var endpoint = Endpoint(head: head("Endpoint", 40))
        endpoint.head.name = .known(name)
        endpoint.config = .known(.resource(config.id))
        endpoint.rollbackAlarms = .known(["errors", "latency", "health"].map { .known("\(name)-\($0)") })
        var policy = BlueGreenPolicy()
        policy.routing = .known(.canary)
        policy.canarySize = .known(CapacitySize(.capacityPercent, 10))
        policy.waitIntervalSeconds = 600
        policy.terminationWaitSeconds = 600
        policy.maximumExecutionTimeoutSeconds = 3600
        endpoint.blueGreen = .known(policy)
        graph.endpoints.append(endpoint)
    }

    private static func addAlarms(
        _ name: String, _ number: Int, _ head: (String, Int) -> ResourceHead, to graph: inout Graph
    ) {
        func row(_ id: String, _ metric: String, _ statistic: String, _ namespace: String = "AWS/SageMaker")
            -> AlarmQuery
        {
            var row = AlarmQuery()
            row.id = .known(id)
            row.namespace = .known(namespace)
            row.metricName = .known(metric)
            row.statistic = .known(statistic)
            row.periodSeconds = 60
            row.dimensions = .known([
                DimensionFact("EndpointName", .known(name)), DimensionFact("VariantName", "AllTraffic"),
            ])
            return row
        }
        func add(
            _ kind: String, _ offset: Int, _ rows: [AlarmQuery], _ comparison: ComparisonOperator, _ threshold: Double,
            _ missing: MissingDataTreatment
        ) {
            var alarm = Alarm(head: head("\(kind)Alarm", offset))
            alarm.head.name = .known("\(name)-\(kind.lowercased())")
            alarm.queries = .known(rows)
            alarm.comparison = .known(comparison)
            alarm.threshold = .known(threshold)
            alarm.periodSeconds = 60
            alarm.evaluationPeriods = 3
            alarm.datapointsToAlarm = 2
            alarm.missingData = .known(missing)
            alarm.actions = .known([.known(.resource("AlarmTopic"))])
            graph.alarms.append(alarm)
        }
        var rate = AlarmQuery()
        rate.id = "rate"
        rate.expression = "100 * errors / FILL(requests, 1)"
        rate.returnsData = true
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
        target.resourceID = .known(resource)
        target.dimension = "sagemaker:variant:DesiredInstanceCount"
        target.minimum = 2
        target.maximum = 8
        graph.scalableTargets.append(target)
        var policy = ScalingPolicy(head: head("Scaling", 140))
        policy.kind = .known(.targetTracking)
        policy.target = .known(.resource(target.id))
        policy.resourceID = .known(resource)
        policy.targetValue = 70
        policy.predefinedMetric = "SageMakerVariantInvocationsPerInstance"
        policy.scaleInCooldownSeconds = 300
        policy.scaleOutCooldownSeconds = 60
        graph.scalingPolicies.append(policy)
    }

    private static func addRole(_ name: String, _ head: (String, Int) -> ResourceHead, to graph: inout Graph) {
        var role = Role(head: head("Role", 160))
        role.trust = .known(
            PolicyDocument([
                PolicyStatement(.allow) {
                    $0.principals = [PolicyPrincipal("Service", "sagemaker.amazonaws.com")]
                    $0.actions = ["sts:AssumeRole"]
                }
            ]))
        role.policies = .known([
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
