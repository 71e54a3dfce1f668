import Foundation
import PlumbFormats
import PlumbModel
import Testing

@testable import PlumbPolicy

@Suite struct LocalDump {
    @Test func dump() throws {
        func show(_ title: String, _ graph: Graph) {
            print("### \(title)")
            for policy in PolicyBook.policies where policy.id.hasPrefix("REL") || policy.id.hasPrefix("PERF") {
                for control in policy.controls {
                    let v = PolicyBook.verdict(of: control, on: graph, Exceptions(graph))
                    print("  \(control.id) \(v.verdict.rawValue)")
                    for j in v.judgements { print("      \(j.verdict.rawValue) \(j.resource): \(j.message)") }
                }
            }
        }
        show("production", try BaseSpec.graph())
        for kind in [SourceKind.terraform, .live, .engine] {
            var g = try BaseSpec.graph(); g.source = kind
            show("as \(kind)", g)
        }
        show("dev", try BaseSpec.graph(in: .dev))
        show("staging", try BaseSpec.graph(in: .staging))
        show("not critical", try BaseSpec.graph(overlay: "critical: false"))
        show("gpu", try BaseSpec.graph(overlay: "workload: gpu\ninstances: {type: ml.g5.xlarge}"))
        let starter = SpecStarter.text(name: "digits", team: "vision", model: "model.onnx")
        let reading = SpecReader.read(starter, file: "plumb.yaml", environment: .production)
        print(reading.diagnostics)
        if let spec = reading.spec { show("starter", Architecture.compile(spec, asOf: BaseSpec.today)) }
    }
}
