// Where the renderers meet the file system.

import Foundation
import PlumbFormats
import PlumbModel
import PlumbStore

extension Composition {
    /// The files of a spec in a tongue.
    static func rendered(_ loaded: LoadedSpec, to option: RenderOption) -> [RenderedFile] {
        let format: Rendering.Format =
            switch option {
            case .cloudformation: .cloudformation
            case .terraform: .terraform
            }
        return Rendering.files(of: loaded.spec, as: format, asOf: today())
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
            try AtomicFile.write(Data(file.bytes), to: url.path, permissions: 0o644)
        }
    }
}
