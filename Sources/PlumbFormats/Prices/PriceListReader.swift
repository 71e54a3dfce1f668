// Reads hosting prices out of what publishes them.

public import Foundation
public import PlumbModel

/// A price list that was read, and what of it was left out.
public struct PriceListReading: Sendable, Hashable {
    public var list: PriceList
    public var notes: [String]
}

/// Reads the answers of `pricing:GetProducts`, a bulk file of the Price List (`index.json`), or a map of region to type
/// to US dollars an hour. What is no hosting by the hour is left out, and so is a price of 0.
public enum PriceListReader {
    /// How large a file may be; the bulk file of one region has some 20 MB.
    public static let bytesMax = 400_000_000

    /// Reads a file. `day` is the day of its prices where it tells none itself.
    public static func read(_ data: Data, source: String, asOf day: Day) throws(PlumbError) -> PriceListReading {
        guard data.count <= bytesMax else {
            throw PlumbError(
                .invalidInput, "\(source) is larger than \(bytesMax) bytes", hint: "take one region's file")
        }
        var collection = Collection()
        if let answer = shape(Answer.self, of: data) {
            for element in answer.PriceList { collection.add(element.product) }
        } else if let bulk = shape(Bulk.self, of: data) {
            collection.add(bulk)
        } else if let map = shape([String: [String: Double]].self, of: data) {
            collection.add(map)
        } else if let wrapped = shape(Wrapped.self, of: data) {
            collection.add(wrapped.regions)
        } else {
            throw PlumbError(
                .invalidInput, "\(source) holds no prices in a form that is known",
                hint: "aws pricing get-products --service-code AmazonSageMaker --filters "
                    + "Type=TERM_MATCH,Field=component,Value=Hosting, or {\"us-east-1\": {\"ml.m5.xlarge\": 0.23}}")
        }
        return try collection.reading(source: source, asOf: day)
    }

    private static func shape<Shape: Decodable>(_ type: Shape.Type, of data: Data) -> Shape? {
        // A shape that does not fit is no fault: the next one is tried.
        try? JSONDecoder().decode(Shape.self, from: data)
    }

    /// Reads products one by one, each a text as `GetProducts` has them.
    public static func read(
        products: [String], source: String, asOf day: Day
    ) throws(PlumbError) -> PriceListReading {
        var collection = Collection()
        for text in products {
            // Told with what was left out.
            let product = try? JSONDecoder().decode(PricedProduct.self, from: Data(text.utf8))
            if let product { collection.add(product) } else { collection.unreadable += 1 }
        }
        return try collection.reading(source: source, asOf: day)
    }

    // The members are called as AWS calls them.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Answer: Decodable {
        var PriceList: [Element]
    }

    /// A product, or the text of one.
    private struct Element: Decodable {
        var product: PricedProduct
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            // Not a text is a product as it is.
            if let text = try? container.decode(String.self) {
                product = try JSONDecoder().decode(PricedProduct.self, from: Data(text.utf8))
            } else {
                product = try container.decode(PricedProduct.self)
            }
        }
    }

    private struct PricedProduct: Decodable {
        var product: Product
        var terms: Terms
        var publicationDate: String?
    }
    private struct Product: Decodable {
        var attributes: [String: String]
    }
    // swift-format-ignore: AlwaysUseLowerCamelCase
    private struct Terms: Decodable {
        var OnDemand: [String: Offer]?
    }
    private struct Offer: Decodable {
        var priceDimensions: [String: Dimension]
    }
    private struct Dimension: Decodable {
        var unit: String
        var pricePerUnit: [String: String]
    }
    /// The file of all products with the terms beside them.
    private struct Bulk: Decodable {
        // swift-format-ignore: AlwaysUseLowerCamelCase
        struct Terms: Decodable {
            var OnDemand: [String: [String: Offer]]
        }
        var publicationDate: String
        var products: [String: Product]
        var terms: Terms
    }
    private struct Wrapped: Decodable {
        var regions: [String: [String: Double]]
    }

    /// Prices as they come in.
    private struct Collection {
        var prices: [String: [String: Double]] = [:]
        var disagreeing: Set<String> = []
        var free = 0
        var others = 0
        var unreadable = 0
        var published: Day?

        mutating func add(_ priced: PricedProduct) {
            tell(priced.publicationDate)
            add(priced.product.attributes, Array((priced.terms.OnDemand ?? [:]).values))
        }

        mutating func add(_ bulk: Bulk) {
            tell(bulk.publicationDate)
            for (sku, product) in bulk.products {
                add(product.attributes, Array((bulk.terms.OnDemand[sku] ?? [:]).values))
            }
        }

        mutating func add(_ map: [String: [String: Double]]) {
            for (region, types) in map {
                for (type, usd) in types { add(usd, type, region) }
            }
        }

        private mutating func tell(_ date: String?) {
            guard let date, let day = Day(date.prefix(10)) else { return }
            published = max(published ?? day, day)
        }

        private mutating func add(_ attributes: [String: String], _ offers: [Offer]) {
            guard attributes["component"]?.lowercased() == "hosting", let region = attributes["regionCode"],
                let type = attributes["instanceName"] ?? attributes["instanceType"]?.replacing("-Hosting", with: "")
            else {
                others += 1
                return
            }
            for dimension in offers.flatMap(\.priceDimensions.values) where dimension.unit.lowercased() == "hrs" {
                if let usd = dimension.pricePerUnit["USD"].flatMap(Double.init) { add(usd, type, region) }
            }
        }

        private mutating func add(_ usd: Double, _ type: String, _ region: String) {
            guard usd > 0, usd.isFinite else {
                free += 1
                return
            }
            guard InstanceType.family(of: type) != nil else {
                others += 1
                return
            }
            if let known = prices[region]?[type], known != usd { disagreeing.insert("\(type) in \(region)") }
            prices[region, default: [:]][type] = usd
        }

        func reading(source: String, asOf day: Day) throws(PlumbError) -> PriceListReading {
            var prices = prices
            for name in disagreeing {
                let words = name.split(separator: " ").map(String.init)
                prices[words[2]]?[words[0]] = nil
            }
            let list = PriceList(
                asOf: published ?? day, source: source, confidence: .listed,
                regions: prices.filter { !$0.value.isEmpty })
            guard list.count > 0 else {
                throw PlumbError(
                    .invalidInput, "\(source) holds no hosting price",
                    hint: "the products wanted have the attribute component=Hosting and a price by the hour")
            }
            var notes: [String] = []
            if !disagreeing.isEmpty {
                notes.append("left out, priced in two ways: \(disagreeing.sorted().prefix(5).joined(separator: ", "))")
            }
            if free > 0 { notes.append("left out, priced at 0: \(free)") }
            if others > 0 { notes.append("left out, no hosting instance: \(others)") }
            if unreadable > 0 { notes.append("left out, not readable: \(unreadable)") }
            return PriceListReading(list: list, notes: notes)
        }
    }
}
