// A record of a measurement, put into a spec's file.

import PlumbModel

/// A top-level block of a spec, `key:` and what is indented below it.
enum SpecRecord {
    /// Puts the block into the file in place of the one that is there; the rest stays as it was written. The text is
    /// read before it is written: throws `refused`, and changes nothing, where `isThere` does not find the record.
    static func write(_ block: String, into path: String, isThere: (Spec) -> Bool) throws {
        let text = String(decoding: try Input.contents(of: path), as: UTF8.self)
        let changed = replacing(in: text, with: block)
        let reading = Composition.reading(of: changed, path: path)
        guard let spec = reading.spec, isThere(spec) else {
            Terminal.tell(reading.diagnostics)
            throw PlumbError(.refused, "the record does not fit into \(path)", hint: "paste it by hand:\n\(block)")
        }
        try Composition.write(changed, to: path)
    }

    /// The text with the key that the block begins with taken out, and the block at the end.
    static func replacing(in text: String, with block: String) -> String {
        let key = String(block.prefix { $0 != ":" }) + ":"
        var kept: [Substring] = []
        var isInside = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(key) {
                isInside = true
            } else if isInside, !line.hasPrefix(" "), !line.hasPrefix("\t"), !line.isEmpty {
                isInside = false
            }
            if !isInside { kept.append(line) }
        }
        while kept.last?.isEmpty == true { kept.removeLast() }
        return kept.joined(separator: "\n") + "\n\n" + block + "\n"
    }
}
