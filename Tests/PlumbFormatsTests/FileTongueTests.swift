// Files are told apart by their top keys, whatever they are called.

import Testing

@testable import PlumbFormats

struct FileTongueTests {
    @Test(arguments: [
        ("Resources:\n  A: {}\n", FileTongue.cloudformation),
        ("# c\n---\nAWSTemplateFormatVersion: x\n", .cloudformation),
        ("{\"Parameters\": {\"a\": [\"}\", {\"b\": \"\\\"\"}]}, \"Resources\": {}}", .cloudformation),
        ("\u{FEFF}\n  Parameters: {}\n  Resources: {}\n", .cloudformation), ("{Resources: {}}", .cloudformation),
        ("\"Resources\":\r\n  a: 1\r\n", .cloudformation),
        ("{\"format_version\":\"1.2\",\"terraform_version\":\"1.9\",\"x\":1}", .terraform),
        ("{\"planned_values\":{}}", .terraform),
        ("name: a\nteam: b\nworkload: cpu\nmodel: {path: m}\n", .spec),
        ("workload: cpu\nmodel:\n  Resources: 1\nexample: {}\n", .spec),
    ])
    func knowsItsOwn(text: String, tongue: FileTongue) {
        #expect(FileTongue([UInt8](text.utf8), isNamed: false) == tongue)
        #expect(FileTongue([UInt8](text.utf8), isNamed: true) == tongue)
    }

    @Test(arguments: [
        "", " \n", "{", "[", "{}", "[1,2]", "null", "{\"a", "{\"a\":\"", "{\"a\":[", "- Resources: 1\n", "Resources",
        ":",
        "apiVersion: v1\nkind: Pod\n", "name: ci\non: push\njobs: {}\n", "{\"name\":\"x\",\"version\":\"1\"}",
        "a:\n  Resources: 1\n", "{\"a\":{\"Resources\":1}}", "#Resources: 1\n", "\u{0}\u{1}", "}}}}",
        "{\"a\":1}}\"Resources\":",
        "Resources:1\n", "{\\", "{\"a\\",
    ])
    func whatIsNoneIsNone(text: String) { #expect(FileTongue([UInt8](text.utf8), isNamed: false) == nil) }

    @Test func aNamedFileIsTakenForASpecByOneKey() {
        #expect(FileTongue([UInt8]("team: a\nworklaod: cpu\n".utf8), isNamed: true) == .spec)
        #expect(FileTongue([UInt8]("team: a\nworklaod: cpu\n".utf8), isNamed: false) == nil)
        #expect(FileTongue([UInt8]("name: ci\non: push\n".utf8), isNamed: true) == nil)
        #expect(FileTongue.topKeys(of: [UInt8]("name: ci\non: push\n".utf8)) == ["name", "on"])
    }

    @Test func everyBeginningOfAFileIsAnswered() {
        let text = [UInt8]("{\"Parameters\": {\"a\": [\"}\", {\"b\": \"\\\"\"}]}, \"Resources\": {}}".utf8)
        for end in text.indices { _ = FileTongue(Array(text[..<end]), isNamed: true) }
        for byte in UInt8.min...UInt8.max { _ = FileTongue([byte, 0x3A, byte], isNamed: false) }
        #expect(FileTongue(text, isNamed: false) == .cloudformation)
    }
}
