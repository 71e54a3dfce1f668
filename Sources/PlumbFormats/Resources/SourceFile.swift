// A file as the readers get it: this room opens none itself.

/// The bytes of a file and the name it is called by in places.
public struct SourceFile: Sendable {
    public var path: String
    public var bytes: [UInt8]
    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}
