// All deployments must use Infrastructure as Code (IaC).

import PlumbModel

extension PolicyBook {
    static let infrastructureAsCode = Policy(
        "OPS-3", .operationalExcellence, "All deployments must use Infrastructure as Code (IaC).",
        controls: [
            everythingManaged, noDrift, repeatableTemplate, reviewedChange, stagedFirst, stateSurvivesUpdates,
        ])

    private static let everythingManaged = Control(
        "OPS-3.1", "Every live resource of the deployment belongs to a stack or state",
        severities: Severities(dev: .low, staging: .high, production: .high), provableAt: [.live],
        seed: "Implementation: Terraform or CloudFormation templates for all resources",
        remedy: "Import the resource into the stack or state, or tag it ml:managed-by with what manages it.",
        traps: [
            "Log groups /aws/sagemaker/Endpoints/… come into being by themselves, unencrypted and for ever.",
            "Alarms named TargetTracking-… belong to autoscaling and must not be managed.",
        ],
        holds: [
            ControlExample("all in one stack") {
                $0.tagAll("aws:cloudformation:stack-id", "arn:aws:cloudformation:stack/ml")
            },
            ControlExample("managed by Terraform, and autoscaling's own alarms", in: .staging) { graph in
                graph.tagAll("ml:managed-by", "terraform")
                graph.alarms.append(
                    Alarm("Tracking") { $0.head.name = "TargetTracking-endpoint/digits/variant/primary-AlarmHigh" })
            },
        ],
        fails: [
            ControlExample("an endpoint made by hand") { graph in
                graph.tagAll("ml:managed-by", "terraform")
                graph.endpoints.mutateEach { $0.head.tags = .known(["ml:team": "vision"]) }
            },
            ControlExample("a key made by hand", in: .dev) { graph in
                graph.tagAll("ml:managed-by", "terraform")
                graph.keys.mutateEach { $0.head.tags = .absent }
            },
        ]
    ) { graph in graph.managedResources.map { graph.judgeManagement(of: $0) } }

    private static let noDrift = Control(
        "OPS-3.2", "Live equals template (no drift)",
        severities: Severities(staging: .medium, production: .high), provableAt: [.live, .engine],
        seed: "Rationale: Version control, repeatability, disaster recovery",
        remedy: "Apply the template again, or bring the change into it.",
        traps: [
            "CloudFormation's drift leaves out properties that the template does not name, and types it does not know.",
            "ignore_changes hides drift in Terraform.",
            "Autoscaling, schedules and rollbacks rightly move what runs away from the template.",
        ],
        holds: [ControlExample("compared today, no difference") { $0.recordDrift(differing: 0, daysAgo: 0) }],
        fails: [
            ControlExample("two resources differ") { $0.recordDrift(differing: 2, daysAgo: 0) },
            ControlExample("compared last month") { $0.recordDrift(differing: 0, daysAgo: 30) },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in .about(endpoint) { graph.askForDrift(of: endpoint, &$0) } }
    }

    private static let repeatableTemplate = Control(
        "OPS-3.3", "The template is repeatable",
        severities: Severities(dev: .low, staging: .high, production: .high),
        provableAt: [.spec, .cloudformation, .terraform], seed: "repeatability",
        remedy:
            "Pin the image by @sha256 digest and the artefact by version or digest, keep image tags immutable, let the "
            + "configuration's name carry the revision, and pick zones by index.",
        traps: [
            "A tag such as :latest, or :1.2, can point elsewhere tomorrow.",
            "Changing an artefact after deploying it has unpredictable results.",
            "A configuration with the same name and other content cannot be replaced.",
            "An account id or a zone's name in the text ties it to one place; a NoEcho parameter with a default is "
                + "no secret.",
        ],
        holds: [
            ControlExample("the compiled template"),
            ControlExample("an artefact by version") {
                $0.models.mutateEach { $0.dataURL = "s3://models/digits/v17/model.tar.gz" }
            },
            ControlExample("a provider within one major version") {
                $0.notes.providers = .known([SourceNotes.ProviderPin("aws", versions: "~> 5.100")])
            },
        ],
        fails: [
            ControlExample("an image by tag") {
                $0.models.mutateEach { $0.image = "111122223333.dkr.ecr.us-east-1.amazonaws.com/worker:1.2" }
            },
            ControlExample("an artefact that is overwritten") {
                $0.models.mutateEach { $0.dataURL = "s3://models/digits/latest/model.tar.gz" }
            },
            ControlExample("tags that can be moved", in: .staging) {
                $0.repositories.append(Repository("Images") { $0.isTagImmutable = false })
            },
            ControlExample("a configuration that keeps its name") {
                $0.endpointConfigs.mutateEach { $0.head.name = "digits-config" }
            },
            ControlExample("a zone by name") { graph in
                graph.subnets.append(Subnet("Fixed") { $0.availabilityZone = "us-east-1a" })
            },
            ControlExample("an account written out") {
                $0.notes.literals.append(SourceNotes.Literal(.accountID, in: "DeployRole", "111122223333"))
            },
            ControlExample("a secret as a default") {
                $0.notes.literals.append(SourceNotes.Literal(.secretDefault, in: "ApiToken", "NoEcho with a default"))
            },
            ControlExample("a provider of any version") {
                $0.notes.providers = .known([SourceNotes.ProviderPin("aws", versions: .absent)])
            },
            ControlExample("a provider of any later version") {
                $0.notes.providers = .known([SourceNotes.ProviderPin("aws", versions: ">= 5.0")])
            },
        ]
    ) { graph in graph.judgeRepeatability() }

