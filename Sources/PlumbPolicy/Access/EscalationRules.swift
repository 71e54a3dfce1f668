// Whether what a policy allows adds up to more than it says: the known ways from some rights to all.

import PlumbModel

enum EscalationRules {
    /// A way to rights that one does not have: what it needs, and the service that plays a passed role.
    private struct Method {
        let name: String
        let actions: [String]
        let service: String?

        init(_ name: String, _ actions: [String], to service: String? = nil) {
            self.name = name
            self.actions = actions
            self.service = service
        }
    }

    static func findings(_ subject: AccessSubject) -> [AccessFinding] {
        var found: [(method: Method, at: AccessSubject.Numbered)] = []
        var cache: [String: [AccessSubject.Numbered]] = [:]
        for method in methods {
            var statements: [AccessSubject.Numbered] = []
            for action in method.actions {
                let grants = cache[action] ?? wideGrants(of: action, subject)
                cache[action] = grants
                guard let grant = grants.first(where: { passes($0, action, to: method.service) }) else { break }
                statements.append(grant)
            }
            if statements.count == method.actions.count, let first = statements.first { found.append((method, first)) }
        }
        guard let first = found.first else { return [] }
        let names = found.map { "\($0.method.name) (\($0.method.actions.joined(separator: " + ")))" }
        let ways = found.count == 1 ? "1 known way" : "\(found.count) known ways"
        return [
            subject.finding(
                .privilegeEscalation, first.at,
                "\(ways) to rights of others: \(PolicyStatement.told(names, most: 5))",
                actions: Array(Set(found.flatMap(\.method.actions))).sorted(),
                resources: first.at.statement.widestResources)
        ]
    }

    /// Allows of an action on roles, functions and the like that are not named.
    private static func wideGrants(of action: String, _ subject: AccessSubject) -> [AccessSubject.Numbered] {
        subject.allows(granting: action).filter { about in
            about.statement.breadth >= .kind && !about.statement.isBound(by: ["iam:PermissionsBoundary"])
        }
    }

    private static func passes(_ grant: AccessSubject.Numbered, _ action: String, to service: String?) -> Bool {
        guard action == "iam:PassRole", let service else { return true }
        let services = grant.statement.passedToServices
        return services.isEmpty || services.contains { Glob.matches($0.lowercased(), service) }
    }

    private static let pass = "iam:PassRole"
    private static let sagemaker = "sagemaker.amazonaws.com"
    private static let lambda = "lambda.amazonaws.com"
    private static let ec2 = "ec2.amazonaws.com"
    private static let stacks = "cloudformation.amazonaws.com"
    private static let tasks = "ecs-tasks.amazonaws.com"
    private static let builds = "codebuild.amazonaws.com"
    private static let glue = "glue.amazonaws.com"

