// Lambda functions that act on endpoints or watch them, and who may call them.

import Foundation
import PlumbModel

extension Concern {
    static let functions = Concern(
        name: "functions",
        reads: [
            Read(.lambda, "GetFunctionConfiguration"), Read(.lambda, "GetPolicy"),
            Read(.lambda, "ListEventSourceMappings"),
        ],
        list: { survey in try await survey.listStreamReaders() },
        types: ["AWS::Lambda::Function"],
        look: { survey, _, names in
            try await survey.inParallel(names) { name in
                guard let function = try await survey.function(name) else { return }
                survey.notebook.note(function)
                try await survey.notePermissions(of: name)
            }
        })
}

extension Survey {
    /// Words in a variable's name that make its value nobody's business.
    private static let secretWords = ["SECRET", "PASSWORD", "PASSWD", "TOKEN", "CREDENTIAL", "APIKEY", "API_KEY"]

    func functionConfiguration(_ name: String) async throws -> Seen<AWSValue> {
        try await answer(
            .lambda, "GetFunctionConfiguration", ["FunctionName": .text(name)],
            absentCodes: ["ResourceNotFoundException"])
    }

    /// Wants a function as soon as an endpoint is noted that its environment names: one that is started by the clock is
    /// named by nothing else.
    func considerFunction(_ name: String) async throws {
        guard let variables = try await functionConfiguration(name).value?["Environment"]["Variables"].members else {
            return
        }
        let words = variables.values.compactMap(\.text).reduce(into: Set<String>()) { $0.formUnion(Self.words(of: $1)) }
        for endpoint in try await endpointNames() where words.contains(endpoint) {
            notebook.want(Wanted("AWS::Lambda::Function", name))
        }
    }

    /// What reads the streams of tables; each is kept for the sake of its table, and its function for its own.
    fileprivate func listStreamReaders() async throws {
        let type = "AWS::Lambda::EventSourceMapping"
        let found = try await listed(
            type, .lambda, "ListEventSourceMappings", ["MaxItems": 100], in: "EventSourceMappings")
        for told in found {
            guard let id = told["UUID"].text, let source = told["EventSourceArn"].text,
                let table = Wanted(in: source), table.type == "AWS::DynamoDB::Table"
            else { continue }
            var reader = AccountResource(type, name: id, region: region, tags: [:])
            reader.properties = [
                "EventSourceArn": .text(source), "FunctionName": AccountValue(told["FunctionArn"]),
                "Enabled": Self.isEnabled(told["State"].text ?? "of no state"),
            ]
            notebook.consider(reader, mentioning: [table])
        }
    }

    private static func isEnabled(_ state: String) -> AccountValue {
        switch state {
        case "Enabled", "Enabling": true
        case "Disabled", "Disabling", "Deleting": false
        default: .unseen("it is \(state) now")
        }
    }

    fileprivate func function(_ name: String) async throws -> AccountResource? {
        let type = "AWS::Lambda::Function"
        switch try await functionConfiguration(name) {
        case .absent: return nil
        case .unseen(let why):
            return AccountResource(type, name: name, region: region, properties: .unseen(why))
        case .seen(let told):
            var function = AccountResource(
                type, name: told["FunctionName"].text ?? name, arn: told["FunctionArn"].text, region: region,
                properties: AccountValue(
                    told, only: "FunctionName", "Runtime", "Role", "Handler", "Timeout", "MemorySize",
                    "DeadLetterConfig", "PackageType", "LoggingConfig"))
            function.properties["Code"] = .unseen("the code of functions is not read")
            function.properties["KmsKeyArn"] = AccountValue(told["KMSKeyArn"])
            function.properties["Environment"] = Self.environment(told["Environment"])
            if !told["VpcConfig"]["SubnetIds"].items.isEmpty {
                function.properties["VpcConfig"] = AccountValue(
                    told["VpcConfig"], only: "SubnetIds", "SecurityGroupIds")
            }
            let group = told["LoggingConfig"]["LogGroup"].text ?? "/aws/lambda/\(function.name)"
            notebook.want(Wanted("AWS::Logs::LogGroup", group))
            return function
        }
    }

    static func environment(_ told: AWSValue) -> AccountValue {
        if let error = told["Error"]["ErrorCode"].text { return .unseen("the environment is not shown: \(error)") }
        guard !told["Variables"].members.isEmpty else { return .absent }
        let variables = told["Variables"].members.map { name, value -> (String, AccountValue) in
            let isSecret = Self.secretWords.contains { name.uppercased().contains($0) }
            return (name, isSecret ? .unseen("its name says that it is secret") : AccountValue(value))
        }
        return ["Variables": .map(Dictionary(variables) { first, _ in first })]
    }

    // MARK: - Permissions

    /// Each statement of a function's policy, as the permission that CloudFormation makes it of.
    fileprivate func notePermissions(of name: String) async throws {
        let answer = try await self.answer(
            .lambda, "GetPolicy", ["FunctionName": .text(name)], absentCodes: ["ResourceNotFoundException"])
        func note(_ id: String, _ properties: AccountValue) {
            var properties = properties
            properties["FunctionName"] = .text(name)
            notebook.note(
                AccountResource(
                    "AWS::Lambda::Permission", name: "\(name)/\(id)", region: region, tags: [:], properties: properties)
            )
        }
        switch answer {
        case .absent: break
        case .unseen(let why): note("policy", ["Principal": .unseen(why), "Action": .unseen(why)])
        case .seen(let told):
            let document: AWSValue
            do {
                document = try JSONBody.read(Data((told["Policy"].text ?? "").utf8))
            } catch {
                note("policy", ["Principal": .unseen("the policy of \(name) cannot be read")])
                return
            }
            for (index, statement) in document["Statement"].items.enumerated()
            where statement["Effect"].text == "Allow" {
                let id = statement["Sid"].text ?? "\(index)"
                let conditions = statement["Condition"]
                for principal in Self.principals(statement["Principal"]) {
                    note(
                        "\(id)/\(principal)",
                        [
                            "Principal": .text(principal), "Action": AccountValue(statement["Action"]),
                            "SourceArn": AccountValue(conditions["ArnLike"]["AWS:SourceArn"]),
                            "SourceAccount": AccountValue(conditions["StringEquals"]["AWS:SourceAccount"]),
                        ])
                }
            }
        }
    }

    private static func principals(_ principal: AWSValue) -> [String] {
        if let text = principal.text { return [text] }
        return principal.members.sorted { $0.key < $1.key }.flatMap { $0.value.items.compactMap(\.text) }
    }
}
