// Roles, trails, networks and entry points, from both tongues.

import PlumbModel
import Testing

@testable import PlumbFormats

struct GuardingMappingTests {
    private static let document = "{Statement: {Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*'}}"

    @Test func aRoleHasThePoliciesOfEveryPath() throws {
        let graph = try graph(
            .cloudformation,
            """
            R:
              Type: AWS::IAM::Role
              Properties:
                Policies: [{PolicyName: own, PolicyDocument: \(Self.document)}]
                ManagedPolicyArns: ["${M}", "arn:aws:iam::aws:policy/ReadOnlyAccess"]
            I: {Type: AWS::IAM::Policy, Properties: {Roles: ["${R}"], PolicyDocument: \(Self.document)}}
            N: {Type: AWS::IAM::RolePolicy, Properties: {RoleName: "${R}", PolicyDocument: "?later"}}
            M: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: \(Self.document)}}
            """)
        let role = try #require(graph.roles[id: "R"])
        #expect(role.policies.value?.count == 3 && role.undecidedPolicies.count == 1)
        #expect(role.managedPolicies == .known(["arn:aws:iam::aws:policy/ReadOnlyAccess"]))
    }

    @Test func aPlansRoleHasThemToo() throws {
        let graph = try graph(
            .terraform,
            """
            aws_iam_role.r: {Type: aws_iam_role, Properties: {name: worker, inline_policy: []}}
            p: {Type: aws_iam_role_policy, Properties: {role: worker, policy: \(Self.document)}}
            aws_iam_policy.m: {Type: aws_iam_policy, Properties: {policy: \(Self.document)}}
            a:
              Type: aws_iam_role_policy_attachment
              Properties: {role: "${aws_iam_role.r}", policy_arn: "${aws_iam_policy.m.Arn}"}
            b: {Type: aws_iam_policy_attachment, Properties: {roles: [worker], policy_arn: "arn:aws:iam::aws:policy/X"}}
            """)
        let role = try #require(graph.roles[id: "aws_iam_role.r"])
        #expect(role.policies.value?.count == 2 && role.undecidedPolicies.isEmpty)
        #expect(role.managedPolicies == .known(["arn:aws:iam::aws:policy/X"]))
    }

    @Test func advancedSelectorsAreTakenApart() throws {
        let graph = try graph(
            .cloudformation,
            """
            B: {Type: AWS::S3::Bucket, Properties: {BucketName: models}}
            T:
              Type: AWS::CloudTrail::Trail
              Properties:
                AdvancedEventSelectors:
                  - FieldSelectors:
                      - {Field: resources.ARN, StartsWith: ["arn:aws:s3:::models/"]}
                      - {Field: eventCategory, Equals: [Data]}
                      - {Field: resources.type, Equals: ["AWS::S3::Object"]}
                      - {Field: readOnly, Equals: ["false"]}
                  - FieldSelectors:
                      - {Field: eventCategory, Equals: [Data]}
                      - {Field: resources.type, Equals: ["AWS::S3::Object"]}
                      - {Field: resources.ARN, NotStartsWith: ["${B.Arn}/"]}
                  - FieldSelectors:
                      - {Field: resources.ARN, Equals: ["${B.Arn}/"]}
                      - {Field: resources.type, Equals: ["AWS::S3::Object"]}
            """)
        let trail = try #require(graph.trails[id: "T"])
        let selectors = try #require(trail.selectors.value)
        #expect(trail.usesAdvancedSelectors == true && selectors.count == 3)
        #expect(selectors[0].resources == .known(["${B.Arn}/"]) && selectors[0].readWrite == "WriteOnly")
        #expect(selectors[1].resources.isAbsent && selectors[1].excludedResources == .known(["${B.Arn}/"]))
        #expect(selectors[2].resources == .known(["exactly ${B.Arn}/"]), "no object's ARN ends with the slash")
    }

