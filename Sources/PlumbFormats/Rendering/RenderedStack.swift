// Rendered templates as the stacks that are made of them, and what is published before them.

public import PlumbModel

/// A template and the stack that is made of it.
public struct RenderedStack: Sendable, Hashable {
    public var name: String
    public var region: String
    public var text: String
    /// Parameters by name, and whether the template has a value of its own for each.
    public var parameters: [String: Bool]
    /// Types of resources by logical id.
    public var types: [String: String]
    /// The name of the endpoint configuration that the stack makes for its endpoint; nil where it makes none.
    public var endpointConfig: String?
}

/// What must lie in the deployment's bucket before the endpoint is made.
public struct RenderedUpload: Sendable, Hashable {
    /// As the spec says it: a file or folder beside the spec, or an `s3://` address.
    public var path: String
    /// Where it goes; a folder's files go below it.
    public var key: String
    /// SHA-256 of the file, where the key is named after it.
    public var digest: String?
}

extension Rendering {
    /// The name that the bucket for what is published has in an account.
    public static func artefactBucket(of spec: Spec, account: String) -> String {
        Blueprint(spec).bucketName("artifacts").replacing("${AWS::AccountId}", with: account)
    }

    /// What the names of a deployment's configurations begin with.
    public static func configPrefix(of spec: Spec) -> String { Blueprint(spec).configPrefix + "-" }

    /// What is published, in the order in which it is asked for.
    public static func uploads(of spec: Spec) -> [RenderedUpload] {
        let plan = Blueprint(spec)
        var uploads: [RenderedUpload] = []
        if let path = spec.model.path, let key = plan.modelKey, !spec.model.isMultiModel {
            uploads.append(RenderedUpload(path: path, key: key, digest: spec.model.digest))
        }
        if let file = spec.example.file {
            let name = file.split(separator: "/").last.map(String.init) ?? file
            uploads.append(RenderedUpload(path: file, key: "examples/\(name)"))
        }
        if plan.hasMonitors, let baseline = spec.drift.baseline, plan.baselineFolder == plan.ownBaselineFolder {
            uploads.append(RenderedUpload(path: baseline, key: Blueprint.baselinePrefix))
        }
        return uploads
    }

    /// The stacks of a deployment, in the order in which they are made.
    public static func stacks(of spec: Spec, asOf day: Day) throws(PlumbError) -> [RenderedStack] {
        var stacks: [RenderedStack] = []
        for file in files(of: spec, as: .cloudformation, asOf: day) where file.path.hasSuffix(".yaml") {
            let document = try SourceDocument.read(SourceFile(path: file.path, bytes: file.bytes)).get()
            let template = Template(document.root, file: file.path)
            let config = template.resources.first { $0.type == "AWS::SageMaker::EndpointConfig" }
            stacks.append(
                RenderedStack(
                    name: "\(Blueprint(spec).prefix)-\(file.path.dropLast(".yaml".count))",
                    region: template.region ?? spec.region, text: file.text,
                    parameters: template.parameters.mapValues { $0.defaultValue != nil },
                    types: Dictionary(template.resources.map { ($0.logicalID, $0.type) }) { first, _ in first },
                    endpointConfig: template.resources.contains { $0.type == "AWS::SageMaker::Endpoint" }
                        ? config?.properties?["EndpointConfigName"]?.text : nil))
        }
        return stacks
    }
}
