// What is asked of SageMaker: a job's request, by a name that says what it was made of.

import Crypto
public import PlumbModel

/// A job that makes another model of a model.
public struct CompilationOrder: Sendable, Hashable {
    /// One input of the model, and its dimensions.
    public struct Input: Sendable, Hashable {
        public var name: String
        public var shape: [Int]
        public init(name: String, shape: [Int]) {
            self.name = name
            self.shape = shape
        }
    }

    public var endpoint: String
    public let target: CompilationTarget
    /// The target's. Kept, because the optimiser of Swift 6.3.1 stumbles over asking the target in a loop.
    public let kind: CompilationKind
    public var region: String
    /// The role that SageMaker takes on to read the model and write what it makes of it.
    public var role: String
    /// The model: an archive for Neo, a folder of files for a language model; an address of S3.
    public var source: String
    /// The folder in which the result has one of its own: Neo names what it makes after the archive and the device.
    public var results: String
    public var framework = CompilationFramework.onnx
    public var frameworkVersion: String?
    public var inputs: [Input] = []
    /// Options of the compiler as JSON.
    public var compilerOptions: String?
    /// `awq` or another; nil to compile.
    public var quantization: String?
    /// The image that optimises a language model; SageMaker's own choice where nil.
    public var image: String?
    /// Settings of that image.
    public var settings: [String: String] = [:]
    /// The key that the result is encrypted with.
    public var key: String?
    public var secondsMax: Int
    public var tags: [String: String] = [:]

    public init(
        endpoint: String, target: CompilationTarget, region: String, role: String, source: String, results: String,
        secondsMax: Int
    ) {
        self.endpoint = endpoint
        self.target = target
        kind = target.kind
        self.region = region
        self.role = role
        self.source = source
        self.results = results
        self.secondsMax = secondsMax
    }

    // MARK: - What can be said before SageMaker is asked

