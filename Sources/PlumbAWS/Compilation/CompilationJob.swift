// Starts a job and watches it to its end; asked again, goes on watching the job that there is.

import Crypto
import Foundation
import PlumbModel

/// What a job has come to.
public struct CompilationReport: Sendable, Encodable {
    public var schema = "plumbline.compile/1"
    public var kind: CompilationKind
    public var job: String
    public var target: String
    public var region: String
    public var outcome: String
    /// Why, where it did not go as wanted.
    public var reason: String?
    public var source: String
    /// What was made: an archive, or the folder of a language model.
    public var artefact: String?
    /// SHA-256 of it in hex; of a folder, of the list of its files' digests.
    public var digest: String?
    public var byteCount: Int?
    /// The image that serves it, as SageMaker recommends.
    public var image: String?
    /// SageMaker's own digest of it, BLAKE2.
    public var artifactDigest: String?
    /// What is odd about what was made.
    public var notes: [String]
    public var events: [DeploymentNews] = []
    public var isGood: Bool { outcome == CompilationOutcome.completed.word }

    private enum CodingKeys: String, CodingKey {
        case schema, kind, job, target, region, outcome, reason, source, artefact, digest, byteCount, image
        case artifactDigest, notes, events
    }
}

/// One order in one account.
public struct CompilationJob: Sendable {
    /// A job by its name, and what SageMaker says of it; nil where it is not there yet.
    public struct Sight: Sendable {
        public var name: String
        public var described: AWSValue?
    }
    private let client: AWSClient
    public let order: CompilationOrder
    private let listener: DeploymentListener
    private let clock = DeploymentClock()
    /// So many jobs may be made of one order.
    static let attemptsMax = 20
    /// Between two looks; a minute on, nothing changes that fast.
    static let pollSeconds = (soon: 2.0, later: 15.0)
    static let soonSecondsMax = 60.0
    /// So many looks in a row may fail.
    static let failuresMax = 10
    /// More than this of a folder is not fetched to be digested.
    static let digestedBytesMax = 64 << 30

    public init(_ order: CompilationOrder, client: AWSClient, listener: DeploymentListener) {
        self.order = order
        self.client = client
        self.listener = listener
    }

    // MARK: - Beginning

    /// The newest job of this order, or the first that is to be. With `retrying` another one than a job that failed or
    /// was stopped. Throws `conflict` when there were too many.
    public func find(retrying: Bool) async throws -> Sight {
        var newest: Sight?
        for attempt in 1...Self.attemptsMax {
            let name = order.name(attempt: attempt)
            guard let described = try await describe(name) else {
                guard let newest, !(retrying && Self.hasEndedBadly(newest.described)) else {
                    return Sight(name: name, described: nil)
                }
                return newest
            }
            newest = Sight(name: name, described: described)
        }
        throw PlumbError(
            .conflict, "\(Self.attemptsMax) jobs were made of this order already",
            hint: "aws sagemaker delete-\(order.kind.noun) removes old ones")
    }

    private static func hasEndedBadly(_ described: AWSValue?) -> Bool {
        ["FAILED", "STOPPED"].contains(status(of: described) ?? "")
    }

    private static func status(of described: AWSValue?) -> String? {
        described?["CompilationJobStatus"].text ?? described?["OptimizationJobStatus"].text
    }

    /// Puts the model where the job reads it, unless it lies there already.
    public func publish(_ artefact: ArtefactSource, in bucket: String, workFolder: String) async throws {
        let publisher = ArtefactPublisher(
            client: client, bucket: bucket, region: order.region, workFolder: workFolder,
            run: { try await CredentialProcess.run($0).status })
        let plan = try await publisher.plan(artefact)
        guard !plan.isPublished else { return }
        try await listener.record(
            "aws.publish", plan.address, ["digest": artefact.digest ?? "none", "bytes": "\(plan.byteCount)"])
        do {
            try await publisher.publish(artefact)
        } catch let error as PlumbError where (error.cause as? AWSError)?.code == "NoSuchBucket" {
            throw PlumbError(
                .notFound, "there is no bucket \(bucket)",
                hint: "plumb deploy --to aws makes it; or --source s3://… and --results s3://… name another",
                cause: error.cause)
        }
        tell("published \(plan.address)")
    }

    /// Starts the job; one that was started meanwhile under its name is as good.
    public func begin(_ name: String) async throws {
        try await listener.record(
            "aws.\(order.kind.rawValue)", "\(order.kind.noun)/\(name)",
            ["target": "\(order.target)", "source": order.source, "role": order.role, "region": order.region])
        do {
            _ = try await client.call(
                .sageMaker, "Create\(order.kind.stem)Job", order.request(named: name), region: order.region)
            tell("\(name) was started")
        } catch let error as PlumbError where (error.cause as? AWSError)?.code == "ResourceInUse" {
            tell("\(name) is there already")
        }
    }

    // MARK: - Watching

