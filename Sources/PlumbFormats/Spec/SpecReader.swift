// Reads a spec: text to nodes, overlays laid over the file, keys read, defaults filled in, contradictions found.

public import PlumbModel
import Yams

/// What was read of a spec, and all that is wrong with it.
public struct SpecReading: Sendable {
    /// The spec of the chosen environment; nil when any diagnostic is an error.
    public var spec: Spec?
    /// The environment that was read.
    public var environment: Environment
    /// Whether nobody named the environment, so that production was assumed.
    public var environmentIsAssumed: Bool
    /// The environments that the file names, in the order dev, staging, production.
    public var environments: [Environment]
    /// In the order in which they stand in the file.
    public var diagnostics: [Diagnostic]

    /// Whether a diagnostic is an error.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// Reads the YAML file of an endpoint.
public enum SpecReader {
    /// Reads a file's text.
    ///
    /// - Parameters:
    ///   - text: The YAML text; at most 256 KiB.
    ///   - file: The file's name, for places.
    ///   - environment: The environment to read; else the file's `environment`, else production.
    /// - Returns: The spec, or every error that was found. The overlays of other environments are checked as well.
    public static func read(_ text: String, file: String, environment: Environment? = nil) -> SpecReading {
        var reading = SpecReading(
            spec: nil, environment: environment ?? .production, environmentIsAssumed: environment == nil,
            environments: [], diagnostics: [])
        let (root, error) = SpecText.compose(text, file: file)
        if let error { reading.diagnostics = [error] }
        guard let root else { return reading }

        var context = SpecContext(file: file)
        guard let layers = SpecLayers(root, &context) else {
            reading.diagnostics = context.diagnostics
            return reading
        }
        if environment == nil, let named = layers.environment {
            reading.environment = named
            reading.environmentIsAssumed = false
        }
        let named = Set(layers.overlays.map(\.environment) + [layers.environment].compactMap { $0 })
        reading.environments = Environment.allCases.filter(named.contains)

        var diagnostics = context.diagnostics
        // The chosen environment first: what is also wrong in others is told once, as found in this one.
        let others = layers.overlays.map(\.environment).filter { $0 != reading.environment }
        for environment in [reading.environment] + others {
            let (spec, found) = read(layers, in: environment, file: file)
            if environment == reading.environment { reading.spec = spec }
            diagnostics += found.filter { new in
                !diagnostics.contains { $0.message == new.message && $0.place == new.place }
            }
        }
        reading.diagnostics = diagnostics.inFileOrder
        if reading.hasErrors { reading.spec = nil }
        return reading
    }

    /// Reads a file's bytes; anything but UTF-8 is an error with its place.
    public static func read(bytes: [UInt8], file: String, environment: Environment? = nil) -> SpecReading {
        if let text = String(validating: bytes, as: UTF8.self) {
            return read(
                text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text, file: file, environment: environment)
        }
        var valid = 0
        var decoder = UTF8()
        var input = bytes.makeIterator()
        decoding: while true {
            switch decoder.decode(&input) {
            case .scalarValue(let scalar): valid += UTF8.width(scalar)
            case .emptyInput, .error: break decoding
            }
        }
        let lines = bytes.prefix(valid).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let column = String(decoding: lines.last ?? [], as: UTF8.self).unicodeScalars.count + 1
        return SpecReading(
            spec: nil, environment: environment ?? .production, environmentIsAssumed: environment == nil,
            environments: [],
            diagnostics: [
                Diagnostic(
                    .error, "the file is not UTF-8", at: Place(file: file, line: max(1, lines.count), column: column),
                    hint: "save it as UTF-8")
            ])
    }

    private static func read(
        _ layers: SpecLayers, in environment: Environment, file: String
    ) -> (Spec?, [Diagnostic]) {
        var context = SpecContext(file: file)
        let start = SpecDefaults.start(in: environment)
        guard var spec = SpecSchema.root.read(layers.merged(for: environment), start, &context) else {
            return (nil, context.diagnostics)
        }
        spec.environment = environment
        SpecDefaults.settle(&spec, isWritten: context.isWritten)
        SpecRules.check(spec, &context)
        spec.places = context.places
        for index in spec.waivers.indices { spec.waivers[index].place = context.places["waivers.\(index)"] }
        return (spec, context.diagnostics)
    }
}

extension [Diagnostic] {
    fileprivate var inFileOrder: [Diagnostic] {
        enumerated().sorted { left, right in
            let (a, b) = (left.element.place, right.element.place)
            return (a?.line ?? 0, a?.column ?? 0, left.offset) < (b?.line ?? 0, b?.column ?? 0, right.offset)
        }.map(\.element)
    }
}
