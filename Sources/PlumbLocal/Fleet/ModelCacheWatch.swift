// Asks workers that load models on demand how their caches do, once a second.

import Foundation
import NIOCore
import PlumbEngine

extension WorkerProcess {
    private struct Report: Decodable { var counters: ModelCacheCounters }
    private static let reportMilliseconds = 1000

    /// Asks until cancelled. A worker that does not answer is the health check's affair.
    func watchModels() async -> String? {
        while !Task.isCancelled {
            await Self.pause(milliseconds: Self.reportMilliseconds)
            guard endpoint.isReady(route) else { continue }
            let answer = await WorkerProbe.ask(
                WorkerProbe.question("/models"), route.address, timeout: .seconds(1), on: loop)
            // Anything but a report says nothing.
            guard let answer, answer.status == 200,
                let report = try? JSONDecoder().decode(Report.self, from: Data(answer.body.readableBytesView))
            else { continue }
            let since = endpoint.targets.note(report.counters, of: route.id, revision: route.revision)
            for metric in since.metrics {
                guard let value = metric.value else { continue }
                endpoint.record(value, of: metric.name, revision: route.revision, at: Int(incidents.now()))
            }
        }
        endpoint.targets.forget(route.id)
        return nil
    }
}
