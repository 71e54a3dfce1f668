// Buckets with everything that keeps them private, and the images.

import PlumbModel

extension RenderedDeployment {
    /// In CloudFormation a bucket says all but its policy itself; in Terraform each thing is a resource of its own.
    func storage() -> [RenderedResource] {
        let buckets = graph.buckets.flatMap { bucket in
            let parts = tongue == .template ? [] : planParts(of: bucket)
            return [self.bucket(bucket)] + parts + [policy(of: bucket)].compactMap { $0 }
        }
        return buckets + images()
    }

    private func bucket(_ bucket: Bucket) -> RenderedResource {
        RenderedResource(
            bucket, "AWS::S3::Bucket", "aws_s3_bucket", in: .storage, note: note(on: bucket),
            for: ["OPS-3.6"] + controls(of: bucket)
        ) { fields in
            fields.put("BucketName", "bucket", bucket.name)
            fields.put(
                "ObjectLockEnabled", "object_lock_enabled", bucket.isObjectLockEnabled.value.map { .bool($0) },
                for: BucketPart.lock.controls(of: bucket))
            if tongue == .template { addTemplateParts(of: bucket, to: &fields) }
            fields.putTags("Tags", "tags", bucket.head.tags)
        }
    }

    private func addTemplateParts(of bucket: Bucket, to fields: inout RenderedFields) {
        func put(_ key: String, _ part: BucketPart, _ value: [RenderedField]?) {
            fields.put(key, nil, value.map { .block($0) }, for: part.controls(of: bucket))
        }
        func list(_ key: String, _ blocks: [[RenderedField]]?) -> [RenderedField]? {
            blocks.map { blocks in RenderedFields { $0.put(key, nil, .blocks(blocks)) }.list }
        }
        put("ObjectLockConfiguration", .lock, lock(of: bucket))
        put("VersioningConfiguration", .versioning, versioning(of: bucket))
        put(
            "BucketEncryption", .encryption,
            list("ServerSideEncryptionConfiguration", encryptionRule(of: bucket).map { [$0] }))
        put("PublicAccessBlockConfiguration", .accessBlock, accessBlock(of: bucket))
        put("OwnershipControls", .ownership, list("Rules", ownershipRule(of: bucket).map { [$0] }))
        put("LoggingConfiguration", .logging, logging(of: bucket))
        put("LifecycleConfiguration", .lifecycle, list("Rules", lifecycleRules(of: bucket)))
        put("ReplicationConfiguration", .replication, replication(of: bucket))
    }

    private func policy(of bucket: Bucket) -> RenderedResource? {
        guard let document = RenderedValue.policy(bucket.policy) else { return nil }
        var policy = RenderedResource(
            "\(bucket.id)Policy", "AWS::S3::BucketPolicy", "aws_s3_bucket_policy", in: .storage,
            region: bucket.head.region.value,
            for: ["SEC-1.1"] + (bucket.purpose.value == .accessLogs ? ["SEC-3.3"] : [])
        ) { fields in
            fields.put("Bucket", "bucket", .link(.resource(bucket.id)))
            let writers = bucket.purpose.value == .accessLogs ? ["SEC-3.3"] : []
            fields.put("PolicyDocument", "policy", document, forAll: ["SEC-1.1", "SEC-2.4"] + writers)
        }
        // S3 answers 409 to two changes of one bucket's access at a time.
        if tongue == .plan, bucket.publicAccessBlock.isKnown { policy.dependsOn = ["\(bucket.id)PublicAccessBlock"] }
        return policy
    }

    private func note(on bucket: Bucket) -> String? {
        switch bucket.purpose.value {
        case .artifacts: "Model artefacts, each under its digest, and the example request."
        case .captures: "Captured requests and answers, and their labels, until their time to live ends."
        case .accessLogs:
            "S3 delivers access logs neither to a locked bucket nor under a customer key: they are copied on."
        case .audit: "Where every log ends."
        case .replica: "What the endpoint needs in the second region."
        case nil: nil
        }
    }

    private func controls(of bucket: Bucket) -> [String] {
        switch bucket.purpose.value {
        case .accessLogs: ["SEC-3.3", "SEC-3.6"]
        case .audit: ["SEC-3.1", "SEC-3.5"]
        case .replica: ["REL-3.4", "REL-3.5", "REL-3.7"]
        case .artifacts, .captures, nil: []
        }
    }
}

// Images
extension RenderedDeployment {
    private func images() -> [RenderedResource] {
        graph.repositories.flatMap { [repository($0), policy(of: $0), replication(of: $0)].compactMap { $0 } }
    }

    private func repository(_ repository: Repository) -> RenderedResource {
        RenderedResource(
            repository, "AWS::ECR::Repository", "aws_ecr_repository", in: .storage,
            note: "Images of the model server; a tag that is taken stays with its image.", for: ["OPS-3.3"]
        ) { fields in
            fields.put("RepositoryName", "name", repository.name)
            let mutability = repository.isTagImmutable.value.map { $0 ? "IMMUTABLE" : "MUTABLE" }
            fields.put("ImageTagMutability", "image_tag_mutability", mutability.map { .text($0) }, for: "OPS-3.3")
            fields.putBlock("EncryptionConfiguration", "encryption_configuration", for: "SEC-1.8") {
                $0.put("EncryptionType", "encryption_type", repository.encryptionType)
                $0.put("KmsKey", "kms_key", .link(repository.key, "Arn", "arn"))
            }
            fields.putBlock("ImageScanningConfiguration", "image_scanning_configuration") {
                $0.put("ScanOnPush", "scan_on_push", .bool(true))
            }
            fields.put("RepositoryPolicyText", nil, .policy(repository.policy), for: "SEC-2.4")
            fields.putTags("Tags", "tags", repository.head.tags)
        }
    }

    /// In Terraform who may use a repository is said apart from it.
    private func policy(of repository: Repository) -> RenderedResource? {
        guard let document = RenderedValue.policy(repository.policy) else { return nil }
        return RenderedResource(
            "\(repository.id)Policy", nil, "aws_ecr_repository_policy", in: .storage,
            region: repository.head.region.value
        ) { fields in
            fields.put(nil, "repository", .link(.resource(repository.id), nil, "name"))
            fields.put(nil, "policy", document, for: "SEC-2.4")
        }
    }

    private func replication(of repository: Repository) -> RenderedResource? {
        guard let regions = repository.replicationRegions.value, let name = repository.name.value else { return nil }
        return RenderedResource(
            "\(repository.id)Replication", "AWS::ECR::ReplicationConfiguration", "aws_ecr_replication_configuration",
            in: .storage, region: repository.head.region.value,
            note: "Images are copied as they are pushed. A registry has one such configuration: where the account has "
                + "rules already, they belong here too.",
            for: ["REL-3.7"]
        ) { fields in
            fields.putBlock("ReplicationConfiguration", "replication_configuration", for: "REL-3.7") { configuration in
                let rule = RenderedFields { rule in
                    let destinations = regions.map { region in
                        RenderedFields {
                            $0.put("Region", "region", .text(region))
                            $0.put("RegistryId", "registry_id", .text("${AWS::AccountId}"))
                        }.list
                    }
                    rule.put("Destinations", "destination", .blocks(destinations))
                    let filter = RenderedFields {
                        $0.put("Filter", "filter", .text(name))
                        $0.put("FilterType", "filter_type", .text("PREFIX_MATCH"))
                    }
                    rule.put("RepositoryFilters", "repository_filter", .blocks([filter.list]))
                }
                configuration.put("Rules", "rule", .blocks([rule.list]))
            }
        }
    }
}
