// A text in normal form, taken apart: what stands as it is, and what is known only when the resource is made.

import PlumbModel

/// One part of a text in normal form.
enum RenderedTextPart: Sendable, Hashable {
    case literal(String)
    /// An attribute of a resource that is rendered too: `${DataKey.Arn}`; nil for the resource itself, `${DataKey}`.
    case attribute(id: String, name: String?)
    /// `${AWS::Region}`, `${AWS::AccountId}`, `${AWS::Partition}`.
    case pseudo(String)
    /// `${AZ.0}`: the n-th Availability Zone of the region.
    case zone(Int)
    /// The second region's name, which is asked of whoever deploys.
    case recoveryRegion
}

/// Takes texts apart; knows which ids are resources and which region is the second one.
struct RenderedTextReader: Sendable {
    let ids: Set<String>
    let recoveryRegion: String?

    /// The parts of `text`. What looks like a variable and is not ours, such as IAM's `${aws:username}`, is literal.
    func parts(_ text: String) -> [RenderedTextPart] {
        var parts: [RenderedTextPart] = []
        var rest = Substring(text)
        var literal = ""
        while let start = rest.place(of: "${") {
            literal += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}"),
                let part = variable(String(rest[start.upperBound..<end]))
            else {
                literal += "${"
                rest = rest[start.upperBound...]
                continue
            }
            parts += withRegion(literal)
            literal = ""
            parts.append(part)
            rest = rest[rest.index(after: end)...]
        }
        return parts + withRegion(literal + rest)
    }

    private func variable(_ name: String) -> RenderedTextPart? {
        if name.hasPrefix("AWS::") { return .pseudo(name) }
        if name.hasPrefix("AZ."), let number = Int(name.dropFirst(3)) { return .zone(number) }
        // An id may hold dots itself: a Terraform address does.
        var id = Substring(name)
        while !ids.contains(String(id)) {
            guard let dot = id.lastIndex(of: ".") else { return nil }
            id = id[..<dot]
        }
        let attribute = name.dropFirst(id.count + 1)
        return .attribute(id: String(id), name: attribute.isEmpty ? nil : String(attribute))
    }

    /// The second region's name stands between the delimiters of an ARN or address, or alone.
    private func withRegion(_ literal: String) -> [RenderedTextPart] {
        guard !literal.isEmpty else { return [] }
        guard let recoveryRegion, !recoveryRegion.isEmpty else { return [.literal(literal)] }
        var parts: [RenderedTextPart] = []
        var rest = Substring(literal)
        var kept = ""
        while let found = rest.place(of: recoveryRegion) {
            let before = found.lowerBound == rest.startIndex ? kept.last : rest[rest.index(before: found.lowerBound)]
            let after = found.upperBound == rest.endIndex ? nil : rest[found.upperBound]
            kept += rest[..<found.lowerBound]
            rest = rest[found.upperBound...]
            func isEdge(_ character: Character?) -> Bool { character.map { ":./-".contains($0) } ?? true }
            guard isEdge(before), isEdge(after), before != "-" || after == "-" else {
                kept += recoveryRegion
                continue
            }
            if !kept.isEmpty { parts.append(.literal(kept)) }
            kept = ""
            parts.append(.recoveryRegion)
        }
        kept += rest
        return kept.isEmpty ? parts : parts + [.literal(kept)]
    }
}
