// What a session tells of its inputs and outputs.

import COnnxRuntime

/// Reads what a loaded session says of its model.
@safe struct SessionReader {
    let library: OnnxLibrary
    let session: OpaquePointer

    private var functions: OnnxFunctions { library.functions }

    func inputs() throws(ModelError) -> [TensorInfo] {
        let functions = functions
        return try unsafe list(
            functions.SessionGetInputCount, functions.SessionGetInputName, functions.SessionGetInputTypeInfo)
    }

    func outputs() throws(ModelError) -> [TensorInfo] {
        let functions = functions
        return try unsafe list(
            functions.SessionGetOutputCount, functions.SessionGetOutputName, functions.SessionGetOutputTypeInfo)
    }

    private typealias Count = (OpaquePointer, UnsafeMutablePointer<Int>) -> OrtOutcome?
    private typealias Name = (
        OpaquePointer, Int, OpaquePointer, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    ) -> OrtOutcome?
    private typealias Kind = (OpaquePointer, Int, UnsafeMutablePointer<OpaquePointer?>) -> OrtOutcome?

    private func list(_ count: Count, _ name: Name, _ kind: Kind) throws(ModelError) -> [TensorInfo] {
        var total = 0
        try unsafe functions.check(count(session, &total), .invalidModel)
        var infos: [TensorInfo] = []
        for index in 0..<total {
            let text = try unsafe ownedText { unsafe name(session, index, library.allocator, $0) }
            var typeInfo: OpaquePointer?
            try unsafe functions.check(kind(session, index, &typeInfo), .invalidModel)
            guard let typeInfo = unsafe typeInfo else {
                throw ModelError(.invalidModel, "the model does not say of what type \(text) is")
            }
            defer { unsafe functions.ReleaseTypeInfo(typeInfo) }
            infos.append(try unsafe info(text, typeInfo))
        }
        return infos
    }

    /// Tensors are ONNX type 1, sequences 2; maps, sparse tensors and optionals on their own are not served.
    private func info(_ name: String, _ typeInfo: OpaquePointer) throws(ModelError) -> TensorInfo {
        var kind: Int32 = 0
        try unsafe functions.check(functions.GetOnnxTypeFromTypeInfo(typeInfo, &kind), .invalidModel)
        if kind == 2 {
            return TensorInfo(name: name, elementType: nil, shape: [.free("rows"), .free("labels")])
        }
        var tensorInfo: OpaquePointer?
        if kind == 1 {
            try unsafe functions.check(functions.CastTypeInfoToTensorInfo(typeInfo, &tensorInfo), .invalidModel)
        }
        guard let tensorInfo = unsafe tensorInfo else {
            throw ModelError(.unsupported, "\(name) is neither a tensor nor a sequence of maps (ONNX type \(kind))")
        }
        var type: Int32 = 0
        try unsafe functions.check(functions.GetTensorElementType(tensorInfo, &type), .invalidModel)
        guard let elementType = ElementType(rawValue: Int(type)) else {
            throw ModelError(
                .unsupported,
                "\(name) has ONNX element type \(type), which is not one of "
                    + ElementType.allCases.map { "\($0)" }.joined(separator: ", "))
        }
        return TensorInfo(name: name, elementType: elementType, shape: try unsafe dimensions(tensorInfo))
    }

    private func dimensions(_ tensorInfo: OpaquePointer) throws(ModelError) -> [Dimension] {
        var rank = 0
        try unsafe functions.check(functions.GetDimensionsCount(tensorInfo, &rank), .invalidModel)
        var sizes = [Int64](repeating: 0, count: rank)
        var names = unsafe [UnsafePointer<CChar>?](repeating: nil, count: rank)
        try unsafe functions.check(functions.GetDimensions(tensorInfo, &sizes, rank), .invalidModel)
        try unsafe functions.check(functions.GetSymbolicDimensions(tensorInfo, &names, rank), .invalidModel)
        var dimensions: [Dimension] = []
        for (index, size) in sizes.enumerated() {
            let name = unsafe names[index].map { unsafe String(cString: $0) } ?? ""
            dimensions.append(size >= 0 ? .fixed(Int(size)) : .free(name))
        }
        return dimensions
    }

    func metadata() throws(ModelError) -> ModelMetadata {
        let functions = functions
        let allocator = unsafe library.allocator
        var found: OpaquePointer?
        try unsafe functions.check(functions.SessionGetModelMetadata(session, &found), .invalidModel)
        guard let found = unsafe found else { throw ModelError(.invalidModel, "the model has no metadata") }
        defer { unsafe functions.ReleaseModelMetadata(found) }

        var version: Int64 = 0
        try unsafe functions.check(functions.ModelMetadataGetVersion(found, &version), .invalidModel)
        var custom: [String: String] = [:]
        for key in try unsafe customKeys(found) {
            custom[key] = try unsafe ownedText {
                unsafe functions.ModelMetadataLookupCustomMetadataMap(found, allocator, key, $0)
            }
        }
        return ModelMetadata(
            producer: try unsafe ownedText { unsafe functions.ModelMetadataGetProducerName(found, allocator, $0) },
            graphName: try unsafe ownedText { unsafe functions.ModelMetadataGetGraphName(found, allocator, $0) },
            description: try unsafe ownedText { unsafe functions.ModelMetadataGetDescription(found, allocator, $0) },
            version: version,
            custom: custom)
    }

    private func customKeys(_ metadata: OpaquePointer) throws(ModelError) -> [String] {
        var keys: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        var count: Int64 = 0
        try unsafe functions.check(
            functions.ModelMetadataGetCustomMetadataMapKeys(metadata, library.allocator, &keys, &count), .invalidModel)
        guard let keys = unsafe keys else { return [] }
        defer { unsafe free(keys) }
        return (0..<Int(count)).compactMap { index in
            guard let key = unsafe keys[index] else { return nil }
            defer { unsafe free(key) }
            return unsafe String(cString: key)
        }
    }

    /// Takes a text that ONNX Runtime allocated, and frees it; empty when it gave none.
    private func ownedText(
        _ get: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> OrtOutcome?
    ) throws(ModelError) -> String {
        var text: UnsafeMutablePointer<CChar>?
        try unsafe functions.check(get(&text), .invalidModel)
        guard let text = unsafe text else { return "" }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }

    /// Gives memory back to ONNX Runtime's allocator.
    private func free(_ pointer: UnsafeMutableRawPointer) {
        // Freeing fails only for an allocator that is null; were it ever to, the status must still be released.
        if let status = unsafe functions.AllocatorFree(library.allocator, pointer) {
            unsafe functions.ReleaseStatus(status)
        }
    }
}
