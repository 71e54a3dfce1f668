// Whether the account may run as many instances as an update of an endpoint needs, which runs two fleets at once.

import PlumbModel

/// How many instances of each type the account may serve with at the same time.
struct InstanceQuotas: Sendable {
    private let quotas: Seen<[String: Double]>
    private static let ending = " for endpoint usage"

    init(_ listed: Seen<[AWSValue]>) {
        quotas = listed.map { found in
            let pairs = found.compactMap { quota -> (String, Double)? in
                guard let name = quota["QuotaName"].text, name.hasSuffix(Self.ending), let value = quota["Value"].number
                else { return nil }
                return (String(name.dropLast(Self.ending.count)), value)
            }
            return Dictionary(pairs) { first, _ in first }
        }
    }

    /// Writes into evidence what two fleets need, by instance type.
    func tell(_ needed: [String: Double], in evidence: inout Evidence) {
        guard !needed.isEmpty else { return }
        let allowed: [String: Double]
        switch quotas {
        case .seen(let told): allowed = told
        case .absent: allowed = [:]
        case .unseen(let why):
            evidence.texts["quotaUnseen"] = why
            return
        }
        let open = needed.keys.filter { allowed[$0] == nil }.sorted()
        guard open.isEmpty else {
            evidence.texts["quotaUnseen"] = "no quota is called '\(open[0])\(Self.ending)'"
            return
        }
        evidence.numbers["quotaMissing"] = needed.map { max(0, $0.value - (allowed[$0.key] ?? 0)) }.reduce(0, +)
        evidence.texts["quota"] = needed.sorted { $0.key < $1.key }.map {
            "\(Int($0.value)) of the \(Int(allowed[$0.key] ?? 0)) \($0.key)"
        }.joined(separator: ", ")
    }
}

extension Survey {
    func instanceQuotas() async throws -> InstanceQuotas {
        InstanceQuotas(
            try await items(
                .serviceQuotas, "ListServiceQuotas", ["ServiceCode": "sagemaker", "MaxResults": 100], in: "Quotas"))
    }

    /// Twice the most instances that each type may have to serve with, by type.
    static func doubledFleet(_ config: AccountResource?, _ targets: [AccountResource]) -> [String: Double] {
        var needed: [String: Double] = [:]
        for variant in config?.properties["ProductionVariants"].items ?? [] {
            guard let type = variant["InstanceType"].text, let name = variant["VariantName"].text else { continue }
            let target = targets.first { $0.properties["ResourceId"].text?.hasSuffix("/variant/\(name)") == true }
            let count = [target?.properties["MaxCapacity"].number, variant["InitialInstanceCount"].number]
            needed[type, default: 0] += 2 * (count.compactMap { $0 }.max() ?? 0)
        }
        return needed
    }
}
