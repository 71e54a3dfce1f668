// What a survey sees of roles, analyzers, trails and networks.

import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbAWS

@Suite(
    .serialized, .timeLimit(.minutes(20)),
    .enabled(if: AWSTools.python != nil, "scripts/aws-tools.sh installs it"))
struct GuardingSurveyTests {
    private static func roles(_ count: Int) -> String {
        """
        iam = aws("iam")
        document = json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::models/*"}]})
        policy = iam.create_policy(PolicyName="own", PolicyDocument=document)["Policy"]["Arn"]
        for number in range(\(count)):
            name = f"role-{number}"
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, PermissionsBoundary=policy,
                Tags=[{"Key": "ml:purpose", "Value": "execution"}])
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document)
            iam.attach_role_policy(RoleName=name, PolicyArn=policy)
            iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonSageMakerFullAccess")
        """
    }

    /// One role is asked for alone, many come by the page; both tell the same.
    @Test(arguments: [1, 103])
    func aRoleIsToldWithAllItsPolicies(_ count: Int) async throws {
        let double = try AccountDouble()
        try double.make(Self.roles(count))
        let names = (0..<count).map { Wanted("AWS::IAM::Role", "role-\($0)") }
        let found = try await double.survey(
            [.roles], wanting: names + [Wanted("AWS::IAM::Role", "AWSServiceRoleForSomething")])
        #expect(found.all("AWS::IAM::Role").count == count)
        let role = try found.one("AWS::IAM::Role", "role-\(count - 1)")
        #expect(role.tags == ["ml:purpose": "execution"])
        guard case .text(let trust) = role.properties["AssumeRolePolicyDocument"],
            case .text(let inline) = role.properties["Policies"].first["PolicyDocument"],
            case .list(let attached) = role.properties["ManagedPolicyArns"]
        else { throw Missing() }
        #expect(trust.hasPrefix("{") && trust.contains("sagemaker.amazonaws.com"))
        #expect(inline.hasPrefix("{") && inline.contains("arn:aws:s3:::models/*"))
        #expect(
            Set(attached) == [
                "arn:aws:iam::123456789012:policy/own", "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess",
            ])
        #expect(role.properties["PermissionsBoundary"] == "arn:aws:iam::123456789012:policy/own")
        let policy = try found.one("AWS::IAM::ManagedPolicy")
        guard case .text(let document) = policy.properties["PolicyDocument"] else { throw Missing() }
        #expect(document.contains("s3:GetObject"))
        #expect(double.operations.isSubset(of: Concern.roles.saidReads))
        #expect(double.asked.count <= (count == 1 ? 6 : 5), "\(double.asked)")
    }

    @Test func whereAllRolesMayNotBeReadEachIsAsked() async throws {
        let double = try AccountDouble()
        try double.make(Self.roles(7) + "\ndeny('iam:GetAccountAuthorizationDetails', 'iam:ListAttachedRolePolicies')")
        let found = try await double.survey([.roles], wanting: (0..<7).map { Wanted("AWS::IAM::Role", "role-\($0)") })
        #expect(found.all("AWS::IAM::Role").count == 7)
        let role = try found.one("AWS::IAM::Role", "role-3")
        #expect(role.properties["ManagedPolicyArns"] == .unseen("iam:ListAttachedRolePolicies is denied"))
        #expect(role.properties["Policies"].first["PolicyName"] == "inline")
    }

    @Test func openFindingsAboutWhatIsHereAreCounted() async throws {
        let double = try AccountDouble()
        try double.make(
            """
            analyzer = aws("accessanalyzer")
            arn = analyzer.create_analyzer(analyzerName="outside", type="ACCOUNT")["arn"]
            analyzer.create_analyzer(analyzerName="unused", type="ACCOUNT_UNUSED_ACCESS",
                configuration={"unusedAccess": {"unusedAccessAge": 90}})
            analyzer.create_archive_rule(analyzerName="outside", ruleName="known",
                filter={"resource": {"contains": ["public-website"]}})
            import time
            def finding(number, status="ACTIVE"):
                return {"id": str(number), "status": status,
                    "resource": "arn:aws:s3:::models" if number == 107 else "x",
                    "resourceType": "AWS::S3::Bucket", "findingType": "ExternalAccess", "analyzedAt": time.time(),
                    "createdAt": time.time() - 9.5 * 86400, "updatedAt": time.time(),
                    "resourceOwnerAccount": "123456789012"}
            keep("findings", {arn: [finding(number) for number in range(108)] + [finding(107, "ARCHIVED")]})
            """)
        let bucket = AccountResource("AWS::S3::Bucket", name: "models", arn: "arn:aws:s3:::models")
        let found = try await double.survey([.analyzers], noting: [bucket])
        let outside = try found.one("AWS::AccessAnalyzer::Analyzer", "outside")
        #expect(outside.properties["Type"] == "ACCOUNT" && outside.properties["LiveStatus"] == "ACTIVE")
        #expect(outside.properties["ArchiveRules"].first["Filter"].first["Property"] == "resource")
        guard case .list(let findings) = outside.properties["LiveFindings"] else { throw Missing() }
        #expect(findings == [["Resource": "arn:aws:s3:::models", "Type": "ExternalAccess", "Days": 9]])
        let unused = try found.one("AWS::AccessAnalyzer::Analyzer", "unused")
        #expect(
            unused.properties["AnalyzerConfiguration"]["UnusedAccessConfiguration"]["UnusedAccessAge"] == 90)
        #expect(unused.properties["LiveFindings"] == [])
        #expect(double.operations == Concern.analyzers.saidReads)
    }

    @Test func aTrailIsToldWithWhatItRecordsAndWhoHasChangedWhat() async throws {
        let double = try AccountDouble()
        try double.make(
            """
            aws("s3").create_bucket(Bucket="audit", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
            trails = aws("cloudtrail")
            trails.create_trail(Name="all", S3BucketName="audit", IsMultiRegionTrail=True, EnableLogFileValidation=True)
            trails.start_logging(Name="all")
            trails.put_event_selectors(TrailName="all", EventSelectors=[{"ReadWriteType": "All",
                "IncludeManagementEvents": True,
                "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::models/"]}]}])
            def event(number):
                return {"EventId": str(number), "EventName": "UpdateEndpoint", "EventTime": 1790000000,
                    "CloudTrailEvent": json.dumps({"requestParameters": {"endpointName": "digits"},
                        "userIdentity": {"arn": "arn:aws:sts::123456789012:assumed-role/deploy/ci", "sessionContext": {
                            "sessionIssuer": {"arn": "arn:aws:iam::123456789012:role/deploy"}}}})}
            keep("events", {str(number): event(number) for number in range(53)})
            """)
        let endpoint = AccountResource("AWS::SageMaker::Endpoint", name: "digits")
        let found = try await double.survey([.trails], noting: [endpoint])
        let trail = try found.one("AWS::CloudTrail::Trail")
        #expect(trail.properties["IsLogging"] == true && trail.properties["IsMultiRegionTrail"] == true)
        #expect(trail.properties["EnableLogFileValidation"] == true && trail.properties["S3BucketName"] == "audit")
        let selector = trail.properties["EventSelectors"].first
        #expect(selector["ReadWriteType"] == "All")
        #expect(selector["DataResources"].first["Values"].first == "arn:aws:s3:::models/")
        #expect(trail.properties["AdvancedEventSelectors"] == .absent)
        let changes = try #require(found.evidence.first { $0.kind == .changes })
        #expect(changes.numbers["changes"] == 53 && changes.texts["callers"] == "arn:aws:iam::123456789012:role/deploy")
        #expect(double.operations == Concern.trails.saidReads)
    }

    @Test func aRefusedListIsAGapOfItsType() async throws {
        let double = try AccountDouble()
        try double.make("deny('cloudtrail:DescribeTrails', 'cloudtrail:LookupEvents')")
        let found = try await double.survey([.trails])
        #expect(
            found.gaps.contains {
                $0.type == "AWS::CloudTrail::Trail" && $0.action == "cloudtrail:DescribeTrails"
                    && $0.reason == "cloudtrail:DescribeTrails is denied"
            })
    }

    @Test func aSubnetUsesTheMainRouteTableUnlessItHasItsOwn() async throws {
        let double = try AccountDouble()
        let ids = try double.make(
            """
            ec2 = aws("ec2")
            vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
            subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24",
                AvailabilityZone="eu-central-1" + "ab"[n])["Subnet"]["SubnetId"] for n in range(2)]
            gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
            ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
            main = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]
            ec2.create_route(RouteTableId=main["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
            own = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
            ec2.associate_route_table(RouteTableId=own, SubnetId=subnets[1])
            group = ec2.create_security_group(GroupName="models", Description="d", VpcId=vpc)["GroupId"]
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443,
                "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}])
            ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[{"IpProtocol": "-1",
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
            ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.eu-central-1.sagemaker.runtime",
                VpcEndpointType="Interface", SubnetIds=subnets, SecurityGroupIds=[group], PrivateDnsEnabled=True)
            print(" ".join(subnets + [group, main["RouteTableId"], own]))
            """
        ).split(separator: " ").map(String.init)
        let found = try await double.survey(
            [.network],
            wanting: [Wanted("AWS::EC2::Subnet", ids[0]), Wanted("AWS::EC2::Subnet", "subnet-00000000000000000")])
        #expect(found.all("AWS::EC2::Subnet").map(\.name).sorted() == [ids[0], ids[1]].sorted())
        let tables = found.all("AWS::EC2::SubnetRouteTableAssociation").map {
            ($0.properties["SubnetId"], $0.properties["RouteTableId"])
        }
        #expect(tables.contains { $0 == (.text(ids[0]), .text(ids[3])) })
        #expect(tables.contains { $0 == (.text(ids[1]), .text(ids[4])) })
        let route = try found.one("AWS::EC2::Route")
        #expect(route.properties["RouteTableId"] == .text(ids[3]))
        let group = try found.one("AWS::EC2::SecurityGroup", ids[2])
        #expect(group.properties["SecurityGroupIngress"].first["CidrIp"] == "10.0.0.0/16")
        #expect(group.properties["SecurityGroupEgress"].first["CidrIp"] == "255.255.255.255/32")
        let endpoint = try found.one("AWS::EC2::VPCEndpoint")
        #expect(endpoint.properties["ServiceName"] == "com.amazonaws.eu-central-1.sagemaker.runtime")
        #expect(endpoint.properties["SecurityGroupIds"] == [.text(ids[2])])
        #expect(double.operations == Concern.network.saidReads)
    }

    @Test func routesThatMayNotBeReadAreUnseen() async throws {
        let double = try AccountDouble()
        let subnet = try double.make(
            """
            ec2 = aws("ec2")
            vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
            print(ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"])
            deny("ec2:DescribeRouteTables")
            """)
        let found = try await double.survey([.network], wanting: [Wanted("AWS::EC2::Subnet", subnet)])
        let association = try found.one("AWS::EC2::SubnetRouteTableAssociation")
        #expect(association.properties["RouteTableId"] == .unseen("ec2:DescribeRouteTables is denied"))
    }
}
