// The options that check and diff share: what is read, by which rules, and how it is told.

import ArgumentParser
import Foundation
import PlumbModel
import PlumbPolicy

/// What a file is, where its content does not tell, or should not.
enum InputKind: String, ExpressibleByArgument, CaseIterable {
    case spec, cloudformation, terraform
}

/// How an assessment is told.
enum ReportOption: String, ExpressibleByArgument, CaseIterable {
    case text, json, sarif, junit, markdown, html, github, badge
}

/// How files are read.
struct InputOptions: ParsableArguments {
    @Option(help: "Read every file as this: spec, cloudformation or terraform.")
    var kind: InputKind?
    @Option(
        name: .customLong("parameters"), help: ArgumentHelp("Values of a template's parameters.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var parameterFiles: [String] = []
    @Option(
        name: .customLong("parameter"), help: ArgumentHelp("One value, over those of files.", valueName: "name=value"))
    var parameterWords: [String] = []

    /// Reads what was named; errors are all told, then `invalidInput` is thrown.
    func load(
        _ names: [String], environment: PlumbModel.Environment?, home: HomeOption, account: AccountOptions
    ) async throws -> [Composition.Subject] {
        let parameters = try ParameterValues.read(files: parameterFiles, words: parameterWords)
        var subjects: [Composition.Subject] = []
        for name in names where name.hasPrefix("engine:") { subjects.append(try await running(name, home)) }
        for name in names where name.hasPrefix("aws:") {
            subjects += try await Composition.loadAccount(name, account, environment: environment)
        }
        let input = Input.read(names.filter { !$0.hasPrefix("engine:") && !$0.hasPrefix("aws:") })
        let loading = Composition.load(
            input.files, kind: kind?.rawValue, parameters: parameters, environment: environment)
        let diagnostics = input.diagnostics + loading.diagnostics
        Terminal.tell(diagnostics)
        let errors = diagnostics.count { $0.severity == .error }
        guard errors == 0 else {
            throw PlumbError(.invalidInput, "nothing was judged: \(errors) error\(errors == 1 ? "" : "s") in the input")
        }
        subjects += loading.subjects
        guard !subjects.isEmpty else {
            throw PlumbError(
                .notFound, "there is nothing to judge in \(names.joined(separator: ", "))",
                hint: "specs and templates end in .yaml, .yml, .json or .template, plans in .json")
        }
        let prices = try Composition.prices(in: home.folder)
        guard prices != .embedded else { return subjects }
        return subjects.map { $0.priced(by: prices) }
    }

    private func running(_ name: String, _ home: HomeOption) async throws -> Composition.Subject {
        let endpoint = name.dropFirst("engine:".count)
        let graph = try await RemotePlane.with(socketPath: home.controlSocket) { plane in
            try await plane.graph(of: endpoint.isEmpty ? nil : String(endpoint))
        }
        return Composition.Subject(graph: graph, path: name, diagnostics: [])
    }
}

/// By which rules is judged, and what fails a run.
struct RuleOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The organisation's rules (default: plumb.policy.yaml here, if there is one).", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var policy: String?
    @Option(help: ArgumentHelp("Judge these policies or controls alone, such as OPS-1,SEC-2.1.", valueName: "id,…"))
    var only: [String] = []
    @Option(help: ArgumentHelp("Leave these policies or controls out.", valueName: "id,…"))
    var skip: [String] = []
    @Option(help: "The least severity that fails the run: low, medium, high or critical (default: low).")
    var failOn: Severity?
    @Flag(
        inversion: .prefixedNo,
        help: "Whether an unknown fails the run too (default: yes with --environment production, else no).")
    var strict: Bool?

    /// The rules of the policy file with those of the command line over them.
    func overlay(for environment: PlumbModel.Environment?) throws -> PolicyOverlay {
        var overlay = try Composition.overlay(policy)
        let own = try PolicyBook.leftOut(only: Self.ids(only), skip: Self.ids(skip), named: "on the command line")
        overlay.leftOut.merge(own) { $1 }
        overlay.failOn = failOn ?? overlay.failOn ?? .low
        overlay.isStrict = strict ?? overlay.isStrict ?? (environment == .production)
        return overlay
    }

    private static func ids(_ words: [String]) -> [String] {
        words.flatMap { $0.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init) }
    }
}

extension PolicyOverlay {
    /// Whether a finding fails the run.
    func isBroken(by finding: Finding) -> Bool {
        finding.severity >= failOn ?? .low
            && (finding.verdict == .fails || (isStrict == true && finding.verdict == .unknown))
    }
}

/// Where reports go.
struct ReportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How standard output is written: \(ReportOptions.names).", valueName: "format"))
    var format: ReportOption = .text
    @Option(
        help: ArgumentHelp("Write a report to a file as well; may be given again.", valueName: "format=file"))
    var output: [String] = []

    @Flag(help: "Tell each unknown in full, in text.")
    var showUnknown = false

    @Flag(inversion: .prefixedNo, help: "Whether findings bring lines to paste.")
    var fixes = true

    static let names = ReportOption.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws {
        for word in output where Self.target(word) == nil {
            throw ValidationError(
                "'\(word)' is no FORMAT=FILE, such as json=report.json; the formats are \(Self.names)")
        }
    }

    /// Whether people alone read what is written: text, and nothing else.
    var isRead: Bool { format == .text && output.isEmpty }

    /// Writes the files, then standard output.
    func tell(_ assessments: [Assessment]) throws {
        for (format, path) in output.compactMap(Self.target) {
            let text = Composition.render(
                assessments, as: format, showsUnknown: showUnknown, isForTerminal: false)
            try Composition.write(text, to: path)
        }
        print(Composition.render(assessments, as: format, showsUnknown: showUnknown), terminator: "")
    }

    private static func target(_ word: String) -> (format: ReportOption, path: String)? {
        guard let sign = word.firstIndex(of: "="), let format = ReportOption(rawValue: String(word[..<sign])) else {
            return nil
        }
        let path = String(word[word.index(after: sign)...])
        return path.isEmpty ? nil : (format, path)
    }
}
