// What the engine's meter and budgets say, as Prometheus reads them.

import NIOConcurrencyHelpers
import PlumbModel

extension GatewayState {
    func spendingPage() -> String {
        guard let statement = spending.withLockedValue({ $0 }) else { return "" }
        let ofEndpoints: [(name: String, help: String, value: (EndpointStatement) -> Double?)] = [
            (
                "plumb_cost_month_to_date_usd", "Spent this month, at SageMaker's prices for the same instances.",
                { $0.usd }
            ),
            (
                "plumb_cost_forecast_usd", "What the month comes to if its rest goes as planned.",
                { $0.forecast?.expectedUSD }
            ),
            ("plumb_cost_avoided_usd", "What parking has saved this month.", { $0.avoidedUSD }),
            (
                "plumb_cost_per_thousand_requests_usd", "Spent on 1,000 requests this month.",
                { $0.usdPerThousandRequests }
            ),
        ]
        var page = ""
        for metric in ofEndpoints {
            let values = statement.endpoints.compactMap { endpoint in
                metric.value(endpoint).map { (endpoint.endpoint, $0) }
            }
            guard !values.isEmpty else { continue }
            page += Self.declaration(metric.name, "gauge", metric.help)
            page += values.map { "\(metric.name){endpoint=\"\($0.0)\"} \($0.1)\n" }.joined()
        }
        let ofBudgets: [(name: String, help: String, value: (BudgetStatement) -> Double)] = [
            ("plumb_budget_limit_usd", "A budget's monthly limit.", { $0.limitUSD }),
            ("plumb_budget_spent_usd", "What counts against it this month.", { $0.usd }),
        ]
        for metric in ofBudgets where !statement.budgets.isEmpty {
            page += Self.declaration(metric.name, "gauge", metric.help)
            page += statement.budgets.map {
                "\(metric.name){budget=\"\(Self.escaped($0.name))\"} \(metric.value($0))\n"
            }.joined()
        }
        return page
    }

    /// A label's value as the text format has it.
    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
