// Tells the catalogue: what each type has, what it costs where, and how old the price is.

public import PlumbModel

/// Instance types and their prices in a region, as a table or as JSON.
public enum PriceReport {
    public static func text(
        _ types: [InstanceType], in regions: [String], by book: PriceBook, on day: Day, style: TextStyle
    ) -> String {
        var sheet = TextSheet(style)
        sheet.verbatim(
            "type".padded(20) + "region".padded(16) + "vCPU".leading(5) + "GiB".leading(7) + "  accelerators".padded(19)
                + "NVMe GB".leading(8) + "$/h".leading(10) + "$/730 h".leading(12) + "  as of", indent: 0)
        for type in types {
            for region in regions {
                let price = book.price(of: type.name, in: region)
                let kind = price?.confidence == .derived ? " (worked out)" : ""
                sheet.verbatim(
                    type.name.padded(20) + region.padded(16) + "\(type.vCPUs)".leading(5)
                        + number(type.memoryGiB).leading(7) + "  \(accelerators(of: type))".padded(19)
                        + number(type.localNVMeGB).leading(8)
                        + (price.map { number($0.usdPerHour) } ?? "unknown").leading(10)
                        + (price.map { SpendEstimate.usd($0.usdPerHour * PriceBook.hoursPerMonth) } ?? "unknown")
                        .leading(12) + (price.map { "  \($0.asOf)\(kind)" } ?? ""), indent: 0)
            }
        }
        sheet.blank()
        for list in book.lists {
            sheet.write(
                "prices", .faint,
                "\(list.count) as of \(list.asOf), \(day.days(since: list.asOf)) days old: \(list.source)"
            )
        }
        return sheet.text
    }

    public static func json(_ types: [InstanceType], in regions: [String], by book: PriceBook, on day: Day) -> String {
        let rows = types.flatMap { type in
            regions.map { region -> JSON in
                let price = book.price(of: type.name, in: region)
                return .object([
                    ("type", .string(type.name)), ("region", .string(region)), ("vCPU", .integer(type.vCPUs)),
                    ("memoryGiB", .double(type.memoryGiB)), ("gpus", .integer(type.gpus)),
                    ("gpuMemoryGiB", .double(type.gpuMemoryGiB)), ("neuronDevices", .integer(type.neuronDevices)),
                    ("localNVMeGB", .double(type.localNVMeGB)), ("architecture", .string(type.architecture)),
                    ("usdPerHour", price.map { .double($0.usdPerHour) } ?? .null),
                    ("usdPerMonth", price.map { .double($0.usdPerHour * PriceBook.hoursPerMonth) } ?? .null),
                    ("confidence", .string(price?.confidence.rawValue ?? "none")),
                    ("asOf", JSON(price?.asOf.description)), ("ageDays", JSON(price.map { day.days(since: $0.asOf) })),
                    ("source", JSON(price?.source)),
                ])
            }
        }
        return JSON.array(rows).text + "\n"
    }

    private static func accelerators(of type: InstanceType) -> String {
        if type.gpus > 0 { return "\(type.gpus) x \(number(type.gpuMemoryGiB)) GiB" }
        if type.neuronDevices > 0 { return "\(type.neuronDevices) Neuron" }
        return type.isARM ? "arm64" : ""
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
