// DNS that leaves a region when its endpoint is ill.

import PlumbModel

extension RenderedDeployment {
    func failover() -> [RenderedResource] { [] }
}
