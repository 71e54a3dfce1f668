// Specs that several tests read.

import Foundation

enum SpecSamples {
    /// The least that is enough.
    static let least = """
        name: digits
        team: vision
        workload: cpu
        model: {path: model.onnx}
        example: {body: "0,0,5"}

        """

    /// Every key there is, but for `model.command` and `example.file`, which exclude `model.path` and `example.body`.
    static let whole = """
        name: digits
        team: vision
        owner: vision@example.org
        summary: Reads digits.
        environment: production
        region: eu-central-1
        workload: gpu
        critical: true
        model:
          path: s3://models-example/digits/model.onnx
          environment: {OMP_NUM_THREADS: 1, MODE: fast}
          image: 111122223333.dkr.ecr.eu-central-1.amazonaws.com/digits@sha256:\(digest)
          name: digits-model
          digest: sha256:\(digest)
          multiModel: false
          size: {parametersMillions: 0.02, bytesPerParameter: 4, activationsGiB: 0.1, runtimeGiB: 0.5, batch: 1}
          concurrencyMax: 8
          startupTimeout: 2m
          downloadTimeout: 600
        example: {contentType: text/csv, body: "0,0,5"}
        instances: {type: ml.g5.xlarge, minimum: 2, maximum: 4, initial: 3, zones: 3}
        scaling:
          enabled: true
          targetPercent: 65
          scaleOutAbovePercent: 75.5
          scaleInBelowPercent: 40
          scaleInCooldown: 10m
          scaleOutCooldown: 1m
          period: 2s
          cores: 1.5
          scheduled:
            - {name: morning, expression: "cron(0 7 ? * MON-FRI *)", timezone: Europe/Berlin, minimum: 3, maximum: 4}
        workingHours: {timezone: Europe/Berlin, days: mon-sat, start: 07:30, stop: "24:00"}
        budget: {monthlyUSD: 4200, alerts: [50, 80, 100, 120], stopAtLimit: false}
        alarms:
          errorRate:
            {thresholdPercent: 0.5, period: 30s, evaluationPeriods: 3, datapointsToAlarm: 2, missingData: ignore}
          latencyP99:
            thresholdMilliseconds: 250
            period: 2m
            evaluationPeriods: 5
            datapointsToAlarm: 4
            missingData: missing
          health: {thresholdFailures: 2, period: 10, evaluationPeriods: 6, datapointsToAlarm: 3, missingData: breaching}
          requestsMinimum: 50
          probe: {interval: 2.5s, timeout: 500ms, failuresMax: 4}
          notify: [oncall@example.org, "https://alerts.example.org/hook"]
        rollout:
          strategy: linear
          canaryPercent: 20
          stepPercent: 25
          wait: 10m
          terminationWait: 15m
          timeout: 2h
          requestsMinimum: 500
          keptRevisions: 3
          warmRollback: 90m
          rollsBackLate: true
          consecutiveErrors: 7
          comparison: {errorPercentMax: 0.4, p99RatioMax: 1.5}
          shadow: {percent: 50, hold: 2m, requestsMinimum: 300, mismatchPercentMax: 1.5, tolerance: 0.001}
          experiment: {percent: 40, hold: 24h}
        capture: {enabled: true, samplingPercent: 30, ttlDays: 14}
        drift: {enabled: true, baseline: baseline, qualityMetric: accuracy, qualityThreshold: 0.95}
        limits: {bodyMax: 2MiB, timeout: 30, queueMax: 64, requestsPerSecondMax: 100}
        retentionDays: 400
        peakRequestsPerSecond: 40
        deploymentsPerMonth: 8
        cache: {deterministic: true, repeatRate: 0.2, ttl: 5m, reason: repeats are rare at night}
        optimization:
          technique: quantization
          tool: onnxruntime 1.23
          baselineDigest: \(digest)
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
          heldOutDigest: \(digest)
          day: 2026-11-20
        benchmark:
          modelDigest: \(digest)
          instanceType: ml.g5.xlarge
          p50Milliseconds: 2.1
          p99Milliseconds: 9.5
          errorRatePercent: 0
          requests: 120000
          durationSeconds: 15m
          requestsPerSecond: 60
          openLoop: true
          cpuP95Percent: 62
          gpuP95Percent: 70
          memoryP95Percent: 40
          signer: ci@example.org
          day: 2026-11-20
        provenance:
          commit: 3f2a9c1e8b7d6a5f4e3d2c1b0a9f8e7d6c5b4a39
          pullRequest: "https://git.example.org/digits/pulls/7"
          author: ada@example.org
          approver: grace@example.org
          treeClean: true
          trainingDataDigest: \(digest)
          staging:
            {imageDigest: \(digest), modelDigest: \(digest), soakMinutes: 90, loadTested: true, checksPassed: true,
             day: 2026-11-21}
        recovery:
          runbook: docs/recovery.md
          owner: vision@example.org
          region: eu-west-1
          rtoMinutes: 55
          rpoMinutes: 10
          steps: [confirm the outage, create the endpoint, invoke it]
          reviewed: 2026-10-15
          decisionAutomatic: false
          strategy: pilotLight
          drill: {day: 2026-10-20, rtoMinutes: 41, rpoMinutes: 6, succeeded: true}
        rollbackDrill: {day: 2026-11-10, seconds: 95}
        personalData:
          processed: true
          legalBasis: contract
          residency: [eu-central-1, eu-west-1]
          captureTTLDays: 14
          subjectKey: customerId
          erasureDrill: 2026-09-30
        regimes: {names: [soc2, gdpr], processesHealthData: false, businessAssociateAgreement: docs/agreement.pdf}
        costReview:
          {day: 2026-11-03, owner: vision@example.org, actualUSD: 420, expectedUSD: 400, decisions: [keep the type]}
        waivers:
          - {control: COST-3.5, owner: ada, reason: being measured, expires: 2027-01-31, resource: Endpoint}
        attestations:
          - {control: REL-3.2, path: drill.pdf, sha256: \(digest), day: 2026-11-01, signer: grace}
        environments:
          dev: {instances: {type: ml.m5.large, minimum: 1, initial: 1}}

        """

    static let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

    /// The folder that the package lies in.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The files of the digits example, by name.
    static let exampleNames = ["plumb.yaml", "plumb-v2.yaml", "plumb-error.yaml", "plumb-slow.yaml", "plumb-bad.yaml"]

    static func example(_ name: String) throws -> String {
        try String(contentsOf: root.appending(path: "Examples/digits").appending(path: name), encoding: .utf8)
    }
}
