// The command. Each subcommand is a file in Commands/; Composition.swift is the one place that names engines, formats
// and reports.

public import ArgumentParser
import Foundation
public import PlumbModel
public import PlumbSignals

@main
struct Plumb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plumb",
        abstract:
            "Holds ML deployments to the Well-Architected policy book: before they ship, while, and for as long "
            + "as they run.",
        discussion: """
            Start with:
              plumb spec init > plumb.yaml     a commented starter file
              plumb check plumb.yaml           is it true? fifteen policies
              plumb check infra/               templates, plans and specs you have
              plumb explain OPS-1.2            what a control asks, and how to mend it
              plumb render plumb.yaml --to terraform -o infra/
              plumb up plumb.yaml              serve it here, over TLS, guarded

            Exit codes: 0 all holds, 1 a finding, 2 bad input, 3 not done.
            State lies in $PLUMB_HOME (default .plumb). NO_COLOR is honoured.
            """,
        version: Composition.version,
        subcommands: [
            CheckCommand.self, WatchCommand.self, DiffCommand.self, ExplainCommand.self, IAMCommand.self,
            SpecCommand.self, RenderCommand.self, UpCommand.self, ReloadCommand.self, DownCommand.self,
            StatusCommand.self, LogsCommand.self, ConsoleCommand.self, DeployCommand.self, ApproveCommand.self,
            PromoteCommand.self,
            RollbackCommand.self, RolloutCommands.self, ScaleCommand.self, ParkCommand.self, StartCommand.self,
            InvokeCommand.self, BenchCommand.self, OptimizeCommand.self, SizeCommand.self, DriftCommand.self,
            CostCommand.self, CollectCommand.self, AccessCommand.self, KeyCommand.self, AuditCommand.self,
            BackupCommand.self, RestoreCommand.self,
            RecoveryPlanningCommand.self, StandbyCommand.self, DrillCommand.self, EvidenceCommand.self,
            DoctorCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as PlumbError {
            Terminal.complain(error)
            Foundation.exit(exitCode(for: error.kind))
        } catch {
            // The parser's own code for wrong usage is 64; the contract says 2.
            let code = exitCode(for: error)
            let message = fullMessage(for: error)
            if !message.isEmpty {
                if code == .success { print(message) } else { Terminal.printError(message) }
            }
            Foundation.exit(code == .validationFailure ? 2 : code.rawValue)
        }
    }

    static func exitCode(for kind: PlumbError.Kind) -> Int32 {
        switch kind {
        case .invalidInput, .notFound, .unsupported: 2
        case .conflict, .timedOut, .refused, .internalFault: 3
        }
    }
}

/// How data is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

/// How a record that is kept or sent is told.
enum RecordFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, markdown, html
}

extension PlumbModel.Environment: ExpressibleByArgument {}
extension Severity: ExpressibleByArgument {}
extension Season: ExpressibleByArgument {}
extension AuditEntry.Outcome: ExpressibleByArgument {}
extension TieRule: ExpressibleByArgument {}
extension QualityProblem: ExpressibleByArgument {}
extension AccessPolicyKind: ExpressibleByArgument {}
extension Arrivals: ExpressibleByArgument {}
