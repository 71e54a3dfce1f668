// Labels that come after the fact: a JSON object a line.

import PlumbModel

public struct GroundTruth: Sendable, Equatable {
    /// What the label belongs to: the inference id where there is one, else the event id.
    public var identity: String
    public var label: String

    public init(identity: String, label: String) {
        self.identity = identity
        self.label = label
    }
}

public enum GroundTruthReader {
    /// All labels of a file, and how many lines are none.
    public static func read(_ bytes: [UInt8]) -> (labels: [GroundTruth], oddLines: Int) {
        let span = bytes.span
        var labels: [GroundTruth] = []
        var oddLines = 0
        var plain: [UInt8] = []
        for line in CaptureReader.lines(bytes) {
            var position = line.lowerBound
            guard let record = CaptureLine.read(span, &position), let truth = record.truth,
                let identity = record.inferenceID ?? record.eventID
            else {
                oddLines += 1
                continue
            }
            CaptureReader.decode(truth, span, into: &plain)
            labels.append(
                GroundTruth(
                    identity: NumberText.text(span, identity), label: String(decoding: plain, as: UTF8.self)))
        }
        return (labels, oddLines)
    }
}
