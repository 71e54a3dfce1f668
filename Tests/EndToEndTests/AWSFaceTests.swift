// AWS's own tools on a running engine: boto3, the AWS CLI and Terraform with Amazon's provider.

import Foundation
import PlumbTesting
import Testing

/// An engine without endpoints, and keys to it.
struct FaceHouse {
    let command: Command
    private let status: [String: Any]

    static func program(_ name: String) -> String {
        Command.root.appending(path: ".build/aws-tools/bin/\(name)").path
    }
    static let hasTools = ["python", "aws"].allSatisfy { FileManager.default.isExecutableFile(atPath: program($0)) }

    init(_ options: String..., environment: [String: String] = [:]) throws {
        command = try Command()
        let up = try Self.run(
            command.path, ["up", "--detach", "--port", "0", "--home", command.home] + options, environment,
            under: command.home)
        #expect(up.status == 0, "\(up.errors)")
        status = try command.json("status", "--format", "json")
    }

    /// What a holder of a new key sets.
    func environment(_ role: String, holder: String = "alice") throws -> [String: String] {
        let issued = try command.json("access", "key", "create", holder, "--role", role, "--format", "json")
        let key = try #require(issued["key"] as? [String: Any])
        return [
            "AWS_ACCESS_KEY_ID": try #require(key["id"] as? String),
            "AWS_SECRET_ACCESS_KEY": try #require(issued["secret"] as? String),
            "AWS_ENDPOINT_URL": try #require(status["gateway"] as? String),
            "AWS_CA_BUNDLE": try #require(status["certificateAuthorityPath"] as? String),
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "1", "AWS_PAGER": "",
            "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true", "DIGITS": Command.digits,
        ]
    }

    /// Runs a program to its end; what it says lies `under` a folder meanwhile.
    static func run(
        _ program: String, _ arguments: [String], _ environment: [String: String], in folder: String? = nil,
        under home: String
    ) throws -> Command.Result {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder.map { URL(filePath: $0) }
        process.standardInput = FileHandle.nullDevice
        let files = try (0..<2).map { _ in
            let path = "\(home)/\(UUID().uuidString).out"
            try Data().write(to: URL(filePath: path))
            return path
        }
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: files[0]))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: files[1]))
        try process.run()
        process.waitUntilExit()
        return Command.Result(
            status: process.terminationStatus, output: try String(contentsOfFile: files[0], encoding: .utf8),
            errors: try String(contentsOfFile: files[1], encoding: .utf8))
    }

    /// Runs a program of Python after the common beginning; it has to end well.
    func python(_ text: String, _ environment: [String: String]) throws {
        let result = try Self.run(
            Self.program("python"), ["-c", Self.beginning + text], environment, under: command.home)
        #expect(result.status == 0, "\(result.output)\n\(result.errors.suffix(3000))")
    }

    private static let beginning = """
        import boto3, botocore, os, sys, time, datetime
        digits = os.environ['DIGITS']
        row = open(digits + '/request.csv').read()
        sm, rt = boto3.client('sagemaker'), boto3.client('sagemaker-runtime')
        cw, aas = boto3.client('cloudwatch'), boto3.client('application-autoscaling')
        dev = [{'Key': 'ml:environment', 'Value': 'dev'}]
        def refused(code, words, call, *args, **kw):
            try: call(*args, **kw)
            except botocore.exceptions.ClientError as e:
                error = e.response['Error']
                assert error['Code'] == code and words in error['Message'], error
                return error['Message']
            raise AssertionError(f'{code} was expected')
        def until(what, look, seconds=120):
            for _ in range(seconds * 5):
                if look(): return
                time.sleep(0.2)
            raise AssertionError('never: ' + what)
        def model(name, file, **more):
            sm.create_model(ModelName=name, ExecutionRoleArn='arn:aws:iam::000000000000:role/r', PrimaryContainer={
                'Image': 'plumbline/onnx', 'ModelDataUrl': f'file://{digits}/{file}', **more})
        def config(name, model, count=1):
            sm.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[{
                'VariantName': 'AllTraffic', 'ModelName': model, 'InstanceType': 'ml.m5.large',
                'InitialInstanceCount': count, 'InitialVariantWeight': 1.0}])
        def status(name='face'): return sm.describe_endpoint(EndpointName=name)
        def in_service(name='face'):
            until(f'{name} is in service', lambda: status(name)['EndpointStatus'] == 'InService')
        def invoke(**more):
            return rt.invoke_endpoint(EndpointName='face', ContentType='text/csv', Body=row, **more)

        """
}

