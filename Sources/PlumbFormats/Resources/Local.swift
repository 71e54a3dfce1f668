// local
import PlumbModel

enum CloudFormationMapping { static func fill(_ graph: inout Graph, from inventory: Inventory) {} }
enum PlanMapping { static func fill(_ graph: inout Graph, from inventory: Inventory) {} }
