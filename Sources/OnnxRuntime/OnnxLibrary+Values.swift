// Tensors across the border to C and back.

import COnnxRuntime

// Tensors to ONNX Runtime's values and back. Numbers going in are lent, for the time of one call; what comes out is
// copied, so that no memory of ONNX Runtime's is seen after its value was released.
extension OnnxLibrary {
    /// Calls `body` with a value for each tensor. The values must not outlive the call: the numbers are the tensors'.
    func withValues<Result>(
        of tensors: [Tensor], _ body: ([OpaquePointer?]) throws(ModelError) -> Result
    ) throws(ModelError) -> Result {
        try unsafe withValues(of: tensors[...], behind: [], body)
    }

    private func withValues<Result>(
        of tensors: ArraySlice<Tensor>, behind values: [OpaquePointer?],
        _ body: ([OpaquePointer?]) throws(ModelError) -> Result
    ) throws(ModelError) -> Result {
        guard let tensor = tensors.first else { return try unsafe body(values) }
        return try unsafe withValue(of: tensor) { value throws(ModelError) in
            try unsafe withValues(of: tensors.dropFirst(), behind: values + [value], body)
        }
    }

    private func withValue<Result>(
        of tensor: Tensor, _ body: (OpaquePointer) throws(ModelError) -> Result
    ) throws(ModelError) -> Result {
        switch tensor.elements {
        case .float32(let numbers): try unsafe lend(numbers, of: tensor, body)
        case .float64(let numbers): try unsafe lend(numbers, of: tensor, body)
        case .float16(let numbers): try unsafe lend(numbers, of: tensor, body)
        case .int8(let numbers): try unsafe lend(numbers, of: tensor, body)
        case .int16(let numbers): try unsafe lend(numbers, of: tensor, body)
        case .int32(let numbers): try unsafe lend(numbers, of: tensor, body)
        case .int64(let numbers): try unsafe lend(numbers, of: tensor, body)
        case .uint8(let numbers): try unsafe lend(numbers, of: tensor, body)
        case .uint16(let numbers): try unsafe lend(numbers, of: tensor, body)
        case .uint32(let numbers): try unsafe lend(numbers, of: tensor, body)
        case .uint64(let numbers): try unsafe lend(numbers, of: tensor, body)
        case .bool(let truths): try unsafe lend(truths.map { $0 ? UInt8(1) : 0 }, of: tensor, body)
        case .string(let strings):
            try unsafe use(nil, byteCount: 0, of: tensor) { value throws(ModelError) in
                try unsafe copy(strings: strings, to: value)
                return try unsafe body(value)
            }
        }
    }

    private func lend<Element: BitwiseCopyable, Result>(
        _ numbers: [Element], of tensor: Tensor, _ body: (OpaquePointer) throws(ModelError) -> Result
    ) throws(ModelError) -> Result {
        try unsafe numbers.withUnsafeBufferPointer { buffer throws(ModelError) in
            let bytes = UnsafeRawBufferPointer(buffer)
            return try unsafe use(bytes.baseAddress, byteCount: bytes.count, of: tensor, body)
        }
    }

    /// Calls `body` with a value on this memory, or on its own when there is none or nothing in it.
    private func use<Result>(
        _ memory: UnsafeRawPointer?, byteCount: Int, of tensor: Tensor,
        _ body: (OpaquePointer) throws(ModelError) -> Result
    ) throws(ModelError) -> Result {
        let shape = tensor.shape.map(Int64.init)
        let type = Int32(tensor.elements.type.rawValue)
        var made: OpaquePointer?
        if let memory = unsafe memory, byteCount > 0 {
            // ONNX Runtime reads its inputs and never writes to them.
            try unsafe functions.check(
                functions.CreateTensorWithDataAsOrtValue(
                    processMemory, UnsafeMutableRawPointer(mutating: memory), byteCount, shape, shape.count, type,
                    &made), .invalidInput)
        } else {
            try unsafe functions.check(
                functions.CreateTensorAsOrtValue(allocator, shape, shape.count, type, &made), .invalidInput)
        }
        guard let value = unsafe made else { throw ModelError(.runFailed, "ONNX Runtime made no tensor") }
        defer { unsafe functions.ReleaseValue(value) }
        return try unsafe body(value)
    }

    private func copy(strings: [String], to value: OpaquePointer) throws(ModelError) {
        let list = CStringList(strings)
        let outcome = unsafe functions.FillStringTensor(value, list.pointers, strings.count)
        try unsafe functions.check(outcome, .invalidInput)
    }

    /// The tensor with a value's contents. A sequence of maps becomes rows by labels.
    func tensor(of value: OpaquePointer) throws(ModelError) -> Tensor {
        var kind: Int32 = 0
        try unsafe functions.check(functions.GetValueType(value, &kind), .runFailed)
        switch kind {
        case 1: break
        case 2: return try unsafe rowsOfMaps(value)
        default: throw ModelError(.unsupported, "the model answered ONNX type \(kind), not a tensor")
        }
        var tensorInfo: OpaquePointer?
        try unsafe functions.check(functions.GetTensorTypeAndShape(value, &tensorInfo), .runFailed)
        guard let tensorInfo = unsafe tensorInfo else { throw ModelError(.runFailed, "an answer has no shape") }
        defer { unsafe functions.ReleaseTensorTypeAndShapeInfo(tensorInfo) }
        var rank = 0
        var type: Int32 = 0
        try unsafe functions.check(functions.GetDimensionsCount(tensorInfo, &rank), .runFailed)
        try unsafe functions.check(functions.GetTensorElementType(tensorInfo, &type), .runFailed)
        var sizes = [Int64](repeating: 0, count: rank)
        try unsafe functions.check(functions.GetDimensions(tensorInfo, &sizes, rank), .runFailed)
        let shape = sizes.map(Int.init)
        guard let count = Tensor.count(of: shape), let elementType = ElementType(rawValue: Int(type)) else {
            throw ModelError(.unsupported, "the model answered ONNX element type \(type) in shape \(shape)")
        }
        return try Tensor(shape: shape, elements: try unsafe elements(of: value, elementType, count: count))
    }

