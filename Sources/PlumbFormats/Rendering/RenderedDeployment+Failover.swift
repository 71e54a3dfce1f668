// DNS that leaves a region when its endpoint is ill.
//
// The endpoint is asked with signed POSTs, and a signature holds for one region and one host name: an alias could not
// carry them from one region to the other. So the records tell a region's name, and a client asks that region.

import PlumbModel

extension RenderedDeployment {
    func failover() -> [RenderedResource] {
        guard let record = graph.recordSets.first else { return [] }
        return [zone(record)] + graph.healthChecks.map(healthCheck) + graph.recordSets.map(self.record)
    }

    private static let zoneID = "FailoverZone"

    private func zone(_ record: RecordSet) -> RenderedResource {
        RenderedResource(
            Self.zoneID, "AWS::Route53::HostedZone", "aws_route53_zone", in: .recovery,
            note: "Seen from the networks of both regions, and from those that are associated with it.",
            for: ["REL-3.7"]
        ) { fields in
            fields.put("Name", "name", record.name)
            fields.put(nil, "comment", Self.zoneComment)
            fields.putBlock("HostedZoneConfig", nil) { $0.put("Comment", nil, Self.zoneComment) }
            fields.put("VPCs", "vpc", .blocks(networks))
            fields.put("HostedZoneTags", "tags", .tags(plan.tags))
        }
    }

    private static let zoneComment = RenderedValue.text("Which region serves")

    /// A template knows the second region's network only by the id that its own stack tells.
    private var networks: [[RenderedField]] {
        func network(_ id: RenderedValue, in region: String) -> [RenderedField] {
            RenderedFields {
                $0.put("VPCId", "vpc_id", id)
                $0.put("VPCRegion", "vpc_region", .text(region))
            }.list
        }
        let away: RenderedValue =
            tongue == .plan
            ? .link("ReplicaNetwork", template: nil, plan: "id")
            : .parameter(
                .text(
                    "RecoveryNetworkId", nil, matching: "^vpc-[0-9a-f]{8,17}$", hint: "The id of a VPC.",
                    "The network that the second region's stack made."))
        return [
            network(.link("Network", template: nil, plan: "id"), in: "${AWS::Region}"),
            network(away, in: plan.recoveryRegion ?? "${AWS::Region}"),
        ]
    }

    private func healthCheck(_ check: HealthCheck) -> RenderedResource {
        RenderedResource(
            check, "AWS::Route53::HealthCheck", "aws_route53_health_check", in: .recovery,
            note: "Follows the health alarm: the endpoint is private, and no checker of Route 53 can reach it.",
            for: ["REL-3.7"]
        ) { fields in
            let alarm = graph.alarms.first { $0.name.value != nil && $0.name.value == check.alarmName.value }
            let name = alarm.map { RenderedValue.link($0.id, template: nil, plan: "alarm_name") }
            let named = name ?? check.alarmName.value.map { .text($0) }
            let kind = RenderedValue.text("CLOUDWATCH_METRIC")
            // A new alarm has no data yet, which is no reason to leave.
            let unsure = RenderedValue.text("LastKnownStatus")
            fields.putBlock("HealthCheckConfig", nil) {
                $0.put("Type", nil, kind)
                $0.putBlock("AlarmIdentifier", nil, for: "REL-3.7") {
                    $0.put("Name", nil, named)
                    $0.put("Region", nil, .text("${AWS::Region}"))
                }
                $0.put("InsufficientDataHealthStatus", nil, unsure)
            }
            fields.put(nil, "type", kind)
            fields.put(nil, "cloudwatch_alarm_name", named, for: "REL-3.7")
            fields.put(nil, "cloudwatch_alarm_region", .text("${AWS::Region}"))
            fields.put(nil, "insufficient_data_health_status", unsure)
            fields.putTags("HealthCheckTags", "tags", check.head.tags)
        }
    }

    private func record(_ record: RecordSet) -> RenderedResource {
        let isPrimary = record.failover.value == "PRIMARY"
        let region = isPrimary ? "${AWS::Region}" : plan.recoveryRegion ?? "${AWS::Region}"
        return RenderedResource(
            record, "AWS::Route53::RecordSet", "aws_route53_record", in: .recovery,
            note: isPrimary
                ? "Clients read the region here and ask the endpoint \(plan.spec.name) in it."
                : "What they read while the health alarm fires.",
            for: ["REL-3.7"]
        ) { fields in
            fields.put("HostedZoneId", "zone_id", .link(Self.zoneID, template: nil, plan: "zone_id"))
            fields.put("Name", "name", record.name)
            fields.put("Type", "type", .text("TXT"))
            fields.put("TTL", nil, record.ttlSeconds.value.map { .text(String($0)) }, for: "REL-3.3")
            fields.put(nil, "ttl", record.ttlSeconds, for: "REL-3.3")
            // Route 53 keeps texts in quotes, which Terraform writes itself.
            fields.put("ResourceRecords", nil, .texts(["\"\(region)\""]))
            fields.put(nil, "records", .texts([region]))
            fields.put("SetIdentifier", "set_identifier", record.failover.value.map { .text($0.lowercased()) })
            fields.put("Failover", nil, record.failover, for: "REL-3.7")
            fields.putBlock(nil, "failover_routing_policy", for: "REL-3.7") { $0.put(nil, "type", record.failover) }
            fields.put(
                "HealthCheckId", "health_check_id", .link(record.healthCheck), for: "REL-3.7")
        }
    }
}
