// The console, opened in headless Chromium: scripts/console-tour.py says what is looked at.

import Foundation
import PlumbTesting
import Testing

extension RenderedToolsTests {
    struct ConsoleToolsTests {
        /// scripts/browser.sh installs the browser, as scripts/install.sh does with it.
        @Test func everyPageIsThereForEverybody() throws {
            let tour = Repository.root.appending(path: "scripts/console-tour.py").path
            let result = try Tool(path: "/usr/bin/env").run("python3", tour, try Tool.plumb.path)
            #expect(result.status == 0, "\(result.output.suffix(6000))\(result.errors.suffix(3000))")
            #expect(result.output.contains("ok   no request leaves the host"))
        }
    }
}
