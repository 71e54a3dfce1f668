// Alarms and the dashboard.

import PlumbModel

extension RenderedDeployment {
    func monitoring() -> [RenderedResource] { [] }
}
