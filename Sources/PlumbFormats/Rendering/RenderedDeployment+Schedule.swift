// What starts and stops the endpoint by the clock.

import PlumbModel

extension RenderedDeployment {
    func schedules() -> [RenderedResource] { [] }
}
