// The words of both tongues for the same thing, side by side, so that a mapping is written once.

import PlumbModel

/// A language in which AWS resources are declared.
enum Tongue: Sendable {
    /// CloudFormation: `AWS::SageMaker::Endpoint`, `EndpointName`.
    case template
    /// A Terraform plan: `aws_sagemaker_endpoint`, `name`, blocks as lists.
    case plan

    /// The resources of a type, by its name in each tongue.
    func resources(_ template: String, _ plan: String, in inventory: Inventory) -> [SourceResource] {
        inventory[self == .template ? template : plan]
    }
}

/// A property that is found by the key that it has in each tongue.
struct Bilingual: Sendable {
    let property: Property
    let tongue: Tongue

    init(_ property: Property, _ tongue: Tongue) {
        self.property = property
        self.tongue = tongue
    }
    init(_ resource: SourceResource, _ tongue: Tongue) { self.init(resource.properties, tongue) }

    subscript(template: String, plan: String) -> Bilingual {
        Bilingual(property[tongue == .template ? template : plan], tongue)
    }

    var place: Place? { property.place }
    var whyUnknown: String? { property.whyUnknown }
    /// Something is written here: no empty block list, no empty text, and nothing that is not known either.
    var isPresent: Bool {
        switch property.state {
        case .absent, .unknown: false
        case .text(let text, _): !text.isEmpty
        case .list(let items): !items.isEmpty
        case .map: true
        }
    }
    /// This property, with the empty text that Terraform writes for nothing taken as nothing.
    var orNothing: Bilingual {
        guard case .text("", nil) = property.state else { return self }
        return Bilingual(Property(.absent, at: place), tongue)
    }

    var string: Fact<String> { property.string }
    var name: Fact<String> { property.name }
    var int: Fact<Int> { property.int }
    var double: Fact<Double> { property.double }
    var bool: Fact<Bool> { property.bool }
    var strings: Fact<[String]> { property.strings }
    var items: [Bilingual] { property.items.map { Bilingual($0, tongue) } }
    /// A document that may be written as a text.
    var parsed: Bilingual { Bilingual(property.parsed, tongue) }

    func choice<Choice: RawRepresentable & Sendable & Hashable & Codable>(
        _ type: Choice.Type = Choice.self
    ) -> Fact<Choice> where Choice.RawValue == String { property.choice(type) }
    func structure<Value>(_ read: (Bilingual) -> Value) -> Fact<Value> {
        property.structure { read(Bilingual($0, tongue)) }
    }
    func list<Value>(_ read: (Bilingual) -> Value) -> Fact<[Value]> {
        property.list { read(Bilingual($0, tongue)) }
    }
}

extension Property {
    /// A text that is judged by a part of it: known as soon as that part is, whatever else of it is undecided.
    func string(decidedBy isDecided: (String) -> Bool) -> Fact<String> {
        guard case .text(let text, _?) = state, isDecided(text) else { return string }
        return .known(text, at: place)
    }
}

/// The parts of an inventory that several mappings ask for.
extension Inventory {
    /// A KMS key by its id, ARN or alias.
    func keyReference(_ property: Property) -> Fact<Reference> {
        if case .list(let items) = property.state {
            // One of several things that an unknown value is made of: the only key among them.
            let keys = Set(items.map(key).filter(isKey))
            if keys.count == 1, let only = keys.first { return only }
        }
        return key(property)
    }

    private func isKey(_ reference: Fact<Reference>) -> Bool {
        guard case .resource(let id)? = reference.value else { return false }
        return ["AWS::KMS::Key", "AWS::KMS::ReplicaKey"].contains(directory.kind(of: id))
    }

    /// The function that a reference leads to, through one of its aliases or versions.
    func functionReference(_ reference: Fact<Reference>) -> Fact<Reference> {
        // `${Function.Arn}:live` names an alias that may not be here; the function is.
        if case .external(let text)? = reference.value, text.hasPrefix("${"), let end = text.firstIndex(of: "}"),
            let (id, _) = directory.resourceNamed(String(text[...end])),
            directory.kind(of: id) == "AWS::Lambda::Function"
        {
            return .known(.resource(id), at: reference.place)
        }
        guard let resource = self[reference] else { return reference }
        switch resource.type {
        case "AWS::Lambda::Alias", "AWS::Lambda::Version":
            return directory.reference(resource["FunctionName"], to: "AWS::Lambda::Function")
        case "aws_lambda_alias": return directory.reference(resource["function_name"], to: "AWS::Lambda::Function")
        default: return reference
        }
    }

    /// References to resources of one kind. A plan tells of an object that is passed whole only what it is made of:
    /// what is of another kind is not meant.
    func references(_ property: Property, only kind: NameDirectory.Kind) -> Fact<[Fact<Reference>]> {
        directory.references(property, to: kind).map { references in
            func isOther(_ reference: Fact<Reference>) -> Bool {
                guard case .resource(let id)? = reference.value else { return false }
                return directory.kind(of: id) != kind
            }
            let meant = references.filter { !isOther($0) }
            return meant.isEmpty ? references : meant
        }
    }

    /// What an alarm or a rule starts or tells, one an item.
    func actionReferences(_ property: Property) -> Fact<[Fact<Reference>]> {
        directory.references(property, to: "AWS::SNS::Topic", "AWS::Lambda::Function").map { references in
            references.map(functionReference)
        }
    }

    /// An ARN or address with what is here spelt as `${Id.Arn}`.
    func address(_ property: Property) -> Fact<String> { property.name.map(directory.canonical) }
}

/// Resources of one type by name, region and file: the same name may stand in two regions of one plan, and in the
/// templates of two regions.
struct RegionalNames {
    private var resources: [String: [SourceResource]] = [:]

    init(_ resources: [SourceResource]) {
        for resource in resources {
            if let name = resource.head.name.value { self.resources[name, default: []].append(resource) }
        }
    }

    /// What a property of `referrer` points to, preferring the resource in its own region and its own file.
    func reference(
        _ property: Property, of referrer: SourceResource, to kind: NameDirectory.Kind, in inventory: Inventory
    ) -> Fact<Reference> {
        let found = inventory.directory.reference(property, to: kind)
        guard case .text(let name, _) = property.state, case .resource? = found.value else { return found }
        let near = (resources[name] ?? []).filter { $0.head.region.value == referrer.head.region.value }
        let nearest = near.first { $0.head.place?.file == referrer.head.place?.file } ?? near.first
        return nearest.map { .known(.resource($0.id), at: found.place) } ?? found
    }
}
