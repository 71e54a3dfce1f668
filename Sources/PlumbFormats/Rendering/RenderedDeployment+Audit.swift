// Trail, log groups and access analyzers.

import PlumbModel

extension RenderedDeployment {
    func audit() -> [RenderedResource] { [] }
}
