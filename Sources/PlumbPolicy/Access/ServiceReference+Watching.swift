// What IAM can allow in logs, cloudwatch, cloudtrail, events, xray and more; written by scripts/service-reference.py.

extension ServiceReference {
    static let watching = #"""
        @ logs
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s logs:DeliveryDestinationResourceArn R
        k logs:LogGeneratingResourceArns r
        r anomaly-detector logs:*:*:anomaly-detector:* 1
        r delivery logs:*:*:delivery:* 1
        r delivery-destination logs:*:*:delivery-destination:* 1
        r delivery-source logs:*:*:delivery-source:* 1
        r destination logs:*:*:destination:* 1
        r log-group logs:*:*:log-group:* 1
        r log-stream logs:*:*:log-group:*:log-stream:* 1
        r lookup-table logs:*:*:lookup-table:* 1
        r scheduled-query logs:*:*:scheduled-query:* 1
        s -
        s 0,2
        s 0,2,3
        s 0,2,4
        s 2
        a L - 0 DescribeAccountPolicies DescribeConfigurationTemplates DescribeDeliveries DescribeDeliveryDestinations
        a L - 0 DescribeDeliverySources DescribeDestinations DescribeExportTasks DescribeFieldIndexes
        a L - 0 DescribeImportTaskBatches DescribeImportTasks DescribeIndexPolicies DescribeLogGroups
        a L - 0 DescribeLookupTables DescribeQueries DescribeQueryDefinitions DescribeResourcePolicies
        a L - 0 ListAggregateLogGroupSummaries ListEntitiesForLogGroup ListIntegrations ListLogDeliveries ListLogGroups
        a L - 0 ListLogGroupsForEntity ListLogGroupsForQuery ListScheduledQueries ListSourcesForS3TableIntegration
        a L 0 0 ListAnomalies ListLogAnomalyDetectors
        a L 0,1,2,3,4,5,7 0 ListTagsForResource
        a L 5 0 DescribeLogStreams DescribeMetricFilters DescribeSubscriptionFilters ListTagsLogGroup
        a P - 0 DeleteResourcePolicy PutResourcePolicy
        a R - 0 GetIntegration GetLogDelivery GetLogFields StopLiveTail StopQuery TestMetricFilter TestTransformer
        a R 0 0 GetLogAnomalyDetector
        a R 1 0 GetDelivery
        a R 2 0 GetDeliveryDestination GetDeliveryDestinationPolicy
        a R 3 0 GetDeliverySource
        a R 5 0 FilterLogEvents GetDataProtectionPolicy GetLogGroupFields GetLogRecord GetQueryResults GetTransformer
        a R 5 0 StartLiveTail StartQuery Unmask
        a R 6 0 GetLogEvents
        a R 7 0 GetLookupTable
        a R 8 0 GetScheduledQuery GetScheduledQueryHistory
        a T 0,1,2,3,4,5,7,8 1 TagResource
        a T 0,1,2,3,4,5,7,8 4 UntagResource
        a T 5 1 TagLogGroup
        a T 5 4 UntagLogGroup
        a W - 0 AssociateSourceToS3TableIntegration CallWithBearerToken CancelExportTask CancelImportTask
        a W - 0 CreateImportTask CreateLogDelivery DeleteAccountPolicy DeleteIndexPolicy DeleteIntegration
        a W - 0 DeleteLogDelivery DeletePipelineRule DeleteQueryDefinition DisassociateSourceFromS3TableIntegration Link
        a W - 0 PutAccountPolicy PutIndexPolicy PutIntegration PutPipelineRule PutQueryDefinition UpdateLogDelivery
        a W 0 0 DeleteLogAnomalyDetector UpdateAnomaly UpdateLogAnomalyDetector
        a W 1 0 DeleteDelivery
        a W 1,2,3 1 CreateDelivery UpdateDeliveryConfiguration
        a W 2 0 DeleteDeliveryDestination DeleteDeliveryDestinationPolicy DeleteDeliverySource
        a W 2 0 PutDeliveryDestinationPolicy
        a W 2 2 PutDeliveryDestination
        a W 3 3 PutDeliverySource
        a W 4 0 DeleteDestination PutDestinationPolicy
        a W 4 1 PutDestination
        a W 4,5 0 PutSubscriptionFilter
        a W 5 0 AssociateKmsKey CreateExportTask DeleteDataProtectionPolicy DeleteLogGroup DeleteMetricFilter
        a W 5 0 DeleteRetentionPolicy DeleteSubscriptionFilter DeleteTransformer DisassociateKmsKey IntegrateWithS3Table
        a W 5 0 ProcessWithPipeline PutBearerTokenAuthentication PutDataProtectionPolicy PutLogGroupDeletionProtection
        a W 5 0 PutMetricFilter PutRetentionPolicy PutTransformer
        a W 5 1 CreateLogAnomalyDetector CreateLogGroup
        a W 6 0 CreateLogStream DeleteLogStream PutLogEvents
        a W 7 0 DeleteLookupTable UpdateLookupTable
        a W 7 1 CreateLookupTable
        a W 8 0 DeleteScheduledQuery UpdateScheduledQuery
        a W 8 1 CreateScheduledQuery
        @ cloudwatch
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s cloudwatch:AlarmActions s cloudwatch:namespace S
        k cloudwatch:requestInsightRuleLogGroups s cloudwatch:requestManagedResourceARNs r
        r alarm cloudwatch:*:*:alarm:* 1
        r alarm-mute-rule cloudwatch:*:*:alarm-mute-rule:* 1
        r dashboard cloudwatch::*:dashboard/* -
        r insight-rule cloudwatch:*:*:insight-rule/* 1
        r metric-stream cloudwatch:*:*:metric-stream/* 1
        r service cloudwatch:*:*:service/*-* 1
        r slo cloudwatch:*:*:slo/* 1
        s -
        s 0,2
        s 0,2,6
        s 0,2,3
        s 0,2,5
        s 4
        s 2
        a L - 0 ListDashboards ListEntitiesForMetric ListMetricStreams ListMetrics ListServiceLevelObjectives
        a L - 0 ListServices
        a L 0,1,3,6 0 ListTagsForResource
        a L 1 0 ListAlarmMuteRules
        a R - 0 BatchGetServiceLevelIndicatorReport DescribeAlarmsForMetric DescribeAnomalyDetectors
        a R - 0 DescribeInsightRules GenerateQuery GenerateQueryResultsSummary GetMetricData GetMetricStatistics
        a R - 0 GetMetricWidgetImage GetTopologyDiscoveryStatus GetTopologyMap
        a R - 2 ListManagedInsightRules
        a R 0 0 DescribeAlarmHistory DescribeAlarms
        a R 1 0 GetAlarmMuteRule
        a R 2 0 GetDashboard
        a R 3 0 GetInsightRuleReport
        a R 4 0 GetMetricStream
        a R 5 0 GetService GetServiceData
        a R 6 0 BatchGetServiceLevelObjectiveBudgetReport GetServiceLevelObjective
        a T 0,1,3,6 1 TagResource
        a T 0,1,3,6 6 UntagResource
        a W - 0 DeleteAnomalyDetector EnableTopologyDiscovery Link PutAnomalyDetector
        a W - 1 CreateServiceLevelObjective
        a W - 2 PutManagedInsightRules
        a W - 5 PutMetricData
        a W 0 0 DeleteAlarms DisableAlarmActions EnableAlarmActions SetAlarmState
        a W 0 3 PutCompositeAlarm PutMetricAlarm
        a W 0,1 1 PutAlarmMuteRule
        a W 1 0 DeleteAlarmMuteRule
        a W 2 0 DeleteDashboards PutDashboard
        a W 3 0 DeleteInsightRules DisableInsightRules EnableInsightRules
        a W 3 4 PutInsightRule
        a W 4 0 DeleteMetricStream StartMetricStreams StopMetricStreams
        a W 4 1 PutMetricStream
        a W 6 0 DeleteServiceLevelObjective UpdateServiceLevelObjective
        @ cloudtrail
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s
        r channel cloudtrail:*:*:channel/* 1
        r dashboard cloudtrail:*:*:dashboard/* 1
        r eventdatastore cloudtrail:*:*:eventdatastore/* 1
        r trail cloudtrail:*:*:trail/* 1
        s 0,2
        s -
        s 2
        a L - 1 ListChannels ListDashboards ListEventDataStores ListImports ListServiceLinkedChannels ListTrails
        a L 2 1 ListQueries
        a L 3 1 ListInsightsData
        a R - 1 DescribeTrails GetImport ListImportFailures ListPublicKeys LookupEvents SearchSampleQueries
        a R 0 1 GetChannel GetServiceLinkedChannel
        a R 0,1,2 1 GetResourcePolicy
        a R 0,1,2,3 1 ListTags
        a R 1 1 GetDashboard
        a R 2 1 DescribeQuery GenerateQueryResultsSummary GetEventDataStore GetEventDataStoreData GetQueryResults
        a R 2,3 1 GetEventConfiguration GetInsightSelectors
        a R 3 1 GetEventSelectors GetTrail GetTrailStatus
        a T 0,1,2,3 0 AddTags
        a T 0,1,2,3 2 RemoveTags
        a W - 1 DeregisterOrganizationDelegatedAdmin RegisterOrganizationDelegatedAdmin StartImport StopImport
        a W 0 1 CreateServiceLinkedChannel DeleteChannel DeleteServiceLinkedChannel UpdateChannel
        a W 0 1 UpdateServiceLinkedChannel
        a W 0,1,2 1 DeleteResourcePolicy PutResourcePolicy
        a W 0,2 0 CreateChannel
        a W 1 0 CreateDashboard
        a W 1 1 DeleteDashboard StartDashboardRefresh UpdateDashboard
        a W 2 0 CreateEventDataStore
        a W 2 1 CancelQuery DeleteEventDataStore DisableFederation EnableFederation GenerateQuery RestoreEventDataStore
        a W 2 1 StartEventDataStoreIngestion StartQuery StopEventDataStoreIngestion UpdateEventDataStore
        a W 2,3 1 PutEventConfiguration PutInsightSelectors
        a W 3 0 CreateTrail
        a W 3 1 DeleteTrail PutEventSelectors StartLogging StopLogging UpdateTrail
        @ events
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s events:EventBusArn r events:ManagedBy S
        k events:TargetArn r events:creatorAccount S events:detail-type s events:detail.eventTypeCode S
        k events:detail.service S events:detail.userIdentity.principalId S events:eventBusInvocation S events:source s
        r alias kms:*:*:alias/* -
        r api-destination events:*:*:api-destination/* -
        r archive events:*:*:archive/* -
        r connection events:*:*:connection/* -
        r create-snapshot events:*:*:target/create-snapshot -
        r endpoint events:*:*:endpoint/* -
        r event-bus events:*:*:event-bus/* 1
        r event-source events:*::event-source/* -
        r key kms:*:*:key/* -
        r reboot-instance events:*:*:target/reboot-instance -
        r replay events:*:*:replay/* -
        r rule-on-custom-event-bus events:*:*:rule/*/* 1
        r rule-on-default-event-bus events:*:*:rule/* 1
        r stop-instance events:*:*:target/stop-instance -
        r terminate-instance events:*:*:target/terminate-instance -
        s -
        s 3
        s 0,2
        s 4,6
        s 6
        s 7,11,12
        s 0,2,4,6,7,8,9,10,12
        s 4,5,6
        s 0,2,6
        s 2,6
        a L - 0 ListApiDestinations ListArchives ListConnections ListEndpoints ListEventBuses ListEventSources
        a L - 0 ListPartnerEventSources ListReplays ListRuleNamesByTarget ListRules
        a L 11,12 4 ListTargetsByRule
        a L 6,11,12 4 ListTagsForResource
        a L 7 0 ListPartnerEventSourceAccounts
        a P - 0 PutPermission RemovePermission
        a R - 0 TestEventPattern
        a R 1,3 0 DescribeApiDestination
        a R 10 0 DescribeReplay
        a R 11,12 4 DescribeRule
        a R 2 0 DescribeArchive
        a R 3 0 DescribeConnection
        a R 5 0 DescribeEndpoint
        a R 6 0 DescribeEventBus
        a R 7 0 DescribeEventSource DescribePartnerEventSource
        a T 6,11,12 8 TagResource
        a T 6,11,12 9 UntagResource
        a W - 0 PutPartnerEvents
        a W 0,2,6,8 0 CreateArchive
        a W 0,2,8 0 UpdateArchive
        a W 1 0 DeleteApiDestination InvokeApiDestination UpdateApiDestination
        a W 1,3 0 CreateApiDestination
        a W 10 0 CancelReplay
        a W 11,12 3 DeleteRule DisableRule EnableRule RemoveTargets
        a W 11,12 6 PutRule
        a W 11,12 7 PutTargets
        a W 2 0 DeleteArchive
        a W 2,6,10 0 StartReplay
        a W 3 0 CreateConnection DeauthorizeConnection DeleteConnection RetrieveConnectionCredentials UpdateConnection
        a W 5 0 DeleteEndpoint
        a W 5 1 CreateEndpoint UpdateEndpoint
        a W 6 0 AllowVendedLogDeliveryForResource DeleteEventBus UpdateEventBus
        a W 6 2 CreateEventBus
        a W 6 5 PutEvents
        a W 7 0 ActivateEventSource CreatePartnerEventSource DeactivateEventSource DeletePartnerEventSource
        @ xray
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s logs:LogGeneratingResourceArns r
        k xray:ResourcePolicyName S xray:TraceSegmentDestination S
        r group xray:*:*:group/*/* 1
        r sampling-rule xray:*:*:sampling-rule/* 1
        s -
        s 0,2
        s 1
        s 4
        s 3
        s 2
        s 5
        a L - 0 BatchGetTraces ListResourcePolicies ListRetrievedTraces
        a L 0,1 0 ListTagsForResource
        a P - 0 PutEncryptionConfig
        a R - 0 BatchGetTraceSummaryById CancelTraceRetrieval GetDistinctTraceGraphs GetEncryptionConfig GetGroups
        a R - 0 GetIndexingRules GetInsight GetInsightEvents GetInsightImpactGraph GetInsightSummaries
        a R - 0 GetRetrievedTracesGraph GetSamplingRules GetSamplingStatisticSummaries GetSamplingTargets
        a R - 0 GetServiceGraph GetTimeSeriesServiceStatistics GetTraceGraph GetTraceSegmentDestination
        a R - 0 GetTraceSummaries StartTraceRetrieval
        a R 0 2 GetGroup
        a T 0,1 1 TagResource
        a T 0,1 5 UntagResource
        a W - 0 Link PutSpansForIndexing PutTelemetryRecords UpdateIndexingRule
        a W - 3 DeleteResourcePolicy PutResourcePolicy
        a W - 4 PutSpans PutTraceSegments
        a W - 6 UpdateTraceSegmentDestination
        a W 0 1 CreateGroup
        a W 0 2 DeleteGroup UpdateGroup
        a W 1 1 CreateSamplingRule
        a W 1 2 DeleteSamplingRule UpdateSamplingRule
        @ config
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s config:ConfigurationRecorderServicePrincipal S
        r AggregationAuthorization config:*:*:aggregation-authorization/*/* 1
        r ConfigRule config:*:*:config-rule/* 1
        r ConfigurationAggregator config:*:*:config-aggregator/* 1
        r ConfigurationRecorder config:*:*:configuration-recorder/*/* 1
        r ConformancePack config:*:*:conformance-pack/*/* 1
        r OrganizationConfigRule config:*:*:organization-config-rule/* 1
        r OrganizationConformancePack config:*:*:organization-conformance-pack/* 1
        r RemediationConfiguration config:*:*:remediation-configuration/* -
        r StoredQuery config:*:*:stored-query/*/* 1
        s -
        s 3
        s 0,2
        s 0,2,3
        s 2
        a L - 0 DescribeAggregationAuthorizations DescribeConfigRules DescribeConfigurationAggregators
        a L - 0 DescribeConformancePacks DescribeDeliveryChannels DescribeOrganizationConfigRules
        a L - 0 DescribeOrganizationConformancePacks DescribePendingAggregationRequests DescribeRemediationExceptions
        a L - 0 DescribeRetentionConfigurations ListConfigurationRecorders ListConformancePackComplianceScores
        a L - 0 ListDiscoveredResources ListResourceEvaluations ListStoredQueries
        a L 2 0 ListAggregateDiscoveredResources
        a L 7 0 DescribeRemediationConfigurations
        a R - 0 BatchGetResourceConfig DeliverConfigSnapshot DescribeComplianceByConfigRule DescribeComplianceByResource
        a R - 0 DescribeConfigRuleEvaluationStatus DescribeConformancePackStatus DescribeDeliveryChannelStatus
        a R - 0 DescribeOrganizationConfigRuleStatuses DescribeOrganizationConformancePackStatuses
        a R - 0 GetComplianceDetailsByResource GetComplianceSummaryByConfigRule GetComplianceSummaryByResourceType
        a R - 0 GetDiscoveredResourceCounts GetResourceConfigHistory GetResourceEvaluationSummary SelectResourceConfig
        a R 0,1,2,3,4,5,6,8 0 ListTagsForResource
        a R 1 0 GetComplianceDetailsByConfigRule GetCustomRulePolicy
        a R 2 0 BatchGetAggregateResourceConfig DescribeAggregateComplianceByConfigRules
        a R 2 0 DescribeAggregateComplianceByConformancePacks DescribeConfigurationAggregatorSourcesStatus
        a R 2 0 GetAggregateComplianceDetailsByConfigRule GetAggregateConfigRuleComplianceSummary
        a R 2 0 GetAggregateConformancePackComplianceSummary GetAggregateDiscoveredResourceCounts
        a R 2 0 GetAggregateResourceConfig SelectAggregateResourceConfig
        a R 3 1 DescribeConfigurationRecorderStatus DescribeConfigurationRecorders
        a R 4 0 DescribeConformancePackCompliance GetConformancePackComplianceDetails
        a R 4 0 GetConformancePackComplianceSummary
        a R 5 0 GetOrganizationConfigRuleDetailedStatus GetOrganizationCustomRulePolicy
        a R 6 0 GetOrganizationConformancePackDetailedStatus
        a R 7 0 DescribeRemediationExecutionStatus
        a R 8 0 GetStoredQuery
        a T 0,1,2,3,4,5,6,8 2 TagResource
        a T 0,1,2,3,4,5,6,8 4 UntagResource
        a W - 0 DeleteDeliveryChannel DeletePendingAggregationRequest DeleteRemediationExceptions DeleteResourceConfig
        a W - 0 DeleteRetentionConfiguration PutDeliveryChannel PutEvaluations PutRemediationExceptions
        a W - 0 PutResourceConfig PutRetentionConfiguration StartRemediationExecution StartResourceEvaluation
        a W - 3 PutServiceLinkedConfigurationRecorder
        a W 0 0 DeleteAggregationAuthorization
        a W 0 2 PutAggregationAuthorization
        a W 1 0 DeleteConfigRule DeleteEvaluationResults PutExternalEvaluation StartConfigRulesEvaluation
        a W 1 2 PutConfigRule
        a W 2 0 DeleteConfigurationAggregator
        a W 2 2 PutConfigurationAggregator
        a W 3 0 AssociateResourceTypes DeleteConfigurationRecorder DisassociateResourceTypes StartConfigurationRecorder
        a W 3 0 StopConfigurationRecorder
        a W 3 1 DeleteServiceLinkedConfigurationRecorder
        a W 3 2 PutConfigurationRecorder
        a W 4 0 DeleteConformancePack PutConformancePack
        a W 5 0 DeleteOrganizationConfigRule PutOrganizationConfigRule
        a W 6 0 DeleteOrganizationConformancePack PutOrganizationConformancePack
        a W 7 0 DeleteRemediationConfiguration PutRemediationConfigurations
        a W 8 0 DeleteStoredQuery
        a W 8 2 PutStoredQuery
        @ budgets
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s
        r budget budgets::*:budget/* 0,1,2
        r budgetAction budgets::*:budget/*/action/* 0,1,2
        s 0,1,2
        s -
        s 0,2
        s 2
        a R - 1 DescribeBudgetActionsForAccount
        a R 0 1 DescribeBudgetActionsForBudget ViewBudget
        a R 0,1 1 ListTagsForResource
        a R 1 1 DescribeBudgetAction DescribeBudgetActionHistories
        a T 0,1 2 TagResource
        a T 0,1 3 UntagResource
        a W 0 1 ModifyBudget
        a W 1 0 CreateBudgetAction
        a W 1 1 DeleteBudgetAction ExecuteBudgetAction UpdateBudgetAction
        @ ce
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s
        r anomalymonitor ce::*:anomalymonitor/* 1
        r anomalysubscription ce::*:anomalysubscription/* 1
        r billingview billing::*:billingview/* 1
        r costcategory ce::*:costcategory/* 1
        s 0,2
        s -
        s 1
        s 0,1,2
        s 1,2
        a L - 1 ListCommitmentPurchaseAnalyses ListCostAllocationTagBackfillHistory ListCostAllocationTags
        a L - 1 ListCostCategoryDefinitions ListCostCategoryResourceAssociations
        a L - 1 ListSavingsPlansPurchaseRecommendationGeneration
        a R - 1 DescribeNotificationSubscription DescribeReport GetApproximateUsageRecords GetCommitmentPurchaseAnalysis
        a R - 1 GetConsoleActionSetEnforced GetPreferences GetReservationCoverage GetReservationPurchaseRecommendation
        a R - 1 GetReservationUtilization GetRightsizingRecommendation GetSavingsPlanPurchaseRecommendationDetails
        a R - 1 GetSavingsPlansCoverage GetSavingsPlansPurchaseRecommendation GetSavingsPlansUtilization
        a R - 1 GetSavingsPlansUtilizationDetails
        a R 0 2 GetAnomalies GetAnomalyMonitors
        a R 0,1,3 2 ListTagsForResource
        a R 1 2 GetAnomalySubscriptions
        a R 2 2 GetCostAndUsage GetCostAndUsageComparisons GetCostAndUsageWithResources GetCostCategories
        a R 2 2 GetCostComparisonDrivers GetCostForecast GetDimensionValues GetTags GetUsageForecast
        a R 3 2 DescribeCostCategoryDefinition
        a T 0,1,3 3 TagResource
        a T 0,1,3 4 UntagResource
        a W - 0 CreateAnomalyMonitor CreateAnomalySubscription CreateCostCategoryDefinition
        a W - 1 CreateNotificationSubscription CreateReport DeleteNotificationSubscription DeleteReport
        a W - 1 ProvideAnomalyFeedback StartCommitmentPurchaseAnalysis StartCostAllocationTagBackfill
        a W - 1 StartSavingsPlansPurchaseRecommendationGeneration UpdateConsoleActionSetEnforced
        a W - 1 UpdateCostAllocationTagsStatus UpdateNotificationSubscription UpdatePreferences UpdateReport
        a W 0 2 DeleteAnomalyMonitor UpdateAnomalyMonitor
        a W 1 2 DeleteAnomalySubscription UpdateAnomalySubscription
        a W 3 2 DeleteCostCategoryDefinition UpdateCostCategoryDefinition
        @ fis
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s fis:Operations s fis:Percentage N fis:Service S
        k fis:Targets s
        r action fis:*:*:action/* 1
        r experiment fis:*:*:experiment/* 1
        r experiment-template fis:*:*:experiment-template/* 1
        r safety-lever fis:*:*:safety-lever/* -
        s 0,2
        s -
        s 1
        s 3,4,5,6
        s 2
        a L - 1 ListActions ListExperimentTemplates ListExperiments ListTargetResourceTypes
        a L 1 1 ListExperimentResolvedTargets ListExperimentTargetAccountConfigurations
        a L 2 1 ListTargetAccountConfigurations
        a R - 1 GetTargetResourceType
        a R 0 2 GetAction
        a R 0,1,2 1 ListTagsForResource
        a R 1 1 GetExperimentTargetAccountConfiguration
        a R 1 2 GetExperiment
        a R 2 1 GetTargetAccountConfiguration
        a R 2 2 GetExperimentTemplate
        a R 3 1 GetSafetyLever
        a T 0,1,2 0 TagResource
        a T 0,1,2 4 UntagResource
        a W 0,2 0 CreateExperimentTemplate UpdateExperimentTemplate
        a W 1 1 StopExperiment
        a W 1 3 InjectApiInternalError InjectApiThrottleError InjectApiUnavailableError
        a W 1,2 0 StartExperiment
        a W 2 1 CreateTargetAccountConfiguration DeleteExperimentTemplate DeleteTargetAccountConfiguration
        a W 2 1 UpdateTargetAccountConfiguration
        a W 3 1 UpdateSafetyLeverState
        @ scheduler
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s
        r schedule scheduler:*:*:schedule/*/* -
        r schedule-group scheduler:*:*:schedule-group/* 1
        s 1
        s 0,2
        s -
        s 0,1,2
        s 1,2
        a L - 2 ListScheduleGroups ListSchedules
        a R 0 0 GetSchedule
        a R 1 0 GetScheduleGroup ListTagsForResource
        a T 1 3 TagResource
        a T 1 4 UntagResource
        a W 0 0 CreateSchedule DeleteSchedule UpdateSchedule
        a W 1 0 DeleteScheduleGroup
        a W 1 1 CreateScheduleGroup
        """#
}
