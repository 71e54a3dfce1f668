// `plumb cost prices refresh` against the Price List API: page by page, region by region, and whole or not at all.

import Foundation
import PlumbModel
import PlumbTesting
import Testing

extension RenderedToolsTests {
    @Suite(.enabled(if: Tool.hasAWSTools, "scripts/aws-tools.sh installs the AWS command line and moto"))
    struct PricingToolsTests {
        private let double: AWSDouble
        private let plumb: Tool
        private let home: URL

        init() throws {
            double = try AWSDouble()
            home = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString.prefix(8))")
            var tool = try Tool.plumb
            tool.environment = double.environment.merging(["PLUMB_HOME": home.path]) { $1 }
            plumb = tool
        }

        private var kept: URL { home.appending(path: "prices.json") }

        /// What the double is told: `{"region", "store", "entries"}`.
        private func keep(_ store: String, _ entries: String) throws {
            let body = "{\"region\": \"us-east-1\", \"store\": \"\(store)\", \"entries\": \(entries)}"
            let run = try Tool(path: "/usr/bin/env").run(
                "curl", "-sf", "-X", "POST", "\(double.address)/double/kept", "-d", body)
            try #require(run.status == 0, "\(run.text)")
        }

        private func lists() throws -> [PriceList] {
            try JSONDecoder().decode(PriceBook.self, from: Data(contentsOf: kept)).lists
        }

        @Test func allPagesOfTheRegionsAskedForAreTakenAndNoOthers() throws {
            try keep("prices", #"{"eu-west-1": {"ml.m5.large": 0.099}}"#)
            let run = try plumb.run(
                "cost", "prices", "refresh", "--region", "eu-west-1", "--region", "us-east-1")
            try #require(run.status == 0, "\(run.text)")
            let list = try #require(try lists().first)
            #expect(Set(list.regions.keys) == ["eu-west-1", "us-east-1"] && "\(list.asOf)" == "2026-05-20")
            for region in list.regions.keys {
                var published = PriceList.published.regions[region]
                if region == "eu-west-1" { published?["ml.m5.large"] = 0.099 }
                #expect(list.regions[region] == published, "\(region)")
            }
            // More than one page each, and only products of Hosting.
            #expect(list.count > 400 && list.confidence == .listed)
            let told = try plumb.run("cost", "prices", "ml.m5.large", "--region", "eu-west-1")
            #expect(told.output.contains("0.099"), "\(told.text)")
        }

        @Test func throttlingIsWaitedOut() throws {
            try keep("pricing faults", #"{"ThrottlingException": 2}"#)
            var patient = plumb
            patient.environment["AWS_MAX_ATTEMPTS"] = "4"
            let run = try patient.run("cost", "prices", "refresh", "--region", "eu-west-1")
            try #require(run.status == 0, "\(run.text)")
            #expect(try lists().first?.regions["eu-west-1"] == PriceList.published.regions["eu-west-1"])
        }

        @Test func whenAPageFailsNothingIsTaken() throws {
            let first = try plumb.run("cost", "prices", "refresh", "--region", "eu-west-1")
            try #require(first.status == 0, "\(first.text)")
            let before = try Data(contentsOf: kept)
            try keep("prices", #"{"us-east-1": {"ml.m5.large": 0.5}, "eu-west-1": {"ml.m5.large": 0.5}}"#)
            // The second page of the second region is refused.
            try keep("pricing faults", #"{"after": 3, "AccessDeniedException": 99}"#)
            let run = try plumb.run(
                "cost", "prices", "refresh", "--region", "eu-west-1", "--region", "us-east-1")
            #expect(run.status == 3 && run.errors.contains("pricing:GetProducts"), "\(run.text)")
            #expect(try Data(contentsOf: kept) == before)
            let told = try plumb.run("cost", "prices", "ml.m5.large", "--region", "eu-west-1", "--region", "us-east-1")
            #expect(told.output.contains("0.128") && told.output.contains("0.115"), "\(told.text)")
        }

        @Test func aRegionWithoutProductsIsTold() throws {
            let run = try plumb.run("cost", "prices", "refresh", "--region", "mx-north-9")
            #expect(run.status == 2 && run.errors.contains("no hosting price"), "\(run.text)")
            #expect(!FileManager.default.fileExists(atPath: kept.path))
        }
    }
}