    @Test func oneBasicSelectorIsManagementAndData() throws {
        let graph = try graph(
            .terraform,
            """
            t:
              Type: aws_cloudtrail
              Properties:
                enable_logging: true
                advanced_event_selector: []
                event_selector:
                  - read_write_type: All
                    include_management_events: true
                    exclude_management_event_sources: []
                    data_resource:
                      - {type: "AWS::S3::Object", values: ["arn:aws:s3:::a/"]}
                      - {type: "AWS::DynamoDB::Table", values: []}
            """)
        let selectors = try #require(graph.trails[id: "t"]?.selectors.value)
        #expect(selectors.map(\.category) == ["Management", "Data"])
        #expect(selectors[1].resourceType == "AWS::S3::Object" && selectors[1].resources == .known(["arn:aws:s3:::a/"]))
    }

    @Test func routesAndMainTablesAreJoined() throws {
        let graph = try graph(
            .cloudformation,
            """
            V: {Type: AWS::EC2::VPC}
            G: {Type: AWS::EC2::InternetGateway}
            Public: {Type: AWS::EC2::RouteTable, Properties: {VpcId: "${V}"}}
            Private: {Type: AWS::EC2::RouteTable, Properties: {VpcId: "${V}"}}
            Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: "${Public}", GatewayId: "${G}"}}
            Nat: {Type: AWS::EC2::Route, Properties: {RouteTableId: "${Private}", NatGatewayId: "${N}"}}
            A: {Type: AWS::EC2::Subnet, Properties: {VpcId: "${V}", AvailabilityZone: "${AZ.0}"}}
            B: {Type: AWS::EC2::Subnet, Properties: {VpcId: "${V}"}}
            J: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: "${A}", RouteTableId: "${Public}"}}
            """)
        #expect(graph.routeTables[id: "Public"]?.hasInternetRoute == true)
        #expect(graph.routeTables[id: "Private"]?.hasInternetRoute == false)
        #expect(graph.subnets[id: "A"]?.routeTable == .known(.resource("Public")))
        let subnet = try #require(graph.subnets[id: "B"])
        let main = try #require(graph.routeTables[subnet.routeTable])
        #expect(main.hasInternetRoute == false && main.vpc == .known(.resource("V")))
    }

    @Test func groupsTakeTheirRulesFromEverywhere() throws {
        let template = try graph(
            .cloudformation,
            """
            Open: {Type: AWS::EC2::SecurityGroup}
            Empty: {Type: AWS::EC2::SecurityGroup, Properties: {SecurityGroupEgress: []}}
            Ruled: {Type: AWS::EC2::SecurityGroup}
            Rule:
              Type: AWS::EC2::SecurityGroupEgress
              Properties: {GroupId: "${Ruled.GroupId}", IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}
            """)
        #expect(template.securityGroups[id: "Open"]?.egress.isAbsent == true)
        #expect(template.securityGroups[id: "Empty"]?.egress.isAbsent == true, "an empty list lets everything out")
        #expect(template.securityGroups[id: "Ruled"]?.egress.value?.map(\.peer) == ["10.0.0.0/8"])
        #expect(template.securityGroups[id: "Ruled"]?.ingress == .known([]))
        let plan = try graph(
            .terraform,
            """
            aws_security_group.a: {Type: aws_security_group}
            r:
              Type: aws_security_group_rule
              Properties:
                security_group_id: "${aws_security_group.a}"
                type: ingress
                protocol: "-1"
                cidr_blocks: [0.0.0.0/0]
                source_security_group_id: ""
            e:
              Type: aws_vpc_security_group_egress_rule
              Properties: {security_group_id: "${aws_security_group.a}", ip_protocol: tcp, prefix_list_id: pl-1}
            """)
        let group = try #require(plan.securityGroups[id: "aws_security_group.a"])
        #expect(group.ingress.value?.map(\.peer) == ["0.0.0.0/0"] && group.egress.value?.map(\.peer) == ["pl-1"])
    }

    @Test(arguments: [
        ("HTTPS", "ELBSecurityPolicy-TLS13-1-2-2021-06", "1.2"),
        ("HTTPS", "ELBSecurityPolicy-TLS13-1-3-2021-06", "1.3"),
        ("HTTPS", nil, "1.0"), ("HTTPS", "ELBSecurityPolicy-FS-1-2-Res-2020-10", "1.2"), ("HTTP", nil, "none"),
        ("TLS", "ELBSecurityPolicy-TLS-1-1-2017-01", "1.1"), ("TCP", nil, nil), ("HTTPS", "ELBSecurityPolicy-New", nil),
    ])
    func aListenerSpeaksAtLeastWhatItsPolicySays(_ name: String, _ policy: String?, _ floor: String?) throws {
        let graph = try graph(
            .cloudformation,
            "L: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {Protocol: \(name), "
                + "SslPolicy: \(policy ?? "~")}}")
        let found = try #require(graph.entryPoints[id: "L"]?.minimumTLS)
        #expect(found.value == floor && found.isUnknown == (floor == nil))
    }

