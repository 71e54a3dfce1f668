// Prices as they come in, and what of them is left out.

import Foundation
import PlumbModel

/// Gathers hosting prices, and counts everything else by its reason.
struct PriceCollection {
    /// No instance costs more an hour; the dearest has cost about 120.
    static let usdPerHourMax = 100_000.0

    private var prices: [String: [String: Double]] = [:]
    private var disagreeing: [String: Set<String>] = [:]
    private var currencies: Set<String> = []
    private var inCurrencies = 0
    private var free = 0
    private var absurd = 0
    private var others = 0
    private var unreadable = 0
    private var published: Day?

    mutating func add(_ elements: [PriceShapes.Element]) {
        for element in elements {
            guard let priced = element.product else {
                unreadable += 1
                continue
            }
            tell(priced.publicationDate)
            add(priced.product.attributes, Array((priced.terms?.OnDemand ?? [:]).values))
        }
    }

    mutating func add(_ bulk: PriceShapes.Bulk) {
        tell(bulk.publicationDate)
        for (sku, product) in bulk.products {
            guard let attributes = product.value?.attributes else {
                unreadable += 1
                continue
            }
            add(attributes, Array((bulk.terms.OnDemand?[sku]?.value ?? [:]).values))
        }
    }

    mutating func add(_ map: [String: [String: Lenient<Double>]]) {
        for (region, types) in map {
            for (type, usd) in types {
                if let usd = usd.value { add(usd, type, region) } else { unreadable += 1 }
            }
        }
    }

    /// Reads the bulk file as a table: some lines that describe it, a line of names, then a price a line. False where
    /// there is no such line of names.
    mutating func add(csv data: Data, source: String) throws(PlumbError) -> Bool {
        var columns: [String: Int]?
        var day: String?
        for line in data.split(separator: UInt8(ascii: "\n")) {
            guard let columns else {
                let fields = DelimitedReader.fields(ofLine: Self.text(line))
                if fields.first == "Publication Date", fields.count > 1 { day = fields[1] }
                if fields.first == "SKU" {
                    columns = Dictionary(
                        fields.enumerated().map { ($1.lowercased().filter { $0 != " " }, $0) },
                        uniquingKeysWith: { first, _ in first })
                } else if fields.count > 2 {
                    return false
                }
                continue
            }
            // Most lines are of other components, and need not be taken apart.
            guard line.firstRange(of: Array("Hosting".utf8)) != nil else {
                others += 1
                continue
            }
            add(DelimitedReader.fields(ofLine: Self.text(line)), columns)
        }
        tell(day)
        return columns != nil
    }

    private static func text(_ line: Data) -> String {
        String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }

    private mutating func add(_ fields: [String], _ columns: [String: Int]) {
        func field(_ name: String) -> String? {
            columns[name].flatMap { $0 < fields.count && !fields[$0].isEmpty ? fields[$0] : nil }
        }
        guard field("termtype") == "OnDemand" else { return others += 1 }
        guard let unit = field("unit"), let price = field("priceperunit"), let currency = field("currency") else {
            return unreadable += 1
        }
        let attributes = PriceShapes.Attributes(
            component: field("component"), regionCode: field("regioncode"), instanceName: field("instancename"),
            instanceType: field("instancetype"))
        let dimension = PriceShapes.Dimension(unit: unit, pricePerUnit: [currency: price])
        add(attributes, [PriceShapes.Offer(priceDimensions: ["": dimension])])
    }

    private mutating func tell(_ date: String?) {
        guard let date, let day = Day(date.prefix(10)) else { return }
        published = max(published ?? day, day)
    }

    private mutating func add(_ attributes: PriceShapes.Attributes, _ offers: [PriceShapes.Offer]) {
        guard attributes.component?.lowercased() == "hosting", let region = attributes.regionCode,
            let type = attributes.instanceName ?? attributes.instanceType?.replacing("-Hosting", with: "")
        else { return others += 1 }
        for dimension in offers.flatMap(\.priceDimensions.values) where dimension.unit.lowercased().hasPrefix("h") {
            if let price = dimension.pricePerUnit["USD"] {
                if let usd = Double(price) { add(usd, type, region) } else { unreadable += 1 }
            } else {
                currencies.formUnion(dimension.pricePerUnit.keys)
                inCurrencies += 1
            }
        }
    }

    private mutating func add(_ usd: Double, _ type: String, _ region: String) {
        guard usd > 0 else { return free += 1 }
        guard usd <= Self.usdPerHourMax else { return absurd += 1 }
        guard InstanceType.family(of: type) != nil else { return others += 1 }
        if let known = prices[region]?[type], known != usd { disagreeing[region, default: []].insert(type) }
        prices[region, default: [:]][type] = usd
    }

    func reading(source: String, asOf day: Day) throws(PlumbError) -> PriceListReading {
        var prices = prices
        for (region, types) in disagreeing {
            for type in types { prices[region]?[type] = nil }
        }
        let list = PriceList(
            asOf: published ?? day, source: source, confidence: .listed, regions: prices.filter { !$0.value.isEmpty })
        guard list.count > 0 else {
            throw PlumbError(
                .invalidInput, (["\(source) holds no hosting price"] + notes).joined(separator: "; "),
                hint: "the products wanted have the attribute component=Hosting and a price in USD by the hour")
        }
        return PriceListReading(list: list, notes: notes)
    }

    private var notes: [String] {
        var notes: [String] = []
        let twice = disagreeing.flatMap { region, types in types.map { "\($0) in \(region)" } }.sorted()
        if !twice.isEmpty { notes.append("left out, priced in two ways: \(twice.prefix(5).joined(separator: ", "))") }
        for (count, why) in [
            (inCurrencies, "priced in \(currencies.sorted().joined(separator: ", "))"), (free, "priced at 0 or less"),
            (absurd, "priced above \(Int(Self.usdPerHourMax)) an hour"), (others, "no hosting instance"),
            (unreadable, "not readable"),
        ] where count > 0 {
            notes.append("left out, \(why): \(count)")
        }
        return notes
    }
}
