// plumb deploy --to aws: shown, agreed to, carried out, watched.

import ArgumentParser
import PlumbModel

extension DeployCommand {
    func deployToAWS() async throws {
        let isText = format.format == .text
        let tell: @Sendable (String) -> Void = { if isText { Terminal.say($0) } }
        let loaded = try Composition.withDigest(
            Composition.loadSpec(spec, environment: environment.environment))
        let assessment = try await DeploymentGate.check(loaded, say: tell)
        try Composition.requireFit(loaded)
        try DeploymentGate.refuseUnapproved(assessment, loaded)
        try DeploymentGate.refuseBroken(assessment, loaded)
        let values = try ParameterValues.read(files: parameters, words: parameter)
        try await Composition.deploying(
            loaded, to: account.target(home: home), parameters: values, tell: tell
        ) { session in
            tell(session.text)
            if planOnly {
                try await session.discard()
                if !isText { try Terminal.printJSON(session.plan) }
                return
            }
            let how: String
            do {
                how = session.isEmpty ? "nothing to agree to" : try agreement(to: session)
            } catch {
                try await session.discard()
                throw error
            }
            try await session.agree(how)
            let acceptLoss = acceptLoss
            let result = try await LeavableWork.watch(loaded.spec.name) { try await session.carryOut(acceptLoss) }
            if isText {
                Terminal.say(result.lines.joined(separator: "\n"))
            } else {
                try Terminal.printJSON(result.report)
            }
            if !result.isGood { throw ExitCode(3) }
        }
    }

    private func agreement(to session: Composition.AWSSession) throws -> String {
        if !session.losses.isEmpty, !acceptLoss {
            throw PlumbError(
                .refused, session.losses.joined(separator: "; "),
                hint: "move what it holds first; --accept-loss agrees to losing it (OPS-3.6)")
        }
        return try Agreement.ask("Carry this out?", isGiven: yes)
    }
}
