// What IAM can allow in iam, sts, kms, access-analyzer and more; written by scripts/service-reference.py.

extension ServiceReference {
    static let identity = #"""
        @ iam
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s iam:AWSServiceName S iam:AssociatedResourceArn R
        k iam:DelegationDuration S iam:DelegationRequestOwner R iam:FIDO-FIPS-140-2-certification S
        k iam:FIDO-FIPS-140-3-certification S iam:FIDO-certification S iam:NotificationChannel S
        k iam:OrganizationsPolicyId S iam:PassedToService S iam:PermissionsBoundary R iam:PolicyARN R
        k iam:RegisterSecurityKey S iam:ResourceTag/* S iam:ServiceSpecificCredentialAgeDays N
        k iam:ServiceSpecificCredentialServiceName S iam:TemplateArn R
        r access-report iam::*:access-report/* -
        r assumed-role iam::*:assumed-role/*/* -
        r delegation-request iam::*:delegation-request/* 6
        r federated-user iam::*:federated-user/* -
        r group iam::*:group/* -
        r instance-profile iam::*:instance-profile/* 1
        r mfa iam::*:mfa/* 1
        r oidc-provider iam::*:oidc-provider/* 1
        r policy iam::*:policy/* 1
        r role iam::*:role/* 1,16
        r saml-provider iam::*:saml-provider/* 1
        r server-certificate iam::*:server-certificate/* 1
        r sms-mfa iam::*:sms-mfa/* -
        r user iam::*:user/* 1,16
        s -
        s 14
        s 13,14
        s 5,10,19
        s 0,2
        s 0,2,13
        s 3
        s 17,18
        s 13
        s 18
        s 7,8,9,15
        s 11
        s 6
        s 4,12
        s 2
        a L - 0 GetAccountSummary ListAccountAliases ListCloudFrontPublicKeys ListGroups ListInstanceProfiles
        a L - 0 ListOpenIDConnectProviders ListOrganizationsFeatures ListPolicies ListRoles ListSAMLProviders
        a L - 0 ListSTSRegionalEndpointsStatus ListServerCertificates ListUsers ListVirtualMFADevices
        a L - 12 ListDelegationRequests
        a L 10 0 ListSAMLProviderTags
        a L 11 0 ListServerCertificateTags
        a L 13 0 GetLoginProfile ListAccessKeys ListAttachedUserPolicies ListGroupsForUser ListMFADevices
        a L 13 0 ListSSHPublicKeys ListServiceSpecificCredentials ListSigningCertificates ListUserPolicies ListUserTags
        a L 4 0 ListAttachedGroupPolicies ListGroupPolicies
        a L 4,9,13 0 ListPoliciesGrantingServiceAccess
        a L 5 0 ListInstanceProfileTags
        a L 6 0 ListMFADeviceTags
        a L 7 0 ListOpenIDConnectProviderTags
        a L 8 0 ListEntitiesForPolicy ListPolicyTags ListPolicyVersions
        a L 9 0 ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoleTags
        a P - 0 CreateAccountAlias DeleteAccountAlias DeleteAccountPasswordPolicy SetSecurityTokenServicePreferences
        a P - 0 UpdateAccountPasswordPolicy
        a P 10 0 DeleteSAMLProvider UpdateSAMLProvider
        a P 10 4 CreateSAMLProvider
        a P 11 0 DeleteServerCertificate UpdateServerCertificate
        a P 11 4 UploadServerCertificate
        a P 13 0 ChangePassword CreateAccessKey CreateLoginProfile DeactivateMFADevice DeleteAccessKey
        a P 13 0 DeleteLoginProfile DeleteSSHPublicKey DeleteSigningCertificate DeleteUser ResyncMFADevice
        a P 13 0 UpdateAccessKey UpdateLoginProfile UpdateSSHPublicKey UpdateSigningCertificate UpdateUser
        a P 13 0 UploadSSHPublicKey UploadSigningCertificate
        a P 13 10 EnableMFADevice
        a P 13 2 AttachUserPolicy DetachUserPolicy
        a P 13 5 CreateUser
        a P 13 7 CreateServiceSpecificCredential
        a P 13 8 DeleteUserPermissionsBoundary DeleteUserPolicy PutUserPermissionsBoundary PutUserPolicy
        a P 13 9 DeleteServiceSpecificCredential ResetServiceSpecificCredential UpdateServiceSpecificCredential
        a P 4 0 AddUserToGroup CreateGroup DeleteGroup DeleteGroupPolicy PutGroupPolicy RemoveUserFromGroup UpdateGroup
        a P 4 1 AttachGroupPolicy DetachGroupPolicy
        a P 5 0 AddRoleToInstanceProfile DeleteInstanceProfile RemoveRoleFromInstanceProfile
        a P 5 4 CreateInstanceProfile
        a P 6 4 CreateVirtualMFADevice
        a P 6,12 0 DeleteVirtualMFADevice
        a P 7 0 AddClientIDToOpenIDConnectProvider DeleteOpenIDConnectProvider RemoveClientIDFromOpenIDConnectProvider
        a P 7 0 UpdateOpenIDConnectProviderThumbprint
        a P 7 4 CreateOpenIDConnectProvider
        a P 8 0 CreatePolicyVersion DeletePolicy DeletePolicyVersion SetDefaultPolicyVersion
        a P 8 4 CreatePolicy
        a P 9 0 DeleteServiceLinkedRole
        a P 9 13 PassRole
        a P 9 2 AttachRolePolicy DetachRolePolicy
        a P 9 5 CreateRole
        a P 9 6 CreateServiceLinkedRole
        a P 9 8 DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy PutRolePermissionsBoundary PutRolePolicy
        a P 9 8 UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription
        a R - 0 GenerateCredentialReport GetAccountAuthorizationDetails GetAccountEmailAddress GetAccountName
        a R - 0 GetAccountPasswordPolicy GetCloudFrontPublicKey GetContextKeysForCustomPolicy GetCredentialReport
        a R - 0 GetOrganizationsAccessReport GetOutboundWebIdentityFederationInfo GetServiceLastAccessedDetails
        a R - 0 GetServiceLastAccessedDetailsWithEntities SimulateCustomPolicy
        a R 0 11 GenerateOrganizationsAccessReport
        a R 10 0 GetSAMLProvider
        a R 11 0 GetServerCertificate
        a R 13 0 GetAccessKeyLastUsed GetMFADevice GetSSHPublicKey GetUser GetUserPolicy
        a R 2 0 GetDelegationRequest GetHumanReadableSummary
        a R 4 0 GetGroup GetGroupPolicy
        a R 4,8,9,13 0 GenerateServiceLastAccessedDetails
        a R 4,9,13 0 GetContextKeysForPrincipalPolicy SimulatePrincipalPolicy
        a R 5 0 GetInstanceProfile
        a R 7 0 GetOpenIDConnectProvider
        a R 8 0 GetPolicy GetPolicyVersion
        a R 9 0 GetRolePolicy GetServiceLinkedRoleDeletionStatus
        a R 9 8 GetRole
        a T 10 14 UntagSAMLProvider
        a T 10 4 TagSAMLProvider
        a T 11 14 UntagServerCertificate
        a T 11 4 TagServerCertificate
        a T 13 14 UntagUser
        a T 13 4 TagUser
        a T 5 14 UntagInstanceProfile
        a T 5 4 TagInstanceProfile
        a T 6 14 UntagMFADevice
        a T 6 4 TagMFADevice
        a T 7 14 UntagOpenIDConnectProvider
        a T 7 4 TagOpenIDConnectProvider
        a T 8 14 UntagPolicy
        a T 8 4 TagPolicy
        a T 9 14 UntagRole
        a T 9 4 TagRole
        a W - 0 DeleteCloudFrontPublicKey DisableOrganizationsRootCredentialsManagement DisableOrganizationsRootSessions
        a W - 0 DisableOutboundWebIdentityFederation EnableOrganizationsRootCredentialsManagement
        a W - 0 EnableOrganizationsRootSessions EnableOutboundWebIdentityFederation SetSTSRegionalEndpointStatus
        a W - 0 UpdateAccountEmailAddress UpdateAccountName UpdateCloudFrontPublicKey UploadCloudFrontPublicKey
        a W 2 0 AcceptDelegationRequest AssociateDelegationRequest RejectDelegationRequest SendDelegationToken
        a W 2 3 CreateDelegationRequest
        @ sts
        k accounts.google.com:aud S accounts.google.com:oaud S accounts.google.com:sub S aws:RequestTag/* S
        k aws:ResourceTag/* S aws:TagKeys s cognito-identity.amazonaws.com:amr S cognito-identity.amazonaws.com:aud S
        k cognito-identity.amazonaws.com:sub S graph.facebook.com:app_id S graph.facebook.com:id S iam:ResourceTag/* S
        k saml:aud S saml:cn s saml:commonName S saml:doc S saml:eduorghomepageuri s saml:eduorgidentityauthnpolicyuri s
        k saml:eduorglegalname s saml:eduorgsuperioruri s saml:eduorgwhitepagesuri s saml:edupersonaffiliation s
        k saml:edupersonassurance s saml:edupersonentitlement s saml:edupersonnickname s saml:edupersonorgdn S
        k saml:edupersonorgunitdn s saml:edupersonprimaryaffiliation S saml:edupersonprimaryorgunitdn S
        k saml:edupersonprincipalname S saml:edupersonscopedaffiliation s saml:edupersontargetedid s saml:givenName S
        k saml:iss S saml:mail S saml:name S saml:namequalifier S saml:organizationStatus S saml:primaryGroupSID S
        k saml:sub S saml:sub_type S saml:surname S saml:uid S saml:x500UniqueIdentifier S sts:AWSServiceName S
        k sts:DurationSeconds N sts:ExternalId S sts:IdentityTokenAudience s sts:RequestContext/* S
        k sts:RequestContextProviders r sts:RoleSessionName S sts:SigningAlgorithm S sts:SourceIdentity S
        k sts:TaskPolicyArn S sts:TransitiveTagKeys s www.amazon.com:app_id S www.amazon.com:user_id S
        r context-provider iam::aws:contextProvider/* -
        r federated-user sts::*:federated-user/* -
        r role iam::*:role/* 4,11
        r root-user iam::*:root -
        r self-session sts::*:self -
        r user iam::*:user/* -
        s 0,2,3,5,6,7,8,9,10,11,36,39,40,46,50,52,54,55,56
        s 3,5,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,50,52,54
        s 0,1,2,3,5,6,7,8,9,10,50,52,54,55,56
        s 53
        s -
        s 3,5
        s 44,45
        s 3,5,45,47,51
        s 48,49
        s 52
        s 3,5,12,54
        a R - 4 GetAccessKeyInfo GetCallerIdentity GetSessionToken
        a R - 6 GetServiceBearerToken
        a R 1,5 5 GetFederationToken
        a T - 5 TagGetWebIdentityToken
        a T 2,5 10 TagSession
        a W - 4 DecodeAuthorizationMessage GetDelegatedAccessToken
        a W - 7 GetWebIdentityToken
        a W 2 0 AssumeRole
        a W 2 1 AssumeRoleWithSAML
        a W 2 2 AssumeRoleWithWebIdentity
        a W 2,4 8 SetContext
        a W 2,5 9 SetSourceIdentity
        a W 3 3 AssumeRoot
        @ kms
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s kms:BypassPolicyLockoutSafetyCheck B kms:CallerAccount S
        k kms:CustomerMasterKeySpec S kms:CustomerMasterKeyUsage S kms:DataKeyPairSpec S kms:EncryptionAlgorithm S
        k kms:EncryptionContext:* S kms:EncryptionContextKeys s kms:ExpirationModel S kms:GrantConstraintType S
        k kms:GrantIsForAWSResource B kms:GrantOperations s kms:GranteePrincipal S kms:KeyAgreementAlgorithm S
        k kms:KeyOrigin S kms:KeySpec S kms:KeyUsage S kms:MacAlgorithm S kms:MessageType S kms:MultiRegion B
        k kms:MultiRegionKeyType S kms:PrimaryRegion S kms:ReEncryptOnSameKey B kms:RecipientAttestation:ImageSha384 S
        k kms:RecipientAttestation:NitroTPMPCR0 S kms:RecipientAttestation:NitroTPMPCR1 S
        k kms:RecipientAttestation:NitroTPMPCR10 S kms:RecipientAttestation:NitroTPMPCR11 S
        k kms:RecipientAttestation:NitroTPMPCR12 S kms:RecipientAttestation:NitroTPMPCR13 S
        k kms:RecipientAttestation:NitroTPMPCR14 S kms:RecipientAttestation:NitroTPMPCR15 S
        k kms:RecipientAttestation:NitroTPMPCR16 S kms:RecipientAttestation:NitroTPMPCR17 S
        k kms:RecipientAttestation:NitroTPMPCR18 S kms:RecipientAttestation:NitroTPMPCR19 S
        k kms:RecipientAttestation:NitroTPMPCR2 S kms:RecipientAttestation:NitroTPMPCR20 S
        k kms:RecipientAttestation:NitroTPMPCR21 S kms:RecipientAttestation:NitroTPMPCR22 S
        k kms:RecipientAttestation:NitroTPMPCR23 S kms:RecipientAttestation:NitroTPMPCR3 S
        k kms:RecipientAttestation:NitroTPMPCR4 S kms:RecipientAttestation:NitroTPMPCR5 S
        k kms:RecipientAttestation:NitroTPMPCR6 S kms:RecipientAttestation:NitroTPMPCR7 S
        k kms:RecipientAttestation:NitroTPMPCR8 S kms:RecipientAttestation:NitroTPMPCR9 S
        k kms:RecipientAttestation:PCR0 S kms:RecipientAttestation:PCR1 S kms:RecipientAttestation:PCR10 S
        k kms:RecipientAttestation:PCR11 S kms:RecipientAttestation:PCR12 S kms:RecipientAttestation:PCR13 S
        k kms:RecipientAttestation:PCR14 S kms:RecipientAttestation:PCR15 S kms:RecipientAttestation:PCR16 S
        k kms:RecipientAttestation:PCR17 S kms:RecipientAttestation:PCR18 S kms:RecipientAttestation:PCR19 S
        k kms:RecipientAttestation:PCR2 S kms:RecipientAttestation:PCR20 S kms:RecipientAttestation:PCR21 S
        k kms:RecipientAttestation:PCR22 S kms:RecipientAttestation:PCR23 S kms:RecipientAttestation:PCR24 S
        k kms:RecipientAttestation:PCR25 S kms:RecipientAttestation:PCR26 S kms:RecipientAttestation:PCR27 S
        k kms:RecipientAttestation:PCR28 S kms:RecipientAttestation:PCR29 S kms:RecipientAttestation:PCR3 S
        k kms:RecipientAttestation:PCR30 S kms:RecipientAttestation:PCR31 S kms:RecipientAttestation:PCR4 S
        k kms:RecipientAttestation:PCR5 S kms:RecipientAttestation:PCR6 S kms:RecipientAttestation:PCR7 S
        k kms:RecipientAttestation:PCR8 S kms:RecipientAttestation:PCR9 S kms:ReplicaRegion S kms:RequestAlias S
        k kms:ResourceAliases s kms:RetiringPrincipal S kms:RotationPeriodInDays N
        k kms:ScheduleKeyDeletionPendingWindowInDays N kms:SigningAlgorithm S kms:ValidTo D kms:ViaService S
        k kms:WrappingAlgorithm S kms:WrappingKeySpec S
        r alias kms:*:*:alias/* -
        r key kms:*:*:key/* 1,17,18,19,22,23,85
        s 4,91
        s 4
        s 4,9,10,12,13,14,15,86,91
        s 0,1,2,3,4,17,18,19,22,23,91
        s 4,8,9,10,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,
        \59,60,61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,84,91
        s 4,16,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,
        \61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,84,91
        s 4,84,91
        s 4,87,91
        s 4,8,9,10,84,91
        s 4,7,8,9,10,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,
        \59,60,61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82,84,91
        s 4,7,8,9,10,84,91
        s 4,20,84,91
        s 26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,58,59,60,61,
        \62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80,81,82
        s 4,91,92,93
        s 4,11,90,91
        s -
        s 4,13,91
        s 3,4,91
        s 4,8,9,10,25,84,91
        s 4,83,91
        s 4,9,10,12,91
        s 4,88,91
        s 4,21,84,89,91
        s 0,2,4,91
        s 2,4,91
        s 4,24,91
        a L - 15 ListAliases ListKeys ListRetirableGrants
        a L 1 0 ListKeyPolicies ListKeyRotations ListResourceTags
        a L 1 16 ListGrants
        a P 1 16 RevokeGrant
        a P 1 17 PutKeyPolicy
        a P 1 2 CreateGrant
        a P 1 20 RetireGrant
        a R - 1 DescribeCustomKeyStores
        a R 1 0 GetKeyPolicy GetKeyRotationStatus
        a R 1 13 GetParametersForImport
        a R 1 6 DescribeKey GetPublicKey
        a T 1 23 TagResource
        a T 1 24 UntagResource
        a W - 1 ConnectCustomKeyStore CreateCustomKeyStore DeleteCustomKeyStore DisconnectCustomKeyStore
        a W - 1 UpdateCustomKeyStore
        a W - 12 GenerateRandom
        a W - 3 CreateKey
        a W 0,1 0 CreateAlias DeleteAlias UpdateAlias
        a W 1 0 CancelKeyDeletion DeleteImportedKeyMaterial DisableKey DisableKeyRotation EnableKey RotateKeyOnDemand
        a W 1 0 UpdateKeyDescription
        a W 1 10 GenerateDataKeyPairWithoutPlaintext
        a W 1 11 GenerateMac VerifyMac
        a W 1 14 ImportKeyMaterial
        a W 1 15 SynchronizeMultiRegionKey
        a W 1 18 ReEncryptFrom ReEncryptTo
        a W 1 19 ReplicateKey
        a W 1 21 ScheduleKeyDeletion
        a W 1 22 Sign Verify
        a W 1 25 UpdatePrimaryRegion
        a W 1 4 Decrypt GenerateDataKey
        a W 1 5 DeriveSharedSecret
        a W 1 7 EnableKeyRotation
        a W 1 8 Encrypt GenerateDataKeyWithoutPlaintext
        a W 1 9 GenerateDataKeyPair
        @ access-analyzer
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s
        r Analyzer access-analyzer:*:*:analyzer/* 1
        r ArchiveRule access-analyzer:*:*:analyzer/*/archive-rule/* -
        s -
        s 0,2
        s 2
        a L - 0 ListAnalyzers
        a L 0 0 ListAccessPreviews ListArchiveRules
        a R - 0 CheckAccessNotGranted CheckNoNewAccess CheckNoPublicAccess GetGeneratedPolicy ListPolicyGenerations
        a R - 0 ValidatePolicy
        a R 0 0 GetAccessPreview GetAnalyzedResource GetFinding GetFindingRecommendation GetFindingsStatistics
        a R 0 0 ListAccessPreviewFindings ListAnalyzedResources ListFindings ListTagsForResource
        a R 0 1 GetAnalyzer
        a R 1 0 GetArchiveRule
        a T 0 1 TagResource
        a T 0 2 UntagResource
        a W - 0 CancelPolicyGeneration StartPolicyGeneration
        a W 0 0 ApplyArchiveRule CreateAccessPreview GenerateFindingRecommendation StartResourceScan UpdateAnalyzer
        a W 0 0 UpdateFindings
        a W 0 1 CreateAnalyzer DeleteAnalyzer
        a W 1 0 CreateArchiveRule DeleteArchiveRule UpdateArchiveRule
        @ secretsmanager
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s secretsmanager:AddReplicaRegions s
        k secretsmanager:BlockPublicPolicy B secretsmanager:Description S secretsmanager:ExternalSecretRotationRoleArn R
        k secretsmanager:ForceDeleteWithoutRecovery B secretsmanager:ForceOverwriteReplicaSecret B
        k secretsmanager:KmsKeyArn R secretsmanager:KmsKeyId S secretsmanager:ModifyRotationRules B
        k secretsmanager:Name S secretsmanager:RecoveryWindowInDays N secretsmanager:ResourceTag/* S
        k secretsmanager:RotateImmediately B secretsmanager:RotationLambdaARN R secretsmanager:SecretId R
        k secretsmanager:SecretPrimaryRegion S secretsmanager:Type S secretsmanager:VersionId S
        k secretsmanager:VersionStage S secretsmanager:resource/AllowRotationLambdaArn R secretsmanager:resource/Type S
        r Secret secretsmanager:*:*:secret:* 0,1,2,14,22,23
        s -
        s 1,14,17,18,22,23
        s 0,1,2,3,5,8,9,10,12,14,19
        s 1,7,13,14,17,18,22,23
        s 1,14,17,18,20,21,22,23
        s 1,4,14,17,18,22,23
        s 1,3,8,14,17,18,22,23
        s 1,6,11,14,15,16,17,18,22,23
        s 0,1,2,14,17,18,22,23
        s 1,2,14,17,18,22,23
        s 1,5,9,10,14,17,18,19,22,23
        s 1,14,17,18,21,22,23
        a L - 0 BatchGetSecretValue ListSecrets
        a P 0 1 DeleteResourcePolicy ValidateResourcePolicy
        a P 0 5 PutResourcePolicy
        a R - 0 GetRandomPassword
        a R 0 1 DescribeSecret GetResourcePolicy ListSecretVersionIds
        a R 0 4 GetSecretValue
        a T 0 8 TagResource
        a T 0 9 UntagResource
        a W 0 1 CancelRotateSecret PutSecretValue RemoveRegionsFromReplication RestoreSecret StopReplicationToReplica
        a W 0 10 UpdateSecret
        a W 0 11 UpdateSecretVersionStage
        a W 0 2 CreateSecret
        a W 0 3 DeleteSecret
        a W 0 6 ReplicateSecretToRegions
        a W 0 7 RotateSecret
        @ ssm
        k aws:RequestTag/* S aws:ResourceTag/* S aws:TagKeys s ec2:SourceInstanceARN R ssm:AccessRequestId S
        k ssm:AutoApprove B ssm:DocumentCategories s ssm:DocumentType S ssm:DocumentVersion s ssm:InventoryTypeName s
        k ssm:Overwrite S ssm:Policies S ssm:Recursive S ssm:SessionDocumentAccessCheck B ssm:SourceInstanceARN R
        k ssm:SyncType S ssm:resourceTag/* S ssm:resourceTag/aws:ssmmessages:session-id S
        k ssm:resourceTag/aws:ssmmessages:target-id S
        r association ssm:*:*:association/* 1
        r automation-definition ssm:*:*:automation-definition/*:* 7
        r automation-execution ssm:*:*:automation-execution/* 1,16
        r bucket s3:::* -
        r document ssm:*:*:document/* 1,6,7,16
        r iam-role iam::*:role/* -
        r instance ec2:*:*:instance/* 1,16
        r maintenancewindow ssm:*:*:maintenancewindow/* 1,16
        r managed-instance ssm:*:*:managed-instance/* 1,16
        r managed-instance-inventory ssm:*:*:managed-instance-inventory/* -
        r opsitem ssm:*:*:opsitem/* 1
        r opsitemgroup ssm:*:*:opsitemgroup/default -
        r opsmetadata ssm:*:*:opsmetadata/* 1,16
        r parameter ssm:*:*:parameter/* 1,16
        r patchbaseline ssm:*:*:patchbaseline/* 1,16
        r resourcedatasync ssm:*:*:resource-data-sync/* -
        r servicesetting ssm:*:*:servicesetting/* -
        r session ssm:*:*:session/* 17,18
        r task ecs:*:*:task/* 1
        r windowtarget ssm:*:*:windowtarget/* 1,16
        r windowtask ssm:*:*:windowtask/* 1,16
        s 0,1,2
        s -
        s 0,2
        s 0,2,7
        s 15
        s 1
        s 7
        s 16
        s 1,16
        s 6,7
        s 12
        s 3,14
        s 9
        s 0,2,10,11
        s 1,2
        s 17,18
        s 0,1,2,8
        s 0,1,2,5,8
        s 1,4,13,16
        s 1,3,14
        a L - 1 DescribeMaintenanceWindowExecutionTaskInvocations DescribeMaintenanceWindowExecutionTasks
        a L - 1 DescribeMaintenanceWindowSchedule DescribeMaintenanceWindows DescribeMaintenanceWindowsForTarget
        a L - 1 DescribeParameters DescribePatchBaselines DescribePatchGroupState DescribePatchGroups
        a L - 1 DescribePatchProperties DescribeSessions ListAssociations ListCommandInvocations ListCommands
        a L - 1 ListComplianceItems ListComplianceSummaries ListDocuments ListInventoryEntries ListOpsItemEvents
        a L - 1 ListOpsItemRelatedItems ListOpsMetadata ListResourceComplianceSummaries
        a L - 4 ListResourceDataSync
        a L 0 5 ListAssociationVersions
        a L 0,2,4,7,8,10,12,13,14 5 ListTagsForResource
        a L 15 1 ListNodes ListNodesSummary
        a L 4 6 ListDocumentMetadataHistory ListDocumentVersions
        a L 4,11,13 1 GetResourcePolicies
        a L 6,8 5 ListInstanceAssociations
        a L 7 1 DescribeMaintenanceWindowExecutions DescribeMaintenanceWindowTargets DescribeMaintenanceWindowTasks
        a P 4 6 ModifyDocumentPermission
        a P 4,11,13 1 DeleteResourcePolicy PutResourcePolicy
        a R - 1 DescribeActivations DescribeAutomationExecutions DescribeAvailablePatches DescribeInstanceInformation
        a R - 1 DescribeInstancePatchStatesForPatchGroup DescribeInstanceProperties DescribeInventoryDeletions
        a R - 1 DescribeOpsItems ExecuteAPI GetCommandInvocation GetDeployablePatchSnapshotForInstance
        a R - 1 GetExecutionPreview GetInventory GetInventorySchema GetMaintenanceWindowExecution
        a R - 1 GetMaintenanceWindowExecutionTask GetMaintenanceWindowExecutionTaskInvocation GetManifest
        a R - 1 GetPatchBaselineForPatchGroup StartExecutionPreview
        a R 0 5 DescribeAssociationExecutionTargets DescribeAssociationExecutions
        a R 0,4,6,8 5 DescribeAssociation
        a R 10 1 GetAccessToken GetOpsItem
        a R 12 1 GetOpsMetadata
        a R 13 10 GetParametersByPath
        a R 13 5 GetParameter GetParameterHistory GetParameters
        a R 14 1 DescribeEffectivePatchesForPatchBaseline GetDefaultPatchBaseline GetPatchBaseline
        a R 15 1 GetOpsSummary
        a R 16 1 GetServiceSetting
        a R 2 1 DescribeAutomationStepExecutions
        a R 2 5 GetAutomationExecution
        a R 4 1 DescribeDocumentParameters GetCalendar GetCalendarState
        a R 4 6 DescribeDocument DescribeDocumentPermission
        a R 4 9 GetDocument
        a R 6,8 5 DescribeEffectiveInstanceAssociations DescribeInstanceAssociationsStatus
        a R 6,8 8 DescribeInstancePatchStates DescribeInstancePatches
        a R 6,8,18 8 GetConnectionStatus
        a R 7 1 GetMaintenanceWindow GetMaintenanceWindowTask
        a T 0,2,4,6,7,8,10,12,13,14,18 0 AddTagsToResource
        a T 0,2,4,6,7,8,10,12,13,14,18 14 RemoveTagsFromResource
        a W - 1 CancelCommand DeleteActivation DeleteInventory PutConfigurePackageResult
        a W - 12 PutInventory
        a W - 2 CreateActivation CreateMaintenanceWindow CreateOpsItem CreateOpsMetadata CreatePatchBaseline
        a W - 2 RegisterManagedInstance
        a W 0 5 StartAssociationsOnce
        a W 0,4,6,8 0 CreateAssociation
        a W 0,4,6,8 5 DeleteAssociation UpdateAssociation
        a W 0,6,8 19 UpdateInstanceAssociationStatus
        a W 1,2,4 16 StartAutomationExecution
        a W 1,2,4 17 StartChangeRequestExecution
        a W 10 1 AssociateOpsItemRelatedItem DeleteOpsItem DisassociateOpsItemRelatedItem UpdateOpsItem
        a W 12 1 DeleteOpsMetadata UpdateOpsMetadata
        a W 13 13 PutParameter
        a W 13 5 DeleteParameter DeleteParameters LabelParameterVersion UnlabelParameterVersion
        a W 14 1 DeletePatchBaseline DeregisterPatchBaselineForPatchGroup RegisterDefaultPatchBaseline
        a W 14 1 RegisterPatchBaselineForPatchGroup UpdatePatchBaseline
        a W 15 4 CreateResourceDataSync DeleteResourceDataSync UpdateResourceDataSync
        a W 16 1 ResetServiceSetting UpdateServiceSetting
        a W 17 15 ResumeSession TerminateSession
        a W 2 5 SendAutomationSignal StopAutomationExecution
        a W 3,4,6,8 8 SendCommand
        a W 4 1 PutCalendar
        a W 4 3 CreateDocument
        a W 4 6 DeleteDocument UpdateDocument UpdateDocumentDefaultVersion UpdateDocumentMetadata
        a W 4,6,8 0 CreateAssociationBatch
        a W 4,6,8 19 UpdateAssociationStatus
        a W 4,6,8,18 18 StartSession
        a W 5,8 7 UpdateManagedInstanceRole
        a W 6,8 11 PutComplianceItems UpdateInstanceInformation
        a W 6,8 2 StartAccessRequest
        a W 7 1 CancelMaintenanceWindowExecution DeleteMaintenanceWindow RegisterTargetWithMaintenanceWindow
        a W 7 1 RegisterTaskWithMaintenanceWindow UpdateMaintenanceWindow
        a W 7,19 1 DeregisterTargetFromMaintenanceWindow UpdateMaintenanceWindowTarget
        a W 7,20 1 DeregisterTaskFromMaintenanceWindow UpdateMaintenanceWindowTask
        a W 8 7 DeregisterManagedInstance
        """#
}
