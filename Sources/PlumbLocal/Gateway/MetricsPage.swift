// The gateway's metrics as Prometheus reads them.

import NIOConcurrencyHelpers
import PlumbModel
import PlumbSignals

extension GatewayState {
    /// Upper bounds of the latency histogram's buckets, in milliseconds.
    private static let boundsMilliseconds: [Double] = [
        0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000,
    ]

    /// The whole page, in Prometheus' text format 0.0.4.
    func metricsPage() -> String {
        var page = ""
        func declare(_ name: String, _ kind: String, _ help: String) {
            page += Self.declaration(name, kind, help)
        }
        let routes = routes
        declare("plumb_requests_total", "counter", "Answered requests by outcome, as SageMaker counts them.")
        for (labels, traffic) in series(routes) {
            let totals = traffic.requests.totals
            let rest = totals.requests - totals.successes - totals.clientErrors - totals.serverErrors
            for (outcome, count) in [
                ("2xx", totals.successes), ("4xx", totals.clientErrors), ("5xx", totals.serverErrors), ("other", rest),
            ] {
                page += "plumb_requests_total{\(labels),outcome=\"\(outcome)\"} \(count)\n"
            }
        }
        declare(
            "plumb_request_duration_seconds", "histogram",
            "Time in the house, from the request's last byte to its answer.")
        for (labels, traffic) in series(routes) {
            let counts = traffic.requests.lifetimeCounts(
                atOrBelow: Self.boundsMilliseconds.map { Int($0 * 1000) })
            for (bound, count) in zip(Self.boundsMilliseconds, counts) {
                page += "plumb_request_duration_seconds_bucket{\(labels),le=\"\(bound / 1000)\"} \(count)\n"
            }
            let totals = traffic.requests.totals
            page += "plumb_request_duration_seconds_bucket{\(labels),le=\"+Inf\"} \(totals.requests)\n"
            page += "plumb_request_duration_seconds_sum{\(labels)} \(Double(totals.latencyMicroseconds) / 1e6)\n"
            page += "plumb_request_duration_seconds_count{\(labels)} \(totals.requests)\n"
        }
        declare("plumb_traffic_weight_percent", "gauge", "Share of the endpoint's traffic.")
        for route in routes {
            for (revision, weight) in route.weights.sorted(by: { $0.key < $1.key }) {
                page += "plumb_traffic_weight_percent{\(Self.labels(route.name, revision))} \(weight)\n"
            }
        }
        page += invocations(routes)
        page += caches(routes)
        page += modelCachesPage()
        declare("plumb_requests_in_flight", "gauge", "Requests that workers are busy with.")
        for route in routes {
            page += "plumb_requests_in_flight{endpoint=\"\(route.name)\"} \(route.inFlightTotal)\n"
        }
        let counters = counters
        declare(
            "plumb_requests_throttled_total", "counter", "Requests refused with 429: their token's rate was used up.")
        page += "plumb_requests_throttled_total \(counters.throttled)\n"
        declare("plumb_requests_shed_total", "counter", "Requests refused with 503: the queue was full.")
        page += "plumb_requests_shed_total \(counters.shed)\n"
        declare("plumb_connections", "gauge", "Open client connections.")
        page += "plumb_connections \(connections)\n"
        declare("plumb_glass_broken", "gauge", "People who may change production without a second person now.")
        page += "plumb_glass_broken \(principals.glassesBroken(at: seconds()))\n"
        page += retries(routes) + spans() + gpuPage() + spendingPage()
        if let days = certificateDays.withLockedValue({ $0 }) {
            declare("plumb_certificate_days", "gauge", "Days until the gateway's own certificate ends.")
            page += "plumb_certificate_days \(days)\n"
        }
        return page
    }

