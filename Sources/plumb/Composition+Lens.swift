// The policy book for the AWS Well-Architected Tool, and a report of plumb check as answers to it.

import Foundation
import PlumbModel
import PlumbPolicy
import PlumbReport

extension Composition {
    /// What is read of a report, contract `plumbline.check/1`.
    private struct CheckReport: Decodable {
        struct Control: Decodable {
            var id: String
            var verdict: Verdict
        }
        struct Finding: Decodable {
            var control: String
            var message: String
        }
        var schema: String
        var controls: [Control]
        var findings: [Finding]
    }
    private static let checkSchema = "plumbline.check/1"

    static func lens() -> String { WellArchitectedLens.lens(PolicyBook.policies) }

    /// The answers that a report gives. Throws `invalidInput` for what is no report of plumb check.
    static func lensAnswers(from path: String) throws -> String {
        let report: CheckReport
        do {
            report = try JSONDecoder().decode(CheckReport.self, from: Data(try Input.contents(of: path)))
        } catch let error as PlumbError {
            throw error
        } catch {
            throw PlumbError(
                .invalidInput, "\(path) is no report of plumb check",
                hint: "plumb check SOURCE --format json > \(path)",
                cause: error)
        }
        guard report.schema == checkSchema else {
            throw PlumbError(.invalidInput, "\(path) is of the form \(report.schema), wanted \(checkSchema)")
        }
        var findings: [String: WellArchitectedLens.Finding] = [:]
        for control in report.controls {
            findings[control.id] = WellArchitectedLens.Finding(
                verdict: control.verdict, message: report.findings.first { $0.control == control.id }?.message)
        }
        return WellArchitectedLens.answers(PolicyBook.policies, findings)
    }
}
