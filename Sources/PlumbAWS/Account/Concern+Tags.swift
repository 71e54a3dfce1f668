// Tags: read for all resources at once, and followed to what belongs to an endpoint without being named by anything.

import PlumbModel

extension Concern {
    /// One service knows the tags of nearly all others, so that nobody else has to ask for them. Whoever notes a
    /// resource with an ARN leaves `tags` nil, and they are filled in last, a hundred a call; whoever needs them
    /// earlier asks `Survey.tags(of:region:)`.
    static let tags = Concern(
        name: "tags",
        reads: [
            Read(.resourceTags, "GetResources"), Read(.sageMaker, "ListEndpoints"),
            Read(.sageMaker, "DescribeEndpoint"),
        ],
        list: { survey in try await survey.followTags() },
        settle: { survey, resources in try await survey.fillTags(of: resources) })
}

extension Survey {
    /// What the service is asked for, of all that has tags: a region may hold more volumes and training jobs than all
    /// the rest. Kinds of resources of other services have their tags read by those who look at them.
    private static let taggedKinds: Set<String> = [
        "sagemaker:endpoint", "sagemaker:endpoint-config", "sagemaker:model", "sagemaker:model-package",
        "sagemaker:monitoring-schedule", "sagemaker:data-quality-job-definition",
        "sagemaker:model-quality-job-definition", "sagemaker:inference-component", "cloudwatch:alarm", "sns",
        "events:rule", "lambda:function", "logs:log-group", "synthetics:canary", "s3", "kms:key", "dynamodb:table",
        "cloudtrail:trail", "ec2:vpc", "ec2:subnet", "ec2:security-group", "ec2:vpc-endpoint", "ec2:vpc-flow-log",
        "backup:backup-plan", "backup:backup-vault", "ecr:repository", "access-analyzer:analyzer",
    ]
    /// As many as one call takes.
    private static let arnsMax = 100
    private static let valuesMax = 20

    /// Whether the tags of what has this ARN are told by the one service.
    private func tellsTags(of arn: String) -> Bool {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[3] == region || parts[2] == "s3" else { return false }
        let service = String(parts[2])
        if Self.taggedKinds.contains(service) { return true }
        let kind = parts[5].prefix { $0 != "/" && $0 != ":" }
        return Self.taggedKinds.contains("\(service):\(kind)")
    }

    private func tagged(_ input: AWSValue, region: String? = nil) async throws -> Seen<[AWSValue]> {
        try await items(.resourceTags, "GetResources", input, in: "ResourceTagMappingList", region: region)
    }

    /// The tags of one resource; nil where they could not be read, of which a gap then tells. In a survey of a whole
    /// region it costs no call.
    func tags(of arn: String, region: String) async throws -> [String: String]? {
        if scope.isWholeRegion, region == self.region, tellsTags(of: arn) {
            return try await allTags().value.map { $0[arn] ?? [:] }
        }
        let input: AWSValue = ["ResourceARNList": [.text(arn)]]
        return try await tagged(input, region: region).value.map { $0.first?["Tags"].tags ?? [:] }
    }

    private func allTags() async throws -> Seen<[String: [String: String]]> {
        if let known = notebook.tags { return .seen(known) }
        let all = try await allTagged().map(Self.byARN)
        if let tags = all.value { notebook.tags = tags }
        return all
    }

    private static func byARN(_ tagged: [AWSValue]) -> [String: [String: String]] {
        let pairs = tagged.map { ($0["ResourceARN"].text ?? "", $0["Tags"].tags) }
        return Dictionary(pairs) { first, _ in first }
    }

    /// All that is tagged in the region.
    private func allTagged() async throws -> Seen<[AWSValue]> {
        let kinds = Self.taggedKinds.sorted().map { AWSValue.text($0) }
        return try await tagged(["ResourcesPerPage": 100, "ResourceTypeFilters": .list(kinds)])
    }

