// Whether a deployment is code: managed, unchanged by hand, repeatable, reviewed, staged, and careful with state.

import PlumbModel

// MARK: - Management (OPS-3.1)

extension Graph {
    /// The resources that a stack or state must own; autoscaling's own alarms and service-linked roles are left out.
    var managedResources: [any Resource] {
        let kinds: [[any Resource]] = [
            Array(endpoints), Array(endpointConfigs), Array(models), Array(scalableTargets),
            keys.filter { $0.isCustomerManaged.value != false }, Array(buckets),
            alarms.filter { $0.name.value?.hasPrefix("TargetTracking-") != true },
            roles.filter { $0.name.value?.hasPrefix("AWSServiceRole") != true },
        ]
        return kinds.flatMap { $0 }
    }

    func judgeManagement(of resource: any Resource) -> Judgement {
        .about(resource.id, at: resource.place) { ask in
            if source == .cloudformation || source == .terraform || source == .spec {
                return ask.prove("it stands in the \(source == .spec ? "spec" : "template")")
            }
            let names = ["aws:cloudformation:stack-id", "ml:managed-by"]
            switch resource.head.tags.state {
            case .unknown(let why): ask.doubt("its tags cannot be told: \(why)")
            case .absent where resource is ScalableTarget:
                ask.doubt("its tags were not read: ListStackResources or the state file would decide")
            case .absent: ask.fail("it has no tags, wanted \(names.joined(separator: " or "))")
            case .known(let tags):
                if let name = names.first(where: { tags[$0]?.isEmpty == false }) {
                    ask.prove("\(name) is \(tags[name] ?? "")")
                } else {
                    ask.fail("it has neither of the tags \(names.joined(separator: " and ")): nothing manages it")
                }
            }
        }
    }
}

// MARK: - Drift (OPS-3.2)

extension Graph {
    func askForDrift(of endpoint: Endpoint, _ ask: inout Inquiry) {
        guard let newest = evidence(.drift, for: endpoint.name.value ?? "").first,
            let differing = newest.numbers["differing"]
        else {
            return ask.doubt(
                "nothing compared what runs with what was declared: DetectStackDrift, terraform plan "
                    + "-detailed-exitcode or "
                    + "the engine's own comparison would decide")
        }
        let age = asOf.days(since: newest.day)
        let compared = newest.numbers["compared"].map { " of \(Int(bounded: $0))" } ?? ""
        if differing > 0 {
            let which = newest.texts["differences"].map { ": \($0)" } ?? ""
            ask.fail("\(Int(bounded: differing))\(compared) resources differ\(which) (\(newest.origin), \(newest.day))")
        } else {
            ask.prove("0\(compared) resources differ (\(newest.origin), \(newest.day))")
        }
        if age > 1 { ask.fail("the last comparison is \(age) days old, wanted at most 1") }
    }
}

// MARK: - Repeatability (OPS-3.3)

extension Graph {
    func judgeRepeatability() -> [Judgement] {
        let serving = Set(
            endpoints.compactMap { endpointConfigs[$0.config]?.variants.value }.joined().compactMap {
                models[$0.model]?.id
            })
        let judgedModels = models.map { model in
            Judgement.about(model) { askForPins(of: model, isServing: serving.contains(model.id), &$0) }
        }
        let configs = endpointConfigs.map { config in
            Judgement.about(config) { ask in
                if config.name.isAbsent || config.name.value == "${\(config.id)}" {
                    return ask.prove("the service makes up a name for each revision")
                }
                if let name = config.name.value, Self.carriesRevision(name) == nil {
                    return ask.doubt("whether its name '\(name)' carries the revision hangs on a parameter")
                }
                ask.require(config.name, "its name", wanted: "one that carries the revision (a digest or number)") {
                    Self.carriesRevision($0) == true
                }
            }
        }
        let images = repositories.map { repository in
            Judgement.about(repository) {
                $0.requireFlag(repository.isTagImmutable, "that its tags are immutable", absentAs: false)
            }
        }
        // A plan and an account show zones by name however they were picked; what stands in a plan's configuration is
        // among the notes.
        let zones = subnets.filter { source != .terraform && source != .live && !$0.availabilityZone.isAbsent }.map { subnet in
            Judgement.about(subnet) { ask in
                ask.require(subnet.availabilityZone, "its zone", wanted: "one picked by index, not by name") {
                    $0.contains("${") || $0.hasPrefix("use") && $0.contains("-az")
                }
            }
        }
        return judgedModels + configs + images + zones + judgeLiterals() + judgeProviders()
    }

