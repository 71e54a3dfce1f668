// Tells what was spent: a month's statement as text, Markdown, CSV or JSON.

public import PlumbModel

/// A month's statement in the formats that people and programs read.
public enum StatementReport {
    public static func text(_ statement: SpendStatement, style: TextStyle) -> String {
        var sheet = TextSheet(style)
        sheet.write("\(statement.month)", .bold, "spent so far, in USD, at SageMaker's prices for the same instances")
        if statement.endpoints.isEmpty { sheet.write("", nil, "nothing was metered", indent: 2) }
        for endpoint in statement.endpoints { write(endpoint, &sheet) }
        for budget in statement.budgets {
            sheet.blank()
            sheet.write(budget.name, colour(of: budget), sentence(of: budget))
            for alert in budget.alerts { sheet.write("alert", .yellow, alert, indent: 2) }
        }
        return sheet.text
    }

    private static func write(_ endpoint: EndpointStatement, _ sheet: inout TextSheet) {
        sheet.blank()
        sheet.write(
            endpoint.endpoint, .cyan, "\(endpoint.environment.rawValue), team \(endpoint.team), \(endpoint.region)")
        func line(_ name: String, _ value: String) { sheet.verbatim(name.padded(26) + value, indent: 2) }
        line(endpoint.isComplete ? "spent" : "spent, at least", SpendEstimate.usd(endpoint.usd))
        if let forecast = endpoint.forecast {
            line(
                "forecast of the month",
                "\(SpendEstimate.usd(forecast.expectedUSD)) (\(SpendEstimate.usd(forecast.lowUSD)) to "
                    + "\(SpendEstimate.usd(forecast.highUSD)))")
        }
        if let each = endpoint.usdPerThousandRequests { line("per 1,000 requests", rounded(each)) }
        line("requests", "\(endpoint.requests)")
        for (type, hours) in endpoint.instanceHours.sorted(by: { $0.key < $1.key }) {
            line(type, "\(rounded(hours)) h, \(price(endpoint.prices[type]))")
        }
        if endpoint.parkedHours > 0 {
            line(
                "parked", "\(rounded(endpoint.parkedHours)) h, which saved \(SpendEstimate.usd(endpoint.avoidedUSD))")
        }
        if endpoint.unmeteredHours > 0.01 {
            line("not metered", "\(rounded(endpoint.unmeteredHours)) h, in which the engine was away; in no sum")
        }
    }

    private static func price(_ price: MeteredPrice?) -> String {
        guard let price else { return "price not known, in no sum" }
        let kind = price.confidence == .derived ? ", worked out" : ""
        return "\(rounded(price.usdPerHour)) $/h as of \(price.asOf)\(kind)"
    }

    private static func sentence(of budget: BudgetStatement) -> String {
        let percent = budget.limitUSD > 0 ? budget.usd / budget.limitUSD * 100 : 0
        let share = percent > 0 && percent < 100_000 ? " (\(Int(percent)) %)" : ""
        var told =
            "\(budget.isComplete ? "" : "at least ")\(SpendEstimate.usd(budget.usd)) of "
            + "\(SpendEstimate.usd(budget.limitUSD))\(share)"
        if let forecast = budget.forecastUSD { told += ", forecast \(SpendEstimate.usd(forecast))" }
        switch budget.restraint {
        case .none: return told
        case .frozen: return told + ": scaling out is frozen"
        case .stopped: return told + ": parked"
        }
    }

    private static func colour(of budget: BudgetStatement) -> TextSheet.Colour {
        switch budget.restraint {
        case .none: (budget.forecastUSD ?? 0) > budget.limitUSD ? .yellow : .green
        case .frozen: .yellow
        case .stopped: .red
        }
    }

    // MARK: - For other programs

    private static let columns = [
        "month", "endpoint", "environment", "team", "region", "usd", "complete", "forecast_low_usd", "forecast_usd",
        "forecast_high_usd", "usd_per_1000_requests", "requests", "instance_hours", "parked_hours", "avoided_usd",
        "metered_hours", "unmetered_hours",
    ]

    /// One line an endpoint, after a line of names. What is not known is left empty.
    public static func csv(_ statement: SpendStatement) -> String {
        let lines = statement.endpoints.map { row(of: $0, in: statement.month).map(quoted).joined(separator: ",") }
        return ([columns.joined(separator: ",")] + lines).map { $0 + "\n" }.joined()
    }

