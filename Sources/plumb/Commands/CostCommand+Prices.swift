// plumb cost prices: the catalogue of instance types, with what each costs and how old that price is.

import ArgumentParser
import PlumbModel

struct CostPricesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prices",
        abstract: "Show the instance types with their prices, or refresh those.",
        subcommands: [CostPricesListCommand.self, CostPricesRefreshCommand.self],
        defaultSubcommand: CostPricesListCommand.self)
}

struct CostPricesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the instance types with their prices.",
        discussion: """
            Examples:
              plumb cost prices ml.g5.xlarge
              plumb cost prices ml.m5 --region eu-west-1 --region us-east-1
              plumb cost prices --format json
            """)

    @Argument(help: ArgumentHelp("A type, or how its name begins (default: all).", valueName: "type"))
    var type: String?
    @Option(name: .customLong("region"), help: "A region; may be given again (default: us-east-1).")
    var regions: [String] = []
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func run() async throws {
        let book = try Composition.prices(in: home.folder)
        let types = InstanceType.all.filter { candidate in
            guard let type else { return true }
            return candidate.name == type || candidate.name.hasPrefix(type + ".")
        }
        guard !types.isEmpty else {
            throw PlumbError(
                .notFound, "no instance type is called '\(type ?? "")'", hint: "plumb cost prices lists all of them")
        }
        let regions = regions.isEmpty ? ["us-east-1"] : regions
        for region in regions where !book.lists.contains(where: { $0.regions[region] != nil }) {
            let known = Set(book.lists.flatMap(\.regions.keys)).sorted().joined(separator: ", ")
            throw PlumbError(.notFound, "no price of region '\(region)' is known", hint: "the known ones are \(known)")
        }
        print(Composition.priceText(types, in: regions, by: book, format: format.format), terminator: "")
    }
}

struct CostPricesRefreshCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Take newer prices from a file or from AWS, and keep them.",
        discussion: """
            Examples:
              plumb cost prices refresh --from prices.json
              plumb cost prices refresh --region eu-west-1 --region us-east-1
              aws pricing get-products --service-code AmazonSageMaker \\
                --filters Type=TERM_MATCH,Field=component,Value=Hosting > prices.json

            A file is what GetProducts answers, a bulk file of the Price List (index.json
            or index.csv), or a map of region to type to US dollars an hour. What is kept
            lies over the embedded prices in every command; it stands in prices.json of
            the engine's folder.
            """)

    @Option(
        name: .customLong("from"), help: ArgumentHelp("Read this file, and ask nobody.", valueName: "file"),
        completion: .file(extensions: ["json", "csv"]))
    var file: String?
    @Option(
        name: .customLong("as-of"), help: ArgumentHelp("The day of a file that tells none.", valueName: "YYYY-MM-DD"))
    var asOf: String?
    @Option(name: .customLong("region"), help: "A region to ask AWS for; may be given again (default: us-east-1).")
    var regions: [String] = []
    @OptionGroup var access: AWSAccess
    @OptionGroup var home: HomeOption

    func validate() throws {
        if let asOf, Day(asOf) == nil { throw ValidationError("'\(asOf)' is no day such as 2026-11-24") }
    }

    func run() async throws {
        let reading: (list: PriceList, notes: [String])
        if let file {
            reading = try Composition.refreshPrices(from: file, asOf: asOf.flatMap { Day($0) }, home: home.folder)
        } else {
            reading = try await Composition.refreshPrices(
                of: regions.isEmpty ? ["us-east-1"] : regions, access: access, home: home.folder)
        }
        for note in reading.notes { Terminal.printError("note: \(note)") }
        let regions = reading.list.regions.keys.sorted()
        print(
            "\(reading.list.count) prices of \(regions.joined(separator: ", ")) as of \(reading.list.asOf) are kept in "
                + Composition.pricesPath(in: home.folder))
    }
}
