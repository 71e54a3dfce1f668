// The readers, each as a function of bytes that must answer whatever the bytes are.

import Foundation
import PlumbFormats
import PlumbModel
import PlumbPolicy
import PlumbReport

/// One reader under fuzz.
struct FuzzedReader: Sendable {
    /// Reads the bytes, and breaks a precondition where the answer contradicts itself.
    var feed: @Sendable ([UInt8]) -> Void
    /// Where the real documents come from, for readers whose bytes only say how one is to be bent.
    var tree: TreeSource?

    init(tree: TreeSource? = nil, _ feed: @escaping @Sendable ([UInt8]) -> Void) {
        self.feed = feed
        self.tree = tree
    }

    /// All readers by name.
    static let all: [String: FuzzedReader] = documents.merging(expressions) { $1 }.merging(trees) { $1 }
        .merging(data) { $1 }.merging(strangers) { $1 }.merging(kept) { $1 }

    /// The day every input is judged on.
    static let day = Day(daysSinceEpoch: 20_781)

    /// Readers of whole files.
    private static let documents: [String: FuzzedReader] = [
        "document": FuzzedReader { bytes in
            _ = FileTongue(bytes, isNamed: true)
            _ = FileTongue.topKeys(of: bytes)
            if case .failure(let error) = SourceDocument.read(SourceFile(path: "a", bytes: bytes)) { check(error) }
        },
        "template": FuzzedReader { bytes in
            guard let document = document(bytes) else { return }
            judge(TemplateReader.read([document], asOf: day), bytes)
        },
        "plan": FuzzedReader { bytes in
            guard let document = document(bytes) else { return }
            judge(PlanReader.read(document, asOf: day), bytes)
        },
        "spec": FuzzedReader { judge(SpecReader.read(bytes: $0, file: "a"), $0) },
        "policyfile": FuzzedReader { bytes in
            let reading = PolicyFileReader.read(bytes, file: "a")
            guard var overlay = reading.overlay else {
                precondition(!reading.diagnostics.isEmpty, "a policy file is refused, and nothing says why")
                return
            }
            // A control that does not exist is an answer.
            overlay.leftOut = (try? PolicyBook.leftOut(only: overlay.only, skip: overlay.skip, named: "a")) ?? [:]
            let graph = Graph(source: .cloudformation, environment: .production, asOf: day)
            check(PolicyBook.assess(graph, path: "a", under: overlay))
        },
        "baseline": FuzzedReader { bytes in
            do throws(PlumbError) {
                let baseline = try Baseline(Data(bytes), path: "a")
                let again = try Baseline(Data(baseline.text.utf8), path: "a")
                precondition(again == baseline, "a baseline that was written is read as another")
            } catch {
                check(error)
            }
        },
        "access": FuzzedReader { review($0) },
    ]

    /// A parsed file; nil for one that is refused, as it should be, with its place.
    static func document(_ bytes: [UInt8]) -> SourceDocument? {
        switch SourceDocument.read(SourceFile(path: "a", bytes: bytes)) {
        case .success(let document): return document
        case .failure(let error):
            check(error)
            return nil
        }
    }

    static func judge(_ reading: TemplateReading, _ bytes: [UInt8]) {
        precondition(reading.worlds.isEmpty == reading.hasErrors, "worlds of a template that cannot be read, or none")
        let assessments = reading.worlds.map { world in
            (world.assumptions, PolicyBook.assess(world.graph, path: "a", diagnostics: reading.diagnostics))
        }
        guard !assessments.isEmpty else { return check(reading.diagnostics) }
        let assessment = assessments.count == 1 ? assessments[0].1 : PolicyBook.combine(assessments)
        check(assessment)
        tell(assessment, bytes)
    }

    static func judge(_ reading: PlanReading, _ bytes: [UInt8]) {
        precondition((reading.graph == nil) == reading.hasErrors, "a graph of a plan that cannot be read, or none")
        guard let graph = reading.graph else { return check(reading.diagnostics) }
        let assessment = PolicyBook.assess(graph, path: "a", diagnostics: reading.diagnostics)
        check(assessment)
        tell(assessment, bytes)
    }

    static func judge(_ reading: SpecReading, _ bytes: [UInt8]) {
        precondition((reading.spec == nil) == reading.hasErrors, "a spec of a file that cannot be read, or none")
        guard let spec = reading.spec else { return check(reading.diagnostics) }
        let assessment = PolicyBook.assess(
            Architecture.compile(spec, asOf: day), path: "a", diagnostics: reading.diagnostics)
        check(assessment)
        tell(assessment, bytes)
    }

    static func review(_ bytes: [UInt8]) {
        do throws(PlumbError) {
            let reading = try AccessPolicyReader.read(SourceFile(path: "a", bytes: bytes))
            for kind in AccessPolicyKind.allCases {
                let findings = AccessReview.findings(in: reading.document, kind: kind, ownAccounts: ["111122223333"])
                _ = AccessReport.json(reading.findings + findings, of: "a", kind: kind)
            }
        } catch {
            check(error)
        }
    }

    /// Tells one assessment in eight, in a format that the bytes choose: telling takes as long as judging.
    private static func tell(_ assessment: Assessment, _ bytes: [UInt8]) {
        let sum = bytes.reduce(0) { $0 &+ Int($1) }
        guard sum % 8 == 0 else { return }
        let format = ReportFormat.allCases[sum / 8 % ReportFormat.allCases.count]
        precondition(!format.render([assessment]).isEmpty, "an empty report")
    }

    private static func check(_ assessment: Assessment) {
        precondition(assessment.policies.count == 15, "not every policy was judged")
        for policy in assessment.policies {
            let isSupported = policy.verdict != .holds || policy.controls.allSatisfy { $0.verdict != .fails }
            precondition(isSupported, "\(policy.id) holds while one of its controls fails")
        }
        for place in assessment.findings.compactMap(\.place) { check(place) }
        check(assessment.diagnostics)
    }

    private static func check(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics {
            precondition(!diagnostic.message.isEmpty, "a diagnostic says nothing")
            if let place = diagnostic.place { check(place) }
        }
    }

    static func check(_ error: PlumbError) {
        precondition(error.kind == .invalidInput || error.kind == .unsupported, "bad input is called \(error.kind)")
        if let place = error.place { check(place) }
    }

    private static func check(_ place: Place) {
        precondition((place.line ?? 1) >= 1 && (place.column ?? 1) >= 1, "a place outside of its file: \(place)")
    }
}
