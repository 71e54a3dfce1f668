// Prints resources as a CloudFormation template in YAML.

import PlumbModel

/// One template: the resources in it, and what the stacks before it have made.
struct CloudFormationPrinter {
    /// Where a resource is that a template refers to.
    enum Site: Sendable, Hashable {
        /// In the same template.
        case here
        /// In a template deployed before it in the same region, which exports its attributes.
        case earlier
        /// In the other region: known by an ARN made of names; a property may take another name than a policy does.
        case elsewhere(arn: String, inProperty: String)

        /// In this region: its attributes can be asked for.
        var isReachable: Bool { if case .elsewhere = self { false } else { true } }
    }

    let texts: RenderedTextReader
    /// CloudFormation's type of each resource, by id.
    let types: [String: String]
    /// The start of every export's name: what all stacks of the deployment have in common.
    let exportPrefix: String
    let site: (String) -> Site
    /// `${AWS::Region}` in the second region's template means the first.
    let isRecovery: Bool
    /// The other region's parameter and its default.
    let regions: (home: String?, recovery: String?)
    /// Parameters met while printing, in order.
    private(set) var parameters: [RenderedParameter] = []
    /// What is imported from earlier stacks: the names that those have to export.
    private(set) var imports: [String] = []
    private var lines: [String] = []

    init(
        texts: RenderedTextReader, types: [String: String], exportPrefix: String, isRecovery: Bool,
        regions: (home: String?, recovery: String?),
        site: @escaping (String) -> Site
    ) {
        self.texts = texts
        self.types = types
        self.exportPrefix = exportPrefix
        self.isRecovery = isRecovery
        self.regions = regions
        self.site = site
    }

    /// The lines of the `Resources` section, sections in the order of their concerns.
    mutating func print(_ resources: [RenderedResource]) -> [String] {
        lines = []
        var concern: Concern?
        for resource in resources {
            if resource.concern != concern {
                concern = resource.concern
                lines += ["", "  # --- \(resource.concern.title)"]
            }
            print(resource)
        }
        return lines
    }

    /// The lines of one resource, without a word on what it is for.
    mutating func fragment(_ resource: RenderedResource) -> [String] {
        lines = []
        printBody(of: resource)
        return lines
    }

    private mutating func print(_ resource: RenderedResource) {
        lines.append("")
        lines += comment(resource, indent: 2)
        printBody(of: resource)
    }

    private mutating func printBody(of resource: RenderedResource) {
        lines.append("  \(resource.id):")
        lines.append("    Type: \(resource.template ?? "")")
        let here = resource.dependsOn.filter { site($0) == .here }
        if here.count == 1 { lines.append("    DependsOn: \(here[0])") }
        if here.count > 1 { lines += ["    DependsOn:"] + here.map { "      - \($0)" } }
        if let policy = resource.deletionPolicy { lines.append("    DeletionPolicy: \(policy)") }
        if let policy = resource.updateReplacePolicy { lines.append("    UpdateReplacePolicy: \(policy)") }
        guard resource.fields.contains(where: { $0.template != nil }) else { return }
        lines.append("    Properties:")
        print(fields: resource.fields, indent: 6)
    }

    /// What a resource is for and which controls ask for it, above it.
    private func comment(_ resource: RenderedResource, indent: Int) -> [String] {
        let ids = resource.controls.joined(separator: ", ")
        let text = [resource.note, ids.isEmpty ? nil : ids].compactMap { $0 }.joined(separator: " ")
        return text.isEmpty ? [] : TextFold.lines(text, width: 110).map { "\(margin(indent))# \($0)" }
    }

    // MARK: - Values

    private mutating func print(fields: [RenderedField], indent: Int) {
        for field in fields {
            guard let key = field.template else { continue }
            print(key, field.value, beside: field.controls, indent: indent)
        }
    }

    private mutating func print(_ key: String, _ value: RenderedValue, beside ids: [String] = [], indent: Int) {
        let note = ids.isEmpty ? "" : "  # \(ids.joined(separator: ", "))"
        let start = "\(margin(indent))\(YAMLText.scalar(key)):"
        let first = lines.count
        if let inline = inline(value, indent: indent + 2) {
            lines.append("\(start) \(inline[0])\(inline.count > 1 ? "" : note)")
            lines += inline.dropFirst()
            return
        }
        lines.append(start + note)
        print(nested: value, indent: indent + 2)
        // A structure without content is said to be empty.
        if lines.count == first + 1 { lines[first] = start + (isList(value) ? " []" : " {}") + note }
    }

