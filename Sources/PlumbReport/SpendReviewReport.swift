// Tells a month's cost review: what each endpoint cost, what is to be decided, and what could not be told.

public import PlumbModel

/// A review as text, JSON, Markdown, or a part of an HTML page.
public enum SpendReviewReport {
    public static func text(_ review: SpendReview, style: TextStyle) -> String {
        var sheet = TextSheet(style)
        sheet.write(review.source, .bold, "\(review.first) to \(review.last), reviewed on \(review.day)")
        sheet.blank()
        sheet.verbatim(
            "".padded(30) + ["expected", "metered", "billed", "difference"].map { $0.leading(13) }.joined(), indent: 2)
        for month in review.endpoints {
            sheet.verbatim(month.name.padded(30) + cells(month, review).map { $0.leading(13) }.joined(), indent: 2)
        }
        if review.endpoints.count > 1 {
            sheet.verbatim("together".padded(30) + sums(review).map { $0.leading(13) }.joined(), indent: 2)
        }
        sheet.blank()
        sheet.write(review.decisions.isEmpty ? "nothing to decide" : "to be decided", .bold)
        for (index, decision) in review.decisions.enumerated() {
            sheet.write("\(index + 1)", .cyan, sentence(decision), indent: 2, hang: 5)
            for line in decision.change { sheet.verbatim(line, indent: 7) }
        }
        if !review.unknown.isEmpty { sheet.blank() }
        for unknown in review.unknown { sheet.write("not known:", .yellow, unknown) }
        return sheet.text
    }

    /// What it rests on, the question, and what it saves.
    public static func sentence(_ decision: SpendDecision) -> String {
        let who = decision.endpoint.isEmpty ? "" : "\(decision.endpoint): "
        let saving = decision.savingUSD.map { usd in
            usd >= 0
                ? " It saves \(SpendEstimate.usd(usd)) USD a month."
                : " It costs \(SpendEstimate.usd(-usd)) USD a month more."
        }
        return "\(who)\(decision.reason). \(decision.question)\(saving ?? "")"
    }

    /// Expected, metered, billed, and the difference in percent.
    private static func cells(_ month: EndpointMonth, _ review: SpendReview) -> [String] {
        [review.expectedUSD(month), month.meteredUSD, month.billedUSD].map(SpendReport.usd)
            + [percent(review.differencePercent(month))]
    }

    private static func sums(_ review: SpendReview) -> [String] {
        func sum(_ part: (EndpointMonth) -> Double?) -> Double? {
            let parts = review.endpoints.map(part)
            return parts.contains(nil) ? nil : parts.reduce(0) { $0 + ($1 ?? 0) }
        }
        var difference: Double?
        if let actual = review.actualUSD, let expected = review.expectedUSD, expected > 0 {
            difference = 100 * (actual - expected) / expected
        }
        return [review.expectedUSD, sum(\.meteredUSD), sum(\.billedUSD)].map(SpendReport.usd) + [percent(difference)]
    }

    private static func percent(_ value: Double?) -> String {
        value.map { ($0 > 0 ? "+" : "") + "\(Int($0.rounded())) %" } ?? "unknown"
    }

    // MARK: - Markdown and HTML

    public static func markdown(_ review: SpendReview) -> String {
        var text = "### Cost review of \(Markup.markdown(review.source)), \(review.first) to \(review.last)\n\n"
        text += "Reviewed on \(review.day) by \(Markup.markdown(review.owner)).\n\n"
        text += "| in USD | expected | metered | billed | difference |\n|---|---:|---:|---:|---:|\n"
        for month in review.endpoints {
            text += "| \(Markup.markdownCode(month.name)) | \(cells(month, review).joined(separator: " | ")) |\n"
        }
        text += "| **together** | \(sums(review).joined(separator: " | ")) |\n\n"
        for decision in review.decisions {
            text += "- [ ] \(Markup.markdown(sentence(decision)))\n"
            if !decision.change.isEmpty {
                text += "\n  ```diff\n" + decision.change.map { "  \($0)\n" }.joined() + "  ```\n\n"
            }
        }
        if review.decisions.isEmpty { text += "Nothing to decide.\n" }
        for unknown in review.unknown { text += "- not known: \(Markup.markdown(unknown))\n" }
        return text
    }

    /// One section, to stand in a page of the caller's.
    public static func html(_ review: SpendReview) -> String {
        func row(_ name: String, _ values: [String]) -> String {
            "<tr><th scope=\"row\">\(Markup.text(name))</th>"
                + values.map { "<td class=\"number\">\(Markup.text($0))</td>" }.joined() + "</tr>\n"
        }
        var text = "<section class=\"cost-review\">\n<h2>Cost review of \(Markup.text(review.source))</h2>\n"
        text += "<p>\(review.first) to \(review.last), reviewed on \(review.day) by \(Markup.text(review.owner)).</p>\n"
        text += "<table>\n<thead><tr><th>in USD</th><th>expected</th><th>metered</th><th>billed</th>"
        text += "<th>difference</th></tr></thead>\n<tbody>\n"
        for month in review.endpoints { text += row(month.name, cells(month, review)) }
        text += row("together", sums(review)) + "</tbody>\n</table>\n<ol>\n"
        for decision in review.decisions {
            let change =
                decision.change.isEmpty
                ? "" : "<pre>\(Markup.text(decision.change.joined(separator: "\n")))</pre>"
            text += "<li>\(Markup.text(sentence(decision)))\(change)</li>\n"
        }
        text += "</ol>\n<ul>\n"
        for unknown in review.unknown { text += "<li>not known: \(Markup.text(unknown))</li>\n" }
        return text + "</ul>\n</section>\n"
    }

    // MARK: - JSON

    public static func json(_ review: SpendReview) -> String {
        JSON.object([
            ("schema", .string("plumbline.cost-review/1")), ("source", .string(review.source)),
            ("day", .string("\(review.day)")), ("owner", .string(review.owner)),
            ("first", .string("\(review.first)")), ("last", .string("\(review.last)")),
            ("expectedUSD", cents(review.expectedUSD)), ("actualUSD", cents(review.actualUSD)),
            ("endpoints", .array(review.endpoints.map { json($0, review) })),
            (
                "decisions",
                .array(
                    review.decisions.map { decision in
                        .object([
                            ("kind", .string(decision.kind.rawValue)), ("endpoint", .string(decision.endpoint)),
                            ("question", .string(decision.question)), ("reason", .string(decision.reason)),
                            ("savingUSD", cents(decision.savingUSD)), ("change", JSON(decision.change)),
                        ])
                    })
            ), ("tools", JSON(review.tools?.answered ?? [])), ("unknown", JSON(review.unknown)),
        ]).text + "\n"
    }

    private static func json(_ month: EndpointMonth, _ review: SpendReview) -> JSON {
        .object([
            ("name", .string(month.name)), ("environment", .string(month.environment.rawValue)),
            ("team", JSON(month.team)), ("instanceType", JSON(month.instanceType)),
            ("days", .double(month.days)), ("requests", month.requests.map { .double($0) } ?? .null),
            ("expectedUSD", cents(review.expectedUSD(month))), ("meteredUSD", cents(month.meteredUSD)),
            ("billedUSD", cents(month.billedUSD)),
            ("differencePercent", review.differencePercent(month).map { .double(($0 * 10).rounded() / 10) } ?? .null),
        ])
    }

    private static func cents(_ usd: Double?) -> JSON { usd.map { .double(($0 * 100).rounded() / 100) } ?? .null }
}
