// A first look.

import PlumbFormats
import PlumbModel
import Testing

struct SpecReaderTests {
    @Test func readsTenLines() {
        let reading = SpecReader.read(
            "name: digits\nteam: vision\nworkload: gpu\nmodel: {path: a.onnx}\nexample: {body: '1'}\n", file: "plumb.yaml")
        print(reading)
        #expect(reading.spec?.instances.maximum == 4)
        let bad = SpecReader.read("""
            name: -digits
            team: vision
            enviroments: {}
            model: {path: a.onnx, command: [a]}
            example: {body: '1'}
            instances: {minimum: 5}
            alarms: {errorRate: {period: abc, threshold: 4, missingData: breachin}}
            """, file: "plumb.yaml")
        for d in bad.diagnostics { print(d.place!, d.message, "|", d.hint ?? "") }
    }
}
