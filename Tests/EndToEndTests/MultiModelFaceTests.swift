// A multi-model endpoint as boto3 makes it and calls it.

import Foundation
import Testing

@Suite(
    .serialized, .timeLimit(.minutes(20)),
    .enabled(if: FaceHouse.hasTools, "scripts/aws-tools.sh installs boto3 and the AWS CLI"))
struct MultiModelFaceTests {
    @Test func boto3NamesTheModel() throws {
        let house = try FaceHouse()
        defer { house.down() }
        let folder = "\(house.command.home)/models"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, file) in ["one.onnx": "model.onnx", "two.onnx": "model-v2.onnx"] {
            try FileManager.default.copyItem(atPath: "\(Command.digits)/\(file)", toPath: "\(folder)/\(name)")
        }
        let environment = try house.environment("operator").merging(["MODELS": folder]) { $1 }
        try house.python(
            """
            sm.create_model(ModelName='many', ExecutionRoleArn='arn:aws:iam::000000000000:role/r', PrimaryContainer={
                'Image': 'plumbline/onnx', 'Mode': 'MultiModel', 'ModelDataUrl': f"file://{os.environ['MODELS']}/",
                'Environment': {'PLUMB_PREWARM': 'two.onnx'}})
            config('c1', 'many')
            sm.create_endpoint(EndpointName='face', EndpointConfigName='c1', Tags=dev)
            in_service()
            for name in ['one.onnx', 'two.onnx']:
                assert b'"label":0' in invoke(TargetModel=name)['Body'].read()
            refused('ValidationError', 'name one', invoke)
            refused('ValidationError', 'not found', invoke, TargetModel='three.onnx')
            refused('ValidationError', 'no path', invoke, TargetModel='../two.onnx')
            def listed(): return {m['MetricName'] for m in cw.list_metrics(Namespace='AWS/SageMaker')['Metrics']}
            until('the cache is measured', lambda: {'ModelCacheHit', 'LoadedModelCount'} <= listed())
            """, environment)
    }
}
