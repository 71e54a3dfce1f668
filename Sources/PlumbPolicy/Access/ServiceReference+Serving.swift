// What IAM can allow in lambda, states, application-autoscaling and more; written by scripts/service-reference.py.

extension ServiceReference {
    static let serving = #"""
        @ lambda
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s lambda:CodeSigningConfigArn R lambda:EventSourceToken S
        k lambda:FunctionArn R lambda:FunctionUrlAuthType S lambda:InvokedViaFunctionUrl B lambda:Layer s
        k lambda:Principal S lambda:SecurityGroupIds s lambda:SourceFunctionArn R lambda:SubnetIds s lambda:VpcIds S
        r capacityProvider lambda:*:*:capacity-provider:* 1
        r code signing config lambda:*:*:code-signing-config:* 1
        r durable execution lambda:*:*:function:*:*/durable-execution/*/* -
        r eventSourceMapping lambda:*:*:event-source-mapping:* 1
        r function lambda:*:*:function:* 1
        r function alias lambda:*:*:function:*:* 1
        r function version lambda:*:*:function:*:* 1
        r layer lambda:*:*:layer:* -
        r layerVersion lambda:*:*:layer:*:* -
        s -
        s 6,9
        s 0,2,10,12
        s 0,2
        s 0,2,5
        s 0,2,3,8,10,12,13
        s 5,6
        s 5
        s 4,7
        s 4,5,6
        s 6
        s 3
        s 2
        s 8,10,12,13
        a L - 0 ListCapacityProviders ListCodeSigningConfigs ListEventSourceMappings ListFunctions ListLayerVersions
        a L - 0 ListLayers
        a L 0 0 ListFunctionVersionsByCapacityProvider
        a L 1 0 ListFunctionsByCodeSigningConfig
        a L 4 0 ListAliases ListDurableExecutionsByFunction ListFunctionEventInvokeConfigs
        a L 4 0 ListProvisionedConcurrencyConfigs ListVersionsByFunction
        a L 4 10 ListFunctionUrlConfigs
        a P 4 0 DisableReplication EnableReplication
        a P 4 1 AddPermission RemovePermission
        a P 8 0 AddLayerVersionPermission RemoveLayerVersionPermission
        a R - 0 GetAccountSettings
        a R 0 0 GetCapacityProvider
        a R 0,1,3,4 0 ListTags
        a R 1 0 GetCodeSigningConfig
        a R 2 0 GetDurableExecution GetDurableExecutionHistory GetDurableExecutionState
        a R 3 7 GetEventSourceMapping
        a R 4 0 GetAlias GetFunction GetFunctionCodeSigningConfig GetFunctionConcurrency GetFunctionConfiguration
        a R 4 0 GetFunctionEventInvokeConfig GetFunctionRecursionConfig GetFunctionScalingConfig GetPolicy
        a R 4 0 GetRuntimeManagementConfig
        a R 4 6 GetFunctionUrlConfig
        a R 5,6 0 GetProvisionedConcurrencyConfig
        a R 8 0 GetLayerVersion GetLayerVersionPolicy
        a T 0,1,3,4 12 UntagResource
        a T 0,1,3,4 3 TagResource
        a W - 3 CreateCodeSigningConfig
        a W - 4 CreateEventSourceMapping
        a W 0 0 DeleteCapacityProvider PassCapacityProvider UpdateCapacityProvider
        a W 0 2 CreateCapacityProvider
        a W 1 0 DeleteCodeSigningConfig UpdateCodeSigningConfig
        a W 1,4 0 UpdateFunctionCodeSigningConfig
        a W 1,4 11 PutFunctionCodeSigningConfig
        a W 2 0 CheckpointDurableExecution SendDurableExecutionCallbackFailure SendDurableExecutionCallbackHeartbeat
        a W 2 0 SendDurableExecutionCallbackSuccess StopDurableExecution
        a W 3 7 DeleteEventSourceMapping UpdateEventSourceMapping
        a W 4 0 CreateAlias DeleteAlias DeleteFunction DeleteFunctionCodeSigningConfig DeleteFunctionConcurrency
        a W 4 0 DeleteFunctionEventInvokeConfig InvokeAsync PublishVersion PutFunctionConcurrency
        a W 4 0 PutFunctionEventInvokeConfig PutFunctionRecursionConfig PutFunctionScalingConfig
        a W 4 0 PutRuntimeManagementConfig UpdateAlias UpdateFunctionCode UpdateFunctionEventInvokeConfig
        a W 4 13 UpdateFunctionConfiguration
        a W 4 5 CreateFunction
        a W 4 6 CreateFunctionUrlConfig DeleteFunctionUrlConfig UpdateFunctionUrlConfig
        a W 4 8 InvokeFunction
        a W 4 9 InvokeFunctionUrl
        a W 5,6 0 DeleteProvisionedConcurrencyConfig PutProvisionedConcurrencyConfig
        a W 7 0 PublishLayerVersion
        a W 8 0 DeleteLayerVersion
        @ states
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s states:HTTPEndpoint S states:HTTPMethod S
        k states:StateMachineQualifier s
        r activity states:*:*:activity:* 1
        r execution states:*:*:execution:*:* 1
        r express states:*:*:express:*:*:* -
        r labelled execution states:*:*:execution:*/*:* -
        r labelled express states:*:*:express:*/*:*:* -
        r maprun states:*:*:mapRun:*/*:* -
        r statemachine states:*:*:stateMachine:* 1
        r statemachinealias states:*:*:stateMachine:*:* 1
        r statemachineversion states:*:*:stateMachine:*:* 1
        s 0,2
        s 5
        s -
        s 2
        a L - 2 ListActivities ListStateMachines
        a L 0,6 2 ListTagsForResource
        a L 1 2 ListMapRuns
        a L 5,6 1 ListExecutions
        a L 6 1 ListStateMachineAliases
        a L 6 2 ListStateMachineVersions
        a R - 2 RevealSecrets ValidateStateMachineDefinition
        a R 0 2 DescribeActivity
        a R 1 2 DescribeStateMachineForExecution GetExecutionHistory
        a R 1,2 2 DescribeExecution
        a R 5 2 DescribeMapRun
        a R 6 1 DescribeStateMachine DescribeStateMachineAlias
        a T 0,6 0 TagResource
        a T 0,6 3 UntagResource
        a W - 2 InvokeHTTPEndpoint SendTaskFailure SendTaskHeartbeat SendTaskSuccess TestState
        a W 0 0 CreateActivity
        a W 0 2 DeleteActivity GetActivityTask
        a W 1 2 RedriveExecution StopExecution
        a W 5 2 UpdateMapRun
        a W 6 0 CreateStateMachine UpdateStateMachine
        a W 6 1 CreateStateMachineAlias DeleteStateMachineAlias DeleteStateMachineVersion StartExecution
        a W 6 1 StartSyncExecution UpdateStateMachineAlias
        a W 6 2 DeleteStateMachine PublishStateMachineVersion
        @ application-autoscaling
        k application-autoscaling:scalable-dimension S application-autoscaling:service-namespace S aws:RequestTag/* S
        k aws:ResourceTag/* S aws:TagKeys s
        r ScalableTarget application-autoscaling:*:*:scalable-target/* 3
        s 0,1
        s -
        s 0,1,2,4
        s 2,4
        s 4
        a L - 1 GetPredictiveScalingForecast
        a R - 1 DescribeScalableTargets DescribeScalingActivities DescribeScalingPolicies DescribeScheduledActions
        a R 0 1 ListTagsForResource
        a T 0 3 TagResource
        a T 0 4 UntagResource
        a W 0 0 DeleteScalingPolicy DeleteScheduledAction DeregisterScalableTarget PutScalingPolicy PutScheduledAction
        a W 0 2 RegisterScalableTarget
        @ elasticloadbalancing
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s elasticloadbalancing:CreateAction S
        k elasticloadbalancing:ListenerProtocol S elasticloadbalancing:ResourceTag/ S
        k elasticloadbalancing:ResourceTag/* S elasticloadbalancing:Scheme S elasticloadbalancing:SecurityGroup s
        k elasticloadbalancing:SecurityPolicy s elasticloadbalancing:Subnet s
        r listener-rule/app elasticloadbalancing:*:*:listener-rule/app/*/*/*/* 1,6
        r listener-rule/net elasticloadbalancing:*:*:listener-rule/net/*/*/*/* 1,6
        r listener/app elasticloadbalancing:*:*:listener/app/*/*/* 1,6
        r listener/gwy elasticloadbalancing:*:*:listener/gwy/*/*/* 1,6
        r listener/net elasticloadbalancing:*:*:listener/net/*/*/* 1,6
        r loadbalancer elasticloadbalancing:*:*:loadbalancer/* 1,6
        r loadbalancer/app/ elasticloadbalancing:*:*:loadbalancer/app/*/* 1,6
        r loadbalancer/gwy/ elasticloadbalancing:*:*:loadbalancer/gwy/*/* 1,6
        r loadbalancer/net/ elasticloadbalancing:*:*:loadbalancer/net/*/* 1,6
        r targetgroup elasticloadbalancing:*:*:targetgroup/*/* 1,6
        r truststore elasticloadbalancing:*:*:truststore/*/* 1,6
        s 1,6
        s 0,1,2,3,6
        s -
        s 1,6,8
        s 1,6,10
        s 0,1,2,4,6,9
        s 0,1,2,6,7,8,10
        s 1,4,6
        s 1,6,9
        s 0,1,2,6
        s 1,4,6,9
        a L - 2 DescribeLoadBalancers DescribeWebACLAssociation
        a P - 2 AllowVendedLogDeliveryForResource
        a R - 2 DescribeAccountLimits DescribeCapacityReservation DescribeInstanceHealth DescribeListenerAttributes
        a R - 2 DescribeListenerCertificates DescribeListeners DescribeLoadBalancerAttributes
        a R - 2 DescribeLoadBalancerPolicies DescribeLoadBalancerPolicyTypes DescribeRules DescribeSSLPolicies
        a R - 2 DescribeTags DescribeTargetGroupAttributes DescribeTargetGroups DescribeTargetHealth
        a R - 2 DescribeTrustStoreAssociations DescribeTrustStoreRevocations DescribeTrustStores
        a R 10 0 GetResourcePolicy GetTrustStoreCaCertificatesBundle GetTrustStoreRevocationContent
        a R 6 0 GetLoadBalancerWebACL
        a T 0,1,2,3,4,6,7,8,9,10 1 AddTags
        a T 0,1,2,3,4,6,7,8,9,10 9 RemoveTags
        a W - 2 SetWebAcl
        a W 0,1 0 DeleteRule ModifyRule
        a W 0,1 2 SetRulePriorities
        a W 10 0 AddTrustStoreRevocations DeleteSharedTrustStoreAssociation DeleteTrustStore ModifyTrustStore
        a W 10 0 RemoveTrustStoreRevocations
        a W 10 9 CreateTrustStore
        a W 2,3,4 0 DeleteListener ModifyListenerAttributes
        a W 2,3,4 10 ModifyListener
        a W 2,4 0 AddListenerCertificates RemoveListenerCertificates
        a W 2,4 9 CreateRule
        a W 5 0 ConfigureHealthCheck CreateAppCookieStickinessPolicy CreateLBCookieStickinessPolicy
        a W 5 0 DeleteLoadBalancerListeners DeleteLoadBalancerPolicy DeregisterInstancesFromLoadBalancer
        a W 5 0 DetachLoadBalancerFromSubnets DisableAvailabilityZonesForLoadBalancer
        a W 5 0 EnableAvailabilityZonesForLoadBalancer RegisterInstancesWithLoadBalancer
        a W 5 0 SetLoadBalancerListenerSSLCertificate SetLoadBalancerPoliciesForBackendServer
        a W 5 3 ApplySecurityGroupsToLoadBalancer
        a W 5 4 AttachLoadBalancerToSubnets
        a W 5 7 CreateLoadBalancerListeners
        a W 5 8 CreateLoadBalancerPolicy SetLoadBalancerPoliciesOfListener
        a W 6 0 CreateWebACLAssociation DeleteWebACLAssociation ModifyIpPools
        a W 6,7,8 0 DeleteLoadBalancer ModifyCapacityReservation ModifyLoadBalancerAttributes SetIpAddressType
        a W 6,7,8 4 SetSubnets
        a W 6,7,8 5 CreateListener
        a W 6,7,8 6 CreateLoadBalancer
        a W 6,8 3 SetSecurityGroups
        a W 9 0 DeleteTargetGroup DeregisterTargets ModifyTargetGroup ModifyTargetGroupAttributes RegisterTargets
        a W 9 9 CreateTargetGroup
        @ cloudfront
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s
        r anycast-ip-list cloudfront::*:anycast-ip-list/* 1
        r cache-policy cloudfront::*:cache-policy/* -
        r connection-function cloudfront::*:connection-function/* 1
        r connection-group cloudfront::*:connection-group/* 1
        r continuous-deployment-policy cloudfront::*:continuous-deployment-policy/* -
        r distribution cloudfront::*:distribution/* 1
        r distribution-tenant cloudfront::*:distribution-tenant/* 1
        r field-level-encryption-config cloudfront::*:field-level-encryption-config/* -
        r field-level-encryption-profile cloudfront::*:field-level-encryption-profile/* -
        r function cloudfront::*:function/* -
        r key-value-store cloudfront::*:key-value-store/* -
        r origin-access-control cloudfront::*:origin-access-control/* -
        r origin-access-identity cloudfront::*:origin-access-identity/* -
        r origin-request-policy cloudfront::*:origin-request-policy/* -
        r realtime-log-config cloudfront::*:realtime-log-config/* -
        r response-headers-policy cloudfront::*:response-headers-policy/* -
        r streaming-distribution cloudfront::*:streaming-distribution/* 1
        r trust-store cloudfront::*:trust-store/* 1
        r vpcorigin cloudfront::*:vpcorigin/* 1
        s -
        s 0,2
        s 2
        a L - 0 ListAnycastIpLists ListCachePolicies ListCloudFrontOriginAccessIdentities ListConnectionFunctions
        a L - 0 ListConnectionGroups ListContinuousDeploymentPolicies ListDistributionTenants
        a L - 0 ListDistributionTenantsByCustomization ListDistributions ListDistributionsByAnycastIpListId
        a L - 0 ListDistributionsByCachePolicyId ListDistributionsByConnectionMode ListDistributionsByKeyGroup
        a L - 0 ListDistributionsByLambdaFunction ListDistributionsByOriginRequestPolicyId
        a L - 0 ListDistributionsByRealtimeLogConfig ListDistributionsByResponseHeadersPolicyId
        a L - 0 ListDistributionsByVpcOriginId ListDistributionsByWebACLId ListFieldLevelEncryptionConfigs
        a L - 0 ListFieldLevelEncryptionProfiles ListFunctions ListKeyGroups ListKeyValueStores ListOriginAccessControls
        a L - 0 ListOriginRequestPolicies ListPublicKeys ListRateCards ListRealtimeLogConfigs
        a L - 0 ListResponseHeadersPolicies ListSavingsPlans ListStreamingDistributions ListTrustStores ListUsages
        a L - 0 ListVpcOrigins
        a L 17 0 ListDistributionsByTrustStore
        a L 2 0 ListDistributionsByConnectionFunction
        a L 5 0 ListConflictingAliases ListInvalidations
        a L 5,6 0 ListDomainConflicts
        a L 6 0 ListInvalidationsForDistributionTenant
        a P 5 0 AllowVendedLogDeliveryForResource
        a R - 0 GetKeyGroup GetKeyGroupConfig GetMonitoringSubscription GetPublicKey GetPublicKeyConfig GetSavingsPlan
        a R 0 0 GetAnycastIpList
        a R 0,2,3,5,6,17,18 0 ListTagsForResource
        a R 1 0 GetCachePolicy GetCachePolicyConfig
        a R 10 0 DescribeKeyValueStore
        a R 11 0 GetOriginAccessControl GetOriginAccessControlConfig
        a R 12 0 GetCloudFrontOriginAccessIdentity GetCloudFrontOriginAccessIdentityConfig
        a R 13 0 GetOriginRequestPolicy GetOriginRequestPolicyConfig
        a R 14 0 GetRealtimeLogConfig
        a R 15 0 GetResponseHeadersPolicy GetResponseHeadersPolicyConfig
        a R 16 0 GetStreamingDistribution GetStreamingDistributionConfig
        a R 17 0 GetTrustStore
        a R 18 0 GetResourcePolicy GetVpcOrigin
        a R 2 0 DescribeConnectionFunction GetConnectionFunction
        a R 3 0 GetConnectionGroup GetConnectionGroupByRoutingEndpoint
        a R 4 0 GetContinuousDeploymentPolicy GetContinuousDeploymentPolicyConfig
        a R 5 0 GetDistribution GetDistributionConfig GetInvalidation
        a R 6 0 GetDistributionTenant GetDistributionTenantByDomain GetInvalidationForDistributionTenant
        a R 6 0 GetManagedCertificateDetails VerifyDnsConfiguration
        a R 7 0 GetFieldLevelEncryption GetFieldLevelEncryptionConfig
        a R 8 0 GetFieldLevelEncryptionProfile GetFieldLevelEncryptionProfileConfig
        a R 9 0 DescribeFunction GetFunction
        a T 0,2,3,5,6,16,17,18 1 TagResource
        a T 0,2,3,5,6,16,17,18 2 UntagResource
        a W - 0 CreateCachePolicy CreateCloudFrontOriginAccessIdentity CreateContinuousDeploymentPolicy
        a W - 0 CreateFieldLevelEncryptionConfig CreateFieldLevelEncryptionProfile CreateFunction CreateKeyGroup
        a W - 0 CreateKeyValueStore CreateMonitoringSubscription CreateOriginAccessControl CreateOriginRequestPolicy
        a W - 0 CreatePublicKey CreateRealtimeLogConfig CreateResponseHeadersPolicy CreateSavingsPlan
        a W - 0 CreateStreamingDistribution DeleteKeyGroup DeleteMonitoringSubscription DeletePublicKey
        a W - 0 UpdateFieldLevelEncryptionConfig UpdateKeyGroup UpdatePublicKey UpdateSavingsPlan
        a W - 1 CreateAnycastIpList CreateConnectionFunction CreateConnectionGroup CreateDistribution
        a W - 1 CreateDistributionTenant CreateStreamingDistributionWithTags CreateTrustStore CreateVpcOrigin
        a W 0 0 DeleteAnycastIpList UpdateAnycastIpList
        a W 1 0 DeleteCachePolicy UpdateCachePolicy
        a W 10 0 DeleteKeyValueStore UpdateKeyValueStore
        a W 11 0 DeleteOriginAccessControl UpdateOriginAccessControl
        a W 12 0 DeleteCloudFrontOriginAccessIdentity UpdateCloudFrontOriginAccessIdentity
        a W 13 0 DeleteOriginRequestPolicy UpdateOriginRequestPolicy
        a W 14 0 DeleteRealtimeLogConfig UpdateRealtimeLogConfig
        a W 15 0 DeleteResponseHeadersPolicy UpdateResponseHeadersPolicy
        a W 16 0 DeleteStreamingDistribution UpdateStreamingDistribution
        a W 17 0 DeleteTrustStore UpdateTrustStore
        a W 18 0 DeleteResourcePolicy DeleteVpcOrigin PutResourcePolicy UpdateVpcOrigin
        a W 2 0 DeleteConnectionFunction PublishConnectionFunction TestConnectionFunction UpdateConnectionFunction
        a W 3 0 DeleteConnectionGroup UpdateConnectionGroup
        a W 4 0 DeleteContinuousDeploymentPolicy UpdateContinuousDeploymentPolicy
        a W 5 0 AssociateAlias AssociateDistributionWebACL CopyDistribution CreateInvalidation DeleteDistribution
        a W 5 0 DisassociateDistributionWebACL UpdateDistribution UpdateDistributionWithStagingConfig
        a W 5,6 0 UpdateDomainAssociation
        a W 6 0 AssociateDistributionTenantWebACL CreateInvalidationForDistributionTenant DeleteDistributionTenant
        a W 6 0 DisassociateDistributionTenantWebACL UpdateDistributionTenant
        a W 7 0 DeleteFieldLevelEncryptionConfig
        a W 8 0 DeleteFieldLevelEncryptionProfile UpdateFieldLevelEncryptionProfile
        a W 9 0 DeleteFunction PublishFunction TestFunction UpdateFunction
        @ route53
        k route53:ChangeResourceRecordSetsActions s route53:ChangeResourceRecordSetsNormalizedRecordNames s
        k route53:ChangeResourceRecordSetsRecordTypes s route53:VPCs S
        r change route53:::change/* -
        r cidrcollection route53:::cidrcollection/* -
        r delegationset route53:::delegationset/* -
        r healthcheck route53:::healthcheck/* -
        r hostedzone route53:::hostedzone/* -
        r queryloggingconfig route53:::queryloggingconfig/* -
        r trafficpolicy route53:::trafficpolicy/* -
        r trafficpolicyinstance route53:::trafficpolicyinstance/* -
        r vpc ec2:*:*:vpc/* -
        s -
        s 3
        s 0,1,2
        a L - 0 GetCheckerIpRanges GetGeoLocation GetHealthCheckCount GetHostedZoneCount ListCidrCollections
        a L - 0 ListHostedZones ListHostedZonesByName ListTrafficPolicies
        a L - 1 ListHostedZonesByVPC
        a L 0 0 GetChange
        a L 1 0 ListCidrBlocks ListCidrLocations
        a L 2 0 GetReusableDelegationSet
        a L 3 0 GetHealthCheckLastFailureReason GetHealthCheckStatus
        a L 4 0 GetHostedZone ListQueryLoggingConfigs ListResourceRecordSets ListTrafficPolicyInstancesByHostedZone
        a L 4 0 ListVPCAssociationAuthorizations
        a L 6 0 ListTrafficPolicyInstancesByPolicy ListTrafficPolicyVersions
        a R - 0 GetAccountLimit GetTrafficPolicyInstanceCount ListGeoLocations ListHealthChecks
        a R - 0 ListReusableDelegationSets ListTrafficPolicyInstances TestDNSAnswer
        a R 2 0 GetReusableDelegationSetLimit
        a R 3 0 GetHealthCheck
        a R 3,4 0 ListTagsForResource ListTagsForResources
        a R 4 0 GetDNSSEC GetHostedZoneLimit
        a R 5 0 GetQueryLoggingConfig
        a R 6 0 GetTrafficPolicy
        a R 7 0 GetTrafficPolicyInstance
        a T 3,4 0 ChangeTagsForResource
        a W - 0 CreateCidrCollection CreateHealthCheck CreateReusableDelegationSet CreateTrafficPolicy
        a W - 1 CreateHostedZone
        a W 1 0 ChangeCidrCollection DeleteCidrCollection
        a W 2 0 DeleteReusableDelegationSet
        a W 3 0 DeleteHealthCheck UpdateHealthCheck
        a W 4 0 ActivateKeySigningKey CreateKeySigningKey CreateQueryLoggingConfig DeactivateKeySigningKey
        a W 4 0 DeleteHostedZone DeleteKeySigningKey DisableHostedZoneDNSSEC EnableHostedZoneDNSSEC
        a W 4 0 UpdateHostedZoneComment UpdateHostedZoneFeatures
        a W 4 1 AssociateVPCWithHostedZone CreateVPCAssociationAuthorization DeleteVPCAssociationAuthorization
        a W 4 1 DisassociateVPCFromHostedZone
        a W 4 2 ChangeResourceRecordSets
        a W 4,6 0 CreateTrafficPolicyInstance
        a W 5 0 DeleteQueryLoggingConfig
        a W 6 0 CreateTrafficPolicyVersion DeleteTrafficPolicy UpdateTrafficPolicyComment
        a W 7 0 DeleteTrafficPolicyInstance UpdateTrafficPolicyInstance
        @ cloudformation
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s cloudformation:ChangeSetName S
        k cloudformation:CreateAction S cloudformation:ImportResourceTypes S cloudformation:ResourceTypes s
        k cloudformation:RoleArn R cloudformation:StackPolicyUrl S cloudformation:TargetRegion s
        k cloudformation:TemplateUrl S cloudformation:TypeArn R
        r changeset cloudformation:*:*:changeSet/*/* 1
        r generatedtemplate cloudformation:*:*:generatedTemplate/* -
        r resourcescan cloudformation:*:*:resourceScan/* -
        r stack cloudformation:*:*:stack/*/* 1
        r stackset cloudformation:*:*:stackset/*:* 1
        r stackset-target cloudformation:*:*:stackset-target/* -
        r type cloudformation:*:*:type/resource/* -
        r typeHook cloudformation:*:*:type/hook/* -
        s -
        s 7
        s 0,2,3,5,6,7,8,10
        s 0,2,6,7,8,10
        s 2,9
        s 0,2,7,10
        s 3
        s 9
        s 10
        s 11
        s 8
        s 0,2,4
        s 2,4
        s 0,2,7,9,10
        a L - 0 ListExports ListGeneratedTemplates ListImports ListResourceScanRelatedResources
        a L - 0 ListResourceScanResources ListResourceScans ListStackSets ListStacks ListTypeRegistrations
        a L - 0 ListTypeVersions ListTypes
        a L - 9 ListAllHookResults
        a L 3 0 DescribeStacks ListChangeSets ListStackRefactorActions ListStackRefactors ListStackResources
        a L 3 6 ListHookResults
        a L 4 0 ListStackInstanceResourceDrifts ListStackInstances ListStackSetAutoDeploymentTargets
        a L 4 0 ListStackSetOperationResults ListStackSetOperations
        a P 3 10 SetStackPolicy
        a R - 0 BatchDescribeTypeConfigurations DescribeAccountLimits DescribeGeneratedTemplate
        a R - 0 DescribeOrganizationsAccess DescribePublisher DescribeResourceScan DescribeStackDriftDetectionStatus
        a R - 0 DescribeType DescribeTypeRegistration GetGeneratedTemplate GetResource GetResourceRequestStatus
        a R - 0 ListResourceRequests ListResources
        a R - 8 EstimateTemplateCost ValidateTemplate
        a R - 9 GetHookResult
        a R 0,3 0 DescribeEvents
        a R 3 0 DescribeStackEvents DescribeStackRefactor DescribeStackResource DescribeStackResourceDrifts
        a R 3 0 DescribeStackResources DetectStackDrift DetectStackResourceDrift GetStackPolicy GetTemplate
        a R 3 6 DescribeChangeSet DescribeChangeSetHooks
        a R 3,4 8 GetTemplateSummary
        a R 4 0 DescribeStackInstance DescribeStackSet DescribeStackSetOperation DetectStackSetDrift
        a T 0,3,4 11 TagResource
        a T 0,3,4 12 UntagResource
        a W - 0 ActivateOrganizationsAccess ActivateType CancelResourceRequest CreateGeneratedTemplate CreateResource
        a W - 0 CreateUploadBucket DeactivateOrganizationsAccess DeactivateType DeleteGeneratedTemplate DeleteResource
        a W - 0 DeregisterType PublishType RegisterPublisher RegisterType SetTypeConfiguration SetTypeDefaultVersion
        a W - 0 StartResourceScan TestType UpdateGeneratedTemplate UpdateResource
        a W - 5 CreateStackSet
        a W 3 0 CancelUpdateStack CreateStackRefactor ExecuteStackRefactor RecordHandlerProgress SignalResource
        a W 3 0 UpdateTerminationProtection
        a W 3 1 ContinueUpdateRollback DeleteStack RollbackStack
        a W 3 2 CreateChangeSet
        a W 3 3 CreateStack UpdateStack
        a W 3 6 DeleteChangeSet ExecuteChangeSet
        a W 4 0 DeleteStackSet ImportStacksToStackSet StopStackSetOperation
        a W 4,5,6 13 UpdateStackSet
        a W 4,5,6 4 CreateStackInstances
        a W 4,5,6 7 DeleteStackInstances UpdateStackInstances
        @ execute-api
        k execute-api:viaDomainArn R
        r execute-api-domain execute-api:*:*:/domainnames/*+* -
        r execute-api-general execute-api:*:*:*/*/*/* 0
        s -
        a W 0,1 0 Invoke
        a W 1 0 InvalidateCache ManageConnections
        """#
}
