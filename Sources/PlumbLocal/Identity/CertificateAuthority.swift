// The certificates of an engine that stands alone: its own authority, and a server certificate signed by it.

import Crypto
import Foundation
import NIOSSL
import PlumbModel
import PlumbStore
import SwiftASN1
import X509

/// The authority of one engine, made on first run and kept in files that only their owner can read.
struct CertificateAuthority {
    /// How long a server certificate is valid, and how early it is made anew.
    static let serverDays = 90
    static let renewalDays = 30
    static let authorityDays = 3650
    /// A server certificate counts from this long ago, or from the authority's own beginning: one that was made while
    /// the clock was ahead is good when the clock is right again. With its 90 days it stays below a year, beyond which
    /// clients refuse certificates.
    static let backdatedDays = 270

    let authorityPath: String
    let certificatePath: String
    let keyPath: String
    /// Whether clients are asked for a certificate of this authority.
    var asksClients = false

    /// Makes what is missing or about to expire in `folder`, and answers where it lies.
    ///
    /// `now` is in seconds since 1970-01-01 UTC. Fails with what the files or the cryptography say.
    static func prepare(
        in folder: String, hosts: [String], now: Double, asksClients: Bool = false
    ) throws -> CertificateAuthority {
        let folder = "\(folder)/certificates"
        try AtomicFile.makeFolder(folder)
        let authority = CertificateAuthority(
            authorityPath: "\(folder)/ca.pem", certificatePath: "\(folder)/server.pem",
            keyPath: "\(folder)/server.key", asksClients: asksClients)
        let date = Date(timeIntervalSince1970: now)
        let caKeyPath = "\(folder)/ca.key"
        let (caKey, ca) = try authority.loadAuthority(caKeyPath) ?? authority.makeAuthority(caKeyPath, date)
        if try !authority.isServerCertificateUsable(date, hosts: hosts, signedBy: ca) {
            try authority.makeServerCertificate(hosts, signedBy: caKey, ca, date)
        }
        return authority
    }

    func loadAuthority(_ keyPath: String) throws -> (P256.Signing.PrivateKey, Certificate)? {
        guard let keyText = Self.text(keyPath), let certificateText = Self.text(authorityPath) else { return nil }
        return (
            try P256.Signing.PrivateKey(pemRepresentation: keyText),
            try Certificate(pemEncoded: certificateText)
        )
    }

    private func makeAuthority(_ keyPath: String, _ now: Date) throws -> (P256.Signing.PrivateKey, Certificate) {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("Plumbline engine authority") }
        let publicKey = Certificate.PublicKey(key.publicKey)
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
            notValidBefore: now.addingTimeInterval(-300),
            notValidAfter: now.addingTimeInterval(Double(Self.authorityDays) * 86_400), issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: publicKey)
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
        try AtomicFile.write(Data(key.pemRepresentation.utf8), to: keyPath)
        try AtomicFile.write(Data(certificate.serializeAsPEM().pemString.utf8), to: authorityPath, permissions: 0o644)
        return (key, certificate)
    }

    private func isServerCertificateUsable(_ now: Date, hosts: [String], signedBy ca: Certificate) throws -> Bool {
        guard let text = Self.text(certificatePath), Self.text(keyPath) != nil else { return false }
        let certificate = try Certificate(pemEncoded: text)
        // Every authority of ours has the same name: only the signature tells whose certificate it is.
        guard ca.publicKey.isValidSignature(certificate.signature, for: certificate) else { return false }
        let renewal = certificate.notValidAfter.addingTimeInterval(-Double(Self.renewalDays) * 86_400)
        let names = try certificate.extensions.subjectAlternativeNames.map { Array($0) } ?? []
        return now < renewal && Set(names).isSuperset(of: Self.alternativeNames(hosts))
    }

    private func makeServerCertificate(
        _ hosts: [String], signedBy caKey: P256.Signing.PrivateKey, _ ca: Certificate, _ now: Date
    ) throws {
        let key = P256.Signing.PrivateKey()
        let publicKey = Certificate.PublicKey(key.publicKey)
        let authorityKeyIdentifier = try ca.extensions.subjectKeyIdentifier?.keyIdentifier
        let beginning = max(
            ca.notValidBefore, now.addingTimeInterval(-Double(Self.backdatedDays) * 86_400))
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
            notValidBefore: min(beginning, now.addingTimeInterval(-300)),
            notValidAfter: now.addingTimeInterval(Double(Self.serverDays) * 86_400), issuer: ca.subject,
            subject: try DistinguishedName { CommonName("Plumbline gateway") }, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(Self.alternativeNames(hosts))
                SubjectKeyIdentifier(hash: publicKey)
                // Without it some clients refuse the chain even when they trust the authority.
                AuthorityKeyIdentifier(keyIdentifier: authorityKeyIdentifier)
            },
            issuerPrivateKey: Certificate.PrivateKey(caKey))
        try AtomicFile.write(Data(key.pemRepresentation.utf8), to: keyPath)
        try AtomicFile.write(
            Data(certificate.serializeAsPEM().pemString.utf8), to: certificatePath, permissions: 0o644)
    }

    private static func alternativeNames(_ hosts: [String]) -> [GeneralName] {
        hosts.map { host in
            guard let bytes = addressBytes(host) else { return .dnsName(host) }
            return .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
        }
    }

    /// The four or sixteen bytes of an IP address in its usual text form; nil for a name.
    private static func addressBytes(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        if parts.count == 4 { return parts.contains(nil) ? nil : parts.compactMap { $0 } }
        guard text.contains(":") else { return nil }
        // "::" stands for as many zero groups as are missing, and may stand once.
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return nil }
        let groups = halves.map { half in half.split(separator: ":").map { UInt16($0, radix: 16) } }
        guard let head = groups.first, !groups.joined().contains(nil) else { return nil }
        let tail = groups.count == 2 ? groups[1] : []
        let missing = 8 - head.count - tail.count
        guard groups.count == 2 ? missing > 0 : missing == 0 else { return nil }
        let all = head + Array(repeating: 0, count: missing) + tail
        return all.compactMap { $0 }.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }

    static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The gateway's TLS: 1.2 and 1.3 only, forward secrecy and authenticated encryption only.
    ///
    /// NIOSSL's own server default begins at TLS 1.0, so every limit is set here.
    func serverContext() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(certificatePath).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = [
            .TLS_AES_128_GCM_SHA256, .TLS_AES_256_GCM_SHA384, .TLS_CHACHA20_POLY1305_SHA256,
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        configuration.curves = [.x25519, .secp256r1, .secp384r1]
        configuration.applicationProtocols = ["http/1.1"]
        if asksClients {
            // Whoever has none goes on without; one that is shown has to be of this authority.
            configuration.certificateVerification = .optionalVerification
            configuration.trustRoots = .file(authorityPath)
        }
        return try NIOSSLContext(configuration: configuration)
    }
}
