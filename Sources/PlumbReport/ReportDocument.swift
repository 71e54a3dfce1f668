// A report as one HTML file for a browser or a printer: nothing is fetched, and there is no script.

/// What surrounds a part of a report, so that it can be kept as a file, sent, and printed to PDF.
public enum ReportDocument {
    /// `body` is HTML that is written as it is; the title is text.
    public static func html(title: String, version: String, body: String) -> String {
        let maker = version.isEmpty ? "Plumbline" : "Plumbline \(version)"
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
            style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
            <title>\(Markup.text(title.clipped(to: 120)))</title>
            <style>
            \(HTMLReport.css)
            @page { margin: 18mm 16mm; }
            </style>
            </head>
            <body>
            <header><p class="maker">\(Markup.text(maker))</p></header>
            <main>
            \(body)</main>
            </body>
            </html>

            """
    }
}