    private func askForPins(of model: Model, isServing: Bool, _ ask: inout Inquiry) {
        switch model.image.state {
        case .known(let image):
            if image.holds("@sha256:") {
                ask.prove("its image is pinned by digest")
            } else {
                ask.fail("its image is '\(image)', wanted @sha256:…", at: model.image.place)
            }
        case .unknown(let why): ask.doubt("its image cannot be told: \(why)")
        case .absent:
            if source != .spec { ask.fail("it names no image") } else { ask.doubt("model.image is not written yet") }
        }
        if let url = model.dataURL.value {
            let isPinned = model.digest.value.map { url.contains($0) } == true ? true : Self.isImmutable(url)
            switch isPinned {
            case true?: ask.prove("its artefact has a version of its own")
            case nil: ask.doubt("whether its artefact '\(url)' has a version hangs on a parameter")
            case false?:
                ask.fail(
                    "its artefact is '\(url)', wanted a version or digest in the path, so that it is never overwritten",
                    at: model.dataURL.place)
            }
        } else if let why = model.dataURL.whyUnknown {
            ask.doubt("its artefact cannot be told: \(why)")
        }
    }

    /// Whether an address names one version: a versionId, or a part of the path that is a digest, a number or `v17`.
    ///
    /// Nil where that hangs on a parameter without a value.
    static func isImmutable(_ url: String) -> Bool? {
        if url.holds("versionId=") { return true }
        guard url.holds("://") else { return url.holds("${") ? nil : false }
        let answers = url.split(separator: "/").dropFirst(2).map { carriesRevision(String($0)) }
        if answers.contains(true) { return true }
        return answers.contains(nil) ? nil : false
    }

    /// Whether a name has a part that can be a revision: a number, `v` and a number, a date, or 7 or more hex digits.
    ///
    /// Nil where that hangs on a parameter without a value; what AWS itself puts in, such as the account, is none.
    static func carriesRevision(_ name: String) -> Bool? {
        var isOpen = false
        var written = ""
        var rest = name[...]
        while let dollar = rest.firstIndex(of: "$") {
            let inside = rest[dollar...].dropFirst()
            guard inside.first == "{", let end = inside.firstIndex(of: "}") else {
                written += rest[...dollar]
                rest = inside
                continue
            }
            if !inside.hasPrefix("{AWS::") { isOpen = true }
            written += rest[..<dollar] + "-"
            rest = inside[end...].dropFirst()
        }
        written += rest
        let parts = written.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "." })
        let isThere = parts.contains { part in
            let digits = part.drop { $0 == "v" || $0 == "V" || $0 == "r" }
            if digits.first?.isNumber == true, digits.allSatisfy({ $0.isNumber || $0 == "." }) { return true }
            return part.count >= 7 && part.allSatisfy(\.isHexDigit)
        }
        return isThere ? true : isOpen ? nil : false
    }

    /// What ties the text to one account or zone, or gives a secret away.
    private func judgeLiterals() -> [Judgement] {
        // The account of a pinned image is part of the image's name, and so of the right to pull it.
        let registries = Set(models.compactMap { $0.image.value?.prefix { $0 != "." } }.map(String.init))
        func isOfImage(_ literal: SourceNotes.Literal) -> Bool {
            literal.text.contains(":ecr:") && registries.contains { literal.text.contains(":\($0):") }
        }
        return notes.literals.filter { !isOfImage($0) }.map { literal in
            .about(literal.resource, at: literal.place) { ask in
                switch literal.kind {
                case .accountID where source == .terraform:
                    // A plan does not tell its own account: the number may be that of somebody trusted.
                    ask.doubt("it names the account \(literal.text); whether that is its own decides")
                case .accountID:
                    ask.fail("it names the account \(literal.text), so that it works in no other", at: literal.place)
                case .availabilityZone:
                    ask.fail("it names the zone \(literal.text), wanted one picked by index", at: literal.place)
                case .secretDefault:
                    ask.fail("a secret stands in the text (\(literal.text)), wanted none", at: literal.place)
                }
            }
        }
    }

    /// A provider without limits is another one tomorrow.
    private func judgeProviders() -> [Judgement] {
        (notes.providers.value ?? []).map { provider in
            .about("provider \(provider.name)") { ask in
                guard let versions = ask.need(provider.versions, "its version in required_providers") else { return }
                // `~> 5.100`, `5.100.0` or `>= 5.0, < 6.0`: what has an upper limit.
                let isPinned = versions.contains("~>") || versions.contains("<") || !versions.contains(">")
                if isPinned {
                    ask.prove("its version is \(versions)")
                } else {
                    ask.fail("its version is \(versions), wanted an upper limit (~>)", at: provider.versions.place)
                }
            }
        }
    }
}

