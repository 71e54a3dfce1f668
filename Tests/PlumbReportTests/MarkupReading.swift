// How the tests read markup back: a tree of XML by Foundation's parser, and the balance of HTML's tags.

import Foundation
import FoundationXML

/// An element of XML, with its attributes, children and text.
final class XMLTree {
    let name: String
    let attributes: [String: String]
    private(set) var elements: [XMLTree] = []
    private(set) var text = ""

    private init(_ name: String, _ attributes: [String: String]) {
        self.name = name
        self.attributes = attributes
    }

    func children(_ name: String) -> [XMLTree] { elements.filter { $0.name == name } }

    /// The root of a document; nil where it is not well-formed.
    static func parsed(_ text: String) -> XMLTree? {
        let parser = XMLParser(data: Data(text.utf8))
        let builder = Builder()
        parser.delegate = builder
        return parser.parse() ? builder.root.elements.first : nil
    }

    private final class Builder: NSObject, XMLParserDelegate {
        let root = XMLTree("", [:])
        private lazy var stack = [root]

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            let element = XMLTree(name, attributes)
            stack.last?.elements.append(element)
            stack.append(element)
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            stack.removeLast()
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { stack.last?.text += string }
    }
}

/// Whether every element of HTML is closed where it should be.
enum HTMLTags {
    /// The first tag that closes nothing, or is never closed; nil where all is well. Scripts and styles are text.
    static func unbalanced(in html: String) -> String? {
        let void: Set<Substring> = ["meta", "input", "br", "link", "hr", "img"]
        var open: [Substring] = []
        let tag = #/<(/?)([A-Za-z][A-Za-z0-9]*)[^>]*>/#.matchingSemantics(.unicodeScalar)
        for match in html.matches(of: tag) {
            let name = match.2
            if open.last == "script" || open.last == "style", name != open.last { continue }
            if void.contains(name) { continue }
            if match.1.isEmpty {
                open.append(name)
            } else if open.popLast() != name {
                return "</\(name)>"
            }
        }
        return open.last.map { "<\($0)>" }
    }
}
