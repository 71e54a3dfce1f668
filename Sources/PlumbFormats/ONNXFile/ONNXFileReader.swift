// Reads inputs, operators and parameters out of an ONNX file, and skips the values themselves.

public import PlumbModel

/// Reads the file's outermost message, and those nested in it as far as they hold operators or parameters.
public struct ONNXFileReader {
    /// How deep graphs may lie in graphs.
    public static let depthMax = 32

    private let bytes: [UInt8]
    private var profile = ONNXFile()
    private var hasGraph = false
    /// Names of the outermost graph's weights.
    private var weights: Set<String> = []
    /// No dimension is larger; what a file says beyond is a number below zero.
    private static let dimensionMax: UInt64 = 1 << 31

    /// Reads a whole file. Throws `invalidInput` that says what is odd and at which byte.
    public static func read(_ bytes: [UInt8], file: String) throws(PlumbError) -> ONNXFile {
        var reader = ONNXFileReader(bytes: bytes)
        do throws(WireReader.Fault) {
            try reader.model()
        } catch {
            throw PlumbError(
                .invalidInput, "\(file) is no ONNX model: \(error.reason), at byte \(error.offset)",
                hint: Self.hint(for: bytes))
        }
        return reader.profile
    }

    /// What files are that are taken for models, by their first bytes.
    private static let strangers: [(beginning: [UInt8], hint: String)] = [
        (Array("version https://git-lfs".utf8), "it is a pointer of Git LFS: git lfs pull brings the file"),
        ([0x1F, 0x8B], "it is a gzip archive: unpack it, as with tar -xzf, and name the .onnx file in it"),
        (
            Array("PK\u{03}\u{04}".utf8),
            "it is a zip archive, as PyTorch and Keras keep models: export it to ONNX first"
        ),
        ([0x80], "it may be a pickle of Python: convert it, as skl2onnx does with scikit-learn's models"),
        ([0x89] + Array("HDF".utf8), "it is an HDF5 file, as Keras keeps models: export it to ONNX first"),
        (Array("<".utf8), "it is a page of text: the download may have been refused"),
    ]

