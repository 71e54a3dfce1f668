// A report as one HTML file for a browser or a printer: nothing is fetched.

/// What surrounds a report, so that it can be kept as a file, sent, and printed to PDF.
public enum ReportDocument {
    /// A part of a report as a file, without a script. `body` is HTML that is written as it is; the title is text.
    public static func html(title: String, version: String, body: String) -> String {
        frame(
            title: title.clipped(to: 120), style: "\(HTMLReport.css)\n\(print)", header: maker(version),
            content: "<main>\n\(body)</main>\n")
    }

    /// The whole file. Scripts are let run only where there is one.
    static func frame(
        title: String, style: String, header: String, content: String, script: String? = nil
    ) -> String {
        let scripts = script == nil ? "" : " script-src 'unsafe-inline';"
        let last = script.map { "<script>\n\($0)\n</script>\n" } ?? ""
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
            style-src 'unsafe-inline';\(scripts) base-uri 'none'; form-action 'none'">
            <title>\(Markup.text(title))</title>
            <style>
            \(style)
            </style>
            </head>
            <body>
            <header>
            \(header)</header>
            \(content)\(last)</body>
            </html>

            """
    }

    /// Which program has written it.
    static func maker(_ version: String) -> String {
        "<p class=\"maker\">\(Markup.text(version.isEmpty ? "Plumbline" : "Plumbline \(version)"))</p>\n"
    }

    private static let print = """
        @page { margin: 18mm 16mm; }
        @media (max-width: 40rem) {
          tbody .number { position: static; display: inline-block; width: auto; height: auto; clip-path: none;
            margin-right: .6rem; } }
        """
}
