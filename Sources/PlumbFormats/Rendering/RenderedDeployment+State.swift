// The table of deployments and what reads its stream.

import PlumbModel

extension RenderedDeployment {
    func state() -> [RenderedResource] {
        graph.tables.map { table in
            tongue == .template && plan.isProduction ? globalTable(table) : self.table(table)
        } + graph.streamConsumers.map(consumer)
    }

    /// A record's kind and subject, such as `approval#release`, and when it was written.
    private static let attributes = [("record", "HASH"), ("at", "RANGE")]
    private static let tableNote = "Deployments, approvals and promotions, each change of them kept."
    private static let tableControls = ["SEC-1.6", "SEC-3.4", "REL-3.4", "REL-3.6", "OPS-3.6"]

    private func table(_ table: Table) -> RenderedResource {
        RenderedResource(
            table, "AWS::DynamoDB::Table", "aws_dynamodb_table", in: .state, note: Self.tableNote,
            for: Self.tableControls
        ) { fields in
            fields.put("TableName", "name", table.name)
            fields.put("BillingMode", "billing_mode", .text("PAY_PER_REQUEST"))
            addSchema(to: &fields)
            fields.putBlock("SSESpecification", "server_side_encryption", for: "SEC-1.6") {
                $0.put("SSEEnabled", "enabled", table.isSSEEnabled, for: "SEC-1.6")
                // What DynamoDB calls a customer key; Terraform leaves the word out.
                if table.key.isKnown { $0.put("SSEType", nil, .text("KMS")) }
                $0.put("KMSMasterKeyId", "kms_key_arn", .link(table.key, "Arn", "arn"), for: "SEC-1.6")
            }
            addStream(of: table, to: &fields)
            fields.putBlock("PointInTimeRecoverySpecification", "point_in_time_recovery", for: "REL-3.4", "REL-3.6") {
                $0.put("PointInTimeRecoveryEnabled", "enabled", table.hasPointInTimeRecovery)
            }
            fields.put(
                "DeletionProtectionEnabled", "deletion_protection_enabled", table.isDeletionProtected, for: "OPS-3.6")
            fields.put(nil, "replica", replicas(of: table), for: "REL-3.4")
            fields.putTags("Tags", "tags", table.head.tags)
        }
    }

    private func addSchema(to fields: inout RenderedFields) {
        let definitions = Self.attributes.map { name, _ in
            RenderedFields {
                $0.put("AttributeName", "name", .text(name))
                $0.put("AttributeType", "type", .text("S"))
            }.list
        }
        let keys = Self.attributes.map { name, type in
            RenderedFields {
                $0.put("AttributeName", nil, .text(name))
                $0.put("KeyType", nil, .text(type))
            }.list
        }
        for (name, type) in Self.attributes {
            fields.put(nil, type == "HASH" ? "hash_key" : "range_key", .text(name))
        }
        fields.put("AttributeDefinitions", "attribute", .blocks(definitions))
        fields.put("KeySchema", nil, .blocks(keys))
    }

    private func addStream(of table: Table, to fields: inout RenderedFields) {
        guard table.streamView.isKnown else { return }
        fields.putBlock("StreamSpecification", nil) {
            $0.put("StreamViewType", nil, table.streamView, for: "SEC-3.4")
        }
        fields.put(nil, "stream_enabled", .bool(true), for: "SEC-3.4")
        fields.put(nil, "stream_view_type", table.streamView, for: "SEC-3.4")
    }

    /// Each region with its own key.
    private func regions(of table: Table) -> [(name: String, key: RenderedValue?)] {
        let keys = table.replicaKeys.value ?? []
        return (table.replicaRegions.value ?? []).enumerated().map { number, region in
            (region, number < keys.count ? .link(keys[number], "Arn", "arn") : nil)
        }
    }

    private func replicas(of table: Table) -> RenderedValue? {
        let blocks = regions(of: table).map { region in
            RenderedFields {
                $0.put(nil, "region_name", .text(region.name))
                $0.put(nil, "kms_key_arn", region.key, for: "SEC-1.6", "SEC-1.8")
                $0.put(nil, "point_in_time_recovery", table.hasPointInTimeRecovery, for: "REL-3.6")
                $0.put(nil, "propagate_tags", .bool(true))
            }.list
        }
        return blocks.isEmpty ? nil : .blocks(blocks)
    }

