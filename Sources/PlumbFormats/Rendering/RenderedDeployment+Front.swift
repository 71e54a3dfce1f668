// The cached front: API, distribution, cache policy.

import PlumbModel

extension RenderedDeployment {
    func front() -> [RenderedResource] { [] }
}
