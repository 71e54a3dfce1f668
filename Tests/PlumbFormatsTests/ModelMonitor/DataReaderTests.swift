// Rows are read the same however the bytes are cut, and numbers to the last digit.

import Foundation
import PlumbFormats
import PlumbModel
import Testing

@Suite struct DataReaderTests {
    private static func told(_ batch: RowBatch) -> [String] {
        (0..<batch.rows).map { row in
            (0..<batch.columns).map { column in
                let cell = batch.cells[row * batch.columns + column]
                return switch cell.kind {
                case .missing: "-"
                case .integral: "\(Int(cell.number))"
                case .fractional: "\(cell.number)"
                case .text: "'\(batch.text(of: cell))'"
                }
            }.joined(separator: " ")
        }
    }

    @Test func capturedPayloadsOfEverySortBecomeRows() throws {
        let bytes = try ModelMonitorTests.fixture("capture_variants.jsonl")
        var reader = CaptureReader(names: ["median_house_value_0", "predictions_1", "instances_2", "latitude_1"])
        var batch = RowBatch(columns: 4)
        let used = try reader.read(bytes.span, from: 0, isLast: true, into: &batch)
        #expect(used == bytes.count)
        #expect(
            Self.told(batch) == [
                "132 10 182.9 54", "- 4.0 5.0 -", "478046.66 - - 32.8",
            ])
        #expect(batch.times[0] == 1_650_241_308)
        #expect(batch.text(of: batch.identities[2]) == "c7f0edc0-9397-4cd3-a948-bd7b639da2f5")
        #expect(reader.oddLines == 0)
    }

    @Test func captureIsReadTheSameWhereverItIsCut() throws {
        let bytes = try ModelMonitorTests.fixture("sdk_capture_head3.jsonl")
        let names = (0..<8).map { "c\($0)" }
        var whole = RowBatch(columns: 8)
        var reader = CaptureReader(names: names)
        _ = try reader.read(bytes.span, from: 0, isLast: true, into: &whole)
        #expect(Self.told(whole)[1] == "0.33241763711 27 21 6 23 39 40 37")
        for cut in stride(from: 1, to: bytes.count, by: 7) {
            var batch = RowBatch(columns: 8)
            var reader = CaptureReader(names: names)
            let first = Array(bytes[..<cut])
            let used = try reader.read(first.span, from: 0, isLast: false, into: &batch)
            let rest = Array(bytes[used...])
            _ = try reader.read(rest.span, from: 0, isLast: true, into: &batch)
            #expect(Self.told(batch) == Self.told(whole), "cut at \(cut)")
        }
    }

    @Test func columnsOfRequestsAloneAreReadWhateverTheAnswerLooksLike() throws {
        func line(_ answer: String, _ encoding: String, input: String = "1,2") -> String {
            #"{"captureData":{"endpointInput":{"data":"\#(input)","encoding":"CSV"},"#
                + #""endpointOutput":{"data":"\#(answer)","encoding":"\#(encoding)"}},"eventMetadata":{"eventId":"x"}}"#
        }
        var reader = CaptureReader(names: ["a", "b"])
        var batch = RowBatch(columns: 2)
        let lines = [
            line("0.5", "CSV"), line(#"{\"predictions\":[0.5]}"#, "JSON"), line("[0.5, 0.5]", "JSON"),
            line("0.5", "CSV", input: "1,2,3"), line("0.5,0.1", "CSV"),
        ]
        let bytes = Array(lines.joined(separator: "\n").utf8)
        _ = try reader.read(bytes.span, from: 0, isLast: true, into: &batch)
        #expect(Self.told(batch) == ["1 2", "1 2", "1 2", "1 2"])
        #expect(reader.oddLines == 1, "three fields are neither the request's nor with the answer's")
    }

    @Test func answersArePredictionsRowByRowWhateverTheyAreWrittenIn() throws {
        func line(_ data: String, _ encoding: String, id: String) -> String {
            #"{"captureData":{"endpointInput":{"data":"1","encoding":"CSV"},"endpointOutput":{"data":"\#(data)","#
                + #""encoding":"\#(encoding)"}},"eventMetadata":{"eventId":"e","inferenceId":"\#(id)"}}"#
        }
        let lines = [
            line(#"7,0.9\n3,0.8"#, "CSV", id: "a"),
            line(#"{\"predictions\":[{\"label\":7,\"score\":1},{\"label\":3}]}"#, "JSON", id: "b"),
            line("0.25", "JSON", id: "c"), line("AAEC", "BASE64", id: "d"), line("no json", "JSON", id: "f"), "garbage",
        ]
        let (answers, oddLines) = CapturedAnswer.read(Array(lines.joined(separator: "\n").utf8))
        #expect(oddLines == 3)
        #expect(answers.map(\.identity) == ["a", "b", "c"])
        #expect(answers.map { $0.rows.map(\.prediction) } == [["7", "3"], ["7", "3"], ["0.25"]])
        let pairs = try #require(answers[0].pairs(with: "\"7\"\n 4 "))
        #expect(pairs.map(\.row.prediction) == ["7", "3"] && pairs.map(\.label) == ["7", "4"])
        #expect(answers[0].pairs(with: "7") == nil, "two rows, and a label for one")
    }

    @Test func fieldsAreFoundByNumberAndByPath() {
        func line(_ output: String, _ encoding: String, _ input: String) -> String {
            #"{"captureData":{"endpointInput":{"data":"\#(input)","encoding":"\#(encoding)"},"endpointOutput":"#
                + #"{"data":"\#(output)","encoding":"\#(encoding)"}},"groundTruthData":{"data":"1","encoding":"CSV"},"#
                + #""eventMetadata":{"eventId":"e"},"eventVersion":"0"}"#
        }
        let csv = line("0.7,1,x", "CSV", #"30,red"#)
        let byNumber = CapturedAnswer.read(
            Array(csv.utf8), fields: AnswerFields(prediction: "1", probability: "0", slices: ["1", "9"]))
        let row = byNumber.answers.first?.rows.first
        #expect(row == CapturedAnswer.Row(prediction: "1", probability: "0.7", slices: ["red", nil]))
        #expect(byNumber.answers.first?.labels == ["1"], "Model Monitor's merge job puts the label beside")
        let json = line(
            #"{\"predictions\":[{\"label\":1,\"by\":{\"p\":0.7}}]}"#, "JSON",
            #"{\"instances\":[{\"colour\":\"red\"}]}"#)
        let byPath = CapturedAnswer.read(
            Array(json.utf8), fields: AnswerFields(prediction: "label", probability: "by.p", slices: ["colour"]))
        #expect(
            byPath.answers.first?.rows == [CapturedAnswer.Row(prediction: "1", probability: "0.7", slices: ["red"])])
        let lacking = CapturedAnswer.read(Array(csv.utf8), fields: AnswerFields(prediction: "7"))
        #expect(lacking.answers.isEmpty && lacking.oddLines == 1)
    }

    @Test func severalRowsOfOnePayloadArePairedWithTheirAnswers() throws {
        let line =
            #"{"captureData":{"endpointInput":{"data":"1,a\n2,b\n","encoding":"CSV"},"#
            + #""endpointOutput":{"data":"0.5\n0.25","encoding":"CSV"}},"eventMetadata":{"eventId":"x"}}"#
        var reader = CaptureReader(names: ["p", "n", "t"])
        var batch = RowBatch(columns: 3)
        let bytes = Array((line + "\nnonsense\n").utf8)
        _ = try reader.read(bytes.span, from: 0, isLast: true, into: &batch)
        #expect(Self.told(batch) == ["0.5 1 'a'", "0.25 2 'b'"])
        #expect(reader.oddLines == 1)
    }

    @Test func quotedFieldsKeepTheirCommasAndLineEnds() throws {
        let bytes = Array("1,\"a, \"\"b\"\"\nc\",\r\n2,null,x\n3\n".utf8)
        var reader = DelimitedReader(names: ["n", "t", "u"])
        var batch = RowBatch(columns: 3)
        _ = try reader.read(bytes.span, from: 0, isLast: true, into: &batch)
        #expect(Self.told(batch) == ["1 'a, \"b\"\nc' -", "2 - 'x'", "3 - -"])
        #expect(reader.oddRows == 1)
    }

    @Test func numbersAreReadToTheLastDigit() throws {
        var generator = SystemRandomNumberGenerator()
        var texts = ["0", "-0.0", "1e3", "-1.5E-7", "123456789012345678", "0.1", "9007199254740993", "1.5e300"]
        for _ in 0..<2000 {
            texts.append("\(Double.random(in: -1000...1000, using: &generator))")
            texts.append("\(Double.random(in: 0...1, using: &generator))")
        }
        var reader = DelimitedReader(names: ["n"])
        for text in texts {
            var batch = RowBatch(columns: 1)
            let bytes = Array((text + "\n").utf8)
            _ = try reader.read(bytes.span, from: 0, isLast: true, into: &batch)
            #expect(batch.cells[0].isNumber && batch.cells[0].number == Double(text), "\(text)")
        }
    }

    @Test func aColumnOfTextsKeepsItsNumbersAsTexts() throws {
        var reader = DelimitedReader(names: ["a", "b"], isText: [true, false])
        var batch = RowBatch(columns: 2)
        let bytes = Array("1,2\n".utf8)
        _ = try reader.read(bytes.span, from: 0, isLast: true, into: &batch)
        #expect(Self.told(batch) == ["'1' 2"])
    }

    @Test func objectsOfALineAreReadByName() throws {
        #expect(FlatObjectReader.names(inLine: #"{"a":1,"b":[2,3],"c":"x"}"#) == ["a", "b_0", "b_1", "c"])
        var reader = ObjectLineReader(names: ["c", "a", "b_1"])
        var batch = RowBatch(columns: 3)
        let bytes = Array(#"{"a":1,"b":[2,3],"c":"x\u00e9"}"#.utf8) + Array("\n{\"a\":null}\n[]\n".utf8)
        _ = try reader.read(bytes.span, from: 0, isLast: true, into: &batch)
        #expect(Self.told(batch) == ["'xé' 1 3", "- - -"])
        #expect(reader.oddLines == 1)
    }
}