    private static let reviewedChange = Control(
        "OPS-3.4", "Every change is in version control and reviewed",
        severities: Severities(staging: .high, production: .high), provableAt: [.spec, .live, .engine],
        isAttestable: true, seed: "All changes must be reviewed and tested in staging first",
        remedy:
            "Record provenance: the commit, the pull request, its author and another person as approver, from a clean "
            + "tree; let the pipeline write it.",
        traps: [
            "An approval by the author, or by a bot, is none.",
            "A squashed change has another commit id than the one that was reviewed.",
        ],
        holds: [
            ControlExample("written and approved by two people"),
            ControlExample("a full commit id of SHA-256") { graph in
                graph.changeProvenance { $0.commit = String(repeating: "0a1b2c3d", count: 8) }
            },
            ControlExample("changed by the pipeline's role alone") { graph in
                graph.recordCallers("arn:aws:iam::111122223333:role/deploy")
            },
        ],
        fails: [
            ControlExample("approved by its author") { $0.changeProvenance { $0.approver = $0.author } },
            ControlExample("from a tree with other changes") { $0.changeProvenance { $0.isTreeClean = false } },
            ControlExample("no approver", in: .staging) { $0.changeProvenance { $0.approver = nil } },
            ControlExample("approved by a bot") { $0.changeProvenance { $0.approver = "merge-queue[bot]" } },
            ControlExample("a branch instead of a commit") { $0.changeProvenance { $0.commit = "main" } },
            ControlExample("changed by a person in the console") { graph in
                graph.recordCallers("arn:aws:iam::111122223333:role/deploy,arn:aws:iam::111122223333:user/ada")
            },
            ControlExample("no provenance") { $0.changeDeclarations { $0.provenance = .absent } },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in .about(endpoint) { graph.askForReview(of: endpoint, &$0) } }
    }

    private static let stagedFirst = Control(
        "OPS-3.5", "What reaches production ran in staging first",
        severities: Severities(production: .high), provableAt: [.spec, .live, .engine],
        seed: "tested in staging first", limit: "60 minutes, within 14 days",
        remedy:
            "Deploy the same image and model to staging, let it run for an hour with a load test, and promote "
            + "it within "
            + "14 days (plumb promote records it).",
        traps: [
            "Staging on another instance type cannot vouch for latency.",
            "The same version number is not the same artefact: digests are compared.",
        ],
        holds: [
            ControlExample("soaked, loaded and promoted"),
            ControlExample("exactly an hour, fourteen days ago") { graph in
                graph.changeStaging(daysAgo: 14) { $0.soakMinutes = 60 }
            },
        ],
        fails: [
            ControlExample("another artefact") { graph in
                graph.changeStaging { $0.modelDigest = String(repeating: "ab", count: 32) }
            },
            ControlExample("half an hour") { graph in graph.changeStaging { $0.soakMinutes = 30 } },
            ControlExample("without a load test") { graph in graph.changeStaging { $0.loadTested = false } },
            ControlExample("a month ago") { graph in graph.changeStaging(daysAgo: 30) { _ in } },
            ControlExample("never") { graph in graph.changeProvenance { $0.staging = nil } },
        ]
    ) { graph in
        graph.endpoints.map { endpoint in .about(endpoint) { graph.askForStaging(of: endpoint, &$0) } }
    }

