// What Cost Explorer says of each endpoint, by the tag that names it.

import PlumbModel

/// A question to `GetCostAndUsage`, and its answer in dollars. One request costs a cent.
enum EndpointBill {
    static let tag = "ml:endpoint"

    /// `first` is a day as text; the last one counts whole.
    static func question(from first: String, through last: Day) -> AWSValue {
        [
            "TimePeriod": ["Start": .text(first), "End": .text("\(last.adding(days: 1))")],
            "Granularity": "MONTHLY", "Metrics": ["UnblendedCost"],
            "GroupBy": [["Type": "TAG", "Key": .text(tag)]],
        ]
    }

    /// By endpoint, over all months of the answer.
    static func dollars(_ months: [AWSValue]) -> [String: Double] {
        var billed: [String: Double] = [:]
        for group in months.flatMap({ $0["Groups"].items }) {
            // `ml:endpoint$digits`; what carries no such tag has nothing behind the sign.
            guard let parts = group["Keys"].texts.first?.split(separator: "$", maxSplits: 1), parts.count == 2 else {
                continue
            }
            billed[String(parts[1]), default: 0] += group["Metrics"]["UnblendedCost"].usd ?? 0
        }
        return billed
    }
}

extension AWSValue {
    /// An amount with its unit, as Cost Explorer and Budgets write it; nil for another currency than dollars.
    var usd: Double? { self["Unit"] == "USD" ? self["Amount"].number : nil }
}