// MARK: - Review (OPS-3.4)

extension Graph {
    func askForReview(of endpoint: Endpoint, _ ask: inout Inquiry) {
        let declared = declaration(of: endpoint)?.provenance ?? .unknown("nothing was declared of this endpoint")
        askForCallers(of: endpoint, &ask)
        guard source != .live || declared.isKnown else { return askForReviewTags(of: endpoint, &ask) }
        guard let provenance = ask.need(declared, "the record of who made and reviewed this change") else { return }
        func told(_ text: String?) -> Fact<String> {
            text.map { .known($0, at: declared.place) } ?? .absent(at: declared.place)
        }
        ask.require(told(provenance.commit), "the commit", wanted: "7 to 64 hex digits") {
            (7...64).contains($0.count) && $0.allSatisfy(\.isHexDigit)
        }
        ask.require(told(provenance.pullRequest), "the pull request", wanted: "its address or number") { !$0.isEmpty }
        let author = ask.require(told(provenance.author), "the author", wanted: "a person") { !$0.isEmpty }
        ask.require(told(provenance.approver), "the approver", wanted: "a person other than the author") { approver in
            approver.lowercased() != author?.lowercased() && !approver.lowercased().hasSuffix("[bot]")
        }
        let isClean = provenance.isTreeClean.map { Fact.known($0, at: declared.place) } ?? .absent(at: declared.place)
        ask.requireFlag(isClean, "that the tree was clean")
    }

    /// What a person has changed with keys of one's own went past every review; pipelines come in a role.
    private func askForCallers(of endpoint: Endpoint, _ ask: inout Inquiry) {
        guard let changes = evidence(.changes, for: endpoint.name.value ?? "").first else { return }
        let callers = (changes.texts["callers"] ?? "").split(separator: ",").map(String.init)
        let people = callers.filter { $0.contains(":user/") || $0.hasSuffix(":root") }
        if people.isEmpty { return ask.prove("changed by roles alone: \(callers.few())") }
        ask.fail("\(people.few()) changed it with keys of their own, wanted a pipeline's role (\(changes.origin))")
    }

    /// A live account has tags only: enough to find the change, not to tell who approved it.
    private func askForReviewTags(of endpoint: Endpoint, _ ask: inout Inquiry) {
        let config = endpointConfigs[endpoint.config]
        for (resource, tags) in [
            ("the endpoint", endpoint.head.tags), ("its configuration", config?.head.tags ?? .absent),
        ] {
            if let why = tags.whyUnknown {
                ask.doubt("the tags of \(resource) cannot be told: \(why)")
                continue
            }
            for tag in ["ml:commit", "ml:pr"] where tags.value?[tag]?.isEmpty != false {
                ask.fail("\(resource) has no tag \(tag)")
            }
        }
        ask.doubt("who approved the change is not in the tags: a spec's provenance or an attestation would show it")
    }
}

// MARK: - Staging (OPS-3.5)

