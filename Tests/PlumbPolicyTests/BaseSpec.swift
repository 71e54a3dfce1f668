// The compliant deployment that every example starts from: a spec in YAML, an overlay, and the graph of both.

import PlumbFormats
import PlumbModel
import Testing

/// One endpoint with every record complete and fresh on the day it is judged.
enum BaseSpec {
    /// The day on which examples are judged.
    static let today = Day("2026-11-24") ?? Day(daysSinceEpoch: 0)

    /// The graph of the base spec with `overlay`, lines of YAML, laid over it in `environment`.
    static func graph(in environment: Environment = .production, overlay: String = "") throws -> Graph {
        Architecture.compile(try spec(in: environment, overlay: overlay), asOf: today)
    }

    static func spec(in environment: Environment = .production, overlay: String = "") throws -> Spec {
        let reading = SpecReader.read(text(overlay, in: environment), file: "plumb.yaml", environment: environment)
        let errors = reading.diagnostics.filter { $0.severity == .error }
        try #require(errors.isEmpty, "\(errors.map { "\($0.place?.description ?? ""): \($0.message)" })")
        return try #require(reading.spec)
    }

    private static func text(_ overlay: String, in environment: Environment) -> String {
        guard !overlay.isEmpty else { return yaml }
        let lines = overlay.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
        return yaml + "environments:\n  \(environment.rawValue):\n" + lines.joined(separator: "\n") + "\n"
    }

    private static let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    private static let baselineDigest = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
    private static let dataDigest = "fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13"
    private static let imageDigest = "a4e624d686e03ed2767c0abd85c14426b0b1157d2ce81d27bb4fe4f6f01d688a"

    private static let yaml = """
        name: digits
        team: vision
        owner: vision@example.org
        region: us-east-1
        workload: cpu
        critical: true
        peakRequestsPerSecond: 40
        model:
          path: s3://models-example/digits/\(digest)/model.onnx
          image: 111122223333.dkr.ecr.us-east-1.amazonaws.com/plumb-worker@sha256:\(imageDigest)
          digest: \(digest)
          size: {parametersMillions: 0.02, bytesPerParameter: 4, activationsGiB: 0.1, runtimeGiB: 0.5, batch: 1}
        example: {contentType: text/csv, body: "0,0,5,13,9,1,0,0"}
        alarms:
          notify: [oncall@example.org]
        drift:
          enabled: true
          baseline: baseline
          qualityMetric: accuracy
          qualityThreshold: 0.95
        cache: {deterministic: true, repeatRate: 0.2, ttl: 300}
        optimization:
          technique: quantization
          tool: onnxruntime 1.23
          baselineDigest: \(baselineDigest)
          optimizedDigest: \(digest)
          baselineP50Milliseconds: 2.0
          optimizedP50Milliseconds: 1.2
          baselineP99Milliseconds: 4.0
          optimizedP99Milliseconds: 2.5
          reductionLowerBound: 0.35
          accuracyMetric: accuracy
          baselineAccuracy: 0.972
          optimizedAccuracy: 0.971
          heldOutRows: 5000
          heldOutDigest: \(dataDigest)
          day: 2026-11-20
        benchmark:
          modelDigest: \(digest)
          instanceType: ml.m5.xlarge
          p50Milliseconds: 2.1
          p99Milliseconds: 9.5
          errorRatePercent: 0
          requests: 120000
          durationSeconds: 900
          requestsPerSecond: 60
          openLoop: true
          cpuP95Percent: 62
          memoryP95Percent: 40
          signer: ci@example.org
          day: 2026-11-20
        provenance:
          commit: 3f2a9c1e8b7d6a5f4e3d2c1b0a9f8e7d6c5b4a39
          pullRequest: "https://git.example.org/digits/pulls/7"
          author: ada@example.org
          approver: grace@example.org
          treeClean: true
          trainingDataDigest: \(dataDigest)
          staging:
            imageDigest: \(imageDigest)
            modelDigest: \(digest)
            soakMinutes: 90
            loadTested: true
            checksPassed: true
            day: 2026-11-21
        recovery:
          runbook: docs/recovery.md
          owner: vision@example.org
          region: us-west-2
          rtoMinutes: 55
          rpoMinutes: 10
          steps:
            - confirm the outage on the dashboard
            - create the endpoint in us-west-2 from the replica configuration
            - invoke it with the example request
            - move the record to the second region
          reviewed: 2026-10-15
          decisionAutomatic: false
          strategy: pilotLight
          drill: {day: 2026-10-20, rtoMinutes: 41, rpoMinutes: 6, succeeded: true}
        rollbackDrill: {day: 2026-11-10, seconds: 95}
        personalData:
          processed: true
          legalBasis: contract
          residency: [us-east-1, us-west-2]
          captureTTLDays: 30
          subjectKey: customerId
          erasureDrill: 2026-09-30
        regimes:
          names: [soc2, hipaa, gdpr]
          processesHealthData: true
          businessAssociateAgreement: docs/baa-2026.pdf
        costReview:
          day: 2026-11-03
          owner: vision@example.org
          actualUSD: 420
          expectedUSD: 400
          decisions: [keep ml.m5.xlarge]

        """
}
