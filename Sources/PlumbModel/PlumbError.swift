// One error type for work that cannot go on, and one value for input that is wrong.

/// Where a thing stands in what was read: a file and, if known, the line and column (both from 1).
public struct Place: Sendable, Hashable, Codable, CustomStringConvertible {
    public var file: String
    // Every fact of a graph has a place, and most have nothing else that is large. 0 is none.
    private var lineNumber: Int32
    private var columnNumber: Int32

    public init(file: String, line: Int? = nil, column: Int? = nil) {
        self.file = file
        lineNumber = Int32(clamping: line ?? 0)
        columnNumber = Int32(clamping: column ?? 0)
    }

    /// From 1; nil where the whole file is meant.
    public var line: Int? {
        get { lineNumber == 0 ? nil : Int(lineNumber) }
        set { lineNumber = Int32(clamping: newValue ?? 0) }
    }
    /// From 1; nil where the whole line is meant.
    public var column: Int? {
        get { columnNumber == 0 ? nil : Int(columnNumber) }
        set { columnNumber = Int32(clamping: newValue ?? 0) }
    }

    private enum CodingKeys: String, CodingKey {
        case file, line, column
    }
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            file: try values.decode(String.self, forKey: .file),
            line: try values.decodeIfPresent(Int.self, forKey: .line),
            column: try values.decodeIfPresent(Int.self, forKey: .column))
    }
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(file, forKey: .file)
        try values.encodeIfPresent(line, forKey: .line)
        try values.encodeIfPresent(column, forKey: .column)
    }

    /// `file:line:column`, as compilers write it.
    public var description: String {
        guard let line else { return file }
        guard let column else { return "\(file):\(line)" }
        return "\(file):\(line):\(column)"
    }
}

/// Work that cannot go on, told as one line and a hint that names the command to run or the line to write.
public struct PlumbError: Error, Sendable, CustomStringConvertible {
    /// The sort of trouble; bounded, so that it can label a metric.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case invalidInput, notFound, unsupported, conflict, timedOut, refused, internalFault
    }
    public let kind: Kind
    public let message: String
    public let hint: String?
    public let place: Place?
    public let cause: (any Error)?

    public init(
        _ kind: Kind, _ message: String, hint: String? = nil, at place: Place? = nil, cause: (any Error)? = nil
    ) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.place = place
        self.cause = cause
    }

    public var description: String {
        var text = place.map { "\($0): " } ?? ""
        text += message
        if let cause { text += " (\(cause))" }
        if let hint { text += "\nhint: \(hint)" }
        return text
    }
}

/// Something wrong, or worth saying, about the input; collected while reading goes on, and told all at once.
public struct Diagnostic: Sendable, Hashable, Codable {
    public enum Severity: String, Sendable, Codable, Hashable {
        case error, warning, note
    }
    public var severity: Severity
    public var message: String
    public var place: Place?
    public var hint: String?

    public init(_ severity: Severity, _ message: String, at place: Place? = nil, hint: String? = nil) {
        self.severity = severity
        self.message = message
        self.place = place
        self.hint = hint
    }
}
