// Trails and log groups of a template.

import PlumbModel

extension CloudFormationMapping {
    static func addTrails(to graph: inout Graph, from inventory: Inventory) {
        for resource in inventory["AWS::CloudTrail::Trail"] {
            var trail = Trail(head: resource.head)
            trail.isLogging = resource["IsLogging"].bool
            trail.isMultiRegion = resource["IsMultiRegionTrail"].bool
            trail.includesGlobalEvents = resource["IncludeGlobalServiceEvents"].bool
            trail.validatesLogFiles = resource["EnableLogFileValidation"].bool
            trail.key = inventory.key(resource["KMSKeyId"])
            trail.bucket = inventory.bucket(resource["S3BucketName"])
            let reading = TrailSelectors(
                inventory,
                names: TrailSelectors.Names(
                    management: "IncludeManagementEvents", readWrite: "ReadWriteType",
                    excludedSources: "ExcludeManagementEventSources", data: "DataResources", type: "Type",
                    values: "Values", fields: "FieldSelectors", field: "Field", equals: "Equals",
                    startsWith: "StartsWith", notEquals: "NotEquals", notStartsWith: "NotStartsWith",
                    others: ["EndsWith", "NotEndsWith"]))
            reading.fill(&trail, basic: resource["EventSelectors"], advanced: resource["AdvancedEventSelectors"])
            graph.trails.append(trail)
        }
    }

    static func addLogGroups(to graph: inout Graph, from inventory: Inventory) {
        for resource in inventory["AWS::Logs::LogGroup"] {
            var group = LogGroup(head: resource.head)
            group.retentionDays = resource["RetentionInDays"].int
            group.key = inventory.key(resource["KmsKeyId"])
            graph.logGroups.append(group)
        }
    }
}
