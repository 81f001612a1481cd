import Foundation
import FoundationXML

/// An element of an XML document, for the suites that are written in it.
///
/// Not Foundation's `XMLDocument`: on Linux its nodes hold each other, and none is ever freed.
package final class XMLTree: Sendable {
    /// The document is not well-formed.
    package struct Malformed: Error {}

    package let name: String
    package let attributes: [String: String]
    package let children: [XMLTree]
    /// The text of the element and of all inside it.
    package let text: String

    fileprivate init(
        name: String,
        attributes: [String: String],
        children: [XMLTree],
        text: String
    ) {
        self.name = name
        self.attributes = attributes
        self.children = children
        self.text = text
    }

    /// Reads a document and answers its outermost element.
    package static func read(_ bytes: [UInt8]) throws -> XMLTree {
        let builder = Builder()
        let parser = XMLParser(data: Data(bytes))
        parser.delegate = builder
        guard parser.parse(), let root = builder.root else { throw Malformed() }
        return root
    }

    /// The children of a name.
    package func children(_ name: String) -> [XMLTree] {
        children.filter { $0.name == name }
    }

    /// The first child of a name.
    package func child(_ name: String) -> XMLTree? {
        children.first { $0.name == name }
    }

    /// All elements of a name inside this one, in document order.
    package func descendants(_ name: String) -> [XMLTree] {
        children.flatMap { ($0.name == name ? [$0] : []) + $0.descendants(name) }
    }

    /// How many elements these are: this one and all inside it.
    package var elementCount: Int {
        children.reduce(1) { $0 + $1.elementCount }
    }

    private final class Builder: NSObject, XMLParserDelegate {
        private struct Open {
            let name: String
            let attributes: [String: String]
            var children: [XMLTree] = []
            var text = ""
        }

        private var open: [Open] = []
        private(set) var root: XMLTree?

        func parser(
            _ parser: XMLParser,
            didStartElement elementName: String,
            namespaceURI: String?,
            qualifiedName: String?,
            attributes: [String: String]
        ) {
            open.append(Open(name: elementName, attributes: attributes))
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) {
            guard !open.isEmpty else { return }
            open[open.count - 1].text += string
        }

        func parser(_ parser: XMLParser, foundCDATA block: Data) {
            guard !open.isEmpty else { return }
            open[open.count - 1].text += String(decoding: block, as: UTF8.self)
        }

        func parser(
            _ parser: XMLParser,
            didEndElement elementName: String,
            namespaceURI: String?,
            qualifiedName: String?
        ) {
            guard let last = open.popLast() else { return }
            let element = XMLTree(
                name: last.name,
                attributes: last.attributes,
                children: last.children,
                text: last.text
            )
            guard !open.isEmpty else {
                root = element
                return
            }
            open[open.count - 1].children.append(element)
            open[open.count - 1].text += element.text
        }
    }
}
