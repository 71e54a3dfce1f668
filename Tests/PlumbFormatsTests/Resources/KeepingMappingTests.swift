// Keys, buckets, tables, repositories and backups, from both tongues.

import PlumbModel
import Testing

@testable import PlumbFormats

struct KeepingMappingTests {
    @Test func keysAreFoundThroughAliasesAndByArn() throws {
        let graph = try graph(
            .cloudformation,
            """
            DataKey: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: true}}
            DataAlias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/data, TargetKeyId: "${DataKey}"}}
            ByAlias: {Type: AWS::Logs::LogGroup, Properties: {KmsKeyId: alias/data}}
            ByArn: {Type: AWS::Logs::LogGroup, Properties: {KmsKeyId: "${DataKey.Arn}"}}
            ByAliasArn: {Type: AWS::Logs::LogGroup, Properties: {KmsKeyId: "arn:aws:kms:us-east-1:1:alias/data"}}
            ByReference: {Type: AWS::Logs::LogGroup, Properties: {KmsKeyId: "${DataAlias}"}}
            Vendor: {Type: AWS::Logs::LogGroup, Properties: {KmsKeyId: alias/aws/logs}}
            Open: {Type: AWS::Logs::LogGroup, Properties: {KmsKeyId: "?parameter"}}
            """)
        for id in ["ByAlias", "ByArn", "ByAliasArn", "ByReference"] {
            #expect(graph.logGroups[id: id]?.key == .known(.resource("DataKey")), "\(id)")
        }
        #expect(graph.logGroups[id: "Vendor"]?.key == .known(.external("alias/aws/logs")))
        #expect(graph.logGroups[id: "Open"]?.key.isUnknown == true)
        #expect(graph.keys[id: "DataKey"]?.name == "alias/data")
    }

    @Test func aBucketSaysEverythingInOneResource() throws {
        let graph = try graph(
            .cloudformation,
            """
            Key: {Type: AWS::KMS::Key}
            Audit: {Type: AWS::S3::Bucket, Properties: {BucketName: audit}}
            Models:
              Type: AWS::S3::Bucket
              Properties:
                BucketEncryption:
                  ServerSideEncryptionConfiguration:
                    - ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: "${Key}"}
                VersioningConfiguration: {Status: Enabled}
                ObjectLockEnabled: true
                ObjectLockConfiguration: {Rule: {DefaultRetention: {Mode: COMPLIANCE, Years: 2}}}
                LoggingConfiguration: {LogFilePrefix: logs/}
                LifecycleConfiguration: {Rules: [{Status: Enabled, ExpirationInDays: 30}]}
                ReplicationConfiguration:
                  Role: arn:aws:iam::1:role/r
                  Rules:
                    - Status: Enabled
                      Filter: {And: {Prefix: models/}}
                      Destination:
                        Bucket: arn:aws:s3:::audit
                        ReplicationTime: {Status: Enabled, Time: {Minutes: 15}}
            """)
        let bucket = try #require(graph.buckets[id: "Models"])
        #expect(bucket.encryption.value?.key == .known(.resource("Key")))
        #expect(bucket.isVersioned == true && bucket.isObjectLockEnabled == true)
        #expect(bucket.objectLock.value?.retentionDays == 730 && bucket.objectLock.value?.mode == .known(.compliance))
        #expect(bucket.loggingDestination == .known(.resource("Models")), "without a destination it logs to itself")
        #expect(bucket.lifecycle.value?.first?.expirationDays == 30)
        let rule = try #require(bucket.replication.value?.first)
        #expect(rule.prefix == "models/" && rule.destination == .known(.resource("Audit")))
        #expect(rule.timeControlMinutes == 15 && rule.selectsKMSObjects.isAbsent)
    }

    @Test func ofTwoPoliciesOnOneBucketOnlyWhatBothDenyIsDenied() throws {
        let deny = "{Effect: Deny, Principal: '*', Action: 's3:*', Resource: '*'}"
        let allow = "{Effect: Allow, Principal: {AWS: 'arn:aws:iam::1:role/x'}, Action: 's3:GetObject', Resource: '*'}"
        func merged(_ second: String) throws -> [PolicyStatement] {
            let graph = try graph(
                .cloudformation,
                """
                B: {Type: AWS::S3::Bucket}
                P: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: "${B}", PolicyDocument: {Statement: [\(deny)]}}}
                Q: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: "${B}", PolicyDocument: {Statement: [\(second)]}}}
                """)
            return try #require(graph.buckets[id: "B"]?.policy.value?.statements)
        }
        #expect(try merged(deny).map(\.effect) == [.deny])
        #expect(try merged(allow).map(\.effect) == [.allow])
        #expect(try merged("\(deny), \(allow)").map(\.effect) == [.deny, .allow])
    }

