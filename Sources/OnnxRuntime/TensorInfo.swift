// What a model expects of a tensor, or promises.

/// One dimension of an input or output, as the model declares it.
public enum Dimension: Sendable, Equatable, CustomStringConvertible {
    /// A size that every tensor must have.
    case fixed(Int)
    /// Any size; the name is the model's own, or empty.
    case free(String)

    /// The size, or nil when any will do.
    public var size: Int? {
        guard case .fixed(let size) = self else { return nil }
        return size
    }

    /// The size, the name, or `?`.
    public var description: String {
        switch self {
        case .fixed(let size): String(size)
        case .free(let name): name.isEmpty ? "?" : name
        }
    }
}

/// What a model says of one of its inputs or outputs.
public struct TensorInfo: Sendable, Equatable {
    /// The name in the graph.
    public let name: String
    /// The element type, or nil for a sequence of maps, whose element type is known only once it was run.
    public let elementType: ElementType?
    /// The dimensions, outermost first; a sequence of maps is shown as rows by labels.
    public let shape: [Dimension]

    /// Describes an input or output.
    public init(name: String, elementType: ElementType?, shape: [Dimension]) {
        self.name = name
        self.elementType = elementType
        self.shape = shape
    }

    /// The shape in the form `[?, 64]`.
    public var shapeDescription: String { "[" + shape.map(\.description).joined(separator: ", ") + "]" }

    /// Whether a tensor of `sizes` fits the declared dimensions.
    public func fits(_ sizes: [Int]) -> Bool {
        guard sizes.count == shape.count else { return false }
        for (size, dimension) in zip(sizes, shape) {
            if case .fixed(let fixed) = dimension, fixed != size { return false }
        }
        return true
    }
}
