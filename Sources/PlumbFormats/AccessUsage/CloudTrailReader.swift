// CloudTrail's records to calls: log files, what LookupEvents answers, and a record a line.

import Foundation
public import PlumbModel

/// Reads CloudTrail's JSON (https://docs.aws.amazon.com/awscloudtrail, "CloudTrail record contents").
public enum CloudTrailReader {
    /// The calls in a file: `{"Records": […]}` as CloudTrail delivers it, `{"Events": […]}` as LookupEvents answers,
    /// or one record a line.
    ///
    /// Throws `invalidInput` with the place where it is none of these.
    public static func read(_ file: SourceFile) throws(PlumbError) -> AccessUsage {
        if file.bytes.starts(with: [0x1F, 0x8B]) {
            throw PlumbError(
                .invalidInput, "the file is compressed",
                hint: "gunzip -c FILE | plumb iam generate --from-cloudtrail -",
                at: Place(file: file.path, line: 1, column: 1))
        }
        var usage = AccessUsage()
        for record in try records(in: file) { add(record, to: &usage) }
        return usage
    }

    private static func records(in file: SourceFile) throws(PlumbError) -> [DocumentNode] {
        if let records = recordLines(of: file) { return records }
        let node = try DocumentReader.read(file.bytes, file: file.path).get()
        if let records = node["Records"] { return records.items }
        if let events = node["Events"] {
            return events.items.compactMap { event in
                event["CloudTrailEvent"]?.text.flatMap {
                    DocumentReader.readEmbedded($0, file: file.path, at: event.mark)
                }
            }
        }
        if node["eventName"] != nil { return [node] }
        guard node.items.isEmpty else { return node.items }
        throw PlumbError(
            .invalidInput, "the file holds no CloudTrail records: it has neither Records nor Events",
            hint: "give a log file from the trail's bucket, or the answer of aws cloudtrail lookup-events",
            at: node.mark.place(in: file.path))
    }

    /// Nil where the file has another form: one whole document, or lines of which some are none.
    private static func recordLines(of file: SourceFile) -> [DocumentNode]? {
        let lines = file.bytes.split(separator: UInt8(ascii: "\n")).filter { !$0.allSatisfy { $0 <= 0x20 } }
        let first = lines.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard lines.count > 1, first.hasPrefix("{"), first.contains("\"eventName\"") else { return nil }
        var records: [DocumentNode] = []
        for line in lines {
            guard case .success(let node) = DocumentReader.read(Array(line), file: file.path) else { return nil }
            records.append(node)
        }
        return records
    }

    private static func add(_ record: DocumentNode, to usage: inout AccessUsage) {
        let suffix = ".amazonaws.com"
        guard let source = record["eventSource"]?.text, source.hasSuffix(suffix), let name = record["eventName"]?.text,
            record["eventType"]?.text.map({ $0 == "AwsApiCall" }) ?? true
        else {
            usage.others += 1
            return
        }
        if let code = record["errorCode"]?.text, isRefusal(code) {
            usage.refused += 1
            return
        }
        let madeBy = record["userIdentity"]?["invokedBy"]?.text.flatMap { $0.hasSuffix(suffix) ? $0 : nil }
        usage.calls.append(
            ObservedCall(
                service: String(source.dropLast(suffix.count)), operation: name,
                region: record["awsRegion"]?.text ?? "",
                account: record["recipientAccountId"]?.text ?? record["userIdentity"]?["accountId"]?.text ?? "",
                resources: (record["resources"]?.items ?? []).compactMap { $0["ARN"]?.text ?? $0["arn"]?.text },
                parameters: ParameterTexts(record["requestParameters"]).texts, madeBy: madeBy))
    }

    /// `AccessDenied`, `AccessDeniedException`, `Client.UnauthorizedOperation`, …: the call did nothing.
    static func isRefusal(_ code: String) -> Bool {
        ["AccessDenied", "Unauthorized", "NotAuthorized", "AuthFailure", "Forbidden"].contains { code.contains($0) }
    }
}
