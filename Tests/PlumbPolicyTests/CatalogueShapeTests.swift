// The catalogue as a whole: which controls there are, and what each must bring with it.

import Foundation
import PlumbModel
import Testing

@testable import PlumbPolicy

/// A row of `Catalogue.json`, the catalogue as it was agreed.
struct AgreedControl: Decodable {
    var id: String
    var statement: String
    var severities: Severities
    var provableAt: Set<SourceKind>
    var isAttestable: Bool
    var seed: String

    static func all() throws -> [AgreedControl] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Catalogue.json")
        return try JSONDecoder().decode([AgreedControl].self, from: Data(contentsOf: file))
    }
}

@Suite struct CatalogueShapeTests {
    private let controls = PolicyBook.policies.flatMap(\.controls)

    @Test func theBookHoldsFifteenPoliciesAndTheirNinetyFiveControlsInSeedOrder() throws {
        let agreed = try AgreedControl.all()
        #expect(agreed.count == 95)
        #expect(PolicyBook.policies.count == 15)
        #expect(controls.map(\.id) == agreed.map(\.id))
        #expect(Set(controls.map(\.id)).count == controls.count)
        for policy in PolicyBook.policies {
            #expect(policy.controls.allSatisfy { $0.id.hasPrefix(policy.id + ".") }, "\(policy.id)")
        }
    }

    @Test func everyControlSaysWhatWasAgreed() throws {
        // Quotation marks set several of the seed's sentences apart; around a single one they may be left out.
        func words(_ seed: String) -> String { seed.replacing("\"", with: "") }
        let agreed = Dictionary(uniqueKeysWithValues: try AgreedControl.all().map { ($0.id, $0) })
        for control in controls {
            let wanted = try #require(agreed[control.id], "\(control.id) was not agreed")
            #expect(control.statement == wanted.statement, "\(control.id)")
            #expect(control.severities == wanted.severities, "\(control.id)")
            #expect(control.provableAt == wanted.provableAt, "\(control.id)")
            #expect(control.isAttestable == wanted.isAttestable, "\(control.id)")
            #expect(words(control.seed) == words(wanted.seed), "\(control.id)")
        }
    }

    @Test func everyControlShowsWhatItAcceptsAndTwiceWhatItRefuses() {
        for control in controls {
            #expect(control.holds.count >= 1, "\(control.id)")
            #expect(control.fails.count >= 2, "\(control.id)")
            #expect(!control.remedy.isEmpty && !control.traps.isEmpty, "\(control.id)")
            let titles = (control.holds + control.fails).map(\.title)
            #expect(Set(titles).count == titles.count, "\(control.id) tells two examples apart by their titles")
        }
    }

    @Test func noExampleLivesWhereItsControlDoesNotApply() {
        for control in controls {
            for example in control.holds + control.fails {
                #expect(control.severities[example.environment] != nil, "\(control.id): \(example.title)")
            }
        }
    }
}
