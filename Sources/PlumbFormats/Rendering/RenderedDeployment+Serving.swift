// The model, its endpoint configuration and the guarded endpoint; the detectors of drift.

import PlumbModel

extension RenderedDeployment {
    func serving() -> [RenderedResource] { [] }
}
