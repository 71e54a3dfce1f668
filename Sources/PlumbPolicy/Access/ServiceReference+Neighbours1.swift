// What IAM can allow in apigateway, autoscaling, codebuild and more; written by scripts/service-reference.py.

extension ServiceReference {
    static let neighbours1 = #"""
        @ apigateway
        k apigateway:Request/AccessAssociationSource S apigateway:Request/AccessLoggingDestination S
        k apigateway:Request/AccessLoggingFormat S apigateway:Request/ApiKeyRequired b apigateway:Request/ApiName S
        k apigateway:Request/AuthorizerType s apigateway:Request/AuthorizerUri s apigateway:Request/CognitoUserPoolArn R
        k apigateway:Request/ConditionBasePaths s apigateway:Request/DisableExecuteApiEndpoint B
        k apigateway:Request/DomainNameArn R apigateway:Request/EndpointType s apigateway:Request/Method S
        k apigateway:Request/MtlsTrustStoreUri S apigateway:Request/MtlsTrustStoreVersion S
        k apigateway:Request/PortalDisplayName S apigateway:Request/PortalDomainName S
        k apigateway:Request/PortalProductDisplayName S apigateway:Request/Priority N
        k apigateway:Request/ProductPageTitle S apigateway:Request/ProductRestEndpointPageEndpointPrefix S
        k apigateway:Request/RestApiId S apigateway:Request/RouteAuthorizationType s apigateway:Request/RoutingMode S
        k apigateway:Request/SecurityPolicy s apigateway:Request/Stage S apigateway:Request/StageName S
        k apigateway:Resource/AccessLoggingDestination S apigateway:Resource/AccessLoggingFormat S
        k apigateway:Resource/ApiKeyRequired b apigateway:Resource/ApiName S apigateway:Resource/AuthorizerType s
        k apigateway:Resource/AuthorizerUri s apigateway:Resource/CognitoUserPoolArn R
        k apigateway:Resource/ConditionBasePaths s apigateway:Resource/DisableExecuteApiEndpoint B
        k apigateway:Resource/EndpointType s apigateway:Resource/Method S apigateway:Resource/MtlsTrustStoreUri S
        k apigateway:Resource/MtlsTrustStoreVersion S apigateway:Resource/PortalDisplayName S
        k apigateway:Resource/PortalDomainName S apigateway:Resource/PortalProductDisplayName S
        k apigateway:Resource/PortalPublishStatus S apigateway:Resource/Priority N
        k apigateway:Resource/ProductPageTitle S apigateway:Resource/ProductRestEndpointPageEndpointPrefix S
        k apigateway:Resource/RestApiId S apigateway:Resource/RouteAuthorizationType s apigateway:Resource/RoutingMode S
        k apigateway:Resource/SecurityPolicy s apigateway:Resource/Stage S aws:RequestTag/* S aws:ResourceTag/* S
        k aws:TagKeys s
        r AccessLogSettings apigateway:*::/apis/*/stages/*/accesslogsettings 53
        r Account apigateway:*::/account -
        r Api apigateway:*::/apis/* 3,4,5,6,9,11,22,29,30,31,32,35,36,48,53
        r ApiKey apigateway:*::/apikeys/* 53
        r ApiKeys apigateway:*::/apikeys 53
        r ApiMapping apigateway:*::/domainnames/*/apimappings/* 53
        r ApiMappings apigateway:*::/domainnames/*/apimappings 53
        r Apis apigateway:*::/apis 3,4,5,6,9,11,22,53
        r Authorizer apigateway:*::/apis/*/authorizers/* 5,6,31,32,53
        r Authorizers apigateway:*::/apis/*/authorizers 5,6,53
        r AuthorizersCache apigateway:*::/apis/*/stages/*/cache/authorizers 53
        r BasePathMapping apigateway:*::/domainnames/*/basepathmappings/* 53
        r BasePathMappings apigateway:*::/domainnames/*/basepathmappings 53
        r ClientCertificate apigateway:*::/clientcertificates/* 53
        r ClientCertificates apigateway:*::/clientcertificates 53
        r Cors apigateway:*::/apis/*/cors 53
        r Deployment apigateway:*::/apis/*/deployments/* 53
        r Deployments apigateway:*::/apis/*/deployments 26,53
        r DocumentationPart apigateway:*::/restapis/*/documentation/parts/* 53
        r DocumentationParts apigateway:*::/restapis/*/documentation/parts 53
        r DocumentationVersion apigateway:*::/restapis/*/documentation/versions/* 53
        r DocumentationVersions apigateway:*::/restapis/*/documentation/versions 53
        r DomainName apigateway:*::/domainnames/* 11,13,14,24,36,38,39,49,50,53
        r DomainNameAccessAssociation apigateway:*:*:/domainnameaccessassociations/domainname/*/*/* -
        r DomainNameAccessAssociations apigateway:*:*:/domainnameaccessassociations 0,10,53
        r DomainNames apigateway:*::/domainnames 11,13,14,24,49,53
        r ExportedAPI apigateway:*::/apis/*/exports/* 53
        r GatewayResponse apigateway:*::/restapis/*/gatewayresponses/* 53
        r GatewayResponses apigateway:*::/restapis/*/gatewayresponses 53
        r Integration apigateway:*::/apis/*/integrations/* 53
        r IntegrationResponse apigateway:*::/apis/*/integrations/*/integrationresponses/* 53
        r IntegrationResponses apigateway:*::/apis/*/integrations/*/integrationresponses 53
        r Integrations apigateway:*::/apis/*/integrations 53
        r Method apigateway:*::/restapis/*/resources/*/methods/* 3,22,29,48,53
        r MethodResponse apigateway:*::/restapis/*/resources/*/methods/*/responses/* 53
        r Model apigateway:*::/apis/*/models/* 53
        r ModelTemplate apigateway:*::/apis/*/models/*/template 53
        r Models apigateway:*::/apis/*/models 53
        r Portal apigateway:*:*:/portals/* 33,40,41,43,53
        r PortalProduct apigateway:*:*:/portalproducts/* 42,53
        r PrivateBasePathMapping apigateway:*::/domainnames/*+*/basepathmappings/* 53
        r PrivateBasePathMappings apigateway:*::/domainnames/*+*/basepathmappings 53
        r PrivateDomainName apigateway:*:*:/domainnames/*+* 11,36,49,53
        r ProductPage apigateway:*:*:/portalproducts/*/productpages/* 45,53
        r ProductRestEndpointPage apigateway:*:*:/portalproducts/*/productrestendpointpages/* 37,46,47,51,53
        r RequestValidator apigateway:*::/restapis/*/requestvalidators/* 53
        r RequestValidators apigateway:*::/restapis/*/requestvalidators 53
        r Resource apigateway:*::/restapis/*/resources/* 53
        r Resources apigateway:*::/restapis/*/resources 53
        r RestApi apigateway:*::/restapis/* 3,4,5,9,11,22,24,29,30,31,35,36,48,50,53
        r RestApis apigateway:*::/restapis 3,4,5,9,11,22,24,53
        r Route apigateway:*::/apis/*/routes/* 3,22,29,48,53
        r RouteRequestParameter apigateway:*::/apis/*/routes/*/requestparameters/* 53
        r RouteResponse apigateway:*::/apis/*/routes/*/routeresponses/* 53
        r RouteResponses apigateway:*::/apis/*/routes/*/routeresponses 53
        r RouteSettings apigateway:*::/apis/*/stages/*/routesettings/* 53
        r Routes apigateway:*::/apis/*/routes 3,22,53
        r RoutingRule apigateway:*:*:/domainnames/*/routingrules/* 34,44,53
        r Sdk apigateway:*::/restapis/*/stages/*/sdks/* 53
        r Stage apigateway:*::/apis/*/stages/* 1,2,27,28,53
        r Stages apigateway:*::/apis/*/stages 1,2,53
        r Tags apigateway:*::/tags/* -
        r Template apigateway:*::/restapis/models/*/template 53
        r UsagePlan apigateway:*::/usageplans/* 53
        r UsagePlanKey apigateway:*::/usageplans/*/keys/* 53
        r UsagePlanKeys apigateway:*::/usageplans/*/keys 53
        r UsagePlans apigateway:*::/usageplans 53
        r VpcLink apigateway:*::/vpclinks/* 53
        r VpcLinks apigateway:*::/vpclinks 53
        s -
        s 7,15,16,52,54
        s 17,52,54
        s 19
        s 12,20,21,25
        s 8,18,53
        s 52,54
        s 34,44,53
        s 53
        s 20
        s 8,18,34,44,53
        a L 38 0 ListPortals
        a L 39 0 ListPortalProducts
        a L 39,43 0 ListProductPages
        a L 39,44 0 ListProductRestEndpointPages
        a L 57 8 ListRoutingRules
        a P 22,25 0 AddCertificateToDomain RemoveCertificateFromDomain
        a P 25,42 0 UpdateDomainNamePolicy
        a P 39 0 DeletePortalProductSharingPolicy PutPortalProductSharingPolicy
        a P 42 0 CreateAccessAssociation RejectAccessAssociation UpdateDomainNameManagementPolicy
        a P 49,50 0 UpdateRestApiPolicy
        a P 59,60 0 SetWebACL
        a R 0,2,5,6,7,8,9,10,15,16,17,26,29,30,31,32,35,36,37,51,52,53,54,55,56,59,60,67,68 0 GET
        a R 38 0 GetPortal
        a R 39 0 GetPortalProduct GetPortalProductSharingPolicy
        a R 39,43 0 GetProductPage
        a R 39,44 0 GetProductRestEndpointPage
        a R 57 8 GetRoutingRule
        a W 0,2,5,8,10,15,16,29,30,35,51,52,53,55,59,67 6 DELETE
        a W 2,5,8,16,29,30,35,51,52,53,59,67 6 PATCH
        a W 2,7 6 PUT
        a W 38 0 DeletePortal DisablePortal PreviewPortal PublishPortal
        a W 38 1 CreatePortal UpdatePortal
        a W 39 0 DeletePortalProduct
        a W 39 2 CreatePortalProduct UpdatePortalProduct
        a W 39,44 0 DeleteProductRestEndpointPage
        a W 43 0 DeleteProductPage
        a W 43 3 CreateProductPage UpdateProductPage
        a W 44 4 CreateProductRestEndpointPage
        a W 44 9 UpdateProductRestEndpointPage
        a W 57 10 UpdateRoutingRule
        a W 57 5 CreateRoutingRule
        a W 57 7 DeleteRoutingRule
        a W 6,7,9,17,31,32,37,54,56,60,68 6 POST
        @ autoscaling
        k autoscaling:CapacityReservationIds s autoscaling:CapacityReservationResourceGroupArns s
        k autoscaling:ForceDelete B autoscaling:ImageId S autoscaling:InstanceType S autoscaling:InstanceTypes S
        k autoscaling:LaunchConfigurationName S autoscaling:LaunchTemplateVersionSpecified B
        k autoscaling:LoadBalancerNames s autoscaling:MaxSize N autoscaling:MetadataHttpEndpoint S
        k autoscaling:MetadataHttpPutResponseHopLimit N autoscaling:MetadataHttpTokens S autoscaling:MinSize N
        k autoscaling:ResourceTag/* S autoscaling:SpotPrice N autoscaling:TargetGroupARNs r
        k autoscaling:TrafficSourceIdentifiers s autoscaling:VPCZoneIdentifiers s aws:RequestTag/* S aws:ResourceTag/* S
        k aws:TagKeys s
        r autoScalingGroup autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/* 14,20
        r launchConfiguration autoscaling:*:*:launchConfiguration:*:launchConfigurationName/* -
        s 14,20
        s 14,16,20
        s 8,14,20
        s 14,17,20
        s 0,1,3,5,6,7,8,9,13,14,16,17,18,19,20,21
        s 3,4,10,11,12,15
        s 14,19,20,21
        s 2,14,20
        s -
        s 9,13,14,20
        s 3,14,20
        s 0,1,3,5,6,7,9,13,14,18,20
        a L - 8 DescribeAccountLimits DescribeAccountSettings DescribeAdjustmentTypes DescribeAutoScalingGroups
        a L - 8 DescribeAutoScalingInstances DescribeAutoScalingNotificationTypes DescribeInstanceRefreshes
        a L - 8 DescribeLaunchConfigurations DescribeLifecycleHookTypes DescribeLifecycleHooks
        a L - 8 DescribeLoadBalancerTargetGroups DescribeLoadBalancers DescribeMetricCollectionTypes
        a L - 8 DescribeNotificationConfigurations DescribePolicies DescribeScalingActivities
        a L - 8 DescribeScalingProcessTypes DescribeScheduledActions DescribeTerminationPolicyTypes
        a L - 8 DescribeTrafficSources DescribeWarmPool GetPredictiveScalingForecast
        a R - 8 DescribeTags
        a T 0 6 CreateOrUpdateTags DeleteTags
        a W - 8 PutAccountSetting
        a W 0 0 AttachInstances BatchDeleteScheduledAction BatchPutScheduledUpdateGroupAction CancelInstanceRefresh
        a W 0 0 CompleteLifecycleAction DeleteLifecycleHook DeleteNotificationConfiguration DeletePolicy
        a W 0 0 DeleteScheduledAction DeleteWarmPool DetachInstances DisableMetricsCollection EnableMetricsCollection
        a W 0 0 EnterStandby ExecutePolicy ExitStandby LaunchInstances PutLifecycleHook PutNotificationConfiguration
        a W 0 0 PutScalingPolicy PutWarmPool RecordLifecycleActionHeartbeat ResumeProcesses RollbackInstanceRefresh
        a W 0 0 SetDesiredCapacity SetInstanceHealth SetInstanceProtection SuspendProcesses
        a W 0 0 TerminateInstanceInAutoScalingGroup
        a W 0 1 AttachLoadBalancerTargetGroups DetachLoadBalancerTargetGroups
        a W 0 10 StartInstanceRefresh
        a W 0 11 UpdateAutoScalingGroup
        a W 0 2 AttachLoadBalancers DetachLoadBalancers
        a W 0 3 AttachTrafficSources DetachTrafficSources
        a W 0 4 CreateAutoScalingGroup
        a W 0 7 DeleteAutoScalingGroup
        a W 0 9 PutScheduledUpdateGroupAction
        a W 1 5 CreateLaunchConfiguration
        a W 1 8 DeleteLaunchConfiguration
        @ codebuild
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s codebuild:artifacts B
        k codebuild:artifacts.bucketOwnerAccess S codebuild:artifacts.encryptionDisabled B
        k codebuild:artifacts.location S codebuild:authType S codebuild:autoRetryLimit N codebuild:buildArn R
        k codebuild:buildBatchConfig B codebuild:buildBatchConfig.restrictions.computeTypesAllowed s
        k codebuild:buildBatchConfig.restrictions.fleetsAllowed s codebuild:buildBatchConfig.serviceRole S
        k codebuild:buildType S codebuild:cache B codebuild:cache.location S codebuild:cache.modes s
        k codebuild:cache.type S codebuild:computeConfiguration B codebuild:computeConfiguration.disk N
        k codebuild:computeConfiguration.instanceType S codebuild:computeConfiguration.machineType S
        k codebuild:computeConfiguration.memory N codebuild:computeConfiguration.vCpu N codebuild:computeType S
        k codebuild:concurrentBuildLimit N codebuild:encryptionKey S codebuild:environment B
        k codebuild:environment.certificate S codebuild:environment.computeConfiguration B
        k codebuild:environment.computeConfiguration.disk N codebuild:environment.computeConfiguration.instanceType S
        k codebuild:environment.computeConfiguration.machineType S codebuild:environment.computeConfiguration.memory N
        k codebuild:environment.computeConfiguration.vCpu N codebuild:environment.computeType S
        k codebuild:environment.environmentVariables B codebuild:environment.environmentVariables.name s
        k codebuild:environment.environmentVariables.value s codebuild:environment.environmentVariables/*.value S
        k codebuild:environment.fleet.fleetArn R codebuild:environment.image S
        k codebuild:environment.imagePullCredentialsType S codebuild:environment.privilegedMode B
        k codebuild:environment.registryCredential B codebuild:environment.registryCredential.credential S
        k codebuild:environment.registryCredential.credentialProvider S codebuild:environment.type S
        k codebuild:environmentType S codebuild:exportConfig.s3Destination.bucket S
        k codebuild:exportConfig.s3Destination.bucketOwner S codebuild:exportConfig.s3Destination.encryptionDisabled B
        k codebuild:exportConfig.s3Destination.encryptionKey S codebuild:exportConfig.s3Destination.path S
        k codebuild:fileSystemLocations.identifier s codebuild:fileSystemLocations.location s
        k codebuild:fileSystemLocations.type s codebuild:fileSystemLocations/*.location S
        k codebuild:fileSystemLocations/*.type S codebuild:fleetServiceRole S codebuild:imageId S codebuild:logsConfig B
        k codebuild:logsConfig.s3Logs B codebuild:logsConfig.s3Logs.bucketOwnerAccess S
        k codebuild:logsConfig.s3Logs.encryptionDisabled B codebuild:logsConfig.s3Logs.location S
        k codebuild:logsConfig.s3Logs.status S codebuild:manualCreation B codebuild:projectArn R
        k codebuild:projectVisibility S codebuild:scopeConfiguration.domain S codebuild:scopeConfiguration.name S
        k codebuild:scopeConfiguration.scope S codebuild:secondaryArtifacts B
        k codebuild:secondaryArtifacts.artifactIdentifier s codebuild:secondaryArtifacts.bucketOwnerAccess s
        k codebuild:secondaryArtifacts.encryptionDisabled b codebuild:secondaryArtifacts.location s
        k codebuild:secondaryArtifacts/*.bucketOwnerAccess S codebuild:secondaryArtifacts/*.encryptionDisabled B
        k codebuild:secondaryArtifacts/*.location S codebuild:secondarySources B
        k codebuild:secondarySources.auth.resource s codebuild:secondarySources.auth.type s
        k codebuild:secondarySources.buildStatusConfig.context s
        k codebuild:secondarySources.buildStatusConfig.targetUrl s codebuild:secondarySources.buildspec B
        k codebuild:secondarySources.insecureSsl b codebuild:secondarySources.location s
        k codebuild:secondarySources.sourceIdentifier s codebuild:secondarySources/*.auth.resource S
        k codebuild:secondarySources/*.auth.type S codebuild:secondarySources/*.buildStatusConfig.context S
        k codebuild:secondarySources/*.buildStatusConfig.targetUrl S codebuild:secondarySources/*.buildspec B
        k codebuild:secondarySources/*.insecureSsl B codebuild:secondarySources/*.location S codebuild:serverType S
        k codebuild:serviceRole S codebuild:shouldOverwrite B codebuild:source B codebuild:source.auth.resource S
        k codebuild:source.auth.type S codebuild:source.buildStatusConfig.context S
        k codebuild:source.buildStatusConfig.targetUrl S codebuild:source.buildspec B codebuild:source.insecureSsl B
        k codebuild:source.location S codebuild:token S codebuild:username S codebuild:vpcConfig B
        k codebuild:vpcConfig.securityGroupIds s codebuild:vpcConfig.subnets s codebuild:vpcConfig.vpcId S
        r build codebuild:*:*:build/* -
        r build-batch codebuild:*:*:build-batch/* -
        r fleet codebuild:*:*:fleet/*:* -
        r project codebuild:*:*:project/* 1
        r report codebuild:*:*:report/*:* -
        r report-group codebuild:*:*:report-group/* 1
        r sandbox codebuild:*:*:sandbox/* -
        s -
        s 0,2,19,20,21,22,23,24,25,49,60,61,111,112,113,114
        s 0,2,3,4,5,6,8,10,11,12,13,15,16,17,18,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,55,
        \56,57,58,59,62,63,64,65,66,67,74,75,76,77,78,79,80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95,96,97,99,101,
        \102,103,104,105,106,107,108,111,112,113,114
        s 0,2,50,51,52,53,54
        s 14,68,71,72,73
        s 7,98,100,109,110
        s 3,4,5,6,8,15,16,17,18,27,28,29,36,37,38,39,40,41,42,43,44,45,46,47,48,62,63,64,65,66,67,74,75,76,77,78,79,80,
        \81,82,83,84,85,86,87,88,89,90,91,92,93,94,95,96,97,99,101,102,103,104,105,106,107,108
        s 3,4,5,6,10,11,12,13,15,16,17,18,27,28,29,36,37,38,39,40,42,43,44,45,46,47,48,62,63,64,65,66,67,74,75,76,77,78,
        \79,80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95,96,97,99,101,102,103,106,107,108
        s 0,2,70
        a L - 0 ListBuildBatches ListBuilds ListConnectedOAuthAccounts ListCuratedEnvironmentImages ListFleets
        a L - 0 ListProjects ListReportGroups ListReports ListRepositories ListSandboxes ListSharedProjects
        a L - 0 ListSharedReportGroups ListSourceCredentials
        a L 3 0 ListBuildBatchesForProject ListBuildsForProject ListSandboxesForProject
        a L 5 0 ListReportsForReportGroup
        a L 6 0 ListCommandExecutionsForSandbox
        a P - 0 DeleteSourceCredentials
        a P - 5 ImportSourceCredentials
        a P 3,5 0 DeleteResourcePolicy PutResourcePolicy
        a R 2 0 BatchGetFleets
        a R 3 0 BatchGetBuildBatches BatchGetBuilds BatchGetProjects BatchGetSandboxes
        a R 3,5 0 GetResourcePolicy
        a R 5 0 BatchGetReportGroups BatchGetReports DescribeCodeCoverages DescribeTestCases GetReportGroupTrend
        a R 6 0 BatchGetCommandExecutions
        a W - 0 DeleteOAuthToken PersistOAuthToken
        a W 2 0 DeleteFleet
        a W 2 1 CreateFleet UpdateFleet
        a W 3 0 BatchDeleteBuilds DeleteBuildBatch DeleteProject DeleteWebhook InvalidateProjectCache RetryBuild
        a W 3 0 RetryBuildBatch StartSandbox StopBuild StopBuildBatch StopSandbox
        a W 3 2 CreateProject UpdateProject
        a W 3 4 CreateWebhook UpdateWebhook
        a W 3 6 StartBuild
        a W 3 7 StartBuildBatch
        a W 3 8 UpdateProjectVisibility
        a W 5 0 BatchPutCodeCoverages BatchPutTestCases CreateReport DeleteReport DeleteReportGroup UpdateReport
        a W 5 3 CreateReportGroup UpdateReportGroup
        a W 6 0 StartCommandExecution StartSandboxConnection
        @ ec2-instance-connect
        k aws:ResourceTag/* S ec2-instance-connect:maxTunnelDuration N ec2-instance-connect:privateIpAddress I
        k ec2-instance-connect:remotePort N ec2:ResourceTag/* S ec2:osuser S
        r instance ec2:*:*:instance/* 0,4
        r instance-connect-endpoint ec2:*:*:instance-connect-endpoint/* 0,4
        s 0,2,3,4
        s 5
        s -
        a W 0 1 SendSSHPublicKey
        a W 0 2 SendSerialConsoleSSHPublicKey
        a W 1 0 OpenTunnel
        @ ecs
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s ecs:CreateAction S ecs:ResourceTag/* S
        k ecs:account-setting S ecs:auto-assign-public-ip B ecs:capacity-provider r ecs:cluster R
        k ecs:compute-compatibility s ecs:container-instances R ecs:container-name S ecs:enable-ebs-volumes S
        k ecs:enable-ecs-managed-tags B ecs:enable-execute-command S ecs:enable-service-connect S
        k ecs:enable-vpc-lattice S ecs:fargate-ephemeral-storage-kms-key S ecs:instance-metadata-tags-propagation B
        k ecs:namespace R ecs:privileged S ecs:propagate-tags S ecs:service R ecs:subnet s ecs:task R ecs:task-cpu N
        k ecs:task-definition R ecs:task-memory N
        r capacity-provider ecs:*:*:capacity-provider/* 1,4
        r cluster ecs:*:*:cluster/* 1,4
        r container-instance ecs:*:*:container-instance/*/* 1,4
        r service ecs:*:*:service/*/* 1,4
        r service-deployment ecs:*:*:service-deployment/*/*/* 1,8,22
        r service-revision ecs:*:*:service-revision/*/*/* 1,8,22
        r task ecs:*:*:task/*/* 1,4
        r task-definition ecs:*:*:task-definition/*:* 1,4
        r task-set ecs:*:*:task-set/*/*/* 1,4
        s 0,1,2,18,21
        s 0,1,2,7,17
        s 0,1,2,8,13,21,23,25,26,27
        s 0,1,2,6,7,8,12,13,14,15,16,19,21,23,25,26,27
        s 0,2,7,8,22,26
        s 5
        s 1,8
        s 1
        s 1,8,22
        s -
        s 1,8,11,24
        s 8
        s 19
        s 1,7
        s 1,7,8
        s 0,1,2
        s 0,1,2,9,20,25,27
        s 0,1,2,7,8,12,14
        s 0,1,2,8,10,12,14
        s 0,1,2,3
        s 1,2
        s 1,18,21
        s 1,17
        s 1,8,13,21,23,25,27
        s 1,6,7,8,12,13,14,15,16,19,21,23,25,26,27
        a L - 11 ListServices
        a L - 12 ListServicesByNamespace
        a L - 9 ListClusters ListTaskDefinitionFamilies ListTaskDefinitions
        a L 1 7 ListAttributes ListContainerInstances
        a L 2 6 ListTasks
        a L 3 6 ListServiceDeployments
        a R - 9 DescribeTaskDefinition ListAccountSettings
        a R 0 7 DescribeCapacityProviders
        a R 0,1,2,3,6,7,8 7 ListTagsForResource
        a R 1 7 DescribeClusters
        a R 2 6 DescribeContainerInstances
        a R 3 6 DescribeExpressGatewayService DescribeServices
        a R 3,4 8 DescribeServiceDeployments
        a R 3,5 8 DescribeServiceRevisions
        a R 6 6 DescribeTasks GetTaskProtection
        a R 8 8 DescribeTaskSets
        a T 0,1,2,3,6,7,8 19 TagResource
        a T 0,1,2,3,6,7,8 20 UntagResource
        a W - 5 DeleteAccountSetting PutAccountSetting PutAccountSettingDefault
        a W - 9 DeregisterTaskDefinition DiscoverPollEndpoint
        a W 0 0 CreateCapacityProvider
        a W 0 21 UpdateCapacityProvider
        a W 0 7 DeleteCapacityProvider
        a W 1 1 CreateCluster
        a W 1 13 PutClusterCapacityProviders
        a W 1 15 RegisterContainerInstance
        a W 1 22 UpdateCluster
        a W 1 7 DeleteCluster DeregisterContainerInstance SubmitAttachmentStateChanges SubmitContainerStateChange
        a W 1 7 SubmitTaskStateChange UpdateClusterSettings
        a W 1,2 14 PutSystemLogEvents
        a W 1,6 10 ExecuteCommand
        a W 2 11 Poll StartTelemetrySession
        a W 2 6 DeleteAttributes PutAttributes UpdateContainerAgent UpdateContainerInstancesState
        a W 3 2 CreateExpressGatewayService
        a W 3 23 UpdateExpressGatewayService
        a W 3 24 UpdateService
        a W 3 3 CreateService
        a W 3 6 DeleteExpressGatewayService DeleteService UpdateServicePrimaryTaskSet
        a W 3,4 8 StopServiceDeployment
        a W 6 6 StopTask UpdateTaskProtection
        """#
}
