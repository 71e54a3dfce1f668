// What plumb status says of an endpoint's hours and its money.

import Foundation
import PlumbEngine
import PlumbModel

enum SpendText {
    static func lines(_ endpoint: EndpointStatus, now: Double) -> [String] {
        var lines: [String] = []
        let record = endpoint.record
        if let parking = record.parking, parking.isAway {
            let since = TimeText.text(of: parking.machine.since)
            lines.append("  parked    since \(since): \(parking.record?.reason ?? "it is away")")
        } else if let until = record.parking?.startedUntil, until > now {
            lines.append("  hours     kept on until \(TimeText.text(of: until))")
        }
        if let spend = endpoint.spend {
            var line =
                "  spend     \(spend.isComplete ? "" : "at least ")\(SpendEstimate.usd(spend.usd)) USD this month"
            if let forecast = spend.forecast { line += ", forecast \(SpendEstimate.usd(forecast.expectedUSD))" }
            if spend.avoidedUSD >= 0.005 { line += ", \(SpendEstimate.usd(spend.avoidedUSD)) avoided" }
            lines.append(line)
        }
        guard let spending = record.spending, spending.restraint != .none else { return lines }
        lines.append("            \(spending.restraint.rawValue): \(spending.reason)")
        if let until = spending.allowedUntil, until > now {
            lines.append("            allowed all the same until \(TimeText.text(of: until))")
        }
        return lines
    }
}
