// All stacks that are judged together, in one world: every undecided comparison has an assumed answer.

import PlumbModel

/// A comparison in a condition that the input does not decide.
struct UndecidedComparison: Sendable, Hashable {
    /// The side that is not known, in normal form.
    var subject: String
    /// What it is compared with, in normal form.
    var value: String
    /// What the subject's parameter allows, where the template says it.
    var allowedValues: [String]?

    static func == (left: Self, right: Self) -> Bool { left.subject == right.subject && left.value == right.value }
    func hash(into hasher: inout Hasher) {
        hasher.combine(subject)
        hasher.combine(value)
    }
}

/// The answers that are assumed to undecided comparisons: the value that each subject is taken to have; none for any
/// other than those it is compared with.
typealias World = [String: String]

/// Stacks that refer to each other: the templates given, and those nested in them.
final class StackDeployment {
    static let stacksMax = 200
    static let diagnosticsMax = 500

    let world: World
    private(set) var stacks: [StackResolver] = []
    private(set) var comparisons: [UndecidedComparison] = []
    private var seenComparisons: Set<UndecidedComparison> = []
    private(set) var diagnostics: [Diagnostic] = []
    private var seenWarnings: Set<Diagnostic> = []
    var importsUnderWay: Set<String> = []
    /// Above 0 while a mapping, an output, an import or another resource's name is being followed.
    var following = 0
    /// How many values are being resolved inside of one another.
    var depth = 0
    private let budget: FollowBudget

    /// Every exported value of every stack, by the normal form of its name.
    private(set) lazy var exports: [String: (StackResolver, DocumentNode)] = {
        var exports: [String: (StackResolver, DocumentNode)] = [:]
        for stack in stacks {
            for output in stack.template.outputs {
                guard let name = output.value["Export"]?["Name"], let value = output.value["Value"] else { continue }
                exports[stack.shown(stack.resolve(name))] = (stack, value)
            }
        }
        return exports
    }()

    init(_ roots: [Template], library: TemplateLibrary, parameters: [String: String], world: World) {
        self.world = world
        budget = FollowBudget(resources: library.templates.values.reduce(0) { $0 + $1.resources.count })
        var counts: [String: Int] = [:]
        for template in roots {
            for resource in template.resources { counts[resource.logicalID, default: 0] += 1 }
        }
        for template in roots {
            let collides = template.resources.contains { counts[$0.logicalID, default: 0] > 1 }
            var given: [String: Property] = [:]
            for (name, value) in parameters { given[name] = .text(value, at: Place(file: "--parameters")) }
            let stack = StackResolver(
                template, prefix: collides ? Self.stem(of: template.file) + "/" : "", parameters: given, in: self)
            stacks.append(stack)
            nest(stack, library, depth: 0)
        }
    }

    /// Opens the stacks that a stack has in it, where their template is at hand.
    private func nest(_ stack: StackResolver, _ library: TemplateLibrary, depth: Int) {
        guard depth < 10 else { return }
        for resource in stack.template.resources where resource.type == "AWS::CloudFormation::Stack" {
            guard stack.exists(resource), stacks.count < Self.stacksMax,
                let url = resource.properties?["TemplateURL"].map({ stack.shown(stack.resolve($0)) }),
                let template = library.template(at: url, from: stack.template.file)
            else { continue }
            var parameters: [String: Property] = [:]
            for field in resource.properties?["Parameters"].map({ stack.resolve($0).fields }) ?? [] {
                parameters[field.key] = field.value
            }
            let child = StackResolver(
                template, prefix: stack.id(resource.logicalID) + "/", parameters: parameters, in: self)
            stack.nested[resource.logicalID] = child
            stacks.append(child)
            nest(child, library, depth: depth + 1)
        }
    }

    private static func stem(of file: String) -> String {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        return name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    }

    /// Whether two values of a condition are equal in this world.
    func isEqual(_ left: Property, _ right: Property, in stack: StackResolver) -> Bool {
        let (a, b) = (stack.shown(left), stack.shown(right))
        if a == b { return true }
        let (openA, openB) = (a.contains("${"), b.contains("${"))
        guard openA || openB else { return false }
        let (subject, value) = openA ? (a, b) : (b, a)
        // Partitions other than the public one are asked for by those who use them.
        if subject == "${AWS::Partition}" { return value == "aws" }
        if subject == "${AWS::URLSuffix}" { return value == "amazonaws.com" }
        let parameter = stack.template.parameters[String(subject.dropFirst(2).dropLast())]
        let comparison = UndecidedComparison(
            subject: subject, value: value, allowedValues: parameter?.allowedValues)
        if seenComparisons.insert(comparison).inserted { comparisons.append(comparison) }
        return world[subject] == value
    }

    /// Resolves what a reference leads to.
    func follow(_ resolve: () -> Property) -> Property {
        following += 1
        defer { following -= 1 }
        return resolve()
    }

    /// Whether one more value may be resolved; only what is followed to can be endless.
    func mayResolve(_ node: DocumentNode) -> Bool {
        following == 0 || budget.spend(bytes: node.text?.utf8.count ?? 0)
    }

    func warn(_ message: String, at place: Place, hint: String? = nil) {
        let warning = Diagnostic(.warning, message, at: place, hint: hint)
        guard diagnostics.count < Self.diagnosticsMax, seenWarnings.insert(warning).inserted else { return }
        diagnostics.append(warning)
    }

    /// The name of a template that was most likely meant; only for the first few, since looking costs time.
    func hint(for name: String, in template: Template) -> String? {
        guard diagnostics.count < 20, template.resources.count < 2_000 else { return nil }
        let known = template.parameterNames + template.resources.map(\.logicalID)
        return Spelling.nearest(to: name, in: known).map { "did you mean \($0)?" }
    }
}

extension StackResolver {
    /// Whether a resource is made in this world.
    func exists(_ resource: TemplateResource) -> Bool { resource.condition.map(condition) ?? true }
}

/// Templates by path, as nested stacks find them.
struct TemplateLibrary: Sendable {
    var templates: [String: Template] = [:]

    /// The template that a stack's TemplateURL means: a path from the file that names it, or a given file with the same
    /// ending where the URL is of a bucket.
    func template(at url: String, from file: String) -> Template? {
        var path = url
        if path.hasPrefix("./") { path.removeFirst(2) }
        if !path.contains("://") {
            let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            let joined = Array(folder) + path.split(separator: "/", omittingEmptySubsequences: false)
            if let found = templates[Self.normal(joined)] { return found }
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard path.contains("://") || path.hasPrefix("${") else { return templates[path] }
        let same = templates.filter { $0.key == name || $0.key.hasSuffix("/" + name) }
        return same.count == 1 ? same.first?.value : nil
    }

    static func normal(_ path: String) -> String {
        normal(Array(path.split(separator: "/", omittingEmptySubsequences: false)))
    }

    /// A path without `.` and, where a folder stands before it, `..`.
    private static func normal(_ parts: [Substring]) -> String {
        var kept: [Substring] = []
        for part in parts where part != "." {
            if part == "..", let last = kept.last, last != "..", !last.isEmpty {
                kept.removeLast()
            } else {
                kept.append(part)
            }
        }
        return kept.joined(separator: "/")
    }
}
