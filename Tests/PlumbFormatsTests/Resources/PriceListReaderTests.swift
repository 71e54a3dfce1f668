// Price lists out of files: the forms in which they are published, and what is no price.

import Foundation
import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct PriceListReaderTests {
    private static let day = Day(daysSinceEpoch: 20_000)

    private func product(
        _ type: String, usd: String, component: String = "Hosting", unit: String = "Hrs", region: String = "us-east-1"
    ) -> String {
        """
        {"product": {"attributes": {"component": "\(component)", "instanceName": "\(type)",
          "regionCode": "\(region)", "usagetype": "USE1-Host:\(type)"}, "sku": "A"},
         "serviceCode": "AmazonSageMaker", "publicationDate": "2026-09-28T10:00:00Z",
         "terms": {"OnDemand": {"A.B": {"sku": "A", "priceDimensions": {"A.B.C": {"unit": "\(unit)",
           "pricePerUnit": {"USD": "\(usd)"}}}}}}}
        """
    }

    private func answer(_ products: [String]) throws -> Data {
        try JSONSerialization.data(withJSONObject: ["FormatVersion": "aws_v1", "PriceList": products])
    }

    @Test func theAnswerOfGetProductsHasItsProductsAsTexts() throws {
        let data = try answer([
            product("ml.m5.xlarge", usd: "0.2300000000"), product("ml.m5.large", usd: "0.128", region: "eu-west-1"),
            product("ml.m5.2xlarge", usd: "0.461", component: "Training"), product("ml.c5.large", usd: "0.0000000000"),
            product("ml.c5.xlarge", usd: "0.2", unit: "GB"),
        ])
        let reading = try PriceListReader.read(data, source: "prices.json", asOf: Self.day)
        #expect(reading.list.regions == ["us-east-1": ["ml.m5.xlarge": 0.23], "eu-west-1": ["ml.m5.large": 0.128]])
        #expect(reading.list.asOf == Day("2026-09-28") && reading.list.confidence == .listed)
        #expect(reading.notes.count == 2)
    }

    @Test func productsMayStandAsObjects() throws {
        let text = "{\"PriceList\": [\(product("ml.g5.xlarge", usd: "1.408"))]}"
        let reading = try PriceListReader.read(Data(text.utf8), source: "prices.json", asOf: Self.day)
        #expect(reading.list.regions["us-east-1"] == ["ml.g5.xlarge": 1.408])
    }

    @Test func twoPricesOfOneTypeAreNone() throws {
        let data = try answer([
            product("ml.m5.xlarge", usd: "0.23"), product("ml.m5.xlarge", usd: "0.25"),
            product("ml.m5.large", usd: "0.115"), product("ml.m5.large", usd: "0.1150"),
        ])
        let reading = try PriceListReader.read(data, source: "prices.json", asOf: Self.day)
        #expect(reading.list.regions == ["us-east-1": ["ml.m5.large": 0.115]])
        #expect(reading.notes.contains { $0.contains("ml.m5.xlarge in us-east-1") })
    }

    @Test func aMapOfRegionsAndTypesIsAsOldAsItIsSaidToBe() throws {
        for text in [
            #"{"eu-west-1": {"ml.m5.xlarge": 0.257, "ml.m5.large": 0}}"#,
            #"{"regions": {"eu-west-1": {"ml.m5.xlarge": 0.257}}, "source": "x"}"#,
        ] {
            let reading = try PriceListReader.read(Data(text.utf8), source: "prices.json", asOf: Self.day)
            #expect(reading.list.regions == ["eu-west-1": ["ml.m5.xlarge": 0.257]])
            #expect(reading.list.asOf == Self.day)
        }
    }

    @Test func aBulkFileHasTheTermsBesideTheProducts() throws {
        let text = """
            {"publicationDate": "2026-10-01T00:00:00Z",
             "products": {"A": {"sku": "A", "attributes": {"component": "Hosting", "instanceName": "ml.m5.xlarge",
               "regionCode": "us-east-1"}}},
             "terms": {"OnDemand": {"A": {"A.B": {"priceDimensions": {"C": {"unit": "Hrs", "pricePerUnit":
               {"USD": "0.23"}}}}}}}}
            """
        let reading = try PriceListReader.read(Data(text.utf8), source: "index.json", asOf: Self.day)
        #expect(reading.list.regions == ["us-east-1": ["ml.m5.xlarge": 0.23]])
        #expect(reading.list.asOf == Day("2026-10-01"))
    }

    @Test(arguments: ["", "{}", "[]", "null", #"{"PriceList": []}"#, #"{"PriceList": ["x"]}"#, "{\"a\": {\"b\": -1}}"])
    func whatHoldsNoPriceIsRefused(text: String) {
        #expect(throws: PlumbError.self) {
            try PriceListReader.read(Data(text.utf8), source: "prices.json", asOf: Self.day)
        }
    }
}