    private func elements(
        of value: OpaquePointer, _ type: ElementType, count: Int
    ) throws(ModelError) -> Tensor.Elements {
        switch type {
        case .float32: .float32(try unsafe copied(value, count))
        case .float64: .float64(try unsafe copied(value, count))
        case .float16: .float16(try unsafe copied(value, count))
        case .int8: .int8(try unsafe copied(value, count))
        case .int16: .int16(try unsafe copied(value, count))
        case .int32: .int32(try unsafe copied(value, count))
        case .int64: .int64(try unsafe copied(value, count))
        case .uint8: .uint8(try unsafe copied(value, count))
        case .uint16: .uint16(try unsafe copied(value, count))
        case .uint32: .uint32(try unsafe copied(value, count))
        case .uint64: .uint64(try unsafe copied(value, count))
        case .bool: .bool((try unsafe copied(value, count) as [UInt8]).map { $0 != 0 })
        case .string: .string(try unsafe strings(value, count))
        }
    }

    private func copied<Element: BitwiseCopyable>(
        _ value: OpaquePointer, _ count: Int
    ) throws(ModelError) -> [Element] {
        guard count > 0 else { return [] }
        let source = try unsafe data(of: value).assumingMemoryBound(to: Element.self)
        return unsafe Array(UnsafeBufferPointer(start: source, count: count))
    }

    private func strings(_ value: OpaquePointer, _ count: Int) throws(ModelError) -> [String] {
        guard count > 0 else { return [] }
        var byteCount = 0
        try unsafe functions.check(functions.GetStringTensorDataLength(value, &byteCount), .runFailed)
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var starts = [Int](repeating: 0, count: count)
        let outcome = unsafe functions.GetStringTensorContent(value, &bytes, byteCount, &starts, count)
        try unsafe functions.check(outcome, .runFailed)
        let ends = starts.dropFirst() + [byteCount]
        return zip(starts, ends).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
    }

    private func data(of value: OpaquePointer) throws(ModelError) -> UnsafeMutableRawPointer {
        var data: UnsafeMutableRawPointer?
        try unsafe functions.check(functions.GetTensorMutableData(value, &data), .runFailed)
        guard let data = unsafe data else { throw ModelError(.runFailed, "a tensor has no memory") }
        return unsafe data
    }

    // MARK: - Sequences of maps

    /// scikit-learn's converters answer probabilities so: one map a row, from class to probability.
    private func rowsOfMaps(_ sequence: OpaquePointer) throws(ModelError) -> Tensor {
        var rows = 0
        try unsafe functions.check(functions.GetValueCount(sequence, &rows), .runFailed)
        var labels: [String] = []
        var values: [Float] = []
        for row in 0..<rows {
            let map = try unsafe member(row, of: sequence)
            defer { unsafe functions.ReleaseValue(map) }
            var kind: Int32 = 0
            try unsafe functions.check(functions.GetValueType(map, &kind), .runFailed)
            guard kind == 3 else {
                throw ModelError(
                    .unsupported, "the model answered a sequence of tensors, and answers are tensors or rows of maps",
                    hint: "give each tensor of it an output of its own (SequenceAt), or export it without the sequence")
            }
            let (keys, numbers) = try unsafe (part(0, of: map), part(1, of: map))
            let names: [String]
            switch keys.elements {
            case .string(let strings): names = strings
            case .int64(let integers): names = integers.map { String($0) }
            default: throw ModelError(.unsupported, "the model answered maps from \(keys.elements.type)")
            }
            guard case .float32(let floats) = numbers.elements, floats.count == names.count else {
                throw ModelError(.unsupported, "the model answered maps to \(numbers.elements.type), not float32")
            }
            if row == 0 { labels = names }
            guard names == labels else { throw ModelError(.unsupported, "the model's maps differ in keys by row") }
            values += floats
        }
        return try Tensor(shape: [rows, labels.count], elements: .float32(values), labels: labels)
    }

    /// The keys (0) or values (1) of a map.
    private func part(_ index: Int, of map: OpaquePointer) throws(ModelError) -> Tensor {
        let part = try unsafe member(index, of: map)
        defer { unsafe functions.ReleaseValue(part) }
        return try unsafe tensor(of: part)
    }

    private func member(_ index: Int, of value: OpaquePointer) throws(ModelError) -> OpaquePointer {
        var member: OpaquePointer?
        try unsafe functions.check(functions.GetValue(value, Int32(clamping: index), allocator, &member), .runFailed)
        guard let member = unsafe member else { throw ModelError(.runFailed, "a sequence lacks member \(index)") }
        return unsafe member
    }
}
