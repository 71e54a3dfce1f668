// What it costs: the prices that count here, the calendar they are paid by, and how an estimate is told.

import Foundation
import PlumbAWS
import PlumbEngine
import PlumbFormats
import PlumbModel
import PlumbPolicy
import PlumbReport
import PlumbStore

extension Composition {
    /// Where refreshed prices are kept.
    static func pricesPath(in home: String) -> String { "\(home)/prices.json" }

    /// The embedded prices with the refreshed ones of this folder over them.
    static func prices(in home: String) throws -> PriceBook {
        try keptPrices(in: home).lists.reversed().reduce(.embedded) { $0.topped(by: $1) }
    }

    private static func keptPrices(in home: String) throws -> PriceBook {
        let path = pricesPath(in: home)
        guard let data = FileManager.default.contents(atPath: path) else { return PriceBook(lists: []) }
        do {
            return try JSONDecoder().decode(PriceBook.self, from: data)
        } catch {
            throw PlumbError(
                .invalidInput, "\(path) is no price list",
                hint: "take it away to go on with the embedded prices, or run: plumb cost prices refresh", cause: error)
        }
    }

    /// Reads prices out of a file and keeps them.
    static func refreshPrices(from path: String, asOf day: Day?, home: String) throws -> (
        list: PriceList, notes: [String]
    ) {
        let data = Data(try Input.contents(of: path))
        // A file that tells no day is as old as the file itself.
        let reading = try PriceListReader.read(data, source: path, asOf: day ?? FileKind.modified(path) ?? today())
        try keep(reading.list, in: home)
        return (reading.list, reading.notes + doubts(of: reading.list))
    }

    /// What the day of prices makes doubtful.
    private static func doubts(of list: PriceList) -> [String] {
        if list.asOf > today() { return ["the day of these prices, \(list.asOf), is yet to come"] }
        let embedded = PriceList.published.asOf
        guard list.asOf < embedded else { return [] }
        return ["these prices are of \(list.asOf), and lie over embedded ones of \(embedded), which are newer"]
    }

    /// Asks the Price List API, region by region, and keeps what it says.
    static func refreshPrices(
        of regions: [String], access: AWSAccess, home: String
    ) async throws -> (list: PriceList, notes: [String]) {
        let products = try await withAWS(access, region: "us-east-1") { client in
            var products: [String] = []
            for region in regions { products += try await client.hostingProducts(in: region) }
            return products
        }
        let reading = try PriceListReader.read(
            products: products, source: "AWS Price List API, GetProducts, component Hosting", asOf: today())
        try keep(reading.list, in: home)
        return (reading.list, reading.notes)
    }

    private static func keep(_ list: PriceList, in home: String) throws {
        let book = try keptPrices(in: home).topped(by: list)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try AtomicFile.makeFolder(home, permissions: 0o700)
        try AtomicFile.write(try encoder.encode(book), to: pricesPath(in: home), permissions: 0o600)
    }

    static func priceText(
        _ types: [InstanceType], in regions: [String], by book: PriceBook, format: OutputFormat
    ) -> String {
        format == .json
            ? PriceReport.json(types, in: regions, by: book, on: today())
            : PriceReport.text(types, in: regions, by: book, on: today(), style: style)
    }

    // MARK: - Estimates

    /// Hours of an average month of `year`, by the calendar of the plan's zone and the days that are exceptions; with
    /// neither, no calendar counts.
    static func assumptions(holidays path: String?, year: Int?) throws -> SpendAssumptions {
        guard path != nil || year != nil else { return SpendAssumptions() }
        let year = year ?? self.year
        var exceptions: [Int: [WeeklyPlan.Span]] = [:]
        if let path {
            let bytes = try Input.contents(of: path)
            exceptions = try WorkCalendar.exceptions(in: String(decoding: bytes, as: UTF8.self), file: path)
        }
        return SpendAssumptions { [exceptions] plan in
            // A zone nobody knows leaves the share of the week.
            (try? WorkCalendar(plan, exceptions: exceptions))?.hoursPerMonth(inYear: year)
        }
    }

    /// The dearest of the ways in which a template's open conditions can turn out.
    static func estimate(_ subject: Subject, _ assumptions: SpendAssumptions) -> SpendEstimate {
        let estimates = subject.graphs.map { $0.spend(assumptions) }
        return estimates.max { $0.worstUSD < $1.worstUSD } ?? subject.graph.spend(assumptions)
    }

    /// Estimates of inputs beside those of their older versions, told; and what the budgets say to each.
    static func spend(
        _ subjects: [Subject], before: [Subject], _ assumptions: SpendAssumptions, format: SpendFormat
    ) -> (text: String, verdicts: [BudgetVerdict]) {
        let told = subjects.enumerated().map { index, subject in
            // Inputs come in the same order on both sides; one that is new has no older version.
            SpendReport.Subject(
                path: subject.path, estimate: estimate(subject, assumptions),
                before: index < before.count ? estimate(before[index], assumptions) : nil)
        }
        let text =
            switch format {
            case .text: SpendReport.text(told, on: today(), style: style)
            case .json: SpendReport.json(told, on: today())
            case .markdown: SpendReport.markdown(told, on: today())
            }
        return (text, told.flatMap { $0.estimate.groups.map(\.verdict) })
    }

    static var year: Int {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.component(.year, from: Date())
    }
}
