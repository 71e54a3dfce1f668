// Which reader, comparison and report serve plumb iam.

import PlumbFormats
import PlumbModel
import PlumbPolicy
import PlumbReport

extension Composition {
    /// Two versions of a policy, compared and told.
    ///
    /// Throws `invalidInput` where one of them is not wholly a policy: nothing true can be said of what was not read.
    static func compare(
        _ old: InputFile, with new: InputFile, _ format: OutputFormat
    ) throws -> (text: String, newAccess: AccessComparison.Answer) {
        let comparison = AccessReview.comparison(of: try document(old), with: try document(new))
        let text =
            format == .json
            ? AccessComparisonReport.json(comparison, old: old.path, new: new.path)
            : AccessComparisonReport.text(comparison, style: style)
        return (text, comparison.newAccess)
    }

    private static func document(_ file: InputFile) throws(PlumbError) -> PolicyDocument {
        let reading = try AccessPolicyReader.read(SourceFile(path: file.path, bytes: file.bytes))
        if let fault = reading.findings.first(where: { $0.type == .error }) {
            throw PlumbError(.invalidInput, fault.message, hint: fault.fix, at: fault.place)
        }
        return reading.document
    }

    /// The least policy for the calls in some files.
    static func generatePolicy(trails: [InputFile], logs: [InputFile]) throws -> (text: String, notes: [String]) {
        var usage = AccessUsage()
        for file in trails { usage.add(try CloudTrailReader.read(SourceFile(path: file.path, bytes: file.bytes))) }
        for file in logs { usage.add(try DebugLogReader.read(SourceFile(path: file.path, bytes: file.bytes))) }
        guard !usage.calls.isEmpty else {
            throw PlumbError(
                .invalidInput, "no call was allowed (\(usage.refused) refused, \(usage.others) of another sort)",
                hint: "give records of calls that succeeded")
        }
        let made = AccessReview.policy(from: usage.calls)
        var notes = made.notes
        if usage.refused > 0 { notes.append("\(usage.refused) refused calls are left out") }
        return (PolicyText.json(made.document), notes)
    }
}
