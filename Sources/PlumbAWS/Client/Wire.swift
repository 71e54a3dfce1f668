// Writes a call as its service's protocol wants it, and reads the answer.

import Foundation
import PlumbModel

/// One call, before it is signed.
struct Wire: Sendable {
    let service: AWSService
    let operation: String
    let input: AWSValue

    /// The request, unsigned.
    func request(to endpoint: Endpoint) throws(PlumbError) -> HTTPRequest {
        switch service.wire {
        case .json(let version, let target):
            let headers = [
                ("Content-Type", "application/x-amz-json-\(version)"), ("X-Amz-Target", "\(target).\(operation)"),
            ]
            return post(to: endpoint, headers: headers, body: JSONBody.write(.map(input.members)))
        case .query(let version), .ec2(let version):
            let headers = [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")]
            let isEC2 = service.wire == .ec2(version: version)
            let body = QueryBody.write(operation, version: version, input, isEC2: isEC2)
            return post(to: endpoint, headers: headers, body: body)
        case .restJSON, .restXML: return try bound(to: endpoint, by: binding())
        }
    }

    private func post(to endpoint: Endpoint, headers: [(String, String)], body: Data) -> HTTPRequest {
        let (origin, path) = Self.split(endpoint.base)
        return HTTPRequest(method: "POST", origin: origin, path: path + "/", headers: headers, body: body)
    }

    /// Origin and path of an address that ends without a slash.
    private static func split(_ address: String) -> (origin: String, path: String) {
        guard let scheme = address.range(of: "://"),
            let slash = address[scheme.upperBound...].firstIndex(of: "/")
        else { return (address, "") }
        return (String(address[..<slash]), String(address[slash...]))
    }

    private func binding() throws(PlumbError) -> RESTBinding {
        let known = RESTBinding.of(service)
        guard let binding = known[operation] else {
            throw PlumbError(
                .unsupported, "\(service.id) has no operation \(operation) here",
                hint: "known are \(known.keys.sorted().joined(separator: ", "))")
        }
        return binding
    }

    private func bound(to endpoint: Endpoint, by binding: RESTBinding) throws(PlumbError) -> HTTPRequest {
        var endpoint = endpoint
        var rest = input.members
        let parts = binding.path.split(separator: "?", maxSplits: 1).map(String.init)
        var template = parts[0]
        if service == .s3, let bucket = rest["Bucket"]?.text, !bucket.isEmpty {
            let (holding, isInPath) = endpoint.holding(bucket: bucket)
            endpoint = holding
            if !isInPath {
                template = String(template.dropFirst("/{Bucket}".count))
                rest["Bucket"] = nil
            }
        }
        let (origin, prefix) = Self.split(endpoint.base)
        var request = HTTPRequest(method: binding.method, origin: origin, path: prefix)
        request.path += try Self.filled(template, from: &rest, operation: operation)
        if request.path.isEmpty { request.path = "/" }
        for pair in parts.dropFirst().flatMap({ $0.split(separator: "&") }) {
            let words = pair.split(separator: "=", maxSplits: 1).map(String.init)
            request.query.append((words[0], words.count > 1 ? words[1] : ""))
        }
        for (member, name) in binding.query.sorted(by: { $0.key < $1.key }) {
            for value in rest.removeValue(forKey: member)?.items ?? [] {
                request.query.append((name, QueryBody.text(of: value)))
            }
        }
        for (member, name) in binding.headers.sorted(by: { $0.key < $1.key }) {
            guard let value = rest.removeValue(forKey: member), !value.isNull else { continue }
            let text = QueryBody.text(of: value)
            guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw PlumbError(.invalidInput, "\(member) of \(operation) holds a control character")
            }
            request.headers.append((name, text))
        }
        // API Gateway writes links into its lists unless plain JSON is asked for.
        if service == .apiGateway { request.headers.append(("Accept", "application/json")) }
        try fill(&request, with: rest, as: binding.body)
        return request
    }

    /// The path with its names replaced; each replaced member is taken out of `rest`.
    private static func filled(
        _ template: String, from rest: inout [String: AWSValue], operation: String
    ) throws(PlumbError) -> String {
        var path = ""
        var tail = Substring(template)
        while let open = tail.firstIndex(of: "{"), let close = tail.firstIndex(of: "}") {
            path += tail[..<open]
            let name = tail[tail.index(after: open)..<close]
            let member = name.hasSuffix("+") ? String(name.dropLast()) : String(name)
            guard let value = rest.removeValue(forKey: member), case let text = QueryBody.text(of: value), !text.isEmpty
            else { throw PlumbError(.invalidInput, "\(operation) needs \(member)") }
            path += URIText.escaped(text, keeping: name.hasSuffix("+") ? "/" : "")
            tail = tail[tail.index(after: close)...]
        }
        return path + tail
    }

