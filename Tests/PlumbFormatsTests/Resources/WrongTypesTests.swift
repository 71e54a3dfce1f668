// What stands where it does not belong leaves a fact unknown or absent; it never stops the reading.

import Foundation
import PlumbModel
import Testing

@testable import PlumbFormats

struct WrongTypesTests {
    /// A generator that rolls the same for the same seed (Numerical Recipes' constants).
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    @Test(arguments: 1...24)
    func mappingsTakeAnyValueInAnyPlace(_ seed: Int) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Templates/compliant.yaml")
        let root = try DocumentReader.read(Array(Data(contentsOf: file)), file: "compliant.yaml").get()
        var dice = Dice(state: UInt64(seed))
        let resources = try #require(root["Resources"])
        let mangled = root.entries.map { entry in
            guard entry.key == "Resources" else { return entry }
            return DocumentNode.Entry(
                key: entry.key, mark: entry.mark, value: Self.mangled(resources, depth: 0, &dice))
        }
        let document = SourceDocument(path: "compliant.yaml", root: DocumentNode(.map(mangled), at: root.mark))
        let reading = TemplateReader.read([document], asOf: try #require(Day("2026-11-24")))
        #expect(reading.hasErrors || reading.worlds.allSatisfy { !$0.graph.resources.isEmpty })
    }

    /// One value in forty, below the resources' own types, as something else.
    private static func mangled(_ node: DocumentNode, depth: Int, _ dice: inout Dice) -> DocumentNode {
        if depth > 2, Int.random(in: 0..<40, using: &dice) == 0 {
            let contents: [DocumentNode.Content] = [
                .null, .scalar("nonsense", isPlain: true), .scalar("-9223372036854775809", isPlain: true),
                .list([]), .list([node, node]), .map([]),
                .map([DocumentNode.Entry(key: "Ref", mark: node.mark, value: node)]),
            ]
            return DocumentNode(contents.randomElement(using: &dice) ?? .null, at: node.mark)
        }
        var copy = node
        switch node.content {
        case .list(let items): copy.content = .list(items.map { mangled($0, depth: depth + 1, &dice) })
        case .map(let entries):
            copy.content = .map(
                entries.map { entry in
                    guard entry.key != "Type" else { return entry }
                    return DocumentNode.Entry(
                        key: entry.key, mark: entry.mark, value: mangled(entry.value, depth: depth + 1, &dice))
                })
        default: break
        }
        return copy
    }
}
