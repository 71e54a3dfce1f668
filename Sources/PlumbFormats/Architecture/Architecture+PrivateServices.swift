// The AWS services that the network reaches in private, and what may be asked of each.

import PlumbModel

extension Architecture {
    /// A service of AWS with a private endpoint.
    struct PrivateService {
        /// The end of its name: `com.amazonaws.REGION.name`.
        var name: String
        var id: String
        var isGateway = false
        var statements: [(actions: [String], resources: [String])]
    }

    static func privateServices(_ network: String, _ plan: Blueprint) -> [PrivateService] {
        let isReplica = !network.isEmpty
        let region = isReplica ? plan.recoveryRegion ?? "${AWS::Region}" : "${AWS::Region}"
        let endpoint = isReplica ? plan.recoveryEndpointARN : "${Endpoint.Arn}"
        let buckets = isReplica ? ["ReplicaBucket"] : ["ArtifactBucket", "CaptureBucket"]
        let images = isReplica ? plan.imageRepositoryReplicas : plan.imageRepositories
        let key = isReplica ? "${ReplicaKey.Arn}" : "${DataKey.Arn}"
        return [
            PrivateService(
                name: "sagemaker.runtime", id: "Runtime", statements: [(["sagemaker:InvokeEndpoint"], [endpoint])]),
            PrivateService(
                name: "s3", id: "S3", isGateway: true,
                statements: [
                    (["s3:GetObject", "s3:PutObject"], buckets.map { "${\($0).Arn}/*" }),
                    (["s3:ListBucket"], buckets.map { "${\($0).Arn}" }),
                    // ECR keeps the layers of images in a bucket of AWS's own.
                    (["s3:GetObject"], ["arn:${AWS::Partition}:s3:::prod-\(region)-starport-layer-bucket/*"]),
                ]),
            PrivateService(
                name: "ecr.api", id: "ECRApi",
                statements: [
                    (["ecr:GetAuthorizationToken"], ["*"]), (imageReads, images),
                ]),
            PrivateService(
                name: "ecr.dkr", id: "ECRDkr", statements: [(imageReads, images)]),
            PrivateService(
                name: "logs", id: "Logs",
                statements: [
                    (
                        ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                        [plan.arn("logs", "log-group:/aws/*", region: region)]
                    )
                ]),
            PrivateService(name: "monitoring", id: "Monitoring", statements: [(["cloudwatch:PutMetricData"], ["*"])]),
            PrivateService(
                name: "kms", id: "KMS",
                statements: [(["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"], [key])]),
            PrivateService(name: "sts", id: "STS", statements: [(["sts:GetCallerIdentity"], ["*"])]),
        ]
    }

    /// A private endpoint; its policy lets this account alone ask for what the deployment needs, where AWS's default
    /// would allow everything.
    static func endpoint(
        _ service: PrivateService, network: String, region: String?, _ plan: Blueprint
    ) -> VPCEndpoint {
        plan.make("\(network)\(service.id)VPCEndpoint", named: nil, from: "instances") {
            $0.vpc = reference("\(network)Network")
            $0.service = .known("com.amazonaws.\(region ?? "${AWS::Region}").\(service.name)")
            $0.kind = .known(service.isGateway ? "Gateway" : "Interface")
            if service.isGateway {
                $0.routeTables = references(["\(network)RouteTable"])
            } else {
                $0.hasPrivateDNS = true
                $0.subnets = references(plan.subnets(network))
                $0.securityGroups = references(["\(network)EndpointSecurityGroup"])
            }
            let account = PolicyCondition.equals("aws:PrincipalAccount", ["${AWS::AccountId}"])
            // Layers of images are fetched with signed addresses of AWS's own account.
            let network = PolicyCondition.equals("aws:SourceVpc", ["${\(network)Network}"])
            $0.policy = .known(
                PolicyDocument(
                    service.statements.enumerated().map { index, statement in
                        .allow(
                            "Needed\(index + 1)", statement.actions, on: statement.resources, to: [.anyone],
                            when: [statement.resources.contains { $0.contains("starport") } ? network : account])
                    }))
        }
    }
}
