// The table of deployments and what reads its stream.

import PlumbModel

extension RenderedDeployment {
    func state() -> [RenderedResource] { [] }
}