    @Test func aPlansBucketIsJoinedFromItsParts() throws {
        let graph = try graph(
            .terraform,
            """
            aws_s3_bucket.a: {Type: aws_s3_bucket, Properties: {bucket: models}}
            aws_s3_bucket.old:
              Type: aws_s3_bucket
              Properties:
                versioning: [{enabled: true}]
                server_side_encryption_configuration:
                  - rule: [{apply_server_side_encryption_by_default: [{sse_algorithm: AES256}]}]
                lifecycle_rule: [{enabled: true, prefix: "", expiration: [{days: 9, date: ""}]}]
            v:
              Type: aws_s3_bucket_versioning
              Properties: {bucket: models, versioning_configuration: [{status: Enabled}]}
            lock:
              Type: aws_s3_bucket_object_lock_configuration
              Properties:
                bucket: "${aws_s3_bucket.a}"
                object_lock_enabled: Enabled
                rule: [{default_retention: [{mode: GOVERNANCE, days: 5}]}]
            life:
              Type: aws_s3_bucket_lifecycle_configuration
              Properties:
                bucket: models
                rule: [{status: Enabled, filter: [{prefix: logs/, and: []}], expiration: [{days: 3, date: ""}]}]
            account: {Type: aws_s3_account_public_access_block, Properties: {block_public_acls: true}}
            block: {Type: aws_s3_bucket_public_access_block, Properties: {bucket: models, block_public_acls: false}}
            """)
        let bucket = try #require(graph.buckets[id: "aws_s3_bucket.a"])
        #expect(bucket.isVersioned == true && bucket.isObjectLockEnabled == true)
        #expect(bucket.objectLock.value?.retentionDays == 5)
        #expect(bucket.lifecycle.value?.first?.prefix == "logs/" && bucket.lifecycle.value?.first?.expirationDays == 3)
        #expect(bucket.publicAccessBlock.value?.blocksPublicACLs == true, "what the account blocks is blocked")
        let old = try #require(graph.buckets[id: "aws_s3_bucket.old"])
        #expect(old.isVersioned == true && old.encryption.value?.algorithm == "AES256")
        #expect(old.lifecycle.value?.first?.expirationDays == 9 && old.isObjectLockEnabled.isAbsent)
    }

    @Test func aPartThatMayBelongToAnyBucketLeavesAllOthersOpen() throws {
        let graph = try graph(
            .terraform,
            """
            aws_s3_bucket.a: {Type: aws_s3_bucket}
            aws_s3_bucket.b: {Type: aws_s3_bucket}
            v: {Type: aws_s3_bucket_versioning, Properties: {bucket: "?known after apply"}}
            w:
              Type: aws_s3_bucket_versioning
              Properties: {bucket: "${aws_s3_bucket.a}", versioning_configuration: [{status: Enabled}]}
            """)
        #expect(graph.buckets[id: "aws_s3_bucket.a"]?.isVersioned == true)
        #expect(graph.buckets[id: "aws_s3_bucket.b"]?.isVersioned.isUnknown == true)
    }

    @Test func purposesFollowTheWiringWhereNoTagSaysThem() throws {
        let graph = try graph(
            .cloudformation,
            """
            Trail: {Type: AWS::CloudTrail::Trail, Properties: {S3BucketName: "${Record}"}}
            Record: {Type: AWS::S3::Bucket}
            Logs: {Type: AWS::S3::Bucket}
            Data: {Type: AWS::S3::Bucket, Properties: {LoggingConfiguration: {DestinationBucketName: "${Logs}"}}}
            Said: {Type: AWS::S3::Bucket, Properties: {Tags: [{Key: "ml:purpose", Value: access-logs}]}}
            Backup: {Type: AWS::Backup::BackupSelection, Properties: {BackupSelection: {IamRoleArn: "${R.Arn}"}}}
            R: {Type: AWS::IAM::Role}
            L:
              Type: AWS::IAM::Role
              Properties:
                AssumeRolePolicyDocument:
                  Statement: {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}
            """)
        #expect(graph.buckets[id: "Record"]?.purpose == .known(.audit))
        #expect(graph.buckets[id: "Logs"]?.purpose == .known(.accessLogs))
        #expect(graph.buckets[id: "Said"]?.purpose == .known(.accessLogs))
        #expect(graph.buckets[id: "Data"]?.purpose.isAbsent == true)
        #expect(graph.roles[id: "R"]?.purpose == .known(.backup))
        #expect(graph.roles[id: "L"]?.purpose == .known(.automation))
    }