extension Graph {
    func askForStaging(of endpoint: Endpoint, _ ask: inout Inquiry) {
        let declaration = declaration(of: endpoint)
        let declared = declaration?.provenance ?? .unknown("nothing was declared of this endpoint")
        let record = declared.map { $0.staging }
        guard let staging = ask.need(record, "the record of provenance") else { return }
        guard let staging else {
            return ask.fail("there is no record of a run in staging (provenance.staging)", at: declared.place)
        }
        let model = endpointConfigs[endpoint.config]?.variants.value?.first.flatMap { models[$0.model] }
        let digest = declaration?.modelDigest.value ?? model?.digest.value
        compareDigest(staging.modelDigest, with: digest, "model", &ask)
        if let image = model?.image.value, let marker = image.firstRange(of: "@sha256:") {
            compareDigest(staging.imageDigest, with: String(image[marker.upperBound...]), "image", &ask)
        }
        let place = declared.place
        let soak = staging.soakMinutes ?? 0
        if soak >= 60 {
            ask.prove("it ran \(Int(bounded: soak)) minutes")
        } else {
            ask.fail("it ran \(Int(bounded: soak)) minutes in staging, wanted 60 or more", at: place)
        }
        if staging.loadTested != true { ask.fail("it was not load-tested in staging", at: place) }
        if staging.checksPassed != true { ask.fail("its checks did not pass in staging", at: place) }
        guard let day = staging.day else { return ask.fail("the record of staging has no day", at: place) }
        let age = asOf.days(since: day)
        if (0...14).contains(age) {
            ask.prove("\(age) days ago")
        } else {
            ask.fail("it ran in staging \(age) days ago (\(day)), wanted 0 to 14", at: place)
        }
    }

    private func compareDigest(_ staged: String?, with current: String?, _ what: String, _ ask: inout Inquiry) {
        func bare(_ text: String) -> String { text.lowercased().replacing("sha256:", with: "") }
        guard let staged else { return ask.fail("the record of staging does not name the \(what)'s digest") }
        guard let current else { return ask.doubt("the digest of the \(what) that is deployed is not known here") }
        if bare(staged) == bare(current) {
            ask.prove("the same \(what) \(bare(current).prefix(12))… ran in staging")
        } else {
            ask.fail(
                "staging ran the \(what) \(bare(staged).prefix(12))…, this one is \(bare(current).prefix(12))…")
        }
    }
}

// MARK: - State (OPS-3.6)

extension Graph {
    func judgeStateRetention() -> [Judgement] {
        let kinds: [[any Resource]] = [
            Array(buckets), Array(keys), Array(tables), Array(backupVaults), Array(logGroups),
        ]
        let kept: Set<String> = ["Retain", "RetainExceptOnCreate"]
        let judged: [Judgement] = kinds.flatMap { $0 }.map { resource in
            .about(resource.id, at: resource.place) { ask in
                if source == .terraform, !resource.head.deletionPolicy.isKnown {
                    // A plan does not show prevent_destroy; what it would do, it shows.
                    return ask.prove("this plan does not delete it; prevent_destroy stands in no plan")
                }
                ask.require(resource.head.deletionPolicy, "DeletionPolicy", wanted: "Retain") { kept.contains($0) }
                // Terraform's prevent_destroy stands against replacement as well.
                guard source != .terraform else { return }
                ask.require(resource.head.updateReplacePolicy, "UpdateReplacePolicy", wanted: "Retain") {
                    $0 == "Retain"
                }
            }
        }
        return judged + judgePlannedChanges()
    }

    /// Types whose things must not go: state, and the endpoint itself.
    private static let keptTypes: Set<String> = [
        "aws_s3_bucket", "aws_kms_key", "aws_kms_replica_key", "aws_dynamodb_table", "aws_backup_vault",
        "aws_cloudwatch_log_group", "aws_sagemaker_endpoint", "AWS::S3::Bucket", "AWS::KMS::Key",
        "AWS::KMS::ReplicaKey", "AWS::DynamoDB::Table", "AWS::Backup::BackupVault", "AWS::Logs::LogGroup",
        "AWS::SageMaker::Endpoint",
    ]

    private func judgePlannedChanges() -> [Judgement] {
        notes.changes.compactMap { change in
            guard change.actions.contains("delete") else { return nil }
            let isReplaced = change.actions.contains("create")
            // The configuration that serves must outlive the change: its successor comes first.
            let isConfig = change.type.lowercased().filter { $0 != "_" }.contains("endpointconfig")
            guard Self.keptTypes.contains(change.type) || isConfig && isReplaced && change.actions.first == "delete"
            else { return nil }
            return .about(change.resource, at: change.place) { ask in
                let verb = isReplaced ? "replaces" : "deletes"
                ask.fail("the plan \(verb) it (\(change.actions.joined(separator: ", then ")))", at: change.place)
            }
        }
    }
}
