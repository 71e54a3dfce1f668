// What IAM can allow in apigateway, autoscaling, codebuild and more; written by scripts/service-reference.py.

extension ServiceReference {
    static let neighbours2 = #"""
        a W 7 16 RegisterTaskDefinition
        a W 7 17 RunTask
        a W 7 18 StartTask
        a W 7 7 DeleteTaskDefinitions
        a W 8 4 CreateTaskSet
        a W 8 8 DeleteTaskSet UpdateTaskSet
        @ firehose
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s
        r deliverystream firehose:*:*:deliverystream/* 1
        s 0,2
        s -
        s 2
        a L - 1 ListDeliveryStreams
        a L 0 1 ListTagsForDeliveryStream
        a R 0 1 DescribeDeliveryStream
        a T 0 0 TagDeliveryStream
        a T 0 2 UntagDeliveryStream
        a W 0 0 CreateDeliveryStream
        a W 0 1 DeleteDeliveryStream PutRecord PutRecordBatch StartDeliveryStreamEncryption StopDeliveryStreamEncryption
        a W 0 1 UpdateDestination
        @ glue
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s glue:CredentialIssuingService S
        k glue:EnabledForRedshiftAutoDiscovery B glue:FederatedAuthorizationSource S glue:LakeFormationPermissions S
        k glue:RoleAssumedBy S glue:SecurityGroupIds s glue:SubnetIds s glue:VpcIds s
        r blueprint glue:*:*:blueprint/* 1
        r catalog glue:*:*:catalog/* 1
        r completion glue:*:*:completion/* -
        r connection glue:*:*:connection/* 1
        r connectionType glue:*:*:connectionType:* 1
        r crawler glue:*:*:crawler/* 1
        r customEntityType glue:*:*:customEntityType/* 1
        r dataQualityRuleset glue:*:*:dataQualityRuleset/* 1
        r database glue:*:*:database/* 1
        r devendpoint glue:*:*:devEndpoint/* 1
        r integration glue:*:*:integration:* 1
        r integrationResourceProperty glue:*:*:integrationresourceproperty/*/* 1
        r job glue:*:*:job/* 1
        r mlTransform glue:*:*:mlTransform/* 1
        r registry glue:*:*:registry/* 1
        r rootcatalog glue:*:*:catalog -
        r schema glue:*:*:schema/* 1
        r session glue:*:*:session/* 1
        r table glue:*:*:table/*/* -
        r tableversion glue:*:*:tableVersion/*/*/* -
        r trigger glue:*:*:trigger/* 1
        r usageProfile glue:*:*:usageProfile/* 1
        r userdefinedfunction glue:*:*:userDefinedFunction/*/* -
        r workflow glue:*:*:workflow/* 1
        s -
        s 6
        s 0,2
        s 0,2,5,6
        s 0,2,6
        s 0,2,8,9,10
        s 5,6
        s 1
        s 4,5
        s 4,5,6
        s 0,1,2
        s 2,6
        s 8,9,10
        a L - 0 DescribeInboundIntegrations ListBlueprints ListCrawlers ListCustomEntityTypes ListDevEndpoints ListJobs
        a L - 0 ListRegistries ListSessions ListTriggers ListUsageProfiles ListWorkflows
        a L 1,3,8,11 0 ListIntegrationResourceProperties
        a L 10 7 DescribeIntegrations
        a L 12 0 ListJobUpgradeAnalyses
        a L 13 0 GetMLTaskRuns GetMLTransforms ListMLTransforms
        a L 14 0 ListSchemas
        a L 14,16 0 ListSchemaVersions QuerySchemaVersionMetadata
        a L 17 0 ListStatements
        a L 5 0 ListCrawls
        a L 7 0 ListDataQualityResults ListDataQualityRuleRecommendationRuns ListDataQualityRulesetEvaluationRuns
        a L 7 0 ListDataQualityRulesets
        a L 8,15,18 0 ListTableOptimizerRuns
        a P - 0 BatchGetStageFiles DeregisterDataPreview GetDataPreviewStatement GetEnvironment GetExecutors
        a P - 0 GetExecutorsThreads GetLogParsingStatus GetNotebookInstanceStatus GetQueries GetQuery GetRecipeAction
        a P - 0 GetStage GetStageAttempt GetStageAttemptTaskList GetStageAttemptTaskSummary GetStageFiles GetStages
        a P - 0 GetStorage GetStorageUnit GlueNotebookAuthorize GlueNotebookRefreshCredentials ListConnectionTypes
        a P - 0 RequestLogParsing RunDataPreviewStatement SendRecipeAction StartNotebook TerminateNotebook UseGlueStudio
        a P 15 0 DeleteResourcePolicy PutResourcePolicy
        a P 3,4 0 TestConnection
        a P 3,4,15 0 DescribeEntity ListEntities RefreshOAuth2Tokens
        a P 4 0 DescribeConnectionType
        a R - 0 BatchGetCustomEntityTypes CheckSchemaVersionValidity GetClassifier GetClassifiers
        a R - 0 GetColumnStatisticsTaskRun GetColumnStatisticsTaskRuns GetColumnStatisticsTaskSettings GetCrawlerMetrics
        a R - 0 GetCrawlers GetCustomEntityType GetDataflowGraph GetDevEndpoints GetGeneratedCode
        a R - 0 GetGlueIdentityCenterConfiguration GetJobBookmark GetJobs GetMapping GetPlan GetSecurityConfiguration
        a R - 0 GetSecurityConfigurations GetTriggers ListColumnStatisticsTaskRuns
        a R 0 0 BatchGetBlueprints GetBlueprint GetBlueprintRun GetBlueprintRuns
        a R 0,1,3,4,5,6,8,9,12,20,21,23 0 GetTags
        a R 1,15 9 GetCatalog GetCatalogs
        a R 1,3,4 0 GetEntityRecords
        a R 1,3,8 0 GetIntegrationTableProperties
        a R 1,3,8,11 0 GetIntegrationResourceProperty
        a R 1,8,15 6 GetDatabase GetDatabases
        a R 1,8,15,18 1 BatchGetPartition GetColumnStatisticsForPartition GetColumnStatisticsForTable GetPartition
        a R 1,8,15,18 1 GetPartitionIndexes GetPartitions GetTableVersion GetTableVersions SearchTables
        a R 1,8,15,18 6 GetTable GetTables
        a R 1,8,15,22 1 GetUserDefinedFunction
        a R 1,8,15,22 6 GetUserDefinedFunctions
        a R 12 0 BatchGetJobs GetJob GetJobRun GetJobRuns GetJobUpgradeAnalysis
        a R 13 0 GetMLTaskRun GetMLTransform
        a R 14 0 GetRegistry
        a R 14,16 0 GetSchema GetSchemaByDefinition GetSchemaVersion GetSchemaVersionsDiff
        a R 15 0 GetDataCatalogEncryptionSettings GetResourcePolicies GetResourcePolicy
        a R 15 1 GetCatalogImportStatus
        a R 17 0 GetDashboardUrl GetSession GetStatement
        a R 2 0 GetCompletion
        a R 20 0 BatchGetTriggers GetTrigger
        a R 21 0 GetUsageProfile
        a R 23 0 BatchGetWorkflows GetWorkflow GetWorkflowRun GetWorkflowRunProperties GetWorkflowRuns
        a R 3,15 1 GetConnection GetConnections
        a R 5 0 BatchGetCrawlers GetCrawler
        a R 7 0 GetDataQualityResult GetDataQualityRuleRecommendationRun GetDataQualityRuleset
        a R 7 0 GetDataQualityRulesetEvaluationRun
        a R 7,12 0 GetDataQualityModel GetDataQualityModelResult
        a R 8,15,18 0 BatchGetTableOptimizer GetTableOptimizer
        a R 9 0 BatchGetDevEndpoints GetDevEndpoint
        a T 0,1,3,4,5,6,7,8,9,10,11,12,13,14,16,17,20,21,23 11 UntagResource
        a T 0,1,3,4,5,6,7,8,9,10,11,12,13,14,16,17,20,21,23 4 TagResource
        a W - 0 CreateClassifier CreateGlueIdentityCenterConfiguration CreateInboundIntegration CreateScript
        a W - 0 CreateSecurityConfiguration DeleteClassifier DeleteCustomEntityType
        a W - 0 DeleteGlueIdentityCenterConfiguration DeleteSecurityConfiguration ResetJobBookmark SendFeedback
        a W - 0 StartCompletion StartCrawlerSchedule StopCrawlerSchedule UpdateClassifier UpdateCrawlerSchedule
        a W - 0 UpdateGlueIdentityCenterConfiguration
        a W - 2 CreateCrawler CreateCustomEntityType CreateDataQualityRuleset CreateDevEndpoint CreateMLTransform
        a W 0 0 DeleteBlueprint StartBlueprintRun UpdateBlueprint
        a W 0 2 CreateBlueprint
        a W 1,15 3 CreateCatalog
        a W 1,15 6 DeleteCatalog UpdateCatalog
        a W 1,15 8 FederateAuthorization
        a W 1,3,8 0 CreateIntegrationTableProperties DeleteIntegrationTableProperties UpdateIntegrationTableProperties
        a W 1,3,8,10 2 CreateIntegration
        a W 1,3,8,11 0 DeleteIntegrationResourceProperty UpdateIntegrationResourceProperty
        a W 1,3,8,11 2 CreateIntegrationResourceProperty
        a W 1,8,15 1 CreateUserDefinedFunction
        a W 1,8,15 3 CreateDatabase
        a W 1,8,15 6 UpdateDatabase
        a W 1,8,15,18 1 BatchCreatePartition BatchDeletePartition BatchDeleteTable BatchDeleteTableVersion
        a W 1,8,15,18 1 BatchUpdatePartition CreatePartition CreatePartitionIndex DeleteColumnStatisticsForPartition
        a W 1,8,15,18 1 DeleteColumnStatisticsForTable DeletePartition DeletePartitionIndex DeleteTableVersion
        a W 1,8,15,18 1 UpdateColumnStatisticsForPartition UpdateColumnStatisticsForTable UpdatePartition
        a W 1,8,15,18 6 CreateTable DeleteTable RenameTable UpdateTable
        a W 1,8,15,18,22 6 DeleteDatabase
        a W 1,8,15,22 1 DeleteUserDefinedFunction UpdateUserDefinedFunction
        a W 10 0 AuthorizeInboundIntegration
        a W 10 7 DeleteIntegration ModifyIntegration
        a W 12 0 BatchStopJobRun DeleteJob StartJobRun StartJobUpgradeAnalysis StopJobUpgradeAnalysis
        a W 12 0 UpdateJobFromSourceControl UpdateSourceControlFromJob UpgradeJob
        a W 12 12 UpdateJob
        a W 12 5 CreateJob
        a W 13 0 CancelMLTaskRun DeleteMLTransform StartExportLabelsTaskRun StartImportLabelsTaskRun
        a W 13 0 StartMLEvaluationTaskRun StartMLLabelingSetGenerationTaskRun UpdateMLTransform UseMLTransforms
        a W 14 0 DeleteRegistry UpdateRegistry
        a W 14 2 CreateRegistry
        a W 14,16 0 DeleteSchema DeleteSchemaVersions PutSchemaVersionMetadata RegisterSchemaVersion
        a W 14,16 0 RemoveSchemaVersionMetadata UpdateSchema
        a W 14,16 2 CreateSchema
        a W 15 0 PutDataCatalogEncryptionSettings
        a W 15 1 ImportCatalogToGlue
        a W 17 0 CancelStatement DeleteSession RunStatement StopSession
        a W 17 5 CreateSession
        a W 20 0 DeleteTrigger StartTrigger StopTrigger UpdateTrigger
        a W 20 2 CreateTrigger
        a W 21 0 DeleteUsageProfile UpdateUsageProfile
        a W 21 2 CreateUsageProfile
        a W 23 0 DeleteWorkflow NotifyEvent PutWorkflowRunProperties ResumeWorkflowRun StartWorkflowRun StopWorkflowRun
        a W 23 0 UpdateWorkflow
        a W 23 2 CreateWorkflow
        a W 3 0 PassConnection
        a W 3,15 1 BatchDeleteConnection DeleteConnection
        a W 3,4,15 1 UpdateConnection
        a W 4 0 DeleteConnectionType
        a W 4 10 RegisterConnectionType
        a W 4,15 4 CreateConnection
        a W 5 0 DeleteCrawler StartCrawler StopCrawler UpdateCrawler
        a W 7 0 CancelDataQualityRuleRecommendationRun CancelDataQualityRulesetEvaluationRun DeleteDataQualityRuleset
        a W 7 0 PublishDataQuality StartDataQualityRuleRecommendationRun StartDataQualityRulesetEvaluationRun
        a W 7 0 UpdateDataQualityRuleset
        a W 7,12 0 PutDataQualityProfileAnnotation PutDataQualityStatisticAnnotation
        a W 8,15,18 0 CreateColumnStatisticsTaskSettings CreateTableOptimizer DeleteColumnStatisticsTaskSettings
        a W 8,15,18 0 DeleteTableOptimizer StartColumnStatisticsTaskRun StartColumnStatisticsTaskRunSchedule
        a W 8,15,18 0 StopColumnStatisticsTaskRun StopColumnStatisticsTaskRunSchedule UpdateColumnStatisticsTaskSettings
        a W 8,15,18 0 UpdateTableOptimizer
        a W 9 0 DeleteDevEndpoint UpdateDevEndpoint
        @ kinesis
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s kinesis:FisActionId S kinesis:FisInjectPercentage N
        k kinesis:FisTargetArns r
        r consumer kinesis:*:*:*/*/consumer/*:* 1
        r kmsKey kms:*:*:key/* -
        r stream kinesis:*:*:stream/* 1
        s 0,1,2
        s 1
        s -
        s 3,4,5
        s 1,2
        a L - 2 ListStreams
        a L 2 1 ListShards ListStreamConsumers
        a R - 2 DescribeAccountSettings DescribeLimits
        a R 0 1 DescribeStreamConsumer SubscribeToShard
        a R 0,2 1 GetResourcePolicy ListTagsForResource
        a R 2 1 DescribeStream DescribeStreamSummary GetRecords GetShardIterator ListTagsForStream
        a T 0,2 0 TagResource
        a T 0,2 4 UntagResource
        a T 2 0 AddTagsToStream
        a T 2 4 RemoveTagsFromStream
        a W - 2 DisableEnhancedMonitoring EnableEnhancedMonitoring UpdateAccountSettings UpdateShardCount
        a W - 2 UpdateStreamMode
        a W - 3 InjectApiError
        a W 0 1 DeregisterStreamConsumer
        a W 0,2 1 DeleteResourcePolicy PutResourcePolicy
        a W 1,2 1 StartStreamEncryption StopStreamEncryption
        a W 2 0 CreateStream RegisterStreamConsumer
        a W 2 1 DecreaseStreamRetentionPeriod DeleteStream IncreaseStreamRetentionPeriod MergeShards PutRecord
        a W 2 1 PutRecords SplitShard UpdateMaxRecordSize UpdateStreamWarmThroughput
        @ ram
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s ram:AllowsExternalPrincipals B ram:PermissionArn R
        k ram:PermissionResourceType S ram:Principal S ram:RequestedAllowsExternalPrincipals B
        k ram:RequestedResourceType S ram:ResourceArn R ram:ResourceShareName S ram:ResourceTag/* S
        k ram:RetainSharingOnAccountLeaveOrganization B ram:ShareOwnerAccountId S
        r customer-managed-permission ram:*:*:permission/* 1,4,5
        r permission ram::*:permission/* 4,5
        r resource-share ram:*:*:resource-share/* 1,3,10
        r resource-share-invitation ram:*:*:resource-share-invitation/* 13
        s 10,13
        s 1,3,6,8,9,10,11,12
        s -
        s 0,1,2,4,5
        s 4,5
        s 0,2,3,6,7,8,9,12
        s 1,4,5
        s 1,3,10,11,12
        s 4
        s 0,2
        s 10
        s 1,3,10,12
        s 2
        s 1,3,7,10,11,12
        a L - 2 ListPermissionVersions ListPermissions ListPrincipals ListReplacePermissionAssociationsWork
        a L - 2 ListResourceTypes ListResources ListSourceAssociations
        a L 0,1 4 ListPermissionAssociations
        a L 2 11 ListResourceSharePermissions
        a P - 2 EnableSharingWithAwsOrganization
        a P - 5 CreateResourceShare
        a P 2 1 AssociateResourceShare DisassociateResourceShare
        a P 2 13 UpdateResourceShare
        a P 2 7 DeleteResourceShare
        a P 3 0 AcceptResourceShareInvitation RejectResourceShareInvitation
        a R - 2 GetResourcePolicies GetResourceShareAssociations GetResourceShareInvitations
        a R - 9 GetResourceShares
        a R 0,1 8 GetPermission
        a R 3 10 ListPendingInvitationResources
        a T 0,2 12 UntagResource
        a T 0,2 9 TagResource
        a W - 3 CreatePermission
        a W 0 4 CreatePermissionVersion DeletePermissionVersion PromotePermissionCreatedFromPolicy
        a W 0 4 SetDefaultPermissionVersion
        a W 0 6 DeletePermission
        a W 0,1 4 ReplacePermissionAssociations
        a W 0,1,2 2 AssociateResourceSharePermission DisassociateResourceSharePermission
        a W 2 2 PromoteResourceShareCreatedFromPolicy
        @ redshift
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s redshift:AllowWrites B redshift:ConsumerArn R
        k redshift:ConsumerIdentifier S redshift:DbName S redshift:DbUser S redshift:DurationSeconds S
        k redshift:InboundIntegrationArn R redshift:IntegrationSourceArn R redshift:IntegrationTargetArn R
        r cluster redshift:*:*:cluster:* 1
        r datashare redshift:*:*:datashare:*/* 1
        r dbgroup redshift:*:*:dbgroup:*/* -
        r dbname redshift:*:*:dbname:*/* -
        r dbuser redshift:*:*:dbuser:*/* -
        r eventsubscription redshift:*:*:eventsubscription:* 1
        r hsmclientcertificate redshift:*:*:hsmclientcertificate:* 1
        r hsmconfiguration redshift:*:*:hsmconfiguration:* 1
        r integration redshift:*:*:integration:* 1
        r namespace redshift:*:*:namespace:* -
        r parametergroup redshift:*:*:parametergroup:* 1
        r qev2idcapplication redshift:*:*:qev2idcapplication:* -
        r redshiftidcapplication redshift:*:*:redshiftidcapplication:* -
        r securitygroup redshift:*:*:securitygroup:*/ec2securitygroup/*/* 1
        r securitygroupingress-cidr redshift:*:*:securitygroupingress:*/cidrip/* 1
        r securitygroupingress-ec2securitygroup redshift:*:*:securitygroupingress:*/ec2securitygroup/*/* 1
        r snapshot redshift:*:*:snapshot:*/* 1
        r snapshotcopygrant redshift:*:*:snapshotcopygrant:* 1
        r snapshotschedule redshift:*:*:snapshotschedule:* 1
        r subnetgroup redshift:*:*:subnetgroup:* 1
        r usagelimit redshift:*:*:usagelimit:* 1
        s -
        s 3,4
        s 3,5
        s 0,2
        s 7
        s 0,2,10,11
        s 5
        s 1
        s 2
        s 9
        s 4
        s 6,7,8
        s 6,8
        a L - 0 DescribeClusterDbRevisions DescribeClusterTracks DescribeCustomDomainAssociations
        a L - 0 DescribeEndpointAuthorization DescribeEvents DescribeNodeConfigurationOptions
        a L - 0 DescribeQev2IdcApplications DescribeRedshiftIdcApplications ListDatabases ListRecommendations
        a L - 0 ListSavedQueries ListSchemas ListTables ViewQueriesFromConsole ViewQueriesInConsole
        a L - 9 DescribeInboundIntegrations
        a L 0 0 DescribeClusters
        a L 8 7 DescribeIntegrations
        a P - 0 AuthorizeEndpointAccess RevokeEndpointAccess
        a P 0 0 ModifyClusterIamRoles
        a P 1 0 RejectDataShare
        a P 1 2 AuthorizeDataShare
        a P 1 6 DeauthorizeDataShare
        a P 16 0 AuthorizeSnapshotAccess RevokeSnapshotAccess
        a P 17 3 CreateSnapshotCopyGrant
        a P 2 0 JoinGroup
        a P 4 4 CreateClusterUser
        a P 9 0 DeleteResourcePolicy PutResourcePolicy
        a R - 0 DescribeAccountAttributes DescribeAuthenticationProfiles DescribeClusterParameterGroups
        a R - 0 DescribeClusterSecurityGroups DescribeClusterSnapshots DescribeClusterSubnetGroups
        a R - 0 DescribeClusterVersions DescribeDataShares DescribeDataSharesForConsumer DescribeDataSharesForProducer
        a R - 0 DescribeDefaultClusterParameters DescribeEndpointAccess DescribeEventCategories
        a R - 0 DescribeEventSubscriptions DescribeHsmClientCertificates DescribeHsmConfigurations
        a R - 0 DescribeOrderableClusterOptions DescribePartners DescribeQuery DescribeReservedNodeExchangeStatus
        a R - 0 DescribeReservedNodeOfferings DescribeReservedNodes DescribeSavedQueries DescribeScheduledActions
        a R - 0 DescribeSnapshotCopyGrants DescribeStorage DescribeTable DescribeTableRestoreStatus FetchResults
        a R - 0 GetReservedNodeExchangeConfigurationOptions GetReservedNodeExchangeOfferings
        a R 0 0 DescribeAutonomicsDenylist DescribeLoggingStatus DescribeResize GetIdentityCenterAuthToken
        a R 0,5,6,7,8,10,13,14,15,16,17,18,19,20 0 DescribeTags
        a R 10 0 DescribeClusterParameters
        a R 18 0 DescribeSnapshotSchedules
        a R 20 0 DescribeUsageLimits
        a R 9 0 GetResourcePolicy
        a T 0,5,6,7,8,10,13,14,15,16,17,18,19,20 3 CreateTags
        a T 0,5,6,7,8,10,13,14,15,16,17,18,19,20 8 DeleteTags
        a W - 0 AcceptReservedNodeExchange AddPartner CancelQuery CancelQuerySession CreateAuthenticationProfile
        a W - 0 CreateEndpointAccess CreateInboundIntegration CreateQev2IdcApplication CreateRedshiftIdcApplication
        a W - 0 CreateSavedQuery CreateScheduledAction DeleteAuthenticationProfile DeleteEndpointAccess DeletePartner
        a W - 0 DeleteSavedQueries DeleteScheduledAction DeregisterNamespace ExecuteQuery ModifyAuthenticationProfile
        a W - 0 ModifyEndpointAccess ModifySavedQuery ModifyScheduledAction PurchaseReservedNodeOffering
        a W - 0 RegisterNamespace UpdatePartnerStatus
        a W 0 0 CancelResize CreateCustomDomainAssociation DeleteCluster DeleteCustomDomainAssociation DisableLogging
        a W 0 0 DisableSnapshotCopy EnableLogging EnableSnapshotCopy FailoverPrimaryCompute ModifyAquaConfiguration
        a W 0 0 ModifyAutonomicsDenylist ModifyCluster ModifyClusterDbRevision ModifyClusterMaintenance
        a W 0 0 ModifyClusterSnapshotSchedule ModifyCustomDomainAssociation ModifySnapshotCopyRetentionPeriod
        a W 0 0 PauseCluster RebootCluster ResizeCluster ResumeCluster RotateEncryptionKey
        a W 0 3 CreateCluster
        a W 0,16 0 RestoreTableFromClusterSnapshot
        a W 0,16 8 RestoreFromClusterSnapshot
        a W 1 1 AssociateDataShareConsumer
        a W 1 10 DisassociateDataShareConsumer
        a W 10 0 DeleteClusterParameterGroup ModifyClusterParameterGroup ResetClusterParameterGroup
        a W 10 3 CreateClusterParameterGroup
        a W 11 0 DeleteQev2IdcApplication ModifyQev2IdcApplication
        a W 12 0 DeleteRedshiftIdcApplication ModifyRedshiftIdcApplication
        a W 13 0 DeleteClusterSecurityGroup
        a W 13 3 CreateClusterSecurityGroup
        a W 13,15 0 AuthorizeClusterSecurityGroupIngress RevokeClusterSecurityGroupIngress
        a W 16 0 BatchDeleteClusterSnapshots BatchModifyClusterSnapshots DeleteClusterSnapshot ModifyClusterSnapshot
        a W 16 3 CopyClusterSnapshot CreateClusterSnapshot
        a W 17 0 DeleteSnapshotCopyGrant
        a W 18 0 DeleteSnapshotSchedule ModifySnapshotSchedule
        a W 18 3 CreateSnapshotSchedule
        a W 19 0 DeleteClusterSubnetGroup ModifyClusterSubnetGroup
        a W 19 3 CreateClusterSubnetGroup
        a W 20 0 DeleteUsageLimit ModifyUsageLimit
        a W 20 3 CreateUsageLimit
        a W 3 12 GetClusterCredentialsWithIAM
        a W 3,4 11 GetClusterCredentials
        a W 5 0 DeleteEventSubscription ModifyEventSubscription
        a W 5 3 CreateEventSubscription
        a W 6 0 DeleteHsmClientCertificate
        a W 6 3 CreateHsmClientCertificate
        a W 7 0 DeleteHsmConfiguration
        a W 7 3 CreateHsmConfiguration
        a W 8 0 AuthorizeInboundIntegration
        a W 8 5 CreateIntegration
        a W 8 7 DeleteIntegration ModifyIntegration
        """#
}
