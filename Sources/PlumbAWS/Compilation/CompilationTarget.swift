// What a model can be compiled for, and by which of SageMaker's two jobs.

public import PlumbModel

/// What a model is compiled for.
public enum CompilationTarget: Sendable, Hashable, CustomStringConvertible {
    /// A family of instances, by Neo's name: `ml_g4dn`.
    case device(String)
    /// A system, its architecture and what accelerates it, in Neo's words: `LINUX`, `X86_64`, `NVIDIA`.
    case platform(system: String, architecture: String, accelerator: String?)
    /// An instance type, `ml.g5.xlarge`, that a language model is optimised for.
    case instance(String)

    /// Families that endpoints run on and Neo compiles for. Its other devices are no instances of SageMaker's.
    public static let devices = [
        "ml_m4", "ml_m5", "ml_m6g", "ml_c4", "ml_c5", "ml_c6g", "ml_p2", "ml_p3", "ml_g4dn", "ml_inf1", "ml_inf2",
        "ml_trn1",
    ]
    public static let systems = ["LINUX", "ANDROID"]
    public static let architectures = ["X86_64", "X86", "ARM64", "ARM_EABI", "ARM_EABIHF"]
    public static let accelerators = ["NVIDIA", "INTEL_GRAPHICS", "MALI", "NNA"]
    /// Families that optimisation jobs make models for.
    public static let instanceFamilies = [
        "g4dn", "g5", "g6", "g6e", "g7", "g7e", "inf2", "p4d", "p4de", "p5", "p5e", "p5en", "p6-b200", "trn1", "trn1n",
    ]
    /// Devices that Neuron compiles for, which knows no ONNX.
    static let neuronDevices: Set<String> = ["ml_inf1", "ml_inf2", "ml_trn1"]
    /// The only region in which Neo compiles for a device.
    static let onlyRegions = ["ml_inf2": "us-east-2", "ml_trn1": "us-east-1"]

    /// Reads `ml_g4dn`, `linux/x86_64/nvidia`, `ml.g5.xlarge`, or `auto`: the family of `instanceType`, if Neo has it.
    public init(_ text: String, instanceType: String) throws(PlumbError) {
        if text == "auto" {
            let device = Self.device(of: instanceType)
            guard Self.devices.contains(device) else {
                throw PlumbError(
                    .unsupported, "SageMaker Neo does not compile for \(instanceType) as such",
                    hint: "--compile linux/x86_64/nvidia with --compiler-options names a GPU; for a language model "
                        + "--compile \(instanceType)")
            }
            self = .device(device)
        } else if text.hasPrefix("ml.") {
            let family = text.split(separator: ".").dropFirst().first.map(String.init) ?? ""
            guard Self.instanceFamilies.contains(family), text.split(separator: ".").count == 3 else {
                throw Self.unknown(text, among: Self.instanceFamilies.map { "ml.\($0).SIZE" })
            }
            self = .instance(text)
        } else if text.contains("/") {
            let words = text.uppercased().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard (2...3).contains(words.count) else { throw Self.unknown(text, among: ["linux/x86_64/nvidia"]) }
            for (word, known) in zip(words, [Self.systems, Self.architectures, Self.accelerators])
            where !known.contains(word) {
                throw Self.unknown(word.lowercased(), among: known.map { $0.lowercased() })
            }
            self = .platform(
                system: words[0], architecture: words[1], accelerator: words.count > 2 ? words[2] : nil)
        } else {
            guard Self.devices.contains(text) else { throw Self.unknown(text, among: Self.devices) }
            self = .device(text)
        }
    }

    private static func unknown(_ text: String, among known: [String]) -> PlumbError {
        PlumbError(
            .unsupported, "SageMaker compiles for no '\(text)'", hint: "there are \(known.joined(separator: ", "))")
    }

    /// `ml_g4dn` of `ml.g4dn.xlarge`.
    private static func device(of instanceType: String) -> String {
        instanceType.split(separator: ".").prefix(2).joined(separator: "_")
    }

    /// As it is written on the command line.
    public var description: String {
        switch self {
        case .device(let name), .instance(let name): name
        case .platform(let system, let architecture, let accelerator):
            [system, architecture, accelerator].compactMap { $0?.lowercased() }.joined(separator: "/")
        }
    }

    /// As it may stand in the name of a job.
    var slug: String {
        let text = description.lowercased().hasPrefix("ml") ? String(description.dropFirst(3)) : description
        return String(text.map { $0.isLetter || $0.isNumber ? $0 : "-" })
    }

    public var kind: CompilationKind {
        if case .instance = self { return .optimization }
        return .compilation
    }
}

/// Which of SageMaker's jobs it is.
public enum CompilationKind: String, Sendable, Hashable, Encodable, CaseIterable {
    /// By Neo.
    case compilation
    /// Of a language model.
    case optimization

    /// The stem of the operations: `CreateCompilationJob`.
    var stem: String { self == .compilation ? "Compilation" : "Optimization" }
    /// The AWS command line's word.
    public var noun: String { "\(rawValue)-job" }
}

/// What a model was made with, as Neo calls it.
public enum CompilationFramework: String, Sendable, Hashable, CaseIterable {
    case onnx, pytorch, tensorflow, mxnet, keras, xgboost, tflite

    /// Whether Neo wants the version of it.
    var hasVersion: Bool { [.pytorch, .tensorflow, .mxnet, .tflite].contains(self) }
}