    /// Looks until it has ended, then at what was made.
    public func untilEnded(_ name: String) async throws -> CompilationReport {
        var machine = CompilationJobMachine(startedAt: clock.now, secondsMax: Double(order.secondsMax))
        var failures = 0
        var described: AWSValue?
        while machine.outcome == nil {
            do {
                described = try await describe(name)
                let reason = described?["FailureReason"].text
                for text in machine.tick(at: clock.now, status: Self.status(of: described), reason: reason) {
                    tell("\(name) \(text)")
                }
                failures = 0
            } catch let error as PlumbError {
                // The job goes on while AWS does not answer.
                failures += 1
                tell("\(name) cannot be seen: \(error.message)", isTrouble: true)
                guard failures < Self.failuresMax else { throw error }
            }
            guard machine.outcome == nil else { break }
            let isSoon = clock.now < Self.soonSecondsMax
            try await client.pause(seconds: isSoon ? Self.pollSeconds.soon : Self.pollSeconds.later)
        }
        let report = try await report(of: name, machine.outcome ?? .timedOut, described ?? .null)
        try await listener.record(
            "aws.outcome", "\(order.kind.noun)/\(name)",
            [
                "outcome": report.outcome, "reason": report.reason ?? "", "artefact": report.artefact ?? "none",
                "digest": report.digest ?? "none",
            ])
        return report
    }

    private func describe(_ name: String) async throws -> AWSValue? {
        do {
            return try await client.call(
                .sageMaker, "Describe\(order.kind.stem)Job", ["\(order.kind.stem)JobName": .text(name)],
                region: order.region)
        } catch let error as PlumbError {
            guard let said = error.cause as? AWSError else { throw error }
            if error.kind == .notFound || said.message.contains("Could not find") { return nil }
            throw error
        }
    }

    private func tell(_ text: String, isTrouble: Bool = false) {
        listener.tell(DeploymentNews(clock.now, order.endpoint, text, isTrouble: isTrouble))
    }

    // MARK: - What was made

    private func report(
        of name: String, _ outcome: CompilationOutcome, _ described: AWSValue
    ) async throws -> CompilationReport {
        var report = CompilationReport(
            kind: order.kind, job: name, target: "\(order.target)", region: order.region, outcome: outcome.word,
            source: order.source, notes: [])
        switch outcome {
        case .failed(let reason): report.reason = reason
        case .stopped: report.reason = "somebody has stopped it"
        case .timedOut: report.reason = "it goes on, but longer than it was given; the same command watches it again"
        case .completed:
            let made =
                order.kind == .compilation
                ? described["ModelArtifacts"]["S3ModelArtifacts"] : described["OutputConfig"]["S3OutputLocation"]
            report.artefact = made.text
            report.image =
                described["InferenceImage"].text
                ?? described["OptimizationOutput"]["RecommendedInferenceImage"].text
            report.artifactDigest = described["ModelDigests"]["ArtifactDigest"].text
            try await addDigest(to: &report)
        }
        return report
    }

    /// Reads what was made: a digest that nobody has computed from the bytes proves nothing.
    private func addDigest(to report: inout CompilationReport) async throws {
        let words = report.artefact?.dropFirst("s3://".count).split(separator: "/", maxSplits: 1).map(String.init) ?? []
        guard report.artefact?.hasPrefix("s3://") == true, let bucket = words.first else {
            report.notes.append("SageMaker does not say where it has put what it made")
            return
        }
        let key = words.count > 1 ? words[1] : ""
        tell("reading \(report.artefact ?? "")")
        guard order.kind == .optimization else {
            let found = try await client.digest(ofObject: key, in: bucket, region: order.region)
            guard let found else { throw missing(report) }
            (report.digest, report.byteCount) = (found.hexadecimal, found.byteCount)
            return
        }
        let folder = key.isEmpty || key.hasSuffix("/") ? key : key + "/"
        let files = try await client.items(
            .s3, "ListObjectsV2", ["Bucket": .text(bucket), "Prefix": .text(folder)], in: "Contents",
            region: order.region)
        let byteCount = files.reduce(0) { $0 + ($1["Size"].integer ?? 0) }
        guard !files.isEmpty else { throw missing(report) }
        report.byteCount = byteCount
        guard byteCount <= Self.digestedBytesMax else {
            report.notes.append("its \(byteCount >> 30) GiB were not fetched to be digested")
            return
        }
        var list = SHA256()
        for name in files.compactMap({ $0["Key"].text }).sorted() {
            guard let found = try await client.digest(ofObject: name, in: bucket, region: order.region) else {
                continue
            }
            list.update(data: Data("\(found.hexadecimal)  \(name.dropFirst(folder.count))\n".utf8))
        }
        report.digest = list.finalize().map(ArtefactFile.hexadecimal).joined()
    }

    private func missing(_ report: CompilationReport) -> PlumbError {
        PlumbError(
            .notFound, "\(report.job) is completed, but there is nothing at \(report.artefact ?? "its place")",
            hint: "whoever removed it can tell; --retry makes it once more")
    }
}