    private func fill(
        _ request: inout HTTPRequest, with rest: [String: AWSValue], as body: RESTBinding.Body
    ) throws(PlumbError) {
        var unknown = Set(rest.filter { !$0.value.isNull }.keys)
        switch body {
        case .json where service.wire == .restJSON && request.method != "GET" && request.method != "HEAD":
            request.headers.append(("Content-Type", "application/json"))
            request.body = JSONBody.write(.map(rest))
            unknown = []
        case .json: break
        case .raw(let member):
            let value = rest[member] ?? .null
            if case .data(let data) = value {
                request.body = data
            } else {
                request.body = Data(QueryBody.text(of: value).utf8)
            }
            unknown.remove(member)
        case .xml(let member, let root):
            if let value = rest[member], !value.isNull {
                let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
                request.headers.append(("Content-Type", "application/xml"))
                request.body = Data(XMLBody.write(root ?? member, value, namespace: namespace).utf8)
            }
            unknown.remove(member)
        }
        if service == .s3, !request.body.isEmpty {
            // S3 takes the signature for no proof that the body is whole.
            request.headers.append(("x-amz-checksum-sha256", SigV4.base64Digest(request.body)))
        }
        guard unknown.isEmpty else {
            throw PlumbError(
                .unsupported, "\(operation) takes no \(unknown.sorted().joined(separator: ", ")) here",
                hint: "RESTBinding names where each member of an input stands")
        }
    }

    /// The output in an answer of success.
    func output(of answer: HTTPAnswer) throws(PlumbError) -> AWSValue {
        switch service.wire {
        case .json:
            try requireContent(answer.body)
            return answer.body.isEmpty ? [:] : try JSONBody.read(answer.body)
        case .query, .ec2:
            try requireContent(answer.body)
            if answer.body.isEmpty { return [:] }
            let (root, content) = try XMLBody.read(answer.body)
            guard root == "\(operation)Response" else {
                throw PlumbError(.internalFault, "it is an element '\(root.prefix(40))' and no \(operation)Response")
            }
            var value = content.members
            if let result = value["\(operation)Result"] { return .map(result.members) }
            value["ResponseMetadata"] = nil
            value["requestId"] = nil
            return .map(value)
        case .restJSON, .restXML: return try output(of: answer, by: binding())
        }
    }

    /// Whatever is asked what there is answers with something, if only with an empty list.
    private func requireContent(_ body: Data) throws(PlumbError) {
        let isReading = ["Describe", "List", "Get", "Lookup"].contains { operation.hasPrefix($0) }
        if isReading, body.isEmpty { throw PlumbError(.internalFault, "it is empty") }
    }

    /// A page for people, which whoever stands between may send with a status of success.
    private func refusePage(_ body: Data) throws(PlumbError) {
        let start = String(decoding: body.prefix(200), as: UTF8.self).lowercased().drop(while: \.isWhitespace)
        if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") {
            throw PlumbError(.internalFault, "it is a page of HTML")
        }
    }

    private func output(of answer: HTTPAnswer, by binding: RESTBinding) throws(PlumbError) -> AWSValue {
        var output: AWSValue = [:]
        if case .data = binding.answer {
        } else if binding.method == "GET" {
            try requireContent(answer.body)
            try refusePage(answer.body)
        }
        switch binding.answer {
        case .output: output = .map(try parsed(answer.body).members)
        case .member(let member): output = [member: try parsed(answer.body)]
        case .text(let member): output = [member: .text(String(decoding: answer.body, as: UTF8.self))]
        case .data(let member): output = [member: .data(answer.body)]
        }
        for (header, member) in binding.answerHeaders {
            if let value = answer.headers[header.lowercased()] { output[member] = .text(value) }
        }
        return output
    }

    private func parsed(_ body: Data) throws(PlumbError) -> AWSValue {
        if body.isEmpty { return [:] }
        return service.wire == .restXML ? try XMLBody.read(body).value : try JSONBody.read(body)
    }
}
