// The pipeline as AWS CodePipeline: a template for an account of its own, from which roles of the two others are taken.
//
// Each build runs as a role that may take one role of one account, or none at all; so what judges a change cannot
// deploy it, and what shows a plan cannot execute it.

import PlumbModel

struct CodePipelineTemplate {
    let delivery: Delivery

    var text: String {
        ([head, keep, approval] + [pipelineRole, pipeline]
            + CodeBuildProject.all.flatMap { ($0.hasOwnRole ? [role($0)] : []) + [project($0)] })
            .joined(separator: "\n\n") + "\n"
    }

    private var pipelineName: String { "deliver-\(delivery.name)" }

    // MARK: - The head

    private var head: String {
        #"""
        # Rendered by plumb from \#(delivery.specPath.filter { !$0.isNewline }): render it anew when the spec changes.
        #
        #   aws cloudformation deploy --stack-name \#(pipelineName) --capabilities CAPABILITY_NAMED_IAM \
        #     --template-file \#(delivery.name)-pipeline.yaml --parameter-overrides ConnectionArn=… Repository=… …
        #
        # To be set up once (docs/PIPELINES.md): a connection to the repository, and \#(delivery.name)-roles.yaml in the
        # accounts of staging and of production.
        AWSTemplateFormatVersion: '2010-09-09'
        Description: Delivery pipeline of \#(delivery.name)

        Parameters:
        \#(Self.parameters.indented(by: 2))

        Resources:
        """#
    }

    private static let parameters = #"""
        ConnectionArn:
          Type: String
          AllowedPattern: arn:aws[a-z-]*:(codestar-connections|codeconnections):.+
          Description: The connection to where the repository lies.
        Repository:
          Type: String
          AllowedPattern: '[\w.-]+/[\w.-]+'
          Description: The repository, as owner/name.
        Branch:
          Type: String
          Default: main
          Description: The branch that is delivered.
        StagingAccount:
          Type: String
          AllowedPattern: \d{12}
          Description: The account of staging.
        ProductionAccount:
          Type: String
          AllowedPattern: \d{12}
          Description: The account of production.
        StagingCloudFormationRoleArn:
          Type: String
          AllowedPattern: arn:aws[a-z-]*:iam::\d{12}:role/.+
          Description: The role that CloudFormation takes in the account of staging.
        ProductionCloudFormationRoleArn:
          Type: String
          AllowedPattern: arn:aws[a-z-]*:iam::\d{12}:role/.+
          Description: The role that CloudFormation takes in the account of production.
        ApproverEmail:
          Type: String
          AllowedPattern: .+@.+
          Description: Who is asked for approval.
        PlumbUrl:
          Type: String
          AllowedPattern: https://.+
          Description: Where the plumb binary is fetched from.
        PlumbSha256:
          Type: String
          AllowedPattern: '[0-9a-f]{64}'
          Description: Its digest.
        """#

    // MARK: - What is handed on, and who is asked

    private var keep: String {
        #"""
          # Encrypts what is handed on, the logs of the builds, and the question to the approver.
          PipelineKey:
            Type: AWS::KMS::Key
            DeletionPolicy: Retain
            UpdateReplacePolicy: Retain
            Properties:
              Description: Delivery of \#(delivery.name)
              EnableKeyRotation: true
              PendingWindowInDays: 30
              KeyPolicy:
                Version: '2012-10-17'
                Statement:
                  - Sid: TheAccountDecides
                    Effect: Allow
                    Principal:
                      AWS: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:root
                    Action: kms:*
                    Resource: '*'
                  - Sid: EncryptLogs
                    Effect: Allow
                    Principal:
                      Service: !Sub logs.${AWS::Region}.amazonaws.com
                    Action: [kms:Decrypt, kms:DescribeKey, kms:Encrypt, kms:GenerateDataKey*, kms:ReEncrypt*]
                    Resource: '*'
                    Condition:
                      ArnLike:
                        kms:EncryptionContext:aws:logs:arn:
                          !Sub arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*

          ArtifactBucket:
            Type: AWS::S3::Bucket
            DeletionPolicy: Retain
            UpdateReplacePolicy: Retain
            Properties:
              BucketEncryption:
                ServerSideEncryptionConfiguration:
                  - BucketKeyEnabled: true
                    ServerSideEncryptionByDefault:
                      SSEAlgorithm: aws:kms
                      KMSMasterKeyID: !GetAtt PipelineKey.Arn
              OwnershipControls:
                Rules:
                  - ObjectOwnership: BucketOwnerEnforced
              PublicAccessBlockConfiguration:
                BlockPublicAcls: true
                BlockPublicPolicy: true
                IgnorePublicAcls: true
                RestrictPublicBuckets: true
              VersioningConfiguration:
                Status: Enabled
              LifecycleConfiguration:
                Rules:
                  - Id: ForgetWhatWasHandedOn
                    Status: Enabled
                    ExpirationInDays: 90
                    NoncurrentVersionExpiration:
                      NoncurrentDays: 30

          ArtifactBucketPolicy:
            Type: AWS::S3::BucketPolicy
            Properties:
              Bucket: !Ref ArtifactBucket
              PolicyDocument:
                Version: '2012-10-17'
                Statement:
                  - Sid: OnlyOverTLS
                    Effect: Deny
                    Principal: '*'
                    Action: s3:*
                    Resource:
                      - !GetAtt ArtifactBucket.Arn
                      - !Sub ${ArtifactBucket.Arn}/*
                    Condition:
                      Bool:
                        aws:SecureTransport: 'false'
                  - Sid: OnlyTLS12OrBetter
                    Effect: Deny
                    Principal: '*'
                    Action: s3:*
                    Resource:
                      - !GetAtt ArtifactBucket.Arn
                      - !Sub ${ArtifactBucket.Arn}/*
                    Condition:
                      NumericLessThan:
                        s3:TlsVersion: '1.2'

          BuildLogs:
            Type: AWS::Logs::LogGroup
            DeletionPolicy: Retain
            UpdateReplacePolicy: Retain
            Properties:
              LogGroupName: /plumbline/\#(pipelineName)
              KmsKeyId: !GetAtt PipelineKey.Arn
              RetentionInDays: 365
        """#
    }

    private var approval: String {
        #"""
          ApprovalTopic:
            Type: AWS::SNS::Topic
            Properties:
              KmsMasterKeyId: !Ref PipelineKey
              Subscription:
                - Protocol: email
                  Endpoint: !Ref ApproverEmail
        """#
    }

    // MARK: - The pipeline

    private var pipelineRole: String {
        let builds = CodeBuildProject.all.map { "- !GetAtt \($0.id)Project.Arn" }.joined(separator: "\n")
        return #"""
              PipelineRole:
                Type: AWS::IAM::Role
                Properties:
                  AssumeRolePolicyDocument:
                    Version: '2012-10-17'
                    Statement:
                      - Effect: Allow
                        Action: sts:AssumeRole
                        Principal:
                          Service: codepipeline.amazonaws.com
                        Condition:
                          StringEquals:
                            aws:SourceAccount: !Ref AWS::AccountId
                  Policies:
                    - PolicyName: Pipeline
                      PolicyDocument:
                        Version: '2012-10-17'
                        Statement:
                          - Sid: FollowTheBranch
                            Effect: Allow
                            Action: [codeconnections:UseConnection, codestar-connections:UseConnection]
                            Resource: !Ref ConnectionArn
                          - Sid: StartBuilds
                            Effect: Allow
                            Action: [codebuild:BatchGetBuilds, codebuild:StartBuild]
                            Resource:
            \#(builds.indented(by: 18))
                          - Sid: AskForApproval
                            Effect: Allow
                            Action: sns:Publish
                            Resource: !Ref ApprovalTopic
            \#(Self.handOn.indented(by: 14))
            """#
    }

    /// What every role needs to take in and hand on artefacts.
    private static let handOn = #"""
        - Sid: HandOn
          Effect: Allow
          Action: [s3:GetObject, s3:GetObjectVersion, s3:PutObject]
          Resource: !Sub ${ArtifactBucket.Arn}/*
        - Sid: FindTheBucket
          Effect: Allow
          Action: [s3:GetBucketLocation, s3:GetBucketVersioning]
          Resource: !GetAtt ArtifactBucket.Arn
        - Sid: UseTheKey
          Effect: Allow
          Action: [kms:Decrypt, kms:DescribeKey, kms:Encrypt, kms:GenerateDataKey*, kms:ReEncrypt*]
          Resource: !GetAtt PipelineKey.Arn
        """#

    private var pipeline: String {
        #"""
          Pipeline:
            Type: AWS::CodePipeline::Pipeline
            DependsOn: ArtifactBucketPolicy
            Properties:
              Name: \#(pipelineName)
              PipelineType: V2
              # One delivery at a time, in order, and none is stopped half-way.
              ExecutionMode: QUEUED
              RoleArn: !GetAtt PipelineRole.Arn
              ArtifactStore:
                Type: S3
                Location: !Ref ArtifactBucket
                EncryptionKey:
                  Type: KMS
                  Id: !GetAtt PipelineKey.Arn
              Stages:
                - Name: Source
                  Actions:
                    - Name: Source
                      ActionTypeId: {Category: Source, Owner: AWS, Provider: CodeStarSourceConnection, Version: '1'}
                      Configuration:
                        ConnectionArn: !Ref ConnectionArn
                        FullRepositoryId: !Ref Repository
                        BranchName: !Ref Branch
                        # With git's history, which tells who made the change.
                        OutputArtifactFormat: CODEBUILD_CLONE_REF
                      OutputArtifacts: [{Name: Source}]
        \#(stage("Check", [.check]))
        \#(stage("Staging", [.staging]))
                # An hour in which no alarm of the deployment may fire, under load.
        \#(stage("Proof", [.soak, .benchmark]))
        \#(stage("Plan", [.plan]))
                # The build that follows asks who approved, and refuses an author's approval.
                - Name: Approval
                  Actions:
                    - Name: Approve
                      ActionTypeId: {Category: Approval, Owner: AWS, Provider: Manual, Version: '1'}
                      Configuration:
                        NotificationArn: !Ref ApprovalTopic
                        CustomData: >-
                          The log of the build before this one shows what would change in production. Whoever wrote the
                          change cannot approve it.
        \#(stage("Production", [.production]))
        """#
    }

    private func stage(_ name: String, _ builds: [CodeBuildProject]) -> String {
        let actions = builds.map { build -> String in
            let inputs = build.inputs.map { "{Name: \($0)}" }.joined(separator: ", ")
            let primary = build.inputs.count > 1 ? "\n    PrimarySource: \(build.inputs[0])" : ""
            return #"""
                - Name: \#(build.id)
                  ActionTypeId: {Category: Build, Owner: AWS, Provider: CodeBuild, Version: '1'}
                  Configuration:
                    ProjectName: !Ref \#(build.id)Project\#(primary)
                    EnvironmentVariables: '[{"name": "EXECUTION", "value": "#{codepipeline.PipelineExecutionId}"}]'
                  InputArtifacts: [\#(inputs)]
                  OutputArtifacts: [{Name: \#(build.output)}]
                """#
        }
        return "        - Name: \(name)\n          Actions:\n" + actions.joined(separator: "\n").indented(by: 12)
    }
}

// The builds
extension CodePipelineTemplate {
    private func role(_ build: CodeBuildProject) -> String {
        #"""
          \#(build.id)Role:
            Type: AWS::IAM::Role
            Properties:
              RoleName: \#(delivery.buildRoleName(build.roleSuffix))
              AssumeRolePolicyDocument:
                Version: '2012-10-17'
                Statement:
                  - Effect: Allow
                    Action: sts:AssumeRole
                    Principal:
                      Service: codebuild.amazonaws.com
                    Condition:
                      StringEquals:
                        aws:SourceAccount: !Ref AWS::AccountId
              Policies:
                - PolicyName: Build
                  PolicyDocument:
                    Version: '2012-10-17'
                    Statement:
                      - Sid: WriteLogs
                        Effect: Allow
                        Action: [logs:CreateLogStream, logs:PutLogEvents]
                        Resource: !GetAtt BuildLogs.Arn
        \#(Self.handOn.indented(by: 14))
        \#(duties(build).indented(by: 14))
        """#
    }

    /// What this build does beyond reading and handing on.
    private func duties(_ build: CodeBuildProject) -> String {
        guard let account = build.account else {
            return """
                - Sid: ReadTheHistory
                  Effect: Allow
                  Action: [codeconnections:UseConnection, codestar-connections:UseConnection]
                  Resource: !Ref ConnectionArn
                """
        }
        let take = #"""
            - Sid: TakeTheRole
              Effect: Allow
              Action: sts:AssumeRole
              Resource: !Sub arn:${AWS::Partition}:iam::${\#(account)}:role/\#(delivery.roleName(build.roleSuffix))
            """#
        guard build == .production else { return take }
        return take + "\n" + #"""
            - Sid: AskWhoApproved
              Effect: Allow
              Action: codepipeline:ListActionExecutions
              Resource: !Sub arn:${AWS::Partition}:codepipeline:${AWS::Region}:${AWS::AccountId}:\#(pipelineName)
            """#
    }

    private func project(_ build: CodeBuildProject) -> String {
        var settings = delivery.settings.map { (key: $0.key, value: YAMLText.scalar($0.value)) }
        settings += [
            ("PIPELINE_NAME", pipelineName), ("PLUMB_URL", "!Ref PlumbUrl"), ("PLUMB_SHA256", "!Ref PlumbSha256"),
        ]
        if let account = build.account {
            let role = "arn:${AWS::Partition}:iam::${\(account)}:role/\(delivery.roleName(build.roleSuffix))"
            let making = account.replacing("Account", with: "CloudFormationRoleArn")
            settings += [("DELIVERY_ROLE_ARN", "!Sub \(role)"), ("CLOUDFORMATION_ROLE_ARN", "!Ref \(making)")]
        }
        let variables = settings.map { "- Name: \($0.key)\n  Value: \($0.value)" }.joined(separator: "\n")
        return #"""
              \#(build.id)Project:
                Type: AWS::CodeBuild::Project
                Properties:
                  Name: \#(pipelineName)-\#(build.id.lowercased())
                  ServiceRole: !GetAtt \#(build.roleID).Arn
                  EncryptionKey: !GetAtt PipelineKey.Arn
                  TimeoutInMinutes: \#(build.minutes)
                  Artifacts:
                    Type: CODEPIPELINE
                  LogsConfig:
                    CloudWatchLogs:
                      Status: ENABLED
                      GroupName: !Ref BuildLogs
                  Environment:
                    Type: LINUX_CONTAINER
                    ComputeType: BUILD_GENERAL1_SMALL
                    Image: aws/codebuild/standard:7.0
                    EnvironmentVariables:
            \#(variables.indented(by: 10))
                  Source:
                    Type: CODEPIPELINE
                    BuildSpec: |
            \#(build.buildSpec.indented(by: 10))
            """#
    }
}