    /// What CloudWatch shows of a SageMaker endpoint, by its names.
    private func invocations(_ routes: [EndpointRoute]) -> String {
        var page = ""
        let metrics: [(name: String, help: String, value: (RequestTotals) -> UInt64)] = [
            ("plumb_invocations_total", "Invocations: requests that a model was asked.", { $0.requests }),
            ("plumb_invocation_4xx_errors_total", "Invocation4XXErrors.", { $0.clientErrors }),
            ("plumb_invocation_5xx_errors_total", "Invocation5XXErrors.", { $0.serverErrors }),
            (
                "plumb_model_latency_microseconds_total", "ModelLatency, summed over all invocations.",
                { $0.latencyMicroseconds }
            ),
        ]
        for metric in metrics {
            page += Self.declaration(metric.name, "counter", metric.help)
            for (labels, traffic) in series(routes) {
                page += "\(metric.name){\(labels)} \(metric.value(traffic.requests.totals))\n"
            }
        }
        return page
    }

    private func caches(_ routes: [EndpointRoute]) -> String {
        var page = ""
        let metrics: [(name: String, kind: String, help: String, value: (ResponseCache.Counters) -> Double)] = [
            (
                "plumb_cache_hits_total", "counter", "Requests answered with a kept answer; no invocations.",
                { Double($0.hits) }
            ),
            ("plumb_cache_misses_total", "counter", "Requests without a kept answer.", { Double($0.misses) }),
            (
                "plumb_cache_sampled_total", "counter", "Requests sent to the model although an answer was kept.",
                { Double($0.sampled) }
            ),
            ("plumb_cache_bytes", "gauge", "Bytes of kept answers.", { Double($0.bytes) }),
            (
                "plumb_cache_hit_ratio", "gauge", "Share of requests that had a kept answer, since the start.",
                { Double($0.hits + $0.sampled) / Double(max(1, $0.hits + $0.sampled + $0.misses)) }
            ),
        ]
        let caches = routes.map { (name: $0.name, counters: $0.cache.counters) }
            .filter { $0.counters.misses > 0 }
        for metric in metrics where !caches.isEmpty {
            page += Self.declaration(metric.name, metric.kind, metric.help)
            for cache in caches {
                let value = metric.value(cache.counters)
                let text = value == value.rounded() ? "\(Int(value))" : "\(value)"
                page += "\(metric.name){endpoint=\"\(cache.name)\"} \(text)\n"
            }
        }
        return page
    }

    private func retries(_ routes: [EndpointRoute]) -> String {
        let retries = routes.flatMap { route in route.retries.map { (Self.labels(route.name, $0.revision), $0) } }
        return Self.declaration("plumb_retries_total", "counter", "Requests sent once more, to another worker.")
            + retries.map { "plumb_retries_total{\($0)} \($1.made)\n" }.joined()
            + Self.declaration(
                "plumb_retries_refused_total", "counter", "Requests not sent once more: the budget was used up.")
            + retries.map { "plumb_retries_refused_total{\($0)} \($1.refused)\n" }.joined()
    }

    private func gpuPage() -> String {
        let helps = ["GPUUtilization": "Use of all GPUs", "GPUMemoryUtilization": "Memory in use on all GPUs"]
        return gpus.metrics.map { name, value in
            let own =
                name == "GPUUtilization" ? "plumb_gpu_utilization_percent" : "plumb_gpu_memory_utilization_percent"
            return Self.declaration(own, "gauge", "\(helps[name] ?? name), to 100 for each: \(name).")
                + "\(own) \(value)\n"
        }.joined()
    }

    private func spans() -> String {
        guard let counters = tracer?.queue.counters else { return "" }
        return Self.declaration("plumb_spans_total", "counter", "Spans that were recorded.")
            + "plumb_spans_total \(counters.taken)\n"
            + Self.declaration(
                "plumb_spans_lost_total", "counter", "Spans that are in no file, or not at the collector.")
            + "plumb_spans_lost_total{to=\"file\"} \(counters.dropped)\n"
            + "plumb_spans_lost_total{to=\"collector\"} \(counters.undelivered)\n"
    }

    static func declaration(_ name: String, _ kind: String, _ help: String) -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }

    private func series(_ routes: [EndpointRoute]) -> [(labels: String, traffic: RevisionTraffic)] {
        routes.flatMap { route in
            route.withTraffic { traffic in
                traffic.sorted { $0.key < $1.key }.map { (Self.labels(route.name, $0.key), $0.value) }
            }
        }
    }

    private static func labels(_ endpoint: String, _ revision: Int) -> String {
        "endpoint=\"\(endpoint)\",variant=\"primary\",revision=\"\(revision)\""
    }
}
