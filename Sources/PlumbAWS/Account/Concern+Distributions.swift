// Content delivery in front of an API, and DNS that follows an alarm.

import PlumbModel

extension Concern {
    static let distributions = Concern(
        name: "distributions",
        reads: [
            Read(.cloudFront, "ListDistributions"), Read(.cloudFront, "GetCachePolicy"),
            Read(.route53, "ListHealthChecks"), Read(.route53, "ListHostedZones"),
            Read(.route53, "ListResourceRecordSets"),
        ],
        list: { survey in
            async let distributions: Void = survey.listDistributions()
            async let checks: Void = survey.listHealthChecks()
            _ = try await (distributions, checks)
        },
        types: ["AWS::CloudFront::CachePolicy", "AWS::Route53::RecordSet"],
        look: { survey, type, ids in
            if type == "AWS::Route53::RecordSet" {
                try await survey.lookAtRecords(following: Set(ids))
            } else {
                try await survey.inParallel(ids) { try await survey.lookAtCachePolicy($0) }
            }
        })
}

extension Survey {
    fileprivate func listDistributions() async throws {
        let type = "AWS::CloudFront::Distribution"
        let distributions = try await listed(
            type, .cloudFront, "ListDistributions", in: "DistributionList.Items.DistributionSummary")
        for told in distributions {
            guard let id = told["Id"].text, let arn = told["ARN"].text else { continue }
            var resource = AccountResource(type, name: id, arn: arn, tags: try await tags(of: arn, region: "us-east-1"))
            let body = DistributionShape.flat(told.withoutEmptyElements)
            resource.properties["DistributionConfig"] = AccountValue(body, names: DistributionShape.names)
            let origins = body["Origins"].items.compactMap { $0["DomainName"].text }
            let behaviors = [body["DefaultCacheBehavior"]] + body["CacheBehaviors"].items
            let policies = Set(behaviors.compactMap { $0["CachePolicyId"].text })
            notebook.consider(
                resource, mentioning: origins.flatMap(DistributionShape.targets),
                followUps: policies.sorted().map { Wanted("AWS::CloudFront::CachePolicy", $0) })
        }
    }

    fileprivate func lookAtCachePolicy(_ id: String) async throws {
        let told = try await answer(
            .cloudFront, "GetCachePolicy", ["Id": .text(id)], absentCodes: ["NoSuchCachePolicy"])
        let configuration = AccountValue(told) {
            AccountValue(DistributionShape.flat($0["CachePolicy"]["CachePolicyConfig"].withoutEmptyElements))
        }
        guard configuration != .absent else { return }
        notebook.note(
            AccountResource(
                "AWS::CloudFront::CachePolicy", name: id, properties: ["CachePolicyConfig": configuration]))
    }

    // MARK: - DNS

    fileprivate func listHealthChecks() async throws {
        let type = "AWS::Route53::HealthCheck"
        let checks = try await listed(type, .route53, "ListHealthChecks", in: "HealthChecks.HealthCheck")
        for told in checks {
            guard let id = told["Id"].text, let alarm = told["HealthCheckConfig"]["AlarmIdentifier"]["Name"].text else {
                continue
            }
            notebook.consider(
                AccountResource(
                    type, name: id, arn: "arn:\(partition):route53:::healthcheck/\(id)",
                    properties: ["HealthCheckConfig": AccountValue(told["HealthCheckConfig"].withoutEmptyElements)]),
                mentioning: [Wanted("AWS::CloudWatch::Alarm", alarm)],
                followUps: [Wanted("AWS::Route53::RecordSet", id)])
        }
    }

    /// More pages of one zone than this are not looked through.
    private static let recordPagesMax = 100

    /// The records that follow a health check.
    fileprivate func lookAtRecords(following checks: Set<String>) async throws {
        let type = "AWS::Route53::RecordSet"
        let zones = try await listed(type, .route53, "ListHostedZones", in: "HostedZones.HostedZone")
        try await inParallel(zones.compactMap { $0["Id"].text?.split(separator: "/").last.map(String.init) }) { zone in
            var input: AWSValue = ["HostedZoneId": .text(zone)]
            for _ in 0..<Self.recordPagesMax {
                let answer = try await answer(.route53, "ListResourceRecordSets", input)
                if case .unseen(let why) = answer {
                    notebook.note(AccountGap(type: type, action: "route53:ListResourceRecordSets", reason: why))
                }
                guard let page = answer.value else { return }
                for record in page["ResourceRecordSets"]["ResourceRecordSet"].items
                where record["HealthCheckId"].text.map(checks.contains) ?? false {
                    let name = ["Name", "Type", "SetIdentifier"].compactMap { record[$0].text }.joined(separator: " ")
                    notebook.note(
                        AccountResource(
                            type, name: name,
                            properties: AccountValue(
                                record, only: "Name", "Type", "SetIdentifier",
                                "Failover", "HealthCheckId", "TTL")))
                }
                guard page["IsTruncated"].bool == true else { return }
                input["StartRecordName"] = page["NextRecordName"]
                input["StartRecordType"] = page["NextRecordType"]
                input["StartRecordIdentifier"] = page["NextRecordIdentifier"]
            }
            notebook.note(
                AccountGap(
                    type: type, action: "route53:ListResourceRecordSets",
                    reason: "the zone \(zone) has more than \(Self.recordPagesMax) pages of records"))
        }
    }
}

/// CloudFront's XML in CloudFormation's words.
private enum DistributionShape {
    static let names: [String: String?] = [
        "OriginSslProtocols": "OriginSSLProtocols", "ACMCertificateArn": "AcmCertificateArn",
        "IAMCertificateId": "IamCertificateId", "SSLSupportMethod": "SslSupportMethod", "Id": nil, "ARN": nil,
        "ETag": nil, "Status": nil, "LastModifiedTime": nil, "DomainName": "DomainName",
    ]

    /// `{Quantity, Items: {Origin: […]}}` is a list, and the methods that are kept stand beside those that are allowed.
    static func flat(_ value: AWSValue) -> AWSValue {
        switch value {
        case .list(let items): return .list(items.map(flat))
        case .map(var members):
            let kept = members["AllowedMethods"]?["CachedMethods"] ?? .null
            if members["Quantity"] != nil {
                let items = members["Items"] ?? .null
                return .list(
                    (items.members.count == 1 ? items.members.values.first?.items : items.items)?.map(flat) ?? [])
            }
            if !kept.isNull { members["CachedMethods"] = kept }
            return .map(members.mapValues(flat))
        default: return value
        }
    }

    /// The API that an origin is.
    static func targets(_ origin: String) -> [Wanted] {
        guard origin.contains(".execute-api."), let id = origin.split(separator: ".").first.map(String.init) else {
            return []
        }
        return [Wanted("AWS::ApiGateway::RestApi", id), Wanted("AWS::ApiGatewayV2::Api", id)]
    }
}
