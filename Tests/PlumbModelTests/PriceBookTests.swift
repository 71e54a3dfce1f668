// What an hour costs, where, since when, and what is not known.

import PlumbModel
import Testing

@Suite struct PriceBookTests {
    @Test(arguments: [
        ("ml.m5.xlarge", "us-east-1", 0.23), ("ml.m5.xlarge", "eu-west-1", 0.257),
        ("ml.m6g.xlarge", "us-east-1", 0.1848),
        ("ml.g5.12xlarge", "eu-west-1", 7.91), ("ml.g6.xlarge", "us-west-2", 1.1267),
        ("ml.c7g.xlarge", "eu-west-1", 0.186),
        ("ml.p5.48xlarge", "us-east-1", 63.296), ("ml.p5.4xlarge", "ap-northeast-1", 9.89),
        ("ml.inf2.xlarge", "eu-west-1", 1.09), ("ml.r7i.4xlarge", "us-east-1", 1.27),
        ("ml.t2.medium", "us-east-1", 0.056),
    ]) func listedPricesAreThoseThatWerePublished(type: String, region: String, usd: Double) throws {
        let price = try #require(PriceBook.embedded.price(of: type, in: region))
        #expect(price.usdPerHour == usd && price.confidence == .listed && price.asOf == Day("2026-05-20"))
        #expect(InstanceType.named(type)?.usdPerHour(in: region) == usd)
    }

    @Test func whatNoListHasIsUnknownAndNeverNothing() {
        #expect(PriceBook.embedded.price(of: "ml.g6e.xlarge", in: "eu-west-1") == nil)
        #expect(PriceBook.embedded.price(of: "ml.m5.xlarge", in: "mars-north-1") == nil)
        #expect(PriceBook.embedded.price(of: "ml.p2.xlarge", in: "us-east-1") == nil)
        let prices = PriceBook.embedded.lists.flatMap { $0.regions.values.flatMap(\.values) }
        #expect(prices.count > 3800 && prices.allSatisfy { $0 > 0 })
    }

    @Test func aPriceThatWasWorkedOutIsNotListed() {
        #expect(PriceBook.embedded.price(of: "ml.m6i.large", in: "us-east-1")?.confidence == .derived)
        #expect(PriceBook.embedded.listed("ml.m6i.large", in: "us-east-1") == nil)
        #expect(InstanceType.named("ml.m6i.large")?.usdPerHour == nil)
    }

    @Test func newerPricesLieOverOlderOnesAndLeaveTheRest() throws {
        let day = try #require(Day("2026-11-01"))
        let newer = PriceList(
            asOf: day, source: "a test", confidence: .listed, regions: ["us-east-1": ["ml.m5.xlarge": 0.5]])
        let book = PriceBook.embedded.topped(by: newer)
        #expect(book.price(of: "ml.m5.xlarge", in: "us-east-1")?.usdPerHour == 0.5)
        #expect(book.price(of: "ml.m5.xlarge", in: "us-east-1")?.asOf == day)
        #expect(book.listed("ml.m5.large", in: "us-east-1") == 0.115)
        #expect(book.listed("ml.m5.xlarge", in: "eu-west-1") == 0.257)
        #expect(book.topped(by: newer).lists.count == book.lists.count)
    }

    @Test func everyPricedTypeIsInTheTableAndMachinesWithDisksAreKnown() {
        let priced = Set(PriceList.published.regions.values.flatMap(\.keys))
        #expect(priced.isSubset(of: Set(InstanceType.all.map(\.name))))
        for type in InstanceType.all where type.isNVMe { #expect(type.localNVMeGB > 0, "\(type.name)") }
        #expect(InstanceType.all.count == 270)
        #expect(
            InstanceType.named("ml.c7g.xlarge")?.isARM == true
                && InstanceType.named("ml.inf2.xlarge")?.neuronDevices == 1)
    }
}
