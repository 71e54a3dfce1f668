// Functions with their code, and what starts them.

import PlumbModel

extension RenderedDeployment {
    func automation() -> [RenderedResource] { [] }
}