    /// Throws for what its documentation rules out.
    public func check() throws(PlumbError) {
        guard Self.account(ofRole: role) != nil else {
            throw PlumbError(
                .invalidInput, "'\(role)' is no ARN of a role",
                hint: "--role arn:aws:iam::ACCOUNT:role/NAME; SageMaker takes it on (docs/OPTIMIZE.md)")
        }
        switch target {
        case .platform(_, _, "NVIDIA"):
            let missing = ["gpu-code", "trt-ver", "cuda-ver"].filter { compilerOptions?.contains("\"\($0)\"") != true }
            guard missing.isEmpty else {
                throw PlumbError(
                    .invalidInput, "for an NVIDIA platform Neo needs \(missing.joined(separator: ", "))",
                    hint: #"--compiler-options '{"gpu-code": "sm_86", "trt-ver": "7.1.3", "cuda-ver": "11.1"}'"#)
            }
        case .instance:
            guard !source.hasSuffix(".tar.gz") else {
                throw PlumbError(
                    .invalidInput, "an optimisation job reads the files of a language model, and no archive",
                    hint: "--source s3://BUCKET/FOLDER/ with config.json, the tokenizer and the weights in it")
            }
        default: break
        }
        if kind == .compilation {
            guard source.hasSuffix(".tar.gz") else {
                throw PlumbError(
                    .invalidInput, "Neo reads one .tar.gz, and not \(source)", hint: "--source s3://BUCKET/model.tar.gz"
                )
            }
            if inputs.isEmpty, framework != .xgboost {
                throw PlumbError(
                    .invalidInput, "Neo has to know the model's inputs", hint: "--input NAME=1,3,224,224")
            }
        }
    }

    /// What a person should know of it beforehand.
    public var notes: [String] {
        guard case .device(let device) = target else {
            if case .platform = target {
                return ["what is made for a platform has no image of SageMaker's to serve it"]
            }
            return ["optimisation jobs take language models of SageMaker's own list, and are charged by the instance"]
        }
        var notes: [String] = []
        if framework == .onnx, CompilationTarget.neuronDevices.contains(device) {
            notes.append(
                "SageMaker documents no ONNX for \(device) (ml_inf1: MXNet, PyTorch, TensorFlow): Neo may refuse it; "
                    + "--source and --framework name a traced model")
        }
        if let only = CompilationTarget.onlyRegions[device], region != only {
            notes.append("Neo compiles for \(device) in \(only) only, and this is \(region)")
        }
        return notes
    }

    /// The account of a role's ARN; nil for what is none.
    public static func account(ofRole arn: String) -> String? {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[5].hasPrefix("role/"),
            parts[4].count == 12, parts[4].allSatisfy(\.isNumber)
        else { return nil }
        return parts[4]
    }

    // MARK: - The request

    /// The job's name: the same for the same request, so that asking again finds the job. `attempt` is 1 at first.
    public func name(attempt: Int) -> String {
        let stem = "\(endpoint.prefix(Self.endpointMax))-\(target.slug)-\(code)"
        return attempt == 1 ? stem : "\(stem)-\(attempt)"
    }
    private static let endpointMax = 30

    /// Eight digits that stand for all of the request.
    private var code: String {
        let digest = SHA256.hash(data: JSONBody.write(request(named: "", into: results))).prefix(4)
        return digest.map(ArtefactFile.hexadecimal).joined()
    }

    /// The input of `CreateCompilationJob` or `CreateOptimizationJob`.
    public func request(named name: String) -> AWSValue { request(named: name, into: "\(results)\(code)/") }

    private func request(named name: String, into place: String) -> AWSValue {
        var request: AWSValue = [
            "\(kind.stem)JobName": .text(name), "RoleArn": .text(role),
            "StoppingCondition": ["MaxRuntimeInSeconds": .number(Double(secondsMax))],
            "Tags": .list(
                tags.sorted { $0.key < $1.key }.map { ["Key": .text($0.key), "Value": .text($0.value)] }),
        ]
        request["OutputConfig"] = ["S3OutputLocation": .text(place), "KmsKeyId": key.map { .text($0) } ?? .null]
        switch target {
        case .device(let device):
            request["OutputConfig"]["TargetDevice"] = .text(device)
            addCompilation(to: &request)
        case .platform(let system, let architecture, let accelerator):
            request["OutputConfig"]["TargetPlatform"] = [
                "Os": .text(system), "Arch": .text(architecture), "Accelerator": accelerator.map { .text($0) } ?? .null,
            ]
            addCompilation(to: &request)
        case .instance(let type):
            request["DeploymentInstanceType"] = .text(type)
            request["ModelSource"] = ["S3": ["S3Uri": .text(source)]]
            request["OptimizationConfigs"] = [optimization]
        }
        return request
    }

    private func addCompilation(to request: inout AWSValue) {
        request["InputConfig"] = [
            "S3Uri": .text(source), "Framework": .text(framework.rawValue.uppercased()),
            "FrameworkVersion": framework.hasVersion ? frameworkVersion.map { .text($0) } ?? .null : .null,
            "DataInputConfig": inputs.isEmpty ? .null : .text(dataInputConfig),
        ]
        request["OutputConfig"]["CompilerOptions"] = compilerOptions.map { .text($0) } ?? .null
    }

    /// The inputs in the model's own order, as JSON in a text.
    private var dataInputConfig: String {
        let members = inputs.map { input in
            "\(JSONText.quoted(input.name)):[\(input.shape.map(String.init).joined(separator: ","))]"
        }
        return "{\(members.joined(separator: ","))}"
    }

    private var optimization: AWSValue {
        var settings = settings
        if let quantization { settings["OPTION_QUANTIZE"] = quantization }
        let config: AWSValue = [
            "Image": image.map { .text($0) } ?? .null,
            "OverrideEnvironment": settings.isEmpty ? .null : .map(settings.mapValues { .text($0) }),
        ]
        return [quantization == nil ? "ModelCompilationConfig" : "ModelQuantizationConfig": config]
    }

    /// The technique as the policies call it.
    public var technique: String {
        if quantization != nil { return "quantization" }
        return compilerOptions?.contains("trt-ver") == true ? "tensorrt" : "compilation"
    }

    /// What made it, as a record names it.
    public var tool: String {
        kind == .compilation ? "SageMaker Neo for \(target)" : "SageMaker optimisation job for \(target)"
    }
}
