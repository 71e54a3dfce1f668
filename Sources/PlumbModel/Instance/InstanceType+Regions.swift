// Hosting prices outside us-east-1, as ratios: within a family they differ from region to region, hardly by size.

extension InstanceType {
    /// US dollars an hour in a region, hosting, on demand; nil where the region's price list has no such type.
    ///
    /// The price of us-east-1 times the family's ratio in the region: at most 1 % above the listed price for nearly all
    /// sizes, never below it.
    public func usdPerHour(in region: String) -> Double? {
        guard let usdPerHour else { return nil }
        if region == "us-east-1" { return usdPerHour }
        return InstanceType.regionalRatios[region]?[family].map { usdPerHour * $0 }
    }

    /// Region to family to price ratio.
    private static let regionalRatios: [String: [String: Double]] = ratioTables.reduce(into: [:]) { ratios, table in
        let rows = table.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        guard let families = rows.first?.dropFirst() else { return }
        for row in rows.dropFirst() {
            guard let region = row.first else { continue }
            for (family, text) in zip(families, row.dropFirst()) {
                if let ratio = Double(text) { ratios[region, default: [:]][family] = ratio }
            }
        }
    }

    /// The highest ratio among a family's sizes, rounded up to a thousandth; `-` where the region lists none. From the
    /// Hosting component of the AWS Price List as published on 2026-05-20.
    private static let ratioTables = [
        """
        region             t2    m5   m5d    c5   c5d    r5   r5d   c6i   m7i   c7i   r7i
        af-south-1          - 1.327 1.329 1.344 1.357 1.338 1.320     -     -     -     -
        ap-east-1           - 1.379 1.373 1.275 1.287 1.328 1.216     -     -     -     -
        ap-east-2           -     -     -     -     -     -     - 1.133 1.163 1.135 1.086
        ap-northeast-1  1.316 1.296 1.294 1.260 1.274 1.209 1.209 1.259 1.292 1.260 1.207
        ap-northeast-2  1.244 1.235 1.233 1.130 1.148 1.209 1.203 1.130     -     -     -
        ap-northeast-3      - 1.296 1.294 1.260 1.274 1.209 1.209     -     -     -     -
        ap-south-1      1.073 1.053 1.082 1.000 1.035 1.034 1.050 1.000     -     -     -
        ap-south-2          - 1.053 1.082 1.000 1.035 1.034 1.050     -     -     -     -
        ap-southeast-1  1.262 1.253 1.250 1.157 1.170 1.209 1.209 1.153     -     -     -
        ap-southeast-2  1.262 1.253 1.259 1.307 1.314 1.199 1.209 1.306     -     -     -
        ap-southeast-3      - 1.253 1.250 1.177 1.172 1.210 1.216     -     -     -     -
        ap-southeast-4      - 1.253 1.259 1.307 1.314 1.199 1.209     -     -     -     -
        ap-southeast-5      -     -     -     -     -     -     - 0.980     -     -     -
        ap-southeast-6      -     -     -     -     -     -     - 1.372 1.313 1.373 1.259
        ap-southeast-7      -     -     -     -     -     -     - 0.980 1.063 0.981 1.026
        ca-central-1    1.109 1.118 1.117 1.099 1.105 1.100 1.099 1.095     -     -     -
        ca-west-1           - 1.118 1.117 1.099     - 1.100     - 1.099     -     -     -
        eu-central-1    1.163 1.200 1.205 1.143 1.157 1.209 1.203     -     -     -     -
        eu-central-2        - 1.320 1.325 1.259 1.274 1.329 1.322     -     -     -     -
        eu-north-1          - 1.066 1.063 1.072 1.087 1.067 1.057     - 1.067 1.075 1.064
        eu-south-1          - 1.170 1.170 1.189 1.192 1.179 1.168     -     -     -     -
        eu-south-2          - 1.118 1.117 1.130 1.140 1.120 1.112     - 1.116 1.131 1.120
        eu-west-1       1.091 1.118 1.117 1.130 1.140 1.120 1.112 1.073 1.116 1.075 1.120
        eu-west-2       1.145 1.157 1.161 1.189 1.200 1.179 1.174 1.189     -     -     -
        eu-west-3       1.145 1.170 1.170 1.189 1.200 1.179 1.174 1.189     -     -     -
        il-central-1        - 1.174 1.181 1.189 1.218 1.193 1.173 1.128     -     -     -
        me-central-1        - 1.261 1.255 1.275 1.261 1.259 1.272     -     -     -     -
        me-south-1          - 1.235 1.228 1.246 1.253 1.232 1.223     -     -     -     -
        mx-central-1        -     -     -     -     -     -     - 1.050 1.051 1.051 1.051
        sa-east-1       1.613 1.600 1.595 1.542 1.557 1.598 1.584 1.542     -     -     -
        us-east-2       1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000
        us-gov-east-1       - 1.493 1.267 1.200 1.211 1.200 1.202 1.200     -     -     -
        us-gov-west-1   1.181 1.261 1.266 1.201 1.209 1.199 1.203 1.200     -     -     -
        us-west-1       1.192 1.170 1.178 1.248 1.253 1.113 1.126 1.248     -     -     -
        us-west-2       1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000
        """,
        """
        region           g4dn    g5    g6   g6e    p3   p4d  p4de    p5  p5en  inf2  trn1
        af-south-1      1.328     -     -     -     -     -     -     -     -     -     -
        ap-east-1       1.541     -     -     -     -     -     -     -     -     -     -
        ap-northeast-1  1.351 1.451 1.451     - 1.371 1.371 1.371     - 1.250 1.439     -
        ap-northeast-2  1.231 1.230 1.230 1.231 1.384 1.385     -     -     -     -     -
        ap-northeast-3  1.351     -     -     -     -     -     -     -     -     -     -
        ap-south-1      1.102 1.201 1.201 1.201     - 1.200     -     - 1.200 1.247     -
        ap-southeast-1  1.400 1.400     -     - 1.384     -     -     -     - 1.343     -
        ap-southeast-2  1.302 1.301 1.301     - 1.384 1.300     - 1.300     - 1.302     -
        ap-southeast-3      - 1.400     -     -     -     -     -     - 1.380     -     -
        ap-southeast-5      -     - 1.260     -     -     -     -     -     -     -     -
        ca-central-1    1.111 1.111 1.111     - 1.101 1.151     - 1.151     -     -     -
        eu-central-1    1.252 1.251 1.251 1.252 1.250 1.250 1.250     -     - 1.439     -
        eu-central-2        -     - 1.349     -     -     -     -     -     -     -     -
        eu-north-1      1.062 1.061 1.061     -     -     -     -     - 1.070 1.100     -
        eu-south-1      1.172     -     -     -     -     -     -     -     -     -     -
        eu-south-2          -     - 1.055 1.054     -     -     -     - 1.080 1.001     -
        eu-west-1       1.116 1.119 1.117     - 1.081 1.081     -     -     - 1.199     -
        eu-west-2       1.172 1.270 1.270     - 1.173 1.300     - 1.300     - 1.501     -
        eu-west-3       1.170     - 1.270     -     -     -     -     -     - 1.404     -
        il-central-1        - 1.175     -     -     -     -     -     -     -     -     -
        me-central-1        - 1.227     -     -     -     -     -     -     -     -     -
        me-south-1      1.227     -     -     -     -     -     -     -     -     -     -
        sa-east-1       1.701 1.701 1.700     -     - 1.620     - 1.681     - 1.704     -
        us-east-1-atl-1     -     -     -     -     -     -     -     - 1.000     -     -
        us-east-2       1.000 1.001 1.000 1.000 1.000 1.000     - 1.000 1.000 1.000     -
        us-gov-east-1   1.262     -     -     -     -     -     -     -     -     -     -
        us-gov-west-1   1.262     - 1.263     - 1.201 1.201     -     -     -     -     -
        us-west-1       1.121     -     -     -     -     -     -     - 1.250     -     -
        us-west-2       1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000 1.000
        """,
    ]
}
