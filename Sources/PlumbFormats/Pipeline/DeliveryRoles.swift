// What a pipeline may do in the accounts of staging and production: a template of roles, deployed once in each.
//
// Whoever plans cannot execute, whoever deploys cannot touch anything but its own stacks, and what the stacks are made
// of is made by the role that CloudFormation is handed.

import PlumbModel

struct DeliveryRoles {
    let delivery: Delivery

    var text: String {
        #"""
        # Rendered by plumb from \#(delivery.specPath.filter { !$0.isNewline }): the roles of its delivery pipeline.
        #
        #   aws cloudformation deploy --stack-name \#(delivery.name)-delivery-roles-ENVIRONMENT \
        #     --template-file \#(delivery.name)-roles.yaml --capabilities CAPABILITY_NAMED_IAM \
        #     --parameter-overrides Environment=ENVIRONMENT CloudFormationRoleArn=ARN \#(trustParameter)
        #
        # once in the account of staging and once in that of production.
        AWSTemplateFormatVersion: '2010-09-09'
        Description: Roles of the delivery pipeline of \#(delivery.name)

        Parameters:
          Environment:
            Type: String
            AllowedValues: [staging, production]
            Description: Which of the two environments this account holds.
          CloudFormationRoleArn:
            Type: String
            AllowedPattern: arn:aws[a-z-]*:iam::\d{12}:role/.+
            Description: The role that CloudFormation takes to make what the templates describe.
        \#(trustParameterText.indented(by: 2))

        Conditions:
          IsStaging: !Equals [!Ref Environment, staging]
          IsProduction: !Equals [!Ref Environment, production]

        Resources:
        \#(roles.indented(by: 2))

        Outputs:
        \#(outputs.indented(by: 2))

        """#
    }

    private var roles: String {
        let staging = plan(delivery.staging) + deploy(delivery.staging) + watch(delivery.staging)
        let planning = plan(delivery.production) + keepEvidence
        let production = plan(delivery.production) + deploy(delivery.production) + keepEvidence
        return [
            role("StagingRole", "staging", "IsStaging", environment: "staging", staging),
            role("PlanRole", "plan", "IsProduction", environment: "production-plan", planning),
            role("ProductionRole", "production", "IsProduction", environment: "production", production),
        ].joined(separator: "\n\n")
    }

    private var outputs: String {
        [("StagingRole", "IsStaging"), ("PlanRole", "IsProduction"), ("ProductionRole", "IsProduction")]
            .map { "\($0.0)Arn:\n  Condition: \($0.1)\n  Value: !GetAtt \($0.0).Arn" }.joined(separator: "\n")
    }

    private func role(
        _ id: String, _ suffix: String, _ condition: String, environment: String, _ statements: [String]
    ) -> String {
        """
        \(id):
          Type: AWS::IAM::Role
          Condition: \(condition)
          Properties:
            RoleName: \(delivery.roleName(suffix))
            # A deployment that is watched takes its time: a canary, a bake, an hour of soak.
            MaxSessionDuration: 14400
            AssumeRolePolicyDocument:
              Version: '2012-10-17'
              Statement:
        \(trust(suffix: suffix, environment: environment).indented(by: 8))
            Policies:
              - PolicyName: Delivery
                PolicyDocument:
                  Version: '2012-10-17'
                  Statement:
        \(statements.joined(separator: "\n").indented(by: 12))
        """
    }

    // MARK: - Who takes them

    private var trustParameter: String {
        delivery.format == .githubActions ? "GitHubRepository=OWNER/NAME" : "PipelineAccount=ACCOUNT"
    }

    private var trustParameterText: String {
        switch delivery.format {
        case .githubActions:
            #"""
            GitHubRepository:
              Type: String
              AllowedPattern: '[\w.-]+/[\w.-]+'
              Description: The repository whose workflow takes the roles, as owner/name.
            """#
        case .codepipeline:
            #"""
            PipelineAccount:
              Type: String
              AllowedPattern: \d{12}
              Description: The account that the pipeline runs in.
            """#
        }
    }

    /// GitHub's jobs prove by their token which environment they run in; CodeBuild's by the name of their role.
    private func trust(suffix: String, environment: String) -> String {
        switch delivery.format {
        case .githubActions:
            #"""
            - Effect: Allow
              Action: sts:AssumeRoleWithWebIdentity
              Principal:
                Federated: !Sub
                    - arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/${Provider}
                    - Provider: token.actions.githubusercontent.com
              Condition:
                StringEquals:
                  token.actions.githubusercontent.com:aud: sts.amazonaws.com
                  token.actions.githubusercontent.com:sub: !Sub repo:${GitHubRepository}:environment:\#(environment)
            """#
        case .codepipeline:
            #"""
            - Effect: Allow
              Action: sts:AssumeRole
              Principal:
                AWS: !Sub arn:${AWS::Partition}:iam::${PipelineAccount}:root
              Condition:
                ArnEquals:
                  aws:PrincipalArn: !Sub
                      - arn:${AWS::Partition}:iam::${PipelineAccount}:role/${Name}
                      - Name: \#(delivery.buildRoleName(suffix))
            """#
        }
    }
}

// What they may do
extension DeliveryRoles {
    private func stacks(_ spec: Spec) -> String {
        var regions = [spec.region]
        if spec.environment == .production, let second = delivery.recoveryRegion { regions.append(second) }
        let stack = delivery.stack(spec)
        return regions.flatMap { region in
            ["\(stack)/*", "\(stack)-*/*"].map {
                "- !Sub arn:${AWS::Partition}:cloudformation:\(region):${AWS::AccountId}:stack/\($0)"
            }
        }.joined(separator: "\n")
    }

    private func plan(_ spec: Spec) -> [String] {
        [
            """
            - Sid: MakePlans
              Effect: Allow
              Action: cloudformation:CreateChangeSet
              Resource:
            \(stacks(spec).indented(by: 4))
              Condition:
                StringEquals:
                  cloudformation:RoleArn: !Ref CloudFormationRoleArn
            """,
            """
            - Sid: ReadPlansAndStacks
              Effect: Allow
              Action:
                - cloudformation:DeleteChangeSet
                - cloudformation:DescribeChangeSet
                - cloudformation:DescribeStacks
                - cloudformation:ListStackResources
              Resource:
            \(stacks(spec).indented(by: 4))
            """,
            // Validating a template names no resource.
            """
            - Sid: ReadTemplates
              Effect: Allow
              Action: cloudformation:ValidateTemplate
              Resource: '*'
            """,
            """
            - Sid: HandOverToCloudFormation
              Effect: Allow
              Action: iam:PassRole
              Resource: !Ref CloudFormationRoleArn
              Condition:
                StringEquals:
                  iam:PassedToService: cloudformation.amazonaws.com
            """,
        ]
    }

    private func deploy(_ spec: Spec) -> [String] {
        let plan = Blueprint(spec)
        let bucket = "arn:${AWS::Partition}:s3:::\(plan.bucketName("artifacts"))"
        return [
            """
            - Sid: ExecutePlans
              Effect: Allow
              Action: cloudformation:ExecuteChangeSet
              Resource:
            \(stacks(spec).indented(by: 4))
            """,
            """
            - Sid: PublishTheArtefact
              Effect: Allow
              Action:
                - s3:GetObject
                - s3:PutObject
              Resource:
                - !Sub \(bucket)/models/*
                - !Sub \(bucket)/examples/*
            """,
            """
            - Sid: SeeWhetherItIsThere
              Effect: Allow
              Action: s3:ListBucket
              Resource: !Sub \(bucket)
            """,
            encrypt("EncryptTheArtefact", alias: "alias/\(plan.prefix)-data", spec),
            describe(plan, spec),
        ] + fetch(spec)
    }

    private func describe(_ plan: Blueprint, _ spec: Spec) -> String {
        func arn(_ name: String) -> String {
            "- !Sub arn:${AWS::Partition}:sagemaker:\(spec.region):${AWS::AccountId}:\(name)"
        }
        return """
            - Sid: SeeWhatRuns
              Effect: Allow
              Action:
                - sagemaker:DescribeEndpoint
                - sagemaker:DescribeEndpointConfig
                - sagemaker:DescribeModel
              Resource:
                \(arn("endpoint/\(spec.name.lowercased())"))
                \(arn("endpoint-config/\(plan.configPrefix.lowercased())-*"))
                \(arn("model/\(plan.configPrefix.lowercased())-*"))
            """
    }

    /// An artefact that lies in S3 is copied from there.
    private func fetch(_ spec: Spec) -> [String] {
        guard let path = spec.model.path, path.hasPrefix("s3://") else { return [] }
        let object = YAMLText.scalar("arn:${AWS::Partition}:s3:::\(path.dropFirst("s3://".count))")
        return [
            """
            - Sid: FetchTheArtefact
              Effect: Allow
              Action: s3:GetObject
              Resource: !Sub \(object)
            """
        ]
    }

    private func watch(_ spec: Spec) -> [String] {
        let endpoint = "arn:${AWS::Partition}:sagemaker:\(spec.region):${AWS::AccountId}:endpoint/"
        return [
            """
            - Sid: WatchAlarms
              Effect: Allow
              Action: cloudwatch:DescribeAlarms
              Resource: !Sub arn:${AWS::Partition}:cloudwatch:\(spec.region):${AWS::AccountId}:alarm:*
            """,
            """
            - Sid: Measure
              Effect: Allow
              Action: sagemaker:InvokeEndpoint
              Resource: !Sub \(endpoint)\(spec.name.lowercased())
            """,
        ]
    }

    /// Evidence is added under the delivery's own name; nothing there can be read, changed or removed.
    private var keepEvidence: [String] {
        let spec = delivery.production
        let bucket = "arn:${AWS::Partition}:s3:::\(Blueprint(spec).bucketName("audit"))"
        return [
            """
            - Sid: KeepEvidence
              Effect: Allow
              Action: s3:PutObject
              Resource: !Sub \(bucket)/evidence/\(delivery.name)/*
            """,
            """
            - Sid: FindTheAuditBucket
              Effect: Allow
              Action: s3:ListBucket
              Resource: !Sub \(bucket)
            """,
            encrypt("EncryptEvidence", alias: "alias/\(Blueprint(spec).prefix)-audit", spec),
        ]
    }

    /// The key is known by its alias, since it is made after this role.
    private func encrypt(_ sid: String, alias: String, _ spec: Spec) -> String {
        """
        - Sid: \(sid)
          Effect: Allow
          Action:
            - kms:Decrypt
            - kms:GenerateDataKey
          Resource: !Sub arn:${AWS::Partition}:kms:\(spec.region):${AWS::AccountId}:key/*
          Condition:
            ForAnyValue:StringEquals:
              kms:ResourceAliases: \(alias)
            StringEquals:
              kms:ViaService: s3.\(spec.region).amazonaws.com
        """
    }
}

extension Delivery {
    /// The role that a pipeline takes in an account.
    func roleName(_ suffix: String) -> String { Blueprint.shortened("\(name)-delivery-\(suffix)", to: 64) }

    /// The role that a build runs as, in the pipeline's own account.
    func buildRoleName(_ suffix: String) -> String { Blueprint.shortened("\(name)-build-\(suffix)", to: 64) }
}
