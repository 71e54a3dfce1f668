// The deployment that the tests of the compile step start from.

import PlumbFormats
import PlumbModel
import Testing

enum ArchitectureExample {
    static let today = Day(daysSinceEpoch: 20_781)
    static let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

    static let yaml = """
        name: digits
        team: vision
        owner: vision@example.org
        region: eu-central-1
        workload: cpu
        critical: true
        model:
          path: model.onnx
          image: 111122223333.dkr.ecr.eu-central-1.amazonaws.com/worker@sha256:\(digest)
          digest: \(digest)
        example: {contentType: text/csv, body: "0,0,5"}
        instances: {type: ml.m5.xlarge, minimum: 2, maximum: 4, initial: 2, zones: 2}
        alarms:
          errorRate: {thresholdPercent: 1, period: 60, evaluationPeriods: 2, datapointsToAlarm: 2}
          latencyP99: {thresholdMilliseconds: 500}
          notify: [oncall@example.org, "https://example.org/hook"]
        drift: {enabled: true, baseline: baseline}
        capture: {enabled: true, samplingPercent: 25, ttlDays: 20}
        cache: {deterministic: true, repeatRate: 0.2, ttl: 300}
        recovery: {region: eu-west-1, owner: vision@example.org}
        personalData: {processed: true, residency: [eu-central-1, eu-west-1]}

        """

    /// The example's spec, with `overlay` (lines of YAML) laid over it.
    static func spec(_ environment: Environment = .production, overlay: String = "") throws -> Spec {
        var text = yaml
        if !overlay.isEmpty {
            let lines = overlay.split(separator: "\n").map { "    \($0)\n" }.joined()
            text += "environments:\n  \(environment.rawValue):\n\(lines)"
        }
        let reading = SpecReader.read(text, file: "plumb.yaml", environment: environment)
        let errors = reading.diagnostics.filter { $0.severity == .error }
        try #require(errors.isEmpty, "\(errors.map(\.message))")
        return try #require(reading.spec)
    }

    static func graph(_ environment: Environment = .production, overlay: String = "") throws -> Graph {
        Architecture.compile(try spec(environment, overlay: overlay), asOf: today)
    }
}

/// Everything in a graph that could name a resource of it.
struct GraphNames {
    /// Ids in `Reference` facts.
    var references: [String] = []
    /// Ids in `${Id.Arn}` and the like, wherever text stands.
    var mentions: [String] = []

    init(of value: Any) { collect(value) }

    private mutating func collect(_ value: Any) {
        if let reference = value as? Reference {
            if case .resource(let id) = reference { references.append(id) }
            return
        }
        if let text = value as? String {
            mentions += text.matches(of: /\$\{([A-Za-z0-9]+)\.(?:Arn|Id|StreamArn)\}/).map { String($0.1) }
            return
        }
        for child in Mirror(reflecting: value).children { collect(child.value) }
    }
}
