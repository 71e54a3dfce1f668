// What IAM can allow in sagemaker, sagemaker-mlflow, bedrock, ecr; written by scripts/service-reference.py.

extension ServiceReference {
    static let machineLearning1 = #"""
        @ sagemaker
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s sagemaker:AcceleratorTypes s
        k sagemaker:AppNetworkAccessType S sagemaker:CurrentCustomerMetadataProperties/* S
        k sagemaker:CurrentModelLifeCycleStage S sagemaker:CurrentModelLifeCycleStageStatus S
        k sagemaker:CustomerMetadataProperties/* S sagemaker:CustomerMetadataPropertiesToRemove s
        k sagemaker:DirectGatedModelAccess S sagemaker:DirectInternetAccess S sagemaker:DomainId S
        k sagemaker:DomainSharingOutputKmsKey R sagemaker:EnableRemoteDebug B
        k sagemaker:FeatureGroupDisableGlueTableCreation B sagemaker:FeatureGroupEnableOnlineStore B
        k sagemaker:FeatureGroupOfflineStoreConfig B sagemaker:FeatureGroupOfflineStoreKmsKey R
        k sagemaker:FeatureGroupOfflineStoreS3Uri S sagemaker:FeatureGroupOnlineStoreKmsKey R
        k sagemaker:FileSystemAccessMode S sagemaker:FileSystemDirectoryPath S sagemaker:FileSystemId S
        k sagemaker:FileSystemType S sagemaker:HomeEfsFileSystemKmsKey R sagemaker:ImageArns r
        k sagemaker:ImageVersionArns r sagemaker:InstanceTypes s sagemaker:InterContainerTrafficEncryption B
        k sagemaker:KeepAlivePeriod N sagemaker:MaxRuntimeInSeconds N sagemaker:MinimumInstanceMetadataServiceVersion S
        k sagemaker:ModelApprovalStatus S sagemaker:ModelArn R sagemaker:ModelLifeCycle:Stage S
        k sagemaker:ModelLifeCycle:StageStatus S sagemaker:NetworkIsolation B sagemaker:OutputKmsKey R
        k sagemaker:OwnerUserProfileArn R sagemaker:PipelineVersionId S sagemaker:RemoteAccess S
        k sagemaker:ResourceTag/ S sagemaker:ResourceTag/* S sagemaker:RootAccess S
        k sagemaker:SearchVisibilityCondition/* S sagemaker:ServerlessMaxConcurrency N sagemaker:ServerlessMemorySize N
        k sagemaker:SpaceSharingType S sagemaker:StudioLifecycleConfigArns r sagemaker:TaggingAction S
        k sagemaker:TargetModel S sagemaker:UserProfileName S sagemaker:VolumeKmsKey R sagemaker:VpcSecurityGroupIds s
        k sagemaker:VpcSubnets s sagemaker:WorkteamArn R sagemaker:WorkteamType S
        r action sagemaker:*:*:action/* 1,43
        r algorithm sagemaker:*:*:algorithm/* 1,43
        r app sagemaker:*:*:app/*/*/*/* 1,43
        r app-image-config sagemaker:*:*:app-image-config/* 1,43
        r artifact sagemaker:*:*:artifact/* 1,43
        r automl-job sagemaker:*:*:automl-job/* 1,43
        r cluster sagemaker:*:*:cluster/* 1,43
        r cluster-scheduler-config sagemaker:*:*:cluster-scheduler-config/* 1,43
        r code-repository sagemaker:*:*:code-repository/* 1,43
        r compilation-job sagemaker:*:*:compilation-job/* 1,43
        r compute-quota sagemaker:*:*:compute-quota/* 1,43
        r context sagemaker:*:*:context/* 1,43
        r data-quality-job-definition sagemaker:*:*:data-quality-job-definition/* 1,43
        r device sagemaker:*:*:device-fleet/*/device/* 1,43
        r device-fleet sagemaker:*:*:device-fleet/* 1,43
        r domain sagemaker:*:*:domain/* 1,43
        r edge-deployment-plan sagemaker:*:*:edge-deployment/* 1,43
        r edge-packaging-job sagemaker:*:*:edge-packaging-job/* 1,43
        r endpoint sagemaker:*:*:endpoint/* 1,43
        r endpoint-config sagemaker:*:*:endpoint-config/* 1,43
        r experiment sagemaker:*:*:experiment/* 1,43
        r experiment-trial sagemaker:*:*:experiment-trial/* 1,43
        r experiment-trial-component sagemaker:*:*:experiment-trial-component/* 1,43
        r feature-group sagemaker:*:*:feature-group/* 1,43
        r flow-definition sagemaker:*:*:flow-definition/* 1,43
        r hub sagemaker:*:*:hub/* 1,43
        r hub-content sagemaker:*:*:hub-content/*/*/* 1,43
        r human-loop sagemaker:*:*:human-loop/* -
        r human-task-ui sagemaker:*:*:human-task-ui/* 1,43
        r hyper-parameter-tuning-job sagemaker:*:*:hyper-parameter-tuning-job/* 1,43
        r image sagemaker:*:*:image/* 1,43
        r image-version sagemaker:*:*:image-version/*/* 1,43
        r inference-component sagemaker:*:*:inference-component/* 1,43
        r inference-experiment sagemaker:*:*:inference-experiment/* 1,43
        r inference-recommendations-job sagemaker:*:*:inference-recommendations-job/* 1,43
        r labeling-job sagemaker:*:*:labeling-job/* 1,43
        r lineage-group sagemaker:*:*:lineage-group/* 1,43
        r mlflow-app sagemaker:*:*:mlflow-app/* 1,43
        r mlflow-tracking-server sagemaker:*:*:mlflow-tracking-server/* -
        r model sagemaker:*:*:model/* 1,43
        r model-bias-job-definition sagemaker:*:*:model-bias-job-definition/* 1,43
        r model-card sagemaker:*:*:model-card/* 1,43
        r model-card-export-job sagemaker:*:*:model-card/*/export-job/* 1,43
        r model-explainability-job-definition sagemaker:*:*:model-explainability-job-definition/* 1,43
        r model-package sagemaker:*:*:model-package/* 1,5,6,7,43
        r model-package-group sagemaker:*:*:model-package-group/* 1,43
        r model-quality-job-definition sagemaker:*:*:model-quality-job-definition/* 1,43
        r monitoring-schedule sagemaker:*:*:monitoring-schedule/* 1,43
        r monitoring-schedule-alert sagemaker:*:*:monitoring-schedule/*/alert/* -
        r notebook-instance sagemaker:*:*:notebook-instance/* 1,43
        r notebook-instance-lifecycle-config sagemaker:*:*:notebook-instance-lifecycle-config/* 1,43
        r optimization-job sagemaker:*:*:optimization-job/* 1,43
        r partner-app sagemaker:*:*:partner-app/* 1,43
        r pipeline sagemaker:*:*:pipeline/* 1,43
        r pipeline-execution sagemaker:*:*:pipeline/*/execution/* 1,43
        r processing-job sagemaker:*:*:processing-job/* 1,43
        r project sagemaker:*:*:project/* 1,43
        r reserved-capacity sagemaker:*:*:reserved-capacity/* 1,43
        r sagemaker-catalog sagemaker:*:*:sagemaker-catalog/* -
        r shared-model sagemaker:*:*:shared-model/* -
        r shared-model-event sagemaker:*:*:shared-model-event/* -
        r space sagemaker:*:*:space/*/* 1,43
        r studio-lifecycle-config sagemaker:*:*:studio-lifecycle-config/* 1,43
        r training-job sagemaker:*:*:training-job/* 1,43
        r training-plan sagemaker:*:*:training-plan/* 1,43
        r transform-job sagemaker:*:*:transform-job/* 1,43
        r user-profile sagemaker:*:*:user-profile/*/* 1,43
        r workforce sagemaker:*:*:workforce/* 1,43
        r workteam sagemaker:*:*:workteam/* 1,43
        s -
        s 0,2,5,6,7,50
        s 5,6,7
        s 0,2
        s 0,2,26,27,28,39,48,49
        s 0,2,29,38,53,54,55
        s 0,2,28,54,55
        s 0,2,28,29,31,37,38,53,54,55
        s 0,2,4,13,26,27,28,49,53,54,55
        s 0,2,3,28,34,37,46,47,53,54,55
        s 0,2,15,16,17,18,19,20
        s 0,2,56,57
        s 0,2,21,22,23,24,28,29,31,37,38,53,54,55
        s 0,2,34
        s 0,2,38,53,56,57
        s 0,1,2,43
        s 0,2,10,37,54,55
        s 0,2,5,6,7,8,33,35,36
        s 0,2,3,11,28,32,44,53,54,55
        s 1,43
        s 0,2,26,27,28,39,41,48,49
        s 0,2,10,14,21,22,23,24,28,29,30,31,37,38,53,54,55
        s 0,2,28,34,38,53
        s 0,2,13,26,27,28,49,54
        s 39,48
        s 0
        s 2,5,6,7
        s 40
        s 51
        s 45
        s 28,54,55
        s 4,13,26,27,28,49,54,55
        s 5,6,7,8,9,33,35,36
        s 3,28,32,44
        s 26,27,28,39,41,48,49
        s 14,28,30
        s 13,26,27,28,49,54
        a L - 0 ListActions ListAlgorithms ListAppImageConfigs ListApps ListArtifacts ListAssociations ListAutoMLJobs
        a L - 0 ListCandidatesForAutoMLJob ListClusterSchedulerConfigs ListClusters ListCodeRepositories
        a L - 0 ListCompilationJobs ListComputeQuotas ListContexts ListDataQualityJobDefinitions ListDeviceFleets
        a L - 0 ListDevices ListDomains ListEdgeDeploymentPlans ListEdgePackagingJobs ListEndpointConfigs ListEndpoints
        a L - 0 ListExperiments ListFeatureGroups ListFlowDefinitions ListHubs ListHumanLoops ListHumanTaskUis
        a L - 0 ListHyperParameterTuningJobs ListImages ListInferenceComponents ListInferenceExperiments
        a L - 0 ListInferenceRecommendationsJobSteps ListInferenceRecommendationsJobs ListLabelingJobs ListLineageGroups
        a L - 0 ListMlflowApps ListMlflowTrackingServers ListModelBiasJobDefinitions ListModelCards
        a L - 0 ListModelExplainabilityJobDefinitions ListModelMetadata ListModelPackageGroups
        a L - 0 ListModelQualityJobDefinitions ListModels ListMonitoringAlertHistory ListMonitoringAlerts
        a L - 0 ListMonitoringExecutions ListMonitoringSchedules ListNotebookInstanceLifecycleConfigs
        a L - 0 ListNotebookInstances ListOptimizationJobs ListPartnerApps ListPipelines ListProcessingJobs ListProjects
        a L - 0 ListResourceCatalogs ListSharedModelEvents ListSharedModels ListSpaces ListStageDevices
        a L - 0 ListStudioLifecycleConfigs ListSubscribedWorkteams ListTrainingJobs ListTrainingPlans ListTransformJobs
        a L - 0 ListTrialComponents ListTrials ListUserProfiles ListWorkforces ListWorkteams QueryLineage
        a L 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,28,29,30,32,34,35,37,38,39,40,41,43,
        \44,45,46,47,49,50,51,52,53,54,55,56,57,61,62,63,64,65,66,68 2 ListTags
        a L 25 0 ListHubContents
        a L 25,26 0 ListHubContentVersions
        a L 29 0 ListTrainingJobsForHyperParameterTuningJob
        a L 30 0 ListImageVersions
        a L 30,31 0 ListAliases
        a L 41 0 ListModelCardExportJobs ListModelCardVersions
        a L 44 0 ListModelPackages
        a L 53 0 ListPipelineExecutions ListPipelineVersions
        a L 54 0 ListPipelineExecutionSteps ListPipelineParametersForExecution
        a L 57 0 ListUltraServersByReservedCapacity
        a L 59 0 ListSharedModelVersions
        a L 6 0 ListClusterEvents ListClusterNodes
        a L 68 0 ListLabelingJobsForWorkteam
        a R - 0 DescribeLineageGroup GetLineageGroupPolicy GetResourcePolicy GetSagemakerServicecatalogPortfolioStatus
        a R - 0 GetSearchSuggestions RenderUiTemplate SearchTrainingPlanOfferings
        a R - 29 Search
        a R 0 0 DescribeAction
        a R 1 0 DescribeAlgorithm
        a R 10 0 DescribeComputeQuota
        a R 11 0 DescribeContext
        a R 12 0 DescribeDataQualityJobDefinition
        a R 13 0 DescribeDevice GetDeployments GetDeviceRegistration
        a R 14 0 DescribeDeviceFleet GetDeviceFleetReport
        a R 15 0 DescribeDomain
        a R 16 0 DescribeEdgeDeploymentPlan
        a R 17 0 DescribeEdgePackagingJob
        a R 18 0 DescribeEndpoint InvokeEndpointAsync
        a R 18,32 0 InvokeEndpointWithResponseStream
        a R 18,32 28 InvokeEndpoint
        a R 19 0 DescribeEndpointConfig
        a R 2 0 DescribeApp
        a R 20 0 DescribeExperiment
        a R 21 0 DescribeTrial
        a R 22 0 DescribeTrialComponent
        a R 22,63 0 BatchGetMetrics
        a R 23 0 BatchGetRecord DescribeFeatureGroup DescribeFeatureMetadata GetRecord
        a R 24 0 DescribeFlowDefinition
        a R 25 0 DescribeHub
        a R 25,26 0 CreateHubContentPresignedUrls DescribeHubContent
        a R 27 0 DescribeHumanLoop
        a R 28 0 DescribeHumanTaskUi
        a R 29 0 DescribeHyperParameterTuningJob
        a R 3 0 DescribeAppImageConfig
        a R 30 0 DescribeImage
        a R 31 0 DescribeImageVersion
        a R 32 0 DescribeInferenceComponent
        a R 33 0 DescribeInferenceExperiment
        a R 34 0 DescribeInferenceRecommendationsJob GetScalingConfigurationRecommendation
        a R 35 0 DescribeLabelingJob
        a R 37 0 DescribeMlflowApp
        a R 38 19 DescribeMlflowTrackingServer
        a R 39 0 DescribeModel
        a R 4 0 DescribeArtifact
        a R 40 0 DescribeModelBiasJobDefinition
        a R 41 0 DescribeModelCard
        a R 42 0 DescribeModelCardExportJob
        a R 43 0 DescribeModelExplainabilityJobDefinition
        a R 44 2 BatchDescribeModelPackage DescribeModelPackage
        a R 45 0 DescribeModelPackageGroup GetModelPackageGroupPolicy
        a R 46 0 DescribeModelQualityJobDefinition
        a R 47 0 DescribeMonitoringSchedule
        a R 49 0 DescribeNotebookInstance
        a R 5 0 DescribeAutoMLJob DescribeAutoMLJobV2
        a R 50 0 DescribeNotebookInstanceLifecycleConfig
        a R 51 0 DescribeOptimizationJob
        a R 52 0 DescribePartnerApp
        a R 53 27 DescribePipeline
        a R 54 0 DescribePipelineDefinitionForExecution DescribePipelineExecution
        a R 55 0 DescribeProcessingJob
        a R 56 0 DescribeProject
        a R 57 0 DescribeReservedCapacity
        a R 59 0 DescribeSharedModel
        a R 6 0 DescribeCluster DescribeClusterEvent DescribeClusterInference DescribeClusterNode
        a R 61 0 DescribeSpace
        a R 62 0 DescribeStudioLifecycleConfig
        a R 63 0 DescribeTrainingJob
        a R 64 0 DescribeTrainingPlan
        a R 65 0 DescribeTransformJob
        a R 66 0 DescribeUserProfile
        a R 67 0 DescribeWorkforce
        a R 68 0 DescribeSubscribedWorkteam DescribeWorkteam
        a R 7 0 DescribeClusterSchedulerConfig
        a R 8 0 DescribeCodeRepository
        a R 9 0 DescribeCompilationJob
        a T 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,28,29,30,32,34,35,37,38,39,40,41,43,
        \44,45,46,47,49,50,51,52,53,55,56,57,61,62,63,64,65,66,68 1 AddTags
        a T 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,28,29,30,32,34,35,37,38,39,40,41,43,
        \44,45,46,47,49,50,51,52,53,55,56,57,61,62,63,64,65,66,68 26 DeleteTags
        a W - 0 CreateLineageGroupPolicy DeleteLineageGroupPolicy DeleteResourcePolicy
        a W - 0 DisableSagemakerServicecatalogPortfolio EnableSagemakerServicecatalogPortfolio PutLineageGroupPolicy
        a W - 0 PutResourcePolicy
        a W 0 0 DeleteAction UpdateAction
        a W 0 3 CreateAction
        a W 0,4,11,20,22 0 AddAssociation DeleteAssociation
        a W 1 0 DeleteAlgorithm
        a W 1 3 CreateAlgorithm
        a W 10 0 DeleteComputeQuota UpdateComputeQuota
        a W 11 0 DeleteContext UpdateContext
        a W 11 3 CreateContext
        a W 12 0 DeleteDataQualityJobDefinition
        a W 12 7 CreateDataQualityJobDefinition
        a W 13 0 DeregisterDevices SendHeartbeat UpdateDevices
        a W 13 3 RegisterDevices
        a W 14 0 DeleteDeviceFleet UpdateDeviceFleet
        a W 14 3 CreateDeviceFleet
        a W 15 0 DeleteDomain
        a W 15 31 UpdateDomain
        a W 15 8 CreateDomain
        a W 16 0 DeleteEdgeDeploymentPlan DeleteEdgeDeploymentStage StartEdgeDeploymentStage StopEdgeDeploymentStage
        a W 16 3 CreateEdgeDeploymentPlan CreateEdgeDeploymentStage
        a W 17 0 StopEdgePackagingJob
        a W 17 3 CreateEdgePackagingJob
        a W 18 0 DeleteEndpoint UpdateEndpointWeightsAndCapacities
        a W 18,19 0 UpdateEndpoint
        a W 18,19 3 CreateEndpoint
        a W 18,32 13 CreateInferenceComponent
        a W 19 0 DeleteEndpointConfig
        a W 19 9 CreateEndpointConfig
        a W 2 24 DeleteApp
        a W 2 4 CreateApp
        a W 20 0 DeleteExperiment UpdateExperiment
        a W 20 3 CreateExperiment
        a W 20,21 3 CreateTrial
        a W 21 0 DeleteTrial UpdateTrial
        a W 21,22 0 AssociateTrialComponent
        a W 21,22,55 0 DisassociateTrialComponent
        a W 22 0 DeleteTrialComponent UpdateTrialComponent
        a W 22 3 CreateTrialComponent
        a W 22,63 0 BatchPutMetrics
        a W 23 0 DeleteRecord PutRecord UpdateFeatureGroup UpdateFeatureMetadata
        a W 23 10 CreateFeatureGroup
        a W 23 25 DeleteFeatureGroup
        a W 24 0 DeleteFlowDefinition StartHumanLoop
        a W 24 11 CreateFlowDefinition
        a W 25 0 DeleteHub UpdateHub
        a W 25 3 CreateHub
        a W 25,26 0 DeleteHubContent DeleteHubContentReference DeployHubModel TrainHubModel UpdateHubContent
        a W 25,26 0 UpdateHubContentReference
        a W 25,26 3 CreateHubContentReference ImportHubContent
        a W 27 0 DeleteHumanLoop StopHumanLoop
        a W 28 0 DeleteHumanTaskUi
        a W 28 3 CreateHumanTaskUi
        a W 29 0 DeleteHyperParameterTuningJob StopHyperParameterTuningJob
        a W 29 12 CreateHyperParameterTuningJob
        a W 3 0 DeleteAppImageConfig UpdateAppImageConfig
        a W 3 3 CreateAppImageConfig
        a W 30 0 CreateImageVersion DeleteImage UpdateImage
        a W 30 3 CreateImage
        a W 31 0 DeleteImageVersion UpdateImageVersion
        a W 32 0 DeleteInferenceComponent UpdateInferenceComponent UpdateInferenceComponentRuntimeConfig
        a W 33 0 DeleteInferenceExperiment StartInferenceExperiment StopInferenceExperiment UpdateInferenceExperiment
        a W 33 3 CreateInferenceExperiment
        a W 34 0 StopInferenceRecommendationsJob
        a W 34 3 CreateInferenceRecommendationsJob
        a W 35 0 StopLabelingJob
        """#
}