    @Test func anAPIIsOneEntryWithItsDomainMethodsAndCache() throws {
        let graph = try graph(
            .terraform,
            """
            api: {Type: aws_api_gateway_rest_api, Properties: {disable_execute_api_endpoint: true, body: ~}}
            open: {Type: aws_api_gateway_rest_api, Properties: {body: ~}}
            d: {Type: aws_api_gateway_domain_name, Properties: {domain_name: a.example, security_policy: TLS_1_2}}
            alone: {Type: aws_api_gateway_domain_name, Properties: {domain_name: b.example, security_policy: TLS_1_0}}
            m: {Type: aws_api_gateway_base_path_mapping, Properties: {api_id: "${api}", domain_name: a.example}}
            get:
              Type: aws_api_gateway_method
              Properties: {rest_api_id: "${api}", resource_id: r, http_method: GET, authorization: AWS_IAM}
            ask:
              Type: aws_api_gateway_method
              Properties: {rest_api_id: "${api}", resource_id: r, http_method: OPTIONS, authorization: NONE}
            i:
              Type: aws_api_gateway_integration
              Properties:
                rest_api_id: "${api}"
                resource_id: r
                http_method: GET
                cache_key_parameters: [method.request.header.Authorization, method.request.header.X-Model-Revision]
            s: {Type: aws_api_gateway_stage, Properties: {rest_api_id: "${api}", cache_cluster_enabled: true}}
            c:
              Type: aws_api_gateway_method_settings
              Properties:
                rest_api_id: "${api}"
                method_path: "*/*"
                settings: [{caching_enabled: true, cache_ttl_in_seconds: 60, cache_data_encrypted: true}]
            """)
        let api = try #require(graph.entryPoints[id: "api"])
        #expect(api.minimumTLS == "1.2" && api.hasDefaultAddress == false && api.requiresAuthentication == true)
        #expect(api.cacheTTLSeconds == 60 && api.encryptsCache == true)
        #expect(api.cacheKeyParts == .known(["Authorization", "X-Model-Revision"]))
        let open = try #require(graph.entryPoints[id: "open"])
        #expect(open.hasDefaultAddress == true && open.minimumTLS == "1.0" && open.cacheTTLSeconds.isAbsent)
        #expect(graph.entryPoints[id: "alone"]?.minimumTLS == "1.0" && graph.entryPoints[id: "d"] == nil)
    }

    @Test func aDistributionSaysWhatItKeepsAndHow() throws {
        let graph = try graph(
            .cloudformation,
            """
            D:
              Type: AWS::CloudFront::Distribution
              Properties:
                DistributionConfig:
                  ViewerCertificate: {AcmCertificateArn: "arn:aws:acm:us-east-1:1:certificate/1"}
                  DefaultCacheBehavior:
                    ViewerProtocolPolicy: https-only
                    CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
                  CacheBehaviors:
                    - {ViewerProtocolPolicy: allow-all, ForwardedValues: {Headers: [Authorization]}, MaxTTL: 60}
                  Origins: [{CustomOriginConfig: {OriginProtocolPolicy: https-only, OriginSSLProtocols: [TLSv1.2]}}]
            """)
        let front = try #require(graph.distributions[id: "D"])
        #expect(front.usesDefaultCertificate == false && front.minimumProtocolVersion.isAbsent)
        #expect(front.viewerProtocolPolicies == .known(["https-only", "allow-all"]))
        #expect(front.originTLSVersions == .known(["TLSv1.2"]))
        let policies = (front.cachePolicies.value ?? []).compactMap { graph.cachePolicies[$0] }
        #expect(policies.map(\.maxTTLSeconds) == [31_536_000, 60])
        #expect(policies.last?.headers == .known(["Authorization"]))
    }
}
