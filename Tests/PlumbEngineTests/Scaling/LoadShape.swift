// Loads as endpoints meet them, drawn from a seed: how many cores the requests ask for, period by period.

import Foundation
import PlumbTesting

/// A shape of load over a course of six hours, in cores.
enum LoadShape: String, CaseIterable, Sendable {
    case flat, flatNearAnEdge, noisyFlat, diurnal, spike, ramp, sawtooth, onAndOff

    static let periodSeconds = 10.0
    static let periods = 2160
    private static let courseSeconds = periodSeconds * Double(periods)

    /// The cores asked for in each period.
    func course(seed: UInt64) -> [Double] {
        var luck = SeededGenerator(seed: seed)
        func between(_ low: Double, _ high: Double) -> Double {
            low + (high - low) * Double(luck.number(0...1000)) / 1000
        }
        let level = between(0.1, 2.6)
        let phase = between(0, Self.courseSeconds)
        let length = between(600, 7200)
        // Within a hair of where something changes: the set point, the out-threshold or a bound, of n instances.
        let edge = Double(luck.number(1...4)) * [0.7, 0.8, 0.5, 0.35, 0.665][luck.number(0...4)] + between(-0.02, 0.02)
        let noise =
            switch self {
            case .flat, .flatNearAnEdge: 0.0
            case .noisyFlat, .onAndOff: between(0.02, 0.2)
            default: between(0, 0.03)
            }
        var isOn = true
        return (0..<Self.periods).map { period in
            let time = Double(period) * Self.periodSeconds
            if luck.happens(1.0 / 240) { isOn.toggle() }
            let cores =
                switch self {
                case .flat, .noisyFlat: level
                case .flatNearAnEdge: edge
                // A day's ups and downs, four times as steep.
                case .diurnal: level * (0.55 + 0.45 * sin((time + phase) / Self.courseSeconds * 2 * .pi))
                case .spike: time > phase / 2 && time < phase / 2 + length ? level + 1 : level / 4
                case .ramp: 0.1 + 3 * time / Self.courseSeconds
                case .sawtooth: 0.1 + level * (time + phase).truncatingRemainder(dividingBy: length) / length
                case .onAndOff: isOn ? level : 0.05
                }
            return max(0, cores * (1 + noise * between(-1, 1)))
        }
    }

    var isConstant: Bool { self == .flat || self == .flatNearAnEdge }
}
