// Feeds the worker's readers of requests; scripts/fuzz.sh compiles this together with the worker's own files, since one
// program cannot be linked into another.

import OnnxRuntime

/// Inputs of every element type, with fixed and with free sizes.
private let readers: [RequestReader] = {
    let shapes: [[Dimension]] = [
        [.free(""), .fixed(4)], [.free("n"), .free("m")], [.fixed(2), .fixed(2)], [.free("")], [],
    ]
    let single = ElementType.allCases.flatMap { type in
        shapes.map { [TensorInfo(name: "X", elementType: type, shape: $0)] }
    }
    let columns = ElementType.allCases.enumerated().map { index, type in
        TensorInfo(name: "c\(index)", elementType: type, shape: [.free(""), .fixed(1)])
    }
    return (single + [columns]).compactMap { inputs in
        do { return try RequestReader(inputs) } catch { return nil }
    }
}()

/// The first byte chooses what is read, the second the model's inputs.
@_cdecl("LLVMFuzzerTestOneInput")
public func feed(_ start: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = unsafe Array(UnsafeBufferPointer(start: start, count: size))
    guard input.count >= 2 else { return 0 }
    let bytes = Array(input.dropFirst(2))
    let reader = readers[Int(input[1]) % readers.count]
    do throws(Refusal) {
        switch input[0] % 5 {
        case 0: _ = try RequestHead(bytes, 0..<bytes.count)
        case 1:
            var body = ChunkedBody(bytesMax: 1000)
            let cut = Int(input[1]) % (bytes.count + 1)
            let taken = try body.take(bytes, 0..<cut)
            if taken == cut { _ = try body.take(bytes, cut..<bytes.count) }
            precondition(body.bytes.count <= 1000, "a body is larger than its limit")
        case 2: _ = try reader.read(Body(bytes), as: .json)
        case 3: _ = try reader.read(Body(bytes), as: .csv)
        default: _ = try reader.read(Body(bytes), as: .numpy)
        }
    } catch {
        precondition((400...599).contains(error.status), "bad input is answered with \(error.status)")
    }
    return 0
}
