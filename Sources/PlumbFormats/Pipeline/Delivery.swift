// What a pipeline asks of the two specs: names, places, and the limits that staging is held to.

import PlumbModel

struct Delivery: Sendable {
    let production: Spec
    let staging: Spec
    let specPath: String
    let format: DeliveryPipeline.Format

    /// Minutes in staging before production (OPS-3.5).
    static let soakMinutes = 60
    /// The least that a load test has to be (PERF-2.4): requests, seconds, and the share of the peak.
    static let requestsMinimum = 10_000.0
    static let secondsMinimum = 300.0
    static let peakFactor = 1.3
    /// A load test ends within the soak.
    static let secondsMaximum = 3_000.0

    var name: String { production.name }

    /// The start of the stacks' names.
    func stack(_ spec: Spec) -> String { Blueprint(spec).prefix }

    /// The audit bucket's name without the account, which the pipeline asks for.
    var auditBucket: String {
        Blueprint(production).bucketName("audit").replacing("-${AWS::AccountId}", with: "")
    }

    var recoveryRegion: String? { Blueprint(production).recoveryRegion }

    // MARK: - Files

    /// The spec's folder, without a slash at its end.
    var folder: String {
        guard let slash = specPath.lastIndex(of: "/") else { return "." }
        return slash == specPath.startIndex ? "/" : String(specPath[..<slash])
    }

    private func beside(_ file: String) -> String { folder == "." ? file : "\(folder)/\(file)" }

    /// The artefact in the repository, or its `s3://` address; empty where a program in the image answers.
    var model: String {
        guard let path = production.model.path else { return "" }
        return path.hasPrefix("s3://") ? path : beside(path)
    }

    /// What is published: the artefact as the check packs it, or as it lies in S3.
    var artefact: String { model.isEmpty || model.hasPrefix("s3://") ? model : "delivery/artefact/model.tar.gz" }

    /// The spec with its provenance; it lies beside the spec, since paths start there.
    var releaseSpec: String { beside("plumb.release.yaml") }

    /// The example request's file.
    var request: String { production.example.file.map(beside) ?? "pipeline/\(name)-request" }

    /// The example request, where the spec holds it itself.
    var requestFile: [RenderedFile] {
        guard production.example.file == nil, let body = production.example.body else { return [] }
        return [RenderedFile(path: request, text: body)]
    }

    // MARK: - Load

    /// Requests a second: staging's share of the peak and a third more, as many instances as it has of production's.
    var rate: Double {
        let share = Double(max(1, staging.instances.initial)) / Double(max(1, production.instances.initial))
        guard let peak = production.peakRequestsPerSecond else {
            return (Delivery.requestsMinimum / Delivery.secondsMinimum).rounded(.up)
        }
        return (max(1, peak * Delivery.peakFactor * min(1, share)) * 10).rounded(.up) / 10
    }

    /// Long enough for the requests that a percentile needs, within the soak.
    var seconds: Double {
        min(Delivery.secondsMaximum, max(Delivery.secondsMinimum, (Delivery.requestsMinimum / rate).rounded(.up)))
    }

    /// Twice as many as are under way when each takes as long as the limit allows (Little's law).
    var concurrency: Int {
        let underWay = (rate * staging.alarms.latencyP99.threshold / 1000).rounded(.up)
        return Int(min(256, max(8, 2 * underWay)))
    }

    // MARK: - Texts

    /// What every job is told, in the order in which it is read; values are data and never parts of a script.
    var settings: [(key: String, value: String)] {
        [
            ("SPEC", specPath), ("RELEASE_SPEC", releaseSpec), ("SPEC_FOLDER", folder), ("MODEL", model),
            ("ARTEFACT", artefact), ("EXAMPLE", production.example.file ?? ""), ("REQUEST", request),
            ("CONTENT_TYPE", production.example.contentType), ("PIPELINE", format.rawValue), ("ENDPOINT", name),
            ("STAGING_STACK", stack(staging)), ("STAGING_REGION", staging.region),
            ("PRODUCTION_STACK", stack(production)), ("PRODUCTION_REGION", production.region),
            ("RECOVERY_REGION", recoveryRegion ?? production.region), ("INSTANCE_TYPE", production.instances.type),
            ("AUDIT_BUCKET", auditBucket), ("SIGNER", "deliver-\(name)"),
            ("SOAK_MINUTES", "\(Delivery.soakMinutes)"), ("RATE", RenderedValue.digits(rate)),
            ("SECONDS_OF_LOAD", RenderedValue.digits(seconds)), ("CONCURRENCY", "\(concurrency)"),
            ("P99_LIMIT", RenderedValue.digits(staging.alarms.latencyP99.threshold)),
            ("ERROR_LIMIT", RenderedValue.digits(staging.alarms.errorRate.threshold)),
        ]
    }
}

extension String {
    /// Its lines, moved to the right; empty ones stay empty.
    func indented(by count: Int) -> String {
        let margin = String(repeating: " ", count: count)
        return split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
    }
}
