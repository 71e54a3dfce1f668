// Where a service is asked: AWS's own host names, or the address that a user names.

import Foundation
import PlumbModel

/// An address and the region that signatures for it name.
struct Endpoint: Sendable, Hashable {
    /// `https://api.sagemaker.eu-central-1.amazonaws.com`, without a slash at the end.
    var base: String
    var region: String
    /// Named by the user: buckets then stand in the path, since the host may be an address without names below it.
    var isCustom: Bool

    static func resolve(_ service: AWSService, region: String, settings: AWSSettings) throws(PlumbError) -> Endpoint {
        let partition = Partition.of(region: region)
        let global = partition.global[service]
        if let address = try settings.endpointAddress(of: service) {
            return Endpoint(base: address, region: global?.region ?? region, isCustom: true)
        }
        try settings.refuseOtherEndpoints()
        if let global { return Endpoint(base: "https://\(global.host)", region: global.region, isCustom: false) }
        return Endpoint(
            base: "https://\(service.endpointPrefix).\(region).\(partition.hostSuffix)", region: region,
            isCustom: false)
    }

    /// The endpoint of one bucket, and whether the bucket still has to stand in the path.
    ///
    /// A name with dots is not covered by the certificate of the host names below `s3`.
    func holding(bucket: String) -> (endpoint: Endpoint, isInPath: Bool) {
        guard !isCustom, !bucket.contains("."), let range = base.range(of: "://") else { return (self, true) }
        var endpoint = self
        endpoint.base.insert(contentsOf: bucket + ".", at: range.upperBound)
        return (endpoint, false)
    }

    /// A region is a part of a host name: nothing else may slip in with it.
    static func checkRegion(_ region: String) throws(PlumbError) {
        let isName =
            !region.isEmpty && region.count <= 40
            && region.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
        guard isName else {
            throw PlumbError(.invalidInput, "'\(region)' is no region", hint: "a region is named like eu-central-1")
        }
    }
}
