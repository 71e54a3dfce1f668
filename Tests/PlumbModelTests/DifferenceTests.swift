// Which resources answer to each other, and what counts as a difference between them.

import PlumbModel
import Testing

@Suite struct DifferenceTests {
    private func graph(_ source: SourceKind = .spec, _ change: (inout Graph) -> Void) -> Graph {
        var graph = Graph(source: source, environment: .production, asOf: Day(daysSinceEpoch: 20_000))
        graph.region = "eu-central-1"
        change(&graph)
        return graph
    }

    private func topic(_ id: String, name: Fact<String> = .absent) -> Topic { Topic(id) { $0.head.name = name } }

    private func pairs(_ before: Graph, _ after: Graph) -> [String: String] {
        GraphDifference(from: before, to: after).pairs
    }

    // MARK: - Pairs

    @Test func aTerraformAddressAnswersToTheIdItWasMadeOf() {
        let spec = graph { $0.topics = [topic("AlarmTopic", name: "a")] }
        for address in ["aws_sns_topic.alarm_topic", "module.digits.aws_sns_topic.alarm_topic"] {
            let plan = graph(.terraform) { $0.topics = [topic(address, name: "b"), topic("aws_sns_topic.other")] }
            #expect(pairs(spec, plan) == ["AlarmTopic": address])
        }
    }

    @Test func aNameCountsWhereIdsDoNotAgree() {
        let before = graph { $0.topics = [topic("One", name: "alarms"), topic("Two", name: "news")] }
        let after = graph(.cloudformation) { $0.topics = [topic("A", name: "news"), topic("B", name: "alarms")] }
        #expect(pairs(before, after) == ["One": "B", "Two": "A"])
    }

    @Test func aNameThatEndsInTheAccountIsTheSameWhereTheAccountIsKnown() {
        let before = graph { graph in
            graph.buckets = [Bucket("Artifacts") { $0.head.name = "digits-${AWS::AccountId}" }]
        }
        let after = graph(.live) { graph in
            graph.buckets = [
                Bucket("b-1") { $0.head.name = "digits-111122223333" }, Bucket("b-2") { $0.head.name = "digits-x" },
            ]
        }
        let difference = GraphDifference(from: before, to: after)
        #expect(difference.pairs == ["Artifacts": "b-1"])
        #expect(difference.resources.map(\.kind) == [.extra])
    }

    @Test func theSameNameInAnotherRegionIsAnotherThing() {
        let before = graph { $0.topics = [topic("One", name: "alarms")] }
        var other = topic("Two", name: "alarms")
        other.head.region = "us-east-1"
        #expect(pairs(before, graph(.cloudformation) { $0.topics = [other] }).isEmpty)
    }

    @Test func namesThatTwoBearDecideNothing() {
        let before = graph { $0.topics = [topic("One", name: "alarms")] }
        let after = graph(.cloudformation) { $0.topics = [topic("A", name: "alarms"), topic("B", name: "alarms")] }
        #expect(pairs(before, after).isEmpty)
    }

