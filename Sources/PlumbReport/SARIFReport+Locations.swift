// Where things are, in SARIF's words: relative addresses, regions, and names where there is no file.

import PlumbModel

extension SARIFReport {
    /// The finding's place and the resource's name. A finding without a place stands for the whole file that was
    /// judged, because GitHub shows no result without a location.
    static func location(of finding: Finding, in assessment: Assessment) -> JSON {
        let whole: Place? =
            switch assessment.source {
            case .spec, .cloudformation, .terraform: Place(file: assessment.path)
            case .live, .engine: nil
            }
        let physical = (finding.place ?? whole).flatMap(physicalLocation)
        let logical: JSON = [["fullyQualifiedName": .string(finding.resource), "kind": "resource"]]
        var members: [(key: String, value: JSON)] = []
        if let physical { members.append(("physicalLocation", physical)) }
        if !finding.resource.isEmpty { members.append(("logicalLocations", logical)) }
        return .object(members)
    }

    /// A place; with an id and a message where it is a link of a chain.
    static func location(_ place: Place, id: Int? = nil, message: String? = nil) -> JSON {
        var members: [(key: String, value: JSON)] = []
        if let id { members.append(("id", .integer(id))) }
        if let physical = physicalLocation(place) { members.append(("physicalLocation", physical)) }
        if let message { members.append(("message", ["text": .string(message)])) }
        return .object(members)
    }

    private static func physicalLocation(_ place: Place) -> JSON? {
        guard !place.file.isEmpty else { return nil }
        var members: [(key: String, value: JSON)] = [("artifactLocation", artifactLocation(place.file))]
        if let line = place.line, line >= 1 {
            var region: [(key: String, value: JSON)] = [("startLine", .integer(line))]
            if let column = place.column, column >= 1 { region.append(("startColumn", .integer(column))) }
            members.append(("region", .object(region)))
        }
        return .object(members)
    }

    /// A relative path is an address from the root of the source tree, an absolute one a `file:` address (RFC 3986).
    private static func artifactLocation(_ path: String) -> JSON {
        if path.hasPrefix("/") { return ["uri": .string("file://" + percentEncoded(path))] }
        var path = Substring(path)
        while path.hasPrefix("./") { path = path.dropFirst(2).drop { $0 == "/" } }
        return ["uri": .string(percentEncoded(path)), "uriBaseId": "%SRCROOT%"]
    }

    /// Everything but RFC 3986's unreserved characters and the slash, byte by byte of UTF-8.
    static func percentEncoded(_ path: some StringProtocol) -> String {
        if path.utf8.allSatisfy(isUnreserved) { return String(path) }
        var encoded = ""
        for byte in path.utf8 {
            if isUnreserved(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%" + String(byte >> 4, radix: 16, uppercase: true)
                encoded += String(byte & 15, radix: 16, uppercase: true)
            }
        }
        return encoded
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