    private static func row(of endpoint: EndpointStatement, in month: Month) -> [String] {
        func number(_ value: Double?) -> String { value.map(rounded) ?? "" }
        return [
            "\(month)", endpoint.endpoint, endpoint.environment.rawValue, endpoint.team, endpoint.region,
            rounded(endpoint.usd), endpoint.isComplete ? "yes" : "no", number(endpoint.forecast?.lowUSD),
            number(endpoint.forecast?.expectedUSD), number(endpoint.forecast?.highUSD),
            number(endpoint.usdPerThousandRequests), "\(endpoint.requests)",
            rounded(endpoint.instanceHours.values.reduce(0, +)), rounded(endpoint.parkedHours),
            rounded(endpoint.avoidedUSD), rounded(endpoint.meteredHours), rounded(endpoint.unmeteredHours),
        ]
    }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    public static func markdown(_ statement: SpendStatement) -> String {
        var text = "## \(statement.month): spent so far, in USD\n\n"
        text += "| endpoint | environment | team | spent | forecast | per 1,000 requests | avoided |\n"
        text += "|---|---|---|---:|---:|---:|---:|\n"
        for endpoint in statement.endpoints {
            let forecast = endpoint.forecast.map {
                "\(SpendEstimate.usd($0.expectedUSD)) (\(SpendEstimate.usd($0.lowUSD)) to "
                    + "\(SpendEstimate.usd($0.highUSD)))"
            }
            let cells = [
                Markup.markdown(endpoint.endpoint), endpoint.environment.rawValue, Markup.markdown(endpoint.team),
                (endpoint.isComplete ? "" : "at least ") + SpendEstimate.usd(endpoint.usd), forecast ?? "",
                endpoint.usdPerThousandRequests.map(rounded) ?? "", SpendEstimate.usd(endpoint.avoidedUSD),
            ]
            text += "| " + cells.joined(separator: " | ") + " |\n"
        }
        guard !statement.budgets.isEmpty else { return text }
        text += "\n"
        for budget in statement.budgets {
            text += "- **\(Markup.markdown(budget.name))**: \(Markup.markdown(sentence(of: budget)))\n"
        }
        return text
    }

    public static func json(_ statement: SpendStatement) -> String {
        JSON.object([
            ("schema", .string("plumbline.cost-report/1")), ("month", .string("\(statement.month)")),
            ("at", .double(statement.at)),
            ("endpoints", .array(statement.endpoints.map(json))), ("budgets", .array(statement.budgets.map(json))),
        ]).text + "\n"
    }

    private static func json(_ endpoint: EndpointStatement) -> JSON {
        let prices = endpoint.prices.sorted { $0.key < $1.key }.map { type, price in
            JSON.object([
                ("type", .string(type)), ("usdPerHour", .double(price.usdPerHour)),
                ("asOf", .string("\(price.asOf)")), ("confidence", .string(price.confidence.rawValue)),
            ])
        }
        let days = endpoint.days.map { part in
            JSON.object([
                ("day", .string("\(part.day)")), ("usd", .double(part.usd)), ("plannedUSD", .double(part.plannedUSD)),
            ])
        }
        let hours = endpoint.instanceHours.sorted { $0.key < $1.key }.map {
            (key: $0.key, value: JSON.double($0.value))
        }
        return .object([
            ("endpoint", .string(endpoint.endpoint)), ("environment", .string(endpoint.environment.rawValue)),
            ("team", .string(endpoint.team)), ("region", .string(endpoint.region)), ("usd", .double(endpoint.usd)),
            ("isComplete", .bool(endpoint.isComplete)), ("unpriced", JSON(endpoint.unpriced)),
            ("forecastLowUSD", number(endpoint.forecast?.lowUSD)),
            ("forecastUSD", number(endpoint.forecast?.expectedUSD)),
            ("forecastHighUSD", number(endpoint.forecast?.highUSD)),
            ("usdPerThousandRequests", number(endpoint.usdPerThousandRequests)),
            ("requests", .integer(endpoint.requests)), ("instanceHours", .object(hours)),
            ("parkedHours", .double(endpoint.parkedHours)), ("avoidedUSD", .double(endpoint.avoidedUSD)),
            ("meteredHours", .double(endpoint.meteredHours)), ("unmeteredHours", .double(endpoint.unmeteredHours)),
            ("prices", .array(prices)), ("days", .array(days)),
        ])
    }

    private static func json(_ budget: BudgetStatement) -> JSON {
        .object([
            ("name", .string(budget.name)), ("limitUSD", .double(budget.limitUSD)), ("usd", .double(budget.usd)),
            ("isComplete", .bool(budget.isComplete)), ("forecastUSD", number(budget.forecastUSD)),
            ("alerts", JSON(budget.alerts)), ("restraint", .string(budget.restraint.rawValue)),
        ])
    }

    private static func number(_ value: Double?) -> JSON { value.map { .double($0) } ?? .null }

    /// Four digits after the point: small sums of money are what is looked at here.
    private static func rounded(_ value: Double) -> String {
        let scaled = (value * 10_000).rounded() / 10_000
        return scaled == scaled.rounded() && abs(scaled) < 1e15 ? "\(Int(scaled))" : "\(scaled)"
    }
}
