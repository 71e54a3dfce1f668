// Vault, plan, selection and restore tests.

import PlumbModel

extension RenderedDeployment {
    func backup() -> [RenderedResource] { [] }
}
