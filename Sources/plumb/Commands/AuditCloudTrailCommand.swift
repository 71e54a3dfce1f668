// plumb audit cloudtrail: the log in the form that AWS's tools and those of others read and validate.

import ArgumentParser
import Foundation
import PlumbStore

struct AuditCloudTrailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cloudtrail", abstract: "Write the log as AWS CloudTrail writes its own, with signed digests.",
        discussion: """
            Gzipped files of Records, a digest for each hour with entries, and each
            digest's signature beside it, which belongs into the object's metadata in
            S3. public-keys.json is what ListPublicKeys would answer. Digests name the
            bucket and the prefix they lie under: upload them just there.

            Example:
              plumb audit cloudtrail -o trail --bucket audit-eu --account 111122223333
            """)

    @Option(name: .shortAndLong, help: "The new folder to write to.") var output: String
    @Option(help: "The bucket that the files are meant for.") var bucket = "plumbline-audit"
    @Option(help: "The folder of the bucket that they are meant for.") var prefix = ""
    @Option(help: "The account, twelve digits.") var account = "000000000000"
    @Option(help: "The region.") var region = "us-east-1"
    @Option(help: "The trail's name.") var trail = "plumbline"
    @OptionGroup var home: HomeOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        guard account.wholeMatch(of: /[0-9]{12}/) != nil else { throw ValidationError("--account takes 12 digits") }
        let name = /[A-Za-z0-9][A-Za-z0-9._-]{2,127}/
        guard trail.wholeMatch(of: name) != nil, bucket.wholeMatch(of: name) != nil,
            region.wholeMatch(of: /[a-z0-9-]{2,32}/) != nil, prefix.isEmpty || prefix.wholeMatch(of: /[\w.\/-]+/) != nil
        else { throw ValidationError("--trail, --bucket, --region and --prefix take letters, digits, '.', '_', '-'") }
    }

    func run() async throws {
        let report = try Composition.exportCloudTrail(
            of: home.folder, account: account, region: region, trail: trail, bucket: bucket,
            prefix: prefix.split(separator: "/").joined(separator: "/"), to: output)
        guard format.format == .text else { return try Terminal.printJSON(report) }
        print("\(report.entries) entries in \(report.logFiles) log files under \(report.digests) digests: \(output)")
        print("for \(report.trail), signed by the key \(report.fingerprint) (public-keys.json)")
    }
}
