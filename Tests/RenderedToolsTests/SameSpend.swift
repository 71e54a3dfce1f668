// One deployment costs the same whichever of its forms is asked.

import PlumbFormats
import PlumbModel
import PlumbPolicy
import Testing

extension RenderedSpec {
    /// What another form of this spec's deployment has to come to, endpoint by endpoint and part by part.
    func expectSameSpend(_ other: Graph, _ form: String) throws {
        let own = Architecture.compile(try spec(), asOf: Self.today).spend(SpendAssumptions())
        let found = other.spend(SpendAssumptions())
        #expect(Self.lines(found) == Self.lines(own), "\(form) of \(testDescription)")
        #expect(found.groups.map(\.verdict) == own.groups.map(\.verdict), "\(form) of \(testDescription)")
        #expect(found.groups.map(\.limitUSD) == own.groups.map(\.limitUSD), "\(form) of \(testDescription)")
    }

    private static func lines(_ estimate: SpendEstimate) -> [String] {
        estimate.endpoints.sorted { $0.name < $1.name }.flatMap { spend in
            let parts = spend.parts.map { part in
                let sums = [part.floorUSD, part.expectedUSD, part.worstUSD].map { $0.map(SpendEstimate.usd) ?? "?" }
                return "\(spend.name): \(part.name) \(sums.joined(separator: " "))"
            }
            let hours = SpendEstimate.usd(spend.hoursPerMonth)
            return parts + ["\(spend.name): \(hours) h, team \(spend.team ?? "none")"] + spend.unknown
        }
    }
}