    private func isList(_ value: RenderedValue) -> Bool {
        switch value {
        case .list, .blocks, .tags: true
        default: false
        }
    }

    /// The text that follows a key on its line, with the lines of a literal block; nil for a structure.
    private mutating func inline(_ value: RenderedValue, indent: Int) -> [String]? {
        switch value {
        case .text(let text): return scalar(text, indent: indent)
        case .number(let number): return [RenderedValue.digits(number)]
        case .bool(let bool): return [bool ? "true" : "false"]
        case .link(let id, let template, _):
            if case .elsewhere(_, let name) = site(id) { return scalar(name, indent: indent) }
            return scalar("${\(id)\(template.map { ".\($0)" } ?? "")}", indent: indent)
        case .parameter(let parameter):
            note(parameter)
            return ["!Ref \(parameter.name)"]
        case .expression(let text): return [text]
        case .json(let inner): return json(inner, indent: indent)
        case .list, .block, .blocks, .object, .map, .tags, .document, .pairs: return nil
        }
    }

    private mutating func print(nested value: RenderedValue, indent: Int) {
        switch value {
        case .block(let fields), .object(let fields): print(fields: fields, indent: indent)
        case .blocks(let blocks):
            for fields in blocks { item(indent: indent) { $0.print(fields: fields, indent: indent + 2) } }
        case .list(let items):
            for element in items {
                if let inline = inline(element, indent: indent + 2) {
                    lines += ["\(margin(indent))- \(inline[0])"] + inline.dropFirst()
                } else {
                    item(indent: indent) { $0.print(nested: element, indent: indent + 2) }
                }
            }
        case .map(let map):
            for (key, value) in map.sorted(by: { $0.key < $1.key }) { print(key, value, indent: indent) }
        case .pairs(let pairs):
            for pair in pairs { print(pair.key, pair.value, indent: indent) }
        case .tags(let tags):
            for (key, value) in tags.sorted(by: { $0.key < $1.key }) {
                lines.append("\(margin(indent))- Key: \(YAMLText.scalar(key))")
                print("Value", .text(value), indent: indent + 2)
            }
        case .document(let inner): print(nested: inner, indent: indent)
        case .text, .number, .bool, .link, .parameter, .expression, .json: break
        }
    }

    /// One element of a list: what `fill` prints, its first line led by a hyphen.
    private mutating func item(indent: Int, _ fill: (inout Self) -> Void) {
        let first = lines.count
        fill(&self)
        guard lines.count > first else {
            lines.append("\(margin(indent))- {}")
            return
        }
        lines[first] = "\(margin(indent))- \(lines[first].drop { $0 == " " })"
    }

    // MARK: - Texts

    /// The parts of a text, its attributes spelt as CloudFormation has them.
    private func parts(_ text: String) -> [RenderedTextPart] {
        texts.parts(text).flatMap { part -> [RenderedTextPart] in
            guard case .attribute(let id, let name) = part, site(id).isReachable else { return [part] }
            return texts.parts(CloudFormationAttributes.text(id, name, type: types[id] ?? ""))
        }
    }

    /// A text with what is known later as `!Ref`, `!GetAtt`, `!ImportValue`, `!Select` or `!Sub`.
    private mutating func scalar(_ text: String, indent: Int) -> [String] {
        let parts = parts(text)
        let literal = parts.allSatisfy { if case .literal = $0 { true } else { false } }
        if literal {
            return YAMLText.isBlock(text) ? YAMLText.block(text, indent: indent) : [YAMLText.scalar(text)]
        }
        if parts.count == 1, let whole = whole(parts[0]) { return [whole] }
        return substitution(parts, indent: indent)
    }

    /// The short form for a text that is one attribute and nothing else.
    private mutating func whole(_ part: RenderedTextPart) -> String? {
        switch part {
        case .literal: return nil
        case .pseudo("AWS::Region") where isRecovery: return "!Ref \(homeRegion())"
        case .pseudo(let name): return "!Ref \(name)"
        case .zone(let number): return "!Select [\(number), !GetAZs '']"
        case .recoveryRegion: return isRecovery ? "!Ref AWS::Region" : "!Ref \(recoveryRegion())"
        case .attribute(let id, let name):
            switch site(id) {
            case .here: return name.map { "!GetAtt \(id).\($0)" } ?? "!Ref \(id)"
            case .earlier: return "!ImportValue \(imported(id, name))"
            case .elsewhere: return nil
            }
        }
    }

