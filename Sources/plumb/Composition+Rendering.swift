// Where the renderers meet the file system.

import Foundation
import PlumbFormats
import PlumbModel
import PlumbPolicy
import PlumbStore

extension Composition {
    /// Whether a template or plan can show that a control is kept.
    static func showsInInfrastructure(_ control: String) -> Bool {
        guard let (_, control) = PolicyBook.control(control) else { return true }
        return !control.provableAt.isDisjoint(with: [.cloudformation, .terraform])
    }

    /// Throws when a spec asks for what AWS does not offer; everything of it is told.
    static func requireFit(_ loaded: LoadedSpec) throws(PlumbError) {
        let unfit = Rendering.diagnostics(of: loaded.spec)
        Terminal.tell(unfit)
        guard unfit.isEmpty else {
            throw PlumbError(
                .invalidInput, "\(loaded.path) asks for what AWS does not offer",
                hint:
                    "values for the engine on this machine belong in a spec of their own, or leave them to the defaults"
            )
        }
    }

    /// The files of a spec, and what it is compiled to, in a tongue.
    static func rendered(
        _ loaded: LoadedSpec, compiled graph: Graph, to option: RenderOption
    ) throws -> [RenderedFile] {
        try requireFit(loaded)
        switch option {
        case .cloudformation: return Rendering.files(of: loaded.spec, compiled: graph, as: .cloudformation)
        case .terraform: return Rendering.files(of: loaded.spec, compiled: graph, as: .terraform)
        case .githubActions: return try pipeline(loaded, as: .githubActions)
        case .codepipeline: return try pipeline(loaded, as: .codepipeline)
        }
    }

    /// A pipeline delivers to staging and then to production, whichever environment was named.
    private static func pipeline(
        _ loaded: LoadedSpec, as format: DeliveryPipeline.Format
    ) throws -> [RenderedFile] {
        let production = try loadSpec(loaded.path, environment: .production)
        let staging = try loadSpec(loaded.path, environment: .staging)
        return DeliveryPipeline.files(
            of: production.spec, staging: staging.spec, specPath: loaded.path, as: format)
    }

    /// The text of the only file; nil where there are several.
    static func singleText(_ files: [RenderedFile]) -> String? { files.count == 1 ? files.first?.text : nil }

    /// How each file differs from the one in the folder.
    static func changes(_ files: [RenderedFile], in folder: String) throws -> [RenderedChange] {
        try files.map { file in
            let path = "\(folder)/\(file.path)"
            let change: RenderedChange.Change =
                FileKind(path) == nil ? .new : try Input.contents(of: path) == file.bytes ? .same : .changed
            return RenderedChange(path: file.path, bytes: file.bytes.count, change: change)
        }
    }

    /// Writes each file whole or not at all; folders on the way are made.
    static func write(_ files: [RenderedFile], to folder: String) throws {
        for file in files {
            let url = URL(filePath: "\(folder)/\(file.path)").resolvingSymlinksInPath()
            try AtomicFile.makeFolder(url.deletingLastPathComponent().path, permissions: 0o755)
            try AtomicFile.write(Data(file.bytes), to: url.path, permissions: 0o644, durable: false)
        }
    }
}
