// The tools that make candidates of a model: ONNX Runtime's quantiser and onnx, in an environment of their own.

import Crypto
import Foundation
import PlumbModel

/// A Python with the packages that `candidates.py` needs; installed at the first use, into the user's cache.
struct Toolbox {
    let python: String
    private static let onnx = "onnx==1.23.2"

    /// `chosen` is an interpreter that has the packages already; else one is made. `runtimeVersion` is the server's, so
    /// that what is made is what is understood.
    static func find(chosen: String?, runtimeVersion: String, tell: (String) -> Void) async throws -> Toolbox {
        if let chosen {
            let toolbox = Toolbox(python: chosen)
            let trial = try await Program.run(chosen, ["-c", "import onnx, onnxruntime.quantization"])
            guard trial.status == 0 else {
                throw PlumbError(
                    .refused, "\(chosen) has no onnx and onnxruntime: \(trial.lastError)",
                    hint: "\(chosen) -m pip install \(onnx) onnxruntime==\(runtimeVersion)")
            }
            return toolbox
        }
        let wanted = [onnx, "onnxruntime==\(runtimeVersion)"]
        let digest = SHA256.hash(data: Data(wanted.joined(separator: "\n").utf8)).prefix(6)
        let folder = "\(cache())/optimize-\(digest.map { String(format: "%02x", $0) }.joined())"
        let toolbox = Toolbox(python: "\(folder)/bin/python")
        let stamp = "\(folder)/complete"
        if FileManager.default.fileExists(atPath: stamp) { return toolbox }
        tell("installing \(wanted.joined(separator: " and ")) into \(folder), once")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let made = try await Program.run("/usr/bin/env", ["python3", "-m", "venv", "--clear", folder])
        guard made.status == 0 else {
            throw PlumbError(
                .refused, "python3 cannot make an environment: \(made.lastError)",
                hint: "on Debian: apt-get install python3-venv; or --python PROGRAM with onnx and onnxruntime")
        }
        let installed = try await Program.run(
            toolbox.python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + wanted)
        guard installed.status == 0 else {
            throw PlumbError(
                .refused, "pip could not install \(wanted.joined(separator: " ")): \(installed.lastError)",
                hint: "where there is no network: --python PROGRAM with onnx and onnxruntime")
        }
        try Data().write(to: URL(fileURLWithPath: stamp))
        return toolbox
    }

    /// XDG's cache folder of the user.
    private static func cache() -> String {
        let environment = ProcessInfo.processInfo.environment
        let base = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (base ?? "\(environment["HOME"] ?? NSTemporaryDirectory())/.cache") + "/plumbline"
    }
}
