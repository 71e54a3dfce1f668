// Bends a real document: swaps types, drops, doubles, nests, wraps in functions, as the fuzzer's bytes say.

#if DEBUG
    import Foundation
    import PlumbModel
    @testable import PlumbFormats

    /// One change to one place of a document.
    struct TreeMutation {
        /// The first byte chooses the document, the second how much of it is kept; four bytes are one change.
        static func document(of bytes: [UInt8], from seeds: [DocumentNode]) -> DocumentNode {
            guard bytes.count >= 2, !seeds.isEmpty else { return DocumentNode(.null, at: Mark(line: 1, column: 1)) }
            var root = seeds[Int(bytes[0]) % seeds.count]
            if bytes[1] >= 128 { root.keepResources(around: Int(bytes[1]) - 128) }
            var at = 2
            while at + 4 <= bytes.count, at < changesMax * 4 {
                let index = Int(bytes[at + 1]) << 8 | Int(bytes[at + 2])
                TreeMutation(kind: bytes[at], index: index, argument: bytes[at + 3]).apply(to: &root)
                at += 4
            }
            return root
        }

        private static let changesMax = 32
        private static let sizeMax = 50_000

        let kind: UInt8
        let index: Int
        let argument: UInt8

        private func apply(to root: inout DocumentNode) {
            let size = root.size
            // Doubled again and again, a document would be the fuzzer's own bomb; readers meet those as text.
            guard size < Self.sizeMax else { return }
            let donor = root.node(at: (index &* 31 &+ Int(argument)) % size) ?? root
            root.change(at: index % size) { change(&$0, donor: donor) }
        }

        private func change(_ node: inout DocumentNode, donor: DocumentNode) {
            let mark = node.mark
            switch kind % 12 {
            case 0, 1: node = Self.odd(argument, at: mark)
            case 2: node = DocumentNode(.list([node, node]), at: mark)
            case 3: node = DocumentNode(.list([]), at: mark)
            case 4, 5: node = Self.wrapped(node, argument, at: mark)
            case 6: node = donor
            case 7: node = Self.nested(node, depth: Int(argument) % 190, at: mark)
            case 8: node.content = Self.respelt(node.content, argument)
            case 9: node.dropOrDouble(argument)
            case 10: node.rename(argument)
            default: node.content = Self.rescaled(node.content, argument)
            }
        }

        /// A value at an edge of something.
        private static func odd(_ argument: UInt8, at mark: Mark) -> DocumentNode {
            let texts = OddValues.texts
            switch Int(argument) {
            case 0: return DocumentNode(.null, at: mark)
            case 1: return DocumentNode(.map([]), at: mark)
            case 2: return DocumentNode(.list([]), at: mark)
            case let number where number < 64:
                let numbers = OddValues.numbers
                return DocumentNode(.scalar(numbers[number % numbers.count], isPlain: true), at: mark)
            case let number: return DocumentNode(.scalar(texts[number % texts.count], isPlain: false), at: mark)
            }
        }

        /// A value inside of a function of CloudFormation.
        private static func wrapped(_ node: DocumentNode, _ argument: UInt8, at mark: Mark) -> DocumentNode {
            let functions = OddValues.functions
            let name = functions[Int(argument) % functions.count]
            func text(_ text: String) -> DocumentNode { DocumentNode(.scalar(text, isPlain: false), at: mark) }
            let value: DocumentNode =
                switch argument / 32 {
                case 0: node
                case 1: DocumentNode(.list([node]), at: mark)
                case 2: DocumentNode(.list([text(","), DocumentNode(.list([node, node]), at: mark)]), at: mark)
                case 3: DocumentNode(.list([text("Missing"), node, node]), at: mark)
                case 4: DocumentNode(.list([text("99999999999999999999"), node]), at: mark)
                case 5: DocumentNode(.list([node, text("-1"), text("33")]), at: mark)
                case 6: DocumentNode(.list([text("${A}-${!B}-${AWS::Region}-${"), node]), at: mark)
                default: text("${A.B.C}")
                }
            return DocumentNode(.map([DocumentNode.Entry(key: name, mark: mark, value: value)]), at: mark)
        }

        private static func nested(_ node: DocumentNode, depth: Int, at mark: Mark) -> DocumentNode {
            (0..<depth).reduce(node) { inner, level in
                level.isMultiple(of: 2)
                    ? DocumentNode(.list([inner]), at: mark)
                    : DocumentNode(.map([DocumentNode.Entry(key: "Fn::If", mark: mark, value: inner)]), at: mark)
            }
        }

        /// A text cut, doubled or spliced.
        private static func respelt(_ content: DocumentNode.Content, _ argument: UInt8) -> DocumentNode.Content {
            guard case .scalar(let text, let isPlain) = content else { return content }
            let cut = text.index(text.startIndex, offsetBy: Int(argument) % (text.count + 1))
            let pieces = OddValues.pieces
            let changed =
                switch argument % 4 {
                case 0: String(text[..<cut])
                case 1: String(text[cut...])
                case 2: String(text[..<cut]) + pieces[Int(argument) % pieces.count] + String(text[cut...])
                default: String(repeating: text, count: text.utf8.count < 1000 ? Int(argument) : 1)
                }
            return .scalar(changed, isPlain: isPlain)
        }

        /// A number made negative, large, small or a fraction; a number in quotes where it is none.
        private static func rescaled(_ content: DocumentNode.Content, _ argument: UInt8) -> DocumentNode.Content {
            guard case .scalar(let text, let isPlain) = content, Double(text) != nil else { return content }
            let forms = ["-\(text)", "\(text)e9", "\(text)e300", "\(text).5", "\(text)e-9", "0", "\(text)000000000000"]
            let form = forms[Int(argument) % forms.count]
            return .scalar(Double(form) == nil ? "0" : form, isPlain: isPlain != (argument >= 128))
        }
    }

    extension DocumentNode {
        /// The value at a place in the order of the text.
        fileprivate func node(at index: Int) -> DocumentNode? {
            var found: DocumentNode?
            var left = index
            visit { node in
                if left == 0 { found = node }
                left -= 1
                return left >= 0
            }
            return found
        }

        @discardableResult
        private func visit(_ isWanted: (DocumentNode) -> Bool) -> Bool {
            guard isWanted(self) else { return false }
            switch content {
            case .null, .scalar: return true
            case .list(let items): return items.allSatisfy { $0.visit(isWanted) }
            case .map(let entries): return entries.allSatisfy { $0.value.visit(isWanted) }
            }
        }

        /// Changes the value at a place in the order of the text.
        fileprivate mutating func change(at index: Int, _ change: (inout DocumentNode) -> Void) {
            var left = index
            descend(&left, change)
        }

        private mutating func descend(_ left: inout Int, _ change: (inout DocumentNode) -> Void) {
            if left == 0 { change(&self) }
            left -= 1
            guard left >= 0 else { return }
            switch content {
            case .null, .scalar: return
            case .list(var items):
                content = .null
                for index in items.indices where left >= 0 { items[index].descend(&left, change) }
                content = .list(items)
            case .map(var entries):
                content = .null
                for index in entries.indices where left >= 0 { entries[index].value.descend(&left, change) }
                content = .map(entries)
            }
        }

        fileprivate mutating func dropOrDouble(_ argument: UInt8) {
            switch content {
            case .null, .scalar: content = .null
            case .list(var items):
                guard !items.isEmpty else { return }
                let index = Int(argument / 2) % items.count
                if argument.isMultiple(of: 2) { items.remove(at: index) } else { items.append(items[index]) }
                content = .list(items)
            case .map(var entries):
                guard !entries.isEmpty else { return }
                let index = Int(argument / 2) % entries.count
                if argument.isMultiple(of: 2) { entries.remove(at: index) } else { entries.append(entries[index]) }
                content = .map(entries)
            }
        }

        fileprivate mutating func rename(_ argument: UInt8) {
            guard case .map(var entries) = content, !entries.isEmpty else { return }
            let keys = OddValues.keys
            let index = Int(argument) % entries.count
            entries[index].key = argument >= 128 ? entries[0].key : keys[Int(argument) % keys.count]
            content = .map(entries)
        }

        /// Leaves sixteen resources of a template: judging a whole one takes most of the fuzzer's time.
        fileprivate mutating func keepResources(around start: Int) {
            guard case .map(var entries) = content, let index = entries.firstIndex(where: { $0.key == "Resources" }),
                case .map(let resources) = entries[index].value.content, !resources.isEmpty
            else { return }
            let first = start % resources.count
            entries[index].value.content = .map(
                Array((resources + resources)[first..<(first + min(16, resources.count))]))
            content = .map(entries)
        }

        /// As JSON text, tags as the functions they stand for: what a crash leaves is kept as an ordinary document.
        var json: String {
            let inner =
                switch content {
                case .null: "null"
                case .scalar(let text, let isPlain): isPlain && Self.isJSONWord(text) ? text : JSONText.quoted(text)
                case .list(let items): "[" + items.map(\.json).joined(separator: ",") + "]"
                case .map(let entries):
                    "{" + entries.map { "\(JSONText.quoted($0.key)):\($0.value.json)" }.joined(separator: ",") + "}"
                }
            guard let tag else { return inner }
            let name = tag == "Ref" || tag == "Condition" ? tag : "Fn::\(tag)"
            return "{\(JSONText.quoted(name)):\(inner)}"
        }

        private static func isJSONWord(_ text: String) -> Bool {
            if ["true", "false"].contains(text) { return true }
            return text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil
        }
    }
#endif
