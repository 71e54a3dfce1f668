// The topic, who listens, and the rules that tell it.

import PlumbModel

extension RenderedDeployment {
    func notification() -> [RenderedResource] { [] }
}
