import Foundation
import OnnxRuntime
import Testing

@Suite struct ModelTests {
    @Test func aModelSaysWhatItTakesAndAnswers() throws {
        let model = try Model(path: Files.digits("model.onnx"))
        #expect(model.inputs == [TensorInfo(name: "X", elementType: .float32, shape: [.free(""), .fixed(64)])])
        #expect(model.outputs.map(\.name) == ["label", "probabilities"])
        #expect(model.outputs.map(\.elementType) == [.int64, .float32])
        #expect(model.metadata.producer == "skl2onnx")
        #expect(model.runtimeVersion.hasPrefix("1."))
    }

    @Test func customMetadataAndNamedDimensionsAreRead() throws {
        let model = try Model(path: Files.fixture("types.onnx"))
        #expect(model.metadata.custom == ["team": "vision", "stage": "test"])
        #expect(model.metadata.version == 7)
        #expect(model.metadata.graphName == "types")
        #expect(model.inputs[0].shapeDescription == "[rows, 2, ?]")
        #expect(model.inputs.compactMap(\.elementType).count == ElementType.allCases.count)
    }

    @Test(arguments: [("model.onnx", 0.95...1.0), ("model-v2.onnx", 0.95...1.0), ("model-bad.onnx", 0.0...0.3)])
    func heldOutDigitsAreReadAsWellAsMeasured(_ file: String, _ accuracy: ClosedRange<Double>) throws {
        let heldOut = try HeldOut()
        #expect(heldOut.rows.count == 450 && heldOut.labels.count == 450)
        let model = try Model(path: Files.digits(file))
        let input = try Tensor(shape: [450, 64], elements: .float32(heldOut.rows.flatMap { $0 }))
        let outputs = try model.run([input])
        let right = zip(outputs[0].integers, heldOut.labels).count { $0 == $1 }
        #expect(accuracy.contains(Double(right) / 450))
        #expect(outputs[1].shape == [450, 10])
        for row in 0..<450 {
            #expect(abs(outputs[1].floats[(row * 10)..<(row * 10 + 10)].reduce(0, +) - 1) < 1e-4)
        }
    }

    @Test func theErringModelErrsOnSomeRowsAndNotOnZeros() throws {
        let heldOut = try HeldOut()
        let model = try Model(path: Files.digits("model-error.onnx"))
        _ = try model.run([.zeros(.float32, shape: [1, 64])])
        var messages: [String] = []
        for row in heldOut.rows {
            do throws(ModelError) {
                _ = try model.run([Tensor(shape: [1, 64], elements: .float32(row))])
            } catch {
                #expect(error.kind == .runFailed)
                messages.append(error.message)
            }
        }
        #expect((100...170).contains(messages.count))
        #expect(messages.allSatisfy { $0.contains("out of data bounds") })
    }

