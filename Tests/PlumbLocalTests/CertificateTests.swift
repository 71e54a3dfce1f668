// The engine's certificates over the months.

import Foundation
import SwiftASN1
import Testing
import X509

@testable import PlumbLocal

struct CertificateTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    private let start = 1_800_000_000.0
    private let hosts = ["localhost", "127.0.0.1", "::1"]

    private func prepare(day: Double, hosts: [String]? = nil) throws -> (authority: String, server: Certificate) {
        let made = try CertificateAuthority.prepare(in: folder, hosts: hosts ?? self.hosts, now: start + day * 86_400)
        _ = try made.serverContext()
        return (
            try String(contentsOfFile: made.authorityPath, encoding: .utf8),
            try Certificate(pemEncoded: String(contentsOfFile: made.certificatePath, encoding: .utf8))
        )
    }

    @Test func aCertificateIsKeptUntilThirtyDaysBeforeItsEndAndThenMadeAnewByTheSameAuthority() throws {
        let first = try prepare(day: 0)
        #expect(try prepare(day: 59).server.serialNumber == first.server.serialNumber)
        let renewed = try prepare(day: 61)
        #expect(renewed.server.serialNumber != first.server.serialNumber && renewed.authority == first.authority)
        #expect(renewed.server.notValidAfter.timeIntervalSince1970 > start + 150 * 86_400)
    }

    @Test func oneMadeWhileTheClockWasAheadIsGoodWhenItIsRightAgain() throws {
        let first = try prepare(day: 0)
        let ahead = try prepare(day: 100)
        #expect(ahead.server.serialNumber != first.server.serialNumber)
        #expect(ahead.server.notValidBefore.timeIntervalSince1970 <= start)
        // Clients refuse what is valid for longer than a year.
        for day in [400.0, 2_000] {
            let server = try prepare(day: day).server
            #expect(server.notValidAfter.timeIntervalSince(server.notValidBefore) <= 366 * 86_400)
        }
    }

    @Test func anotherNameOrAnotherAuthorityMakesAnotherCertificate() throws {
        let first = try prepare(day: 0)
        let named = try prepare(day: 1, hosts: hosts + ["models.example.org"])
        #expect(named.server.serialNumber != first.server.serialNumber)
        try FileManager.default.removeItem(atPath: "\(folder)/certificates/ca.key")
        let moved = try prepare(day: 2, hosts: hosts + ["models.example.org"])
        #expect(moved.authority != first.authority && moved.server.serialNumber != named.server.serialNumber)
        let authority = try Certificate(pemEncoded: moved.authority)
        #expect(authority.publicKey.isValidSignature(moved.server.signature, for: moved.server))
    }

    @Test func aRenewedCertificateIsServedWithoutARestart() async throws {
        let accepted = try await RunningHouse.with { running in
            let renewal = CertificateRenewal(
                folder: running.house.folder, hosts: ["localhost", "127.0.0.1", "::1"], context: running.house.tls,
                now: { running.house.now() + 400 * 86_400 }, log: running.house.log)
            renewal.renew()
            return await running.house.tryHandshakes().accepted
        }
        // The certificate that begins in 130 days is not valid yet: that nobody accepts it shows that it is served.
        #expect(accepted == [])
    }
}
