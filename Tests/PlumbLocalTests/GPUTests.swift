// GPUs as NVML tells of them, with a library that has its symbols and none of its hardware.

import Foundation
import NIOHTTP1
import PlumbEngine
import PlumbModel
import PlumbSignals
import Testing

@testable import PlumbLocal

@Suite(.serialized, .timeLimit(.minutes(20)))
struct GPUTests {
    /// Two devices: 40 % and 80 % busy, a quarter and a half full; the second one answers while a file is there.
    private static let source = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <unistd.h>
        typedef struct { unsigned int gpu, memory; } Utilization;
        typedef struct { unsigned long long total, free, used; } Memory;
        static int devices[2] = {0, 1};
        int nvmlInit_v2(void) { return 0; }
        int nvmlDeviceGetCount_v2(unsigned int *count) { *count = 2; return 0; }
        int nvmlDeviceGetHandleByIndex_v2(unsigned int index, void **device) {
            if (index > 1) return 2;
            *device = &devices[index];
            return 0;
        }
        int nvmlDeviceGetUtilizationRates(void *device, Utilization *rates) {
            int index = *(int *)device;
            if (index == 1 && access(MARK, F_OK) != 0) return 15;
            rates->gpu = index == 0 ? 40 : 80;
            rates->memory = 7;
            return 0;
        }
        int nvmlDeviceGetMemoryInfo(void *device, Memory *memory) {
            memory->total = 1ull << 34;
            memory->used = *(int *)device == 0 ? 1ull << 32 : 1ull << 33;
            memory->free = memory->total - memory->used;
            return 0;
        }
        """

    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    private var mark: String { "\(folder)/mark" }

    /// Compiles the library; `source` may be another.
    private func library(_ source: String = source) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try source.write(toFile: "\(folder)/nvml.c", atomically: true, encoding: .utf8)
        try Data().write(to: URL(filePath: mark))
        let compiler = Process()
        compiler.executableURL = URL(filePath: "/usr/bin/env")
        compiler.arguments = [
            "clang", "-shared", "-fPIC", "-DMARK=\"\(mark)\"", "-o", "\(folder)/nvml.so", "\(folder)/nvml.c",
        ]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
        return "\(folder)/nvml.so"
    }

    @Test func theLibraryTellsOfEachDeviceOrOfNone() throws {
        let library = try GPULibrary(path: library())
        let readings = try #require(library.read())
        #expect(
            readings == [
                GPUReading(utilizationPercent: 40, memoryPercent: 25),
                GPUReading(utilizationPercent: 80, memoryPercent: 50),
            ])
        try FileManager.default.removeItem(atPath: mark)
        #expect(library.read() == nil, "a part of the devices would be a wrong mean")
    }

    @Test func whereThereIsNoneItIsSaidWhy() throws {
        #expect(GPUMeter(path: "/nowhere.so").text == "no GPU is watched: /nowhere.so cannot be opened")
        let other = try library("int nvmlInit_v2(void) { return 9; }\nint used(void) { return MARK[0]; }")
        #expect(
            GPUMeter(path: other).text == "no GPU is watched: \(other) has no nvmlDeviceGetUtilizationRates")
        let meter = GPUMeter(path: "/nowhere.so")
        meter.look(at: 1)
        #expect(!meter.isWatching && meter.load == nil && meter.metrics.isEmpty)
    }

    @Test func useIsAddedUpWhileTheDevicesAnswer() throws {
        let meter = GPUMeter(path: try library())
        for second in 0...10 { meter.look(at: Double(second)) }
        #expect(abs((meter.load?.busySeconds ?? 0) - 12) < 1e-9 && meter.load?.count == 2)
        #expect(meter.metrics.map(\.name) == ["GPUUtilization", "GPUMemoryUtilization"])
        #expect(meter.metrics.map(\.value) == [120, 75])
        try FileManager.default.removeItem(atPath: mark)
        meter.look(at: 11)
        #expect(meter.load == nil && meter.metrics.isEmpty)
        try Data().write(to: URL(filePath: mark))
        // What happened meanwhile is not known, and not made up.
        meter.look(at: 12)
        #expect(abs((meter.load?.busySeconds ?? 0) - 12) < 1e-9)
    }

    @Test func anEndpointOfAGPUsInstanceTypeScalesAndIsWatchedByTheGPUs() async throws {
        let library = try library()
        try await RunningHouse.with(settings: { $0.gpuLibrary = library }) { running in
            let revision = try running.revision(1, model: "model.onnx") { $0.instances.type = "ml.g5.xlarge" }
            try await running.serve(revision, count: 1)
            let metric = try #require(GPUMeter.gauges(revision).first?.metric)
            let route = try #require(running.house.gateway.route("digits"))
            try await running.until("the use of the GPUs is measured") {
                let second = Int(running.house.now())
                return LiveMetrics(route: route).datapoint(
                    metric, statistic: .maximum, periodStart: second - 10, periodSeconds: 20)?.value == 120
            }
            let load = try #require(try await running.house.engine.load("digits", revision: 1)?.first)
            #expect(load.cores == 2)
            try await running.until("they are seen to be busy") {
                try await running.house.engine.load("digits", revision: 1)?.first?.cpuSeconds ?? 0 > load.cpuSeconds
            }
            #expect(try await running.plane.status().gpus == "2 GPUs by \(library)")
            let page = try await running.call("/metrics", method: .GET).body
            #expect(page.contains("plumb_gpu_utilization_percent 120.0\n"))
        }
    }
}
