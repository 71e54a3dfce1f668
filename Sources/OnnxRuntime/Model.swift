// A loaded model: what goes in, what comes out, and a run.

import COnnxRuntime

/// An ONNX model, loaded and ready to run.
///
/// Unchecked: everything is set in `init`, and ONNX Runtime documents `Run` as safe from any number of threads at
/// once on one session.
@safe public final class Model: @unchecked Sendable {
    /// What the model takes, in the order that `run` takes it.
    public let inputs: [TensorInfo]
    /// What the model answers, in the order that `run` answers it.
    public let outputs: [TensorInfo]
    /// What the file says of itself.
    public let metadata: ModelMetadata

    let library: OnnxLibrary
    private let session: OpaquePointer
    /// The names as C wants them, made once because every run needs them.
    private let inputNames: CStringList
    private let outputNames: CStringList

    /// Loads a model from an ONNX file; `threads` is how many threads one run may use.
    public convenience init(path: String, threads: Int = 1) throws(ModelError) {
        try unsafe self.init(threads: threads) { (library, options, session) throws(ModelError) in
            let functions = library.functions
            try unsafe functions.check(
                functions.CreateSession(library.environment, path, options, &session), .invalidModel)
        }
    }

    /// Loads a model from the bytes of an ONNX file; `threads` is how many threads one run may use.
    public convenience init(bytes: [UInt8], threads: Int = 1) throws(ModelError) {
        try unsafe self.init(threads: threads) { (library, options, session) throws(ModelError) in
            let functions = library.functions
            try unsafe functions.check(
                functions.CreateSessionFromArray(library.environment, bytes, bytes.count, options, &session),
                .invalidModel)
        }
    }

    private init(
        threads: Int,
        open: (OnnxLibrary, _ options: OpaquePointer, _ session: inout OpaquePointer?) throws(ModelError) -> Void
    ) throws(ModelError) {
        let library = try OnnxLibrary.shared.get()
        let functions = library.functions

        var options: OpaquePointer?
        try unsafe functions.check(functions.CreateSessionOptions(&options), .library)
        guard let options = unsafe options else { throw ModelError(.library, "ONNX Runtime made no session options") }
        defer { unsafe functions.ReleaseSessionOptions(options) }
        try unsafe functions.check(functions.SetSessionGraphOptimizationLevel(options, 99), .library)
        try unsafe functions.check(functions.SetIntraOpNumThreads(options, Int32(clamping: threads)), .library)
        try unsafe functions.check(functions.SetInterOpNumThreads(options, 1), .library)
        // Helper threads that spin while they wait would burn the cores that other workers need.
        try unsafe functions.check(
            functions.AddSessionConfigEntry(options, "session.intra_op.allow_spinning", "0"), .library)

        var session: OpaquePointer?
        try unsafe open(library, options, &session)
        guard let session = unsafe session else { throw ModelError(.invalidModel, "ONNX Runtime made no session") }
        do throws(ModelError) {
            let reader = unsafe SessionReader(library: library, session: session)
            inputs = try reader.inputs()
            outputs = try reader.outputs()
            metadata = try reader.metadata()
        } catch {
            unsafe functions.ReleaseSession(session)
            throw error
        }
        self.library = library
        unsafe self.session = unsafe session
        inputNames = CStringList(inputs.map(\.name))
        outputNames = CStringList(outputs.map(\.name))
    }

    deinit { unsafe library.functions.ReleaseSession(session) }

    /// The version of ONNX Runtime that runs the model, such as `1.32.0`.
    public var runtimeVersion: String { library.version }

    /// Runs the model once and answers its outputs in order. Any number of threads may call it at once.
    ///
    /// Throws `invalidInput` when the tensors do not fit the model's inputs in number, element type or shape, and
    /// `runFailed` with ONNX Runtime's message when the model itself fails.
    public func run(_ tensors: [Tensor]) throws(ModelError) -> [Tensor] {
        try check(tensors)
        return try unsafe library.withValues(of: tensors) { given throws(ModelError) in
            var answered = unsafe [OpaquePointer?](repeating: nil, count: outputs.count)
            defer { unsafe release(answered) }
            try unsafe library.functions.check(
                library.functions.Run(
                    session, nil, inputNames.pointers, given, given.count, outputNames.pointers, answered.count,
                    &answered), .runFailed)
            return try unsafe results(answered)
        }
    }

    private func results(_ answered: [OpaquePointer?]) throws(ModelError) -> [Tensor] {
        var results: [Tensor] = []
        results.reserveCapacity(outputs.count)
        for index in outputs.indices {
            guard let value = unsafe answered[index] else {
                throw ModelError(.runFailed, "the model left its output \(outputs[index].name) empty")
            }
            results.append(try unsafe library.tensor(of: value))
        }
        return results
    }

    private func release(_ values: [OpaquePointer?]) {
        for index in 0..<(unsafe values.count) {
            if let value = unsafe values[index] { unsafe library.functions.ReleaseValue(value) }
        }
    }

    private func check(_ tensors: [Tensor]) throws(ModelError) {
        guard tensors.count == inputs.count else {
            throw ModelError(.invalidInput, "the model takes \(inputs.count) inputs, got \(tensors.count)")
        }
        for (tensor, info) in zip(tensors, inputs) {
            guard tensor.elements.type == info.elementType, info.fits(tensor.shape) else {
                let type = info.elementType.map { "\($0)" } ?? "unknown"
                throw ModelError(
                    .invalidInput,
                    "input \(info.name) takes \(type) \(info.shapeDescription), "
                        + "got \(tensor.elements.type) \(tensor.shape)"
                )
            }
        }
    }
}

/// A list of C strings that lives as long as it is held.
///
/// Unchecked: written in `init`, freed in `deinit`, only read between.
@safe final class CStringList: @unchecked Sendable {
    let pointers: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        unsafe pointers = .allocate(capacity: max(count, 1))
        for (index, string) in strings.enumerated() {
            let bytes = string.utf8CString
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            for (offset, byte) in bytes.enumerated() { unsafe copy[offset] = byte }
            unsafe (pointers + index).initialize(to: UnsafePointer(copy))
        }
    }

    deinit {
        for index in 0..<count { unsafe pointers[index]?.deallocate() }
        unsafe pointers.deallocate()
    }
}
