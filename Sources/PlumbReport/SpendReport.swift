// Tells what deployments are going to cost: a table of parts, the sums, and what the budget says to it.

public import PlumbModel

/// Estimates as text, JSON, or the comment on a pull request.
public enum SpendReport {
    /// One input's estimate, and that of an older version where it is compared with one.
    public struct Subject: Sendable {
        public var path: String
        public var estimate: SpendEstimate
        public var before: SpendEstimate?
        public init(path: String, estimate: SpendEstimate, before: SpendEstimate? = nil) {
            self.path = path
            self.estimate = estimate
            self.before = before
        }
    }

    public static func text(_ subjects: [Subject], on day: Day, style: TextStyle) -> String {
        var sheet = TextSheet(style)
        for (index, subject) in subjects.enumerated() {
            if index > 0 { sheet.blank() }
            sheet.write(subject.path, .bold, "a month in \(subject.estimate.environment.rawValue), in USD")
            for spend in subject.estimate.endpoints { write(spend, on: day, &sheet) }
            for group in subject.estimate.groups {
                sheet.blank()
                sheet.write(group.name, colour(of: group.verdict), sentence(of: group))
            }
            guard let before = subject.before else { continue }
            sheet.blank()
            sheet.write("change", .bold)
            for line in changes(from: before, to: subject.estimate) {
                sheet.verbatim(
                    "\(line.name.padded(28)) \(line.floor.leading(14)) \(line.expected.leading(14)) "
                        + "\(line.worst.leading(14))", indent: 2)
            }
        }
        return sheet.text
    }

    private static func write(_ spend: EndpointSpend, on day: Day, _ sheet: inout TextSheet) {
        sheet.blank()
        sheet.write(
            spend.name, .cyan, "\(number(spend.hoursPerMonth)) h a month (\(spend.hoursBasis))")
        sheet.verbatim(
            "\("".padded(38))\("floor".leading(13))\("expected".leading(13))\("worst".leading(13))", indent: 2)
        for part in spend.parts {
            sheet.verbatim(
                part.name.padded(38)
                    + [part.floorUSD, part.expectedUSD, part.worstUSD].map { usd($0).leading(13) }.joined(),
                indent: 2)
            sheet.write("", nil, part.basis, indent: 4, hang: 4)
        }
        let sums = [spend.floorUSD, spend.expectedUSD, spend.worstUSD].map { SpendEstimate.usd($0).leading(13) }
            .joined()
        sheet.verbatim((spend.isComplete ? "together" : "together, at least").padded(38) + sums, indent: 2)
        for unknown in spend.unknown { sheet.write("not known:", .yellow, unknown, indent: 2) }
        if let region = spend.regionAssumed {
            sheet.write("region", .yellow, "\(region), since the input names none (--price-region)", indent: 2)
        }
        for price in Set(spend.prices).sorted(by: { $0.type < $1.type }) {
            guard let known = price.price else { continue }
            let kind = known.confidence == .derived ? ", worked out" : ""
            sheet.write(
                "price", .faint,
                "\(price.type) in \(price.region) \(number(known.usdPerHour, places: 4)) $/h as of \(known.asOf), "
                    + "\(day.days(since: known.asOf)) days old\(kind)", indent: 2)
        }
    }

    /// What a group's month says to its limit.
    static func sentence(of group: SpendEstimate.Group) -> String {
        guard let limit = group.limitUSD else { return "no limit is known, so nothing can be said of it" }
        let told = SpendEstimate.usd
        let wanted = group.isCap ? "wanted less than \(told(limit))" : "wanted at most \(told(limit))"
        switch group.verdict {
        case .fits: return "fits: at worst \(told(group.worstUSD)), \(wanted)"
        case .worstCaseIsOver:
            return "the worst case is over: \(told(group.worstUSD)), \(wanted); expected \(told(group.expectedUSD))"
        case .expectedIsOver: return "over: \(told(group.expectedUSD)) are expected, \(wanted)"
        case .floorIsOver: return "over: \(told(group.floorUSD)) at the least, \(wanted)"
        case .unknown: return "not known: at least \(told(group.worstUSD)) at worst, \(wanted)"
        }
    }

    private static func colour(of verdict: BudgetVerdict) -> TextSheet.Colour {
        switch verdict {
        case .fits: .green
        case .worstCaseIsOver, .unknown: .yellow
        case .expectedIsOver, .floorIsOver: .red
        }
    }

    // MARK: - Changes

    private struct Change {
        var name: String
        var floor: String
        var expected: String
        var worst: String
    }

    /// One line for each endpoint that is in either, and one for all.
    private static func changes(from before: SpendEstimate, to after: SpendEstimate) -> [Change] {
        func line(_ name: String, _ old: [Double]?, _ new: [Double]?) -> Change {
            let steps = (0..<3).map { signed((new?[$0] ?? 0) - (old?[$0] ?? 0)) }
            let label = old == nil ? "\(name) (new)" : new == nil ? "\(name) (gone)" : name
            return Change(name: label, floor: steps[0], expected: steps[1], worst: steps[2])
        }
        func sums(_ spend: EndpointSpend) -> [Double] { [spend.floorUSD, spend.expectedUSD, spend.worstUSD] }
        let old = Dictionary(before.endpoints.map { ($0.name, sums($0)) }, uniquingKeysWith: { first, _ in first })
        let new = Dictionary(after.endpoints.map { ($0.name, sums($0)) }, uniquingKeysWith: { first, _ in first })
        let names = Set(old.keys).union(new.keys).sorted()
        let total = line(
            "together", [before.floorUSD, before.expectedUSD, before.worstUSD],
            [after.floorUSD, after.expectedUSD, after.worstUSD])
        return names.map { line($0, old[$0], new[$0]) } + (names.count > 1 ? [total] : [])
    }

