// An assessment as a picture of one line, for the head of a README.

public import PlumbModel

/// An SVG of 20 pixels' height: what was judged, and how many of the controls that apply are proved. The verdict
/// stands in words; the colour only repeats it.
public enum BadgeReport: AssessmentReport {
    public static func render(_ assessments: [Assessment], style: TextStyle) -> String {
        let environments = Set(assessments.map(\.environment))
        let label = environments.count == 1 ? "plumb \(assessments[0].environment.rawValue)" : "plumb"
        let tally = Tally(assessments.lazy.flatMap(\.policies).flatMap(\.controls).map(\.verdict))
        let (message, colour) = told(tally)
        let (left, right) = (width(of: label), width(of: message))
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(left + right)" height="20" role="img" \
            aria-label="\(Markup.attribute("\(label): \(message)"))">
              <title>\(Markup.text("\(label): \(message)"))</title>
              <rect width="\(left)" height="20" fill="#3b4252"/>
              <rect x="\(left)" width="\(right)" height="20" fill="\(colour)"/>
              <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
                <text x="\(left / 2)" y="14" textLength="\(left - 12)">\(Markup.text(label))</text>
                <text x="\(left + right / 2)" y="14" textLength="\(right - 12)">\(Markup.text(message))</text>
              </g>
            </svg>

            """
    }

    /// Nothing judged is not well. White on each colour has a contrast of 4.5 or more.
    private static func told(_ tally: Tally) -> (message: String, colour: String) {
        let applying = tally.proved + tally.failed + tally.unproved + tally.accepted
        if tally.failed > 0 { return ("\(tally.failed) of \(applying) controls fail", "#b3261e") }
        if applying == 0 { return ("nothing judged", "#5f6368") }
        if tally.unproved > 0 { return ("\(tally.proved) of \(applying) controls proved", "#8a5a00") }
        return ("all \(applying) controls hold", "#1b6e2c")
    }

    /// Verdana's letters are seven pixels wide on the average at this size; `textLength` evens out the rest.
    private static func width(of text: String) -> Int { text.count * 7 + 12 }
}
