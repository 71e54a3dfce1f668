// What is declared, what was made of it and what runs, compared.

import Foundation
import PlumbModel
import PlumbPolicy

extension Composition {
    /// Compares an input with the next one. Of the ways in which a template's open conditions can turn out, those that
    /// differ least are meant.
    static func step(from before: Subject, to after: Subject, declaredOn: Day?) -> DriftStep {
        let now = Date()
        let circumstances = DriftCircumstances(declaredOn: declaredOn) { minuteOfWeek(now, in: $0) }
        let cause = DriftStep.Cause(from: before.graph.source, to: after.graph.source)
        let runs = cause == .changedOutside || cause == .notAsDeclared
        func compare(_ old: Graph, _ new: Graph) -> GraphDifference {
            let difference = GraphDifference(from: old, to: new)
            return runs ? difference.allowing(from: old, to: new, in: circumstances) : difference
        }
        let differences = before.graphs.flatMap { old in after.graphs.map { compare(old, $0) } }
        let least = differences.min { weight($0) < weight($1) } ?? compare(before.graph, after.graph)
        return DriftStep(from: before.path, to: after.path, cause, least)
    }

    /// How much differs.
    private static func weight(_ difference: GraphDifference) -> Int {
        difference.resources.filter(\.isDrift).reduce(0) { $0 + max(1, $1.properties.count) }
    }

    /// Minutes since Monday 00:00 in a time zone; nil where nobody knows the zone.
    private static func minuteOfWeek(_ moment: Date, in timezone: String) -> Int? {
        guard let zone = TimeZone(identifier: timezone) else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.weekday, .hour, .minute], from: moment)
        guard let weekday = parts.weekday, let hour = parts.hour, let minute = parts.minute else { return nil }
        // Foundation counts from Sunday = 1.
        return ((weekday + 5) % 7 * 24 + hour) * 60 + minute
    }
}
