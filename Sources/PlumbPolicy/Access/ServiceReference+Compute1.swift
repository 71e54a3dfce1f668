// What IAM can allow in ec2; written by scripts/service-reference.py.

extension ServiceReference {
    static let compute1 = #"""
        @ ec2
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s ec2:AccepterVpc R ec2:Add/group S ec2:Add/userId S
        k ec2:AllocationId S ec2:AssociatePublicIpAddress B ec2:Attribute S ec2:Attribute/* S ec2:AuthenticationType S
        k ec2:AuthorizedService S ec2:AuthorizedUser S ec2:AutoPlacement S ec2:AvailabilityZone S
        k ec2:AvailabilityZoneId S ec2:CapacityReservationFleet R ec2:ClientRootCertificateChainArn R
        k ec2:CloudwatchLogGroupArn R ec2:CloudwatchLogStreamArn R ec2:CommitmentDuration N ec2:CpuOptionsAmdSevSnp S
        k ec2:CreateAction S ec2:CreateDate D ec2:DPDTimeoutSeconds N ec2:DestinationCapacityReservationId R
        k ec2:DhcpOptionsID S ec2:DirectoryArn R ec2:Domain S ec2:EbsOptimized B ec2:ElasticGpuType S ec2:Encrypted B
        k ec2:EndDate D ec2:EndDateType S ec2:EphemeralStorage B ec2:FisActionId S ec2:FisTargetArns r ec2:GatewayType S
        k ec2:HostRecovery S ec2:IKEVersions s ec2:ImageID S ec2:ImageType S ec2:InsideTunnelCidr S
        k ec2:InsideTunnelIpv6Cidr S ec2:InstanceAutoRecovery S ec2:InstanceBandwidthWeighting S ec2:InstanceCount N
        k ec2:InstanceID S ec2:InstanceMarketType S ec2:InstanceMatchCriteria S ec2:InstanceMetadataTags S
        k ec2:InstancePlatform R ec2:InstanceProfile R ec2:InstanceType S ec2:InternetGatewayID S
        k ec2:InterruptibleCapacityReservationId S ec2:InterruptionType S ec2:IpamPrefixListResolverTargetId S
        k ec2:Ipv4IpamPoolId S ec2:Ipv6IpamPoolId S ec2:IsInterruptible B ec2:IsLaunchTemplateResource B
        k ec2:KeyPairName S ec2:KeyPairType S ec2:KmsKeyId S ec2:LaunchTemplate R ec2:Location S
        k ec2:ManagedResourceOperator S ec2:MetadataHttpEndpoint S ec2:MetadataHttpPutResponseHopLimit N
        k ec2:MetadataHttpTokens S ec2:NetworkAclID S ec2:NetworkInterfaceID S ec2:NewInstanceProfile R ec2:OutpostArn R
        k ec2:Owner S ec2:ParentSnapshot R ec2:ParentVolume R ec2:Permission S ec2:Phase1DHGroup s
        k ec2:Phase1EncryptionAlgorithms s ec2:Phase1IntegrityAlgorithms s ec2:Phase1LifetimeSeconds N
        k ec2:Phase2DHGroup s ec2:Phase2EncryptionAlgorithms s ec2:Phase2IntegrityAlgorithms s
        k ec2:Phase2LifetimeSeconds N ec2:PlacementGroup R ec2:PlacementGroupName S ec2:PlacementGroupStrategy S
        k ec2:ProductCode S ec2:Public B ec2:PublicIpAddress S ec2:Quantity N ec2:Region S ec2:RekeyFuzzPercentage N
        k ec2:RekeyMarginTimeSeconds N ec2:Remove/group S ec2:Remove/userId S ec2:ReplayWindowSizePackets S
        k ec2:RequesterVpc R ec2:ReservedInstancesOfferingType S ec2:ResourceTag/* S ec2:RoleDelivery N
        k ec2:RootDeviceType S ec2:RouteTableID S ec2:RoutingType S ec2:SamlProviderArn R ec2:SecurityGroupID S
        k ec2:ServerCertificateArn R ec2:SnapshotCoolOffPeriod N ec2:SnapshotID S ec2:SnapshotLockDuration N
        k ec2:SnapshotTime S ec2:SourceAvailabilityZone S ec2:SourceCapacityReservationId R ec2:SourceInstanceARN R
        k ec2:SourceOutpostArn R ec2:Subnet R ec2:SubnetID S ec2:TargetInstanceCount N ec2:Tenancy S ec2:VolumeID S
        k ec2:VolumeInitializationRate N ec2:VolumeIops N ec2:VolumeSize N ec2:VolumeThroughput N ec2:VolumeType S
        k ec2:Vpc R ec2:VpcID S ec2:VpcPeeringConnectionID S ec2:VpceMultiRegion S ec2:VpcePrivateDnsPreference S
        k ec2:VpcePrivateDnsSpecifiedDomains s ec2:VpceServiceName S ec2:VpceServiceOwner S
        k ec2:VpceServicePrivateDnsName S ec2:VpceServiceRegion S ec2:VpceSupportedRegion S
        k ec2:transitGatewayAttachmentId S ec2:transitGatewayConnectPeerId S ec2:transitGatewayId S
        k ec2:transitGatewayMeteringPolicyId S ec2:transitGatewayMulticastDomainId S ec2:transitGatewayPolicyTableId S
        k ec2:transitGatewayRouteTableAnnouncementId S ec2:transitGatewayRouteTableId S
        r capacity-block ec2:*:*:capacity-block/* 0,1,2,8,9,94,102
        r capacity-manager-data-export ec2:*:*:capacity-manager-data-export/* 0,1,2,8,9,94,102
        r capacity-reservation ec2:*:*:capacity-reservation/* 0,1,2,8,9,14,15,16,20,23,25,29,32,33,34,46,49,51,53,55,56,
        \60,61,65,74,87,94,102,115,120,121
        r capacity-reservation-fleet ec2:*:*:capacity-reservation-fleet/* 0,1,2,8,9,94,102
        r carrier-gateway ec2:*:*:carrier-gateway/* 0,1,2,94,102,121,128
        r certificate acm:*:*:certificate/* -
        r client-vpn-endpoint ec2:*:*:client-vpn-endpoint/* 0,1,2,8,9,17,18,19,27,94,102,107,109
        r coip-pool ec2:*:*:coip-pool/* 0,1,2,94,102
        r customer-gateway ec2:*:*:customer-gateway/* 0,1,2,94,102
        r declarative-policies-report ec2:*:*:declarative-policies-report/* 0,1,2,94,102
        r dedicated-host ec2:*:*:dedicated-host/* 0,1,2,8,9,13,14,38,53,61,65,93,94,102
        r dhcp-options ec2:*:*:dhcp-options/* 0,1,2,26,94,102
        r egress-only-internet-gateway ec2:*:*:egress-only-internet-gateway/* 0,1,2,94,102
        r elastic-gpu ec2:*:*:elastic-gpu/* 0,1,2,30,61,65,94,102
        r elastic-inference elastic-inference:*:*:elastic-inference-accelerator/* -
        r elastic-ip ec2:*:*:elastic-ip/* 0,1,2,6,8,9,28,92,94,102
        r export-image-task ec2:*:*:export-image-task/* 0,1,2,94,102
        r export-instance-task ec2:*:*:export-instance-task/* 0,1,2,94,102
        r fleet ec2:*:*:fleet/* 0,1,2,8,9,94,102
        r fpga-image ec2:*:*:fpga-image/* 0,1,2,8,9,75,91,94,102
        r group resource-groups:*:*:group/* -
        r host-reservation ec2:*:*:host-reservation/* 0,1,2,94,102
        r image ec2:*::image/* 0,1,2,8,9,40,41,61,65,75,91,94,102,104
        r image-usage-report ec2:*:*:image-usage-report/* 0,1,2,94,102
        r import-image-task ec2:*:*:import-image-task/* 0,1,2,94,102
        r import-snapshot-task ec2:*:*:import-snapshot-task/* 0,1,2,94,102
        r instance ec2:*:*:instance/* 0,1,2,8,9,14,15,21,29,44,45,47,48,50,52,53,61,65,67,68,69,70,73,87,90,94,102,104,
        \121
        r instance-connect-endpoint ec2:*:*:instance-connect-endpoint/* 0,1,2,8,9,94,102,119
        r instance-event-window ec2:*:*:instance-event-window/* 0,1,2,8,9,94,102
        r internet-gateway ec2:*:*:internet-gateway/* 0,1,2,54,94,102
        r ipam ec2::*:ipam/* 0,1,2,8,9,94,102
        r ipam-external-resource-verification-token ec2::*:ipam-external-resource-verification-token/* 0,1,2,8,9,94,102
        r ipam-policy ec2::*:ipam-policy/* 0,1,2,8,9,94,102
        r ipam-pool ec2::*:ipam-pool/* 0,1,2,8,9,94,102
        r ipam-prefix-list-resolver ec2::*:ipam-prefix-list-resolver/* 0,1,2,8,9,94,102
        r ipam-prefix-list-resolver-target ec2::*:ipam-prefix-list-resolver-target/* 0,1,2,8,9,94,102
        r ipam-resource-discovery ec2::*:ipam-resource-discovery/* 0,1,2,8,9,94,102
        r ipam-resource-discovery-association ec2::*:ipam-resource-discovery-association/* 0,1,2,94,102
        r ipam-scope ec2::*:ipam-scope/* 0,1,2,8,9,94,102
        r ipv4pool-ec2 ec2:*:*:ipv4pool-ec2/* 0,1,2,94,102
        r ipv6pool-ec2 ec2:*:*:ipv6pool-ec2/* 0,1,2,94,102
        r key-pair ec2:*:*:key-pair/* 0,1,2,61,62,63,65,94,102
        r launch-template ec2:*:*:launch-template/* 0,1,2,8,9,61,65,67,94,102
        r license-configuration license-manager:*:*:license-configuration:* -
        r local-gateway ec2:*:*:local-gateway/* 0,1,2,94,102
        r local-gateway-route-table ec2:*:*:local-gateway-route-table/* 0,1,2,9,94,102
        r local-gateway-route-table-virtual-interface-group-association 
        \ec2:*:*:local-gateway-route-table-virtual-interface-group-association/* 0,1,2,94,102
        r local-gateway-route-table-vpc-association ec2:*:*:local-gateway-route-table-vpc-association/* 0,1,2,94,102
        r local-gateway-virtual-interface ec2:*:*:local-gateway-virtual-interface/* 0,1,2,94,102
        r local-gateway-virtual-interface-group ec2:*:*:local-gateway-virtual-interface-group/* 0,1,2,94,102
        r mac-modification-task ec2:*:*:mac-modification-task/* 0,1,2,94,102
        r natgateway ec2:*:*:natgateway/* 0,1,2,94,102,128
        r network-acl ec2:*:*:network-acl/* 0,1,2,71,94,102,128
        r network-insights-access-scope ec2:*:*:network-insights-access-scope/* 0,1,2,94,102
        r network-insights-access-scope-analysis ec2:*:*:network-insights-access-scope-analysis/* 0,1,2,94,102
        r network-insights-analysis ec2:*:*:network-insights-analysis/* 0,1,2,94,102
        r network-insights-path ec2:*:*:network-insights-path/* 0,1,2,94,102
        r network-interface ec2:*:*:network-interface/* 0,1,2,7,8,9,11,12,14,61,65,67,72,78,94,102,118,128
        r outpost-lag ec2:*:*:outpost-lag/* 0,1,2,94,102
        r placement-group ec2:*:*:placement-group/* 0,1,2,61,65,88,89,94,102
        r prefix-list ec2:*:*:prefix-list/* 0,1,2,8,9,57,94,102
        r replace-root-volume-task ec2:*:*:replace-root-volume-task/* 0,1,2,94,102
        r reserved-instances ec2:*:*:reserved-instances/* 0,1,2,8,9,14,53,94,101,102,121
        r role iam::*:role/* -
        r route-server ec2:*:*:route-server/* 0,1,2,94,102
        r route-server-endpoint ec2:*:*:route-server-endpoint/* 0,1,2,14,94,102
        r route-server-peer ec2:*:*:route-server-peer/* 0,1,2,14,94,102
        r route-table ec2:*:*:route-table/* 0,1,2,94,102,105,128
        r secondary-interface ec2:*:*:secondary-interface/* 0,1,2,14,15,61,65,94,102
        r secondary-network ec2:*:*:secondary-network/* 0,1,2,94,102
        r secondary-subnet ec2:*:*:secondary-subnet/* 0,1,2,94,102
        r security-group ec2:*:*:security-group/* 0,1,2,61,65,94,102,108,128
        r security-group-rule ec2:*:*:security-group-rule/* 0,1,2,94,102
        r snapshot ec2:*::snapshot/* 0,1,2,4,5,8,9,14,31,61,65,66,74,75,76,77,90,94,97,98,102,110,111,112,113,114,117,
        \125
        r spot-fleet-request ec2:*:*:spot-fleet-request/* 0,1,2,8,9,94,102
        r spot-instances-request ec2:*:*:spot-instances-request/* 0,1,2,94,102
        r subnet ec2:*:*:subnet/* 0,1,2,8,9,14,15,58,59,61,65,94,102,119,128
        r subnet-cidr-reservation ec2:*:*:subnet-cidr-reservation/* 0,1,2,94,102
        r traffic-mirror-filter ec2:*:*:traffic-mirror-filter/* 0,1,2,8,9,94,102
        r traffic-mirror-filter-rule ec2:*:*:traffic-mirror-filter-rule/* 0,1,2,8,9,94,102
        r traffic-mirror-session ec2:*:*:traffic-mirror-session/* 0,1,2,8,9,94,102
        r traffic-mirror-target ec2:*:*:traffic-mirror-target/* 0,1,2,94,102
        r transit-gateway ec2:*:*:transit-gateway/* 0,1,2,8,9,94,102,141
        r transit-gateway-attachment ec2:*:*:transit-gateway-attachment/* 0,1,2,8,9,94,102,139
        r transit-gateway-connect-peer ec2:*:*:transit-gateway-connect-peer/* 0,1,2,94,102,140
        r transit-gateway-metering-policy ec2:*:*:transit-gateway-metering-policy/* 0,1,2,9,94,102,142
        r transit-gateway-multicast-domain ec2:*:*:transit-gateway-multicast-domain/* 0,1,2,94,102,143
        r transit-gateway-policy-table ec2:*:*:transit-gateway-policy-table/* 0,1,2,94,102,144
        r transit-gateway-route-table ec2:*:*:transit-gateway-route-table/* 0,1,2,8,9,94,102,146
        r transit-gateway-route-table-announcement ec2:*:*:transit-gateway-route-table-announcement/* 0,1,2,94,102,145
        r verified-access-endpoint ec2:*:*:verified-access-endpoint/* 0,1,2,9,94,102
        r verified-access-endpoint-target ec2:*:*:verified-access-endpoint-target/* 0,1,2,94,102
        r verified-access-group ec2:*:*:verified-access-group/* 0,1,2,8,9,94,102
        r verified-access-instance ec2:*:*:verified-access-instance/* 0,1,2,8,9,94,102
        r verified-access-policy ec2:*:*:verified-access-policy/* 0,1,2,94,102
        r verified-access-trust-provider ec2:*:*:verified-access-trust-provider/* 0,1,2,8,9,94,102
        r volume ec2:*:*:volume/* 0,1,2,8,9,14,15,31,61,64,65,67,76,77,94,102,122,123,124,125,126,127
        r vpc ec2:*:*:vpc/* 0,1,2,8,9,58,59,94,102,121,129
        r vpc-block-public-access-exclusion ec2:*:*:vpc-block-public-access-exclusion/* 0,1,2,8,9,94,102
        r vpc-encryption-control ec2:*:*:vpc-encryption-control/* 0,1,2,9,94,102
        r vpc-endpoint ec2:*:*:vpc-endpoint/* 0,1,2,8,9,94,102,131,132,133,134,135,137
        r vpc-endpoint-connection ec2:*:*:vpc-endpoint-connection/* 0,1,2,94,102
        r vpc-endpoint-service ec2:*:*:vpc-endpoint-service/* 0,1,2,8,9,94,102,131,136,137,138
        r vpc-endpoint-service-permission ec2:*:*:vpc-endpoint-service-permission/* 0,1,2,94,102
        r vpc-flow-log ec2:*:*:vpc-flow-log/* 0,1,2,94,102
        r vpc-peering-connection ec2:*:*:vpc-peering-connection/* 0,1,2,3,8,9,94,100,102,130
        r vpn-concentrator ec2:*:*:vpn-concentrator/* 0,1,2,94,102
        r vpn-connection ec2:*:*:vpn-connection/* 0,1,2,8,9,10,24,37,39,42,43,79,80,81,82,83,84,85,86,94,95,96,99,102,
        \106
        r vpn-connection-device-type ec2:*:*:vpn-connection-device-type/* 94
        r vpn-gateway ec2:*:*:vpn-gateway/* 0,1,2,94,102
        s 0,2,6,28,92,94
        s 1,14,16,23,25,29,32,33,46,49,51,53,74,87,94,102,115,121
        s 1,14,53,94,101,102,121
        s 1,94,102,139,143
        s 1,94,102,139
        s 1,94,102,131,138
        s 1,3,94,100,102,121,129,130
        s 94
        s 0,1,2,94,102
        s 0,2,13,14,38,53,93,94
        s 1,94,102
        s 1,17,18,19,27,94,102,107,108,109,121,128,129
        s 1,14,67,72,94,102,118,128
        s 1,6,14,15,21,28,29,44,45,47,48,50,52,53,67,68,69,70,72,87,90,92,94,102,104,118,121,128
        s 1,15,17,18,19,27,94,102,107,109,119
        s 1,26,94,102,121,129
        s 1,14,15,21,29,44,45,47,48,50,52,53,67,68,69,70,73,87,90,94,102,104,121
        s 1,6,28,92,94,102
        s 1,58,59,94,102,121,129
        s 1,14,15,54,94,102,105,119,128
        s 1,58,59,94,102,108,121,128,129
        s 1,14,15,59,94,102,119,128
        s 1,14,15,94,102,119,128,139,143
        s 1,94,102,139,144
        s 1,94,102,139,146
        s 1,14,15,21,29,44,45,47,48,50,52,53,67,68,69,70,87,94,102,104,108,121,128,129
        s 1,54,94,102,121,129
        s 1,14,15,21,29,44,45,47,48,50,52,53,67,68,69,70,72,87,90,94,102,104,118,121,128
        s 1,88,89,94,102
        s 1,14,15,21,29,31,44,45,47,48,50,52,53,67,68,69,70,76,77,87,90,94,102,104,121,122,123,124,125,126,127
        s 1,94,102,121,129
        s 1,17,18,19,27,94,102,107,109
        s 0,1,2,94,102,108,128
        s 1,16,94
        s 1,40,41,75,91,94,102,104
        s 75,94
        s 0,2,40,75,94
        s 0,2,31,74,75,76,77,90,94,111,113,125
        s 0,2,14,15,31,67,76,77,94,123,124,125,126,127
        s 0,2,94
        s 0,2,14,15,16,29,32,33,34,46,49,51,53,74,87,94,121
        s 0,1,2,94,102,121,129
        s 0,1,2,17,18,19,27,94,102,107,108,109,129
        s 0,1,2,14,15,29,44,45,48,50,52,53,68,69,70,94,102,104,121
        s 0,2,26,94
        s 0,1,2,14,15,21,29,31,40,41,45,47,52,53,64,75,76,87,88,89,91,94,102,104,119,121,122,124,125,126,127,128
        s 0,1,2,14,72,94,102,118,119,121,128,129,139,141
        s 0,2,75,91,94
        s 0,1,2,14,15,21,29,40,44,45,47,48,50,52,53,67,68,69,70,74,75,77,87,90,94,102,104,111,113,117,121,125
        s 0,1,2,40,41,75,91,94,102,104
        s 0,1,2,14,15,94,102,108,119,128
        s 0,1,2,14,15,21,29,44,45,47,48,50,52,53,67,68,69,70,90,94,102,104,121
        s 0,2,54,94
        s 0,2,14,15,23,29,32,33,46,49,51,53,55,56,60,94,115,120,121
        s 0,2,63,94
        s 1,67,94,102
        s 1,14,72,94,102,118,128
        s 0,1,2,6,14,15,28,58,59,92,94,102,119,121,128,129
        s 0,1,2,71,94,102,121,129
        s 1,71,94,102,128
        s 0,1,2,3,14,15,21,29,44,45,47,48,50,52,53,54,68,69,70,72,87,90,94,100,102,104,118,121,128,130,141
        s 0,1,2,14,15,72,94,102,108,119,128
        s 1,11,12,14,67,72,78,94,102,118,128
        s 0,2,88,89,94
        s 0,1,2,14,15,21,29,40,41,44,45,47,48,50,52,53,67,68,69,70,75,77,87,90,91,94,102,104,111,113,121,122,123,125
        s 1,94,102,105,128
        s 0,1,2,14,15,94,102,119,128
        s 0,1,2,14,94,102
        s 0,1,2,94,102,105,121,129
        s 0,1,2,94,102,108,121,129
        s 0,1,2,15,31,66,67,74,77,94,102,111,114,117,122,123,124,125,126,127
        s 0,1,2,14,21,29,31,45,47,52,53,66,74,77,87,94,102,104,111,114,117,121,122,123,124,125,126,127
        s 0,1,2,58,59,94,102,119,121,129
        s 1,14,15,94,102,119,128
        s 0,1,2,3,6,10,12,13,14,15,17,18,19,21,22,24,26,27,28,29,30,31,37,38,39,40,41,42,43,44,45,47,48,50,52,53,54,57,
        \62,63,67,68,69,70,71,72,75,76,77,78,79,80,81,82,83,84,85,86,87,88,89,90,91,92,93,94,95,96,99,100,101,102,104,
        \105,106,107,108,109,111,113,118,119,121,122,123,124,125,126,127,128,129,130,131,137,138,139,140,141,142,143,
        \144,145,146
        s 0,1,2,14,67,72,94,102,118,128
        s 0,1,2,72,94,102,134,135
        s 0,2,94,141
        s 0,2,94,139
        s 0,1,2,94,102,139,140
        s 0,1,2,94,102,139,141,142
        s 1,94,102,139,142
        s 0,1,2,94,102,141,143
        s 0,1,2,94,102,139,141
        s 0,1,2,94,102,141,144
        s 0,1,2,94,102,141,146
        s 0,1,2,94,102,139,145,146
        s 0,1,2,14,94,102,119,121,128,129,139,141
        s 0,1,2,12,14,15,72,78,94,102,108,118,119,128
        s 0,1,2,14,15,31,64,75,76,77,94,102,113,122,123,124,125,126,127
        s 0,1,2,58,59,94,102,129
        s 0,1,2,14,15,58,59,94,102,119,121,128,129
        s 0,1,2,94,102,105,108,119,129,131,132,133,134,135,137
        s 1,94,102,131,137
        s 0,2,94,131,136,137
        s 0,1,2,3,94,100,102,121,129,130
        s 0,1,2,94,102,141
        s 0,1,2,10,24,37,39,42,43,79,80,81,82,83,84,85,86,94,95,96,99,102,106,139,141
        s 1,14,15,17,18,19,27,94,102,107,109,119,128
        s 1,26,94,102
        s 1,75,91,94,102
        s 1,94,102,119
        s 1,54,94,102
        s 1,62,63,94,102
        s 1,57,94,102
        s 1,53,94,101,102,121
        s 1,14,94,102
        s 1,94,102,108,128
        s 1,14,74,75,77,94,102,111,113,125
        s 1,94,102,141
        s 1,94,102,140
        s 1,94,102,142
        s 1,94,102,143
        s 1,94,102,144
        s 1,94,102,146
        s 1,94,102,145
        s 1,14,15,31,67,76,77,94,102,122,123,124,125,126,127
        s 1,94,102,131,134,137
        s 1,3,94,100,102,130
        s 1,14,67,72,94,102,118,128,143
        s 1,75,94,102
        s 1,14,15,21,29,44,45,47,48,50,52,53,67,68,69,70,87,90,94,102,104,121
        s 1,31,74,75,77,94,102,111,113,117,125
        s 1,14,21,29,45,47,48,52,53,67,68,69,70,87,94,102,104,121,129
        s 1,14,31,75,77,94,102,111,113,125
        s 1,14,15,29,44,45,47,48,50,52,53,68,69,70,94,102,104,121
        s 1,94,102,139,145,146
        s 1,6,14,28,67,72,92,94,102,118,128
        s 1,6,12,14,28,67,72,78,92,94,102,118,128
        s 1,40,41,67,75,91,94,102,104
        s 1,14,15,31,67,76,94,102,122,124,125,126,127
        s 94,102
        s 1,14,15,21,29,44,45,47,48,50,52,53,67,68,69,70,94,102,104,121
        s 0,1,2,40,41,75,77,91,94,102,104,111,113,125
        s 1,14,21,31,45,47,67,76,94,102,108,119,122,124,125,126,127,128
        s 0,2,75,77,94,111,113,125
        s 35,36,94
        s 1,14,15,31,76,94,102,122,124,125,126,127
        s 1,31,75,77,94,102,110,111,112,113,125
        s 1,6,8,9,28,92,94,102
        s 1,8,9,16,94
        s 1,8,9,94,102
        s 1,8,9,17,18,19,27,94,102,107,108,109,121,128,129
        s 1,8,9,14,15,40,41,67,75,91,94,102,104,119,128
        s 1,8,9,75,91,94,102
        s 1,8,9,40,41,75,91,94,102,104
        s 1,8,9,14,15,21,29,31,44,45,47,48,50,52,53,67,68,69,70,76,87,90,94,102,104,108,121,122,123,124,125,126,127,128
        s 1,8,9,14,15,21,29,44,45,47,48,50,52,53,67,68,69,70,87,90,94,102,104,121
        s 1,8,9,94,102,108,128
        s 1,9,14,15,21,29,44,45,47,48,50,52,53,67,68,69,70,87,90,94,102,104,121
        s 9,94
        s 1,8,9,14,15,21,29,44,45,47,48,50,52,53,67,68,69,70,87,88,89,90,94,102,104,121
        s 1,8,9,67,94,102
        s 1,9,12,14,67,72,78,94,102,118,128
        s 1,8,9,57,94,102
        s 1,8,9,14,15,21,29,44,45,47,48,50,52,53,67,68,69,70,72,87,90,94,102,104,108,118,121,128
        s 1,9,94,102,121,129
        s 1,8,9,14,15,21,29,44,45,47,48,50,52,53,67,68,69,70,73,87,90,94,102,104,121
        s 1,8,9,14,94,102,118,128
        s 1,8,9,14,53,94,101,102,121
        s 1,4,5,8,9,14,75,77,94,97,98,102,111,113,125
        s 1,8,9,31,75,77,94,102,111,113,125
        s 1,8,9,14,15,67,94,102,119,128
        s 1,8,9,14,15,94,102,119,128
        s 1,8,9,94,102,141,146
        s 1,9,94,102,139,142
        s 1,8,9,94,102,139,146
        s 1,8,9,14,15,94,102,119,128,139
        s 1,9,14,15,94,102,119,128
        s 1,9,94,102
        s 1,8,9,14,15,31,67,76,77,94,102,122,123,124,125,126,127
        s 1,8,9,94,102,121,129
        s 1,8,9,14,15,94,102,105,108,119,128,131,137
        s 1,8,9,94,102,131,136,138
        s 1,8,9,94,102,131,138
        s 1,3,8,9,94,100,102,130
        s 1,8,9,10,24,37,39,42,43,79,80,81,82,83,84,85,86,94,95,96,99,102,106
        s 1,14,15,21,29,31,44,45,47,48,50,52,53,67,68,69,70,76,94,102,104,121,122,124,125,126,127
        s 0,2,16,94
        s 0,1,2,40,74,75,77,94,102,111,113,117,125
        s 1,14,15,71,94,102,119,128
        s 15,45,47,94
        s 0,1,2,14,15,40,41,62,63,67,74,75,77,88,89,91,94,102,104,108,111,113,117,119,125,128
        s 0,1,2,12,14,15,40,41,62,63,67,72,74,75,77,78,88,89,91,94,102,104,108,111,113,117,118,119,125,128
        s 1,14,15,21,29,44,45,47,48,50,52,53,67,68,69,70,90,94,102,104,121
        s 1,8,9,75,77,94,102,111,113,125
        s 1,31,75,77,94,102,111,113,125
        s 1,14,15,31,76,77,94,102,122,123,124,125,126,127
        s 0,1,2,7,11,14,15,21,29,30,31,40,41,44,45,47,48,50,52,53,61,62,63,65,67,68,69,70,72,75,76,77,87,88,89,90,91,94,
        \102,104,108,111,113,118,119,121,122,123,124,125,126,127,128
        s 1,14,15,21,29,45,47,48,52,53,67,68,69,70,87,94,102,104,121
        s 1,14,15,21,29,44,45,47,48,50,52,53,67,68,69,70,87,94,102,104,121
        s 1,14,15,23,29,32,33,46,49,51,53,55,56,60,94,102,115,120,121
        a L - 7 DescribeAccountAttributes DescribeAddressTransfers DescribeAddresses DescribeAddressesAttribute
        a L - 7 DescribeAggregateIdFormat DescribeAvailabilityZones DescribeAwsNetworkPerformanceMetricSubscriptions
        a L - 7 DescribeBundleTasks DescribeByoipCidrs DescribeCapacityBlockExtensionHistory
        a L - 7 DescribeCapacityBlockOfferings DescribeCapacityBlockStatus DescribeCapacityBlocks
        a L - 7 DescribeCapacityManagerDataExports DescribeCapacityReservationBillingRequests
        a L - 7 DescribeCapacityReservationFleets DescribeCapacityReservationTopology DescribeCapacityReservations
        a L - 7 DescribeCarrierGateways DescribeClassicLinkInstances DescribeClientVpnEndpoints DescribeCoipPools
        a L - 7 DescribeConversionTasks DescribeCustomerGateways DescribeDeclarativePoliciesReports DescribeDhcpOptions
        a L - 7 DescribeEgressOnlyInternetGateways DescribeElasticGpus DescribeExportImageTasks DescribeExportTasks
        a L - 7 DescribeFastLaunchImages DescribeFastSnapshotRestores DescribeFleets DescribeFlowLogs DescribeFpgaImages
        a L - 7 DescribeHostReservationOfferings DescribeHostReservations DescribeHosts
        a L - 7 DescribeIamInstanceProfileAssociations DescribeIdFormat DescribeIdentityIdFormat DescribeImageReferences
        a L - 7 DescribeImageUsageReportEntries DescribeImageUsageReports DescribeImages DescribeImportImageTasks
        a L - 7 DescribeImportSnapshotTasks DescribeInstanceConnectEndpoints DescribeInstanceCreditSpecifications
        a L - 7 DescribeInstanceEventNotificationAttributes DescribeInstanceEventWindows DescribeInstanceImageMetadata
        a L - 7 DescribeInstanceSqlHaHistoryStates DescribeInstanceSqlHaStates DescribeInstanceStatus
        a L - 7 DescribeInstanceTopology DescribeInstanceTypeOfferings DescribeInstanceTypes DescribeInstances
        a L - 7 DescribeInternetGateways DescribeIpamByoasn DescribeIpamExternalResourceVerificationTokens
        a L - 7 DescribeIpamPolicies DescribeIpamPools DescribeIpamPrefixListResolverTargets
        a L - 7 DescribeIpamPrefixListResolvers DescribeIpamResourceDiscoveries
        a L - 7 DescribeIpamResourceDiscoveryAssociations DescribeIpamScopes DescribeIpams DescribeIpv6Pools
        a L - 7 DescribeKeyPairs DescribeLaunchTemplateVersions DescribeLaunchTemplates
        a L - 7 DescribeLocalGatewayRouteTablePermissions
        a L - 7 DescribeLocalGatewayRouteTableVirtualInterfaceGroupAssociations
        a L - 7 DescribeLocalGatewayRouteTableVpcAssociations DescribeLocalGatewayRouteTables
        a L - 7 DescribeLocalGatewayVirtualInterfaceGroups DescribeLocalGatewayVirtualInterfaces DescribeLocalGateways
        a L - 7 DescribeLockedSnapshots DescribeMacHosts DescribeMacModificationTasks DescribeManagedPrefixLists
        a L - 7 DescribeMovingAddresses DescribeNatGateways DescribeNetworkAcls
        a L - 7 DescribeNetworkInsightsAccessScopeAnalyses DescribeNetworkInsightsAccessScopes
        a L - 7 DescribeNetworkInsightsAnalyses DescribeNetworkInsightsPaths DescribeNetworkInterfaceAttribute
        a L - 7 DescribeNetworkInterfacePermissions DescribeNetworkInterfaces DescribeOutpostLags
        a L - 7 DescribePlacementGroups DescribePrefixLists DescribePrincipalIdFormat DescribePublicIpv4Pools
        a L - 7 DescribeRegions DescribeReplaceRootVolumeTasks DescribeReservedInstances
        a L - 7 DescribeReservedInstancesListings DescribeReservedInstancesModifications
        a L - 7 DescribeReservedInstancesOfferings DescribeRouteServerEndpoints DescribeRouteServerPeers
        a L - 7 DescribeRouteServers DescribeRouteTables DescribeScheduledInstanceAvailability
        a L - 7 DescribeScheduledInstances DescribeSecondaryInterfaces DescribeSecondaryNetworks
        a L - 7 DescribeSecondarySubnets DescribeSecurityGroupRules DescribeSecurityGroupVpcAssociations
        a L - 7 DescribeSecurityGroups DescribeServiceLinkVirtualInterfaces DescribeSnapshotTierStatus DescribeSnapshots
        a L - 7 DescribeSpotDatafeedSubscription DescribeSpotFleetRequests DescribeSpotInstanceRequests
        a L - 7 DescribeSpotPriceHistory DescribeStaleSecurityGroups DescribeStoreImageTasks DescribeSubnets
        a L - 7 DescribeTags DescribeTrafficMirrorFilterRules DescribeTrafficMirrorFilters DescribeTrafficMirrorSessions
        a L - 7 DescribeTrafficMirrorTargets DescribeTransitGatewayAttachments DescribeTransitGatewayConnectPeers
        a L - 7 DescribeTransitGatewayConnects DescribeTransitGatewayMeteringPolicies
        a L - 7 DescribeTransitGatewayMulticastDomains DescribeTransitGatewayPeeringAttachments
        a L - 7 DescribeTransitGatewayPolicyTables DescribeTransitGatewayRouteTableAnnouncements
        a L - 7 DescribeTransitGatewayRouteTables DescribeTransitGatewayVpcAttachments DescribeTransitGateways
        a L - 7 DescribeTrunkInterfaceAssociations DescribeVerifiedAccessEndpoints DescribeVerifiedAccessGroups
        a L - 7 DescribeVerifiedAccessInstanceLoggingConfigurations DescribeVerifiedAccessInstanceWebAclAssociations
        a L - 7 DescribeVerifiedAccessInstances DescribeVerifiedAccessTrustProviders DescribeVolumeStatus
        a L - 7 DescribeVolumes DescribeVolumesModifications DescribeVpcBlockPublicAccessExclusions
        a L - 7 DescribeVpcBlockPublicAccessOptions DescribeVpcClassicLink DescribeVpcClassicLinkDnsSupport
        a L - 7 DescribeVpcEncryptionControls DescribeVpcEndpointAssociations DescribeVpcEndpointConnectionNotifications
        a L - 7 DescribeVpcEndpointConnections DescribeVpcEndpointServiceConfigurations DescribeVpcEndpointServices
        a L - 7 DescribeVpcEndpoints DescribeVpcPeeringConnections DescribeVpcs DescribeVpnConcentrators
        a L - 7 DescribeVpnConnections DescribeVpnGateways GetInstanceMetadataDefaults
        a L - 7 GetInstanceTypesFromInstanceRequirements GetTransitGatewayAttachmentPropagations
        a L - 7 GetTransitGatewayPrefixListReferences GetTransitGatewayRouteTableAssociations
        a L - 7 GetTransitGatewayRouteTablePropagations GetVpnConnectionDeviceTypes ListImagesInRecycleBin
        a L - 7 ListSnapshotsInRecycleBin ListVolumesInRecycleBin
        a L 102 5 DescribeVpcEndpointServicePermissions
        a L 107 10 GetVpnTunnelReplacementStatus
        a L 107,108 10 GetVpnConnectionDeviceSampleConfiguration
        a L 18 10 DescribeFleetHistory DescribeFleetInstances
        a L 19 120 DescribeFpgaImageAttribute
        a L 2 1 DescribeCapacityBlockExtensionOfferings
        """#
}
