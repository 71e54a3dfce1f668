// A budget over its months: told once, over restarts, and never a hand on production.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

@testable import PlumbEngine

@Suite struct BudgetMachineTests {
    private static let begin = Month("2027-01")?.start ?? 0

    private func look(
        _ spent: Double, forecast: Double? = nil, limit: Double = 100, stops: Bool = true
    ) -> BudgetMachine.Look {
        BudgetMachine.Look(
            spentUSD: spent, forecastUSD: forecast, limitUSD: limit, percents: [50, 80, 100], stops: stops)
    }

    private func machine(isProduction: Bool = false) -> BudgetMachine {
        BudgetMachine(isProduction: isProduction, month: Month(secondsSinceEpoch: Self.begin))
    }

    @Test func eachThresholdIsToldOnceAndTheRestFollows() {
        var machine = machine()
        #expect(machine.tick(at: Self.begin, look(49)) == .init(alerts: [], restraint: .none))
        let half = machine.tick(at: Self.begin + 60, look(50))
        #expect(half.alerts.map(\.percent) == [50] && half.restraint == .none)
        #expect(half.alerts.first?.text == "50 % of 100.00 USD are spent: 50.00")
        #expect(machine.tick(at: Self.begin + 120, look(60)).alerts.isEmpty)
        let rest = machine.tick(at: Self.begin + 180, look(80))
        #expect(rest.alerts.map(\.percent) == [80] && rest.restraint == .frozen)
        let all = machine.tick(at: Self.begin + 240, look(130))
        #expect(all.alerts.map(\.percent) == [100] && all.restraint == .stopped)
    }

    @Test func theForecastTellsAndRestrainsNothing() {
        var machine = machine()
        let action = machine.tick(at: Self.begin, look(1, forecast: 120))
        #expect(action.alerts.map(\.percent) == [50, 80, 100] && action.alerts.allSatisfy { $0.basis == .forecast })
        #expect(action.restraint == .none)
    }

    @Test func aHigherLimitSetsFreeAndTellsNothingTwice() {
        var machine = machine()
        #expect(machine.tick(at: Self.begin, look(100)).restraint == .stopped)
        let action = machine.tick(at: Self.begin + 60, look(100, limit: 180))
        #expect(action == .init(alerts: [], restraint: .none))
        #expect(machine.tick(at: Self.begin + 120, look(200, stops: false)).restraint == .frozen)
    }

    @Test func aBudgetOfNothingStopsAtTheFirstCent() {
        var machine = machine()
        #expect(machine.tick(at: Self.begin, look(0, limit: 0)) == .init(alerts: [], restraint: .none))
        #expect(machine.tick(at: Self.begin, look(0.0001, limit: 0)).restraint == .stopped)
    }

    /// Months of spending that grows, forecasts that sway, restarts, and a clock that is set back at times.
    @Test(arguments: UInt64(0)..<60) func everyThresholdIsToldOnceInItsMonth(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let isProduction = seed % 3 == 0
        var machine = machine(isProduction: isProduction)
        var now = Self.begin
        var month = Month(secondsSinceEpoch: now)
        var spent = 0.0
        var told: [String: Int] = [:]
        var reached: Set<String> = []
        for _ in 0..<3000 {
            now += Double.random(in: 60...4000, using: &random)
            let present = Month(secondsSinceEpoch: now)
            if present > month { (month, spent) = (present, 0) }
            spent += Double.random(in: 0...0.4, using: &random)
            let forecast = Bool.random(using: &random) ? spent + Double.random(in: 0...100, using: &random) : nil
            let seen = Int.random(in: 0..<100, using: &random) == 0 ? now - 90_000 : now
            let action = machine.tick(at: max(Self.begin, seen), look(spent, forecast: forecast))
            for alert in action.alerts { told["\(machine.month) \(alert.basis) \(alert.percent)", default: 0] += 1 }
            for percent in [50.0, 80, 100] {
                if spent >= percent { reached.insert("\(month) actual \(percent)") }
                if let forecast, forecast >= percent { reached.insert("\(month) forecast \(percent)") }
            }
            if isProduction {
                #expect(action.restraint == .none)
            } else {
                #expect(action.restraint == (spent >= 100 ? .stopped : spent >= 80 ? .frozen : .none))
            }
            if Int.random(in: 0..<50, using: &random) == 0 {
                machine = try JSONDecoder().decode(BudgetMachine.self, from: JSONEncoder().encode(machine))
            }
        }
        #expect(told.values.allSatisfy { $0 == 1 })
        #expect(Set(told.keys) == reached)
    }
}
