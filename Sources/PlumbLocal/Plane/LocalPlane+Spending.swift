// What people ask about money, and the books that answer it.

import Logging
import NIOConcurrencyHelpers
public import PlumbEngine
public import PlumbModel

extension LocalPlane {
    /// Looks once a second until the engine ends, and writes down what is left.
    func keepBooks() async {
        while !Task.isCancelled {
            do {
                if try await books.tick(Array(runners.values)) {
                    let statement = try await books.statement()
                    house.gateway.spending.withLockedValue { $0 = statement }
                }
            } catch is CancellationError {
                break
            } catch {
                log.error("what is spent cannot be written down: \(error)")
            }
            // Ending early is what cancelling is for.
            try? await Task.sleep(for: .seconds(1))
        }
        do {
            try await books.close()
        } catch {
            log.error("the last minute of the meter is lost: \(error)")
        }
    }

    /// What an endpoint has cost this month, as of the last minute.
    func metered(_ endpoint: String) -> EndpointStatement? {
        house.gateway.spending.withLockedValue { $0?.endpoints.first { $0.endpoint == endpoint } }
    }

    /// Who is told of a budget: the channels that took what they were last given.
    var budgetSubscribers: Fact<[Fact<String>]> {
        let channels = house.alarms
        guard !channels.isEmpty else {
            return .unknown(
                "alerts go to the log and the audit record, and who reads those is not seen; plumb up --alarm-topic or "
                    + "--alarm-webhook tells somebody")
        }
        let reached = channels.filter { !$0.isFailing }.map { Fact.known($0.name) }
        guard reached.isEmpty else { return .known(reached) }
        return .unknown("the last alarm has reached nobody through \(channels.map(\.name).joined(separator: " or "))")
    }

    public func spend(
        _ endpoint: String, _ order: SpendingOrder, until: Double?, reason: String, by actor: String
    ) async throws -> Double? {
        do {
            return try await endpointRunner(endpoint).obey(order, until: until, reason: reason, by: actor)
        } catch let error as PlumbError {
            try await refused("spending.\(order.rawValue)", endpoint, error, by: actor)
            throw error
        }
    }

    public func spending(of endpoint: String?, in month: Month?) async throws -> SpendStatement {
        var statement = try await books.statement(of: month)
        guard let endpoint else { return statement }
        let kept = statement.endpoints.filter { $0.endpoint == endpoint }
        // One that is gone may have cost something in its time.
        if kept.isEmpty { _ = try endpointRunner(endpoint) }
        statement.endpoints = kept
        statement.budgets = statement.budgets.filter { budget in
            budget.name == "endpoint \(endpoint)"
                || kept.contains { budget.name == "team \($0.team) in \($0.environment.rawValue)" }
        }
        return statement
    }
}
