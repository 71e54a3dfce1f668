// The price list of SageMaker's hosting, asked region by region.

extension AWSClient {
    /// The hosting products of a region, each as the JSON text that `GetProducts` answers with.
    ///
    /// The price list lives in few regions, whatever region is asked about.
    public func hostingProducts(in region: String) async throws -> [String] {
        func match(_ field: String, _ value: String) -> AWSValue {
            ["Type": "TERM_MATCH", "Field": .text(field), "Value": .text(value)]
        }
        let products = try await items(
            .pricing, "GetProducts",
            [
                "ServiceCode": "AmazonSageMaker", "FormatVersion": "aws_v1", "MaxResults": 100,
                "Filters": [match("component", "Hosting"), match("regionCode", region)],
            ], in: "PriceList", region: "us-east-1")
        return products.compactMap(\.text)
    }
}
