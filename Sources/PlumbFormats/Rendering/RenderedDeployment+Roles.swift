// Roles, each with one policy of its own.

import PlumbModel

extension RenderedDeployment {
    func roles() -> [RenderedResource] { [] }
}
