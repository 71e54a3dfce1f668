// The input of an operation, asked for by name: what is missing or wrong is told in AWS's words.

import PlumbModel

/// One structure of an input.
struct FaceInput: Sendable {
    let shape: Shape
    /// Where it stands, for messages: `primaryContainer.`
    private let path: String

    init(_ shape: Shape, path: String = "") {
        self.shape = shape
        self.path = path
    }

    private func place(_ name: String) -> String { path + name.prefix(1).lowercased() + name.dropFirst() }

    /// Throws for a member that this engine cannot honour: it would only seem to have been heard.
    func allow(_ names: Set<String>) throws(FaceError) {
        let strange = (shape.members ?? [:]).filter { $0.value != .null && !names.contains($0.key) }.keys.sorted()
        guard let first = strange.first else { return }
        throw .validation("\(place(first)): the engine on this machine has no \(first); leave it out")
    }

    func has(_ name: String) -> Bool { shape[name] != nil }

    func optionalText(_ name: String) throws(FaceError) -> String? {
        guard let member = shape[name] else { return nil }
        guard let text = member.text else { throw wrong(name, "a text") }
        return text
    }

    func text(_ name: String) throws(FaceError) -> String {
        guard let text = try optionalText(name) else { throw missing(name) }
        return text
    }

    /// A name by SageMaker's rule: letters, digits and inner hyphens, at most 63.
    func name(_ name: String) throws(FaceError) -> String {
        let text = try text(name)
        let isFit =
            (1...63).contains(text.utf8.count) && text.first != "-" && text.last != "-"
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        guard isFit else {
            throw .validation(
                "1 validation error detected: Value '\(text.prefix(80))' at '\(place(name))' failed to satisfy "
                    + "constraint: Member must satisfy regular expression pattern: "
                    + "[a-zA-Z0-9]([\\-a-zA-Z0-9]*[a-zA-Z0-9])?"
            )
        }
        return text
    }

    func optionalInteger(_ name: String, in range: ClosedRange<Int>) throws(FaceError) -> Int? {
        guard let member = shape[name] else { return nil }
        guard let number = member.integer else { throw wrong(name, "a whole number") }
        guard range.contains(number) else {
            throw .validation(
                "1 validation error detected: Value '\(number)' at '\(place(name))' failed to satisfy constraint: "
                    + "Member must be from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(FaceError) -> Int {
        guard let number = try optionalInteger(name, in: range) else { throw missing(name) }
        return number
    }

    func optionalNumber(_ name: String) throws(FaceError) -> Double? {
        guard let member = shape[name] else { return nil }
        guard let number = member.number, number.isFinite else { throw wrong(name, "a number") }
        return number
    }

    func optionalFlag(_ name: String) throws(FaceError) -> Bool? {
        guard let member = shape[name] else { return nil }
        guard let flag = member.flag else { throw wrong(name, "true or false") }
        return flag
    }

    func optionalTime(_ name: String) throws(FaceError) -> Double? {
        guard let member = shape[name] else { return nil }
        guard let seconds = AWSTime.seconds(member), seconds.magnitude < 1e11 else { throw wrong(name, "a time") }
        return seconds
    }

    func optionalStructure(_ name: String) throws(FaceError) -> FaceInput? {
        guard let member = shape[name] else { return nil }
        guard member.members != nil else { throw wrong(name, "a structure") }
        return FaceInput(member, path: "\(place(name)).")
    }

    func structure(_ name: String) throws(FaceError) -> FaceInput {
        guard let structure = try optionalStructure(name) else { throw missing(name) }
        return structure
    }

    func structures(_ name: String) throws(FaceError) -> [FaceInput] {
        guard let member = shape[name] else { return [] }
        guard let list = member.list, list.allSatisfy({ $0.members != nil }) else { throw wrong(name, "a list") }
        return list.indices.map { FaceInput(list[$0], path: "\(place(name)).\($0 + 1).member.") }
    }

    func texts(_ name: String) throws(FaceError) -> [String] {
        guard let member = shape[name] else { return [] }
        guard let list = member.list, list.allSatisfy({ $0.text != nil }) else { throw wrong(name, "a list of texts") }
        return list.compactMap(\.text)
    }

    /// `[{Key, Value}]` as one map; throws for more than fifty and for a key that comes twice.
    func tags(_ name: String = "Tags") throws(FaceError) -> [String: String] {
        var tags: [String: String] = [:]
        for tag in try structures(name) {
            let (key, value) = (try tag.text("Key"), try tag.text("Value"))
            guard (1...128).contains(key.count), value.count <= 256, tags.updateValue(value, forKey: key) == nil else {
                throw .validation("\(place(name)): the key '\(key.prefix(128))' or its value is not fit for a tag")
            }
        }
        guard tags.count <= Self.tagsMax else { throw .validation("\(place(name)): more than \(Self.tagsMax) tags") }
        return tags
    }
    static let tagsMax = 50

    private func missing(_ name: String) -> FaceError {
        .validation(
            "1 validation error detected: Value null at '\(place(name))' failed to satisfy constraint: "
                + "Member must not be null")
    }

    private func wrong(_ name: String, _ kind: String) -> FaceError {
        FaceError(code: "SerializationException", message: "\(place(name)) has to be \(kind)")
    }
}