    @Test func purposeCountsThenAndThenWhatAPairRefersTo() {
        func side(_ prefix: String) -> Graph {
            graph(prefix == "A" ? .spec : .terraform) { graph in
                graph.roles = [
                    Role("\(prefix)1") { $0.purpose = .known(.execution) },
                    Role("\(prefix)2") { $0.purpose = .known(.audit) },
                ]
                graph.models = [Model("\(prefix)Model")]
                graph.endpointConfigs = [
                    EndpointConfig("\(prefix)Config") { config in
                        var variant = Variant()
                        variant.model = .known(.resource("\(prefix)Model"))
                        config.variants = .known([variant])
                    }
                ]
                graph.endpoints = [
                    Endpoint("\(prefix)E") { endpoint in
                        endpoint.head.name = "digits"
                        endpoint.config = .known(.resource("\(prefix)Config"))
                    }
                ]
            }
        }
        let difference = GraphDifference(from: side("A"), to: side("B"))
        #expect(
            difference.pairs == ["A1": "B1", "A2": "B2", "AE": "BE", "AConfig": "BConfig", "AModel": "BModel"])
        #expect(difference.isEmpty && difference.untold.isEmpty)
    }

    @Test func resourcesOfTwoTypesNeverAnswerToEachOther() {
        let before = graph { $0.topics = [topic("Thing", name: "x")] }
        let after = graph { $0.models = [Model("Thing") { $0.head.name = "x" }] }
        #expect(GraphDifference(from: before, to: after).resources.map(\.kind) == [.missing, .extra])
    }

    // MARK: - Values

    private func alarms(
        _ before: (inout Alarm) -> Void, _ after: (inout Alarm) -> Void, _ source: SourceKind = .cloudformation
    ) -> GraphDifference {
        GraphDifference(
            from: graph { $0.alarms = [Alarm("A", before), topicUser] },
            to: graph(source) { $0.alarms = [Alarm("A", after), topicUser] })
    }
    private var topicUser: Alarm { Alarm("Same") { $0.actions = .known([.known(.external("t"))]) } }

    @Test func aDifferenceHasBothValuesAndBothPlaces() throws {
        let places = (Place(file: "plumb.yaml", line: 12), Place(file: "template.yaml", line: 88))
        let difference = alarms(
            { $0.threshold = .known(1, at: places.0) }, { $0.threshold = .known(5, at: places.1) })
        let resource = try #require(difference.resources.first)
        let property = try #require(resource.properties.first)
        #expect(difference.resources.count == 1 && resource.kind == .changed && resource.properties.count == 1)
        #expect(property.path == "threshold" && property.before == .number(1) && property.after == .number(5))
        #expect(property.beforePlace == places.0 && property.afterPlace == places.1)
    }

    @Test func aMovedLineIsNone() {
        let difference = alarms(
            { $0.threshold = .known(1, at: Place(file: "a", line: 1)) }, { $0.threshold = .known(1, at: nil) })
        #expect(difference.isEmpty && difference.compared == 2)
    }

    @Test func whatIsUnknownCannotBeToldAndIsNoDifference() {
        let sides: [(Fact<Double>, Fact<Double>)] = [
            (.unknown("why"), 5), (5, .unknown("why")), (.absent, .unknown("why")),
        ]
        for (before, after) in sides {
            let difference = alarms({ $0.threshold = before }, { $0.threshold = after })
            #expect(difference.isEmpty && difference.untold.map(\.path) == ["threshold"])
            #expect(difference.untold.first?.why == "why")
        }
    }

    @Test func whatIsAbsentDiffersFromWhatIsKnownButForAnEngineThatDoesNotSpeakOfIt() {
        #expect(alarms({ $0.threshold = 1 }, { _ in }).resources.first?.properties.first?.after == nil)
        let engine = alarms({ $0.threshold = 1 }, { _ in }, .engine)
        #expect(engine.isEmpty && engine.untold.contains { $0.path == "threshold" })
        #expect(!alarms({ $0.threshold = 1 }, { $0.threshold = 2 }, .engine).isEmpty)
    }

    @Test func everyPropertyOfAResourceIsCompared() {
        var model = Model("M")
        model.isMarketplace = true
        let difference = GraphDifference(
            from: graph { $0.models = [model] },
            to: graph {
                $0.models = [
                    Model("M") { model in
                        model.head.tags = .known(["ml:team": "vision"])
                        model.subnets = .known([.known(.external("subnet-1"))])
                        model.isNetworkIsolated = true
                    }
                ]
            })
        #expect(
            difference.resources.first?.properties.map(\.path) == [
                "isMarketplace", "isNetworkIsolated", "subnets", "tags",
            ])
    }

    @Test func itemsOfAListAreKnownByTheirNames() {
        func rows(_ ids: [String], metric: String) -> Fact<[AlarmQuery]> {
            .known(
                ids.map { id in
                    var row = AlarmQuery()
                    row.id = .known(id)
                    row.metricName = .known(id == "m1" ? metric : "Other")
                    return row
                })
        }
        let difference = alarms(
            { $0.queries = rows(["m1", "m2"], metric: "Errors") },
            { $0.queries = rows(["m3", "m2", "m1"], metric: "Faults") })
        #expect(
            difference.resources.first?.properties.map(\.path) == ["queries[m1].metricName", "queries[m3]"])
    }

    @Test func theOrderOfAListIsNoDifferenceUnlessItGoesWithAnother() {
        func references(_ names: [String]) -> Fact<[Fact<Reference>]> { .known(names.map { .known(.external($0)) }) }
        #expect(alarms({ $0.actions = references(["a", "b"]) }, { $0.actions = references(["b", "a"]) }).isEmpty)
        let before = graph { $0.tables = [Table("T") { $0.replicaKeys = references(["a", "b"]) }] }
        let after = graph { $0.tables = [Table("T") { $0.replicaKeys = references(["b", "a"]) }] }
        #expect(GraphDifference(from: before, to: after).isDrift)
    }

    // MARK: - Names

    private func acting(_ before: Reference, _ after: Reference) -> GraphDifference {
        func side(_ source: SourceKind, _ id: String, _ reference: Reference) -> Graph {
            graph(source) { graph in
                graph.topics = [topic(id, name: "alarms-topic"), topic("\(id)Other", name: "other-topic")]
                graph.alarms = [Alarm("A") { $0.actions = .known([.known(reference)]) }]
            }
        }
        return GraphDifference(from: side(.spec, "T", before), to: side(.live, "t-1", after))
    }

    @Test func referencesAreComparedThroughThePairs() {
        #expect(acting(.resource("T"), .resource("t-1")).isEmpty)
        #expect(acting(.resource("T"), .external("arn:aws:sns:eu-central-1:111122223333:alarms-topic")).isEmpty)
        #expect(acting(.resource("T"), .external("alarms-topic")).isEmpty)
        #expect(acting(.resource("T"), .resource("t-1Other")).isDrift)
        #expect(acting(.resource("T"), .external("arn:aws:sns:eu-central-1:111122223333:other-topic")).isDrift)
        #expect(acting(.external("${AWS::AccountId}-x"), .external("111122223333-x")).isEmpty)
        #expect(acting(.external("${AWS::Region}-x"), .external("eu-west-1-x")).isDrift)
    }

    private func statements(_ before: String, _ after: String) -> GraphDifference {
        func side(_ id: String, _ resource: String) -> Graph {
            graph { graph in
                graph.topics = [topic(id, name: "alarms-topic")]
                graph.roles = [
                    Role("R") { role in
                        role.policies = .known([PolicyDocument([PolicyStatement(.allow) { $0.resources = [resource] }])]
                        )
                    }
                ]
            }
        }
        return GraphDifference(from: side("T", before), to: side("aws_sns_topic.t", after))
    }

    @Test func textsThatNameAResourceAreComparedThroughThePairs() {
        #expect(statements("${T.Arn}", "${aws_sns_topic.t.Arn}").isEmpty)
        #expect(statements("${T.Arn}/*", "arn:aws:sns:eu-central-1:111122223333:alarms-topic/*").isEmpty)
        #expect(statements("${T.Arn}", "arn:aws:sns:eu-central-1:111122223333:other-topic").isDrift)
        #expect(statements("${T.Arn}", "*").isDrift)
    }

    @Test func anOpenParameterCannotBeToldUnlessTheRestDiffers() {
        let open = statements("arn:aws:s3:::digits", "arn:aws:s3:::${BucketName}")
        #expect(open.isEmpty && open.untold.first?.why == "${BucketName} is open")
        #expect(statements("arn:aws:s3:::digits", "arn:aws:sqs:::${BucketName}").isDrift)
    }

    // MARK: - Sides

    @Test func whatASortOfInputHasNoWordForIsLeftOut() {
        let spec = graph { graph in
            graph.topics = [topic("T")]
            graph.costAllocationTags = [CostAllocationTag("Tag")]
        }
        let template = GraphDifference(from: spec, to: graph(.cloudformation) { $0.topics = [topic("T")] })
        #expect(template.isEmpty && template.leftOut == 1)
        let engine = GraphDifference(from: spec, to: graph(.engine) { _ in })
        #expect(engine.isEmpty && engine.leftOut == 2)
        #expect(
            GraphDifference(from: spec, to: graph(.terraform) { _ in }).resources.map(\.kind) == [.missing, .missing])
    }

    @Test func theSortsOfInputTellWhoseDoingADifferenceIs() {
        typealias Cause = DriftStep.Cause
        #expect(Cause(from: .spec, to: .terraform) == .notDeployed)
        #expect(Cause(from: .cloudformation, to: .live) == .changedOutside)
        #expect(Cause(from: .spec, to: .engine) == .notAsDeclared)
        #expect(Cause(from: .spec, to: .spec) == .changed)
        #expect(Cause(from: .cloudformation, to: .terraform) == .changed)
        #expect(Cause(from: .engine, to: .spec) == .changed)
    }
}
