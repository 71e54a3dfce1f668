// Which endpoints a survey is about, and what they are called in texts.

import PlumbModel

extension Survey {
    /// Up to so many endpoints are asked for one by one; for more the lists of the whole region are read and sifted.
    static let oneByOneMax = 20

    /// The names of the endpoints in scope, in order. Throws when one that was named does not exist.
    func endpointNames() async throws -> [String] {
        let type = "AWS::SageMaker::Endpoint"
        guard scope.tags.isEmpty else {
            let filters = scope.tags.sorted { $0.key < $1.key }.map { tag -> AWSValue in
                ["Key": .text(tag.key), "Values": [.text(tag.value)]]
            }
            let found = try await listed(
                type, .resourceTags, "GetResources",
                [
                    "ResourcesPerPage": 100, "ResourceTypeFilters": ["sagemaker:endpoint"],
                    "TagFilters": .list(filters),
                ], in: "ResourceTagMappingList")
            let names = found.compactMap { $0["ResourceARN"].text?.split(separator: "/").last.map(String.init) }
            return names.filter { scope.endpoints.isEmpty || scope.endpoints.contains($0) }.sorted()
        }
        guard scope.endpoints.isEmpty else { return scope.endpoints.sorted() }
        return try await listed(type, .sageMaker, "ListEndpoints", ["MaxResults": 100], in: "Endpoints")
            .compactMap { $0["EndpointName"].text }.sorted()
    }

    /// The endpoints to ask for one by one; nil where the lists of the whole region are the shorter way.
    func fewEndpoints() async throws -> [String]? {
        if scope.isWholeRegion { return nil }
        let names = try await endpointNames()
        return names.count <= Self.oneByOneMax ? names : nil
    }

    func endpoint(_ name: String) async throws -> Seen<AWSValue> {
        try await answer(
            .sageMaker, "DescribeEndpoint", ["EndpointName": .text(name)], absentCodes: ["ValidationException"])
    }

    /// The names among the words of a text that may be endpoints': letters, digits and dashes.
    static func words(of text: String) -> Set<String> {
        var words: Set<String> = []
        for word in text.utf8.split(whereSeparator: { !isNameByte($0) }) where word.count <= 63 {
            words.insert(String(decoding: word, as: UTF8.self))
        }
        return words
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension Wanted {
    static func endpoint(_ name: String) -> Wanted { Wanted("AWS::SageMaker::Endpoint", name) }
}
