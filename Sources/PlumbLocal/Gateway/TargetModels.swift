// Multi-model endpoints: which models a revision has, and what its workers say of their caches.

import NIOConcurrencyHelpers
import PlumbEngine
import PlumbModel
import PlumbSignals
import Synchronization

/// What one worker's model cache came to since the worker's start; times in microseconds.
struct ModelCacheCounters: Sendable, Hashable, Codable {
    var hits = 0
    var misses = 0
    var loads = 0
    var loadFailures = 0
    var waitMicroseconds = 0
    var readMicroseconds = 0
    var loadMicroseconds = 0
    var unloads = 0
    var unloadMicroseconds = 0
    var loaded = 0
    var bytes = 0
}

/// The models of one endpoint's revisions, by number; a revision that is not here has one model.
final class TargetModels: Sendable {
    private struct State {
        var names: [Int: Set<String>] = [:]
        var counters: [String: (revision: Int, counters: ModelCacheCounters)] = [:]
    }
    private let state = NIOLockedValueBox(State())
    /// So that endpoints with one model are not asked more than this.
    private let hasMany = Atomic<Bool>(false)

    /// The path of an invocation, as SageMaker's containers know it.
    static func invocationPath(of target: String?) -> String {
        target.map { "/models/\(URIText.escaped($0))/invoke" } ?? "/invocations"
    }

    /// Notes the models of a revision.
    func begin(_ revision: Int, _ names: Set<String>) {
        state.withLockedValue { $0.names[revision] = names }
        hasMany.store(true, ordering: .relaxed)
    }

    func end(_ revision: Int) {
        let isLeft = state.withLockedValue { state in
            state.names[revision] = nil
            state.counters = state.counters.filter { $0.value.revision != revision }
            return !state.names.isEmpty
        }
        hasMany.store(isLeft, ordering: .relaxed)
    }

    /// Why a request cannot be for this model of the revision; nil when it can.
    func objection(to target: String?, _ revision: Int, of endpoint: String) -> Refusal? {
        guard hasMany.load(ordering: .relaxed) else { return target == nil ? nil : Self.isSingle(endpoint) }
        let names = state.withLockedValue { $0.names[revision] }
        guard let names else { return target == nil ? nil : Self.isSingle(endpoint) }
        guard let target else {
            return Refusal(
                400, "ValidationError",
                "Endpoint \(endpoint) has \(names.count) models: name one in X-Amzn-SageMaker-Target-Model.")
        }
        guard !names.contains(target) else { return nil }
        if target.hasPrefix("/") || target.split(separator: "/").contains("..") {
            return Refusal(
                400, "ValidationError", "Target model \(target.prefix(100)) is no path within the endpoint's models.")
        }
        return Refusal(
            404, "ValidationError",
            "Target model \(target.prefix(100)) not found among the \(names.count) models of endpoint \(endpoint).")
    }

    private static func isSingle(_ endpoint: String) -> Refusal {
        Refusal(
            400, "ValidationError",
            "Target model requested for endpoint \(endpoint), which is no multi-model endpoint.")
    }

    // MARK: - What the workers say

    /// Notes what a worker says now; answers what has come to pass since it was asked last.
    func note(_ counters: ModelCacheCounters, of worker: String, revision: Int) -> ModelCacheCounters {
        let last = state.withLockedValue { state in
            defer { state.counters[worker] = (revision, counters) }
            return state.counters[worker]?.counters ?? ModelCacheCounters()
        }
        // A worker that was started again counts from nothing.
        guard counters.hits >= last.hits, counters.misses >= last.misses, counters.loads >= last.loads else {
            return counters
        }
        var since = counters
        since.hits -= last.hits
        since.misses -= last.misses
        since.loads -= last.loads
        since.waitMicroseconds -= last.waitMicroseconds
        since.readMicroseconds -= last.readMicroseconds
        since.loadMicroseconds -= last.loadMicroseconds
        since.unloads -= last.unloads
        since.unloadMicroseconds -= last.unloadMicroseconds
        return since
    }

    func forget(_ worker: String) { state.withLockedValue { $0.counters[worker] = nil } }

