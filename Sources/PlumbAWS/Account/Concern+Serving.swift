// What serves: endpoints, their configurations, models, model packages, inference components.

import PlumbModel

extension Concern {
    /// An endpoint has, beside CloudFormation's properties:
    /// - `LiveStatus` (`InService`), `LiveFailureReason`,
    /// - `LiveInstances`: `Current` and `Desired`, the sums over the variants,
    /// - `LiveVariants`: as `DescribeEndpoint` tells `ProductionVariants`, the digests of the images that run among it,
    /// - `LiveCreationTime`, `LiveLastModifiedTime`: seconds since 1970.
    ///
    /// An inference component has `LiveStatus`, a model package `LiveApproval`.
    static let serving = Concern(
        name: "serving",
        reads: [
            Read(.sageMaker, "ListEndpoints"), Read(.sageMaker, "DescribeEndpoint"),
            Read(.sageMaker, "DescribeEndpointConfig"), Read(.sageMaker, "DescribeModel"),
            Read(.sageMaker, "DescribeModelPackage"), Read(.sageMaker, "ListInferenceComponents"),
            Read(.sageMaker, "DescribeInferenceComponent"), Read(.sageMaker, "ListEndpointConfigs"),
        ],
        list: { survey in
            for name in try await survey.endpointNames() { survey.notebook.want(.endpoint(name)) }
            try await survey.wantInferenceComponents()
        },
        types: [
            "AWS::SageMaker::Endpoint", "AWS::SageMaker::EndpointConfig", "AWS::SageMaker::Model",
            "AWS::SageMaker::ModelPackage", "AWS::SageMaker::InferenceComponent",
        ],
        look: { survey, type, names in
            try await survey.inParallel(names) { name in
                switch type {
                case "AWS::SageMaker::Endpoint": try await survey.lookAtEndpoint(name)
                case "AWS::SageMaker::EndpointConfig":
                    try await survey.lookAtServing(type, name, "EndpointConfig", arn: "EndpointConfigArn")
                case "AWS::SageMaker::Model": try await survey.lookAtServing(type, name, "Model", arn: "ModelArn")
                case "AWS::SageMaker::ModelPackage":
                    try await survey.lookAtServing(type, name, "ModelPackage", arn: "ModelPackageArn")
                default:
                    try await survey.lookAtServing(type, name, "InferenceComponent", arn: "InferenceComponentArn")
                }
            }
        },
        measure: { survey, resources in try await survey.measureRevisions(resources) })
}

extension Survey {
    fileprivate func wantInferenceComponents() async throws {
        let type = "AWS::SageMaker::InferenceComponent"
        for component in try await inferenceComponents() {
            if let name = component["InferenceComponentName"].text { notebook.want(Wanted(type, name)) }
        }
    }

    /// The inference components on the endpoints in scope.
    func inferenceComponents() async throws -> [AWSValue] {
        let inputs = try await fewEndpoints().map { names in
            names.map { ["MaxResults": 100, "EndpointNameEquals": .text($0)] as AWSValue }
        }
        let names = Set(try await endpointNames())
        let found = try await listed(
            "AWS::SageMaker::InferenceComponent", .sageMaker, "ListInferenceComponents",
            each: inputs ?? [["MaxResults": 100]], in: "InferenceComponents")
        return found.filter { names.contains($0["EndpointName"].text ?? "") }
    }

    fileprivate func lookAtEndpoint(_ name: String) async throws {
        var resource = AccountResource("AWS::SageMaker::Endpoint", name: name, region: region)
        switch try await endpoint(name) {
        case .absent:
            guard scope.endpoints.contains(name) else { return }
            throw PlumbError(
                .notFound, "there is no endpoint '\(name)' in \(region)",
                hint: "the region has: \(try await known())")
        case .unseen(let why): resource.properties = .unseen(why)
        case .seen(let endpoint):
            // An ARN has the name in small letters.
            resource = AccountResource(
                "AWS::SageMaker::Endpoint", name: endpoint["EndpointName"].text ?? name,
                arn: endpoint["EndpointArn"].text, region: region,
                properties: Self.properties(of: endpoint))
        }
        notebook.note(resource)
    }

    private static func properties(of endpoint: AWSValue) -> AccountValue {
        var properties = AccountValue(endpoint, only: "EndpointName", "EndpointConfigName")
        properties["DeploymentConfig"] = AccountValue(endpoint["LastDeploymentConfig"])
        properties["RetainAllVariantProperties"] = .unseen(
            "AWS does not tell whether updates are made with RetainAllVariantProperties: a template would")
        properties["LiveStatus"] = AccountValue(endpoint["EndpointStatus"])
        properties["LiveFailureReason"] = AccountValue(endpoint["FailureReason"])
        let variants = endpoint["ProductionVariants"].items
        properties["LiveVariants"] = AccountValue(endpoint["ProductionVariants"])
        func sum(_ name: String) -> AccountValue { .number(variants.reduce(0) { $0 + ($1[name].number ?? 0) }) }
        properties["LiveInstances"] = [
            "Current": sum("CurrentInstanceCount"), "Desired": sum("DesiredInstanceCount"),
        ]
        properties["LiveCreationTime"] = AccountValue(endpoint["CreationTime"])
        properties["LiveLastModifiedTime"] = AccountValue(endpoint["LastModifiedTime"])
        return properties
    }

    /// The endpoints of the region, for somebody who has mistyped one.
    private func known() async throws -> String {
        let names = try await items(.sageMaker, "ListEndpoints", ["MaxResults": 100], in: "Endpoints").value ?? []
        let shown = names.prefix(20).compactMap { $0["EndpointName"].text }
        if shown.isEmpty { return "no endpoint at all" }
        return shown.joined(separator: ", ")
            + (names.count > shown.count ? " and \(names.count - shown.count) more" : "")
    }

    /// Looks at something whose description has the members of CloudFormation's properties.
    fileprivate func lookAtServing(_ type: String, _ name: String, _ word: String, arn: String) async throws {
        let told = try await answer(
            .sageMaker, "Describe\(word)", ["\(word)Name": .text(name)], absentCodes: ["ValidationException"])
        var resource = AccountResource(type, name: name, region: region)
        switch told {
        case .absent: return
        case .unseen(let why): resource.properties = .unseen(why)
        case .seen(let value):
            resource = AccountResource(
                type, name: value["\(word)Name"].text ?? name, arn: value[arn].text, region: region,
                properties: AccountValue(value, names: Self.servingNames))
        }
        notebook.note(resource)
    }

    /// Members that are no properties, or those of another name.
    private static let servingNames: [String: String?] = [
        "EndpointConfigArn": nil, "ModelArn": nil, "ModelPackageArn": nil, "InferenceComponentArn": nil,
        "EndpointArn": nil, "CreationTime": nil, "LastModifiedTime": nil, "CreatedBy": nil, "LastModifiedBy": nil,
        "InferenceComponentStatus": "LiveStatus", "FailureReason": "LiveFailureReason",
        "ModelPackageStatus": "LiveStatus", "ModelPackageStatusDetails": nil,
    ]
}
