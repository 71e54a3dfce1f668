// The measuring half of the model server, run as a program of its own: what it loads and breaks is not this one's.

import Foundation
import PlumbModel

enum ModelMeasure {
    /// One run of `plumb-worker measure`, and its answer.
    static func run<Answer: Decodable>(_ arguments: [String]) async throws -> Answer {
        let run = try await Program.run(Composition.workerPath, ["measure"] + arguments)
        guard run.status == 0 else {
            let told = run.lastError
            let prefix = "plumb-worker: "
            throw PlumbError(
                .invalidInput, told.hasPrefix(prefix) ? String(told.dropFirst(prefix.count)) : told,
                hint:
                    "the model and --data are read as the endpoint reads a model and its requests: .csv, .npy, .json, "
                    + "or .jsonl with a request a line")
        }
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(run.output.utf8))
        } catch {
            throw PlumbError(.internalFault, "what plumb-worker measured cannot be read", cause: error)
        }
    }
}