    private static let stateSurvivesUpdates = Control(
        "OPS-3.6", "Updates never destroy state or the endpoint",
        severities: Severities(production: .high), provableAt: [.cloudformation, .terraform],
        seed: "disaster recovery",
        remedy:
            "Set DeletionPolicy and UpdateReplacePolicy to Retain (Terraform: prevent_destroy) on buckets, "
            + "keys, tables, "
            + "vaults and log groups.",
        traps: [
            "UpdateReplacePolicy is another attribute than DeletionPolicy: a replacement deletes what only the "
                + "latter keeps.",
            "EndpointName is create-only: to rename is to take the endpoint down.",
        ],
        holds: [
            ControlExample("the compiled policies"),
            ControlExample("kept except when its creation fails") { graph in
                graph.buckets.mutateEach { $0.head.deletionPolicy = "RetainExceptOnCreate" }
            },
            ControlExample("the configuration's successor is made first") {
                $0.notes.changes.append(
                    SourceNotes.PlannedChange(
                        "EndpointConfig", type: "aws_sagemaker_endpoint_configuration", actions: ["create", "delete"]))
            },
        ],
        fails: [
            ControlExample("only the deletion is prevented") {
                $0.buckets.mutateEach { $0.head.updateReplacePolicy = .absent }
            },
            ControlExample("a table that goes with the stack") { graph in
                graph.tables.append(Table("Extra"))
            },
            ControlExample("a key that is deleted") { $0.keys.mutateEach { $0.head.deletionPolicy = "Delete" } },
            ControlExample("an endpoint that is replaced") {
                $0.notes.changes.append(
                    SourceNotes.PlannedChange(
                        "Endpoint", type: "aws_sagemaker_endpoint", actions: ["delete", "create"]))
            },
            ControlExample("a bucket that the plan deletes") {
                $0.notes.changes.append(
                    SourceNotes.PlannedChange("aws_s3_bucket.audit", type: "aws_s3_bucket", actions: ["delete"]))
            },
        ]
    ) { graph in graph.judgeStateRetention() }
}

extension Graph {
    /// Puts a tag on every resource.
    fileprivate mutating func tagAll(_ key: String, _ value: String) {
        func tag(_ head: inout ResourceHead) {
            head.tags = .known((head.tags.value ?? [:]).merging([key: value]) { $1 })
        }
        endpoints.mutateEach { tag(&$0.head) }
        endpointConfigs.mutateEach { tag(&$0.head) }
        models.mutateEach { tag(&$0.head) }
        alarms.mutateEach { tag(&$0.head) }
        keys.mutateEach { tag(&$0.head) }
        buckets.mutateEach { tag(&$0.head) }
        roles.mutateEach { tag(&$0.head) }
        scalableTargets.mutateEach { tag(&$0.head) }
    }

    /// Records a comparison of what runs with what was declared.
    fileprivate mutating func recordDrift(differing: Double, daysAgo days: Int) {
        evidence += endpoints.compactMap(\.name.value).map {
            Evidence(
                .drift, endpointName: $0, day: asOf.adding(days: -days), origin: "cloudformation",
                numbers: ["compared": 60, "differing": differing], texts: ["differences": "Endpoint, ErrorRateAlarm"])
        }
    }

    fileprivate mutating func recordCallers(_ callers: String) {
        source = .live
        record(.changes, numbers: ["days": 90, "changes": 3], texts: ["callers": callers])
    }

    fileprivate mutating func changeProvenance(_ change: (inout Provenance) -> Void) {
        changeDeclarations { declaration in
            guard var provenance = declaration.provenance.value else { return }
            change(&provenance)
            declaration.provenance = .known(provenance)
        }
    }

    fileprivate mutating func changeStaging(daysAgo days: Int = 3, _ change: (inout StagingRecord) -> Void) {
        let day = asOf.adding(days: -days)
        changeProvenance { provenance in
            provenance.staging?.day = day
            if var staging = provenance.staging {
                change(&staging)
                provenance.staging = staging
            }
        }
    }
}
