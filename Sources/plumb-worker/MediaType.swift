/// The content types that requests and answers are in.
enum MediaType: Equatable {
    case json
    case csv
    case numpy
    /// Any other, by name; empty when the request has none.
    case other(String)

    /// The type that a Content-Type value names; its parameters do not matter here.
    init(_ value: String) {
        let name = MediaType.trimmed(value.prefix { $0 != ";" }).lowercased()
        switch name {
        case "application/json": self = .json
        case "text/csv": self = .csv
        case "application/x-npy": self = .numpy
        default: self = .other(name)
        }
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }

    /// The answer's type for an Accept value: JSON or CSV, whichever it prefers; nil when it accepts neither.
    static func accepted(by value: String) -> MediaType? {
        var best: (type: MediaType, quality: Double)?
        for item in value.split(separator: ",") {
            let parts = item.split(separator: ";").map { trimmed($0).lowercased() }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            let type: MediaType? =
                switch parts.first {
                case "application/json", "application/*", "*/*": .json
                case "text/csv", "text/*": .csv
                default: nil
                }
            if let type, quality > best?.quality ?? 0 { best = (type, quality) }
        }
        return best?.type
    }
}
