import Testing

/// The house as it stands.
struct LawTests {
    private let sources = Repository.sources
    private let tests = Repository.tests

    @Test func theSourcesWereFound() {
        #expect(sources.count > 50)
        #expect(tests.count > 20)
        #expect(sources.contains { $0.path == "Sources/PlumbModel/PlumbModel.swift" })
    }

    @Test func roomsKnowOnlyLowerRoomsAndWhatTheTableAllows() {
        let found = sources.flatMap(RoomLaws.breaches)
        #expect(found.isEmpty, "\(told(found))")
    }

    @Test func onlyTheCompositionNamesWhatIsConcrete() {
        let found = sources.flatMap(RoomLaws.compositionBreaches)
        #expect(found.isEmpty, "\(told(found))")
    }

    @Test func filesFunctionsAndLinesAreShort() {
        let found = (sources + tests).flatMap(FormLaws.sizeBreaches)
        #expect(found.isEmpty, "\(told(found))")
    }

    @Test func nothingHasANameThatSaysNothing() {
        let found = (sources + tests).flatMap(FormLaws.nameBreaches)
        #expect(found.isEmpty, "\(told(found))")
    }

    @Test func everyRoomHasAFaceAndEveryFileSaysWhatItIsFor() {
        let found = FormLaws.faceBreaches(in: sources)
        #expect(found.isEmpty, "\(told(found))")
    }

    @Test func nothingCrashesSwallowsOrPromises() {
        let found = sources.flatMap(CraftLaws.constructBreaches)
        #expect(found.isEmpty, "\(told(found))")
    }

    @Test func machinesNeitherWaitNorReadTheClock() {
        let found = sources.flatMap(CraftLaws.machineBreaches)
        #expect(found.isEmpty, "\(told(found))")
        #expect(sources.contains { $0.name == "RolloutMachine.swift" })
    }

    @Test func theRoomsThatThinkTouchNothing() {
        let found = sources.flatMap(CraftLaws.purityBreaches)
        #expect(found.isEmpty, "\(told(found))")
    }

    @Test func testsDoNotSleep() {
        let found = tests.flatMap(CraftLaws.sleepBreaches)
        #expect(found.isEmpty, "\(told(found))")
    }
}

