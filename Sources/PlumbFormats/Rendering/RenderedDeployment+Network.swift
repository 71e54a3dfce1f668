// The network without a way to the internet.

import PlumbModel

extension RenderedDeployment {
    func network() -> [RenderedResource] { [] }
}
