// What a model is, and every instance type with a price in its region as if the spec named it: fitted, priced, judged.

import Foundation
import PlumbFormats
import PlumbModel
import PlumbPolicy

extension Composition {
    /// Reads the file, then runs rows of `data` through it for about `seconds`.
    static func measure(_ path: String, data: String, seconds: Double) async throws -> MeasuredModel {
        let bytes = try modelBytes(of: path)
        let file = try ONNXFileReader.read(bytes, file: path)
        let runs: MeasuredModel.Runs = try await ModelMeasure.run(
            ["--model", path, "--data", data, "--profile", "--seconds", "\(seconds)"]
                + (file.hasExternalValues ? ["--in-parts"] : []))
        return MeasuredModel(
            path: path, digest: try digest(ofFileAt: path), bytes: bytes.count,
            operators: file.operators, operatorSets: file.operatorSets, parameters: file.parameters,
            parameterBytes: file.parameterBytes, elementTypes: file.elementTypes,
            hasExternalValues: file.hasExternalValues, runs: runs)
    }

    /// Throws `unsupported` for a model that keeps weights in other files: an artefact is one file, whose digest holds
    /// all of it.
    static func requireOneFile(_ path: String) throws {
        guard FileKind(path) == .file, FileKind.size(of: path) <= modelBytesMax,
            // What cannot be read has faults that whoever loads it tells better.
            let file = try? ONNXFileReader.read(try modelBytes(of: path), file: path), file.hasExternalValues
        else { return }
        throw PlumbError(
            .unsupported, "\(path) keeps weights in other files, and an artefact is one file",
            hint: "put them into it, up to 2 GiB: python -c 'import onnx; onnx.save(onnx.load(\"model.onnx\"), "
                + "\"whole.onnx\")'")
    }

    /// The bytes of the file; a message of Protocol Buffers has two gigabytes at most.
    private static func modelBytes(of path: String) throws -> [UInt8] {
        guard FileKind(path) == .file else {
            throw PlumbError(.notFound, "\(path) is no file", hint: "model.path is relative to the spec")
        }
        guard FileKind.size(of: path) <= modelBytesMax else {
            throw PlumbError(.invalidInput, "\(path) is larger than \(modelBytesMax) bytes, and so no ONNX file")
        }
        return [UInt8](try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe))
    }
    private static let modelBytesMax = 1 << 31

    /// The controls whose verdict depends on the instance type.
    static let sizeControls = ["PERF-1.2", "PERF-1.3", "COST-2.1", "COST-2.5", "COST-3.5"]

    /// One candidate for each type of the catalogue that has a price.
    static func sizeCandidates(
        for spec: Spec, _ profile: ModelProfile, _ demand: SizeDemand, workload: Workload, prices: PriceBook,
        _ assumptions: SpendAssumptions
    ) async throws -> [SizeCandidate] {
        var overlay = PolicyOverlay()
        overlay.leftOut = try PolicyBook.leftOut(only: sizeControls, skip: [], named: "for sizing")
        var candidates: [SizeCandidate] = []
        for type in InstanceType.all {
            guard let price = prices.price(of: type.name, in: spec.region) else { continue }
            var candidate = SizeCandidate(
                type, usdPerHour: price.usdPerHour, profile, demand, workload: workload)
            if price.confidence == .derived { candidate.misfits.append("its price is worked out, and not listed") }
            var changed = spec
            changed.instances.type = type.name
            changed.workload = workload
            changed.model.size = profile.size
            changed.peakRequestsPerSecond = demand.rate ?? spec.peakRequestsPerSecond
            var graph = Architecture.compile(changed, asOf: today())
            graph.prices = prices
            var assumptions = assumptions
            assumptions.instancesAtPeak = candidate.instancesAtPeak
            let spend = graph.spend(assumptions)
            (candidate.floorUSD, candidate.expectedUSD, candidate.worstUSD) = (
                spend.floorUSD, spend.expectedUSD, spend.worstUSD
            )
            let assessment = await PolicyBook.assessSideBySide(graph, path: type.name, under: overlay)
            let findings = assessment.findings
            candidate.breaches = findings.filter { $0.verdict == .fails }.map {
                SizeCandidate.Breach(control: $0.control, message: $0.message)
            }
            candidate.unknown += findings.filter { $0.verdict == .unknown }.map { "\($0.control): \($0.message)" }
            candidates.append(candidate)
        }
        return candidates
    }
}
