// Whom plumb up calls when somebody acts without a second person, and tells of budgets and odd days.

import ArgumentParser

struct AlarmOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Tell this SNS topic of budgets and odd days, of broken glass and of rollbacks in an emergency.",
            valueName: "arn"))
    var alarmTopic: String?
    @Option(help: ArgumentHelp("Post the same as JSON to this address.", valueName: "url")) var alarmWebhook: String?
    @Option(help: "A file with the secret that signs what is posted, as plumb watch --webhook-secret-file does.")
    var alarmSecretFile: String?

    func validate() throws {
        guard alarmSecretFile == nil || alarmWebhook != nil else {
            throw ValidationError("--alarm-secret-file needs --alarm-webhook")
        }
    }

    /// The words by which another command is told the same.
    var words: [String] {
        let options = [
            ("--alarm-topic", alarmTopic), ("--alarm-webhook", alarmWebhook),
            ("--alarm-secret-file", alarmSecretFile.map(Composition.placeAddress)),
        ]
        return options.flatMap { name, value in value.map { [name, $0] } ?? [] }
    }
}