    /// In production always a global table, if only of one region: CloudFormation cannot make one of a plain table
    /// later without losing hold of it.
    private func globalTable(_ table: Table) -> RenderedResource {
        RenderedResource(
            table, "AWS::DynamoDB::GlobalTable", nil, in: .state, note: Self.tableNote, for: Self.tableControls
        ) { fields in
            fields.put("TableName", nil, table.name)
            fields.put("BillingMode", nil, .text("PAY_PER_REQUEST"))
            addSchema(to: &fields)
            fields.putBlock("SSESpecification", nil, for: "SEC-1.6") {
                $0.put("SSEEnabled", nil, table.isSSEEnabled, for: "SEC-1.6")
                if table.key.isKnown { $0.put("SSEType", nil, .text("KMS")) }
            }
            addStream(of: table, to: &fields)
            let own = (name: "${AWS::Region}", key: RenderedValue.link(table.key, "Arn", "arn"))
            let all = ([own] + regions(of: table)).map { region in
                RenderedFields { addRegion(region, of: table, to: &$0) }.list
            }
            fields.put("Replicas", nil, .blocks(all), for: "REL-3.4")
        }
    }

    private func addRegion(
        _ region: (name: String, key: RenderedValue?), of table: Table, to fields: inout RenderedFields
    ) {
        fields.put("Region", nil, .text(region.name))
        fields.putBlock("SSESpecification", nil, for: "SEC-1.6", "SEC-1.8") {
            $0.put("KMSMasterKeyId", nil, region.key)
        }
        fields.putBlock("PointInTimeRecoverySpecification", nil, for: "REL-3.4", "REL-3.6") {
            $0.put("PointInTimeRecoveryEnabled", nil, table.hasPointInTimeRecovery)
        }
        fields.put("DeletionProtectionEnabled", nil, table.isDeletionProtected, for: "OPS-3.6")
        fields.putTags("Tags", "tags", table.head.tags)
    }

    private func consumer(_ consumer: StreamConsumer) -> RenderedResource {
        var resource = RenderedResource(
            consumer, "AWS::Lambda::EventSourceMapping", "aws_lambda_event_source_mapping", in: .state,
            note: "Keeps every change of the table: its stream forgets after 24 hours.", for: ["SEC-3.4"]
        ) { fields in
            fields.put(
                "EventSourceArn", "event_source_arn", .link(consumer.table, "StreamArn", "stream_arn"), for: "SEC-3.4")
            fields.put("FunctionName", "function_name", .link(consumer.function, nil, "function_name"), for: "SEC-3.4")
            fields.put("Enabled", "enabled", consumer.isEnabled, for: "SEC-3.4")
            // From the oldest change on, so that nothing is lost between table and consumer.
            fields.put("StartingPosition", "starting_position", .text("TRIM_HORIZON"))
            fields.put("BatchSize", "batch_size", .int(100))
            // Fewer and larger objects in the archive; well below the 15 minutes that may be lost.
            fields.put("MaximumBatchingWindowInSeconds", "maximum_batching_window_in_seconds", .int(60))
            addRetries(to: &fields)
            fields.putTags("Tags", "tags", consumer.head.tags)
        }
        // Lambda makes no mapping for a role that may not read the stream.
        if let function = graph.functions[consumer.function],
            let role = graph.roles[function.role]
        {
            resource.dependsOn = ["\(role.id)Policy"]
        }
        return resource
    }

    /// One bad record is split off from its batch, tried for a while and told of: without a limit it would hold up
    /// all changes after it until they are forgotten.
    private func addRetries(to fields: inout RenderedFields) {
        fields.put("BisectBatchOnFunctionError", "bisect_batch_on_function_error", .bool(true))
        fields.put("MaximumRetryAttempts", "maximum_retry_attempts", .int(10))
        fields.put("MaximumRecordAgeInSeconds", "maximum_record_age_in_seconds", .int(6 * 3600))
        guard let topic = graph.topics[id: "AlarmTopic"] else { return }
        fields.putBlock("DestinationConfig", "destination_config", for: "SEC-3.4") { destination in
            destination.putBlock("OnFailure", "on_failure") {
                $0.put("Destination", "destination_arn", .link(.resource(topic.id), nil, "arn"))
            }
        }
    }
}
