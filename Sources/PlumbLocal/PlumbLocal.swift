// The embedded engine: workers behind a TLS gateway on this machine.
//
// Reading order: LocalEngine.swift (what it can do), Fleet/ (processes that are kept alive), Gateway/ (how a request
// finds one of them), Plane/LocalPlane.swift (what people ask for), Identity/ (certificates and tokens).