    private static func hint(for bytes: [UInt8]) -> String {
        strangers.first { bytes.starts(with: $0.beginning) }?.hint
            ?? "export the model again, or check that the whole file was copied"
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func model() throws(WireReader.Fault) {
        var fields = WireReader(bytes, in: 0..<bytes.count)
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (1, .number(let version)): profile.formatVersion = Int(clamping: version)
            case (7, .block(let range)):
                hasGraph = true
                try graph(range, depth: 0)
            case (8, .block(let range)): try operatorSet(range)
            case (25, .block(let range)): try function(range)
            default: continue
            }
        }
        guard hasGraph else { throw WireReader.Fault(reason: "there is no graph in it", offset: bytes.count) }
        // Files of the format's first versions list every weight as an input with a default.
        profile.inputs.removeAll { weights.contains($0.name) }
    }

    private mutating func operatorSet(_ range: Range<Int>) throws(WireReader.Fault) {
        var fields = WireReader(bytes, in: range)
        var (domain, version) = ("", 0)
        while let (field, value) = try fields.next() {
            if case (1, .block(let range)) = (field, value) { domain = text(range) }
            if case (2, .number(let number)) = (field, value) { version = Int(clamping: number) }
        }
        profile.operatorSets[domain] = version
    }

    private mutating func function(_ range: Range<Int>) throws(WireReader.Fault) {
        var fields = WireReader(bytes, in: range)
        while let (field, value) = try fields.next() {
            if case (7, .block(let range)) = (field, value) { try node(range, depth: 0) }
        }
    }

    private mutating func graph(_ range: Range<Int>, depth: Int) throws(WireReader.Fault) {
        guard depth < Self.depthMax else {
            throw WireReader.Fault(reason: "graphs lie in graphs \(depth) deep", offset: range.lowerBound)
        }
        var fields = WireReader(bytes, in: range)
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (1, .block(let range)): try node(range, depth: depth)
            case (5, .block(let range)):
                try tensor(range)
                if depth == 0, let name = try block(8, in: range) { weights.insert(text(name)) }
            case (11, .block(let range)): if depth == 0 { try input(range) }
            case (15, .block(let range)): try sparseTensor(range)
            default: continue
            }
        }
    }

    private mutating func input(_ range: Range<Int>) throws(WireReader.Fault) {
        let name = try block(1, in: range).map(text) ?? ""
        // Sequences and maps have no shape.
        guard let type = try block(2, in: range), let tensor = try block(1, in: type) else {
            return profile.inputs.append(ONNXFile.Input(name: name, elementType: Element.other.name, dimensions: nil))
        }
        var element = Element.other
        var dimensions: [ONNXFile.Dimension]?
        var fields = WireReader(bytes, in: tensor)
        while let (field, value) = try fields.next() {
            if case (1, .number(let number)) = (field, value) { element = Element(rawValue: number) ?? .other }
            if case (2, .block(let shape)) = (field, value) { dimensions = try self.dimensions(shape) }
        }
        profile.inputs.append(ONNXFile.Input(name: name, elementType: element.name, dimensions: dimensions))
    }

    private func dimensions(_ range: Range<Int>) throws(WireReader.Fault) -> [ONNXFile.Dimension] {
        var found: [ONNXFile.Dimension] = []
        var fields = WireReader(bytes, in: range)
        while let (field, value) = try fields.next() {
            guard case (1, .block(let range)) = (field, value) else { continue }
            var dimension = ONNXFile.Dimension.named("")
            var parts = WireReader(bytes, in: range)
            while let (field, value) = try parts.next() {
                if case (1, .number(let size)) = (field, value), (1...Self.dimensionMax).contains(size) {
                    dimension = .fixed(Int(size))
                }
                if case (2, .block(let range)) = (field, value) { dimension = .named(text(range)) }
            }
            found.append(dimension)
        }
        return found
    }

    /// The last nested message or text with this number; nil for none.
    private func block(_ wanted: UInt64, in range: Range<Int>) throws(WireReader.Fault) -> Range<Int>? {
        var found: Range<Int>?
        var fields = WireReader(bytes, in: range)
        while let (field, value) = try fields.next() {
            if case (wanted, .block(let range)) = (field, value) { found = range }
        }
        return found
    }

    private mutating func node(_ range: Range<Int>, depth: Int) throws(WireReader.Fault) {
        var fields = WireReader(bytes, in: range)
        var (name, domain) = ("", "")
        var attributes: [Range<Int>] = []
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (4, .block(let range)): name = text(range)
            case (5, .block(let range)): attributes.append(range)
            case (7, .block(let range)): domain = text(range)
            default: continue
            }
        }
        profile.operators[name, default: 0] += 1
        // Trees, vectors and scalers of classical models are lists in attributes; elsewhere such lists are settings.
        for range in attributes { try attribute(range, holdsModel: domain == "ai.onnx.ml", depth: depth) }
    }

    private mutating func attribute(
        _ range: Range<Int>, holdsModel: Bool, depth: Int
    ) throws(WireReader.Fault) {
        var fields = WireReader(bytes, in: range)
        var (floats, integers) = (0, 0)
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (5, .block(let range)), (10, .block(let range)): try tensor(range)
            case (6, .block(let range)), (11, .block(let range)): try graph(range, depth: depth + 1)
            case (22, .block(let range)), (23, .block(let range)): try sparseTensor(range)
            case (7, .fixed): floats += 1
            case (7, .block(let range)): floats += range.count / 4
            case (8, .number): integers += 1
            case (8, .block(let range)): integers += bytes[range].count { $0 < 0x80 }
            default: continue
            }
        }
        guard holdsModel else { return }
        if floats > 0 { try add(floats, .float32, at: range.lowerBound) }
        if integers > 0 { try add(integers, .int64, at: range.lowerBound) }
    }

    private mutating func sparseTensor(_ range: Range<Int>) throws(WireReader.Fault) {
        var fields = WireReader(bytes, in: range)
        while let (field, value) = try fields.next() {
            if case (1, .block(let range)) = (field, value) { try tensor(range) }
            if case (2, .block(let range)) = (field, value) { try tensor(range) }
        }
    }

    private mutating func tensor(_ range: Range<Int>) throws(WireReader.Fault) {
        var fields = WireReader(bytes, in: range)
        var count = 1
        var type = Element.other
        while let (field, value) = try fields.next() {
            switch (field, value) {
            case (1, .number(let size)): count = try product(count, size, at: fields.offset)
            case (1, .block(let range)):
                var sizes = WireReader(bytes, in: range)
                while sizes.offset < sizes.end { count = try product(count, try sizes.number(), at: sizes.offset) }
            case (2, .number(let number)): type = Element(rawValue: number) ?? .other
            case (13, .block): profile.hasExternalValues = true
            default: continue
            }
        }
        try add(count, type, at: range.lowerBound)
    }

    private func product(_ count: Int, _ size: UInt64, at offset: Int) throws(WireReader.Fault) -> Int {
        guard Int64(bitPattern: size) >= 0 else {
            throw WireReader.Fault(reason: "a tensor has a size below 0", offset: offset)
        }
        let (result, isTooLarge) = count.multipliedReportingOverflow(by: Int(clamping: size))
        guard !isTooLarge else { throw WireReader.Fault(reason: "a tensor is too large to count", offset: offset) }
        return result
    }

    private mutating func add(_ count: Int, _ type: Element, at offset: Int) throws(WireReader.Fault) {
        let (bits, isTooLarge) = count.multipliedReportingOverflow(by: type.bits)
        let (sum, overflows) = profile.parameterBits.addingReportingOverflow(bits)
        guard !isTooLarge, !overflows else {
            throw WireReader.Fault(reason: "the tensors are too large to count", offset: offset)
        }
        profile.parameters += count
        profile.parameterBits = sum
        profile.elementTypes[type.name, default: 0] += count
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// Element types as onnx.proto3 numbers them.
    private enum Element: UInt64 {
        case other = 0
        case float32 = 1, uint8, int8, uint16, int16, int32, int64, string, bool, float16, float64, uint32, uint64
        case complex64, complex128, bfloat16, float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz
        case uint4, int4, float4e2m1, float8e8m0, uint2, int2

        var name: String { "\(self)" }
        /// Texts and types that are new count as a byte: more than nothing.
        var bits: Int {
            switch self {
            case .float64, .int64, .uint64, .complex64: 64
            case .float32, .int32, .uint32: 32
            case .float16, .bfloat16, .int16, .uint16: 16
            case .complex128: 128
            case .uint4, .int4, .float4e2m1: 4
            case .uint2, .int2: 2
            default: 8
            }
        }
    }
}
