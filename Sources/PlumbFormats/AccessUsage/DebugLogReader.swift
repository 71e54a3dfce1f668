// The AWS CLI's debug log (`--debug`, on standard error) to calls; boto3's logger at DEBUG writes the same lines.

import Foundation
public import PlumbModel

/// Reads the lines in which botocore says what it sends, how it signs and what came back.
public enum DebugLogReader {
    /// The calls of a log. A call that was answered by 401 or 403 counts as refused.
    ///
    /// Throws `invalidInput` where no line of it is one of botocore's.
    public static func read(_ file: SourceFile) throws(PlumbError) -> AccessUsage {
        var usage = AccessUsage()
        var open: ObservedCall?
        var isRefused = false
        var requests = 0
        func close() {
            if let call = open, !call.service.isEmpty {
                if isRefused { usage.refused += 1 } else { usage.calls.append(call) }
            } else if open != nil {
                usage.others += 1
            }
            (open, isRefused) = (nil, false)
        }
        for line in String(decoding: file.bytes, as: UTF8.self).split(separator: "\n") {
            if let call = request(in: line) {
                close()
                open = call
                requests += 1
            } else if open != nil {
                if line.hasSuffix("/aws4_request"), let (region, service) = scope(in: line) {
                    open?.region = region
                    open?.service = service
                } else if let status = status(in: line) {
                    isRefused = status == 401 || status == 403
                }
            }
        }
        close()
        guard requests > 0 else {
            throw PlumbError(
                .invalidInput, "the file is no debug log of the AWS CLI: no line says what was sent",
                hint: "aws sagemaker describe-endpoint … --debug 2> calls.log",
                at: Place(file: file.path, line: 1, column: 1))
        }
        return usage
    }

    /// `… Making request for OperationModel(name=CreateModel) with params: {…}`.
    private static func request(in line: Substring) -> ObservedCall? {
        guard let start = line.firstRange(of: "Making request for OperationModel(name="),
            let end = line[start.upperBound...].firstRange(of: ") with params: ")
        else { return nil }
        let operation = String(line[start.upperBound..<end.lowerBound])
        let said = line[end.upperBound...]
        var call = ObservedCall(service: "", operation: operation)
        if let body = body(in: said) {
            call.parameters = ParameterTexts(DocumentReader.readEmbedded(body, file: "", at: nil)).texts
        }
        let path = value(of: "'auth_path': '", in: said) ?? value(of: "'url_path': '", in: said) ?? ""
        let parts = path.split(separator: "/").map(String.init)
        if said.contains("'auth_path'"), let bucket = parts.first {
            call.parameters["bucketName"] = [bucket]
            if parts.count > 1 { call.parameters["key"] = [parts.dropFirst().joined(separator: "/")] }
        } else if parts.first == "endpoints", parts.count > 1 {
            call.parameters["endpointName"] = [parts[1]]
        }
        return call
    }

    /// A JSON body as Python prints bytes, or a form as it prints a dictionary, which is YAML too.
    private static func body(in said: Substring) -> String? {
        guard let start = said.firstRange(of: "'body': ") else { return nil }
        let rest = said[start.upperBound...]
        if rest.hasPrefix("b'") || rest.hasPrefix("b\"") {
            let quote = rest[rest.index(after: rest.startIndex)]
            let close = "\(quote), '"
            guard let end = rest.firstRange(of: close) else { return nil }
            let quoted = rest[rest.index(rest.startIndex, offsetBy: 2)..<end.lowerBound]
            let unescaped = quoted.replacing("\\\\", with: "\u{0}").replacing("\\'", with: "'")
            return String(unescaped.replacing("\u{0}", with: "\\"))
        }
        guard rest.hasPrefix("{"), let end = rest.firstRange(of: "}, '") else { return nil }
        return String(rest[..<end.lowerBound]) + "}"
    }

    private static func value(of key: String, in said: Substring) -> String? {
        guard let start = said.firstRange(of: key) else { return nil }
        return String(said[start.upperBound...].prefix { $0 != "'" })
    }

    /// `20261129/eu-west-1/sagemaker/aws4_request`.
    private static func scope(in line: Substring) -> (region: String, service: String)? {
        let parts = line.split(separator: "/")
        guard parts.count >= 4 else { return nil }
        return (String(parts[parts.count - 3]), String(parts[parts.count - 2]))
    }

    /// `… "POST / HTTP/1.1" 403 None`.
    private static func status(in line: Substring) -> Int? {
        guard let version = line.firstRange(of: " HTTP/1.1\" ") else { return nil }
        return Int(line[version.upperBound...].prefix { $0.isNumber })
    }
}
