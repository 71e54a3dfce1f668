// What autoscaling may change, and the three policies that change it.

import PlumbModel

extension RenderedDeployment {
    func scaling() -> [RenderedResource] { [] }
}
