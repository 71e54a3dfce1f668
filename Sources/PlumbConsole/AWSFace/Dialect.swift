// Tells from a request which operation of which service is meant and in which protocol, and answers in the same.

import Foundation
import PlumbEngine
import PlumbModel

/// The services that are there, by the name that signatures carry.
enum FaceService: String, Sendable {
    case sageMaker = "sagemaker"
    case scaling = "application-autoscaling"
    case cloudWatch = "monitoring"
}

/// A refusal in AWS's words.
struct FaceError: Error, Sendable {
    var code: String
    var message: String
    var status = 400

    static func validation(_ message: String) -> FaceError { FaceError(code: "ValidationException", message: message) }
    static func inUse(_ message: String) -> FaceError { FaceError(code: "ResourceInUse", message: message) }

    init(code: String, message: String, status: Int = 400) {
        self.code = code
        self.message = message
        self.status = status
    }

    /// What an engine says, for whoever knows AWS: the hint stays, for it names what to do.
    init(_ error: PlumbError) {
        let text = error.message + (error.hint.map { " (\($0))" } ?? "")
        switch error.kind {
        case .invalidInput, .notFound, .unsupported, .refused: self.init(code: "ValidationException", message: text)
        case .conflict: self.init(code: "ResourceInUse", message: text)
        case .timedOut, .internalFault:
            self.init(code: "InternalFailure", message: error.message, status: 500)
        }
    }
}

/// One operation that was asked for.
struct FaceRequest: Sendable {
    /// How it was asked, and will be answered.
    enum Wire: Sendable, Hashable {
        case json(version: String)
        case cbor
        case query
    }
    var service: FaceService
    var operation: String
    var wire: Wire
    /// Nil when the body cannot be read.
    var input: Shape?

    private static let targets: [String: FaceService] = [
        "SageMaker": .sageMaker, "AnyScaleFrontendService": .scaling, "GraniteServiceVersion20100801": .cloudWatch,
    ]

    /// Nil for a request of no known service.
    init?(_ call: SignedCall) {
        let path = String(call.uri.prefix { $0 != "?" })
        let type = call.header("content-type") ?? ""
        let cbor = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if cbor.count == 5, cbor[1] == "service", cbor[3] == "operation", let service = Self.targets[cbor[2]] {
            self.init(service: service, operation: cbor[4], wire: .cbor)
            input = call.body.isEmpty ? .map([:]) : CBOR.read(call.body)
        } else if path != "/" {
            return nil
        } else if let target = call.header("x-amz-target") {
            let parts = target.split(separator: ".")
            guard parts.count == 2, let service = Self.targets[String(parts[0])] else { return nil }
            let version = type.hasSuffix("1.0") ? "1.0" : "1.1"
            self.init(service: service, operation: String(parts[1]), wire: .json(version: version))
            // What cannot be decoded is told as such, in the protocol's own words.
            input = call.body.isEmpty ? .map([:]) : try? JSONDecoder().decode(Shape.self, from: Data(call.body))
        } else if type.hasPrefix("application/x-www-form-urlencoded"), let form = QueryForm.read(call.body) {
            self.init(service: .cloudWatch, operation: form.action, wire: .query)
            input = form.input
        } else {
            return nil
        }
    }

    private init(service: FaceService, operation: String, wire: Wire) {
        self.service = service
        self.operation = operation
        self.wire = wire
    }

    /// What a caller's key has to allow.
    var right: AccessRight {
        ["Describe", "List", "Get"].contains { operation.hasPrefix($0) } ? .read : .change
    }

    func answer(_ output: Shape, requestID: String) throws -> CallAnswer {
        switch wire {
        case .json(let version):
            return Self.made(
                200, "application/x-amz-json-\(version)", Array(try Self.encoder.encode(output)))
        case .cbor:
            return Self.made(
                200, "application/cbor", CBOR.write(output), more: ("smithy-protocol", "rpc-v2-cbor"))
        case .query:
            let text = QueryForm.answer(output, to: operation, requestID: requestID)
            return Self.made(200, "text/xml", Array(text.utf8))
        }
    }

    func answer(_ error: FaceError, requestID: String) -> CallAnswer {
        let code = queryCode(error.code)
        switch wire {
        case .json(let version): return Self.refusal(error, version: version)
        case .cbor:
            let body: Shape = .map([
                "__type": .text("com.amazonaws.cloudwatch#\(error.code)"), "message": .text(error.message),
            ])
            return Self.made(
                error.status, "application/cbor", CBOR.write(body), more: ("smithy-protocol", "rpc-v2-cbor"))
        case .query:
            let text = QueryForm.error(code, error.message, isSenders: error.status < 500, requestID: requestID)
            return Self.made(error.status, "text/xml", Array(text.utf8))
        }
    }

    /// The Query protocol's older words for the same.
    private func queryCode(_ code: String) -> String {
        switch code {
        case "InvalidSignatureException": "SignatureDoesNotMatch"
        case "UnrecognizedClientException": "InvalidClientTokenId"
        case "ExpiredTokenException": "ExpiredToken"
        case "IncompleteSignatureException": "IncompleteSignature"
        case "AccessDeniedException": "AccessDenied"
        case "UnknownOperationException": "InvalidAction"
        case "ValidationException": "ValidationError"
        default: code
        }
    }

    /// An error where no protocol is known, or JSON is.
    static func refusal(_ error: FaceError, version: String = "1.1") -> CallAnswer {
        let body =
            "{\"__type\":\(JSONText.quoted(error.code)),\"message\":\(JSONText.quoted(error.message)),"
            + "\"Message\":\(JSONText.quoted(error.message))}"
        return made(
            error.status, "application/x-amz-json-\(version)", Array(body.utf8),
            more: ("x-amzn-errortype", error.code))
    }

    private static func made(
        _ status: Int, _ type: String, _ body: [UInt8], more: (String, String)? = nil
    ) -> CallAnswer {
        let headers = [(name: "content-type", value: type)] + (more.map { [(name: $0.0, value: $0.1)] } ?? [])
        return CallAnswer(status: status, headers: headers, body: body)
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        return encoder
    }
}
