// What AWS says when it says no.

import Foundation
import PlumbModel

/// An error in AWS's own words; the cause of the `PlumbError` that callers get.
public struct AWSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// `ResourceNotFound`, `AccessDeniedException`: AWS's code, without namespaces.
    public let code: String
    public let message: String
    public let status: Int
    /// The service's id and the operation.
    public let service: String
    public let operation: String
    public let region: String
    public let requestID: String?

    public var description: String {
        let request = requestID.map { "; request \($0)" } ?? ""
        return "\(code): \(message)\(request)"
    }

    /// Reads the error of an answer; AWS writes it in JSON or XML, at times in the one where the other is spoken.
    init(_ answer: HTTPAnswer, call: Wire, region: String, hiding secrets: [Secret]) {
        var code = answer.headers["x-amzn-errortype"]
        var message: String?
        let first = answer.body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        do {
            if first == UInt8(ascii: "<") {
                let value = try XMLBody.read(answer.body).value
                var error = value["Error"]
                if error.isNull { error = value["Errors"]["Error"] }
                if error.isNull { error = value }
                code = error["Code"].text ?? code
                message = error["Message"].text
            } else if first == UInt8(ascii: "{") {
                let value = try JSONBody.read(answer.body)
                code = value["__type"].text ?? value["code"].text ?? value["error"].text ?? code
                message = value["message"].text ?? value["Message"].text ?? value["errorMessage"].text
                message = message ?? value["error_description"].text
            }
        } catch {
            // A page of a proxy or a load balancer: the status has to do.
        }
        // Services that once spoke Query also say the code that they said then; callers know the one in the body.
        self.code = code.map(Self.plain) ?? Self.code(of: answer.status)
        self.message = Self.hide(
            secrets, in: Self.brief(message ?? "status \(answer.status), and no message", code: self.code))
        status = answer.status
        service = call.service.id
        operation = call.operation
        self.region = region
        requestID = answer.headers["x-amzn-requestid"] ?? answer.headers["x-amz-request-id"]
    }

    /// `AccessDenied` of `com.amazonaws.kms#AccessDenied:http://…`.
    private static func plain(_ code: String) -> String {
        let name = code.split(separator: ":").first ?? ""
        return name.split(separator: "#").last.map(String.init) ?? code
    }

    private static func code(of status: Int) -> String {
        [403: "AccessDenied", 404: "NotFound", 429: "TooManyRequests", 503: "ServiceUnavailable"][status]
            ?? "HTTP \(status)"
    }

    /// A signature that does not match is answered with the whole request, its session token in it.
    private static func brief(_ message: String, code: String) -> String {
        let isAboutSignature = code.contains("Signature")
        let line = isAboutSignature ? message.prefix { !$0.isNewline } : Substring(message)
        return String(line.prefix(2000))
    }

    private static func hide(_ secrets: [Secret], in message: String) -> String {
        // A shorter one is nobody's, and its letters are in every word.
        secrets.filter { $0.revealed.utf8.count >= 8 }.reduce(message) { text, secret in
            text.replacing(secret.revealed, with: secret.description)
        }
    }
}

extension AWSError {
    private static let throttlingCodes: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestThrottled",
        "TooManyRequestsException", "TooManyRequests", "ProvisionedThroughputExceededException",
        "RequestLimitExceeded", "BandwidthLimitExceeded", "SlowDown", "PriorRequestNotComplete",
        "EC2ThrottledException",
    ]
    private static let transientCodes: Set<String> = [
        "RequestTimeout", "RequestTimeoutException", "InternalError", "InternalFailure", "InternalServerError",
        "InternalServerException", "ServiceUnavailable", "ServiceUnavailableException",
        "TransactionInProgressException",
        "IDPCommunicationError",
    ]
    private static let refusalCodes: Set<String> = [
        "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "Forbidden",
        "NotAuthorized", "AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId",
        "SignatureDoesNotMatch", "InvalidSignatureException", "MissingAuthenticationToken", "OptInRequired",
        "UnauthorizedException", "AllAccessDisabled",
    ]

    var isThrottling: Bool { Self.throttlingCodes.contains(code) || status == 429 }
    var isTransient: Bool { Self.transientCodes.contains(code) || [500, 502, 503, 504].contains(status) }
    /// The credentials were good once.
    var isExpiry: Bool { ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"].contains(code) }
    /// What AWS says when the time in a signature is not its own.
    var isAboutTime: Bool {
        let codes = [
            "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "InvalidSignatureException",
            "SignatureDoesNotMatch", "AuthFailure",
        ]
        return codes.contains(code)
    }
    var isDenial: Bool {
        ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"].contains(code)
    }

    var kind: PlumbError.Kind {
        if isThrottling { return .timedOut }
        if isTransient { return .internalFault }
        if isExpiry || Self.refusalCodes.contains(code) || status == 401 || status == 403 { return .refused }
        if status == 404 || code.contains("NotFound") || code.contains("NoSuch") || code.contains("DoesNotExist") {
            return .notFound
        }
        let conflicts = ["Conflict", "AlreadyExists", "InUse", "AlreadyOwned"]
        if status == 409 || conflicts.contains(where: code.contains) { return .conflict }
        return status < 500 ? .invalidInput : .internalFault
    }

    /// The error for whoever asked: what could not be done, and what to do about it.
    func told(credentials: AWSCredentials?, attempts: Int) -> PlumbError {
        let tries = attempts > 1 ? " after \(attempts) attempts" : ""
        let message: String
        var hint: String?
        switch kind {
        case .refused where isDenial:
            message = "AWS does not allow \(action)"
            hint = "allow it: \(permission)"
        case .refused where isExpiry:
            message = "the AWS credentials from \(credentials?.source ?? "nowhere") have expired"
            hint = "aws sso login, or export fresh ones"
        case .refused:
            message = "AWS does not accept the credentials from \(credentials?.source ?? "nowhere") for \(name)"
            hint = "aws sts get-caller-identity shows who they are"
        case .timedOut:
            message = "AWS answers \(name) only slowly\(tries)"
            hint = "others in the account ask it too; try again later"
        default: message = "\(name) failed\(tries)"
        }
        return PlumbError(kind, message, hint: hint, cause: self)
    }

    private var name: String { "\(service) \(operation) in \(region)" }

    /// The IAM action that is missing: AWS names it in most of its messages, else it follows from the operation.
    public var action: String {
        if let range = message.range(of: "not authorized to perform: ") {
            let named = message[range.upperBound...].prefix { !$0.isWhitespace && $0 != "," }
            if named.contains(":") { return String(named) }
        }
        return IAMAction.name(service: service, operation: operation)
    }

    /// A statement that would allow it.
    private var permission: String {
        var resource = "*"
        if let range = message.range(of: " on resource: ") {
            resource = String(
                message[range.upperBound...].prefix { !$0.isWhitespace }.trimmingSuffix { ".,;".contains($0) })
        }
        return #"{"Effect": "Allow", "Action": "\#(action)", "Resource": "\#(resource)"}"#
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ isLoose: (Character) -> Bool) -> Substring {
        var text = self
        while let last = text.last, isLoose(last) { text.removeLast() }
        return text
    }
}
