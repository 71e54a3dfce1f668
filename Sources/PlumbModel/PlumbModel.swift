// The words of the product: spec, graph, control, verdict, evidence, error. Nothing here reads a clock, a file or a
// network.
//
// Reading order for a newcomer: Fact.swift (known, absent or unknown), Graph/Graph.swift (what a deployment is made
// of),
// Verdict.swift and Control.swift (how it is judged), Spec/Spec.swift (what a user writes), PlumbError.swift (how
// trouble
// is told).
