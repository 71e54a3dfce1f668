// What one model costs this machine: processor time a run, how long a run takes, and memory at each stage.

import Glibc
import OnnxRuntime

/// Measured in a process that has done nothing else yet.
struct ModelProfile {
    var runtimeVersion = ""
    /// Resident before the model is there: the program and ONNX Runtime.
    var emptyBytes = 0
    var loadedBytes = 0
    /// After the runs; what they needed beside the model has not been given back.
    var residentBytes = 0
    /// The most it ever was, with the second copy while loading.
    var peakBytes = 0
    var loadMilliseconds = 0.0
    var runs = 0
    var processorMilliseconds = 0.0
    var times: [Double] = []

    /// The most runs, so that the list of their times stays small.
    private static let runsMax = 1_000_000
    private static let warmUps = 5
    /// Fewer runs have no 99th percentile.
    private static let runsMin = 100

    /// Loads the model at `path` and runs rows of `data` one after the other for about `seconds`.
    static func measure(
        _ path: String, isInParts: Bool, data: String, skip: Int, seconds: Double
    ) throws -> ModelProfile {
        var profile = ModelProfile()
        // ONNX Runtime is loaded at its first use, which any use is; that no bytes are no model is no news.
        _ = try? Model(bytes: [])
        profile.emptyBytes = try memory("VmRSS")
        let begun = ContinuousClock.now
        let model = try isInParts ? Model(path: path) : MeasureCommand.load(path)
        profile.runtimeVersion = model.runtimeVersion
        profile.loadMilliseconds = (ContinuousClock.now - begun) / .milliseconds(1)
        profile.loadedBytes = try memory("VmRSS")
        let rows = Array(try Samples(model, path: data).rows.dropFirst(skip))
        guard !rows.isEmpty else { throw StartFailure("\(data): no rows are left after the first \(skip)") }
        for index in 0..<warmUps { _ = try RunLimit.run(model, rows[index % rows.count]) }
        profile.residentBytes = try memory("VmRSS")
        profile.peakBytes = try memory("VmHWM")
        let (start, processor) = (ContinuousClock.now, clock())
        while profile.runs < runsMax,
            profile.runs < runsMin || ContinuousClock.now - start < .seconds(seconds)
        {
            let run = ContinuousClock.now
            _ = try RunLimit.run(model, rows[profile.runs % rows.count])
            profile.times.append((ContinuousClock.now - run) / .milliseconds(1))
            profile.runs += 1
        }
        profile.processorMilliseconds = (clock() - processor) / Double(profile.runs)
        return profile
    }

    func write(_ writer: inout JSONWriter) {
        writer.raw("{\"onnxruntime\":")
        writer.string(runtimeVersion)
        for (name, value) in [
            ("emptyBytes", emptyBytes), ("loadedBytes", loadedBytes), ("residentBytes", residentBytes),
            ("peakBytes", peakBytes), ("runs", runs),
        ] {
            Self.key(name, &writer)
            writer.value(value)
        }
        for (name, value) in [
            ("loadMilliseconds", loadMilliseconds), ("processorMilliseconds", processorMilliseconds),
            ("p50Milliseconds", Trial.percentile(times, 0.50)), ("p99Milliseconds", Trial.percentile(times, 0.99)),
        ] {
            Self.key(name, &writer)
            writer.value(value)
        }
        writer.raw("}\n")
    }

    private static func key(_ name: String, _ writer: inout JSONWriter) {
        writer.raw(",")
        writer.string(name)
        writer.raw(":")
    }

    /// Processor time of this process, all of its threads, in milliseconds.
    private static func clock() -> Double {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }

    /// A line of proc(5)'s status of this process, in bytes: `VmRSS` is what it holds, `VmHWM` the most it ever held.
    static func memory(_ name: String) throws -> Int {
        let text = String(decoding: try HostProcess.contents(of: "/proc/self/status"), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
}
