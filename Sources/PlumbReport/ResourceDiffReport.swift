// Tells where what is declared, what is deployed and what runs differ, resource by resource.

import PlumbModel

/// The resources' part of a difference.
enum ResourceDiffReport {
    /// A value is cut where it would fill more than some lines.
    private static let valueMax = 240
    private static let untoldMax = 5

    /// A block a step: a line for each property that differs, resource that is missing and resource that is extra.
    static func write(_ steps: [DriftStep], on sheet: inout TextSheet) {
        for step in steps {
            let difference = step.difference
            sheet.blank()
            sheet.write("resources", .bold, "\(step.before) -> \(step.after): \(count(difference))")
            let allowed = difference.resources.filter { !$0.isDrift }
            let others = difference.resources.filter(\.isDrift)
            if !others.isEmpty { sheet.write(step.cause.sentence, .faint, indent: 2) }
            for resource in others { write(resource, on: &sheet) }
            if !allowed.isEmpty { sheet.write("rightly otherwise:", .faint, indent: 2) }
            for resource in allowed { write(resource, on: &sheet) }
            writeUntold(difference.untold, on: &sheet)
        }
    }

    private static func count(_ difference: GraphDifference) -> String {
        func count(_ kind: ResourceDifference.Kind) -> Int { difference.resources.count { $0.kind == kind } }
        let changed = count(.changed)
        var parts = ["\(max(0, difference.compared - changed)) the same"]
        for (number, word) in [(changed, "changed"), (count(.missing), "missing"), (count(.extra), "extra")]
        where number > 0 { parts.append("\(number) \(word)") }
        if difference.leftOut > 0 { parts.append("\(difference.leftOut) that only one side has a word for") }
        return parts.joined(separator: ", ")
    }

    private static func write(_ resource: ResourceDifference, on sheet: inout TextSheet) {
        let allowance = resource.allowance.map { " (\($0))" } ?? ""
        let id = resource.id.onOneLine
        let place = resource.place.map { " at \($0)" } ?? ""
        switch resource.kind {
        case .missing: sheet.write("-", .red, "\(id), \(resource.type)\(place)\(allowance)", indent: 2)
        case .extra: sheet.write("+", .green, "\(id), \(resource.type)\(place)\(allowance)", indent: 2)
        case .changed:
            for property in resource.properties {
                let before = told(property.before, property.beforePlace)
                let after = told(property.after, property.afterPlace)
                let allowance = property.allowance.map { " (\($0))" } ?? ""
                sheet.write(
                    property.allowance == nil ? "~" : "=", property.allowance == nil ? .yellow : .faint,
                    "\(id).\(property.path): \(before) -> \(after)\(allowance)", indent: 2)
            }
        }
    }

    private static func told(_ value: StatedValue?, _ place: Place?) -> String {
        var text = (value?.description ?? "nothing").onOneLine
        if text.count > valueMax { text = text.prefix(valueMax - 1) + "…" }
        return text + (place.map { " (\($0))" } ?? "")
    }

    private static func writeUntold(_ untold: [UntoldProperty], on sheet: inout TextSheet) {
        guard !untold.isEmpty else { return }
        let properties = untold.count == 1 ? "1 property" : "\(untold.count) properties"
        sheet.write("\(properties) cannot be told:", .faint, indent: 2)
        for property in untold.prefix(untoldMax) {
            sheet.write("?", .faint, "\(property.resource).\(property.path): \(property.why)".onOneLine, indent: 2)
        }
        if untold.count > untoldMax { sheet.write("…", .faint, "\(untold.count - untoldMax) more", indent: 2) }
    }

    /// The `resources` of the contract `plumbline.diff/1`: an object a step.
    static func json(_ steps: [DriftStep]) -> JSON {
        .array(
            steps.map { step in
                let difference = step.difference
                return [
                    "from": .string(step.before),
                    "to": .string(step.after),
                    "cause": .string(step.cause.rawValue),
                    "isDrift": .bool(step.cause != .changed && difference.isDrift),
                    "compared": .integer(difference.compared),
                    "leftOut": .integer(difference.leftOut),
                    "differences": .array(difference.resources.map(json)),
                    "untold": .array(
                        difference.untold.map { property in
                            [
                                "resource": .string(property.resource), "path": .string(property.path),
                                "why": .string(property.why), "place": JSON(property.place),
                            ]
                        }),
                ]
            })
    }

    private static func json(_ resource: ResourceDifference) -> JSON {
        let properties = resource.properties.map { property -> JSON in
            [
                "path": .string(property.path),
                "before": json(property.before), "beforePlace": JSON(property.beforePlace),
                "after": json(property.after), "afterPlace": JSON(property.afterPlace),
                "allowance": JSON(property.allowance),
            ]
        }
        return [
            "kind": .string(resource.kind.rawValue), "type": .string(resource.type),
            "before": JSON(resource.before), "after": JSON(resource.after), "place": JSON(resource.place),
            "allowance": JSON(resource.allowance), "properties": .array(properties),
        ]
    }

    private static func json(_ value: StatedValue?) -> JSON {
        switch value {
        case nil, .nothing?: .null
        case .text(let text)?: .string(text)
        case .number(let number)?: Int(exactly: number).map(JSON.integer) ?? .double(number)
        case .flag(let flag)?: .bool(flag)
        case .reference(.resource(let name))?, .reference(.external(let name))?: .string(name)
        case .list(let items)?: .array(items.map { json($0.value) })
        case .record(let fields)?:
            .object(
                fields.filter { $0.value.value != .nothing }.sorted { $0.key < $1.key }
                    .map { (key: $0.key, value: json($0.value.value)) })
        case .unknown(let why)?: ["unknown": .string(why)]
        }
    }
}

extension DriftStep.Cause {
    fileprivate var sentence: String {
        switch self {
        case .notDeployed: "declared, but not deployed:"
        case .changedOutside: "changed outside of the declaration:"
        case .notAsDeclared: "not as declared:"
        case .changed: "changed:"
        }
    }
}

extension String {
    /// A name or value that breaks lines must not look like a line of the report.
    fileprivate var onOneLine: String { String(map { $0.isNewline ? " " : $0 }) }
}
