// Buckets with everything that keeps them private, and the images.

import PlumbModel

extension RenderedDeployment {
    func storage() -> [RenderedResource] { [] }
}
