// What of an AWS account is looked at, as whom, and what is known of it beside.

import ArgumentParser
import PlumbModel

/// How accounts are read; all of it is for sources that begin with `aws://`.
struct AccountOptions: ParsableArguments {
    @OptionGroup var access: AWSAccess
    @Option(
        name: .customLong("endpoint"),
        help: ArgumentHelp("Look at this endpoint and what belongs to it; may be given again.", valueName: "name"))
    var endpoints: [String] = []
    @Option(
        name: .customLong("tag"),
        help: ArgumentHelp("Look at endpoints with this tag; of several, with all of them.", valueName: "key=value"))
    var tagWords: [String] = []
    @Option(
        name: .customLong("spec"),
        help: ArgumentHelp(
            "Take from this spec what no account shows of its endpoint: plans, drills, benchmarks, waivers.",
            valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
    var specs: [String] = []

    @Flag(
        help: ArgumentHelp(
            "Let CloudFormation compare the stacks with what there is now; else its last comparison counts."))
    var detectDrift = false

    func validate() throws {
        for word in tagWords where Self.tag(word) == nil {
            throw ValidationError("'\(word)' is no KEY=VALUE, such as ml:team=fraud")
        }
    }

    var tags: [String: String] {
        Dictionary(tagWords.compactMap(Self.tag)) { _, last in last }
    }

    private static func tag(_ word: String) -> (String, String)? {
        guard let sign = word.firstIndex(of: "="), sign != word.startIndex else { return nil }
        return (String(word[..<sign]), String(word[word.index(after: sign)...]))
    }
}

/// What runs, and not a file.
struct LiveSource: ParsableArguments {
    @Argument(help: ArgumentHelp("engine:[ENDPOINT] or aws://[REGION].", valueName: "source")) var source = "engine:"

    func validate() throws {
        guard source.hasPrefix("engine:") || source.hasPrefix("aws:") else {
            throw ValidationError("'\(source)' is neither engine: nor aws://REGION")
        }
    }
}