    private mutating func substitution(_ parts: [RenderedTextPart], indent: Int) -> [String] {
        var variables: [(String, String)] = []
        let text = parts.map { substituted($0, &variables) }.joined()
        return Self.sub(text, variables, indent: indent)
    }

    /// `!Sub` of a text, with the variables that its braces name beside those of the template.
    private static func sub(_ text: String, _ variables: [(String, String)], indent: Int) -> [String] {
        guard let first = variables.first else {
            let body = body(text, indent: indent)
            return ["!Sub \(body[0])"] + body.dropFirst()
        }
        let margin = String(repeating: " ", count: indent)
        let body = body(text, indent: indent + 2)
        return ["!Sub", "\(margin)- \(body[0])"] + body.dropFirst() + ["\(margin)- \(first.0): \(first.1)"]
            + variables.dropFirst().map { "\(margin)  \($0.0): \($0.1)" }
    }

    /// A text that is always quoted or a block: braces mean something to YAML.
    private static func body(_ text: String, indent: Int) -> [String] {
        YAMLText.isBlock(text) ? YAMLText.block(text, indent: indent) : ["'\(text.putting("''", for: "'"))'"]
    }

    private mutating func substituted(_ part: RenderedTextPart, _ variables: inout [(String, String)]) -> String {
        func variable(_ name: String, _ value: String) -> String {
            if !variables.contains(where: { $0.0 == name }) { variables.append((name, value)) }
            return "${\(name)}"
        }
        switch part {
        case .literal(let text): return text.putting("${!", for: "${")
        case .pseudo("AWS::Region") where isRecovery: return "${\(homeRegion())}"
        case .pseudo(let name): return "${\(name)}"
        case .zone(let number): return variable("Zone\(number)", "!Select [\(number), !GetAZs '']")
        case .recoveryRegion: return isRecovery ? "${AWS::Region}" : "${\(recoveryRegion())}"
        case .attribute(let id, let name):
            switch site(id) {
            case .here: return "${\(id)\(name.map { ".\($0)" } ?? "")}"
            case .earlier: return variable("\(id)\(name ?? "")", "!ImportValue \(imported(id, name))")
            case .elsewhere(let arn, _):
                return self.parts(arn).map { substituted($0, &variables) }.joined()
            }
        }
    }

    private mutating func json(_ value: RenderedValue, indent: Int) -> [String] {
        var variables: [(String, String)] = []
        var copy = self
        let text = value.jsonText { text in
            copy.parts(text).map { copy.substituted($0, &variables) }.joined()
        }
        self = copy
        return text.holds("${") ? Self.sub(text, variables, indent: indent) : Self.body(text, indent: indent)
    }

    // MARK: - What is met on the way

    private mutating func note(_ parameter: RenderedParameter) {
        if !parameters.contains(where: { $0.name == parameter.name }) { parameters.append(parameter) }
    }

    private mutating func homeRegion() -> String {
        note(.region("HomeRegion", regions.home, "The region in which the endpoint serves."))
        return "HomeRegion"
    }

    private mutating func recoveryRegion() -> String {
        note(.region("RecoveryRegion", regions.recovery, "The region that takes over."))
        return "RecoveryRegion"
    }

    private mutating func imported(_ id: String, _ attribute: String?) -> String {
        let name = CloudFormationPrinter.exportName(exportPrefix, id, attribute)
        let key = "\(id)\(attribute.map { ".\($0)" } ?? "")"
        if !imports.contains(key) { imports.append(key) }
        return name
    }

    /// `digits-production-DataKey-Arn`.
    static func exportName(_ prefix: String, _ id: String, _ attribute: String?) -> String {
        ([prefix, id] + (attribute.map { [$0.putting("-", for: ".")] } ?? [])).joined(separator: "-")
    }

    private func margin(_ indent: Int) -> String { String(repeating: " ", count: indent) }
}

extension RenderedParameter {
    static func region(_ name: String, _ standard: String?, _ summary: String) -> RenderedParameter {
        .text(
            name, standard, matching: "^[a-z]{2}(-[a-z]+)+-[0-9]$", hint: "A region's name, such as eu-central-1.",
            summary)
    }
}

/// Folds a sentence into lines.
enum TextFold {
    static func lines(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return line.isEmpty ? lines : lines + [line]
    }
}
