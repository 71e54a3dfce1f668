// Reads hosting prices out of what publishes them.

public import Foundation
public import PlumbModel

/// A price list that was read, and what of it was left out.
public struct PriceListReading: Sendable, Hashable {
    public var list: PriceList
    public var notes: [String]
}

/// Reads the answers of `pricing:GetProducts`, a bulk file of the Price List (`index.json` or `index.csv`), or a map of
/// region to type to US dollars an hour. What is no hosting by the hour in dollars is left out and counted.
public enum PriceListReader {
    /// How large a file may be; the bulk file of one region has some 20 MB.
    public static let bytesMax = 400_000_000

    /// Reads a file. `day` is the day of its prices where it tells none itself.
    public static func read(_ data: Data, source: String, asOf day: Day) throws(PlumbError) -> PriceListReading {
        guard data.count <= bytesMax else {
            throw PlumbError(
                .invalidInput, "\(source) is larger than \(bytesMax) bytes", hint: "take one region's file")
        }
        var collection = PriceCollection()
        // The shapes that name themselves come before the map, which takes any names.
        if let answer = shape(PriceShapes.Answer.self, of: data) {
            collection.add(answer.PriceList)
        } else if let products = shape([PriceShapes.Element].self, of: data) {
            collection.add(products)
        } else if let bulk = shape(PriceShapes.Bulk.self, of: data) {
            collection.add(bulk)
        } else if let wrapped = shape(PriceShapes.Wrapped.self, of: data) {
            collection.add(wrapped.regions)
        } else if let map = shape([String: [String: Lenient<Double>]].self, of: data) {
            collection.add(map)
        } else if try !collection.add(csv: data, source: source) {
            throw unknownForm(data, source)
        }
        return try collection.reading(source: source, asOf: day)
    }

    private static func shape<Shape: Decodable>(_ type: Shape.Type, of data: Data) -> Shape? {
        // A shape that does not fit is no fault: the next one is tried.
        try? JSONDecoder().decode(Shape.self, from: data)
    }

    private static func unknownForm(_ data: Data, _ source: String) -> PlumbError {
        let known =
            "known are what aws pricing get-products --service-code AmazonSageMaker --filters "
            + "Type=TERM_MATCH,Field=component,Value=Hosting answers, the Price List's index.json and index.csv, and "
            + "{\"us-east-1\": {\"ml.m5.xlarge\": 0.23}}"
        do {
            _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
        } catch {
            let why = (error as NSError).userInfo["NSDebugDescription"].map { ": \($0)" } ?? ""
            return PlumbError(
                .invalidInput, "\(source) is neither one JSON text nor a table of the Price List\(why)",
                hint: "was all of it copied? \(known)")
        }
        return PlumbError(.invalidInput, "\(source) holds no prices in a form that is known", hint: known)
    }

    /// Reads products one by one, each a text as `GetProducts` has them.
    public static func read(
        products: [String], source: String, asOf day: Day
    ) throws(PlumbError) -> PriceListReading {
        var collection = PriceCollection()
        collection.add(products.map { PriceShapes.Element(text: $0) })
        return try collection.reading(source: source, asOf: day)
    }
}
