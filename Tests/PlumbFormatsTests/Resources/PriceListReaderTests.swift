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

    /// One odd product in a file of thousands makes no price of the others unknown, and is told.
    @Test func whatCannotBeReadIsLeftOutAndTold() throws {
        let odd = product("ml.c5.large", usd: "0.1").replacing(#""component""#, with: #""vCpu": null, "component""#)
        let text = """
            {"PriceList": [\(odd), 7, "x", {"product": {}}, \(product("ml.m5.xlarge", usd: "0.23")),
              \(product("ml.m5.large", usd: "many")), \(product("ml.m5.2xlarge", usd: "1e300")),
              \(product("ml.m5.4xlarge", usd: "-1")),
              \(product("ml.m5.xlarge", usd: "1.5", region: "cn-north-1").replacing("USD", with: "CNY"))]}
            """
        let reading = try PriceListReader.read(Data(text.utf8), source: "prices.json", asOf: Self.day)
        #expect(reading.list.regions == ["us-east-1": ["ml.m5.xlarge": 0.23, "ml.c5.large": 0.1]])
        #expect(
            reading.notes == [
                "left out, priced in CNY: 1", "left out, priced at 0 or less: 1",
                "left out, priced above 100000 an hour: 1", "left out, not readable: 4",
            ])
        let bulk = """
            {"products": {"A": {"attributes": {"component": "Hosting", "instanceName": "ml.m5.xlarge",
               "regionCode": "us-east-1"}}, "B": {"sku": "B"}, "C": 3},
             "terms": {"OnDemand": {"A": {"A.B": {"priceDimensions": {"C": {"unit": "Hrs", "pricePerUnit":
               {"USD": "0.23"}}}}}, "B": []}}}
            """
        let second = try PriceListReader.read(Data(bulk.utf8), source: "index.json", asOf: Self.day)
        #expect(second.list.regions == ["us-east-1": ["ml.m5.xlarge": 0.23]] && second.list.asOf == Self.day)
        #expect(second.notes == ["left out, not readable: 2"])
        let map = #"{"us-east-1": {"ml.m5.xlarge": 0.23, "ml.m5.large": null, "ml.c5.large": "0.1"}}"#
        let third = try PriceListReader.read(Data(map.utf8), source: "map.json", asOf: Self.day)
        #expect(third.list.count == 1 && third.notes == ["left out, not readable: 2"])
    }

    @Test func aBareListOfProductsIsRead() throws {
        let text = "[\(product("ml.g5.xlarge", usd: "1.408"))]"
        let reading = try PriceListReader.read(Data(text.utf8), source: "prices.json", asOf: Self.day)
        #expect(reading.list.regions["us-east-1"] == ["ml.g5.xlarge": 1.408])
    }

    @Test func aBulkFileMayBeATable() throws {
        let text = """
            "FormatVersion","v1.0"\r
            "Disclaimer","Informational, ""only"" so"\r
            "Publication Date","2026-10-05T00:00:00Z"\r
            "OfferCode","AmazonSageMaker"\r
            "SKU","TermType","Unit","PricePerUnit","Currency","Component","Instance Name","Region Code"\r
            "A","OnDemand","Hrs","0.2300000000","USD","Hosting","ml.m5.xlarge","us-east-1"\r
            "B","OnDemand","Hrs","0.5","USD","Training","ml.m5.xlarge","us-east-1"\r
            "C","Reserved","Hrs","0.1","USD","Hosting","ml.m5.large","us-east-1"\r
            "D","OnDemand","Hrs","0.9","CNY","Hosting","ml.m5.large","cn-north-1"\r
            "E","OnDemand"\r
            """
        let reading = try PriceListReader.read(Data(text.utf8), source: "index.csv", asOf: Self.day)
        #expect(reading.list.regions == ["us-east-1": ["ml.m5.xlarge": 0.23]])
        #expect(reading.list.asOf == Day("2026-10-05"))
        #expect(reading.notes == ["left out, priced in CNY: 1", "left out, no hosting instance: 3"])
    }

    @Test func aFileThatWasCutIsToldFromOneOfAnotherForm() {
        for (text, wanted) in [
            (#"{"us-east-1": {"ml.m5.xlarge": 0.2"#, "neither one JSON text"),
            ("a,b,c\n1,2,3\n", "neither one JSON text"),
            ("[[1]]", "holds no hosting price; left out, not readable: 1"), ("7", "in a form that is known"),
        ] {
            let error = #expect(throws: PlumbError.self) {
                try PriceListReader.read(Data(text.utf8), source: "prices.json", asOf: Self.day)
            }
            #expect(error?.message.contains(wanted) == true, "\(error?.message ?? "")")
        }
    }

    @Test(arguments: ["", "{}", "[]", "null", #"{"PriceList": []}"#, #"{"PriceList": ["x"]}"#, "{\"a\": {\"b\": -1}}"])
    func whatHoldsNoPriceIsRefused(text: String) {
        #expect(throws: PlumbError.self) {
            try PriceListReader.read(Data(text.utf8), source: "prices.json", asOf: Self.day)
        }
    }
}