    /// SageMaker's first; the others as Rhino Security Labs and pathfinding.cloud list them.
    private static let methods: [Method] = [
        Method("new training job", [pass, "sagemaker:CreateTrainingJob"], to: sagemaker),
        Method("new processing job", [pass, "sagemaker:CreateProcessingJob"], to: sagemaker),
        Method("new notebook", [pass, "sagemaker:CreateNotebookInstance"], to: sagemaker),
        Method("new model", [pass, "sagemaker:CreateModel"], to: sagemaker),
        Method("new tuning job", [pass, "sagemaker:CreateHyperParameterTuningJob"], to: sagemaker),
        Method("new pipeline", [pass, "sagemaker:CreatePipeline"], to: sagemaker),
        Method("new domain", [pass, "sagemaker:CreateDomain"], to: sagemaker),
        Method("somebody's notebook", ["sagemaker:CreatePresignedNotebookInstanceUrl"]),
        Method("somebody's Studio", ["sagemaker:CreatePresignedDomainUrl"]),
        Method(
            "start-up script of a notebook",
            ["sagemaker:CreateNotebookInstanceLifecycleConfig", "sagemaker:UpdateNotebookInstance"]),
        Method("start-up script of a notebook", ["sagemaker:UpdateNotebookInstanceLifecycleConfig"]),
        Method("other roles", ["sts:AssumeRole"]),
        Method("new policy version", ["iam:CreatePolicyVersion"]),
        Method("another policy version", ["iam:SetDefaultPolicyVersion"]),
        Method("access key of a user", ["iam:CreateAccessKey"]),
        Method("password of a user", ["iam:CreateLoginProfile"]),
        Method("new password of a user", ["iam:UpdateLoginProfile"]),
        Method("policy on a user", ["iam:AttachUserPolicy"]),
        Method("policy on a group", ["iam:AttachGroupPolicy"]),
        Method("policy on a role", ["iam:AttachRolePolicy"]),
        Method("inline policy on a user", ["iam:PutUserPolicy"]),
        Method("inline policy on a group", ["iam:PutGroupPolicy"]),
        Method("inline policy on a role", ["iam:PutRolePolicy"]),
        Method("membership of a group", ["iam:AddUserToGroup"]),
        Method("trust of a role", ["iam:UpdateAssumeRolePolicy"]),
        Method("boundary taken off", ["iam:DeleteRolePermissionsBoundary"]),
        Method("boundary taken off a user", ["iam:DeleteUserPermissionsBoundary"]),
        Method("new function", [pass, "lambda:CreateFunction", "lambda:InvokeFunction"], to: lambda),
        Method(
            "new function by event", [pass, "lambda:CreateFunction", "lambda:CreateEventSourceMapping"], to: lambda),
        Method("new function for others", [pass, "lambda:CreateFunction", "lambda:AddPermission"], to: lambda),
        Method("code of a function", ["lambda:UpdateFunctionCode"]),
        Method("layer of a function", ["lambda:UpdateFunctionConfiguration"]),
        Method("new instance", [pass, "ec2:RunInstances"], to: ec2),
        Method("new spot instance", [pass, "ec2:RequestSpotInstances"], to: ec2),
        Method(
            "start-up script of an instance",
            ["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"]),
        Method("start-up script of a template", ["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"]),
        Method("profile of an instance", [pass, "ec2:AssociateIamInstanceProfile"], to: ec2),
        Method("shell on an instance", ["ssm:SendCommand"]),
        Method("session on an instance", ["ssm:StartSession"]),
        Method("key on an instance", ["ec2-instance-connect:SendSSHPublicKey"]),
        Method("new stack", [pass, "cloudformation:CreateStack"], to: stacks),
        Method("another stack template", [pass, "cloudformation:UpdateStack"], to: stacks),
        Method("change of a stack", ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"]),
        Method(
            "new stack set", [pass, "cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"],
            to: stacks),
        Method("another stack set template", [pass, "cloudformation:UpdateStackSet"], to: stacks),
        Method("new task", [pass, "ecs:RegisterTaskDefinition", "ecs:RunTask"], to: tasks),
        Method("new task on an instance", [pass, "ecs:RegisterTaskDefinition", "ecs:StartTask"], to: tasks),
        Method("new service of tasks", [pass, "ecs:RegisterTaskDefinition", "ecs:CreateService"], to: tasks),
        Method("command in a task", ["ecs:ExecuteCommand"]),
        Method("new App Runner service", [pass, "apprunner:CreateService"], to: "tasks.apprunner.amazonaws.com"),
        Method("new build", [pass, "codebuild:CreateProject", "codebuild:StartBuild"], to: builds),
        Method("new batch of builds", [pass, "codebuild:CreateProject", "codebuild:StartBuildBatch"], to: builds),
        Method("another build", ["codebuild:StartBuild"]),
        Method("new Glue endpoint", [pass, "glue:CreateDevEndpoint"], to: glue),
        Method("key of a Glue endpoint", ["glue:UpdateDevEndpoint"]),
        Method("new Glue job", [pass, "glue:CreateJob", "glue:StartJobRun"], to: glue),
        Method("new Glue job by trigger", [pass, "glue:CreateJob", "glue:CreateTrigger"], to: glue),
        Method("another Glue job", [pass, "glue:UpdateJob", "glue:StartJobRun"], to: glue),
        Method("another Glue job by trigger", [pass, "glue:UpdateJob", "glue:CreateTrigger"], to: glue),
        Method(
            "new data pipeline", [pass, "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"],
            to: "datapipeline.amazonaws.com"),
        Method(
            "new state machine", [pass, "states:CreateStateMachine", "states:StartExecution"],
            to: "states.amazonaws.com"),
        Method("new automation", [pass, "ssm:StartAutomationExecution"], to: "ssm.amazonaws.com"),
        Method("new schedule", [pass, "scheduler:CreateSchedule"], to: "scheduler.amazonaws.com"),
        Method("new CodeStar project", [pass, "codestar:CreateProject"], to: "codestar.amazonaws.com"),
        Method("new Bedrock agent tool", [pass, "bedrock-agentcore:CreateCodeInterpreter"]),
        Method(
            "somebody's Bedrock agent tool",
            ["bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"]),
        Method("permission set", ["sso:PutInlinePolicyToPermissionSet"]),
        Method("policy on a permission set", ["sso:AttachManagedPolicyToPermissionSet"]),
    ]
}
