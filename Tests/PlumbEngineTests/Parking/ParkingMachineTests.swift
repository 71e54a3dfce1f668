// Parking lived through: single guards, and years of schedules minute by minute.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbEngine

@Suite struct ParkingMachineTests {
    private func look(_ isWanted: Bool, _ fleet: ParkingMachine.Fleet, isRecorded: Bool = true) -> ParkingMachine.Look {
        ParkingMachine.Look(isWanted: isWanted, fleet: fleet, isRecorded: isRecorded)
    }

    @Test func nothingIsStoppedBeforeItsRecordIsKept() {
        var machine = ParkingMachine(isProduction: false)
        #expect(machine.tick(at: 0, look(false, .serving, isRecorded: false)) == .record)
        #expect(machine.tick(at: 60, look(false, .serving, isRecorded: false)) == .record)
        #expect(machine.tick(at: 120, look(false, .serving)) == .stop)
        #expect(machine.tick(at: 180, look(false, .changing)) == .wait)
        #expect(machine.tick(at: 240, look(false, .absent)) == .wait)
        #expect(machine.phase == .parked)
    }

    @Test func productionIsNeverParked() {
        var machine = ParkingMachine(isProduction: true)
        for minute in 0..<3000 { #expect(machine.tick(at: Double(minute) * 60, look(false, .serving)) == .wait) }
        #expect(machine.phase == .running)
    }

    @Test func aDeploymentACallAndAWishHoldUpTheStopAndAPersonIsToldOnce() {
        var machine = ParkingMachine(isProduction: false)
        var pages = 0
        for minute in 0..<600 {
            var held = look(false, .serving)
            held.isLocked = true
            if case .page = machine.tick(at: Double(minute) * 60, held) { pages += 1 }
        }
        #expect(pages == 1 && machine.phase == .running)
        var called = look(false, .serving)
        called.lastCallAt = 36_000
        #expect(machine.tick(at: 36_000 + 899, called) == .wait)
        #expect(machine.tick(at: 36_000 + 900, called) == .stop)
    }

    @Test func aWishToKeepItCountsForADayAtMost() {
        var machine = ParkingMachine(isProduction: false)
        var kept = look(false, .serving)
        kept.keepUntil = 1e12
        _ = machine.tick(at: 0, kept)
        _ = machine.tick(at: ParkingMachine.keepSecondsMax - 1, kept)
        #expect(machine.phase == .running)
        #expect(machine.tick(at: ParkingMachine.keepSecondsMax, kept) == .stop)
    }

    @Test func startsAreTriedWithOtherTypesAndThenAPersonIsTold() {
        var machine = ParkingMachine(isProduction: false)
        _ = machine.tick(at: 0, look(false, .absent))
        #expect(machine.tick(at: 60, look(true, .absent)) == .start(attempt: 0))
        #expect(machine.tick(at: 120, look(true, .changing)) == .wait)
        for attempt in 1..<ParkingMachine.startsMax {
            #expect(machine.tick(at: 120 + Double(attempt), look(true, .failed)) == .start(attempt: attempt))
        }
        guard case .page = machine.tick(at: 200, look(true, .failed)) else {
            Issue.record("nobody is told")
            return
        }
        #expect(machine.phase == .startFailed)
        #expect(machine.tick(at: 300, look(true, .failed)) == .wait)
        #expect(machine.tick(at: 200 + ParkingMachine.retrySeconds, look(true, .failed)) == .start(attempt: 0))
        #expect(machine.tick(at: 2000, look(true, .serving)) == .wait)
        #expect(machine.phase == .running)
    }

    @Test func aStartThatHangsIsTold() {
        var machine = ParkingMachine(isProduction: false)
        _ = machine.tick(at: 0, look(false, .absent))
        _ = machine.tick(at: 60, look(true, .absent))
        #expect(machine.tick(at: 60 + ParkingMachine.startSecondsMax, look(true, .changing)) == .wait)
        guard case .page = machine.tick(at: 61 + ParkingMachine.startSecondsMax, look(true, .changing)) else {
            Issue.record("nobody is told")
            return
        }
    }

    @Test func whoeverStartsItByHandOutsideItsHoursIsParkedAgain() {
        var machine = ParkingMachine(isProduction: false)
        _ = machine.tick(at: 0, look(false, .absent))
        #expect(machine.tick(at: 60, look(false, .serving)) == .wait)
        #expect(machine.tick(at: 120, look(false, .serving)) == .stop)
    }

    /// Six zones, three of them with summer time, one half an hour off.
    static let zones = [
        "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Sydney", "America/Sao_Paulo", "Asia/Tokyo",
    ]

    @Test(arguments: zones) func minuteByMinuteNoStopIsMissedAndNothingStartsTwice(zone: String) throws {
        var world = try ParkingWorld(tag: "mon-fri/08:00-19:00@\(zone)", seed: nil)
        let report = world.live(from: ParkingWorld.begin, days: ParkingWorld.days)
        #expect(report.missedStops == 0 && report.doubleStarts == 0 && report.lateStarts == 0)
        #expect(report.stops >= ParkingWorld.days * 5 / 7 - 2 && report.starts >= ParkingWorld.days * 5 / 7 - 2)
    }

    @Test(arguments: 0..<12) func whateverGoesWrongNothingStaysOnForGoodOrStartsTwice(seed: UInt64) throws {
        let zone = Self.zones[Int(seed) % Self.zones.count]
        var world = try ParkingWorld(tag: "mon-fri/20:00-03:00@\(zone)", seed: seed)
        let report = world.live(from: ParkingWorld.begin, days: 60)
        #expect(report.missedStops == 0 && report.doubleStarts == 0 && report.stopsWithoutRecord == 0)
        #expect(report.stops > 20)
    }
}
