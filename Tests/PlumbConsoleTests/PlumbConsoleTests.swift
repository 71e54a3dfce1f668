// The protocols of the AWS face: what goes in and what comes out, byte for byte.

import Foundation
import PlumbEngine
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbConsole

struct ProtocolTests {
    private func call(
        _ path: String = "/", _ headers: [String: String] = [:], body: [UInt8] = []
    ) -> SignedCall {
        SignedCall(
            method: "POST", uri: path, headers: headers.map { ($0.key, $0.value) }, body: body,
            caller: .failure(SignatureRefusal("InvalidSignatureException", "no")), requestID: "r")
    }

    // MARK: - CBOR

    /// Rows of RFC 8949, Appendix A.
    @Test(arguments: [
        ("00", Shape.integer(0)), ("1818", 24), ("1903e8", 1000), ("1b000000e8d4a51000", 1_000_000_000_000),
        ("20", -1), ("3903e7", -1000), ("f93c00", .number(1)), ("f97bff", .number(65_504)),
        ("fa47c35000", .number(100_000)), ("fb3ff199999999999a", .number(1.1)), ("f4", false), ("f5", true),
        ("f6", .null), ("c11a514b67b0", .time(1_363_896_240)), ("6449455446", "IETF"),
        ("83010203", .list([1, 2, 3])), ("a26161016162820203", .map(["a": 1, "b": .list([2, 3])])),
        ("9f018202039f0405ffff", .list([1, .list([2, 3]), .list([4, 5])])),
        ("7f657374726561646d696e67ff", "streaming"), ("bf6346756ef563416d7421ff", .map(["Fun": true, "Amt": -2])),
    ])
    func readsTheExamplesOfTheStandard(hex: String, value: Shape) {
        #expect(CBOR.read(bytes(hex)) == value)
    }

    @Test(arguments: ["", "18", "1a00", "62", "6261", "8201", "a1", "a10102", "9f01", "ff", "1c", "0000", "5f01ff"])
    func refusesWhatIsNotWhole(hex: String) {
        #expect(CBOR.read(bytes(hex)) == nil)
    }

    @Test func refusesNamesThatComeTwiceAndNestingWithoutEnd() {
        #expect(CBOR.read(bytes("a2616101616102")) == nil)
        #expect(CBOR.read(Array(repeating: 0x81, count: 100_000)) == nil)
        // A count that no body could hold asks for no memory.
        #expect(CBOR.read(bytes("9bffffffffffffffff")) == nil)
        #expect(CBOR.read(bytes("7bffffffffffffffff")) == nil)
    }

