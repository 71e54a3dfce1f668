// A world in which an endpoint is parked and started: things take minutes, and with a seed they go wrong.

import Foundation
import PlumbModel
import PlumbTesting

@testable import PlumbEngine

struct ParkingWorld {
    struct Report {
        var starts = 0
        var stops = 0
        /// Hours off in which it still ran when nothing held it up any more.
        var missedStops = 0
        /// Starts of something that was there.
        var doubleStarts = 0
        /// Hours on that began without it.
        var lateStarts = 0
        var stopsWithoutRecord = 0
    }
    /// 2026-02-20 00:00 UTC, before clocks go forward in the north and back in the south.
    static let begin = 1_771_545_600.0
    /// How long one zone is lived through: PLUMB_PARKING_YEARS, else the ten weeks in which clocks change.
    static let days =
        ProcessInfo.processInfo.environment["PLUMB_PARKING_YEARS"].flatMap { Int($0) }.map { $0 * 3652 / 10 } ?? 70

    private let calendar: WorkCalendar
    private var luck: SeededGenerator?
    private var machine = ParkingMachine(isProduction: false)
    private var fleet = ParkingMachine.Fleet.serving
    /// When what is under way ends, and how.
    private var change: (at: Double, to: ParkingMachine.Fleet)?
    private var isRecorded = false
    private var lockedUntil = 0.0
    private var calledAt: Double?
    private var keepUntil: Double?
    /// Since when nothing holds up a stop that is due.
    private var dueSince: Double?
    private var wanted = WorkCalendar.Stretch(isOn: true, until: 0)
    private var open = WorkCalendar.Stretch(isOn: true, until: 0)
    private static let leadSeconds = 1200.0
    private static let makingSeconds = 600.0

    init(tag: String, seed: UInt64?) throws {
        guard let plan = WeeklyPlan(tag: tag) else { throw PlumbError(.invalidInput, "\(tag) is no plan") }
        calendar = try WorkCalendar(plan)
        luck = seed.map { SeededGenerator(seed: $0) }
    }

    mutating func live(from start: Double, days: Int) -> Report {
        var report = Report()
        // The first start and the first stop find things as they are.
        var wasOpen = true
        for minute in 0..<days * 1440 {
            let now = start + Double(minute) * 60
            settle(at: now)
            misfortune(at: now)
            if now >= open.until { open = calendar.stretch(at: now) }
            if now + Self.leadSeconds >= wanted.until { wanted = calendar.stretch(at: now + Self.leadSeconds) }
            if open.isOn, !wasOpen, fleet != .serving, luck == nil { report.lateStarts += 1 }
            wasOpen = open.isOn
            // A machine that is not asked for a while must not lose anything.
            if luck?.happens(0.2) == true { continue }
            act(machine.tick(at: now, look), at: now, &report)
            judge(at: now, &report)
        }
        return report
    }

    private var look: ParkingMachine.Look {
        var look = ParkingMachine.Look(isWanted: open.isOn || wanted.isOn, fleet: fleet, isRecorded: isRecorded)
        look.isLocked = lockedUntil > 0
        look.lastCallAt = calledAt
        look.keepUntil = keepUntil
        return look
    }

    private mutating func settle(at now: Double) {
        guard let change, now >= change.at else { return }
        fleet = change.to
        self.change = nil
    }

    /// Deployments, calls, wishes, and somebody who starts it at night.
    private mutating func misfortune(at now: Double) {
        guard var luck else { return }
        defer { self.luck = luck }
        if now >= lockedUntil { lockedUntil = luck.happens(0.001) ? now + Double(luck.number(300...7200)) : 0 }
        if luck.happens(0.01), fleet == .serving { calledAt = now }
        if luck.happens(0.0005) { keepUntil = now + Double(luck.number(600...200_000)) }
        if luck.happens(0.0005), fleet == .absent, change == nil {
            fleet = .changing
            change = (now + Self.makingSeconds, .serving)
        }
        if luck.happens(0.001) { machine = restored(machine) }
    }

    /// The machine as it is after it was written down and read again.
    private func restored(_ machine: ParkingMachine) -> ParkingMachine {
        // What cannot be read again would show as a machine that forgot everything.
        guard let data = try? JSONEncoder().encode(machine) else { return ParkingMachine(isProduction: false) }
        return (try? JSONDecoder().decode(ParkingMachine.self, from: data)) ?? ParkingMachine(isProduction: false)
    }

    private mutating func act(_ action: ParkingMachine.Action, at now: Double, _ report: inout Report) {
        // An action may be lost on its way.
        if action != .wait, luck?.happens(0.1) == true { return }
        switch action {
        case .wait, .page: break
        case .record: isRecorded = true
        case .stop:
            if !isRecorded { report.stopsWithoutRecord += 1 }
            report.stops += 1
            fleet = .changing
            change = (now + 120, .absent)
        case .start:
            if fleet == .serving || fleet == .changing { report.doubleStarts += 1 }
            report.starts += 1
            isRecorded = false
            fleet = .changing
            let fails = luck?.happens(0.2) == true
            change = (now + Self.makingSeconds, fails ? .failed : .serving)
        }
    }

    /// Half an hour after nothing holds it up, what is not wanted is gone.
    private mutating func judge(at now: Double, _ report: inout Report) {
        let isHeld =
            lockedUntil > 0 || (calledAt.map { now - $0 < ParkingMachine.quietSeconds } ?? false)
            || (keepUntil.map { now < $0 } ?? false) || fleet == .changing
        guard !open.isOn, !wanted.isOn, fleet == .serving, !isHeld else {
            dueSince = nil
            return
        }
        if let dueSince, now - dueSince > 1800 {
            report.missedStops += 1
            self.dueSince = now
        } else if dueSince == nil {
            dueSince = now
        }
    }
}
