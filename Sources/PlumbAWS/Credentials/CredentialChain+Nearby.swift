// Credentials that the machine itself hands out: to a container, to an EC2 instance.

import Foundation
import PlumbModel

extension CredentialChain {
    private static let containerHost = "169.254.170.2"
    /// The addresses of ECS's and EKS's agents; beside them only this machine is asked without TLS.
    private static let plainHosts: Set<String> = [
        containerHost, "169.254.170.23", "[fd00:ec2::23]", "localhost", "127.0.0.1", "[::1]",
    ]
    private static let containerSeconds = 2.0
    private static let containerAttemptsMax = 3

    func fromContainer() async throws -> AWSCredentials? {
        let address: String
        if let path = surroundings.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            guard path.hasPrefix("/") else {
                throw PlumbError(.invalidInput, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with '/'")
            }
            address = "http://\(Self.containerHost)\(path)"
        } else if let full = surroundings.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            address = full
        } else {
            return nil
        }
        guard let url = URLComponents(string: address), let scheme = url.scheme, let host = url.host,
            scheme == "https" || (scheme == "http" && Self.plainHosts.contains(host))
        else {
            throw PlumbError(
                .refused, "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https nor an address of this machine",
                hint: "credentials are not fetched in the clear from elsewhere")
        }
        var request = HTTPRequest(
            method: "GET", origin: "\(scheme)://\(host)" + (url.port.map { ":\($0)" } ?? ""),
            path: url.percentEncodedPath.isEmpty ? "/" : url.percentEncodedPath)
        request.query = (url.queryItems ?? []).map { ($0.name, $0.value ?? "") }
        if let token = try containerToken() { request.headers.append(("Authorization", token.revealed)) }
        let answer = try await ask(
            request, seconds: Self.containerSeconds, attemptsMax: Self.containerAttemptsMax,
            name: "the container's agent")
        guard answer.status == 200 else {
            throw PlumbError(.refused, "the container's agent answers \(answer.status) instead of credentials")
        }
        return try credentials(in: try JSONBody.read(answer.body), token: "Token", source: "the container's role")
    }

    private func containerToken() throws(PlumbError) -> Secret? {
        var token = surroundings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        if let path = surroundings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            guard let data = try surroundings.readFile(path) else {
                throw PlumbError(.notFound, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names \(path), which is not there")
            }
            token = String(decoding: data, as: UTF8.self)
        }
        guard let token else { return nil }
        guard token.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw PlumbError(.invalidInput, "the authorization token of the container has a line break in it")
        }
        return Secret(token)
    }

    /// IMDSv2 only: the first version answers whoever can make the machine fetch an address.
    func fromInstance() async throws -> AWSCredentials? {
        guard surroundings.variable("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else { return nil }
        guard let token = try await instanceToken() else { return nil }
        let folder = "/latest/meta-data/iam/security-credentials/"
        guard let role = try await metadata(folder, token: token) else { return nil }
        let name = String(decoding: role, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard !name.isEmpty, let data = try await metadata(folder + URIText.escaped(name), token: token) else {
            return nil
        }
        let value = try JSONBody.read(data)
        guard value["Code"].text == "Success" else {
            throw PlumbError(.refused, "the instance's role \(name) gives no credentials")
        }
        return try credentials(in: value, token: "Token", source: "the instance's role \(name)")
    }

    private var metadataOrigin: String {
        if let address = surroundings.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") {
            return String(address.reversed().drop { $0 == "/" }.reversed())
        }
        let isIPv6 = surroundings.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")?.lowercased() == "ipv6"
        return isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
    }

    private func number(_ variable: String, or usual: Double) throws(PlumbError) -> Double {
        guard let text = surroundings.variable(variable) else { return usual }
        guard let number = Double(text), number > 0, number <= 60 else {
            throw PlumbError(.invalidInput, "\(variable) is '\(text)', and is to be a number up to 60")
        }
        return number
    }

    /// Nil where no metadata service is: most machines are no instances.
    private func instanceToken() async throws -> Secret? {
        var request = HTTPRequest(method: "PUT", origin: metadataOrigin, path: "/latest/api/token")
        request.headers = [("X-aws-ec2-metadata-token-ttl-seconds", "21600")]
        let answer: HTTPAnswer
        do {
            answer = try await askInstance(request)
        } catch let error as PlumbError where error.kind == .timedOut {
            return nil
        }
        guard answer.status == 200, !answer.body.isEmpty else { return nil }
        return Secret(String(decoding: answer.body, as: UTF8.self))
    }

    private func metadata(_ path: String, token: Secret) async throws -> Data? {
        var request = HTTPRequest(method: "GET", origin: metadataOrigin, path: path)
        request.headers = [("X-aws-ec2-metadata-token", token.revealed)]
        let answer = try await askInstance(request)
        if answer.status == 404 { return nil }
        guard answer.status == 200 else {
            throw PlumbError(.refused, "the instance's metadata service answers \(answer.status)")
        }
        return answer.body
    }

    private func askInstance(_ request: HTTPRequest) async throws -> HTTPAnswer {
        try await ask(
            request, seconds: try number("AWS_METADATA_SERVICE_TIMEOUT", or: 1),
            attemptsMax: Int(try number("AWS_METADATA_SERVICE_NUM_ATTEMPTS", or: 1)),
            name: "the instance's metadata service")
    }

    /// Tries again where nothing or a failure is answered.
    private func ask(
        _ request: HTTPRequest, seconds: Double, attemptsMax: Int, name: String
    ) async throws -> HTTPAnswer {
        var machine = RetryMachine(attemptsMax: attemptsMax)
        var budget = RetryBudget()
        while true {
            let outcome: Result<HTTPAnswer, TransportFault>
            do {
                outcome = .success(try await courier.transport.send(request, by: .nearby(seconds: seconds)))
            } catch let fault as TransportFault {
                outcome = .failure(fault)
            }
            if case .success(let answer) = outcome, answer.status < 500 { return answer }
            let pause = machine.pause(
                after: .transient(afterSeconds: nil), luck: surroundings.luck(), budget: &budget)
            guard let pause else {
                switch outcome {
                case .success(let answer): return answer
                case .failure(let fault): throw PlumbError(.timedOut, "\(name) does not answer", cause: fault)
                }
            }
            try await surroundings.sleep(pause)
        }
    }
}
