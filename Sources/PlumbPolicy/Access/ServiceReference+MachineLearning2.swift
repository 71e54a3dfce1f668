// What IAM can allow in sagemaker, sagemaker-mlflow, bedrock, ecr; written by scripts/service-reference.py.

extension ServiceReference {
    static let machineLearning2 = #"""
        a W 35 14 CreateLabelingJob
        a W 37 0 CallMlflowAppApi CreatePresignedMlflowAppUrl DeleteMlflowApp UpdateMlflowApp
        a W 37 3 CreateMlflowApp
        a W 38 15 CreateMlflowTrackingServer
        a W 38 19 CreatePresignedMlflowTrackingServerUrl DeleteMlflowTrackingServer StartMlflowTrackingServer
        a W 38 19 StopMlflowTrackingServer UpdateMlflowTrackingServer
        a W 39 0 DeleteModel
        a W 39 16 CreateModel
        a W 4 0 DeleteArtifact UpdateArtifact
        a W 4 3 CreateArtifact
        a W 40 0 DeleteModelBiasJobDefinition
        a W 40 7 CreateModelBiasJobDefinition
        a W 41 0 CreateModelCardExportJob DeleteModelCard UpdateModelCard
        a W 41 3 CreateModelCard
        a W 43 0 DeleteModelExplainabilityJobDefinition
        a W 43 7 CreateModelExplainabilityJobDefinition
        a W 44 2 DeleteModelPackage
        a W 44 32 UpdateModelPackage
        a W 44,45 17 CreateModelPackage
        a W 45 0 DeleteModelPackageGroup DeleteModelPackageGroupPolicy PutModelPackageGroupPolicy
        a W 45 3 CreateModelPackageGroup
        a W 46 0 DeleteModelQualityJobDefinition
        a W 46 7 CreateModelQualityJobDefinition
        a W 47 0 DeleteMonitoringSchedule StartMonitoringSchedule StopMonitoringSchedule
        a W 47 7 CreateMonitoringSchedule UpdateMonitoringSchedule
        a W 47,48 0 UpdateMonitoringAlert
        a W 49 0 CreatePresignedNotebookInstanceUrl DeleteNotebookInstance StartNotebookInstance StopNotebookInstance
        a W 49 18 CreateNotebookInstance
        a W 49 33 UpdateNotebookInstance
        a W 5 0 StopAutoMLJob
        a W 5 5 CreateAutoMLJob CreateAutoMLJobV2
        a W 50 0 DeleteNotebookInstanceLifecycleConfig UpdateNotebookInstanceLifecycleConfig
        a W 50 3 CreateNotebookInstanceLifecycleConfig
        a W 51 0 DeleteOptimizationJob StopOptimizationJob
        a W 51 3 CreateOptimizationJob
        a W 52 0 CallPartnerAppApi CreatePartnerAppPresignedUrl DeletePartnerApp UpdatePartnerApp
        a W 52 3 CreatePartnerApp
        a W 53 0 DeletePipeline UpdatePipeline
        a W 53 27 StartPipelineExecution UpdatePipelineVersion
        a W 53 3 CreatePipeline
        a W 54 0 RetryPipelineExecution SendPipelineExecutionStepFailure SendPipelineExecutionStepSuccess
        a W 54 0 StopPipelineExecution UpdatePipelineExecution
        a W 55 0 DeleteProcessingJob StopProcessingJob
        a W 55 7 CreateProcessingJob
        a W 56 0 DeleteProject
        a W 56 3 CreateProject UpdateProject
        a W 57 3 CreateReservedCapacity
        a W 57,63,64 21 CreateTrainingJob
        a W 59 0 CreateSharedModel UpdateSharedModel
        a W 6 0 AttachClusterNodeVolume BatchAddClusterNodes BatchDeleteClusterNodes DeleteCluster
        a W 6 0 DetachClusterNodeVolume StartClusterHealthCheck UpdateClusterInference UpdateClusterSoftware
        a W 6,10 3 CreateComputeQuota
        a W 6,57,64 30 UpdateCluster
        a W 6,57,64 6 CreateCluster
        a W 6,7 3 CreateClusterSchedulerConfig
        a W 60 0 SendSharedModelEvent
        a W 61 0 StartSession
        a W 61 20 CreateSpace
        a W 61 24 DeleteSpace
        a W 61 34 UpdateSpace
        a W 62 0 DeleteStudioLifecycleConfig
        a W 62 3 CreateStudioLifecycleConfig
        a W 63 0 DeleteTrainingJob StopTrainingJob
        a W 63 35 UpdateTrainingJob
        a W 64 3 CreateTrainingPlan
        a W 65 0 StopTransformJob
        a W 65 22 CreateTransformJob
        a W 66 0 CreatePresignedDomainUrl DeleteUserProfile
        a W 66 23 CreateUserProfile
        a W 66 36 UpdateUserProfile
        a W 67 0 DeleteWorkforce UpdateWorkforce
        a W 67 3 CreateWorkforce
        a W 68 0 DeleteWorkteam UpdateWorkteam
        a W 68 3 CreateWorkteam
        a W 7 0 DeleteClusterSchedulerConfig UpdateClusterSchedulerConfig
        a W 8 0 DeleteCodeRepository UpdateCodeRepository
        a W 8 3 CreateCodeRepository
        a W 9 0 DeleteCompilationJob StopCompilationJob
        a W 9 3 CreateCompilationJob
        @ sagemaker-mlflow
        k aws:ResourceTag/* S
        r mlflow-tracking-server sagemaker:*:*:mlflow-tracking-server/* -
        s -
        s 0
        a L 0 1 GetLatestModelVersions ListArtifacts ListLoggedModelArtifacts
        a R - 0 AccessUI
        a R 0 1 GetDownloadURIForModelVersionArtifacts GetExperiment GetExperimentByName GetLoggedModel GetMetricHistory
        a R 0 1 GetModelVersion GetModelVersionByAlias GetRegisteredModel GetRun GetTraceInfo SearchExperiments
        a R 0 1 SearchLoggedModels SearchModelVersions SearchRegisteredModels SearchRuns SearchTraces
        a W 0 1 CreateExperiment CreateModelVersion CreateRegisteredModel CreateRun DeleteExperiment DeleteLoggedModel
        a W 0 1 DeleteLoggedModelTag DeleteModelVersion DeleteModelVersionTag DeleteRegisteredModel
        a W 0 1 DeleteRegisteredModelAlias DeleteRegisteredModelTag DeleteRun DeleteTag DeleteTraceTag DeleteTraces
        a W 0 1 EndTrace FinalizeLoggedModel LogBatch LogInputs LogLoggedModelParams LogMetric LogModel LogOutputs
        a W 0 1 LogParam RenameRegisteredModel RestoreExperiment RestoreRun SetExperimentTag SetLoggedModelTags
        a W 0 1 SetModelVersionTag SetRegisteredModelAlias SetRegisteredModelTag SetTag SetTraceTag StartTrace
        a W 0 1 TransitionModelVersionStage UpdateExperiment UpdateModelVersion UpdateRegisteredModel UpdateRun
        @ bedrock
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s bedrock:BearerTokenType S bedrock:GuardrailIdentifier R
        k bedrock:InferenceProfileArn R bedrock:InlineAgentName S bedrock:PromptRouterArn R bedrock:ServiceTier S
        k bedrock:ThirdPartyKnowledgeBaseCredentialsSecretArn R
        r agent bedrock:*:*:agent/* 1
        r agent-alias bedrock:*:*:agent-alias/*/* 1
        r application-inference-profile bedrock:*:*:application-inference-profile/* 1
        r async-invoke bedrock:*:*:async-invoke/* 1
        r automated-reasoning-policy bedrock:*:*:automated-reasoning-policy/* 1
        r automated-reasoning-policy-version bedrock:*:*:automated-reasoning-policy/*:* 1
        r bedrock-marketplace-model-endpoint bedrock:*:*:marketplace/model-endpoint/all-access -
        r blueprint bedrock:*:*:blueprint/* 1
        r blueprint-optimization-invocation bedrock:*:*:blueprint-optimization-invocation/* 1
        r custom-model bedrock:*:*:custom-model/* 1
        r custom-model-deployment bedrock:*:*:custom-model-deployment/* 1
        r data-automation-invocation-job bedrock:*:*:data-automation-invocation/* 1
        r data-automation-profile bedrock:*:*:data-automation-profile/* -
        r data-automation-project bedrock:*:*:data-automation-project/* 1
        r default-prompt-router bedrock:*:*:default-prompt-router/* -
        r evaluation-job bedrock:*:*:evaluation-job/* 1
        r flow bedrock:*:*:flow/* 1
        r flow-alias bedrock:*:*:flow/*/alias/* 1
        r flow-execution bedrock:*:*:flow/*/alias/*/execution/* -
        r foundation-model bedrock:*::foundation-model/* -
        r guardrail bedrock:*:*:guardrail/* 1
        r guardrail-profile bedrock:*:*:guardrail-profile/* -
        r imported-model bedrock:*:*:imported-model/* 1
        r inference-profile bedrock:*:*:inference-profile/* -
        r knowledge-base bedrock:*:*:knowledge-base/* 1
        r model-copy-job bedrock:*:*:model-copy-job/* 1
        r model-customization-job bedrock:*:*:model-customization-job/* 1
        r model-evaluation-job bedrock:*:*:model-evaluation-job/* 1
        r model-import-job bedrock:*:*:model-import-job/* 1
        r model-invocation-job bedrock:*:*:model-invocation-job/* 1
        r prompt bedrock:*:*:prompt/* 1
        r prompt-router bedrock:*:*:prompt-router/* 1
        r prompt-version bedrock:*:*:prompt/*:* 1
        r provisioned-model bedrock:*:*:provisioned-model/* 1
        r session bedrock:*:*:session/* 1
        r system-tool bedrock::*:system-tool/* -
        s -
        s 9
        s 3
        s 0,2
        s 6
        s 0,2,4,5,7,8
        s 4,5,7,8
        s 2
        a L - 0 ListAgents ListAsyncInvokes ListCustomModelDeployments ListCustomModels
        a L - 0 ListEnforcedGuardrailsConfiguration ListEvaluationJobs ListFlows ListFoundationModelAgreementOffers
        a L - 0 ListFoundationModels ListImportedModels ListInferenceProfiles ListKnowledgeBases ListModelCopyJobs
        a L - 0 ListModelCustomizationJobs ListModelEvaluationJobs ListModelImportJobs ListModelInvocationJobs
        a L - 0 ListPromptRouters ListProvisionedModelThroughputs ListSessions
        a L 0 0 ListAgentActionGroups ListAgentAliases ListAgentCollaborators ListAgentKnowledgeBases ListAgentVersions
        a L 13 0 ListBlueprints
        a L 16 0 ListFlowAliases ListFlowVersions
        a L 16,17 0 ListFlowExecutions
        a L 16,17,18 0 ListFlowExecutionEvents
        a L 20 0 ListGuardrails
        a L 24 0 ListDataSources ListIngestionJobs ListKnowledgeBaseDocuments
        a L 30 0 ListPrompts
        a L 34 0 ListInvocationSteps ListInvocations
        a L 4 0 ListAutomatedReasoningPolicies ListAutomatedReasoningPolicyBuildWorkflows
        a L 4 0 ListAutomatedReasoningPolicyTestCases ListAutomatedReasoningPolicyTestResults
        a L 7 0 ListDataAutomationProjects
        a P 24 0 AllowVendedLogDeliveryForResource
        a R - 0 GenerateQuery GetBlueprintRecommendation GetFoundationModelAvailability
        a R - 0 GetModelInvocationLoggingConfiguration GetUseCaseForModelAccess ListMarketplaceModelEndpoints
        a R - 0 OptimizePrompt ValidateFlowDefinition
        a R - 2 CallWithBearerToken
        a R - 4 InvokeInlineAgent
        a R 0 0 GetAgent GetAgentActionGroup GetAgentCollaborator GetAgentVersion
        a R 0,1,2,3,4,5,7,8,9,10,11,13,15,16,17,20,22,24,25,26,27,28,29,30,31,32,33,34 0 ListTagsForResource
        a R 0,24 0 GetAgentKnowledgeBase
        a R 1 0 GetAgentAlias GetAgentMemory InvokeAgent
        a R 10 0 GetCustomModelDeployment
        a R 11 0 GetDataAutomationStatus
        a R 13 0 GetDataAutomationProject
        a R 14,31 0 GetPromptRouter
        a R 15 0 GetEvaluationJob
        a R 16 0 GetFlow GetFlowVersion
        a R 16,17,18 0 GetExecutionFlowSnapshot GetFlowExecution
        a R 17 0 GetFlowAlias InvokeFlow
        a R 19 0 CountTokens DetectGeneratedContent GetFoundationModel
        a R 2,23 0 GetInferenceProfile
        a R 2,3,6,10,14,19,22,23,31,33 5 InvokeModel
        a R 2,6,10,14,19,22,23,31,33 6 InvokeModelWithResponseStream
        a R 20 0 GetGuardrail
        a R 20,21 0 ApplyGuardrail
        a R 22 0 GetImportedModel
        a R 24 0 GetDataSource GetIngestionJob GetKnowledgeBase GetKnowledgeBaseDocuments Retrieve
        a R 25 0 GetModelCopyJob
        a R 26 0 GetModelCustomizationJob
        a R 27 0 GetModelEvaluationJob
        a R 28 0 GetModelImportJob
        a R 29 0 GetModelInvocationJob
        a R 3 0 GetAsyncInvoke
        a R 30,32 0 GetPrompt RenderPrompt
        a R 33 0 GetProvisionedModelThroughput
        a R 34 0 GetInvocationStep GetSession
        a R 35 0 InvokeTool
        a R 4 0 GetAutomatedReasoningPolicyAnnotations GetAutomatedReasoningPolicyBuildWorkflow
        a R 4 0 GetAutomatedReasoningPolicyBuildWorkflowResultAssets GetAutomatedReasoningPolicyNextScenario
        a R 4 0 GetAutomatedReasoningPolicyTestCase GetAutomatedReasoningPolicyTestResult
        a R 4,5 0 ExportAutomatedReasoningPolicyVersion GetAutomatedReasoningPolicy InvokeAutomatedReasoningPolicy
        a R 6 0 GetMarketplaceModelEndpoint
        a R 7 0 GetBlueprint
        a R 8 0 GetBlueprintOptimizationStatus
        a R 9 0 GetCustomModel
        a R 9,20,21 0 GetResourcePolicy
        a T 0,1,2,3,4,5,7,8,9,10,11,13,15,16,17,20,22,24,25,26,27,28,29,30,31,32,33,34 3 TagResource
        a T 0,1,2,3,4,5,7,8,9,10,11,13,15,16,17,20,22,24,25,26,27,28,29,30,31,32,33,34 7 UntagResource
        a W - 0 CreateFoundationModelAgreement CreateMarketplaceModelEndpoint DeleteEnforcedGuardrailConfiguration
        a W - 0 DeleteFoundationModelAgreement DeleteMarketplaceModelAgreement DeleteModelInvocationLoggingConfiguration
        a W - 0 InvokeBuilder PutEnforcedGuardrailConfiguration PutFoundationModelEntitlement
        a W - 0 PutModelInvocationLoggingConfiguration PutUseCaseForModelAccess Rerank RetrieveAndGenerate
        a W - 1 AssociateThirdPartyKnowledgeBase
        a W - 3 CreateAgent CreateAutomatedReasoningPolicy CreateBlueprint CreateCustomModel CreateFlow
        a W - 3 CreateKnowledgeBase CreateModelImportJob CreatePrompt CreateSession
        a W 0 0 AssociateAgentCollaborator DeleteAgent DeleteAgentActionGroup DeleteAgentVersion
        a W 0 0 DisassociateAgentCollaborator PrepareAgent UpdateAgent UpdateAgentActionGroup UpdateAgentCollaborator
        a W 0 3 CreateAgentActionGroup CreateAgentAlias
        a W 0,24 0 AssociateAgentKnowledgeBase DisassociateAgentKnowledgeBase UpdateAgentKnowledgeBase
        a W 1 0 DeleteAgentAlias DeleteAgentMemory UpdateAgentAlias
        a W 10 0 DeleteCustomModelDeployment
        a W 12 0 InvokeBlueprintRecommendationAsync
        a W 13 0 DeleteDataAutomationProject
        a W 15 0 BatchDeleteEvaluationJob StopEvaluationJob
        a W 16 0 CreateFlowVersion DeleteFlow DeleteFlowVersion PrepareFlow UpdateFlow
        a W 16 3 CreateFlowAlias
        a W 16,17 0 StartFlowExecution
        a W 16,17,18 0 StopFlowExecution
        a W 17 0 DeleteFlowAlias UpdateFlowAlias
        a W 2 0 DeleteInferenceProfile
        a W 2,19,23 3 CreateInferenceProfile CreatePromptRouter
        a W 20 0 CreateGuardrailVersion DeleteGuardrail
        a W 22 0 DeleteImportedModel
        a W 24 0 CreateDataSource DeleteDataSource DeleteKnowledgeBase DeleteKnowledgeBaseDocuments
        a W 24 0 IngestKnowledgeBaseDocuments StartIngestionJob StopIngestionJob UpdateDataSource UpdateKnowledgeBase
        a W 26 0 StopModelCustomizationJob
        a W 29 0 StopModelInvocationJob
        a W 30 0 UpdatePrompt
        a W 30 3 CreatePromptVersion
        a W 30,32 0 DeletePrompt
        a W 31 0 DeletePromptRouter
        a W 33 0 DeleteProvisionedModelThroughput
        a W 34 0 CreateInvocation DeleteSession EndSession PutInvocationStep UpdateSession
        a W 4 0 CancelAutomatedReasoningPolicyBuildWorkflow CreateAutomatedReasoningPolicyTestCase
        a W 4 0 DeleteAutomatedReasoningPolicyBuildWorkflow DeleteAutomatedReasoningPolicyTestCase
        a W 4 0 StartAutomatedReasoningPolicyBuildWorkflow StartAutomatedReasoningPolicyTestWorkflow
        a W 4 0 UpdateAutomatedReasoningPolicy UpdateAutomatedReasoningPolicyAnnotations
        a W 4 0 UpdateAutomatedReasoningPolicyTestCase
        a W 4 3 CreateAutomatedReasoningPolicyVersion
        a W 4,5 0 DeleteAutomatedReasoningPolicy
        a W 4,5,20,21 0 UpdateGuardrail
        a W 4,5,21 3 CreateGuardrail
        a W 6 0 DeleteMarketplaceModelEndpoint DeregisterMarketplaceModelEndpoint RegisterMarketplaceModelEndpoint
        a W 6 0 UpdateMarketplaceModelEndpoint
        a W 7 0 CopyBlueprintStage CreateBlueprintVersion DeleteBlueprint UpdateBlueprint
        a W 7 3 CreateDataAutomationProject
        a W 7,12 3 InvokeBlueprintOptimizationAsync
        a W 7,12,13 0 InvokeDataAutomation
        a W 7,12,13 3 InvokeDataAutomationAsync
        a W 7,13 0 UpdateDataAutomationProject
        a W 9 0 DeleteCustomModel
        a W 9 3 CreateCustomModelDeployment CreateModelCopyJob
        a W 9,10 0 UpdateCustomModelDeployment
        a W 9,14,19,31 3 CreateEvaluationJob
        a W 9,19 3 CreateModelCustomizationJob CreateModelEvaluationJob CreateProvisionedModelThroughput
        a W 9,19,29 3 CreateModelInvocationJob
        a W 9,19,33 0 UpdateProvisionedModelThroughput
        a W 9,20,21 0 DeleteResourcePolicy
        a W 9,20,21 3 PutResourcePolicy
        @ ecr
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s ecr:AccountSetting S ecr:ResourceTag/* S
        r repository ecr:*:*:repository/* 1,4
        s -
        s 0,2
        s 3
        s 2
        a L - 0 DescribePullThroughCacheRules ListPullTimeUpdateExclusions
        a L 0 0 DescribeImages ListImages
        a P - 0 DeleteRegistryPolicy PutRegistryPolicy
        a P 0 0 DeleteRepositoryPolicy SetRepositoryPolicy
        a R - 0 DescribeRegistry DescribeRepositoryCreationTemplates GetAuthorizationToken GetRegistryPolicy
        a R - 0 GetRegistryScanningConfiguration GetSigningConfiguration ValidatePullThroughCacheRule
        a R - 2 GetAccountSetting
        a R 0 0 BatchCheckLayerAvailability BatchGetImage BatchGetRepositoryScanningConfiguration
        a R 0 0 DescribeImageReplicationStatus DescribeImageScanFindings DescribeImageSigningStatus DescribeRepositories
        a R 0 0 GetDownloadUrlForLayer GetImageCopyStatus GetLifecyclePolicy GetLifecyclePolicyPreview
        a R 0 0 GetRepositoryPolicy
        a R 0 1 ListTagsForResource
        a T 0 1 TagResource
        a T 0 3 UntagResource
        a W - 0 CreatePullThroughCacheRule CreateRepositoryCreationTemplate DeletePullThroughCacheRule
        a W - 0 DeleteRepositoryCreationTemplate DeleteSigningConfiguration DeregisterPullTimeUpdateExclusion
        a W - 0 PutRegistryScanningConfiguration PutReplicationConfiguration PutSigningConfiguration
        a W - 0 RegisterPullTimeUpdateExclusion UpdatePullThroughCacheRule UpdateRepositoryCreationTemplate
        a W - 2 PutAccountSetting
        a W 0 0 BatchDeleteImage BatchImportUpstreamImage CompleteLayerUpload DeleteLifecyclePolicy DeleteRepository
        a W 0 0 InitiateLayerUpload PutImage PutImageScanningConfiguration PutImageTagMutability PutLifecyclePolicy
        a W 0 0 ReplicateImage StartImageScan StartLifecyclePolicyPreview UpdateImageStorageClass UploadLayerPart
        a W 0 1 CreateRepository
        """#
}
