// What a reading has gathered so far: where it is in the file, what is wrong, and where each key stands.

import PlumbModel
import Yams

/// The state of one reading of one environment.
struct SpecContext {
    let file: String
    /// Whether the file is a spec, so that a key may belong elsewhere in one.
    let isSpec: Bool
    private(set) var diagnostics: [Diagnostic] = []
    /// Where each written key stands, by dotted path.
    private(set) var places: [String: Place]
    private(set) var path = ""
    private var unsound: Set<String> = []

    init(file: String, isSpec: Bool = true) {
        self.file = file
        self.isSpec = isSpec
        places = ["": Place(file: file, line: 1, column: 1)]
    }

    /// Reads what stands under `key`, which was written at `node`.
    mutating func under<Result>(
        _ key: String, at node: Node, _ body: (inout SpecContext) -> Result
    ) -> Result {
        let outer = path
        path = outer.isEmpty ? key : "\(outer).\(key)"
        places[path] = place(of: node)
        defer { path = outer }
        return body(&self)
    }

    /// Records that the value at the present path is wrong.
    mutating func error(_ message: String, at node: Node, hint: String? = nil) {
        unsound.insert(path)
        diagnostics.append(Diagnostic(.error, message, at: place(of: node), hint: hint))
    }

    /// Records that values which are right in themselves do not agree; told where `path` stands.
    mutating func error(_ message: String, atPath path: String, hint: String? = nil) {
        diagnostics.append(Diagnostic(.error, message, at: nearestPlace(of: path), hint: hint))
    }

    /// Whether the value at `path`, and everything above it, was read without an error.
    func isSound(_ path: String) -> Bool {
        var parts = path.split(separator: ".")
        while !parts.isEmpty {
            if unsound.contains(parts.joined(separator: ".")) { return false }
            parts.removeLast()
        }
        return true
    }

    func isWritten(_ path: String) -> Bool { places[path] != nil }

    private func nearestPlace(of path: String) -> Place? {
        var parts = path.split(separator: ".")
        while !parts.isEmpty {
            if let place = places[parts.joined(separator: ".")] { return place }
            parts.removeLast()
        }
        return places[""]
    }

    private func place(of node: Node) -> Place {
        Place(file: file, line: node.mark?.line, column: node.mark?.column)
    }
}
