// Certificates by which clients prove who they are, signed by the engine's own authority.

import Crypto
import Foundation
import PlumbModel
import SwiftASN1
import X509

extension CertificateAuthority {
    static let clientDaysMax = 90
    private static let userURI = "urn:plumbline:user:"

    /// A certificate for a user and its key, in PEM; neither is kept here.
    func issueClient(
        _ user: String, days: Int, now: Double
    ) throws -> (certificate: String, key: String, serial: String, expiresAt: Double) {
        let folder = String(authorityPath.dropLast("/ca.pem".count))
        guard let (caKey, ca) = try loadAuthority("\(folder)/ca.key") else {
            throw PlumbError(.internalFault, "the authority's key is not there", hint: "plumb up makes it")
        }
        let key = P256.Signing.PrivateKey()
        let publicKey = Certificate.PublicKey(key.publicKey)
        let date = Date(timeIntervalSince1970: now)
        let expires = min(date.addingTimeInterval(Double(days) * 86_400), ca.notValidAfter)
        let authorityKeyIdentifier = try ca.extensions.subjectKeyIdentifier?.keyIdentifier
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
            notValidBefore: date.addingTimeInterval(-300), notValidAfter: expires, issuer: ca.subject,
            subject: try DistinguishedName { CommonName(user) }, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.clientAuth])
                SubjectAlternativeNames([.uniformResourceIdentifier(Self.userURI + user)])
                SubjectKeyIdentifier(hash: publicKey)
                AuthorityKeyIdentifier(keyIdentifier: authorityKeyIdentifier)
            },
            issuerPrivateKey: Certificate.PrivateKey(caKey))
        return (
            try certificate.serializeAsPEM().pemString, key.pemRepresentation, Self.serial(of: certificate),
            expires.timeIntervalSince1970
        )
    }

    /// The serial number in hex, and the user that the alternative name tells; nil for no certificate for a client.
    static func client(_ der: [UInt8]) -> (serial: String, user: String)? {
        // What cannot be read proves nobody.
        guard let certificate = try? Certificate(derEncoded: der),
            // Nor do names that cannot.
            let names = try? certificate.extensions.subjectAlternativeNames
        else { return nil }
        for case .uniformResourceIdentifier(let uri) in names where uri.hasPrefix(userURI) {
            return (serial(of: certificate), String(uri.dropFirst(userURI.count)))
        }
        return nil
    }

    private static func serial(of certificate: Certificate) -> String { certificate.serialNumber.bytes.hexadecimal }

    /// Days until the gateway's own certificate ends; nil when it cannot be read.
    func serverDaysLeft(at now: Double) -> Double? {
        guard let text = Self.text(certificatePath),
            // An unreadable certificate has no days left to tell.
            let certificate = try? Certificate(pemEncoded: text)
        else { return nil }
        return (certificate.notValidAfter.timeIntervalSince1970 - now) / 86_400
    }
}
