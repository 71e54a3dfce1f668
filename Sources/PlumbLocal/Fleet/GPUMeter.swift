// How busy this machine's GPUs were, for scaling, for alarms and for Prometheus.

import NIOConcurrencyHelpers
import PlumbEngine
import PlumbModel
import PlumbSignals

/// Looks at the GPUs once a second, where there are any. All workers share them, so each is as busy as all are.
final class GPUMeter: Sendable {
    private struct State {
        /// Nil while they do not answer.
        var readings: [GPUReading]?
        var lookedAt: Double?
        var busySeconds = 0.0
    }
    private let library: GPULibrary?
    /// What is watched, in words; and where nothing is, why.
    let text: String
    private let state = NIOLockedValueBox(State())
    /// A pause that is longer is none between two looks: nobody was looking.
    private static let pauseSecondsMax = 5.0

    init(path: String) {
        do throws(PlumbError) {
            let library = try GPULibrary(path: path)
            self.library = library
            text = "\(library.count) \(library.count == 1 ? "GPU" : "GPUs") by \(path)"
        } catch {
            library = nil
            text = "no GPU is watched: \(error.message)"
        }
    }

    var isWatching: Bool { library != nil }

    /// To be called once a second.
    func look(at now: Double) {
        guard let library else { return }
        let readings = library.read()
        state.withLockedValue { state in
            let passed = state.lookedAt.map { now - $0 } ?? 0
            state.readings = readings
            state.lookedAt = readings == nil ? nil : now
            guard let readings, passed > 0, passed <= Self.pauseSecondsMax else { return }
            state.busySeconds += readings.reduce(0) { $0 + $1.utilizationPercent } / 100 * passed
        }
    }

    /// The seconds that GPUs have been busy so far, and how many GPUs there are; nil when they do not answer.
    var load: (busySeconds: Double, count: Int)? {
        state.withLockedValue { state in state.readings.map { (state.busySeconds, $0.count) } }
    }

    /// SageMaker's two metrics, which run to 100 % of each GPU; none while the GPUs do not answer.
    var metrics: [(name: String, value: Double)] {
        guard let readings = state.withLockedValue({ $0.readings }) else { return [] }
        return zip(Self.names, [\GPUReading.utilizationPercent, \.memoryPercent]).map { name, value in
            (name, readings.reduce(0) { $0 + $1[keyPath: value] })
        }
    }

    private static let names = ["GPUUtilization", "GPUMemoryUtilization"]

    /// What a revision of a GPU's instance type is measured by.
    static func gauges(_ revision: Revision) -> [GaugeRecorder] {
        guard InstanceType.hasGPUs(revision.spec) else { return [] }
        return names.map { name in
            GaugeRecorder(
                metric: MetricIdentity(
                    namespace: "/aws/sagemaker/Endpoints", name: name,
                    dimensions: RevisionAlarms.identity(of: revision).dimensions), unit: "Percent")
        }
    }
}

extension InstanceType {
    /// Whether a spec's instances have GPUs.
    static func hasGPUs(_ spec: Spec) -> Bool { (named(spec.instances.type)?.gpus ?? 0) > 0 }
}
