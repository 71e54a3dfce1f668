// What plumb optimize --compile is told: for what, by whom, from where, and where to.

import ArgumentParser
import Foundation
import PlumbModel

struct CompilationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Have SageMaker compile: ml_g4dn and the like, linux/x86_64/nvidia, auto (the spec's instance type), or "
                + "ml.g5.xlarge for a language model.", valueName: "target"))
    var compile: String?
    @Flag(help: "Print the job's request, and ask nobody. Goes with --compile, as all below.") var render = false
    @Option(help: ArgumentHelp("The role that SageMaker takes on for the job.", valueName: "arn")) var role: String?
    @Option(
        help: ArgumentHelp(
            "The model, where it is not the spec's: an archive, or for a language model a folder in S3.",
            valueName: "file or s3://…"))
    var source: String?
    @Option(help: "What the model was made with (default: onnx).")
    var framework: Composition.ModelFramework?
    @Option(help: "The framework's version, where Neo wants it.") var frameworkVersion: String?
    @Option(
        help: ArgumentHelp(
            "The shape of an input (default: as the ONNX file has it, a row a request).", valueName: "name=1,3,224,224"
        ))
    var input: [String] = []
    @Option(help: ArgumentHelp("Options of Neo's compiler.", valueName: "json")) var compilerOptions: String?
    @Option(help: "Quantise a language model instead of compiling it.")
    var quantize: LanguageModelQuantization?
    @Option(help: ArgumentHelp("A setting of a language model's image.", valueName: "name=value"))
    var setting: [String] = []
    @Option(help: "The image that optimises a language model (default: SageMaker's choice).") var image: String?
    @Option(help: ArgumentHelp("The key of KMS that the result is encrypted with.", valueName: "key")) var kmsKey:
        String?
    @Option(
        help: ArgumentHelp(
            "Where the result goes (default: compiled/ in the deployment's bucket).", valueName: "s3://…"))
    var results: String?
    @Option(help: "How long the job may run (default: 30, for a language model 720).") var jobMinutes: Int?
    @Flag(help: "Make another job where the last one failed or was stopped.") var retry = false
    @Flag(name: .shortAndLong, help: "Start the job without being asked.") var yes = false
    @OptionGroup var access: AWSAccess
    @OptionGroup var home: HomeOption

    func validate() throws {
        if let jobMinutes, !(1...Self.minutesMax).contains(jobMinutes) {
            throw ValidationError("--job-minutes takes 1 to \(Self.minutesMax)")
        }
        guard compile == nil else {
            guard isForLanguageModel || (quantize == nil && setting.isEmpty && image == nil) else {
                throw ValidationError(
                    "--quantize, --setting and --image are for a language model: --compile ml.g5.xlarge")
            }
            guard
                !isForLanguageModel
                    || (framework == nil && frameworkVersion == nil && input.isEmpty && compilerOptions == nil)
            else {
                throw ValidationError("--framework, --input and --compiler-options are for Neo: --compile ml_g4dn")
            }
            return
        }
        let isAlone =
            !render && !retry && !yes && input.isEmpty && setting.isEmpty
            && [role, source, frameworkVersion, compilerOptions, image, kmsKey, results].allSatisfy { $0 == nil }
        guard isAlone, framework == nil, quantize == nil, jobMinutes == nil else {
            throw ValidationError("these go with --compile TARGET, such as --compile ml_g4dn")
        }
    }
    private static let minutesMax = 7 * 1_440

    var isForLanguageModel: Bool { compile?.hasPrefix("ml.") == true }
}

/// How a language model's weights are made smaller, as SageMaker's images call it.
enum LanguageModelQuantization: String, ExpressibleByArgument, CaseIterable {
    case awq, smoothquant, fp8
}

/// What plumb optimize --compare is told.
struct ComparisonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Compare two SageMaker endpoints on one instance type by their ModelLatency: the model as it is, and the "
                + "new one.", valueName: "baseline,candidate"))
    var compare: String?
    @Option(help: "With --compare: how many minutes back, 30 to 1440.") var minutes = 60

    func validate() throws {
        guard let compare else { return }
        guard Self.names(compare).count == 2, Set(Self.names(compare)).count == 2 else {
            throw ValidationError("--compare takes two endpoints, such as --compare digits,digits-neo")
        }
        guard (30...Composition.comparedMinutesMax).contains(minutes) else {
            throw ValidationError("--minutes takes 30 to \(Composition.comparedMinutesMax)")
        }
    }

    static func names(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
