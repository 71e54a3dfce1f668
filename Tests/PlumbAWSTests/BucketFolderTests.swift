// A folder of a bucket, against moto.

import Foundation
import PlumbModel
import Testing

@testable import PlumbAWS

extension MotoTests {
    @Test func aFileIsWrittenOnlyOverWhatIsKnown() async throws {
        try await withMoto { url in
            try await Self.client(url) { client in
                _ = try await client.call(
                    .s3, "CreateBucket",
                    ["Bucket": "plumb-place", "CreateBucketConfiguration": ["LocationConstraint": "eu-central-1"]])
                let folder = try BucketFolder("s3://plumb-place/a/b/", client: client)
                #expect(folder.address == "s3://plumb-place/a/b")
                #expect(try await folder.read("x") == nil)
                let (first, second) = (Data("first".utf8), Data("second".utf8))
                #expect(try await folder.write(first, to: "x", over: .nothing))
                // Nobody knows whether an answer was lost: the same again is no contradiction, another is.
                #expect(try await folder.write(first, to: "x", over: .nothing))
                #expect(try await !folder.write(second, to: "x", over: .nothing))
                #expect(try await !folder.write(first, to: "x", over: .exactly(second)))
                #expect(try await folder.write(second, to: "x", over: .exactly(first)))
                #expect(try await folder.read("x") == second)
                // More than a request carries.
                let large = Data((0..<(AWSClient.partBytes + 1000)).map { UInt8(truncatingIfNeeded: $0 &* 31) })
                #expect(try await folder.write(large, to: "deep/er", over: .nothing))
                #expect(try await folder.read("deep/er") == large)
                #expect(try await folder.list("").map(\.name) == ["x"])
                #expect(try await folder.list("deep").map(\.byteCount) == [large.count])
                try await folder.remove("x")
                #expect(try await folder.read("x") == nil)
                #expect(try await !folder.hasObjectLock())
                let gone = try BucketFolder("s3://plumb-nowhere/a", client: client)
                await #expect(throws: PlumbError.self) { try await gone.read("x") }
                await #expect(throws: PlumbError.self) { try await gone.write(first, to: "x", over: .nothing) }
                #expect(throws: PlumbError.self) { try BucketFolder("s3://", client: client) }
            }
        }
    }
}
