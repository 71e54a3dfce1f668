// Requests run together are answered as if each had been run alone.

import Foundation
import OnnxRuntime
import Testing

@testable import plumb_worker

@Suite struct BatchTests {
    private func head(_ path: String = "/invocations", _ type: MediaType = .csv) -> RequestHead {
        RequestHead(method: "POST", path: path, contentType: type, accepted: .json)
    }

    /// The numbers of an answer in order, for a model may round otherwise in a batch.
    private func numbers(_ response: Response) -> [Double] {
        String(decoding: response.body, as: UTF8.self)
            .split { !"0123456789.e+-".contains($0) }.compactMap { Double($0) }
    }

    @Test(arguments: [2, 3, 16, 64])
    func everyRequestGetsItsOwnRows(size: Int) throws {
        let service = try ServiceUnderTest(Files.digits("model.onnx")).service
        #expect(service.takesBatches)
        let rows = try Files.lines(Files.digits("heldout.csv"))
        var requests: [(head: RequestHead, body: Body)] = []
        for index in 0..<size {
            // One to three rows, and now and then a request that is wrong, or of another kind.
            let own = (0...(index % 3)).map { rows[(index * 3 + $0) % rows.count] }.joined(separator: "\n")
            switch index % 7 {
            case 5: requests.append((head(), Body(Array("1,2,3\n".utf8))))
            case 6: requests.append((head("/nowhere"), Body([])))
            default: requests.append((head(), Body(Array("\(own)\n".utf8))))
            }
        }
        let together = service.respond(batch: requests)
        #expect(together.count == size)
        for (request, answer) in zip(requests, together) {
            let alone = service.respond(request.head, request.body)
            #expect(answer.status == alone.status)
            let (left, right) = (numbers(answer), numbers(alone))
            #expect(left.count == right.count)
            #expect(zip(left, right).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test func tensorsAreJoinedOnlyWhenTheirRowsAreAlike() throws {
        let one = try Tensor(shape: [1, 2], elements: .int64([1, 2]))
        let two = try Tensor(shape: [2, 2], elements: .int64([3, 4, 5, 6]))
        let joined = try #require(try Tensor.joined([one, two]))
        #expect(joined == (try Tensor(shape: [3, 2], elements: .int64([1, 2, 3, 4, 5, 6]))))
        #expect(try joined.rows(1..<3) == two)
        #expect(try Tensor.joined([one, try Tensor(shape: [1, 1], elements: .int64([1]))]) == nil)
        #expect(try Tensor.joined([one, try Tensor(shape: [1, 2], elements: .int32([1, 2]))]) == nil)
        #expect(try Tensor.joined([try Tensor(shape: [], elements: .int64([1]))]) == nil)
        #expect(throws: ModelError.self) { try joined.rows(2..<4) }
        for type in ElementType.allCases {
            let zeros = try Tensor.zeros(type, shape: [2, 3])
            #expect(try Tensor.joined([zeros, zeros])?.rows(2..<4) == zeros)
        }
    }
}
