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

    /// The anomalies of an engine's months, oldest first, told.
    static func anomalies(
        in statements: [SpendStatement], fixed: Set<String>, impactMin: Double, format: OutputFormat
    ) -> (text: String, count: Int) {
        let found = SpendAnomalyDetector(impactMin: impactMin).anomalies(
            in: statements, fixed: fixed, before: today())
        return told(found.map { ($0.endpoint, $0.anomaly) }, format)
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
        (found.endpoint.map { "\($0) " } ?? "") + "\(found.anomaly.text)\n"
    }
}
