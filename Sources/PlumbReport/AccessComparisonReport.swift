// Two versions of a policy compared, and a policy made from calls: text for people, JSON for programs.

public import PlumbModel

/// Tells what two versions of a policy differ in; the same comparison always gives the same text, ending in a line
/// break.
public enum AccessComparisonReport {
    /// Actions of one difference that are named before the rest is counted.
    private static let actionsMax = 6

    /// For a terminal or a log: what is gained first, each with a request that shows it.
    public static func text(_ comparison: AccessComparison, style: TextStyle = TextStyle()) -> String {
        var sheet = TextSheet(style)
        write(comparison.gained, comparison.undecidedGains, "new", .red, to: &sheet)
        write(comparison.lost, comparison.undecidedLosses, "lost", .yellow, to: &sheet)
        let colour: TextSheet.Colour = comparison.newAccess == .no ? .green : .red
        sheet.write("new access?", colour, comparison.newAccess.rawValue)
        sheet.write("lost access?", nil, comparison.lostAccess.rawValue)
        return sheet.text
    }

    private static func write(
        _ differences: [AccessComparison.Difference], _ undecided: [String], _ word: String,
        _ colour: TextSheet.Colour, to sheet: inout TextSheet
    ) {
        for difference in differences {
            let more = difference.actions.count - actionsMax
            let named = difference.actions.prefix(actionsMax).joined(separator: ", ")
            sheet.write(word, colour, named + (more > 0 ? " and \(more) more" : ""))
            let place = difference.place.map { " at \($0)" } ?? ""
            sheet.write("", nil, "by statement \(difference.statement + 1)\(place)", indent: 2)
            sheet.write("", nil, "for example " + told(difference.example), indent: 2)
            sheet.blank()
        }
        for why in undecided { sheet.write("unknown", .yellow, "\(word) access: \(why)") }
        if !undecided.isEmpty { sheet.blank() }
    }

    private static func told(_ request: PolicyRequest) -> String {
        var parts = [request.action]
        if !request.resource.isEmpty { parts.append("on \(request.resource)") }
        if let principal = request.principal { parts.append("by \(principal.id)") }
        let context = request.context.sorted { $0.key < $1.key }.map { key, values in
            "\(key) = \(values.joined(separator: ", "))"
        }
        return parts.joined(separator: " ") + (context.isEmpty ? "" : " with " + context.joined(separator: "; "))
    }

    /// The contract `plumbline.iam-diff/1`; `statement` counts from 0.
    public static func json(_ comparison: AccessComparison, old: String, new: String) -> String {
        let report: JSON = [
            "schema": "plumbline.iam-diff/1",
            "old": .string(old), "new": .string(new),
            "newAccess": .string(comparison.newAccess.rawValue),
            "lostAccess": .string(comparison.lostAccess.rawValue),
            "gained": .array(comparison.gained.map(json)), "lost": .array(comparison.lost.map(json)),
            "undecidedGains": JSON(comparison.undecidedGains), "undecidedLosses": JSON(comparison.undecidedLosses),
        ]
        return report.text + "\n"
    }

    private static func json(_ difference: AccessComparison.Difference) -> JSON {
        let request = difference.example
        let principal = request.principal.map { JSON.object([(key: $0.kind, value: .string($0.id))]) } ?? .null
        let context = request.context.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSON($0.value)) }
        let place: JSON =
            difference.place.map { ["file": .string($0.file), "line": JSON($0.line), "column": JSON($0.column)] }
            ?? .null
        return [
            "actions": JSON(difference.actions), "statement": .integer(difference.statement), "place": place,
            "example": [
                "action": .string(request.action), "resource": .string(request.resource), "principal": principal,
                "context": .object(context),
            ],
        ]
    }
}

/// Writes a policy as IAM takes it.
public enum PolicyText {
    /// JSON that ends in a line break, elements in IAM's usual order.
    public static func json(_ document: PolicyDocument) -> String {
        var members: [(key: String, value: JSON)] = []
        if let version = document.version { members.append((key: "Version", value: .string(version))) }
        members.append((key: "Statement", value: .array(document.statements.map(json))))
        return JSON.object(members).text + "\n"
    }

    private static func json(_ statement: PolicyStatement) -> JSON {
        var members: [(key: String, value: JSON)] = []
        if let sid = statement.sid { members.append((key: "Sid", value: .string(sid))) }
        members.append((key: "Effect", value: .string(statement.effect.rawValue)))
        for (name, texts) in [
            ("Action", statement.actions), ("NotAction", statement.notActions), ("Resource", statement.resources),
            ("NotResource", statement.notResources),
        ] where !texts.isEmpty {
            members.append((key: name, value: oneOrMore(texts)))
        }
        if !statement.conditions.isEmpty {
            var operators: [(key: String, value: JSON)] = []
            for condition in statement.conditions where !operators.contains(where: { $0.key == condition.operatorName })
            {
                let same = statement.conditions.filter { $0.operatorName == condition.operatorName }
                operators.append(
                    (
                        key: condition.operatorName,
                        value: .object(same.map { (key: $0.key, value: oneOrMore($0.values)) })
                    ))
            }
            members.append((key: "Condition", value: .object(operators)))
        }
        return .object(members)
    }

    private static func oneOrMore(_ texts: [String]) -> JSON { texts.count == 1 ? .string(texts[0]) : JSON(texts) }
}