    @Test func readsBackWhatItWrites() {
        var luck = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            let value = shape(depth: 0, &luck)
            #expect(CBOR.read(CBOR.write(value)) == value)
        }
    }

    private func shape(depth: Int, _ luck: inout SeededGenerator) -> Shape {
        switch Int.random(in: 0...(depth < 4 ? 7 : 5), using: &luck) {
        case 0: .null
        case 1: .flag(Bool.random(using: &luck))
        case 2: .integer(Int.random(in: -(1 << 40)...(1 << 40), using: &luck))
        case 3: .number(Double.random(in: -1e9...1e9, using: &luck))
        case 4: .time(Double.random(in: 0...2e9, using: &luck))
        case 5: .text(["", "a", "ü😀", String(repeating: "x", count: 300)].randomElement(using: &luck) ?? "")
        case 6: .list((0..<Int.random(in: 0...30, using: &luck)).map { _ in shape(depth: depth + 1, &luck) })
        default:
            .map(
                Dictionary(
                    (0..<Int.random(in: 0...5, using: &luck)).map { ("k\($0)", shape(depth: depth + 1, &luck)) },
                    uniquingKeysWith: { first, _ in first }))
        }
    }

    private func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.count - 1, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
    }

    // MARK: - Forms

    @Test func unflattensAForm() throws {
        let body =
            "Action=PutMetricAlarm&Version=2010-08-01&AlarmName=a+b&Dimensions.member.1.Name=EndpointName"
            + "&Dimensions.member.1.Value=x%26y&Dimensions.member.2.Name=V&AlarmActions.member.1=z&Period=60"
        let form = try #require(QueryForm.read(Array(body.utf8)))
        #expect(form.action == "PutMetricAlarm")
        #expect(
            form.input
                == .map([
                    "AlarmName": "a b", "Period": "60", "AlarmActions": .list(["z"]),
                    "Dimensions": .list([.map(["Name": "EndpointName", "Value": "x&y"]), .map(["Name": "V"])]),
                ]))
    }

    @Test(arguments: ["Period=60", "Action=A&B=1&B=2", "Action=A&B=1&B.C=2", "Action=A&B.C=1&B=2", "Action=A&B=%zz"])
    func refusesFormsOfTwoMeanings(body: String) {
        #expect(QueryForm.read(Array(body.utf8)) == nil)
    }

    @Test func escapesWhatXMLCannotHold() {
        let text = QueryForm.answer(.map(["A": "<&>\u{1}"]), to: "X", requestID: "r")
        #expect(text.contains("<XResult><A>&lt;&amp;&gt;\u{FFFD}</A></XResult>"))
    }

    // MARK: - Times

    @Test(arguments: [
        ("2026-11-28T21:05:27Z", 1_795_899_927.0), ("2026-11-28T22:05:27.500+01:00", 1_795_899_927.5),
        ("2026-11-28T16:05:27-05:00", 1_795_899_927), ("1795899927", 1_795_899_927),
    ])
    func readsTimes(text: String, seconds: Double) {
        #expect(AWSTime.seconds(.text(text)) == seconds)
    }

    @Test func writesTimes() {
        #expect(AWSTime.text(1_795_899_927.25) == "2026-11-28T21:05:27.250Z")
        #expect(AWSTime.text(0) == "1970-01-01T00:00:00.000Z")
    }

    // MARK: - Dialects

    @Test func tellsOperationsApart() throws {
        let json = try #require(
            FaceRequest(
                call(
                    "/", ["x-amz-target": "SageMaker.ListModels", "content-type": "application/x-amz-json-1.1"],
                    body: Array("{\"MaxResults\":3}".utf8))))
        #expect(json.service == .sageMaker && json.operation == "ListModels" && json.right == .read)
        #expect(json.input == .map(["MaxResults": 3]) && json.wire == .json(version: "1.1"))
        let cbor = try #require(
            FaceRequest(
                call("/service/GraniteServiceVersion20100801/operation/DeleteAlarms", body: bytes("a0"))))
        #expect(cbor.service == .cloudWatch && cbor.operation == "DeleteAlarms" && cbor.right == .change)
        #expect(FaceRequest(call("/", ["x-amz-target": "Kinesis.ListStreams"])) == nil)
        #expect(FaceRequest(call("/service/Other/operation/X")) == nil)
        #expect(FaceRequest(call("/elsewhere", ["x-amz-target": "SageMaker.ListModels"])) == nil)
        let broken = FaceRequest(call("/", ["x-amz-target": "SageMaker.ListModels"], body: Array("{".utf8)))
        #expect(broken != nil && broken?.input == nil)
    }

    @Test func tellsErrorsInEachProtocolsWords() throws {
        let error = FaceError(code: "InvalidSignatureException", message: "no \"way\"", status: 403)
        let json = FaceRequest.refusal(error)
        #expect(String(decoding: json.body, as: UTF8.self).contains(#""__type":"InvalidSignatureException""#))
        #expect(json.headers.contains { $0.name == "x-amzn-errortype" && $0.value == "InvalidSignatureException" })
        let form = call(
            "/", ["content-type": "application/x-www-form-urlencoded"], body: Array("Action=DescribeAlarms".utf8))
        let query = try #require(FaceRequest(form)).answer(error, requestID: "r")
        #expect(String(decoding: query.body, as: UTF8.self).contains("<Code>SignatureDoesNotMatch</Code>"))
    }

    // MARK: - What the engine can and cannot do

    private func model(_ members: [String: Shape]) -> FaceInput {
        FaceInput(.map(members.merging(["Image": "plumbline/onnx", "ModelDataUrl": "file:///m.onnx"]) { a, _ in a }))
    }

    @Test func readsAContainer() throws {
        let read = try ContainerReading(
            model([
                "Image": "000000000000.dkr.ecr.us-east-1.amazonaws.com/plumbline/onnx:1",
                "Environment": .map(["PLUMB_EXAMPLE_BODY": "1,2", "PLUMB_EXAMPLE_CONTENT_TYPE": "text/csv", "A": "b"]),
            ]))
        #expect(
            read.environment == ["A": "b"] && read.example?.body == "1,2" && read.example?.contentType == "text/csv")
        let many = try ContainerReading(model(["Mode": "MultiModel", "ModelDataUrl": "file:///models/"]))
        #expect(many.isMultiModel && !read.isMultiModel)
    }

    @Test(arguments: [
        ["Image": Shape.text("python:3")], ["Image": "plumbline/onnx2"], ["ModelDataUrl": "https://x/m.onnx"],
        ["ModelDataUrl": "s3://b/model.tar.gz"], ["ModelDataUrl": "file://m.onnx"], ["Mode": "MultiModel"],
        ["Mode": "MultiModel", "ModelDataUrl": "s3://b/models/"], ["Mode": "ManyModels"],
        ["MultiModelConfig": .map([:])],
    ])
    func refusesContainersThatItCannotRun(members: [String: Shape]) {
        #expect(throws: FaceError.self) { try ContainerReading(model(members)) }
    }

    @Test func mapsDeploymentConfigurations() throws {
        var order = EndpointOrder(
            name: "e", team: "t", modelName: "m", modelPath: "/m", instanceType: "ml.m5.large", count: 4)
        let config: Shape = .map([
            "BlueGreenUpdatePolicy": .map([
                "TrafficRoutingConfiguration": .map([
                    "Type": "CANARY", "WaitIntervalInSeconds": 60,
                    "CanarySize": .map(["Type": "INSTANCE_COUNT", "Value": 1]),
                ]), "TerminationWaitInSeconds": 120, "MaximumExecutionTimeoutInSeconds": 600,
            ]), "AutoRollbackConfiguration": .map(["Alarms": .list([.map(["AlarmName": "a"])])]),
        ])
        let read = try DeploymentReading(FaceInput(config), over: &order)
        #expect(read.alarms == ["a"] && order.strategy == .canary && order.canaryPercent == 25)
        #expect(order.waitSeconds == 60 && order.terminationWaitSeconds == 120 && order.timeoutSeconds == 600)
        #expect(throws: FaceError.self) {
            try DeploymentReading(FaceInput(.map(["RollingUpdatePolicy": .map([:])])), over: &order)
        }
    }
}
