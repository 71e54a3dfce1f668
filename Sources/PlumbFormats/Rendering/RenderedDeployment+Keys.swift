// Encryption keys and their aliases.

import PlumbModel

extension RenderedDeployment {
    func keys() -> [RenderedResource] { [] }
}
