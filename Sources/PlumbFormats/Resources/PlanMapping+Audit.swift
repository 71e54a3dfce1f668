// Trails and log groups of a plan.

import PlumbModel

extension PlanMapping {
    static func addTrails(to graph: inout Graph, from inventory: Inventory) {
        for resource in inventory["aws_cloudtrail"] {
            var trail = Trail(head: resource.head)
            trail.isLogging = resource["enable_logging"].bool
            trail.isMultiRegion = resource["is_multi_region_trail"].bool
            trail.includesGlobalEvents = resource["include_global_service_events"].bool
            trail.validatesLogFiles = resource["enable_log_file_validation"].bool
            trail.key = inventory.key(resource["kms_key_id"])
            trail.bucket = inventory.bucket(resource["s3_bucket_name"])
            let reading = TrailSelectors(
                inventory,
                names: TrailSelectors.Names(
                    management: "include_management_events", readWrite: "read_write_type",
                    excludedSources: "exclude_management_event_sources", data: "data_resource", type: "type",
                    values: "values", fields: "field_selector", field: "field", equals: "equals",
                    startsWith: "starts_with", notEquals: "not_equals", notStartsWith: "not_starts_with",
                    others: ["ends_with", "not_ends_with"]))
            reading.fill(&trail, basic: resource["event_selector"], advanced: resource["advanced_event_selector"])
            graph.trails.append(trail)
        }
    }

    static func addLogGroups(to graph: inout Graph, from inventory: Inventory) {
        for resource in inventory["aws_cloudwatch_log_group"] {
            var group = LogGroup(head: resource.head)
            group.retentionDays = resource["retention_in_days"].int
            group.key = inventory.key(resource["kms_key_id"])
            graph.logGroups.append(group)
        }
    }
}
