// Targets, names and states of compilation jobs, without an account.

import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbAWS

@Suite struct CompilationTests {
    private func target(_ text: String, _ instanceType: String = "ml.m5.large") throws -> CompilationTarget {
        try CompilationTarget(text, instanceType: instanceType)
    }

    private func order(_ target: CompilationTarget) -> CompilationOrder {
        var order = CompilationOrder(
            endpoint: "digits", target: target, region: "eu-central-1", role: "arn:aws:iam::123456789012:role/Neo",
            source: "s3://models/a/model.tar.gz", results: "s3://models/compiled/", secondsMax: 1_800)
        order.inputs = [.init(name: "X", shape: [1, 64])]
        return order
    }

    @Test func targetsAreReadAndToldAsTheyWereWritten() throws {
        for text in CompilationTarget.devices + ["linux/x86_64/nvidia", "android/arm64", "ml.g5.xlarge"] {
            #expect(try target(text).description == text)
        }
        #expect(try target("auto", "ml.g4dn.xlarge") == .device("ml_g4dn"))
        #expect(try target("auto", "ml.inf1.2xlarge") == .device("ml_inf1"))
        #expect(try target("ml.inf2.xlarge").kind == .optimization)
        for (text, hint) in [
            ("ml_g5", "ml_g4dn"), ("linux/sparc", "x86_64"), ("linux", "ml_m5"), ("a/b/c/d", "linux/x86_64/nvidia"),
            ("ml.m5.large", "ml.g5.SIZE"), ("ml.g5", "ml.g5.SIZE"), ("linux/x86_64/tpu", "nvidia"), ("auto", "nvidia"),
        ] {
            let error = #expect(throws: PlumbError.self) { try target(text, "ml.g5.xlarge") }
            #expect(error?.kind == .unsupported && error?.hint?.contains(hint) == true, "\(text): \(error?.hint ?? "")")
        }
    }

    @Test func aJobIsNamedAfterAllOfItsRequestAndOnlyThat() throws {
        let name = /[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}/
        for text in CompilationTarget.devices + ["linux/x86_64/intel_graphics", "ml.p6-b200.48xlarge"] {
            var order = order(try target(text))
            order.endpoint = "a-very-long-name-of-an-endpoint-that-goes-on-and-on-up-to-63"
            for attempt in [1, 2, 20] {
                #expect(try name.wholeMatch(in: order.name(attempt: attempt)) != nil, "\(order.name(attempt: attempt))")
            }
        }
        let first = order(.device("ml_g4dn"))
        #expect(first.name(attempt: 1) == order(.device("ml_g4dn")).name(attempt: 1))
        #expect(first.name(attempt: 2) == first.name(attempt: 1) + "-2")
        var others = Array(repeating: first, count: 5)
        others[0].source = "s3://models/b/model.tar.gz"
        others[1].inputs[0].shape = [8, 64]
        others[2].key = "alias/models"
        others[3].compilerOptions = "{}"
        others[4].tags = ["ml:team": "risk"]
        #expect(Set((others + [first]).map { $0.name(attempt: 1) }).count == 6)
    }

    @Test func inputsKeepTheirOrderAndOptionsTheirPlace() throws {
        var order = order(try target("linux/x86_64/nvidia"))
        order.inputs = [.init(name: "z", shape: [1, 3, 224, 224]), .init(name: "a\"b", shape: [2])]
        order.compilerOptions = #"{"gpu-code":"sm_86","trt-ver":"7.1.3","cuda-ver":"11.1"}"#
        try order.check()
        let request = order.request(named: "n")
        #expect(request[path: "InputConfig.DataInputConfig"].text == #"{"z":[1,3,224,224],"a\"b":[2]}"#)
        #expect(request[path: "OutputConfig.TargetPlatform.Accelerator"] == "NVIDIA")
        #expect(request[path: "OutputConfig.CompilerOptions"].text == order.compilerOptions)
        #expect(order.technique == "tensorrt" && request[path: "OutputConfig.TargetDevice"].isNull)
        order.compilerOptions = #"{"gpu-code":"sm_86"}"#
        let error = #expect(throws: PlumbError.self) { try order.check() }
        #expect(error?.message == "for an NVIDIA platform Neo needs trt-ver, cuda-ver")
    }

    @Test func whatIsKnownToGoWrongIsToldBeforehand() throws {
        #expect(order(.device("ml_g4dn")).notes.isEmpty)
        var neuron = order(.device("ml_inf2"))
        #expect(neuron.notes.count == 2 && neuron.notes[1].contains("us-east-2"))
        (neuron.framework, neuron.region) = (.pytorch, "us-east-2")
        #expect(neuron.notes.isEmpty)
        var bare = order(.device("ml_g4dn"))
        bare.inputs = []
        #expect(throws: PlumbError.self) { try bare.check() }
        bare.framework = .xgboost
        try bare.check()
        bare.role = "arn:aws:iam::12:role/Neo"
        #expect(throws: PlumbError.self) { try bare.check() }
        var model = order(.instance("ml.g5.xlarge"))
        #expect(throws: PlumbError.self) { try model.check() }
        model.source = "s3://models/llama/"
        try model.check()
    }

    /// Whatever a job answers on its way, only COMPLETED is success, and every state is told once.
    @Test(arguments: 0..<500) func onlyACompletedJobIsAGoodOne(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let words = ["STARTING", "INPROGRESS", "STOPPING", "COMPLETED", "FAILED", "STOPPED", "QUEUED", nil]
        var machine = CompilationJobMachine(startedAt: 0, secondsMax: 600)
        var told: [String] = []
        var last: String?
        var now = 0.0
        while machine.outcome == nil {
            now += Double.random(in: 0...300, using: &random)
            last = words.randomElement(using: &random) ?? nil
            told += machine.tick(at: now, status: last, reason: "the reason")
        }
        switch machine.outcome {
        case .completed: #expect(last == "COMPLETED")
        case .failed(let reason): #expect(last == nil ? reason == "the job is gone" : reason == "the reason")
        case .stopped: #expect(last == "STOPPED")
        case .timedOut: #expect(now >= 600 + CompilationJobMachine.slackSeconds)
        case nil: Issue.record("it has no end")
        }
        #expect(zip(told, told.dropFirst()).allSatisfy { $0 != $1 })
        #expect(machine.tick(at: now, status: "STARTING", reason: nil).isEmpty)
    }
}
