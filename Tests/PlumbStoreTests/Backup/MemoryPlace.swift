// A place elsewhere that can be out, lose its answers, and be written by others at the worst moment.

import Foundation
import PlumbModel
import Synchronization

@testable import PlumbStore

final class MemoryPlace: RemotePlace {
    enum Trouble { case none, out, answersAreLost }
    struct State {
        var files: [String: Data] = [:]
        var trouble = Trouble.none
        /// Is done once, just before the next write of a file whose name begins so.
        var before: (prefix: String, act: @Sendable (inout [String: Data]) -> Void)?
    }
    let state = Mutex(State())
    var address: String { "s3://memory" }

    var names: [String] { state.withLock { $0.files.keys.sorted() } }
    func set(_ trouble: Trouble) { state.withLock { $0.trouble = trouble } }

    private static let silence = PlumbError(.timedOut, "nothing answers")

    private func ask<Value: Sendable>(_ work: (inout State) -> Value) throws(PlumbError) -> Value {
        let answer: Value? = state.withLock { $0.trouble == .out ? nil : work(&$0) }
        guard let answer else { throw Self.silence }
        return answer
    }

    func list(_ folder: String) throws(PlumbError) -> [RemoteFile] {
        let start = folder.isEmpty ? "" : "\(folder)/"
        return try ask { state in
            state.files.keys.filter { $0.hasPrefix(start) && !$0.dropFirst(start.count).contains("/") }
                .map { RemoteFile(name: String($0.dropFirst(start.count)), modifiedAt: 0) }
        }
    }

    func read(_ name: String) throws(PlumbError) -> Data? { try ask { $0.files[name] } }

    func write(_ data: Data, to name: String, over before: FileBefore) throws(PlumbError) -> Bool {
        let isWritten = try ask { state -> Bool in
            if let planned = state.before, name.hasPrefix(planned.prefix) {
                state.before = nil
                planned.act(&state.files)
            }
            switch before {
            case .nothing: guard state.files[name] == nil else { return false }
            case .exactly(let old): guard state.files[name] == old else { return false }
            }
            state.files[name] = data
            return true
        }
        if state.withLock({ $0.trouble == .answersAreLost }) { throw Self.silence }
        return isWritten
    }

    func remove(_ name: String) throws(PlumbError) { try ask { $0.files[name] = nil } }
}
