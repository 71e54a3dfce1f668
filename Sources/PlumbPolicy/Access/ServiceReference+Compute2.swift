// What IAM can allow in ec2; written by scripts/service-reference.py.

extension ServiceReference {
    static let compute2 = #"""
        a L 2 33 GetGroupsForCapacityReservation
        a L 22 34 DescribeImageAttribute
        a L 26 121 DescribeInstanceAttribute
        a L 32 10 GetIpamPolicyAllocationRules GetIpamPolicyOrganizationTargets
        a L 33 10 GetIpamPoolAllocations
        a L 45 10 SearchLocalGatewayRoutes
        a L 6 10 DescribeClientVpnAuthorizationRules
        a L 6 31 DescribeClientVpnConnections DescribeClientVpnRoutes DescribeClientVpnTargetNetworks
        a L 71 107 DescribeSecurityGroupReferences
        a L 73 122 DescribeSnapshotAttribute
        a L 74 10 DescribeSpotFleetInstances DescribeSpotFleetRequestHistory
        a L 85 111 GetTransitGatewayMeteringPolicyEntries
        a L 86 112 GetTransitGatewayMulticastDomainAssociations SearchTransitGatewayMulticastGroups
        a L 87 113 GetTransitGatewayPolicyTableAssociations GetTransitGatewayPolicyTableEntries
        a L 88 114 SearchTransitGatewayRoutes
        a L 90 10 GetVerifiedAccessEndpointPolicy GetVerifiedAccessEndpointTargets
        a L 92 10 GetVerifiedAccessGroupPolicy
        a L 93 10 GetVerifiedAccessInstanceWebAcl
        a L 96 116 DescribeVolumeAttribute
        a L 97 30 DescribeVpcAttribute GetVpcResourcesBlockingEncryptionEnforcement
        a P - 7 DisableImageBlockPublicAccess DisableSnapshotBlockPublicAccess EnableImageBlockPublicAccess
        a P - 7 EnableSnapshotBlockPublicAccess
        a P 102 174 ModifyVpcEndpointServicePermissions
        a P 22 34 CancelImageLaunchPermission
        a P 33,59,92 28 DeleteResourcePolicy PutResourcePolicy
        a P 45 10 CreateLocalGatewayRouteTablePermission DeleteLocalGatewayRouteTablePermission
        a P 51 10 AttachApplianceToNatGateway DetachApplianceFromNatGateway
        a P 57 12 DeleteNetworkInterfacePermission
        a P 57 62 CreateNetworkInterfacePermission
        a P 59 28 AttachResourcesToPlacementGroup DetachResourcesFromPlacementGroup
        a P 7 10 CreateCoipPoolPermission DeleteCoipPoolPermission
        a P 73 160 ModifySnapshotAttribute
        a P 73 185 ResetSnapshotAttribute
        a P 97 156 ModifyOdbNetworkPeering
        a P 97 30 CreateOdbNetworkPeering DeleteOdbNetworkPeering
        a R - 7 GetAllowedImagesSettings GetAwsNetworkPerformanceData GetCapacityManagerAttributes
        a R - 7 GetCapacityManagerMetricData GetCapacityManagerMetricDimensions GetDefaultCreditSpecification
        a R - 7 GetEbsDefaultKmsKeyId GetEbsEncryptionByDefault GetEnabledIpamPolicy GetHostReservationPurchasePreview
        a R - 7 GetImageBlockPublicAccessState GetSerialConsoleAccessStatus GetSnapshotBlockPublicAccessState
        a R - 7 GetSpotPlacementScores GetSubnetCidrReservations StartDeclarativePoliciesReport
        a R 104 10 GetFlowLogsIntegrationTemplate
        a R 107 131 GetActiveVpnTunnelStatus
        a R 2 33 GetCapacityReservationUsage
        a R 22 34 GetImageAncestry
        a R 26 121 GetConsoleOutput GetLaunchTemplateData GetPasswordData
        a R 26 132 GetInstanceTpmEkPub
        a R 26 16 GetConsoleScreenshot GetInstanceUefiData
        a R 33 10 GetIpamPoolCidrs
        a R 33,38 10 GetIpamResourceCidrs
        a R 33,59,92 28 GetResourcePolicy
        a R 34 10 GetIpamPrefixListResolverRules GetIpamPrefixListResolverVersionEntries
        a R 34 10 GetIpamPrefixListResolverVersions
        a R 36 10 GetIpamDiscoveredAccounts GetIpamDiscoveredPublicAddresses GetIpamDiscoveredResourceCidrs
        a R 38 10 GetIpamAddressHistory
        a R 40 10 GetAssociatedIpv6PoolCidrs
        a R 5 7 GetAssociatedEnclaveCertificateIamRoles
        a R 53 10 GetNetworkInsightsAccessScopeContent
        a R 54 10 GetNetworkInsightsAccessScopeAnalysisFindings
        a R 6 31 ExportClientVpnClientCertificateRevocationList ExportClientVpnClientConfiguration
        a R 60 104 GetManagedPrefixListAssociations GetManagedPrefixListEntries
        a R 62 2 GetReservedInstancesExchangeQuote
        a R 64 10 GetRouteServerAssociations GetRouteServerRoutingDatabase
        a R 64,67 65 GetRouteServerPropagations
        a R 7 10 GetCoipPoolUsage
        a R 9 10 GetDeclarativePoliciesReportSummary
        a R 93 10 ExportVerifiedAccessInstanceClientConfiguration
        a R 97 30 GetSecurityGroupsForVpc
        a T 0,1,2,3,4,6,7,8,9,10,11,12,13,15,16,17,18,19,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,
        \42,44,45,46,47,48,49,51,52,53,54,55,56,57,59,60,61,62,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,
        \83,84,85,86,87,88,89,90,91,92,93,94,95,96,97,98,99,100,101,102,103,104,105,106,107,109 74 CreateTags
        a T 0,1,2,3,4,6,7,8,9,10,11,12,13,15,16,17,18,19,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,
        \42,44,45,46,47,48,49,51,52,53,54,55,56,57,59,60,61,62,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,
        \83,84,85,86,87,88,89,90,91,92,93,94,95,96,97,98,99,100,101,102,103,104,105,106,107,109 8 DeleteTags
        a W - 136 InjectApiError
        a W - 150 ModifyInstanceMetadataDefaults
        a W - 7 AdvertiseByoipCidr AssociateIpamByoasn AssociateTrunkInterface BundleInstance CancelBundleTask
        a W - 7 CancelConversionTask CancelReservedInstancesListing ConfirmProductInstance CreateDefaultSubnet
        a W - 7 CreateDefaultVpc CreateReservedInstancesListing CreateSpotDatafeedSubscription
        a W - 7 DeleteSpotDatafeedSubscription DeleteSubnetCidrReservation DeprovisionByoipCidr
        a W - 7 DeregisterInstanceEventNotificationAttributes DisableAllowedImagesSettings
        a W - 7 DisableAwsNetworkPerformanceMetricSubscription DisableCapacityManager DisableEbsEncryptionByDefault
        a W - 7 DisableIpamOrganizationAdminAccount DisableSerialConsoleAccess DisassociateIpamByoasn
        a W - 7 DisassociateTrunkInterface EnableAllowedImagesSettings EnableAwsNetworkPerformanceMetricSubscription
        a W - 7 EnableCapacityManager EnableEbsEncryptionByDefault EnableIpamOrganizationAdminAccount
        a W - 7 EnableReachabilityAnalyzerOrganizationSharing EnableSerialConsoleAccess ExportTransitGatewayRoutes
        a W - 7 ModifyAvailabilityZoneGroup ModifyDefaultCreditSpecification ModifyEbsDefaultKmsKeyId ModifyIdFormat
        a W - 7 ModifyIdentityIdFormat ModifyVpcBlockPublicAccessOptions MoveAddressToVpc ProvisionByoipCidr
        a W - 7 PurchaseReservedInstancesOffering PurchaseScheduledInstances RegisterInstanceEventNotificationAttributes
        a W - 7 ReplaceImageCriteriaInAllowedImagesSettings ResetEbsDefaultKmsKeyId RestoreAddressToClassic
        a W - 7 RunScheduledInstances UpdateCapacityManagerOrganizationsAccess WithdrawByoipCidr
        a W 1 10 DeleteCapacityManagerDataExport
        a W 1 39 CreateCapacityManagerDataExport
        a W 10 10 PurchaseHostReservation ReleaseHosts
        a W 10 141 ModifyHosts
        a W 10 9 AllocateHosts
        a W 10,26,59 151 ModifyInstancePlacement
        a W 100 117 DeleteVpcEndpoints
        a W 100,102 5 DeleteVpcEndpointConnectionNotifications ModifyVpcEndpointConnectionNotification
        a W 100,102 93 CreateVpcEndpointConnectionNotification
        a W 102 173 ModifyVpcEndpointServiceConfiguration
        a W 102 174 ModifyVpcEndpointServicePayerResponsibility
        a W 102 5 AcceptVpcEndpointConnections DeleteVpcEndpointServiceConfigurations RejectVpcEndpointConnections
        a W 102 5 StartVpcEndpointServicePrivateDnsVerification
        a W 102 94 CreateVpcEndpointServiceConfiguration
        a W 104 10 DeleteFlowLogs
        a W 105 118 DeleteVpcPeeringConnection RejectVpcPeeringConnection
        a W 105 175 ModifyVpcPeeringConnectionOptions
        a W 106 10 DeleteVpnConcentrator
        a W 107 10 CreateVpnConnectionRoute DeleteVpnConnection DeleteVpnConnectionRoute ReplaceVpnTunnel
        a W 107 141 ModifyVpnConnectionOptions ModifyVpnTunnelCertificate
        a W 107 176 ModifyVpnConnection ModifyVpnTunnelOptions
        a W 109 10 DeleteVpnGateway
        a W 109 39 CreateVpnGateway
        a W 11 44 CreateDhcpOptions
        a W 11 99 DeleteDhcpOptions
        a W 11,97 15 AssociateDhcpOptions
        a W 12 10 DeleteEgressOnlyInternetGateway
        a W 12,97 41 CreateEgressOnlyInternetGateway
        a W 15 0 AcceptAddressTransfer
        a W 15 139 ModifyAddressAttribute ResetAddressAttribute
        a W 15 17 DisableAddressTransfer EnableAddressTransfer ReleaseAddress
        a W 15,26,57 13 AssociateAddress
        a W 15,33,39 8 AllocateAddress
        a W 15,51 17 AssociateNatGatewayAddress
        a W 15,51,57 128 DisassociateNatGatewayAddress
        a W 15,51,76,97 57 CreateNatGateway
        a W 15,57 127 DisassociateAddress
        a W 16,17 10 CancelExportTask
        a W 16,22 49 ExportImage
        a W 17,26 51 CreateInstanceExportTask
        a W 18 10 DeleteFleets
        a W 18,22,26,42,59,76,96 45 CreateFleet
        a W 18,22,42,76 143 ModifyFleet
        a W 19 100 DeleteFpgaImage
        a W 19 144 ModifyFpgaImageAttribute ResetFpgaImageAttribute
        a W 19 35 CopyFpgaImage
        a W 19 47 CreateFpgaImage
        a W 2 1 AcceptCapacityReservationBillingOwnership AssociateCapacityReservationBillingOwner
        a W 2 1 CreateCapacityReservationBySplitting DisassociateCapacityReservationBillingOwner
        a W 2 1 MoveCapacityReservationInstances RejectCapacityReservationBillingOwnership
        a W 2 140 ModifyCapacityReservation
        a W 2 178 PurchaseCapacityBlock
        a W 2 191 UpdateInterruptibleCapacityReservationAllocation
        a W 2 33 CancelCapacityReservation PurchaseCapacityBlockExtension
        a W 2 40 CreateCapacityReservation
        a W 2 53 CreateInterruptibleCapacityReservationAllocation
        a W 2,13,14,20,22,26,41,42,43,57,59,70,71,73,76,96 188 RunInstances
        a W 2,26 147 ModifyInstanceCapacityReservationAttributes
        a W 22 145 ModifyImageAttribute ResetImageAttribute
        a W 22 34 CreateStoreImageTask DeregisterImage DisableFastLaunch DisableImage DisableImageDeprecation
        a W 22 34 DisableImageDeregistrationProtection EnableImage EnableImageDeprecation
        a W 22 34 EnableImageDeregistrationProtection RestoreImageFromRecycleBin
        a W 22 36 CreateRestoreImageTask
        a W 22,23 49 CreateImageUsageReport
        a W 22,24,73 133 ImportImage
        a W 22,26,61,73,96 64 CreateReplaceRootVolumeTask
        a W 22,26,73 48 CreateImage
        a W 22,41,42,59,71,73,74,76 182 RequestSpotFleet
        a W 22,41,57,59,71,73,75,76 183 RequestSpotInstances
        a W 22,42 129 EnableFastLaunch
        a W 22,73 179 RegisterImage
        a W 22,73 36 CopyImage
        a W 23 10 DeleteImageUsageReport
        a W 24,25 10 CancelImportTask
        a W 25,73 135 ImportSnapshot
        a W 26 121 DisassociateIamInstanceProfile MonitorInstances RebootInstances TerminateInstances UnmonitorInstances
        a W 26 125 DisableInstanceSqlHaStandbyDetections EnableInstanceSqlHaStandbyDetections
        a W 26 132 SendDiagnosticInterrupt SendSpotInstanceInterruptions
        a W 26 147 ModifyInstanceCpuOptions ModifyInstanceCreditSpecification ModifyInstanceMaintenanceOptions
        a W 26 147 ModifyInstanceMetadataOptions ModifyInstanceNetworkPerformanceOptions
        a W 26 149 ModifyInstanceEventStartTime
        a W 26 157 ModifyPrivateDnsNameOptions
        a W 26 16 AssociateIamInstanceProfile ReplaceIamInstanceProfileAssociation
        a W 26 181 ReportInstanceStatus
        a W 26 184 ResetInstanceAttribute
        a W 26 190 StopInstances
        a W 26,29,56,57,82,100,102,105,109 60 CreateNetworkInsightsPath
        a W 26,43 189 StartInstances
        a W 26,50 43 CreateDelegateMacVolumeOwnershipTask CreateMacSystemIntegrityProtectionModificationTask
        a W 26,57 27 AttachNetworkInterface DetachNetworkInterface
        a W 26,57,71,76 155 ModifyNetworkInterfaceAttribute
        a W 26,71,76,96 134 ImportInstance
        a W 26,71,96 146 ModifyInstanceAttribute
        a W 26,71,97 25 AttachClassicLinkVpc
        a W 26,73,96 71 CreateSnapshots
        a W 26,96 177 PauseVolumeIO
        a W 26,96 29 AttachVolume DetachVolume
        a W 26,97 123 DetachClassicLinkVpc
        a W 27 101 DeleteInstanceConnectEndpoint
        a W 27,71 148 ModifyInstanceConnectEndpoint
        a W 27,71,76 50 CreateInstanceConnectEndpoint
        a W 28 10 AssociateInstanceEventWindow DeleteInstanceEventWindow DisassociateInstanceEventWindow
        a W 28 141 ModifyInstanceEventWindow
        a W 28 39 CreateInstanceEventWindow
        a W 29 102 DeleteInternetGateway
        a W 29 52 CreateInternetGateway
        a W 29,39,40,67,76,109 19 DisassociateRouteTable ReplaceRouteTableAssociation
        a W 29,39,67,76,109 19 AssociateRouteTable
        a W 29,97 26 AttachInternetGateway DetachInternetGateway
        a W 3 10 CancelCapacityReservationFleets
        a W 3 141 ModifyCapacityReservationFleet
        a W 3 39 CreateCapacityReservationFleet
        a W 30 10 DeleteIpam DeprovisionIpamByoasn ProvisionIpamByoasn
        a W 30 141 ModifyIpam
        a W 30 39 CreateIpam
        a W 30,31 8 CreateIpamExternalResourceVerificationToken
        a W 30,32 8 CreateIpamPolicy
        a W 30,34,38 8 CreateIpamPrefixListResolver
        a W 30,36,37 8 AssociateIpamResourceDiscovery
        a W 30,38 8 CreateIpamScope
        a W 31 10 DeleteIpamExternalResourceVerificationToken
        a W 31,33 10 ProvisionIpamPoolCidr
        a W 32 10 DeleteIpamPolicy DisableIpamPolicy EnableIpamPolicy
        a W 32,33 10 ModifyIpamPolicyAllocationRules
        a W 33 10 AllocateIpamPoolCidr DeleteIpamPool DeprovisionIpamPoolCidr ImportByoipCidrToIpam MoveByoipCidrToIpam
        a W 33 10 ReleaseIpamPoolAllocation
        a W 33 141 ModifyIpamPool
        a W 33,38 8 CreateIpamPool
        a W 33,39 10 ProvisionPublicIpv4PoolCidr
        a W 33,40,97 18 AssociateVpcCidrBlock
        a W 33,40,97 90 CreateVpc
        a W 33,76 21 AssociateSubnetCidrBlock
        a W 33,76,97 72 CreateSubnet
        a W 34 10 DeleteIpamPrefixListResolver
        a W 34,35 8 CreateIpamPrefixListResolverTarget
        a W 34,38 141 ModifyIpamPrefixListResolver
        a W 35 10 DeleteIpamPrefixListResolverTarget ModifyIpamPrefixListResolverTarget
        a W 36 10 DeleteIpamResourceDiscovery
        a W 36 141 ModifyIpamResourceDiscovery
        a W 36 39 CreateIpamResourceDiscovery
        a W 37 10 DisassociateIpamResourceDiscovery
        a W 38 10 DeleteIpamScope
        a W 38 141 ModifyIpamResourceCidr ModifyIpamScope
        a W 39 10 DeletePublicIpv4Pool DeprovisionPublicIpv4PoolCidr
        a W 39 39 CreatePublicIpv4Pool
        a W 4 10 DeleteCarrierGateway
        a W 4,97 41 CreateCarrierGateway
        a W 41 103 DeleteKeyPair
        a W 41 39 ImportKeyPair
        a W 41 54 CreateKeyPair
        a W 42 152 ModifyLaunchTemplate
        a W 42 39 CreateLaunchTemplate
        a W 42 55 CreateLaunchTemplateVersion DeleteLaunchTemplate DeleteLaunchTemplateVersions
        a W 42,74,76 162 ModifySpotFleetRequest
        a W 44,45 8 CreateLocalGatewayRouteTable
        a W 44,49 8 CreateLocalGatewayVirtualInterfaceGroup
        a W 45 10 DeleteLocalGatewayRouteTable
        a W 45,46,49 8 CreateLocalGatewayRouteTableVirtualInterfaceGroupAssociation
        a W 45,47,97 41 CreateLocalGatewayRouteTableVpcAssociation
        a W 45,49,57,60 153 ModifyLocalGatewayRoute
        a W 45,49,57,60 56 CreateLocalGatewayRoute
        a W 45,60 10 DeleteLocalGatewayRoute
        a W 46 10 DeleteLocalGatewayRouteTableVirtualInterfaceGroupAssociation
        a W 47 10 DeleteLocalGatewayRouteTableVpcAssociation
        a W 48 10 DeleteLocalGatewayVirtualInterface
        a W 48,49,58 8 CreateLocalGatewayVirtualInterface
        a W 49 10 DeleteLocalGatewayVirtualInterfaceGroup
        a W 5,63 7 AssociateEnclaveCertificateIamRole DisassociateEnclaveCertificateIamRole
        a W 51 10 AssignPrivateNatGatewayAddress DeleteNatGateway UnassignPrivateNatGatewayAddress
        a W 51,57,76,82,83,97,104 46 CreateFlowLogs
        a W 52 59 CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry ReplaceNetworkAclEntry
        a W 52,76 180 ReplaceNetworkAclAssociation
        a W 52,97 58 CreateNetworkAcl
        a W 53 10 DeleteNetworkInsightsAccessScope
        a W 53 39 CreateNetworkInsightsAccessScope
        a W 53,54 8 StartNetworkInsightsAccessScopeAnalysis
        a W 54 10 DeleteNetworkInsightsAccessScopeAnalysis
        a W 55 10 DeleteNetworkInsightsAnalysis
        a W 55,56 8 StartNetworkInsightsAnalysis
        a W 56 10 DeleteNetworkInsightsPath
        a W 57 12 AssignIpv6Addresses AssignPrivateIpAddresses DeleteNetworkInterface ResetNetworkInterfaceAttribute
        a W 57 12 UnassignIpv6Addresses UnassignPrivateIpAddresses
        a W 57 158 ModifyPublicIpDnsNameOptions
        a W 57,71,76 61 CreateNetworkInterface
        a W 57,71,76,90,92 88 CreateVerifiedAccessEndpoint
        a W 57,78,80,81 75 CreateTrafficMirrorSession
        a W 57,81,100 76 CreateTrafficMirrorTarget
        a W 57,86 119 DeregisterTransitGatewayMulticastGroupMembers DeregisterTransitGatewayMulticastGroupSources
        a W 57,86 119 RegisterTransitGatewayMulticastGroupMembers RegisterTransitGatewayMulticastGroupSources
        a W 59 28 DeletePlacementGroup
        a W 59 63 CreatePlacementGroup
        a W 6 31 AuthorizeClientVpnIngress DeleteClientVpnEndpoint DisassociateClientVpnTargetNetwork
        a W 6 31 ImportClientVpnClientCertificateRevocationList RevokeClientVpnIngress TerminateClientVpnConnections
        a W 6,71,97 11 ApplySecurityGroupsToClientVpnTargetNetwork
        a W 6,71,97 142 ModifyClientVpnEndpoint
        a W 6,71,97 42 CreateClientVpnEndpoint
        a W 6,76 14 AssociateClientVpnTargetNetwork CreateClientVpnRoute
        a W 6,76 98 DeleteClientVpnRoute
        a W 60 10 RestoreManagedPrefixListVersion
        a W 60 104 DeleteManagedPrefixList
        a W 60 154 ModifyManagedPrefixList
        a W 60 39 CreateManagedPrefixList
        a W 60,71,72 107 ModifySecurityGroupRules
        a W 60,83,88 166 ModifyTransitGatewayPrefixListReference
        a W 60,83,88 24 CreateTransitGatewayPrefixListReference
        a W 60,88 114 DeleteTransitGatewayPrefixListReference
        a W 62 105 DeleteQueuedReservedInstances
        a W 62 159 ModifyReservedInstances
        a W 62 2 AcceptReservedInstancesExchangeQuote
        a W 64 10 DeleteRouteServer ModifyRouteServer
        a W 64 39 CreateRouteServer
        a W 64,65,76 66 CreateRouteServerEndpoint
        a W 64,67 65 DisableRouteServerPropagation EnableRouteServerPropagation
        a W 64,97 18 AssociateRouteServer DisassociateRouteServer
        a W 65 106 DeleteRouteServerEndpoint
        a W 65,66 67 CreateRouteServerPeer
        a W 66 106 DeleteRouteServerPeer
        a W 67 65 CreateRoute DeleteRoute DeleteRouteTable ReplaceRoute
        a W 67,109 65 DisableVgwRoutePropagation EnableVgwRoutePropagation
        a W 67,71,76,100 172 ModifyVpcEndpoint
        a W 67,71,76,97,100 92 CreateVpcEndpoint
        a W 67,97 68 CreateRouteTable
        a W 69 10 DeleteSecondaryNetwork
        a W 69 39 CreateSecondaryNetwork
        a W 69,70 8 CreateSecondarySubnet
        a W 7 10 CreateCoipCidr DeleteCoipCidr DeleteCoipPool
        a W 7,45 8 CreateCoipPool
        a W 70 10 DeleteSecondarySubnet
        a W 71 107 DeleteSecurityGroup RevokeSecurityGroupEgress RevokeSecurityGroupIngress
        a W 71 107 UpdateSecurityGroupRuleDescriptionsEgress UpdateSecurityGroupRuleDescriptionsIngress
        a W 71,72 32 AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress
        a W 71,97 20 AssociateSecurityGroupVpc DisassociateSecurityGroupVpc
        a W 71,97 69 CreateSecurityGroup
        a W 73 108 DeleteSnapshot
        a W 73 124 DisableFastSnapshotRestores EnableFastSnapshotRestores
        a W 73 138 LockSnapshot UnlockSnapshot
        a W 73 161 ModifySnapshotTier
        a W 73 186 RestoreSnapshotFromRecycleBin RestoreSnapshotTier
        a W 73 37 CopySnapshot
        a W 73,96 70 CreateSnapshot
        a W 73,96 89 CreateVolume
        a W 74 10 CancelSpotFleetRequests
        a W 75 10 CancelSpotInstanceRequests
        a W 76 163 ModifySubnetAttribute
        a W 76 73 CreateSubnetCidrReservation DeleteSubnet DisassociateSubnetCidrBlock
        a W 76,82,83,97 87 CreateTransitGatewayVpcAttachment
        a W 76,83 167 ModifyTransitGatewayVpcAttachment
        a W 76,83,86 22 AssociateTransitGatewayMulticastDomain DisassociateTransitGatewayMulticastDomain
        a W 76,90,92 168 ModifyVerifiedAccessEndpoint
        a W 76,97,98 91 CreateVpcBlockPublicAccessExclusion
        a W 78 10 DeleteTrafficMirrorFilter
        a W 78 141 ModifyTrafficMirrorFilterNetworkServices
        a W 78 39 CreateTrafficMirrorFilter
        a W 78,79 10 DeleteTrafficMirrorFilterRule
        a W 78,79 141 ModifyTrafficMirrorFilterRule
        a W 78,79 8 CreateTrafficMirrorFilterRule
        a W 78,80,81 141 ModifyTrafficMirrorSession
        a W 8 10 DeleteCustomerGateway
        a W 8 39 CreateCustomerGateway
        a W 8,82,83,106,107,109 97 CreateVpnConnection
        a W 80 10 DeleteTrafficMirrorSession
        a W 81 10 DeleteTrafficMirrorTarget
        a W 82 109 DeleteTransitGateway
        a W 82 77 CreateTransitGateway
        a W 82,106 96 CreateVpnConcentrator
        a W 82,83 83 CreateTransitGatewayPeeringAttachment
        a W 82,83,85 80 CreateTransitGatewayMeteringPolicy
        a W 82,86 82 CreateTransitGatewayMulticastDomain
        a W 82,87 84 CreateTransitGatewayPolicyTable
        a W 82,88 164 ModifyTransitGateway
        a W 82,88 85 CreateTransitGatewayRouteTable
        a W 83 4 AcceptTransitGatewayPeeringAttachment AcceptTransitGatewayVpcAttachment DeleteTransitGatewayConnect
        a W 83 4 DeleteTransitGatewayPeeringAttachment DeleteTransitGatewayVpcAttachment
        a W 83 4 RejectTransitGatewayPeeringAttachment RejectTransitGatewayVpcAttachment
        a W 83 78 CreateTransitGatewayConnect
        a W 83,84 79 CreateTransitGatewayConnectPeer
        a W 83,85 165 ModifyTransitGatewayMeteringPolicy
        a W 83,85 81 CreateTransitGatewayMeteringPolicyEntry
        a W 83,86 3 AcceptTransitGatewayMulticastDomainAssociations RejectTransitGatewayMulticastDomainAssociations
        a W 83,87 23 AssociateTransitGatewayPolicyTable DisassociateTransitGatewayPolicyTable
        a W 83,88 24 AssociateTransitGatewayRouteTable CreateTransitGatewayRoute DisassociateTransitGatewayRouteTable
        a W 83,88 24 ReplaceTransitGatewayRoute
        a W 83,88,89 126 DisableTransitGatewayRouteTablePropagation EnableTransitGatewayRouteTablePropagation
        a W 83,88,89 86 CreateTransitGatewayRouteTableAnnouncement
        a W 84 110 DeleteTransitGatewayConnectPeer
        a W 85 111 DeleteTransitGatewayMeteringPolicy DeleteTransitGatewayMeteringPolicyEntry
        a W 86 112 DeleteTransitGatewayMulticastDomain
        a W 87 113 DeleteTransitGatewayPolicyTable
        a W 88 114 DeleteTransitGatewayRoute DeleteTransitGatewayRouteTable
        a W 89 115 DeleteTransitGatewayRouteTableAnnouncement
        a W 9 10 CancelDeclarativePoliciesReport
        a W 90 10 DeleteVerifiedAccessEndpoint
        a W 90 169 ModifyVerifiedAccessEndpointPolicy
        a W 92 10 DeleteVerifiedAccessGroup
        a W 92 169 ModifyVerifiedAccessGroupPolicy
        a W 92,93 141 ModifyVerifiedAccessGroup
        a W 92,93 8 CreateVerifiedAccessGroup
        a W 93 10 AssociateVerifiedAccessInstanceWebAcl DeleteVerifiedAccessInstance
        a W 93 10 DisassociateVerifiedAccessInstanceWebAcl
        a W 93 141 ModifyVerifiedAccessInstance
        a W 93 169 ModifyVerifiedAccessInstanceLoggingConfiguration
        a W 93 39 CreateVerifiedAccessInstance
        a W 93,95 10 AttachVerifiedAccessTrustProvider DetachVerifiedAccessTrustProvider
        a W 95 10 DeleteVerifiedAccessTrustProvider
        a W 95 141 ModifyVerifiedAccessTrustProvider
        a W 95 39 CreateVerifiedAccessTrustProvider
        a W 96 116 DeleteVolume
        a W 96 130 EnableVolumeIO ImportVolume
        a W 96 137 InjectVolumeIOLatency
        a W 96 170 ModifyVolume ModifyVolumeAttribute
        a W 96 187 RestoreVolumeFromRecycleBin
        a W 96 38 CopyVolumes
        a W 97 171 ModifyVpcAttribute ModifyVpcTenancy
        a W 97 30 DeleteVpc DisableVpcClassicLink DisableVpcClassicLinkDnsSupport DisassociateVpcCidrBlock
        a W 97 30 EnableVpcClassicLink EnableVpcClassicLinkDnsSupport
        a W 97,105 6 AcceptVpcPeeringConnection
        a W 97,105 95 CreateVpcPeeringConnection
        a W 97,109 30 AttachVpnGateway DetachVpnGateway
        a W 97,99 41 CreateVpcEncryptionControl
        a W 98 10 DeleteVpcBlockPublicAccessExclusion
        a W 98 141 ModifyVpcBlockPublicAccessExclusion
        a W 99 10 DeleteVpcEncryptionControl
        a W 99 169 ModifyVpcEncryptionControl
        """#
}
