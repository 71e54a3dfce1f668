// The models of one multi-model endpoint: a folder, taken in as a list of names and digests.

import Foundation
public import PlumbModel

/// Which model is which artefact. The list is an artefact itself, in the form of `sha256sum`, so that a revision names
/// all its models by one digest, and none of them changes under it.
public struct ModelList: Sendable, Hashable {
    /// The digest of each model, by its path within the folder.
    public private(set) var digests: [String: String] = [:]
    /// What a list begins with; no ONNX file does.
    private static let mark = "# models of a multi-model endpoint: sha256, name\n"
    /// The most models of one folder.
    public static let modelsMax = 10_000
    /// The longest name, as SageMaker's `TargetModel`.
    static let nameBytesMax = 1024

    var text: String {
        Self.mark + digests.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)\n" }.joined()
    }

    static func begins(_ data: Data) -> Bool { data.starts(with: Data(mark.utf8)) }

    /// Reads a list; nil for any other artefact.
    init?(_ data: Data) {
        guard Self.begins(data) else { return nil }
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n").dropFirst() where line.count > 66 {
            digests[String(line.dropFirst(66))] = String(line.prefix(64))
        }
    }

    /// The `.onnx` files of a folder and of the folders in it, each with its digest by `digest`.
    ///
    /// Throws `notFound` where there is none, and `refused` for a link that leaves the folder or a name that cannot be
    /// sent in a header.
    init(folder: String, digest: (_ path: String) throws(PlumbError) -> String) throws(PlumbError) {
        let root = URL(filePath: folder).resolvingSymlinksInPath().path
        for name in (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []).sorted()
        where name.hasSuffix(".onnx") {
            let file = URL(filePath: "\(root)/\(name)").resolvingSymlinksInPath().path
            guard file.hasPrefix("\(root)/") else {
                throw PlumbError(
                    .refused, "the model \(folder)/\(name) is a link that leaves the folder",
                    hint: "put the file itself into the folder")
            }
            guard name.utf8.count <= Self.nameBytesMax, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw PlumbError(
                    .refused, "the model \(folder)/\(name) has a name that no header can carry",
                    hint: "use at most \(Self.nameBytesMax) printable ASCII characters without blanks")
            }
            guard digests.count < Self.modelsMax else {
                throw PlumbError(.refused, "the folder \(folder) holds more than \(Self.modelsMax) models")
            }
            digests[name] = try digest(file)
        }
        guard !digests.isEmpty else {
            throw PlumbError(
                .notFound, "the folder \(folder) holds no .onnx file, or is not there",
                hint: "model.path names the folder of an endpoint with model.multiModel")
        }
    }
}

extension ArtifactStore {
    /// Takes in every model of a folder, and answers the digest of their list.
    public func add(modelsIn folder: String) throws(PlumbError) -> String {
        let list = try ModelList(folder: folder) { path throws(PlumbError) in try add(fileAt: path) }
        return try add(Data(list.text.utf8))
    }

    /// What the digest of the folder's list is now.
    public static func digest(ofModelsIn folder: String) throws(PlumbError) -> String {
        digest(of: Data(try ModelList(folder: folder, digest: digest(ofFileAt:)).text.utf8))
    }

    /// The list with this digest; nil when the artefact is something else, or gone.
    public func models(_ digest: String) -> ModelList? {
        // Most artefacts are large models: one look at the beginning tells that they are no list.
        guard let beginning = try? beginning(of: digest), ModelList.begins(beginning) else { return nil }
        // As gone as one that is not there.
        return (try? contents(of: digest)).flatMap(ModelList.init)
    }

    /// These digests, and those of the models of every list among them.
    func withModels(_ digests: Set<String>) -> Set<String> {
        digests.reduce(into: digests) { $0.formUnion((models($1)?.digests ?? [:]).values) }
    }
}
