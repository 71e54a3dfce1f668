// The detectors that compare captured traffic with a baseline, and answers with labels.
//
// SageMaker Model Monitor takes no new customers (T-7): these are functions of the deployment's own, which read what
// the endpoint captures and publish what the alarms on drift and quality watch.

import PlumbModel

extension Architecture {
    static func addDetectors(to graph: inout Graph, _ plan: Blueprint) {
        guard plan.hasMonitors else { return }
        // SageMaker brings captures within minutes: by then those of the last hour are there.
        for (detector, minute) in [(Detector.drift, 20), (.quality, 40)] {
            graph.functions.append(
                function(
                    detector.functionID, detector.rawValue, purpose: detector.purpose, role: detector.roleID,
                    from: "drift", plan
                ) {
                    $0.code = .known(detector == .drift ? AutomationCode.drift : AutomationCode.quality)
                    $0.timeoutSeconds = 900
                    $0.environment = .known(environment(of: detector, plan), at: plan.spec.place(of: "drift.baseline"))
                })
            graph.eventRules.append(
                plan.make("\(detector.id)Rule", named: detector.rawValue, from: "drift") {
                    $0.isEnabled = plan.said(true, "drift.enabled")
                    $0.scheduleExpression = .known("cron(\(minute) * * * ? *)")
                    $0.targets = references([detector.functionID])
                })
        }
        DetectorMapping.add(to: &graph)
    }

    private static func environment(of detector: Detector, _ plan: Blueprint) -> [String: String] {
        let drift = plan.spec.drift
        let metric = RenderedValue.pairs([
            RenderedPair("MetricName", .text(detector.metric)),
            RenderedPair(
                "Dimensions",
                .list(
                    plan.dimensions.map {
                        .pairs([
                            RenderedPair("Name", .text($0.name)), RenderedPair("Value", .text($0.value.value ?? "")),
                        ])
                    })),
        ])
        var environment = [
            "ENDPOINT": plan.spec.name, "NAMESPACE": Blueprint.namespace, "METRIC": metric.compactJSON,
            "BUCKET": plan.bucketName("captures"), "CAPTURES": "captures/\(plan.spec.name)/\(plan.variant)/",
        ]
        environment["CONSTRAINTS"] = plan.baselineFolder.map { "\($0)/constraints.json" }
        switch detector {
        case .drift:
            environment["STATISTICS"] = plan.baselineFolder.map { "\($0)/statistics.json" }
        case .quality:
            environment["LABELS"] = "labels/"
            environment["QUALITY"] = drift.qualityMetric
            if drift.qualityMetric != nil { environment["LIMIT"] = drift.qualityThreshold.map { "\($0)" } }
        }
        return environment
    }

    static func addDetectorRoles(to graph: inout Graph, _ plan: Blueprint) {
        guard plan.hasMonitors else { return }
        for detector in Detector.allCases {
            graph.roles.append(
                role(
                    detector.roleID, detector.rawValue, .automation, trust: trust("lambda"), from: "drift", plan,
                    may: detecting(detector, plan)))
        }
    }

    private static func detecting(_ detector: Detector, _ plan: Blueprint) -> [PolicyStatement] {
        let read = detector == .drift ? ["captures/*"] : ["captures/*", "labels/*"]
        return [
            .allow(
                "ListCaptures", ["s3:ListBucket"], on: ["${CaptureBucket.Arn}"],
                when: [PolicyCondition("StringLike", "s3:prefix", read)]),
            .allow("ReadCaptures", ["s3:GetObject"], on: read.map { "${CaptureBucket.Arn}/\($0)" }),
            .allow("OpenCaptures", ["kms:Decrypt"], on: ["${DataKey.Arn}"], when: [.via(["s3"])]),
        ] + readingTheBaseline(detector, plan) + [
            .allow(
                "Report", ["cloudwatch:PutMetricData"], on: ["*"],
                when: [.equals("cloudwatch:namespace", [Blueprint.namespace])]),
            ownLogs("\(detector.functionID)LogGroup"),
        ]
    }

    /// The files of the baseline, and no others.
    private static func readingTheBaseline(_ detector: Detector, _ plan: Blueprint) -> [PolicyStatement] {
        guard let folder = plan.baselineFolder else { return [] }
        let names = detector == .drift ? ["constraints.json", "statistics.json"] : ["constraints.json"]
        guard folder != plan.ownBaselineFolder else {
            return [
                .allow(
                    "ReadTheBaseline", ["s3:GetObject"],
                    on: names.map { "${ArtifactBucket.Arn}/\(Blueprint.baselinePrefix)/\($0)" })
            ]
        }
        let path = folder.dropFirst("s3://".count)
        let files = names.map { "arn:${AWS::Partition}:s3:::\(path)/\($0)" }
        // Somebody else's bucket: objects under a key of its owner's stay closed until the owner opens the key.
        return [.allow("ReadTheBaseline", ["s3:GetObject"], on: files)]
    }
}

/// A program that watches captured traffic.
enum Detector: String, CaseIterable {
    case drift, quality

    var id: String { self == .drift ? "Drift" : "Quality" }
    var functionID: String { "\(id)Function" }
    var roleID: String { "\(id)Role" }
    /// The tag `ml:purpose` of its function, by which it is known again.
    var purpose: String { "\(rawValue)-detector" }
    /// What it publishes, in units of its own limit.
    var metric: String { self == .drift ? "FeatureDrift" : "QualityDegradation" }
    var kind: MonitoringSchedule.Kind { self == .drift ? .dataQuality : .modelQuality }
}

extension Blueprint {
    static let baselinePrefix = "baseline"
    var ownBaselineFolder: String { "s3://\(bucketName("artifacts"))/\(Blueprint.baselinePrefix)" }

    /// Where the baseline is read: the spec's own address, or where a folder beside the spec is published to. Nil
    /// without a baseline.
    var baselineFolder: String? {
        spec.drift.baseline.map { baseline in
            guard baseline.hasPrefix("s3://") else { return ownBaselineFolder }
            return baseline.hasSuffix("/") ? String(baseline.dropLast()) : baseline
        }
    }
}