@Suite(
    .serialized, .timeLimit(.minutes(20)),
    .enabled(if: FaceHouse.hasTools, "scripts/aws-tools.sh installs boto3 and the AWS CLI"))
struct AWSFaceTests {
    @Test func boto3CreatesCallsUpdatesAndDeletes() throws {
        let house = try FaceHouse()
        defer { house.down() }
        let environment = try house.environment("operator")
        try house.python(
            """
            model('m1', 'model.onnx', Environment={'PLUMB_EXAMPLE_BODY': row, 'PLUMB_EXAMPLE_CONTENT_TYPE': 'text/csv'})
            model('m2', 'model-v2.onnx'); config('c1', 'm1'); config('c2', 'm2')
            assert {m['ModelName'] for m in sm.list_models()['Models']} == {'m1', 'm2'}
            refused('ValidationException', 'already existing model', model, 'm1', 'model.onnx')
            refused('ValidationException', 'Could not find model', config, 'c9', 'm9')
            refused('ValidationException', 'Could not find endpoint "arn:aws:sagemaker:us-east-1:', status, 'none')
            refused('ValidationException', 'no container images', sm.create_model, ModelName='x',
                ExecutionRoleArn='arn:aws:iam::000000000000:role/r',
                PrimaryContainer={'Image': 'python:3', 'ModelDataUrl': 's3://b/m.onnx'})
            # What is not tagged is production, and production keeps the policies.
            refused('ValidationException', 'ml:environment', sm.create_endpoint, EndpointName='face',
                EndpointConfigName='c1')
            arn = sm.create_endpoint(EndpointName='face', EndpointConfigName='c1', Tags=dev)['EndpointArn']
            assert status()['EndpointStatus'] == 'Creating', status()
            in_service()
            answer = invoke(InferenceId='i-1', TargetVariant='AllTraffic')
            assert b'"label":0' in answer['Body'].read() and answer['InvokedProductionVariant'] == 'AllTraffic'
            refused('ValidationError', 'Variant other not found', invoke, TargetVariant='other')
            refused('ValidationError', 'no multi-model endpoint', invoke, TargetModel='m.tar.gz')
            refused('ValidationException', 'uses it', sm.delete_endpoint_config, EndpointConfigName='c1')
            variant = status()['ProductionVariants'][0]
            assert variant['VariantName'] == 'AllTraffic' and variant['CurrentInstanceCount'] == 1
            assert sm.list_tags(ResourceArn=arn)['Tags'] == dev
            sm.add_tags(ResourceArn=arn, Tags=[{'Key': 'a', 'Value': 'b'}])
            sm.delete_tags(ResourceArn=arn, TagKeys=['a'])
            assert sm.list_tags(ResourceArn=arn)['Tags'] == dev
            refused('ValidationException', 'cannot be changed', sm.delete_tags, ResourceArn=arn,
                TagKeys=['ml:environment'])

            sm.update_endpoint(EndpointName='face', EndpointConfigName='c2')
            refused('ValidationException', 'in-progress', sm.update_endpoint, EndpointName='face',
                EndpointConfigName='c1')
            until('c2', lambda: status()['EndpointConfigName'] == 'c2')
            in_service()
            sm.delete_endpoint_config(EndpointConfigName='c1')
            sm.update_endpoint_weights_and_capacities(EndpointName='face',
                DesiredWeightsAndCapacities=[{'VariantName': 'AllTraffic', 'DesiredInstanceCount': 2}])
            until('two', lambda: (status().get('ProductionVariants') or [{}])[0].get('CurrentInstanceCount') == 2)
            in_service()
            """, environment)

        // A restart keeps it all.
        #expect(try house.command.run("down").status == 0)
        #expect(try house.command.run("up", "--detach", "--port", "0").status == 0)
        let status = try house.command.json("status", "--format", "json")
        let moved = environment.merging(["AWS_ENDPOINT_URL": try #require(status["gateway"] as? String)]) { $1 }
        try house.python(
            """
            in_service()
            assert status()['EndpointConfigName'] == 'c2' and invoke()['InvokedProductionVariant'] == 'AllTraffic'
            assert sm.describe_model(ModelName='m1')['PrimaryContainer']['Environment']['PLUMB_EXAMPLE_BODY'] == row
            sm.delete_endpoint(EndpointName='face')
            refused('ValidationException', 'Could not find endpoint', status)
            """, moved)
        let audit = try house.command.run("audit", "log").output
        for action in ["accessKey.made", "aws.CreateModel", "aws.CreateEndpoint", "aws.DeleteEndpoint", "deploy"] {
            #expect(audit.contains(" \(action) "), "\(action): \(audit)")
        }
    }

    @Test func keysDoWhatTheirRolesAllowAndNothingElse() throws {
        let house = try FaceHouse()
        defer { house.down() }
        let wrong = ["AWS_SECRET_ACCESS_KEY": "wrong"]
        let viewer = try house.environment("viewer", holder: "vera")
        try house.python(
            """
            sm.list_models(); cw.describe_alarms()
            refused('AccessDeniedException', 'sagemaker:DeleteModel', sm.delete_model, ModelName='m1')
            refused('AccessDeniedException', 'InvokeEndpoint', invoke)
            refused('UnknownOperationException', 'ListClusters', sm.list_clusters)
            refused('UnknownOperationException', '', boto3.client('kinesis').list_streams)
            other = boto3.client('sagemaker', region_name='eu-central-1')
            refused('InvalidSignatureException', 'valid region', other.list_models)
            """, viewer)
        try house.python(
            """
            refused('InvalidSignatureException', 'does not match the signature', sm.list_models)
            refused('InvalidSignatureException', 'does not match the signature', cw.describe_alarms)
            """, viewer.merging(wrong) { $1 })
        try house.python(
            """
            refused('AccessDeniedException', 'ListModels', sm.list_models)
            refused('ValidationError', 'Endpoint face not found', invoke)
            """, try house.environment("invoker"))
        let id = try #require(viewer["AWS_ACCESS_KEY_ID"])
        #expect(try house.command.run("access", "key", "list").output.contains("\(id)  viewer  vera"))
        #expect(try house.command.run("access", "key", "revoke", id).status == 0)
        #expect(try house.command.run("access", "key", "revoke", id).status == 2)
        try house.python(
            "refused('UnrecognizedClientException', 'security token', sm.list_models)", viewer)
        let state = FileManager.default.contents(atPath: "\(house.command.home)/state.sqlite")
        let secret = Data(try #require(viewer["AWS_SECRET_ACCESS_KEY"]).utf8)
        #expect(state?.range(of: secret) == nil)
    }

    @Test func alarmsMadeWithBoto3RollAnUpdateBack() throws {
        let house = try FaceHouse()
        defer { house.down() }
        try house.python(
            """
            model('good', 'model.onnx'); model('bad', 'model-error.onnx'); config('c1', 'good'); config('c2', 'bad')
            sm.create_endpoint(EndpointName='face', EndpointConfigName='c1', Tags=dev)
            in_service()
            def alarm(name, metric, threshold, operator='GreaterThanThreshold', statistic='Sum'):
                cw.put_metric_alarm(AlarmName=name, Namespace='AWS/SageMaker', MetricName=metric, Statistic=statistic,
                    Dimensions=[{'Name': 'EndpointName', 'Value': 'face'},
                                {'Name': 'VariantName', 'Value': 'AllTraffic'}],
                    Period=1, EvaluationPeriods=1, Threshold=threshold, ComparisonOperator=operator,
                    TreatMissingData='notBreaching')
            def state(name): return cw.describe_alarms(AlarmNames=[name])['MetricAlarms'][0]['StateValue']
            alarm('calls', 'Invocations', 0)
            until('it looks', lambda: state('calls') == 'OK')
            refused('ValidationException', 'carries out none', cw.put_metric_alarm, AlarmName='x',
                Namespace='AWS/SageMaker', MetricName='Invocations', Statistic='Sum', Period=1, EvaluationPeriods=1,
                Threshold=0, ComparisonOperator='GreaterThanThreshold', AlarmActions=['arn:aws:sns:us-east-1:1:t'])
            invoke()
            until('it rises', lambda: (invoke(), state('calls') == 'ALARM')[1])
            names = {m['MetricName'] for m in cw.list_metrics(Namespace='AWS/SageMaker')['Metrics']}
            assert {'Invocations', 'ModelLatency', 'Invocation5XXErrors'} <= names, names
            now = datetime.datetime.now(datetime.timezone.utc)
            def stat(id, metric, stat): return {'Id': id, 'MetricStat': {'Stat': stat, 'Period': 60, 'Metric': {
                'Namespace': 'AWS/SageMaker', 'MetricName': metric, 'Dimensions': [
                    {'Name': 'EndpointName', 'Value': 'face'}, {'Name': 'VariantName', 'Value': 'AllTraffic'}]}}}
            data = cw.get_metric_data(StartTime=now - datetime.timedelta(minutes=5), EndTime=now,
                MetricDataQueries=[stat('calls', 'Invocations', 'Sum'), stat('p99', 'ModelLatency', 'p99'),
                                   {'Id': 'twice', 'Expression': 'calls * 2'}])
            rows = {r['Id']: r for r in data['MetricDataResults']}
            assert sum(rows['calls']['Values']) >= 1 and rows['p99']['Values'][0] > 0, rows
            assert rows['twice']['Values'][0] == 2 * rows['calls']['Values'][0], rows

            # The alarm fires while the deployment goes on: it goes back, and says why.
            sm.update_endpoint(EndpointName='face', EndpointConfigName='c2', DeploymentConfig={
                'BlueGreenUpdatePolicy': {'TrafficRoutingConfiguration': {
                    'Type': 'ALL_AT_ONCE', 'WaitIntervalInSeconds': 0}, 'TerminationWaitInSeconds': 60},
                'AutoRollbackConfiguration': {'Alarms': [{'AlarmName': 'calls'}]}})
            def is_back():
                try: invoke()
                except botocore.exceptions.ClientError: pass
                s = status()
                return s['EndpointStatus'] == 'InService' and 'FailureReason' in s
            until('it is back', is_back)
            assert status()['EndpointConfigName'] == 'c1' and 'calls is in ALARM' in status()['FailureReason'], status()
            sm.delete_endpoint_config(EndpointConfigName='c2')
            refused('ValidationException', 'guards the endpoint', cw.delete_alarms, AlarmNames=['calls'])

            id = dict(ServiceNamespace='sagemaker', ResourceId='endpoint/face/variant/AllTraffic',
                ScalableDimension='sagemaker:variant:DesiredInstanceCount')
            aas.register_scalable_target(MinCapacity=1, MaxCapacity=2, **id)
            aas.put_scaling_policy(PolicyName='p', PolicyType='TargetTrackingScaling', **id,
                TargetTrackingScalingPolicyConfiguration={'TargetValue': 70.0})
            policies = aas.describe_scaling_policies(ServiceNamespace='sagemaker')['ScalingPolicies']
            assert policies[0]['PolicyName'] == 'p'
            assert aas.describe_scalable_targets(ServiceNamespace='sagemaker')['ScalableTargets'][0]['MaxCapacity'] == 2
            refused('ValidationException', 'from 1 to 2', sm.update_endpoint_weights_and_capacities,
                EndpointName='face', DesiredWeightsAndCapacities=[
                    {'VariantName': 'AllTraffic', 'DesiredInstanceCount': 3}])
            aas.delete_scaling_policy(PolicyName='p', **id)
            aas.deregister_scalable_target(**id)
            refused('ObjectNotFoundException', '', aas.deregister_scalable_target, **id)
            """, try house.environment("operator"))
    }

    @Test func theCommandLineOfAWSSpeaksToIt() throws {
        let house = try FaceHouse()
        defer { house.down() }
        let environment = try house.environment("operator")
        func aws(_ arguments: String...) throws -> Command.Result {
            try FaceHouse.run(FaceHouse.program("aws"), arguments, environment, under: house.command.home)
        }
        let made = try aws(
            "sagemaker", "create-model", "--model-name", "m1", "--execution-role-arn",
            "arn:aws:iam::000000000000:role/r", "--primary-container",
            "Image=plumbline/onnx,ModelDataUrl=file://\(Command.digits)/model.onnx")
        #expect(made.status == 0 && made.output.contains("model/m1"), "\(made.errors)")
        let config = try aws(
            "sagemaker", "create-endpoint-config", "--endpoint-config-name", "c1", "--production-variants",
            "VariantName=v,ModelName=m1,InstanceType=ml.m5.large,InitialInstanceCount=1")
        #expect(config.status == 0, "\(config.errors)")
        let endpoint = try aws(
            "sagemaker", "create-endpoint", "--endpoint-name", "face", "--endpoint-config-name", "c1", "--tags",
            "Key=ml:environment,Value=staging")
        #expect(endpoint.status == 0, "\(endpoint.errors)")
        #expect(try aws("sagemaker", "wait", "endpoint-in-service", "--endpoint-name", "face").status == 0)
        let answer = "\(house.command.home)/answer.json"
        let invoked = try aws(
            "sagemaker-runtime", "invoke-endpoint", "--endpoint-name", "face", "--content-type", "text/csv", "--body",
            "fileb://\(Command.digits)/request.csv", answer)
        #expect(invoked.status == 0, "\(invoked.errors)")
        #expect(try String(contentsOfFile: answer, encoding: .utf8).contains("\"label\":0"))
        #expect(try aws("cloudwatch", "list-metrics").output.contains("ModelLatency"))
        #expect(try aws("sagemaker", "describe-endpoint", "--endpoint-name", "no").errors.contains("Could not find"))
    }

    @Test func modelsMayLieInS3WhereTheEngineIsToldSo() throws {
        let double = try AWSDouble()
        let account = [
            "AWS_ENDPOINT_URL": double.address, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y",
            "AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        ]
        let house = try FaceHouse("--s3-models", environment: account)
        defer { house.down() }
        let region = ["AWS_DEFAULT_REGION": "us-east-1", "DIGITS": Command.digits]
        try house.python(
            """
            s3 = boto3.client('s3')
            s3.create_bucket(Bucket='models')
            s3.upload_file(digits + '/model.onnx', 'models', 'a/m.onnx')
            """, account.merging(region) { $1 })
        try house.python(
            """
            def s3_model(name, key):
                sm.create_model(ModelName=name, ExecutionRoleArn='arn:aws:iam::000000000000:role/r',
                    PrimaryContainer={'Image': 'plumbline/onnx', 'ModelDataUrl': 's3://models/' + key})
                config(name, name)
            s3_model('m', 'a/m.onnx'); s3_model('gone', 'gone.onnx')
            refused('ValidationException', 'gone.onnx', sm.create_endpoint, EndpointName='gone',
                EndpointConfigName='gone', Tags=dev)
            sm.create_endpoint(EndpointName='face', EndpointConfigName='m', Tags=dev)
            in_service()
            assert b'"label":0' in invoke()['Body'].read()
            """, try house.environment("operator"))
    }

    @Test(.enabled(if: FaceHouse.terraform != nil, "Terraform is not on the search path"))
    func terraformMakesAnEndpointThatServes() throws {
        let house = try FaceHouse()
        defer { house.down() }
        let environment = try house.environment("operator").merging(FaceHouse.terraformEnvironment) { $1 }
        let folder = "\(house.command.home)/terraform"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FaceHouse.module.replacing("FOLDER", with: Command.digits).write(
            toFile: "\(folder)/main.tf", atomically: true, encoding: .utf8)
        func terraform(_ arguments: String...) throws -> Command.Result {
            try FaceHouse.run(
                try #require(FaceHouse.terraform), arguments + ["-no-color"], environment, in: folder,
                under: house.command.home)
        }
        let ready = try terraform("init", "-input=false")
        #expect(ready.status == 0, "\(ready.errors)")
        let applied = try terraform("apply", "-input=false", "-auto-approve")
        #expect(applied.status == 0, "\(applied.output.suffix(3000)) \(applied.errors)")
        let plan = try terraform("plan", "-input=false", "-detailed-exitcode")
        #expect(plan.status == 0, "\(plan.output.suffix(3000))")
        try house.python("assert b'\"label\":0' in invoke()['Body'].read()", environment)
        let destroyed = try terraform("destroy", "-input=false", "-auto-approve")
        #expect(destroyed.status == 0, "\(destroyed.output.suffix(3000)) \(destroyed.errors)")
        #expect((try house.command.json("status", "--format", "json")["endpoints"] as? [Any])?.isEmpty == true)
    }
}

extension FaceHouse {
    /// The test is over; an engine that does not end is told by the next one that finds its folder taken.
    func down() {
        // What it printed is of no use any more.
        _ = try? command.run("down")
    }

    static let terraform: String? = {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.map { "\($0)/terraform" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    static var terraformEnvironment: [String: String] {
        var environment = ["CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"]
        let mirror = program("../terraformrc")
        if FileManager.default.fileExists(atPath: mirror) { environment["TF_CLI_CONFIG_FILE"] = mirror }
        return environment
    }

    /// The provider takes no file:// address: the model's only variable names it.
    static let module = """
        terraform {
          required_providers {
            aws = { source = "hashicorp/aws", version = "~> 5.100" }
          }
        }
        provider "aws" {
          skip_credentials_validation = true
          skip_metadata_api_check     = true
          skip_requesting_account_id  = true
        }
        resource "aws_sagemaker_model" "digits" {
          name               = "digits"
          execution_role_arn = "arn:aws:iam::000000000000:role/r"
          primary_container {
            image       = "plumbline/onnx"
            environment = { PLUMB_MODEL = "FOLDER/model.onnx" }
          }
        }
        resource "aws_sagemaker_endpoint_configuration" "digits" {
          name = "digits"
          production_variants {
            variant_name           = "AllTraffic"
            model_name             = aws_sagemaker_model.digits.name
            instance_type          = "ml.m5.large"
            initial_instance_count = 1
          }
        }
        resource "aws_sagemaker_endpoint" "face" {
          name                 = "face"
          endpoint_config_name = aws_sagemaker_endpoint_configuration.digits.name
          tags                 = { "ml:environment" = "dev" }
        }
        """
}