    private static func signed(_ usd: Double) -> String { (usd >= 0.005 ? "+" : "") + SpendEstimate.usd(usd) }

    // MARK: - Markdown

    public static func markdown(_ subjects: [Subject], on day: Day) -> String {
        var text = "### What it costs a month, in USD\n"
        for subject in subjects {
            text += "\n**\(Markup.markdown(subject.path))** in \(subject.estimate.environment.rawValue)\n"
            text += "\n| | floor | expected | worst |\n|---|---:|---:|---:|\n"
            for spend in subject.estimate.endpoints {
                for part in spend.parts {
                    let sums = [part.floorUSD, part.expectedUSD, part.worstUSD].map(usd).joined(separator: " | ")
                    text += "| \(Markup.markdown(spend.name)): \(Markup.markdown(part.name)) | \(sums) |\n"
                }
            }
            let sums = [subject.estimate.floorUSD, subject.estimate.expectedUSD, subject.estimate.worstUSD]
            text += "| **\(subject.estimate.isComplete ? "together" : "together, at least")** | "
            text += sums.map(SpendEstimate.usd).joined(separator: " | ") + " |\n"
            if let before = subject.before {
                for line in changes(from: before, to: subject.estimate) {
                    let name = Markup.markdown(line.name)
                    text += "| change of \(name) | \(line.floor) | \(line.expected) | \(line.worst) |\n"
                }
            }
            text += "\n"
            for group in subject.estimate.groups {
                text += "- \(Markup.markdown(group.name)): \(Markup.markdown(sentence(of: group)))\n"
            }
            for unknown in subject.estimate.endpoints.flatMap(\.unknown) {
                text += "- not known: \(Markup.markdown(unknown))\n"
            }
        }
        return text
    }

    // MARK: - JSON

    public static func json(_ subjects: [Subject], on day: Day) -> String {
        let values = subjects.map { subject -> JSON in
            var members: [(key: String, value: JSON)] = [
                ("path", .string(subject.path)), ("environment", .string(subject.estimate.environment.rawValue)),
                ("asOf", .string(day.description)), ("hoursPerMonth", .double(PriceBook.hoursPerMonth)),
            ]
            members += sums(subject.estimate.floorUSD, subject.estimate.expectedUSD, subject.estimate.worstUSD)
            members += [
                ("isComplete", .bool(subject.estimate.isComplete)),
                ("endpoints", .array(subject.estimate.endpoints.map { json($0) })),
                ("budgets", .array(subject.estimate.groups.map { json($0) })),
            ]
            if let before = subject.before {
                members.append(("before", .object(sums(before.floorUSD, before.expectedUSD, before.worstUSD))))
            }
            return .object(members)
        }
        return JSON.array(values).text + "\n"
    }

    private static func sums(_ floor: Double?, _ expected: Double?, _ worst: Double?) -> [(key: String, value: JSON)] {
        [("floorUSD", cents(floor)), ("expectedUSD", cents(expected)), ("worstUSD", cents(worst))]
    }
    private static func cents(_ usd: Double?) -> JSON { usd.map { .double(($0 * 100).rounded() / 100) } ?? .null }

    private static func json(_ spend: EndpointSpend) -> JSON {
        let parts = spend.parts.map { part in
            JSON.object(
                [("name", .string(part.name)), ("basis", .string(part.basis))]
                    + sums(part.floorUSD, part.expectedUSD, part.worstUSD))
        }
        let prices = spend.prices.map { price in
            JSON.object([
                ("type", .string(price.type)), ("region", .string(price.region)),
                ("usdPerHour", price.price.map { .double($0.usdPerHour) } ?? .null),
                ("confidence", .string(price.price?.confidence.rawValue ?? "none")),
                ("asOf", JSON(price.price?.asOf.description)), ("source", JSON(price.price?.source)),
            ])
        }
        return .object(
            [
                ("name", .string(spend.name)), ("team", JSON(spend.team)),
                ("hoursPerMonth", .double(spend.hoursPerMonth)), ("hoursBasis", .string(spend.hoursBasis)),
                ("regionAssumed", JSON(spend.regionAssumed)),
            ] + sums(spend.floorUSD, spend.expectedUSD, spend.worstUSD) + [
                ("isComplete", .bool(spend.isComplete)), ("unknown", JSON(spend.unknown)), ("parts", .array(parts)),
                ("prices", .array(prices)),
            ])
    }

    private static func json(_ group: SpendEstimate.Group) -> JSON {
        .object(
            [
                ("name", .string(group.name)), ("limitUSD", cents(group.limitUSD)),
                ("verdict", .string(group.verdict.rawValue)), ("told", .string(sentence(of: group))),
            ] + sums(group.floorUSD, group.expectedUSD, group.worstUSD))
    }

    /// An amount, or that it is not known.
    static func usd(_ amount: Double?) -> String { amount.map(SpendEstimate.usd) ?? "unknown" }

    private static func number(_ value: Double, places: Int = 2) -> String {
        let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}

extension String {
    /// Filled with spaces on the right.
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
    /// Filled with spaces on the left.
    func leading(_ width: Int) -> String { String(repeating: " ", count: max(1, width - count)) + self }
}
