// How a plan reads, what it calls a loss, and what an alarm's story says.

import Foundation
import PlumbModel
import Testing

@testable import PlumbAWS

struct DeploymentPlanTests {
    private func change(
        _ action: String, _ resource: String, _ type: String, replacement: String? = nil, properties: [String] = []
    ) throws -> StackChange {
        let details = properties.map { name -> AWSValue in ["Target": ["Attribute": "Properties", "Name": .text(name)]]
        }
        return try #require(
            StackChange([
                "Action": .text(action), "LogicalResourceId": .text(resource), "ResourceType": .text(type),
                "Replacement": replacement.map { .text($0) } ?? .null, "Details": .list(details),
            ]))
    }

    private func plan(_ changes: [StackChange], waits: Bool = false) -> DeploymentPlan {
        var stacks = [
            StackPlan(
                stack: "digits-dev-endpoint", region: "eu-central-1", status: changes.isEmpty ? .unchanged : .planned,
                isNew: false, changeSet: "arn", changes: changes, resourceCount: 9)
        ]
        if waits {
            stacks.append(
                StackPlan(
                    stack: "digits-dev-automation", region: "eu-central-1", status: .waits, isNew: true, changeSet: nil,
                    changes: [], resourceCount: 4))
        }
        return DeploymentPlan(
            endpoint: "digits", account: "123456789012", caller: "arn:aws:iam::123456789012:user/ada", stacks: stacks,
            artefacts: [])
    }

    @Test func aPlanReadsTopDown() throws {
        let changes = [
            try change("Add", "ErrorRateAlarm", "AWS::CloudWatch::Alarm"),
            try change(
                "Modify", "Model", "AWS::SageMaker::Model", replacement: "True",
                properties: ["ModelName", "PrimaryContainer", "ModelName"]),
            try change(
                "Modify", "Endpoint", "AWS::SageMaker::Endpoint", replacement: "False",
                properties: ["EndpointConfigName"]),
        ]
        let text = plan(changes, waits: true).text(inColour: false)
        #expect(
            text == """
                Plan for digits in account 123456789012, as arn:aws:iam::123456789012:user/ada

                digits-dev-endpoint (eu-central-1): changes
                  +   add         ErrorRateAlarm              AWS::CloudWatch::Alarm
                  -/+ replace     Model                       AWS::SageMaker::Model: ModelName, PrimaryContainer
                  ~   modify      Endpoint                    AWS::SageMaker::Endpoint: EndpointConfigName

                digits-dev-automation (eu-central-1): new, 4 resources; planned when the stacks before it are there

                1 to add, 1 to modify, 1 to replace, 1 stack planned on the way.
                """)
    }

    @Test func nothingToChangeIsSaid() {
        let plan = plan([])
        #expect(
            plan.isEmpty
                && plan.text(inColour: false).hasSuffix("digits-dev-endpoint (eu-central-1): no changes\n\nNo changes.")
        )
    }

    @Test func replacingIsRed() throws {
        let text = plan([try change("Modify", "Model", "AWS::SageMaker::Model", replacement: "True")]).text(
            inColour: true)
        #expect(text.contains("\u{1B}[31m  -/+ replace     Model"))
    }

    @Test(arguments: [
        ("Remove", nil, "AWS::S3::Bucket", true), ("Modify", "True", "AWS::DynamoDB::Table", true),
        ("Modify", "True", "AWS::SageMaker::Endpoint", true), ("Modify", "False", "AWS::S3::Bucket", false),
        ("Modify", "Conditional", "AWS::KMS::Key", false), ("Remove", nil, "AWS::CloudWatch::Alarm", false),
        ("Modify", "True", "AWS::SageMaker::Model", false), ("Add", nil, "AWS::S3::Bucket", false),
    ])
    func whatHoldsDataIsNotLostUnseen(_ action: String, _ replacement: String?, _ type: String, _ isLoss: Bool) throws {
        let plan = plan([try change(action, "Thing", type, replacement: replacement)])
        #expect(plan.losses.isEmpty == !isLoss, "\(plan.losses)")
        #expect(plan.text(inColour: false).contains("they would be lost") == isLoss)
    }

    @Test(arguments: [
        ("digits-production-3f8a6c0d-fc28505f", "digits-production-"), ("digits-dev-fc28505f", "digits-dev-"),
        ("my-old-config", nil), ("fc28505f", nil), ("a-deadbeef-dev-0a61f0f5", "a-deadbeef-dev-"),
    ])
    func aRevisionTellsWhoseItIs(_ config: String, _ prefix: String?) {
        #expect(EndpointRollback.prefix(of: config) == prefix)
    }

    @Test func anAlarmTellsItsReasonAndItsValues() {
        let alarm = FiredAlarm(
            name: "digits-error-rate", summary: "Too many requests fail.", reason: "Threshold Crossed: 2 of 2.",
            firedAt: 1_795_889_490, limit: "> 1", unit: "rate",
            points: [.init(at: 1_795_889_340, value: 0), .init(at: 1_795_889_400, value: 7.126)])
        #expect(
            alarm.lines == [
                "digits-error-rate went into ALARM at 18:11:30: Too many requests fail.",
                "  Threshold Crossed: 2 of 2.",
                "  rate: 18:09:00 0 · 18:10:00 7.13 (limit > 1)",
            ])
    }
}

struct ArtefactFileTests {
    private func file(_ bytes: Int, _ body: (ArtefactFile, String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "artefact-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }  // The system clears what stays.
        try Data(repeating: 7, count: bytes).write(to: URL(filePath: path))
        try body(try ArtefactFile(path: path), path)
    }

    @Test func aSmallFileIsKnownByItsDigest() throws {
        try file(3) { file, _ in
            #expect(file.byteCount == 3 && file.partDigests.count == 1)
            #expect(file.checksum == file.digest.base64EncodedString())
            #expect(file.hexadecimal.count == 64)
        }
    }

    @Test func aLargeFileIsKnownByThatOfItsParts() throws {
        try file(ArtefactFile.partBytes + 5) { file, _ in
            #expect(file.partDigests.count == 2 && file.checksum.hasSuffix("-2"))
            let parts = [try file.part(0), try file.part(1)]
            #expect(parts.map(\.count) == [ArtefactFile.partBytes, 5])
        }
    }

    @Test func aMissingFileIsNamed() {
        #expect(throws: PlumbError.self) { try ArtefactFile(path: "/nowhere/model.tar.gz") }
    }
}