    @Test func aGlobalTableSpeaksForEachRegion() throws {
        let graph = try graph(
            .cloudformation,
            """
            K: {Type: AWS::KMS::Key}
            T:
              Type: AWS::DynamoDB::GlobalTable
              Properties:
                SSESpecification: {SSEEnabled: true}
                Replicas:
                  - {Region: eu-west-1}
                  - Region: "${AWS::Region}"
                    SSESpecification: {KMSMasterKeyId: "${K.Arn}"}
                    PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
            Reader:
              Type: AWS::Lambda::EventSourceMapping
              Properties: {EventSourceArn: "${T.StreamArn}", FunctionName: "${F.Arn}:live"}
            QueueReader:
              Type: AWS::Lambda::EventSourceMapping
              Properties: {EventSourceArn: "arn:aws:sqs:us-east-1:1:q", FunctionName: "${F}"}
            F: {Type: AWS::Lambda::Function}
            """)
        let table = try #require(graph.tables[id: "T"])
        #expect(table.key == .known(.resource("K")) && table.hasPointInTimeRecovery == true)
        #expect(table.replicaRegions == .known(["eu-west-1"]) && table.replicaKeys == .known([.absent]))
        #expect(graph.streamConsumers.map(\.id) == ["Reader"])
        #expect(graph.streamConsumers[id: "Reader"]?.function == .known(.resource("F")))
    }

    @Test func imagesAreCopiedByTheRulesWhoseFilterTheirNameBeginsWith() throws {
        let graph = try graph(
            .cloudformation,
            """
            A: {Type: AWS::ECR::Repository, Properties: {RepositoryName: fraud/serving}}
            B: {Type: AWS::ECR::Repository, Properties: {RepositoryName: other}}
            C:
              Type: AWS::ECR::ReplicationConfiguration
              Properties:
                ReplicationConfiguration:
                  Rules:
                    - Destinations: [{Region: us-west-2, RegistryId: "1"}]
                      RepositoryFilters: [{Filter: fraud, FilterType: PREFIX_MATCH}]
            """)
        #expect(graph.repositories[id: "A"]?.replicationRegions == .known(["us-west-2"]))
        #expect(graph.repositories[id: "B"]?.replicationRegions.isAbsent == true)
    }

    @Test(arguments: [
        ("{Resources: [\"${B.Arn}\"]}", ["B"]), ("{Resources: [\"arn:aws:s3:::mod*\"]}", ["B"]),
        ("{Resources: [\"*\"]}", ["B", "C"]),
        ("{Resources: [\"*\"], NotResources: [\"arn:aws:s3:::models\"]}", ["C"]),
        ("{ListOfTags: [{ConditionKey: a, ConditionValue: x}, {ConditionKey: b, ConditionValue: y}]}", ["C"]),
        (
            "{Resources: [\"*\"], Conditions: {StringEquals: [{ConditionKey: aws:ResourceTag/b, ConditionValue: y}]}}",
            ["C"]
        ),
        ("{ListOfTags: [{ConditionKey: b, ConditionValue: n}]}", []),
    ])
    func aSelectionTakesWhatItNamesMatchesOrFindsByTag(_ selection: String, _ taken: [String]) throws {
        let graph = try graph(
            .cloudformation,
            """
            B: {Type: AWS::S3::Bucket, Properties: {BucketName: models}}
            C: {Type: AWS::S3::Bucket, Properties: {BucketName: captures, Tags: [{Key: b, Value: y}]}}
            S: {Type: AWS::Backup::BackupSelection, Properties: {BackupSelection: \(selection)}}
            """)
        let resources = graph.backupSelections[id: "S"]?.resources.value ?? []
        #expect(Set(resources) == Set(taken.map { .known(.resource($0)) }))
    }
}