/// A law that nothing can break is none: each checker is shown a breach and its harmless twin.
struct LawCheckerTests {
    private func file(_ text: String, _ path: String = "Sources/PlumbEngine/Thing.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    @Test(arguments: [
        ("import NIOCore", "PlumbModel", true), ("import Foundation", "PlumbModel", false),
        ("public import PlumbSignals", "PlumbModel", true), ("import PlumbModel", "PlumbSignals", false),
        ("import Histogram", "PlumbSignals", false), ("import Histogram", "PlumbPolicy", true),
        ("@preconcurrency import PlumbFormats", "PlumbPolicy", true), ("import struct GRDB.Row", "PlumbStore", false),
        ("import struct GRDB.Row", "PlumbEngine", true), ("import Glibc", "PlumbFormats", true),
        ("import Glibc", "PlumbLocal", false), ("// import NIOCore", "PlumbModel", false),
        ("let text = \"import NIOCore\"", "PlumbModel", false), ("import Foundation", "PlumbShed", true),
        ("import PlumbLocal", "PlumbConsole", true), ("import PlumbLocal", "plumb", false),
    ])
    func imports(line: String, room: String, isBreach: Bool) {
        #expect(RoomLaws.breaches(in: file(line, "Sources/\(room)/Thing.swift")).isEmpty != isBreach)
    }

    @Test func theBreachNamesFileAndLine() {
        let found = RoomLaws.breaches(in: file("// A thing.\n\nimport PlumbPolicy\n"))
        #expect(
            found.map(\.description) == [
                "Sources/PlumbEngine/Thing.swift:3: PlumbPolicy is on the floor of PlumbEngine; "
                    + "let them meet in Composition"
            ])
    }

    @Test(arguments: [
        ("import PlumbLocal", "Commands/Up.swift", true), ("import PlumbLocal", "Composition.swift", false),
        ("import PlumbFormats", "Composition+Rendering.swift", false),
        ("import PlumbFormats", "Compositions.swift", true),
        ("public import PlumbFormats", "Commands/Check.swift", true),
        ("import PlumbEngine", "Commands/Up.swift", false),
        ("// import PlumbReport", "Commands/Up.swift", false),
    ])
    func composition(line: String, path: String, isBreach: Bool) {
        #expect(RoomLaws.compositionBreaches(in: file(line, "Sources/plumb/\(path)")).isEmpty != isBreach)
    }

    @Test func sizes() {
        #expect(FormLaws.sizeBreaches(in: file(String(repeating: "let a = 1\n", count: 500))).isEmpty)
        #expect(FormLaws.sizeBreaches(in: file(String(repeating: "let a = 1\n", count: 501))).count == 1)
        #expect(FormLaws.sizeBreaches(in: file(String(repeating: "x", count: 120))).isEmpty)
        #expect(FormLaws.sizeBreaches(in: file(String(repeating: "x", count: 121))).first?.line == 1)
        func function(_ lines: Int, _ head: String) -> String {
            "\(head) {\n" + String(repeating: "    work(\"{\") // {\n", count: lines - 2) + "}\n"
        }
        for head in [
            "func a()", "    public static func a(\n        b: Int = { 1 }()\n    ) async throws -> Int",
            "init(a: Int)",
        ] {
            let extra = head.split(separator: "\n").count - 1
            #expect(FormLaws.sizeBreaches(in: file(function(70 - extra, head))).isEmpty, "\(head)")
            #expect(FormLaws.sizeBreaches(in: file(function(71 - extra, head))).count == 1, "\(head)")
        }
        let requirements =
            "protocol P {\n    func a()\n    func b() -> Int\n}\n" + String(repeating: "let x = { 1 }()\n", count: 90)
        #expect(FormLaws.sizeBreaches(in: file(requirements)).isEmpty)
    }

    @Test(arguments: [
        ("struct PathUtils {}", "Sources/PlumbEngine/Path.swift", true),
        ("enum Core {}", "Sources/PlumbEngine/A.swift", true),
        ("final class FleetManager {}", "Sources/PlumbEngine/A.swift", true),
        ("struct Score {}", "Sources/PlumbEngine/Score.swift", false),
        ("let a = 1", "Sources/PlumbEngine/Helpers/A.swift", true),
        ("let a = 1", "Sources/PlumbEngine/FileHelper.swift", true),
        ("struct Fleet {}", "Sources/PlumbEngine/Fleet/Fleet.swift", false),
    ])
    func names(text: String, path: String, isBreach: Bool) {
        #expect(FormLaws.nameBreaches(in: file(text, path)).isEmpty != isBreach)
    }

    @Test func faces() {
        let face = file("// What every engine is.\n", "Sources/PlumbEngine/PlumbEngine.swift")
        #expect(FormLaws.faceBreaches(in: [face]).isEmpty)
        #expect(FormLaws.faceBreaches(in: [face, file("// One thing.\n")]).isEmpty)
        #expect(FormLaws.faceBreaches(in: [file("// One thing.\n")]).count == 1)
        for text in ["import Foundation\n", "// PlumbEngine\n", "// Copyright 2026 Somebody. All rights reserved.\n"] {
            let bad = file(text, "Sources/PlumbEngine/PlumbEngine.swift")
            #expect(FormLaws.faceBreaches(in: [bad]).count == 1, "\(text)")
        }
        #expect(FormLaws.faceBreaches(in: [face, file("// SPDX-License-Identifier: x.\n")]).count == 1)
    }

    @Test(arguments: [
        ("let a = try! b()", true), ("let a = b as! C", true), ("fatalError(\"no\")", true), ("let a = b!", true),
        ("let a = b!.c", true), ("a[0]!.c()", true), ("f()!", true), ("if !a { }", false), ("if a != b { }", false),
        ("let a: B! ", true), ("print(\"Done!\")", false), ("// It works!", false), ("Task { await a() }", true),
        ("Task(priority: .high) { await a() }", true), ("Task.detached { }", true), ("group.addTask { }", false),
        ("struct Task { }", true), ("let a = try? b()", true), ("let a = try? b()  // It may be gone already.", false),
        ("// It may be gone already.\nlet a = try? b()", false), ("\"\\(b!)\"", true), ("// TODO: more", true),
        ("let a = 1 // a placeholder for now", true), ("let stubborn = 1", false), ("/* b! */ let a = 1", false),
        ("let a = \"\"\"\n    b!\n    \"\"\"", false), ("let a = #\"b! \" c!\"#", false),
    ])
    func constructs(text: String, isBreach: Bool) {
        #expect(CraftLaws.constructBreaches(in: file(text)).isEmpty != isBreach)
    }

    @Test(arguments: [
        ("func tick() async {}", "AMachine.swift", true), ("let now = Date()", "AMachine.swift", true),
        ("let clock = ContinuousClock()", "AMachine.swift", true), ("let a = clock.now", "AMachine.swift", true),
        ("func tick(at now: Double) {}", "AMachine.swift", false), ("func run() async {}", "ARunner.swift", false),
        ("// no async, no Date()", "AMachine.swift", false),
    ])
    func machines(text: String, name: String, isBreach: Bool) {
        #expect(CraftLaws.machineBreaches(in: file(text, "Sources/PlumbEngine/\(name)")).isEmpty != isBreach)
    }

    @Test(arguments: [
        ("let a = FileManager.default", "PlumbPolicy", true), ("let a = Date()", "PlumbReport", true),
        ("let a = ProcessInfo.processInfo.environment", "PlumbFormats", true),
        ("let a = try Data(contentsOf: url)", "PlumbModel", true), ("let a = FileManager.default", "PlumbStore", false),
        ("let day = Date(timeIntervalSince1970: 0)", "PlumbModel", false), ("let processed = 1", "PlumbPolicy", false),
    ])
    func purity(text: String, room: String, isBreach: Bool) {
        #expect(CraftLaws.purityBreaches(in: file(text, "Sources/\(room)/A.swift")).isEmpty != isBreach)
    }

    @Test(arguments: [
        ("try await Task.sleep(for: .seconds(1))", "PlumbEngineTests", true), ("usleep(5)", "PlumbStoreTests", true),
        ("try await Task.sleep(for: .seconds(1))", "EndToEndTests", false), ("// no sleep()", "PlumbStoreTests", false),
    ])
    func sleeping(text: String, target: String, isBreach: Bool) {
        #expect(CraftLaws.sleepBreaches(in: file(text, "Tests/\(target)/A.swift")).isEmpty != isBreach)
    }
}
