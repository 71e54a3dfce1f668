// What a template and a plan have in common once their references are resolved: resources with properties, and names
// by which they find each other.
//
// `CloudFormation/` and `Terraform/` each make `SourceResource`s; the mappings in this folder turn them into the
// graph's typed resources.

import PlumbModel

/// A resource of a template or plan whose properties are resolved, before it becomes a typed resource of the graph.
struct SourceResource: Sendable {
    /// The logical id or address, unique in the graph.
    var id: String
    /// `AWS::CloudWatch::Alarm` or `aws_cloudwatch_metric_alarm`.
    var type: String
    /// Always a map: CloudFormation's `Properties`, or the planned attributes.
    var properties: Property
    /// Place, physical name, tags, region and deletion policies, filled by the tongue's reader.
    var head: ResourceHead

    subscript(key: String) -> Property { properties[key] }
}

/// All resources of a template or plan, by type and by name.
struct Inventory: Sendable {
    private(set) var resources: [SourceResource] = []
    private var indicesByType: [String: [Int]] = [:]
    private var indexByID: [String: Int] = [:]
    var directory = NameDirectory()
    var notes = SourceNotes()
    var diagnostics: [Diagnostic] = []

    init() {}

    mutating func append(_ resource: SourceResource) {
        indicesByType[resource.type, default: []].append(resources.count)
        indexByID[resource.id] = resources.count
        resources.append(resource)
    }

    /// The resources of a type, in source order.
    subscript(type: String) -> [SourceResource] {
        (indicesByType[type] ?? []).map { resources[$0] }
    }
    /// The resource with this id.
    subscript(id id: String) -> SourceResource? { indexByID[id].map { resources[$0] } }
    /// The resource of this inventory that a reference points to.
    subscript(reference: Fact<Reference>) -> SourceResource? {
        guard case .resource(let id)? = reference.value else { return nil }
        return self[id: id]
    }
}