    /// What the tags of some resources are, whatever kind they are of.
    private func tagged(arns: [String]) async throws -> Seen<[AWSValue]> {
        let inputs = arns.batches(of: Self.arnsMax).map { batch -> AWSValue in
            ["ResourceARNList": .list(batch.map { .text($0) })]
        }
        return try await items(.resourceTags, "GetResources", each: inputs, in: "ResourceTagMappingList")
    }

    // MARK: - Following

    /// Wants what the tag `ml:endpoint` says to be an endpoint's, and what comes from the stack of one.
    fileprivate func followTags() async throws {
        let names = try await endpointNames()
        guard !scope.isWholeRegion else {
            let all = try await allTagged().value ?? []
            let endpoints = all.filter { $0["ResourceARN"].text?.contains(":endpoint/") == true }
            return want(all, of: nil, stacks: Self.stacks(of: endpoints))
        }
        var arns: [String] = []
        for name in names {
            if let arn = try await endpoint(name).value?["EndpointArn"].text { arns.append(arn) }
        }
        let stacks = Self.stacks(of: try await tagged(arns: arns).value ?? [])
        for (key, values) in [("ml:endpoint", names), (Self.stackTag, stacks.sorted())] {
            for batch in values.batches(of: Self.valuesMax) {
                let filter: AWSValue = ["Key": .text(key), "Values": .list(batch.map { .text($0) })]
                let kinds = Self.taggedKinds.sorted().map { AWSValue.text($0) }
                let found = try await tagged([
                    "ResourcesPerPage": 100, "ResourceTypeFilters": .list(kinds), "TagFilters": [filter],
                ])
                want(found.value ?? [], of: Set(names), stacks: stacks)
            }
        }
    }

    private static let stackTag = "aws:cloudformation:stack-name"

    private static func stacks(of tagged: [AWSValue]) -> Set<String> {
        Set(tagged.compactMap { $0["Tags"].tags[stackTag] })
    }

    /// `names` are the endpoints in scope; nil for every one.
    private func want(_ tagged: [AWSValue], of names: Set<String>?, stacks: Set<String>) {
        for entry in tagged {
            let tags = entry["Tags"].tags
            let isNamed = tags["ml:endpoint"].map { names?.contains($0) ?? true } ?? false
            guard isNamed || tags[Self.stackTag].map(stacks.contains) ?? false else { continue }
            // Another endpoint of the same stack is somebody else's scope.
            if let wanted = entry["ResourceARN"].text.flatMap(Wanted.init(in:)),
                wanted.type != "AWS::SageMaker::Endpoint"
            {
                notebook.want(wanted)
            }
        }
    }

    // MARK: - Filling

    /// What chooses by tags what it is for: without them, which of these are an endpoint's is not known.
    private static let choosingTypes = [
        "AWS::CE::AnomalyMonitor", "AWS::Budgets::Budget", "AWS::Backup::BackupSelection",
    ]

    /// Gives each resource its tags; none where the service does not name it, for then it has none.
    fileprivate func fillTags(of resources: [AccountResource]) async throws {
        let open = resources.filter { $0.tags == nil && $0.arn.map(tellsTags) ?? false }
        let arns = open.compactMap(\.arn)
        let answer = scope.isWholeRegion ? try await allTags() : try await tagged(arns: arns).map(Self.byARN)
        switch answer {
        case .absent: break
        case .unseen(let why):
            for resource in open { notebook.amend(resource.id) { $0.properties["Tags"] = .unseen(why) } }
            for type in Self.choosingTypes {
                notebook.note(AccountGap(type: type, action: "tag:GetResources", reason: why))
            }
        case .seen(let tags):
            for resource in open {
                let own = resource.arn.flatMap { tags[$0] }
                // Of what may not be this account's at all, silence says nothing.
                if own == nil, case .unseen = resource.properties["Tags"] { continue }
                notebook.amend(resource.id) { $0.tags = own ?? [:] }
            }
        }
    }
}

extension Array {
    /// Its elements in order, so many at a time.
    func batches(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
