// Looks for a text in another, byte by byte.
//
// The standard library's searches go by characters and their equivalents, which costs many times as much and makes no
// difference to the words that AWS uses.

extension Substring {
    /// Where `part` stands in it first; nil where it does not.
    public func place(of part: String) -> Range<Index>? {
        guard let offset = utf8.span.offset(of: part.utf8.span) else { return nil }
        let start = utf8.index(startIndex, offsetBy: offset)
        return start..<utf8.index(start, offsetBy: part.utf8.count)
    }
}

extension Span<UInt8> {
    /// How many bytes stand before `part`; nil where it is not in it.
    fileprivate func offset(of part: Span<UInt8>) -> Int? {
        guard part.count > 0 else { return 0 }
        let first = part[0]
        var start = 0
        while start + part.count <= count {
            if self[start] == first {
                var length = 1
                while length < part.count, self[start + length] == part[length] { length += 1 }
                if length == part.count { return start }
            }
            start += 1
        }
        return nil
    }
}

extension String {
    /// Whether `part` stands in it.
    public func holds(_ part: String) -> Bool { utf8.span.offset(of: part.utf8.span) != nil }

    /// The text with `other` wherever `part` stood.
    public func putting(_ other: String, for part: String) -> String {
        guard holds(part) else { return self }
        var result = ""
        var rest = Substring(self)
        while !part.isEmpty, let found = rest.place(of: part) {
            result += rest[..<found.lowerBound]
            result += other
            rest = rest[found.upperBound...]
        }
        return result + rest
    }
}
