// Budget, anomaly monitor and cost allocation tags.

import PlumbModel

extension RenderedDeployment {
    func cost() -> [RenderedResource] { [] }
}
