// ONNX Runtime's library, found, loaded and checked.

import COnnxRuntime
import Glibc

/// ONNX Runtime's shared library: found once, loaded once, kept for the life of the process.
///
/// Unchecked: a table of function pointers and two handles, none changed after `init`; ONNX Runtime documents its
/// environment and allocator as safe to use from any thread.
@safe final class OnnxLibrary: @unchecked Sendable {
    /// The environment variable that names the library's file, before every other place.
    static let pathVariable = "PLUMB_ONNXRUNTIME"
    static let fileName = "libonnxruntime.so"

    /// The library, or why there is none.
    static let shared = Result<OnnxLibrary, ModelError> { () throws(ModelError) in try OnnxLibrary() }

    let functions: OnnxFunctions
    let version: String
    let environment: OpaquePointer
    let allocator: OpaquePointer
    /// Says of a tensor's memory that it is this process's own.
    let processMemory: OpaquePointer

    private init() throws(ModelError) {
        let path = try OnnxLibrary.find()
        let (functions, version) = try OnnxLibrary.load(path)
        self.functions = functions
        self.version = version

        // Level 4 is "fatal" only: every other trouble comes back as a status, and is told once, by whoever asked.
        var environment: OpaquePointer?
        var allocator: OpaquePointer?
        try unsafe functions.check(functions.CreateEnv(4, "plumb", &environment), .library)
        try unsafe functions.check(functions.GetAllocatorWithDefaultOptions(&allocator), .library)
        var processMemory: OpaquePointer?
        try unsafe functions.check(functions.CreateCpuMemoryInfo(0, 0, &processMemory), .library)
        guard let environment = unsafe environment, let allocator = unsafe allocator,
            let processMemory = unsafe processMemory
        else {
            throw ModelError(.library, "\(path) made no environment to run models in")
        }
        unsafe self.environment = unsafe environment
        unsafe self.allocator = unsafe allocator
        unsafe self.processMemory = unsafe processMemory
    }

    /// The first place that has the library, or the bare name for the loader's own search.
    private static func find() throws(ModelError) -> String {
        if let named = unsafe getenv(pathVariable) {
            let path = unsafe String(cString: named)
            guard unsafe access(path, R_OK) == 0 else {
                throw ModelError(
                    .library, "\(pathVariable) names \(path), which cannot be read",
                    hint: "unset it, or set it to the path of \(fileName)")
            }
            return path
        }
        return candidates().first { unsafe access($0, R_OK) == 0 } ?? fileName
    }

    /// Beside the executable, then `.onnxruntime/` in the current directory and in each folder above the executable.
    static func candidates() -> [String] {
        var folder = executablePath()[...]
        var found: [String] = []
        var above: [String] = []
        while let slash = folder.lastIndex(of: "/") {
            folder = folder[..<slash]
            if found.isEmpty { found.append("\(folder)/\(fileName)") }
            above.append("\(folder)/.onnxruntime/\(fileName)")
        }
        return found + [".onnxruntime/\(fileName)"] + above
    }

    private static func executablePath() -> String {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
        guard count > 0 else { return CommandLine.arguments.first ?? "" }
        return String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func load(_ path: String) throws(ModelError) -> (OnnxFunctions, String) {
        var version = [CChar](repeating: 0, count: 64)
        var message = [CChar](repeating: 0, count: 512)
        let (outcome, functions) = unsafe withUnsafeTemporaryAllocation(of: OnnxFunctions.self, capacity: 1) { room in
            guard let table = room.baseAddress else { return (OnnxLoadNotOpened, OnnxFunctions?.none) }
            let outcome = unsafe onnxLoad(path, table, &version, version.count, &message, message.count)
            return unsafe (outcome, outcome == OnnxLoadSucceeded ? table.pointee : nil)
        }
        let versionText = text(version)
        if let functions { return (functions, versionText) }
        switch outcome {
        case OnnxLoadNotOnnx:
            throw ModelError(
                .library, "\(path) is not ONNX Runtime: it does not export OrtGetApiBase",
                hint: "set \(pathVariable) to the path of ONNX Runtime's \(fileName)")
        case OnnxLoadTooOld:
            throw ModelError(
                .library,
                "\(path) is ONNX Runtime \(versionText), which is too old: interface 17 is needed (1.17 or later)",
                hint: "`make up` installs one")
        default:
            let looked = path == fileName ? " (looked in \(candidates().joined(separator: ", ")))" : ""
            throw ModelError(
                .library, "ONNX Runtime's library could not be loaded: \(text(message))\(looked)",
                hint: "`make up` installs it, or set \(pathVariable) to its path")
        }
    }

    private static func text(_ terminated: [CChar]) -> String {
        String(decoding: terminated.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension OnnxFunctions {
    /// Throws an error of `kind` with ONNX Runtime's message when a call did not succeed.
    @inline(__always)
    func check(_ status: OrtOutcome?, _ kind: ModelError.Kind) throws(ModelError) {
        guard let status = unsafe status else { return }
        throw unsafe error(status, kind)
    }

    private func error(_ status: OpaquePointer, _ kind: ModelError.Kind) -> ModelError {
        let message = unsafe String(cString: GetErrorMessage(status))
        unsafe ReleaseStatus(status)
        return ModelError(kind, message)
    }
}
