// What a resource is rendered from: a tree that has no tongue yet, with both tongues' words for each key.

import PlumbModel

/// A value as it will be written in a template or a module.
indirect enum RenderedValue: Sendable, Hashable {
    /// In normal form: `${DataKey.Arn}`, `${AWS::Region}` and `${AZ.0}` stand for what is known only when it is made.
    case text(String)
    case number(Double)
    case bool(Bool)
    case list([RenderedValue])
    /// A structure of the service: a map in CloudFormation, a nested block in Terraform.
    case block([RenderedField])
    /// Several of them: a list of maps in CloudFormation, one block each in Terraform.
    case blocks([[RenderedField]])
    /// A structure that Terraform takes as an attribute (`= { … }`) and not as a block.
    case object([RenderedField])
    /// Keys that are data, such as the variables of a container.
    case map([String: RenderedValue])
    /// Tags: a list of `Key` and `Value` in CloudFormation, a map in Terraform.
    case tags([String: String])
    /// A JSON document that CloudFormation takes as a structure and Terraform as a text: policies.
    case document(RenderedValue)
    /// A JSON document that both take as a text: dashboards, the input of a schedule.
    case json(RenderedValue)
    /// A resource of the graph, by the attribute that each tongue knows it by; nil in CloudFormation means `!Ref`.
    case link(String, template: String?, plan: String)
    /// What is asked of whoever deploys.
    case parameter(RenderedParameter)
    /// An expression of the tongue, printed as it stands: Terraform's `filebase64sha256("…")`.
    case expression(String)
    /// Keys of a document in the order in which they are read: `Version` before `Statement`.
    case pairs([RenderedPair])
}

/// One key of a document, and its value.
struct RenderedPair: Sendable, Hashable {
    var key: String
    var value: RenderedValue
    init(_ key: String, _ value: RenderedValue) {
        self.key = key
        self.value = value
    }
}

/// One property of a resource or structure.
struct RenderedField: Sendable, Hashable {
    /// CloudFormation's key; nil where it has none.
    var template: String?
    /// Terraform's key; nil where it has none.
    var plan: String?
    var value: RenderedValue
    /// The ids of the controls that rest on this property; printed beside it, and the text of a fix.
    var controls: [String] = []

    /// The key in a tongue; nil where the tongue has none.
    func key(in tongue: Tongue) -> String? { tongue == .template ? template : plan }
}

/// What is asked of whoever deploys, with what it may be.
struct RenderedParameter: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// Whole numbers between two bounds.
        case number(ClosedRange<Int>)
        /// A text that a regular expression describes.
        case text(pattern: String, hint: String)
    }
    /// CloudFormation's name, `MinimumInstances`; Terraform's is made of it, `minimum_instances`.
    var name: String
    var kind: Kind
    /// What it says in one sentence.
    var summary: String
    /// nil where only the account's owner can know.
    var standard: RenderedValue?

    /// A number with the spec's value as its default.
    static func number(_ name: String, _ standard: Int, in bounds: ClosedRange<Int>, _ summary: String) -> Self {
        RenderedParameter(
            name: name, kind: .number(bounds), summary: summary, standard: .number(Double(standard)))
    }
    /// A text, with a default or without.
    static func text(
        _ name: String, _ standard: String?, matching pattern: String, hint: String, _ summary: String
    ) -> Self {
        RenderedParameter(
            name: name, kind: .text(pattern: pattern, hint: hint), summary: summary,
            standard: standard.map { .text($0) })
    }
}

/// The properties of one resource or structure, in the order in which they will be read.
struct RenderedFields: Sendable {
    private(set) var list: [RenderedField] = []

    init(_ fill: (inout RenderedFields) -> Void = { _ in }) { fill(&self) }

    /// Adds a property by the key that it has in each tongue; nothing where `value` is nil.
    mutating func put(_ template: String?, _ plan: String?, _ value: RenderedValue?, for controls: String...) {
        add(template, plan, value, controls)
    }
    mutating func put(_ template: String?, _ plan: String?, _ value: RenderedValue?, for controls: [String]) {
        add(template, plan, value, controls)
    }
    mutating func put(_ template: String?, _ plan: String?, _ fact: Fact<String>, for controls: String...) {
        add(template, plan, fact.value.map { .text($0) }, controls)
    }
    mutating func put(_ template: String?, _ plan: String?, _ fact: Fact<Int>, for controls: String...) {
        add(template, plan, fact.value.map { .number(Double($0)) }, controls)
    }
    mutating func put(_ template: String?, _ plan: String?, _ fact: Fact<Double>, for controls: String...) {
        add(template, plan, fact.value.map { .number($0) }, controls)
    }
    mutating func put(_ template: String?, _ plan: String?, _ fact: Fact<Bool>, for controls: String...) {
        add(template, plan, fact.value.map { .bool($0) }, controls)
    }
    /// Tags of a resource whose CloudFormation type takes a list of `Key` and `Value`.
    mutating func putTags(_ template: String? = "Tags", _ plan: String? = "tags", _ tags: Fact<[String: String]>) {
        add(template, plan, tags.value.flatMap { $0.isEmpty ? nil : .tags($0) }, [])
    }
    /// A structure: CloudFormation's map, Terraform's block; nothing where it stays empty.
    mutating func putBlock(
        _ template: String?, _ plan: String?, for controls: String..., fill: (inout RenderedFields) -> Void
    ) {
        let inner = RenderedFields(fill)
        add(template, plan, inner.list.isEmpty ? nil : .block(inner.list), controls)
    }

    /// Adds a property whose controls are found out.
    mutating func put(_ template: String?, _ plan: String?, _ value: RenderedValue?, forAll controls: [String]) {
        add(template, plan, value, controls)
    }

    private mutating func add(_ template: String?, _ plan: String?, _ value: RenderedValue?, _ controls: [String]) {
        guard let value else { return }
        list.append(RenderedField(template: template, plan: plan, value: value, controls: controls))
    }
}

extension RenderedValue {
    /// A reference to a resource of the graph by the attribute that each tongue knows it by: nil in CloudFormation
    /// means `!Ref`. Names and ARNs of things elsewhere stand as they are. nil where nothing is known.
    static func link(_ reference: Fact<Reference>, _ template: String? = nil, _ plan: String = "id") -> RenderedValue? {
        reference.value.map { link($0, template, plan) }
    }
    static func link(_ reference: Reference, _ template: String? = nil, _ plan: String = "id") -> RenderedValue {
        switch reference {
        case .resource(let id): .link(id, template: template, plan: plan)
        case .external(let name): .text(name)
        }
    }
    static func links(
        _ references: Fact<[Fact<Reference>]>, _ template: String? = nil, _ plan: String = "id"
    ) -> RenderedValue? {
        references.value.map { .list($0.compactMap { link($0, template, plan) }) }
    }
    static func texts(_ texts: [String]) -> RenderedValue { .list(texts.map { .text($0) }) }
    static func texts(_ texts: Fact<[String]>) -> RenderedValue? { texts.value.map { .texts($0) } }
    static func int(_ number: Int) -> RenderedValue { .number(Double(number)) }
    /// A structure that is filled in place.
    static func block(_ fill: (inout RenderedFields) -> Void) -> RenderedValue { .block(RenderedFields(fill).list) }
}
