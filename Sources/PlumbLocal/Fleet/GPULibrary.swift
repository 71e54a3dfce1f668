// NVIDIA's GPUs as its management library (NVML) tells of them, where there is one.

import Glibc
import PlumbModel

/// How busy one GPU is, and how full its memory.
struct GPUReading: Sendable, Equatable {
    var utilizationPercent: Double
    var memoryPercent: Double
}

/// NVML, opened at run time: nothing is linked, and a machine without GPUs needs nothing.
struct GPULibrary: Sendable {
    /// The variable that names another library than the loader would find.
    static let pathVariable = "PLUMB_NVML"
    static let fileName = "libnvidia-ml.so.1"
    /// GPUs that are looked at.
    private static let devicesMax = 64

    let path: String
    /// The functions and the handles of devices, by their addresses: they are the library's, which is never closed.
    private let utilization: UInt
    private let memory: UInt
    private let devices: [UInt]

    var count: Int { devices.count }

    /// Opens the library and finds its devices. Throws `notFound` where there are none.
    init(path: String) throws(PlumbError) {
        guard let library = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw PlumbError(.notFound, "\(path) cannot be opened")
        }
        func symbol(_ name: String) throws(PlumbError) -> UInt {
            guard let symbol = unsafe dlsym(library, name) else {
                throw PlumbError(.notFound, "\(path) has no \(name)")
            }
            return UInt(bitPattern: symbol)
        }
        utilization = try symbol("nvmlDeviceGetUtilizationRates")
        memory = try symbol("nvmlDeviceGetMemoryInfo")
        let start = unsafe unsafeBitCast(try symbol("nvmlInit_v2"), to: (@convention(c) () -> Int32).self)
        let count = unsafe unsafeBitCast(
            try symbol("nvmlDeviceGetCount_v2"),
            to: (@convention(c) (UnsafeMutablePointer<UInt32>) -> Int32).self)
        let handle = unsafe unsafeBitCast(
            try symbol("nvmlDeviceGetHandleByIndex_v2"),
            to: (@convention(c) (UInt32, UnsafeMutablePointer<UInt>) -> Int32).self)
        let started = start()
        guard started == 0 else { throw PlumbError(.notFound, "\(path) does not start: NVML's error \(started)") }
        var found: UInt32 = 0
        guard unsafe count(&found) == 0, found > 0 else { throw PlumbError(.notFound, "\(path) finds no device") }
        var devices: [UInt] = []
        for index in 0..<min(found, UInt32(Self.devicesMax)) {
            var device: UInt = 0
            guard unsafe handle(index, &device) == 0 else {
                throw PlumbError(.notFound, "\(path) does not open device \(index)")
            }
            devices.append(device)
        }
        self.path = path
        self.devices = devices
    }

    /// One look at every device; nil when one of them does not answer, for a part of them would be a wrong mean.
    func read() -> [GPUReading]? {
        let utilization = unsafe unsafeBitCast(
            utilization, to: (@convention(c) (UInt, UnsafeMutablePointer<UInt32>) -> Int32).self)
        let memory = unsafe unsafeBitCast(
            memory, to: (@convention(c) (UInt, UnsafeMutablePointer<UInt64>) -> Int32).self)
        var readings: [GPUReading] = []
        for device in devices {
            // nvmlUtilization_t: gpu, memory; nvmlMemory_t: total, free, used.
            var (rates, bytes): ([UInt32], [UInt64]) = ([0, 0], [0, 0, 0])
            guard unsafe utilization(device, &rates) == 0, unsafe memory(device, &bytes) == 0, bytes[0] > 0 else {
                return nil
            }
            readings.append(
                GPUReading(
                    utilizationPercent: Double(rates[0]), memoryPercent: Double(bytes[2]) / Double(bytes[0]) * 100))
        }
        return readings
    }
}
