// Tells a drill: what was practised, what it measured beside what was promised, and what proves it.

/// One drill as a record to keep.
public struct DrillSheet: Sendable {
    /// Something that was measured.
    public struct Measure: Sendable {
        public var name: String
        /// With its unit; nil where it was not measured.
        public var measured: String?
        /// What was promised of it, and by whom; nil where nothing was.
        public var target: String?
        /// Nil where one of the two is not known: that is no success.
        public var isMet: Bool?
        public init(_ name: String, measured: String?, target: String? = nil, isMet: Bool? = nil) {
            self.name = name
            self.measured = measured
            self.target = target
            self.isMet = isMet
        }
    }
    /// A step, in the order that it was taken.
    public struct Step: Sendable {
        public var name: String
        public var seconds: Double
        public init(name: String, seconds: Double) {
            self.name = name
            self.seconds = seconds
        }
    }
    /// `Recovery drill`.
    public var title: String
    /// Of the engine, or of an endpoint.
    public var subject: String
    /// ISO 8601, in UTC.
    public var when: String
    public var who: String
    public var succeeded: Bool
    public var failure: String?
    public var measures: [Measure]
    public var steps: [Step] = []
    /// What can be looked up and checked by somebody else.
    public var evidence: [(name: String, value: String)] = []
    public var notes: [String] = []

    public init(
        title: String, subject: String, when: String, who: String, succeeded: Bool, failure: String?,
        measures: [Measure]
    ) {
        self.title = title
        self.subject = subject
        self.when = when
        self.who = who
        self.succeeded = succeeded
        self.failure = failure
        self.measures = measures
    }

    /// The whole in one sentence: a drill that worked and was too slow is told so.
    var verdict: String {
        guard succeeded else { return "Failed: \(failure ?? "it left no reason")" }
        let missed = measures.filter { $0.isMet == false }.map(\.name)
        if !missed.isEmpty { return "It worked, and missed what was promised: \(missed.joined(separator: ", "))" }
        let open = measures.filter { $0.target != nil && $0.isMet == nil }.map(\.name)
        return open.isEmpty ? "It worked" : "It worked; not measured: \(open.joined(separator: ", "))"
    }
}

extension DrillSheet {
    public var markdown: String {
        var text = "### \(Markup.markdown(title)) of \(Markup.markdown(subject))\n\n"
        text += "\(Markup.markdown(when)), by \(Markup.markdown(who)). **\(Markup.markdown(verdict))**"
        text += "\n\n| | measured | promised | |\n|---|---:|---:|---|\n"
        for measure in measures {
            let cells = [measure.name, measure.measured ?? "not measured", measure.target ?? "–", Self.word(measure)]
            text += "| \(cells.map(Markup.markdown).joined(separator: " | ")) |\n"
        }
        if !steps.isEmpty { text += "\n| step | seconds |\n|---|---:|\n" }
        for step in steps { text += "| \(Markup.markdown(step.name)) | \(Self.seconds(step.seconds)) |\n" }
        text += "\n"
        for fact in evidence {
            text += "- \(Markup.markdown(fact.name)): \(Markup.markdownCode(fact.value).code)\n"
        }
        for note in notes { text += "- \(Markup.markdown(note))\n" }
        return text
    }

    /// One section, to stand in a page.
    public var html: String {
        let kind =
            !succeeded || measures.contains { $0.isMet == false }
            ? "fails" : measures.contains { $0.target != nil && $0.isMet == nil } ? "unknown" : "holds"
        var text = "<section class=\"drill\">\n<h1>\(Markup.text(title)) of <bdi>\(Markup.text(subject))"
        text += "</bdi></h1>\n<p><span class=\"verdict \(kind)\">\(Markup.text(verdict))</span></p>\n"
        text += "<p class=\"source\">\(Markup.text(when)), by \(Markup.text(who)).</p>\n"
        text += "<table>\n<caption>What was measured, beside what was promised</caption>\n<thead><tr>"
        text += "<th scope=\"col\">Measure</th><th scope=\"col\" class=\"number\">Measured</th>"
        text += "<th scope=\"col\" class=\"number\">Promised</th><th scope=\"col\">Verdict</th></tr></thead>\n<tbody>\n"
        for measure in measures {
            let kind = measure.isMet.map { $0 ? "holds" : "fails" } ?? (measure.target == nil ? "" : "unknown")
            text += "<tr><th scope=\"row\">\(Markup.text(measure.name))</th>"
            text += "<td class=\"number\">\(Markup.text(measure.measured ?? "not measured"))</td>"
            text += "<td class=\"number\">\(Markup.text(measure.target ?? "–"))</td>"
            text += "<td><span class=\"verdict \(kind)\">\(Self.word(measure))</span></td></tr>\n"
        }
        text += "</tbody>\n</table>\n"
        if !steps.isEmpty {
            text += "<table>\n<caption>Steps, in their order</caption>\n<thead><tr><th scope=\"col\">Step</th>"
            text += "<th scope=\"col\" class=\"number\">Seconds</th></tr></thead>\n<tbody>\n"
            for step in steps {
                text += "<tr><th scope=\"row\">\(Markup.text(step.name))</th>"
                text += "<td class=\"number\">\(Self.seconds(step.seconds))</td></tr>\n"
            }
            text += "</tbody>\n</table>\n"
        }
        text += "<h2>Evidence</h2>\n<ul>\n"
        for fact in evidence {
            text += "<li>\(Markup.text(fact.name)): <code>\(Markup.text(fact.value))</code></li>\n"
        }
        for note in notes { text += "<li>\(Markup.text(note))</li>\n" }
        return text + "</ul>\n</section>\n"
    }

    private static func word(_ measure: Measure) -> String {
        switch measure.isMet {
        case true?: "✓ kept"
        case false?: "✗ missed"
        case nil: measure.target == nil ? "" : "? unknown"
        }
    }

    private static func seconds(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
}

extension String {
    fileprivate var code: String { "<code>\(self)</code>" }
}
