// Values for a template's parameters, as CloudFormation's tools write them.

import Foundation
import PlumbModel

/// Parameters by name; what comes later wins.
enum ParameterValues {
    /// Reads files, then `NAME=VALUE` words over them.
    static func read(files: [String], words: [String]) throws(PlumbError) -> [String: String] {
        var values: [String: String] = [:]
        for path in files {
            let data = Data(try Input.contents(of: path))
            do {
                let file = try JSONDecoder().decode(File.self, from: data)
                values.merge(file.values) { $1 }
            } catch {
                throw PlumbError(
                    .invalidInput, "\(path) is no file of parameters",
                    hint: #"write {"Name": "value"}, [{"ParameterKey": "Name", "ParameterValue": "value"}], "#
                        + #"["Name=value"] or {"Parameters": {"Name": "value"}}"#,
                    cause: error)
            }
        }
        for word in words {
            guard let (name, value) = split(word) else {
                throw PlumbError(
                    .invalidInput, "'\(word)' is no NAME=VALUE", hint: "--parameter Environment=production")
            }
            values[name] = value
        }
        return values
    }

    private static func split(_ word: String) -> (String, String)? {
        guard let sign = word.firstIndex(of: "="), sign != word.startIndex else { return nil }
        return (String(word[..<sign]), String(word[word.index(after: sign)...]))
    }

    /// The four forms in use: CloudFormation's API, `aws cloudformation deploy`, a plain mapping, CodePipeline's.
    private struct File: Decodable {
        var values: [String: String] = [:]

        init(from decoder: any Decoder) throws {
            if let whole = try? decoder.container(keyedBy: AnyKey.self) {  // A list is tried next.
                let inner = AnyKey("Parameters").flatMap { key in
                    // `Parameters` may also be the name of one, and hold no map.
                    whole.contains(key) ? try? whole.nestedContainer(keyedBy: AnyKey.self, forKey: key) : nil
                }  // `Parameters` may also be the name of one.
                let container = inner ?? whole
                for key in container.allKeys {
                    values[key.stringValue] = try container.decode(Value.self, forKey: key).text
                }
                return
            }
            var list = try decoder.unkeyedContainer()
            while !list.isAtEnd {
                if let word = try? list.decode(String.self) {  // An entry of the other form is decoded below.
                    guard let (name, value) = ParameterValues.split(word) else {
                        throw DecodingError.dataCorruptedError(in: list, debugDescription: "'\(word)' is no NAME=VALUE")
                    }
                    values[name] = value
                } else {
                    let entry = try list.decode(Entry.self)
                    // Without a value the stack keeps the one it has, which this file does not tell.
                    if let value = entry.ParameterValue { values[entry.ParameterKey] = value.text }
                }
            }
        }
    }

    private struct Entry: Decodable {
        var ParameterKey: String
        var ParameterValue: Value?
    }

    /// A scalar as CloudFormation takes it, as text; a list as its parts with commas between.
    private struct Value: Decodable {
        var text: String
        init(from decoder: any Decoder) throws {
            if var list = try? decoder.unkeyedContainer() {  // A scalar is tried next.
                var parts: [String] = []
                while !list.isAtEnd { parts.append(try list.decode(Value.self).text) }
                text = parts.joined(separator: ",")
                return
            }
            let scalar = try decoder.singleValueContainer()
            if let flag = try? scalar.decode(Bool.self) {  // Each form is tried in turn.
                text = flag ? "true" : "false"
            } else if let number = try? scalar.decode(Int.self) {  // Likewise.
                text = String(number)
            } else if let number = try? scalar.decode(Double.self) {  // Likewise.
                text = String(number)
            } else {
                text = try scalar.decode(String.self)
            }
        }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(_ name: String) { stringValue = name }
        init?(intValue: Int) { nil }
    }
}
