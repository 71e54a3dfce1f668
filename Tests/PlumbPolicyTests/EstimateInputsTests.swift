// The estimate of one deployment in its several forms, and of plans whose month was reckoned by hand.

import Foundation
import PlumbFormats
import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct EstimateInputsTests {
    /// A template carries no declared peak, by which a spec's expected month is reckoned; all else is the same.
    @Test(arguments: Environment.allCases) func aTemplateCostsWhatItsSpecCosts(environment: Environment) throws {
        let spec = try BaseSpec.spec(in: environment)
        let files = Rendering.files(of: spec, as: .cloudformation, asOf: BaseSpec.today)
        let documents = try files.filter { $0.path.hasSuffix(".yaml") }.map { file in
            try SourceDocument.read(SourceFile(path: file.path, bytes: file.bytes)).get()
        }
        let reading = TemplateReader.read(documents, environment: environment, asOf: BaseSpec.today)
        let graph = try #require(reading.worlds.first?.graph)
        var plain = spec
        (plain.benchmark, plain.deploymentsPerMonth) = (nil, 4)
        let own = Architecture.compile(plain, asOf: BaseSpec.today).spend(SpendAssumptions())
        let found = graph.spend(SpendAssumptions())
        #expect(lines(found) == lines(own))
        #expect(found.groups.map(\.verdict) == own.groups.map(\.verdict))
        // No region is named in it, and which one's prices were taken is told.
        #expect(found.endpoints.map(\.regionAssumed) == ["us-east-1"] && own.endpoints.map(\.regionAssumed) == [nil])
        var assumptions = SpendAssumptions()
        assumptions.region = "eu-central-1"
        #expect(graph.spend(assumptions).floorUSD > found.floorUSD)
    }

    private func lines(_ estimate: SpendEstimate) -> [String] {
        estimate.endpoints.flatMap { spend in
            spend.parts.map { part in
                let sums = [part.floorUSD, part.expectedUSD, part.worstUSD].map { $0.map(SpendEstimate.usd) ?? "?" }
                return "\(part.name) \(sums.joined(separator: " "))"
            } + spend.unknown
        }
    }

    /// 60 hours of 168 are 260.71 of 730; 1 to 3 ml.m5.large, 1 to 4 ml.m5.xlarge, 2 to 4 ml.m5.2xlarge.
    @Test(arguments: [
        ("dev", "31.48", "91.60"), ("staging", "117.66", "297.86"), ("compliant", "937.06", "1,611.96"),
    ]) func plansCostWhatTheyCostByHand(plan: String, floor: String, worst: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "PlumbFormatsTests/Plans")
        let bytes = [UInt8](try Data(contentsOf: folder.appending(path: "\(plan).json")))
        let document = try SourceDocument.read(SourceFile(path: plan, bytes: bytes)).get()
        let graph = try #require(PlanReader.read(document, asOf: BaseSpec.today).graph)
        let spend = graph.spend(SpendAssumptions())
        #expect(SpendEstimate.usd(spend.floorUSD) == floor && SpendEstimate.usd(spend.worstUSD) == worst)
        #expect(spend.isComplete && spend.groups.map(\.verdict) == [.fits])
    }

    /// COST-2.5 and the estimate count the same hours, at any length of the week.
    @Test(arguments: [(1.0, "4.35"), (55, "238.99"), (60, "260.71"), (167, "725.65"), (168, "730.00"), (200, "730.00")])
    func hoursAreTheSameShareOfTheMonthAsOfTheWeek(weekly: Double, monthly: String) {
        #expect(SpendEstimate.usd(PriceBook.hoursPerMonth(atWeekly: weekly)) == monthly)
    }

    @Test func theCheckAndTheEstimateReckonTheSameWorstCase() throws {
        let graph = try BaseSpec.graph(in: .dev)
        var ask = Inquiry("Endpoint")
        let endpoint = try #require(graph.endpoints.first)
        let cost = try #require(graph.monthlyCost(of: endpoint, &ask))
        #expect(SpendEstimate.usd(cost.worstUSD) == SpendEstimate.usd(graph.spend(SpendAssumptions()).worstUSD))
    }
}
