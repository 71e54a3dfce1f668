// plumb watch: is it still true?

import ArgumentParser
import Foundation
import PlumbModel

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Keep judging, and tell what changes.",
        discussion: """
            Examples:
              plumb watch aws://eu-west-1                    a look every 5 minutes
              plumb watch aws:// --queue https://sqs…        and soon after each event
              plumb watch aws:// --webhook https://… --webhook-secret-file secret
              plumb watch aws:// --sns arn:aws:sns:…  --security-hub
              plumb watch plumb.yaml engine: --interval 30s  whatever check reads
              plumb watch engine: --cloudwatch               drift and quality for its alarms
              plumb watch aws:// --once --format json        from cron

            The first look prints the board; then each verdict that changes, each
            failure that comes or goes. A verdict that is unknown for a single look is
            not told. What was told is kept, so that a restart neither repeats nor
            loses a change; a message that is told twice has the same id.

            GET /metrics (Prometheus) and /healthz answer on 127.0.0.1:9464.

            Exit codes: 0 it was told to end, 2 bad input, 3 it could not go on;
            with --once those of plumb check.
            """)

    @Argument(
        help: ArgumentHelp("What plumb check takes, but for standard input.", valueName: "source"), completion: .file())
    var sources: [String]
    @Option(
        help: ArgumentHelp("Time between two looks: 30s, 5m, 2h.", valueName: "time"), transform: WatchCommand.seconds)
    var interval = 300.0
    @Flag(help: "Look once, tell, and end.") var once = false
    @Option(help: ArgumentHelp("A queue of SQS with events of EventBridge: each asks for a look.", valueName: "url"))
    var queue: String?
    @Option(
        name: .customLong("webhook"),
        help: ArgumentHelp("Post news as JSON to here; may be repeated.", valueName: "url"))
    var webhooks: [String] = []
    @Option(
        help: ArgumentHelp("Sign what is posted with the secret in this file.", valueName: "file"), completion: .file())
    var webhookSecretFile: String?
    @Option(help: ArgumentHelp("Publish news to this topic.", valueName: "arn")) var sns: String?
    @Flag(help: "With the source engine: publish drift and quality to CloudWatch, once a minute.") var cloudwatch =
        false
    @Flag(help: "Import failures into AWS Security Hub, and archive them when they are gone.") var securityHub = false
    @Option(help: ArgumentHelp("Where Prometheus asks, or off.", valueName: "host:port"))
    var prometheus = "127.0.0.1:9464"
    @Option(
        help: ArgumentHelp("Where what was told is kept (default: a file in the engine's folder).", valueName: "file"),
        completion: .file())
    var state: String?
    @OptionGroup var format: FormatOption
    @OptionGroup(title: "Input") var input: InputOptions
    @OptionGroup(title: "Input") var environment: EnvironmentOption
    @OptionGroup(title: "Input") var home: HomeOption
    @OptionGroup(title: "Rules") var rules: RuleOptions
    @OptionGroup(title: "AWS account") var account: AccountOptions

    func validate() throws {
        if sources.isEmpty { throw ValidationError("name a file, a folder, engine: or aws://REGION") }
        if sources.contains("-") { throw ValidationError("standard input can be read but once: name a file") }
        if once, queue != nil { throw ValidationError("--once waits for no events: leave out --queue") }
        if webhookSecretFile != nil, webhooks.isEmpty {
            throw ValidationError("--webhook-secret-file signs what --webhook posts: name one")
        }
        if cloudwatch, !sources.contains("engine:") {
            throw ValidationError("--cloudwatch publishes what the engine has found: name engine: among the sources")
        }
        if let sns, !(sns.hasPrefix("arn:") && sns.contains(":sns:")) {
            throw ValidationError("--sns takes the ARN of a topic, such as arn:aws:sns:eu-west-1:123456789012:oncall")
        }
        if prometheus != "off", Self.address(prometheus) == nil {
            throw ValidationError("--prometheus takes HOST:PORT, such as 127.0.0.1:9464, or off")
        }
    }

    func run() async throws {
        let overlay = try rules.overlay(for: environment.environment)
        let metrics = Self.address(prometheus)
        let order = WatchOrder(
            sources: sources, intervalSeconds: interval, isOnce: once, queue: queue, webhooks: webhooks,
            secretFile: webhookSecretFile, topic: sns, pushesToSecurityHub: securityHub,
            publishesFrom: cloudwatch ? home.controlSocket : nil,
            metricsHost: metrics?.host, metricsPort: metrics?.port ?? 0,
            statePath: state ?? Composition.watchState(of: sources, in: home.folder), format: format.format,
            account: account)
        let (input, sources, environment, home, account) = (input, sources, environment.environment, home, account)
        let assessments = try await Composition.watch(order) {
            var assessments: [Assessment] = []
            for subject in try await input.load(sources, environment: environment, home: home, account: account) {
                assessments.append(await Composition.assess(subject, under: overlay))
            }
            return assessments
        }
        guard once else { return }
        guard let assessments else { throw ExitCode(3) }
        if assessments.flatMap(\.findings).contains(where: overlay.isBroken) { throw ExitCode(1) }
    }

    private static func address(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port), colon != text.startIndex
        else { return nil }
        return (text[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]")), port)
    }

    /// Looks that are closer are no watching but a load; those that are further apart are cron's work.
    static func seconds(_ text: String) throws -> Double { try TimeText.seconds(text, from: "1s", to: "7d") }
}
