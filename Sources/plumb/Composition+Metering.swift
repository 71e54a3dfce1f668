// What was spent: a month's statement told, and the days of a meter or a file that were odd.

import Foundation
import PlumbEngine
import PlumbModel
import PlumbReport

extension Composition {
    static func statement(_ statement: SpendStatement, format: StatementFormat) -> String {
        switch format {
        case .text: StatementReport.text(statement, style: style)
        case .json: StatementReport.json(statement)
        case .markdown: StatementReport.markdown(statement)
        case .csv: StatementReport.csv(statement)
        }
    }

    /// An anomaly, and of which endpoint where that is known.
    private typealias Found = (endpoint: String?, anomaly: SpendAnomaly)

    /// The anomalies of a series of daily costs, told.
    static func anomalies(
        in csv: String, file: String, impactMin: Double, format: OutputFormat
    ) throws -> (text: String, count: Int) {
        let costs = try DayCost.read(csv: csv, file: file)
        let days = SpendAnomalyDetector.daysToLearn
        guard costs.count > days || costs.contains(where: { $0.plannedUSD != nil }) else {
            throw PlumbError(
                .invalidInput, "\(file) has \(costs.count) days, and none of them can be judged",
                hint: "the first \(days) are learned from: give more days, or what was planned as a third column")
        }
        let found = SpendAnomalyDetector(impactMin: impactMin).anomalies(in: costs)
        return told(found.map { (nil, $0) }, format)
    }

    /// The anomalies of an engine's months, oldest first, up to yesterday: today is not over. The plan stands in for
    /// the days from which nothing can be learned yet, and judges all days of endpoints with a fixed count.
    static func anomalies(
        in statements: [SpendStatement], fixed: Set<String>, impactMin: Double, format: OutputFormat
    ) -> (text: String, count: Int) {
        let today = today()
        let byName = Dictionary(grouping: statements.flatMap(\.endpoints)) { $0.endpoint }
        let found = byName.sorted { $0.key < $1.key }.flatMap { name, months -> [Found] in
            let days = months.flatMap(\.days).filter { $0.day < today }
            let costs = days.enumerated().map { index, part in
                let isPlanned = index < SpendAnomalyDetector.daysToLearn || fixed.contains(name)
                return DayCost(day: part.day, usd: part.usd, plannedUSD: isPlanned ? part.plannedUSD : nil)
            }
            return SpendAnomalyDetector(impactMin: impactMin).anomalies(in: costs).map { (name, $0) }
        }
        return told(found, format)
    }

    private static func told(_ found: [Found], _ format: OutputFormat) -> (text: String, count: Int) {
        if format == .json { return (JSON.array(found.map(json)).text + "\n", found.count) }
        return (found.isEmpty ? "nothing odd\n" : found.map(line).joined(), found.count)
    }

    private static func json(_ found: Found) -> JSON {
        let anomaly = found.anomaly
        var members: [(key: String, value: JSON)] = [
            ("first", .string(anomaly.first.description)), ("last", .string(anomaly.last.description)),
            ("cause", .string(anomaly.cause.rawValue)), ("usd", .double(anomaly.usd)),
            ("expectedUSD", .double(anomaly.expectedUSD)), ("impactUSD", .double(anomaly.impactUSD)),
        ]
        if let endpoint = found.endpoint { members.insert((key: "endpoint", value: .string(endpoint)), at: 0) }
        return .object(members)
    }

    private static func line(_ found: Found) -> String {
        let anomaly = found.anomaly
        let days = anomaly.first == anomaly.last ? "\(anomaly.first)" : "\(anomaly.first) to \(anomaly.last)"
        let cause =
            switch anomaly.cause {
            case .unlikeItsWeekday: "unlike the same weekdays before"
            case .creeping: "a little more every day"
            case .unlikeItsPlan: "unlike the plan"
            }
        return (found.endpoint.map { "\($0) " } ?? "")
            + "\(days): \(SpendEstimate.usd(anomaly.usd)) USD, expected \(SpendEstimate.usd(anomaly.expectedUSD)) "
            + "(\(anomaly.impactUSD > 0 ? "+" : "")\(SpendEstimate.usd(anomaly.impactUSD))), \(cause)\n"
    }
}