    /// What every worker has said last.
    var counters: [(worker: String, revision: Int, counters: ModelCacheCounters)] {
        state.withLockedValue { $0.counters.map { ($0.key, $0.value.revision, $0.value.counters) } }
            .sorted { $0.0 < $1.0 }
    }
}

extension ModelCacheCounters {
    /// SageMaker's names for what a multi-model endpoint does, each with its value and unit; nil where nothing came to
    /// pass that could be measured.
    var metrics: [(name: String, unit: String, value: Double?)] {
        func mean(_ sum: Int, _ count: Int) -> Double? { count > 0 ? Double(sum) / Double(count) : nil }
        return [
            ("ModelCacheHit", "None", mean(hits, hits + misses)),
            ("ModelLoadingWaitTime", "Microseconds", mean(waitMicroseconds, misses)),
            // There is nothing to be downloaded: what is read is the file.
            ("ModelDownloadingTime", "Microseconds", mean(readMicroseconds, loads)),
            ("ModelLoadingTime", "Microseconds", mean(loadMicroseconds, loads)),
            ("ModelUnloadingTime", "Microseconds", mean(unloadMicroseconds, unloads)),
            ("LoadedModelCount", "None", Double(loaded)),
        ]
    }
}

extension RevisionTraffic {
    /// The gauges of a multi-model revision, under CloudWatch's names.
    static func modelCacheGauges(_ revision: Revision) -> [GaugeRecorder] {
        guard revision.spec.model.isMultiModel else { return [] }
        return ModelCacheCounters().metrics.map { metric in
            GaugeRecorder(
                metric: MetricIdentity(
                    namespace: "AWS/SageMaker", name: metric.name,
                    dimensions: RevisionAlarms.identity(of: revision).dimensions), unit: metric.unit)
        }
    }
}

extension GatewayState {
    /// The model caches of all workers, as Prometheus reads them.
    func modelCachesPage() -> String {
        let families: [(name: String, kind: String, help: String, value: (ModelCacheCounters) -> Double)] = [
            (
                "plumb_model_cache_hits_total", "counter", "Requests whose model was loaded: ModelCacheHit.",
                { Double($0.hits) }
            ),
            (
                "plumb_model_cache_misses_total", "counter", "Requests whose model was not loaded.",
                { Double($0.misses) }
            ),
            (
                "plumb_model_loading_wait_seconds_total", "counter", "ModelLoadingWaitTime, summed.",
                { Double($0.waitMicroseconds) / 1e6 }
            ),
            (
                "plumb_model_downloading_seconds_total", "counter", "ModelDownloadingTime, summed: reading the file.",
                { Double($0.readMicroseconds) / 1e6 }
            ),
            (
                "plumb_model_loading_seconds_total", "counter", "ModelLoadingTime, summed.",
                { Double($0.loadMicroseconds) / 1e6 }
            ),
            (
                "plumb_models_loaded_total", "counter", "Models that were loaded.",
                { Double($0.loads) }
            ),
            (
                "plumb_model_load_failures_total", "counter", "Models that could not be loaded.",
                { Double($0.loadFailures) }
            ),
            (
                "plumb_model_unloading_seconds_total", "counter", "ModelUnloadingTime, summed.",
                { Double($0.unloadMicroseconds) / 1e6 }
            ),
            (
                "plumb_models_unloaded_total", "counter", "Models that had to make room.",
                { Double($0.unloads) }
            ),
            (
                "plumb_loaded_model_count", "gauge", "LoadedModelCount.",
                { Double($0.loaded) }
            ),
            (
                "plumb_loaded_model_bytes", "gauge", "Bytes of the files of loaded models.",
                { Double($0.bytes) }
            ),
        ]
        let caches = routes.flatMap { route in route.targets.counters.map { (route.name, $0) } }
        guard !caches.isEmpty else { return "" }
        var page = ""
        for family in families {
            page += "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(family.kind)\n"
            for (endpoint, cache) in caches {
                let value = family.value(cache.counters)
                let text = value == value.rounded() ? "\(Int(value))" : "\(value)"
                page +=
                    "\(family.name){endpoint=\"\(endpoint)\",revision=\"\(cache.revision)\","
                    + "worker=\"\(cache.worker)\"} \(text)\n"
            }
        }
        return page
    }
}
