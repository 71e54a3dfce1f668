// How a control asks: every question goes through here, so that what is not known can never count as holding.

import PlumbModel

/// The questions asked about one subject, and the judgement they add up to.
///
/// One `no` makes it fail; else one `cannot tell` makes it unknown; else it holds. Subjects that turn out to be none of
/// the control's business are simply not asked about.
struct Inquiry {
    let resource: String
    let place: Place?
    /// How many reasons and how many links a judgement tells; more of them say nothing new.
    private static let toldMax = 12
    private static let relatedMax = 24
    private var failures: [String] = []
    private var doubts: [String] = []
    private var proofs: [String] = []
    private var failurePlace: Place?
    private var related: [RelatedPlace] = []
    /// What to write instead, where the control's general remedy is not precise enough.
    var fix: String?
    /// Grades the breach otherwise than the control does.
    var severity: Severity?

    init(_ resource: String, at place: Place? = nil) {
        self.resource = resource
        self.place = place
    }

    /// The subject breaks the control.
    mutating func fail(_ message: String, at place: Place? = nil) {
        if failures.isEmpty { failurePlace = place }
        failures.append(message)
    }
    /// It cannot be told; `message` says what would decide it.
    mutating func doubt(_ message: String) { doubts.append(message) }
    /// One thing is proved; `message` holds the numbers.
    mutating func prove(_ message: String) { proofs.append(message) }
    /// Adds a link of the chain of reasons.
    mutating func relate(_ message: String, at place: Place?) { related.append(RelatedPlace(message, at: place)) }

    /// One of several candidates must be right: the first that is proves it.
    ///
    /// If none is, one that cannot be told makes the answer unknown; else all their faults are told.
    ///
    /// `nothing` is what is said when there is no right candidate, `name` how a candidate is called in the message.
    mutating func requireOne<Candidate>(
        of candidates: some Sequence<Candidate>, orFail nothing: String, name: (Candidate) -> String,
        _ ask: (Candidate, inout Inquiry) -> Void
    ) {
        var (faults, open): ([String], [String]) = ([], [])
        for candidate in candidates {
            var inquiry = Inquiry(name(candidate))
            ask(candidate, &inquiry)
            let answer = inquiry.judgement
            let told = "\(answer.resource): \(answer.message)"
            switch answer.verdict {
            case .holds:
                prove(told)
                related += answer.related
                return
            case .unknown: open.append(told)
            default: faults.append(told)
            }
        }
        if !open.isEmpty {
            doubt(open.few(joinedBy: "; "))
        } else {
            fail(faults.isEmpty ? nothing : nothing + " (" + faults.few(joinedBy: "; ") + ")")
        }
    }

    /// A fact must be known and pass `isRight`. Absent counts as `absentValue` if given, else as a failure.
    ///
    /// `what` names the value in the message (`the threshold`), `wanted` completes "… is X, wanted" (`at most 1 %`).
    /// The value comes back when it is known and right.
    @discardableResult
    mutating func require<Value>(
        _ fact: Fact<Value>, _ what: String, wanted: String, absentAs absentValue: Value? = nil,
        where isRight: (Value) -> Bool
    ) -> Value? {
        let settled = absentValue.map { fact.defaulting(to: $0) } ?? fact
        switch settled.state {
        case .known(let value) where isRight(value):
            prove("\(what) is \(Self.shown(value))")
            return value
        case .known(let value):
            let note = fact.isAbsent ? " (the default)" : ""
            fail("\(what) is \(Self.shown(value))\(note), wanted \(wanted)", at: fact.place)
        case .absent:
            fail("\(what) is not set, wanted \(wanted)", at: fact.place)
        case .unknown(let why):
            doubt("\(what) cannot be told from this input: \(why)")
        }
        return nil
    }

    /// A flag must be known to be as `wanted`.
    mutating func requireFlag(_ fact: Fact<Bool>, _ what: String, is wanted: Bool = true, absentAs: Bool? = nil) {
        require(fact, what, wanted: "\(wanted)", absentAs: absentAs) { $0 == wanted }
    }

    /// The value of a fact that must be there; absence fails, an unknown doubts.
    mutating func need<Value>(_ fact: Fact<Value>, _ what: String) -> Value? {
        switch fact.state {
        case .known(let value): return value
        case .absent:
            fail("\(what) is missing", at: fact.place)
            return nil
        case .unknown(let why):
            doubt("\(what) cannot be told from this input: \(why)")
            return nil
        }
    }

    var judgement: Judgement {
        let verdict: Verdict = !failures.isEmpty ? .fails : !doubts.isEmpty ? .unknown : .holds
        let told =
            switch verdict {
            case .fails: failures
            case .unknown: doubts
            default: proofs
            }
        return Judgement(
            verdict, resource, at: failurePlace ?? place, Array(told.prefix(Self.toldMax)).told(of: told.count, "; "),
            fix: fix, related: Array(related.prefix(Self.relatedMax)), severity: severity)
    }

    private static func shown(_ value: some Any) -> String {
        switch value {
        case let number as Double where number == number.rounded() && abs(number) < 1e15: "\(Int(number))"
        case let number as Int: "\(number)"
        case let flag as Bool: "\(flag)"
        case let text as String: "'\(text)'"
        case let choice as any RawRepresentable: "\(choice.rawValue)"
        case let words as [String]: words.isEmpty ? "empty" : words.joined(separator: ", ")
        // The entries themselves have their own messages; here they would bury the number.
        case let list as any Collection: list.isEmpty ? "empty" : "\(list.count) long"
        default: "\(value)"
        }
    }
}

extension Judgement {
    /// Asks about one resource and judges it.
    static func about(_ subject: some Resource, _ ask: (inout Inquiry) -> Void) -> Judgement {
        about(subject.id, at: subject.place, ask)
    }

    /// Asks about something that is no single resource, such as a deployment as a whole.
    static func about(_ name: String, at place: Place? = nil, _ ask: (inout Inquiry) -> Void) -> Judgement {
        var inquiry = Inquiry(name, at: place)
        ask(&inquiry)
        return inquiry.judgement
    }
}
