// temporary
import PlumbModel

extension Survey {
    func tags(of arn: String, region: String) async throws -> [String: String]? {
        let all = try await items(
            .resourceTags, "GetResources", ["ResourcesPerPage": 100], in: "ResourceTagMappingList", region: region)
        guard let all = all.value else { return nil }
        return all.first { $0["ResourceARN"].text == arn }?["Tags"].tags ?? [:]
    }
}