    @Test func everyElementTypePassesThroughUnchanged() throws {
        let model = try Model(path: Files.fixture("types.onnx"))
        let integers = [0, 1, 2, 3, 4, 100]
        let elements: [Tensor.Elements] = [
            .float32([0, -1.5, .infinity, 3.25, .leastNonzeroMagnitude, 7]), .float64([0, -1.5, 1e300, 3, 4, 5]),
            .float16([0, 1.5, -2, 3, 4, 65504]), .int8(integers.map(Int8.init)), .int16([-32768, 32767, 0, 1, 2, 3]),
            .int32(integers.map(Int32.init)), .int64([.min, .max, 0, 1, 2, 3]), .uint8([255, 0, 1, 2, 3, 4]),
            .uint16(integers.map(UInt16.init)), .uint32([.max, 0, 1, 2, 3, 4]), .uint64([.max, 0, 1, 2, 3, 4]),
            .bool([true, false, false, true, true, false]), .string(["", "a", "ü", "日本", "x\ny", "\"q\""]),
        ]
        let byType = Dictionary(uniqueKeysWithValues: elements.map { ($0.type, $0) })
        let inputs = try model.inputs.map { info in
            let type = try #require(info.elementType)
            return try Tensor(shape: [1, 2, 3], elements: try #require(byType[type]))
        }
        #expect(try model.run(inputs) == inputs)
    }

    @Test func anEmptyBatchHasAnEmptyAnswer() throws {
        let model = try Model(path: Files.fixture("types.onnx"))
        let inputs = try model.inputs.map { try Tensor.zeros(try #require($0.elementType), shape: [0, 2, 3]) }
        #expect(try model.run(inputs).allSatisfy { $0.shape == [0, 2, 3] && $0.elements.count == 0 })
    }

    @Test func mapsBecomeRowsByLabels() throws {
        let model = try Model(path: Files.fixture("zipmap.onnx"))
        #expect(model.outputs[1].elementType == nil)
        let input = try Tensor(shape: [2, 4], elements: .float32([5.1, 3.5, 1.4, 0.2, 6.7, 3.0, 5.2, 2.3]))
        let outputs = try model.run([input])
        #expect(outputs[0].strings == ["setosa", "virginica"])
        #expect(outputs[1].labels == ["setosa", "versicolor", "virginica"])
        #expect(outputs[1].shape == [2, 3])
        #expect(abs(outputs[1].floats[0] - 0.98157287) < 1e-5)
    }

    @Test func wrongTensorsAreRefusedWithWhatIsExpected() throws {
        let model = try Model(path: Files.digits("model.onnx"))
        func message(_ tensors: [Tensor]) -> String {
            do throws(ModelError) {
                _ = try model.run(tensors)
                return "no error"
            } catch {
                return "\(error.kind): \(error.message)"
            }
        }
        #expect(message([]) == "invalidInput: the model takes 1 inputs, got 0")
        #expect(
            message([try .zeros(.float32, shape: [1, 63])])
                == "invalidInput: input X takes float32 [?, 64], got float32 [1, 63]")
        #expect(
            message([try .zeros(.float64, shape: [1, 64])])
                == "invalidInput: input X takes float32 [?, 64], got float64 [1, 64]")
        #expect(throws: ModelError.self) { try Tensor(shape: [2, 2], elements: .float32([1])) }
        #expect(throws: ModelError.self) { try Tensor(shape: [-1], elements: .float32([])) }
        #expect(throws: ModelError.self) { try Tensor(shape: [.max, .max], elements: .float32([])) }
    }

    @Test func whatIsNoModelIsRefusedWithTheRuntimesWords() throws {
        for bytes in [[], Array("not a model".utf8), Array(try Files.bytes(Files.digits("model.onnx")).prefix(30_000))]
        {
            do throws(ModelError) {
                _ = try Model(bytes: bytes)
                Issue.record("\(bytes.count) bytes loaded as a model")
            } catch {
                #expect(error.kind == .invalidModel)
                #expect(!error.message.isEmpty)
            }
        }
        #expect { try Model(path: "/nowhere/model.onnx") } throws: { error in
            "\(error)".contains("/nowhere/model.onnx")
        }
    }

    @Test func oneModelRunsOnManyThreadsAtOnce() async throws {
        let heldOut = try HeldOut()
        let model = try Model(path: Files.digits("model.onnx"))
        let whole = try model.run([Tensor(shape: [450, 64], elements: .float32(heldOut.rows.flatMap { $0 }))])
        await withTaskGroup(of: Int.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var wrong = 0
                    for row in stride(from: worker, to: 450, by: 8) {
                        let input = try? Tensor(shape: [1, 64], elements: .float32(heldOut.rows[row]))
                        // A failure counts as a wrong answer below.
                        let label = input.flatMap { try? model.run([$0])[0].integers.first }
                        if label != whole[0].integers[row] { wrong += 1 }
                    }
                    return wrong
                }
            }
            for await wrong in group { #expect(wrong == 0) }
        }
    }
}
