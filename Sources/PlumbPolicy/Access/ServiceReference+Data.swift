// What IAM can allow in s3, dynamodb, backup, sqs, sns, elasticfilesystem; written by scripts/service-reference.py.

extension ServiceReference {
    static let data = #"""
        @ s3
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s s3:AccessGrantScope S s3:AccessGrantsInstanceArn R
        k s3:AccessGrantsLocationScope S s3:AccessPointNetworkOrigin S s3:AccessPointTag/* S s3:BucketTag/* S
        k s3:DataAccessPointAccount S s3:DataAccessPointArn R s3:ExistingJobOperation S s3:ExistingJobPriority N
        k s3:ExistingObjectTag/* S s3:InventoryAccessibleOptionalFields s s3:JobSuspendedCause S
        k s3:ObjectCreationOperation B s3:RequestJobOperation S s3:RequestJobPriority N s3:RequestObjectTag/* S
        k s3:RequestObjectTagKeys s s3:ResourceAccount S s3:TlsVersion N s3:authType S s3:delimiter S
        k s3:destinationRegion S s3:if-match S s3:if-none-match S s3:isReplicationPauseRequest B s3:locationconstraint S
        k s3:max-keys N s3:object-lock-legal-hold S s3:object-lock-mode S s3:object-lock-remaining-retention-days N
        k s3:object-lock-retain-until-date D s3:prefix S s3:signatureAge N s3:signatureversion S s3:versionid S
        k s3:x-amz-acl S s3:x-amz-bucket-namespace S s3:x-amz-content-sha256 S s3:x-amz-copy-source S
        k s3:x-amz-grant-full-control S s3:x-amz-grant-read S s3:x-amz-grant-read-acp S s3:x-amz-grant-write S
        k s3:x-amz-grant-write-acp S s3:x-amz-metadata-directive S s3:x-amz-object-ownership S
        k s3:x-amz-server-side-encryption S s3:x-amz-server-side-encryption-aws-kms-key-id R
        k s3:x-amz-server-side-encryption-customer-algorithm S s3:x-amz-storage-class S
        k s3:x-amz-website-redirect-location S
        r accessgrant s3:*:*:access-grants/default/grant/* 0,1,2
        r accessgrantsinstance s3:*:*:access-grants/default 0,1,2
        r accessgrantslocation s3:*:*:access-grants/default/location/* 0,1,2
        r accesspoint s3:*:*:accesspoint/* 1,6,7,9,10
        r accesspointobject s3:*:*:accesspoint/*/object/* 1,6,7,8,9,10
        r bucket s3:::* 1,8
        r job s3:*:*:job/* 0,1,2
        r multiregionaccesspoint s3::*:accesspoint/* -
        r multiregionaccesspointrequestarn s3:us-west-2:*:async-request/mrap/*/* -
        r object s3:::*/* 1,8
        r objectlambdaaccesspoint s3-object-lambda:*:*:accesspoint/* -
        r storagelensconfiguration s3:*:*:storage-lens/* 0,1,2
        r storagelensgroup s3:*:*:storage-lens-group/* 0,1,2
        s 4,21,22,23,36,37,41
        s 1,21,22,23,36,37,41
        s 19,20,21,22,23,36,37,39,41,42,43,44,45,46,47,48,50,51,52,53,54
        s 0,1,2,3,21,22,23,36,37,41
        s 0,1,2,21,22,23,36,37,41
        s 0,1,2,5,21,22,23,36,37,41
        s 0,1,2,6,7,9,10,21,22,23,29,36,37,39,41
        s 6,9,10,21,22,23,36,37,41
        s 0,2,21,22,23,29,36,37,39,40,41,43,44,45,46,47,49
        s 21,22,23,36,37,41
        s 0,2,17,18,21,22,23,36,37,41
        s 6,9,10,21,22,23,36,37
        s 0,2,21,22,23,36,37,41
        s 1,3,21,22,23,36,37,41
        s 1,5,21,22,23,36,37,41
        s 1,6,7,9,10,21,22,23,36,37,41
        s 11,12,21,22,23,36,37,41
        s 4,21,22,23,26,36,37,41
        s 13,21,22,23,36,37,41
        s 4,21,22,23,36,37,38,41
        s 13,21,22,23,36,37,38,41
        s 21,22,23,36,37
        s 4,13,21,22,23,36,37,41
        s 4,13,21,22,23,36,37,38,41
        s 21,22,23,36,37,38,41
        s 21
        s 4,21,22,23,24,30,35,36,37,41
        s 1,4,6,7,9,10,21,22,23,36,37,41
        s 21,22,23,25,36,37,41
        s -
        s 21,22,23,36,37,39,41,43,44,45,46,47
        s 14,21,22,23,36,37,41
        s 0,2,11,12,21,22,23,36,37,41
        s 4,16,19,20,21,22,23,26,27,31,32,33,34,36,37,39,41,42,43,44,45,46,47,48,50,51,52,53,54
        s 4,13,21,22,23,36,37,39,41,43,44,45,46,47,53
        s 21,22,23,31,36,37,41
        s 21,22,23,32,33,34,36,37,41
        s 13,19,20,21,22,23,36,37,41
        s 4,13,21,22,23,36,37,38,39,41,43,44,45,46,47,53
        s 13,19,20,21,22,23,36,37,38,41
        s 21,22,23,28,36,37,41
        s 21,22,23,36,37,41,50,51,52
        s 2,21,22,23,36,37,41
        s 11,12,18,21,22,23,36,37,41
        s 11,12,15,21,22,23,36,37,41
        s 21,22,23,36,37,41,50,51
        a L - 21 ListMultiRegionAccessPoints
        a L - 9 ListAccessGrantsInstances ListAccessPoints ListAccessPointsForObjectLambda ListAllMyBuckets ListJobs
        a L - 9 ListStorageLensConfigurations ListStorageLensGroups
        a L 0,1,2,3,5,12 9 ListTagsForResource
        a L 1 1 ListAccessGrants ListAccessGrantsLocations ListCallerAccessGrants
        a L 3,5 26 ListBucket ListBucketVersions
        a L 4,9 0 ListMultipartUploadParts
        a L 5 27 ListBucketMultipartUploads
        a P - 29 PutAccessPointPublicAccessBlock
        a P - 9 PutAccountPublicAccessBlock
        a P 0 13 DeleteAccessGrant
        a P 1 1 AssociateAccessGrantsIdentityCenter DeleteAccessGrantsInstance DeleteAccessGrantsInstanceResourcePolicy
        a P 1 1 DissociateAccessGrantsIdentityCenter PutAccessGrantsInstanceResourcePolicy
        a P 1 4 CreateAccessGrantsInstance
        a P 1 5 CreateAccessGrantsLocation
        a P 10 7 DeleteAccessPointPolicyForObjectLambda PutAccessPointPolicyForObjectLambda
        a P 2 14 DeleteAccessGrantsLocation UpdateAccessGrantsLocation
        a P 2 3 CreateAccessGrant
        a P 3 15 DeleteAccessPointPolicy
        a P 3 9 PutAccessPointPolicy
        a P 4,9 2 BypassGovernanceRetention
        a P 4,9 34 PutObjectAcl
        a P 4,9 38 PutObjectVersionAcl
        a P 5 30 PutBucketAcl
        a P 5 9 DeleteBucketPolicy PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock
        a P 7 11 PutMultiRegionAccessPointPolicy
        a P 9 9 ObjectOwnerOverrideToBucketOwner
        a R - 15 GetAccessPoint
        a R - 9 GetAccountPublicAccessBlock
        a R 0 13 GetAccessGrant
        a R 1 1 GetAccessGrantsInstance GetAccessGrantsInstanceForPrefix GetAccessGrantsInstanceResourcePolicy
        a R 1 1 GetDataAccess
        a R 10 7 GetAccessPointConfigurationForObjectLambda GetAccessPointForObjectLambda
        a R 10 7 GetAccessPointPolicyForObjectLambda GetAccessPointPolicyStatusForObjectLambda
        a R 11 9 GetStorageLensConfiguration GetStorageLensConfigurationTagging GetStorageLensDashboard
        a R 12 9 GetStorageLensGroup
        a R 2 14 GetAccessGrantsLocation
        a R 3 15 GetAccessPointPolicy GetAccessPointPolicyStatus
        a R 3,5 9 GetBucketAcl GetBucketCORS GetBucketLocation GetBucketNotification GetBucketPolicy
        a R 4,9 18 GetObjectAttributes GetObjectTagging
        a R 4,9 20 GetObjectVersionAttributes GetObjectVersionTagging
        a R 4,9 22 GetObject GetObjectAcl
        a R 4,9 23 GetObjectVersion GetObjectVersionAcl
        a R 4,9 9 GetObjectLegalHold GetObjectRetention
        a R 5 21 GetBucketObjectLockConfiguration
        a R 5 9 GetAccelerateConfiguration GetAnalyticsConfiguration GetBucketAbac GetBucketLogging
        a R 5 9 GetBucketMetadataTableConfiguration GetBucketOwnershipControls GetBucketPolicyStatus
        a R 5 9 GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite
        a R 5 9 GetEncryptionConfiguration GetIntelligentTieringConfiguration GetInventoryConfiguration
        a R 5 9 GetLifecycleConfiguration GetMetricsConfiguration GetReplicationConfiguration
        a R 6 9 DescribeJob GetJobTagging
        a R 7 11 GetMultiRegionAccessPoint GetMultiRegionAccessPointPolicy GetMultiRegionAccessPointPolicyStatus
        a R 7 11 GetMultiRegionAccessPointRoutes
        a R 8 21 DescribeMultiRegionAccessPointOperation
        a R 9 24 GetObjectVersionTorrent
        a R 9 9 GetObjectTorrent GetObjectVersionForReplication
        a T 0,1,2,3,5,12 12 TagResource
        a T 0,1,2,3,5,12 42 UntagResource
        a T 11 12 PutStorageLensConfigurationTagging
        a T 11 9 DeleteStorageLensConfigurationTagging
        a T 4,9 18 DeleteObjectTagging
        a T 4,9 20 DeleteObjectVersionTagging
        a T 4,9 37 PutObjectTagging
        a T 4,9 39 PutObjectVersionTagging
        a T 5 9 PutBucketTagging
        a T 6 16 DeleteJobTagging
        a T 6 32 PutJobTagging
        a T 9 9 ReplicateTags
        a W - 10 CreateJob
        a W - 12 CreateStorageLensGroup PutStorageLensConfiguration
        a W 10 7 CreateAccessPointForObjectLambda DeleteAccessPointForObjectLambda
        a W 10 7 PutAccessPointConfigurationForObjectLambda
        a W 11 9 DeleteStorageLensConfiguration
        a W 12 9 DeleteStorageLensGroup UpdateStorageLensGroup
        a W 3 15 DeleteAccessPoint
        a W 3 6 CreateAccessPoint
        a W 4,9 0 AbortMultipartUpload
        a W 4,9 17 DeleteObject
        a W 4,9 19 DeleteObjectVersion
        a W 4,9 33 PutObject
        a W 4,9 35 PutObjectLegalHold
        a W 4,9 36 PutObjectRetention
        a W 4,9 45 UpdateObjectEncryption
        a W 4,9 9 RestoreObject
        a W 5 21 PutBucketObjectLockConfiguration
        a W 5 28 PauseReplication
        a W 5 31 PutInventoryConfiguration
        a W 5 40 PutReplicationConfiguration
        a W 5 8 CreateBucket
        a W 5 9 CreateBucketMetadataTableConfiguration DeleteBucket DeleteBucketMetadataTableConfiguration
        a W 5 9 DeleteBucketWebsite PutAccelerateConfiguration PutAnalyticsConfiguration PutBucketAbac PutBucketCORS
        a W 5 9 PutBucketLogging PutBucketNotification PutBucketRequestPayment PutBucketVersioning PutBucketWebsite
        a W 5 9 PutEncryptionConfiguration PutIntelligentTieringConfiguration PutLifecycleConfiguration
        a W 5 9 PutMetricsConfiguration UpdateBucketMetadataInventoryTableConfiguration
        a W 5 9 UpdateBucketMetadataJournalTableConfiguration
        a W 6 43 UpdateJobPriority
        a W 6 44 UpdateJobStatus
        a W 7 11 CreateMultiRegionAccessPoint DeleteMultiRegionAccessPoint SubmitMultiRegionAccessPointRoutes
        a W 9 25 InitiateReplication
        a W 9 41 ReplicateObject
        a W 9 9 ReplicateDelete
        @ dynamodb
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s dynamodb:Attributes s dynamodb:EnclosingOperation S
        k dynamodb:FirstPartitionKeyValues s dynamodb:FisActionId S dynamodb:FisTargetArns r
        k dynamodb:FourthPartitionKeyValues s dynamodb:FullTableScan B dynamodb:LeadingKeys s
        k dynamodb:ReturnConsumedCapacity S dynamodb:ReturnValues S dynamodb:SecondPartitionKeyValues s
        k dynamodb:Select S dynamodb:ThirdPartitionKeyValues s
        r backup dynamodb:*:*:table/*/backup/* -
        r export dynamodb:*:*:table/*/export/* -
        r global-table dynamodb::*:global-table/* -
        r import dynamodb:*:*:table/*/import/* -
        r index dynamodb:*:*:table/*/index/* 1
        r stream dynamodb:*:*:table/*/stream/* -
        r table dynamodb:*:*:table/* 1
        s -
        s 3,10,11,14
        s 3,10,11
        s 3,10,11,12
        s 0,2
        s 3,4,10,11,12
        s 3,4,10,11,14
        s 6,7
        s 3,4,10,12
        s 3,4,10
        s 3,4,9,10,14
        s 3,10,11,12,14
        s 3,11,12,14
        s 2
        a L - 0 ListBackups ListContributorInsights ListExports ListGlobalTables ListImports ListTables
        a P - 0 UpdateAbacStatus
        a P 5,6 0 DeleteResourcePolicy PutResourcePolicy
        a R - 0 DescribeEndpoints DescribeLimits DescribeReservedCapacity DescribeReservedCapacityOfferings
        a R - 0 GetAbacStatus ListStreams
        a R 0 0 DescribeBackup
        a R 1 0 DescribeExport
        a R 2 0 DescribeGlobalTable DescribeGlobalTableSettings
        a R 3 0 DescribeImport
        a R 4,6 0 DescribeContributorInsights
        a R 4,6 10 PartiQLSelect
        a R 4,6 11 Query
        a R 4,6 12 Scan
        a R 5 0 DescribeStream GetRecords GetShardIterator
        a R 5,6 0 GetResourcePolicy
        a R 6 0 DescribeContinuousBackups DescribeKinesisStreamingDestination DescribeTable
        a R 6 0 DescribeTableReplicaAutoScaling DescribeTimeToLive ListTagsOfResource ReadDataForReplication
        a R 6 1 BatchGetItem
        a R 6 3 ConditionCheckItem
        a R 6 6 GetItem
        a T 6 13 UntagResource
        a T 6 4 TagResource
        a W - 0 PurchaseReservedCapacityOfferings
        a W - 7 InjectError
        a W 0 0 DeleteBackup
        a W 0,6 0 RestoreTableFromBackup
        a W 2,6 0 CreateGlobalTable UpdateGlobalTable UpdateGlobalTableSettings UpdateGlobalTableVersion
        a W 4,6 0 UpdateContributorInsights
        a W 6 0 AssociateTableReplica CreateBackup CreateGlobalTableWitness CreateTableReplica DeleteGlobalTableWitness
        a W 6 0 DeleteTable DeleteTableReplica DisableKinesisStreamingDestination EnableKinesisStreamingDestination
        a W 6 0 ExportTableToPointInTime ImportTable ReplicateSettings RestoreTableFromAwsBackup
        a W 6 0 RestoreTableToPointInTime StartAwsBackupJob UpdateContinuousBackups UpdateKinesisStreamingDestination
        a W 6 0 UpdateTable UpdateTableReplicaAutoScaling UpdateTimeToLive WriteDataForReplication
        a W 6 2 BatchWriteItem
        a W 6 4 CreateTable
        a W 6 5 DeleteItem PutItem UpdateItem
        a W 6 8 PartiQLDelete PartiQLUpdate
        a W 6 9 PartiQLInsert
        @ backup
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s backup:ChangeableForDays N backup:CopyTargetOrgPaths s
        k backup:CopyTargets r backup:FrameworkArns r backup:Index S backup:MaxRetentionDays N backup:MinRetentionDays N
        k backup:MpaApprovalTeamArn R
        r backupPlan backup:*:*:backup-plan:* 1
        r backupVault backup:*:*:backup-vault:* 1
        r framework backup:*:*:framework:*-* 1
        r legalHold backup:*:*:legal-hold:* 1
        r recoveryPoint *:*:*:*:* 1
        r reportPlan backup:*:*:report-plan:*-* 1
        r restoreTestingPlan backup:*:*:restore-testing-plan:*-* 1
        r tieringConfiguration backup:*:*:tiering-configuration:*-* 1
        s 10
        s -
        s 4,5
        s 0
        s 0,2
        s 0,2,8,9
        s 0,2,6
        s 3,8,9
        s 2
        s 7
        s 6
        a L - 1 ListBackupJobSummaries ListBackupJobs ListBackupPlanTemplates ListBackupPlans ListBackupVaults
        a L - 1 ListCopyJobSummaries ListCopyJobs ListFrameworks ListIndexedRecoveryPoints ListLegalHolds
        a L - 1 ListProtectedResources ListRecoveryPointsByResource ListReportJobs ListReportPlans
        a L - 1 ListRestoreJobSummaries ListRestoreJobs ListRestoreJobsByProtectedResource ListRestoreTestingPlans
        a L - 1 ListScanJobSummaries ListScanJobs ListTieringConfigurations
        a L 0 1 ListBackupPlanVersions ListBackupSelections
        a L 1 1 ListProtectedResourcesByBackupVault ListRecoveryPointsByBackupVault ListRestoreAccessBackupVaults
        a L 3 1 ListRecoveryPointsByLegalHold
        a L 6 1 ListRestoreTestingSelections
        a P - 1 ListIndexedRecoveryPointsForSearch
        a P 1 1 DeleteBackupVaultAccessPolicy DeleteBackupVaultSharingPolicy PutBackupVaultAccessPolicy
        a P 1 1 PutBackupVaultSharingPolicy
        a P 4 1 SearchRecoveryPoint
        a R - 1 DescribeBackupAccessPoint DescribeBackupJob DescribeCopyJob DescribeGlobalSettings
        a R - 1 DescribeProtectedResource DescribeRegionSettings DescribeReportJob DescribeRestoreJob DescribeScanJob
        a R - 1 ExportBackupPlanTemplate GetBackupPlanFromJSON GetBackupPlanFromTemplate GetRestoreJobMetadata
        a R - 1 GetRestoreTestingInferredMetadata GetSupportedResourceTypes
        a R 0 1 GetBackupPlan GetBackupSelection
        a R 0,1,2,3,4,5,6,7 1 ListTags
        a R 1 1 DescribeBackupVault GetBackupVaultAccessPolicy GetBackupVaultNotifications GetBackupVaultSharingPolicy
        a R 2 1 DescribeFramework
        a R 3 1 GetLegalHold
        a R 4 1 DescribeRecoveryPoint GetRecoveryPointIndexDetails GetRecoveryPointRestoreMetadata
        a R 5 1 DescribeReportPlan
        a R 6 1 GetRestoreTestingPlan GetRestoreTestingSelection
        a R 7 1 GetTieringConfiguration
        a T 0,1,2,3,4,5,6,7 4 TagResource
        a T 0,1,2,3,4,5,6,7 8 UntagResource
        a W - 1 DeleteBackupAccessPoint PutRestoreValidationResult StopBackupJob UpdateGlobalSettings
        a W - 1 UpdateRegionSettings
        a W 0 1 CreateBackupSelection DeleteBackupPlan DeleteBackupSelection UpdateBackupPlan
        a W 0 4 CreateBackupPlan
        a W 1 0 AssociateBackupVaultMpaApprovalTeam
        a W 1 1 DeleteBackupVault DeleteBackupVaultLockConfiguration DeleteBackupVaultNotifications
        a W 1 1 DisassociateBackupVaultMpaApprovalTeam PutBackupVaultNotifications RevokeRestoreAccessBackupVault
        a W 1 1 StartBackupJob
        a W 1 3 CopyIntoBackupVault
        a W 1 4 CreateBackupVault CreateRestoreAccessBackupVault
        a W 1 5 CreateLogicallyAirGappedBackupVault
        a W 1 7 PutBackupVaultLockConfiguration
        a W 2 1 DeleteFramework UpdateFramework
        a W 2 4 CreateFramework
        a W 3 1 CancelLegalHold
        a W 3 4 CreateLegalHold
        a W 4 1 CreateBackupAccessPoint DeleteRecoveryPoint DisassociateRecoveryPoint
        a W 4 1 DisassociateRecoveryPointFromParent StartCopyJob StartRestoreJob StartScanJob
        a W 4 1 UpdateRecoveryPointLifecycle
        a W 4 2 CopyFromBackupVault
        a W 4 9 UpdateRecoveryPointIndexSettings
        a W 5 1 DeleteReportPlan StartReportJob
        a W 5 10 UpdateReportPlan
        a W 5 6 CreateReportPlan
        a W 6 1 CreateRestoreTestingSelection DeleteRestoreTestingPlan DeleteRestoreTestingSelection
        a W 6 1 UpdateRestoreTestingPlan UpdateRestoreTestingSelection
        a W 6 4 CreateRestoreTestingPlan
        a W 7 1 DeleteTieringConfiguration UpdateTieringConfiguration
        a W 7 4 CreateTieringConfiguration
        @ sqs
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s
        r queue sqs:*:*:* 1
        s -
        s 0,2
        s 2
        a P 0 0 AddPermission RemovePermission SetQueueAttributes
        a P 0 1 CreateQueue
        a R - 0 ListQueues
        a R 0 0 GetQueueAttributes GetQueueUrl ListDeadLetterSourceQueues ListMessageMoveTasks ListQueueTags
        a R 0 0 ReceiveMessage
        a T 0 1 TagQueue
        a T 0 2 UntagQueue
        a W 0 0 CancelMessageMoveTask ChangeMessageVisibility DeleteMessage DeleteQueue PurgeQueue SendMessage
        a W 0 0 StartMessageMoveTask
        @ sns
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s sns:Endpoint S sns:Protocol S
        r topic sns:*:*:* 1
        s -
        s 0,2
        s 3,4
        s 2
        a L - 0 ListEndpointsByPlatformApplication ListOriginationNumbers ListPlatformApplications
        a L - 0 ListSMSSandboxPhoneNumbers ListSubscriptions ListTopics
        a L 0 0 ListSubscriptionsByTopic
        a P 0 0 AddPermission RemovePermission SetTopicAttributes
        a P 0 1 CreateTopic
        a R - 0 CheckIfPhoneNumberIsOptedOut GetEndpointAttributes GetPlatformApplicationAttributes GetSMSAttributes
        a R - 0 GetSMSSandboxAccountStatus GetSubscriptionAttributes ListPhoneNumbersOptedOut
        a R 0 0 GetDataProtectionPolicy GetTopicAttributes ListTagsForResource
        a T 0 1 TagResource
        a T 0 3 UntagResource
        a W - 0 CreatePlatformApplication CreatePlatformEndpoint CreateSMSSandboxPhoneNumber DeleteEndpoint
        a W - 0 DeletePlatformApplication DeleteSMSSandboxPhoneNumber OptInPhoneNumber SetEndpointAttributes
        a W - 0 SetPlatformApplicationAttributes SetSMSAttributes SetSubscriptionAttributes Unsubscribe
        a W - 0 VerifySMSSandboxPhoneNumber
        a W 0 0 ConfirmSubscription DeleteTopic Publish PutDataProtectionPolicy
        a W 0 2 Subscribe
        @ elasticfilesystem
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s elasticfilesystem:AccessPointArn R
        k elasticfilesystem:AccessedViaMountTarget B elasticfilesystem:CreateAction S elasticfilesystem:Encrypted B
        r access-point elasticfilesystem:*:*:access-point/* 1
        r file-system elasticfilesystem:*:*:file-system/* 1
        s -
        s 3,4
        s 0,2
        s 0,2,6
        s 2
        s 0,2,5
        a L - 0 DescribeAccountPreferences
        a L 0,1 0 DescribeAccessPoints
        a L 1 0 DescribeFileSystems DescribeReplicationConfigurations
        a P 1 0 DeleteFileSystemPolicy PutFileSystemPolicy
        a R 0,1 0 DescribeMountTargets ListTagsForResource
        a R 1 0 DescribeBackupPolicy DescribeFileSystemPolicy DescribeLifecycleConfiguration
        a R 1 0 DescribeMountTargetSecurityGroups DescribeTags ReplicationRead
        a R 1 1 ClientMount
        a T 0,1 4 UntagResource
        a T 0,1 5 TagResource
        a T 1 2 CreateTags
        a T 1 4 DeleteTags
        a W - 0 PutAccountPreferences
        a W - 3 CreateFileSystem
        a W 0 0 DeleteAccessPoint
        a W 1 0 Backup CreateMountTarget CreateReplicationConfiguration DeleteFileSystem DeleteMountTarget
        a W 1 0 DeleteReplicationConfiguration ModifyMountTargetSecurityGroups PutBackupPolicy PutLifecycleConfiguration
        a W 1 0 ReplicationWrite Restore UpdateFileSystem UpdateFileSystemProtection
        a W 1 1 ClientRootAccess ClientWrite
        a W 1 2 CreateAccessPoint
        """#
}
