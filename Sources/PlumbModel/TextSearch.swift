// Looks for a text in another, byte by byte.

extension String {
    /// Whether `part` stands in it. The standard library's search goes by characters and their equivalents, which costs
    /// many times as much and makes no difference to the words that AWS uses.
    public func holds(_ part: String) -> Bool {
        let (own, wanted) = (utf8.span, part.utf8.span)
        guard let first = part.utf8.first else { return true }
        var start = 0
        while start + wanted.count <= own.count {
            if own[start] == first {
                var length = 1
                while length < wanted.count, own[start + length] == wanted[length] { length += 1 }
                if length == wanted.count { return true }
            }
            start += 1
        }
        return false
    }
}
