// The types an element of a tensor can have.

/// The element types of tensors; the raw value is the number that ONNX gives each.
public enum ElementType: Int, Sendable, CaseIterable {
    case float32 = 1
    case uint8 = 2
    case int8 = 3
    case uint16 = 4
    case int16 = 5
    case int32 = 6
    case int64 = 7
    case string = 8
    case bool = 9
    case float16 = 10
    case float64 = 11
    case uint32 = 12
    case uint64 = 13

    /// The name that the Open Inference Protocol gives the type, such as `FP32` or `BYTES`.
    public var protocolName: String {
        switch self {
        case .float32: "FP32"
        case .uint8: "UINT8"
        case .int8: "INT8"
        case .uint16: "UINT16"
        case .int16: "INT16"
        case .int32: "INT32"
        case .int64: "INT64"
        case .string: "BYTES"
        case .bool: "BOOL"
        case .float16: "FP16"
        case .float64: "FP64"
        case .uint32: "UINT32"
        case .uint64: "UINT64"
        }
    }
}
