// Operators and parameters of ONNX files, against what the onnx package counts.

import Foundation
import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct ONNXFileTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let corpus = root.appending(path: "Tests/FuzzTests/Corpus/onnx")

    private func read(_ url: URL) throws -> ONNXFile {
        try ONNXFileReader.read([UInt8](try Data(contentsOf: url)), file: url.lastPathComponent)
    }

    @Test func aModelIsCountedAsItsOwnToolsCountIt() throws {
        let file = try read(Self.root.appending(path: "Examples/digits/model.onnx"))
        #expect(file.parameters == 17_365 && file.parameterBytes == 69_464)
        #expect(file.elementTypes == ["float32": 17_354, "int32": 10, "int64": 1])
        #expect(file.operators["MatMul"] == 3 && file.operators["Softmax"] == 1 && file.operators.count == 10)
        #expect(file.operatorSets == ["": 17, "ai.onnx.ml": 1] && file.formatVersion == 8)
    }

    /// The onnx package's own names, shapes and types of the same files.
    @Test func inputsAreReadWithTheirShapes() throws {
        let digits = try read(Self.root.appending(path: "Examples/digits/model.onnx"))
        #expect(
            digits.inputs == [
                ONNXFile.Input(name: "X", elementType: "float32", dimensions: [.named(""), .fixed(64)])
            ])
        let columns = try read(Self.corpus.appending(path: "columns.onnx"))
        #expect(columns.inputs.map(\.name) == ["length", "count", "kind"])
        #expect(columns.inputs.map(\.elementType) == ["float32", "int64", "string"])
        #expect(columns.inputs.allSatisfy { $0.dimensions == [.named(""), .fixed(1)] })
    }

    /// Two branches with constants, a tree's lists, five numbers of four bits, none, and a hundred in another file.
    @Test func whatLiesInBranchesListsAndOtherFilesIsCountedToo() throws {
        let file = try read(Self.corpus.appending(path: "odd.onnx"))
        #expect(file.operators == ["If": 1, "Constant": 2, "TreeEnsembleRegressor": 1, "Conv": 1])
        #expect(
            file.elementTypes == ["float64": 6, "float16": 4, "float32": 103, "int64": 3, "int4": 5, "int8": 0])
        #expect(file.parameters == 121 && file.parameterBytes == 495 && file.hasExternalValues)
    }

    @Test func whatIsNoModelIsRefusedWithTheByte() throws {
        let whole = [UInt8](try Data(contentsOf: Self.corpus.appending(path: "odd.onnx")))
        for (bytes, reason) in [
            ([UInt8](), "there is no graph in it, at byte 0"), ([0x0B, 0x00], "wire type 3 is not in use, at byte 0"),
            ([0x08], "a number does not end, at byte 1"), ([0x3A, 0x05, 0x01], "ends behind its message, at byte 0"),
            (Array(whole.dropLast(20)), "ends behind its message"), ([0x02, 0x00], "the number 0, at byte 0"),
        ] {
            let error = #expect(throws: PlumbError.self) { try ONNXFileReader.read(bytes, file: "m.onnx") }
            #expect(error?.message.contains("m.onnx is no ONNX model") == true)
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        }
        // Every beginning of a file is answered.
        for count in 0..<whole.count { _ = try? ONNXFileReader.read(Array(whole.prefix(count)), file: "m.onnx") }
    }

    @Test(arguments: [
        (Array("version https://git-lfs.github.com/spec/v1\n".utf8), "git lfs pull"), ([0x1F, 0x8B, 8, 0], "tar -xzf"),
        (Array("PK\u{03}\u{04}".utf8), "zip archive"), ([0x80, 4, 0x95], "pickle"),
        (Array("<!DOCTYPE html>".utf8), "page of text"), (Array("hello".utf8), "export the model again"),
    ]) func aFileOfAnotherKindIsToldByItsBeginning(bytes: [UInt8], hint: String) {
        let error = #expect(throws: PlumbError.self) { try ONNXFileReader.read(bytes, file: "m.onnx") }
        #expect(error?.hint?.contains(hint) == true, "\(error?.hint ?? "")")
    }

    @Test func aSizeBelowNothingIsToldAsThat() {
        // graph(7) { tensor(5) { size(1) = -8, type(2) = 1 } }
        let tensor: [UInt8] = [0x08, 0xF8] + [UInt8](repeating: 0xFF, count: 8) + [0x01, 0x10, 0x01]
        let bytes: [UInt8] = [0x3A, UInt8(tensor.count + 2), 0x2A, UInt8(tensor.count)] + tensor
        let error = #expect(throws: PlumbError.self) { try ONNXFileReader.read(bytes, file: "m.onnx") }
        #expect(error?.message.contains("a size below 0") == true, "\(error?.message ?? "")")
    }

    @Test func sizesThatOverflowAndGraphsWithoutEndAreRefused() {
        func block(_ field: UInt8, _ content: [UInt8]) -> [UInt8] {
            var (length, bytes) = (content.count, [field << 3 | 2])
            while length > 127 {
                bytes.append(UInt8(length & 0x7F) | 0x80)
                length >>= 7
            }
            return bytes + [UInt8(length)] + content
        }
        let huge: [UInt8] = [0x08] + [UInt8](repeating: 0xFF, count: 8) + [0x7F]
        let tensor = block(7, block(5, huge + huge + [0x10, 0x01]))
        #expect(throws: PlumbError.self) { try ONNXFileReader.read(tensor, file: "huge") }
        var graph: [UInt8] = block(1, block(4, Array("Relu".utf8)))
        for _ in 0..<40 { graph = block(1, block(5, block(6, graph))) }
        let error = #expect(throws: PlumbError.self) { try ONNXFileReader.read(block(7, graph), file: "deep") }
        #expect(error?.message.contains("32 deep") == true)
    }
}
