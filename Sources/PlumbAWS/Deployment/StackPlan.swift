// What a deployment would change, resource by resource, and how a person reads it.

/// One resource that would change.
public struct StackChange: Sendable, Hashable, Encodable {
    public enum Action: String, Sendable, Encodable {
        case add, modify, replace, remove
        /// Replaced if what it refers to turns out to be another one; only carrying it out tells.
        case mayReplace = "may replace"
    }
    public var action: Action
    /// The logical id.
    public var resource: String
    public var type: String
    /// What there is now; nil for a new one.
    public var physicalName: String?
    /// The properties that differ.
    public var properties: [String]

    /// Types that hold data, keys or callers: removing or replacing one cannot be undone (OPS-3.6).
    static let keptTypes: Set<String> = [
        "AWS::Backup::BackupVault", "AWS::CloudTrail::Trail", "AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table",
        "AWS::ECR::Repository", "AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::Logs::LogGroup", "AWS::S3::Bucket",
        "AWS::SageMaker::Endpoint",
    ]

    public var holdsData: Bool { Self.keptTypes.contains(type) }
    /// Whether data, keys or callers would be lost.
    public var isLoss: Bool { holdsData && (action == .replace || action == .remove) }

    /// Reads a `ResourceChange` of DescribeChangeSet; nil for what does nothing.
    init?(_ value: AWSValue) {
        guard let resource = value["LogicalResourceId"].text, let type = value["ResourceType"].text else { return nil }
        switch (value["Action"].text, value["Replacement"].text) {
        case ("Add", _), ("Import", _): action = .add
        case ("Remove", _): action = .remove
        case ("Modify", "True"): action = .replace
        case ("Modify", "Conditional"), ("Dynamic", _): action = .mayReplace
        case ("Modify", _): action = .modify
        default: return nil
        }
        self.resource = resource
        self.type = type
        physicalName = value["PhysicalResourceId"].text.flatMap { $0.isEmpty ? nil : $0 }
        let names = value["Details"].items.compactMap { detail -> String? in
            let target = detail["Target"]
            let attribute = target["Attribute"].text
            return attribute == "Properties" ? target["Name"].text : attribute
        }
        properties = Set(names).sorted()
    }
}

/// What would become of one stack.
public struct StackPlan: Sendable, Hashable, Encodable {
    public enum Status: String, Sendable, Encodable {
        case planned, unchanged
        /// It builds on a stack that is not there yet, and is planned when that one is.
        case waits
    }
    public var stack: String
    public var region: String
    public var status: Status
    public var isNew: Bool
    public var changeSet: String?
    public var changes: [StackChange]
    /// How many resources a stack that waits will have.
    public var resourceCount: Int
}

/// What would become of all of them.
public struct DeploymentPlan: Sendable, Hashable, Encodable {
    public var endpoint: String
    public var account: String
    public var caller: String
    public var stacks: [StackPlan]
    public var artefacts: [ArtefactPlan]

    public var isEmpty: Bool { stacks.allSatisfy { $0.status == .unchanged } }

    /// What would be lost, in sentences.
    public var losses: [String] {
        stacks.flatMap { stack in
            stack.changes.filter(\.isLoss).map { change in
                "\(change.resource) (\(change.type)) of \(stack.stack) would be "
                    + (change.action == .remove ? "removed" : "replaced")
            }
        }
    }

    /// The plan as a person reads it.
    public func text(inColour: Bool) -> String {
        var lines = ["Plan for \(endpoint) in account \(account), as \(caller)"]
        for stack in stacks { lines += [""] + text(of: stack, inColour: inColour) }
        if !artefacts.isEmpty { lines += [""] + artefacts.map { "  \($0.text)" } }
        lines += ["", summary]
        return lines.joined(separator: "\n")
    }

    private func text(of stack: StackPlan, inColour: Bool) -> [String] {
        let head = "\(stack.stack) (\(stack.region))"
        switch stack.status {
        case .unchanged: return ["\(head): no changes"]
        case .waits where stack.isNew:
            return ["\(head): new, \(stack.resourceCount) resources; planned when the stacks before it are there"]
        case .waits: return ["\(head): planned when the stacks before it are changed"]
        case .planned:
            return ["\(head): \(stack.isNew ? "new" : "changes")"] + stack.changes.map { line($0, inColour: inColour) }
        }
    }

    private func line(_ change: StackChange, inColour: Bool) -> String {
        let sign =
            switch change.action {
            case .add: "+"
            case .modify: "~"
            case .replace: "-/+"
            case .mayReplace: "~?"
            case .remove: "-"
            }
        var text = "  \(sign)".padded(to: 6) + change.action.rawValue.padded(to: 12)
        text += "\(change.resource)".padded(to: 28) + change.type
        if !change.properties.isEmpty, change.action != .add {
            text += ": \(change.properties.joined(separator: ", "))"
        }
        if change.isLoss {
            text += "  ! holds data, keys or callers: they would be lost"
        } else if change.holdsData, change.action == .mayReplace {
            text += "  ! holds data, keys or callers"
        }
        guard inColour else { return text }
        return switch change.action {
        case .replace, .remove: "\u{1B}[31m\(text)\u{1B}[0m"
        case .mayReplace: "\u{1B}[33m\(text)\u{1B}[0m"
        case .add: "\u{1B}[32m\(text)\u{1B}[0m"
        case .modify: text
        }
    }

    private var summary: String {
        if isEmpty { return "No changes." }
        let changes = stacks.flatMap(\.changes)
        let words: [StackChange.Action] = [.add, .modify, .mayReplace, .replace, .remove]
        let counts = words.compactMap { action -> String? in
            let count = changes.count { $0.action == action }
            return count == 0 ? nil : "\(count) to \(action.rawValue)"
        }
        let waiting = stacks.count { $0.status == .waits }
        let later = waiting == 0 ? [] : ["\(waiting) stack\(waiting == 1 ? "" : "s") planned on the way"]
        return (counts + later).joined(separator: ", ") + "."
    }
}

extension String {
    /// At least this wide, filled with spaces on the right.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
