// One entry of the audit log in the words of a CloudTrail record.

import Foundation
import PlumbModel

/// Version 1.11 of CloudTrail's event format, as far as an entry has something to say.
struct CloudTrailRecord: Encodable {
    private struct Identity: Encodable {
        // Whoever it was is no identity of AWS.
        var type = "Unknown"
        var principalId: String
        var userName: String
    }
    /// Where the entry stands in the audit log, so that the one can be held to the other.
    private struct Origin: Encodable {
        var auditLog: String
        var auditEntry: Int
        var auditLeafHash: String
    }
    let at: Double
    private let eventVersion = "1.11"
    private let userIdentity: Identity
    private let eventTime: String
    private let eventSource: String
    private let eventName: String
    private let awsRegion: String
    private let sourceIPAddress: String
    private let userAgent = "plumb"
    private let errorCode: String?
    private let errorMessage: String?
    private let requestParameters: [String: String]
    private let additionalEventData: Origin
    private let eventID: String
    private let readOnly = false
    private let eventType = "AwsApiCall"
    private let managementEvent = true
    private let recipientAccountId: String
    private let eventCategory = "Management"

    private static let source = "plumbline"

    private enum CodingKeys: String, CodingKey {
        case eventVersion, userIdentity, eventTime, eventSource, eventName, awsRegion, sourceIPAddress, userAgent
        case errorCode, errorMessage, requestParameters, additionalEventData, eventID, readOnly, eventType
        case managementEvent, recipientAccountId, eventCategory
    }

    init(_ entry: AuditEntry, number: Int, bytes: Data, log: String, trail: CloudTrailExport.Trail) {
        at = entry.at
        userIdentity = Identity(principalId: entry.actor, userName: entry.actor)
        eventTime = CloudTrailExport.time(entry.at)
        eventName = entry.action
        awsRegion = trail.region
        eventSource = Self.source
        sourceIPAddress = entry.details["address"] ?? Self.source
        switch entry.outcome {
        case .done: (errorCode, errorMessage) = (nil, nil)
        case .denied, .failed:
            errorCode = entry.outcome == .denied ? "AccessDenied" : "InternalFailure"
            errorMessage = entry.details["reason"] ?? entry.details["objection"] ?? entry.details["failure"]
        }
        requestParameters = entry.details.merging(["subject": entry.subject]) { $1 }
        let leaf = Data(MerkleTree.leaf(bytes))
        additionalEventData = Origin(
            auditLog: log, auditEntry: number, auditLeafHash: leaf.base64EncodedString())
        // A name that is the same in every export: the entry's own hash in the form of a UUID.
        let digits = Array(leaf.hexadecimal.uppercased())
        eventID = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
        recipientAccountId = trail.account
    }
}
