// All production deployments must use encryption in transit and at rest.

import PlumbModel

extension PolicyBook {
    static let encryption = Policy(
        "SEC-1", .security, "All production deployments must use encryption in transit and at rest.",
        controls: [
            modernTLSForBuckets, modernTLSForClients, privateNetwork, isolatedContainers, encryptedBuckets,
            encryptedTables, encryptedEndpointStorage, encryptedDerivedStores, customerKeys,
        ])
}

extension EndpointConfig {
    /// Whether a variant runs on a type with local NVMe disks, which refuse a volume key.
    var hasLocalStorage: Bool {
        (variants.value ?? []).contains { $0.instanceType.value.flatMap(InstanceType.isNVMe) == true }
    }
}

extension Inquiry {
    /// How an engine keeps its state on disk, or a part of it that has a text of its own, from its own evidence.
    mutating func requireEncryptedState(_ evidence: Evidence?, _ what: String, told key: String = "encryption") {
        guard let evidence, let encryption = evidence.texts[key] ?? evidence.texts["encryption"], !encryption.isEmpty
        else {
            doubt("the engine does not show how it keeps \(what); its record of state (encryption) would decide it")
            return
        }
        let lowered = encryption.lowercased()
        if ["none", "off", "plaintext", "plain"].contains(lowered) {
            fail("the engine keeps \(what) in plain text, wanted authenticated encryption such as AES-256-GCM")
        } else if ["aes", "chacha20"].contains(where: { lowered.contains($0) }) {
            prove("\(what) is sealed with \(encryption)")
        } else {
            doubt("whether '\(encryption)', by which the engine keeps \(what), is encryption cannot be told")
        }
    }
}
